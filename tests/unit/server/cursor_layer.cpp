// The cursors of SQL, with plain hooks and with coroutines, with transactions and without.
#include "pgwire/server/cursor_layer.hpp"

#include "pgwire/server/notify_layer.hpp"
#include "tests/support/cursor_session.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::test::cursor_layer_tests {

namespace {

/// Has no prepare; its columns are known from a type.
struct static_engine {
    struct numbers : cursor<std::tuple<int>> {
        int n = 0;
        bool next(writer& out) { return out(std::tuple<int>(++n)), n != 5; }
    };
    numbers execute(request const&) { return {}; }
};

/// Executes at once what is pulled later, or the other way round.
template<bool LateExecute>
struct mixed_engine {
    struct late : cursor<std::tuple<int>> {
        int n = 0;
        task<bool> next(writer& out) {
            co_await async_engine::suspend();
            out(std::tuple<int>(++n));
            co_return n != 5;
        }
    };
    using outcome = std::variant<static_engine::numbers, late, command>;
    static outcome make(std::string_view text) {
        if (text == "late") return late();
        if (text == "now") return static_engine::numbers();
        return command("OK");
    }
    static constexpr bool simple_protocol_only = true;
    auto execute(request const& r) {
        if constexpr (LateExecute) return execute_late(r);
        else return make(r.text);
    }
    task<outcome> execute_late(request const& r) {
        co_await async_engine::suspend();
        co_return make(r.text);
    }
};

/// Tells its columns when it is asked, and complains with positions.
template<bool Async>
struct describing_engine {
    struct made {
        column c{"described", types::int4};
    };
    std::string checked;

    made prepare(std::string_view text, std::span<oid const>) {
        if (text == "wrong") throw std::move(sql_error(sqlstates::undefined_column, "wrong").position(3));
        return {};
    }
    auto describe(made& s) {
        if constexpr (Async) return describe_later(s);
        else return std::span<column const>(&s.c, 1);
    }
    task<std::span<column const>> describe_later(made& s) {
        co_await async_engine::suspend();
        co_return std::span<column const>(&s.c, 1);
    }
    void check_syntax(std::string_view text) {
        checked = text;
        if (text == "nonsense") throw std::move(sql_error(sqlstates::syntax_error, "nonsense").position(1));
    }
    std::variant<command, rows<std::tuple<int>>> execute(request const& r, made&) {
        if (r.text == "late wrong") throw std::move(sql_error(sqlstates::division_by_zero, "wrong").position(6));
        if (r.text == "none") return command("NONE");
        return rows(std::tuple(7));
    }
};

}  // namespace

// ---- DECLARE, FETCH, MOVE, CLOSE

TEMPLATE_TEST_CASE("a cursor gives its rows in portions, and none at its end", ALL_ENGINES) {
    asked<TestType> a;
    CHECK(a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5"}) == "C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T)");
    auto const two = a.ask_bytes({"FETCH 2 FROM c"});
    CHECK(shape(two) == "T D D C(FETCH 2) Z(T)");
    CHECK(columns_in(two) == "n:23 text:25");
    CHECK(rows_in(two) == "1|row;2|row");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "3|row");
    CHECK(a.ask({"FETCH ALL IN c", "FETCH NEXT FROM c", "FETCH ALL c"}) ==
          "T D D C(FETCH 2) Z(T) T C(FETCH 0) Z(T) T C(FETCH 0) Z(T)");
    CHECK(a.ask({"CLOSE c", "COMMIT"}) == "C(CLOSE CURSOR) Z(T) C(COMMIT) Z(I)");
}

TEMPLATE_TEST_CASE("CLOSE ALL closes cursors, too", "", engine, async_engine) {
    asked<TestType> a;
    CHECK(a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5", "CLOSE ALL", "FETCH c"}) ==
          "C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T) C(CLOSE CURSOR ALL) Z(T) E(34000) Z(E)");
}

TEMPLATE_TEST_CASE("every way to say forward", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 100"});
    for (auto const one : {"FETCH c", "fetch next c", "FETCH NEXT FROM C", "FETCH FORWARD c", "FETCH FORWARD FROM c",
                           "FETCH 1 c", "FETCH +1 IN c", "FETCH FORWARD 1 c", "FETCH BACKWARD -1 c", "FETCH FROM c",
                           "FETCH IN \"c\"", "FETCH RELATIVE 1 c", "FETCH ABSOLUTE 13 c",
                           "FETCH/**/FORWARD +1 FROM c"}) {
        INFO(one);
        CHECK(a.ask({one}) == "T D C(FETCH 1) Z(T)");
    }
    CHECK(rows_in(a.ask_bytes({"FETCH RELATIVE 3 c"})) == "17|row");
    CHECK(rows_in(a.ask_bytes({"FETCH ABSOLUTE 20 c"})) == "20|row");
    CHECK(a.ask({"FETCH ABSOLUTE 200 c", "FETCH c"}) == "T C(FETCH 0) Z(T) T C(FETCH 0) Z(T)");
}

TEMPLATE_TEST_CASE("MOVE passes over rows and says over how many", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 10"});
    CHECK(a.ask({"MOVE 0 c", "MOVE 3 IN c", "MOVE 0 c", "MOVE c"}) ==
          "C(MOVE 0) Z(T) C(MOVE 3) Z(T) C(MOVE 1) Z(T) C(MOVE 1) Z(T)");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "5|row");
    CHECK(a.ask({"MOVE ABSOLUTE 8 c", "MOVE FORWARD ALL c", "MOVE ALL c", "MOVE 0 c"}) ==
          "C(MOVE 1) Z(T) C(MOVE 2) Z(T) C(MOVE 0) Z(T) C(MOVE 0) Z(T)");
}

TEMPLATE_TEST_CASE("a result of megabytes is fetched, and moved over, with the buffer kept small", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 40000"});
    auto const bytes = a.ask_bytes({"FETCH 20000 c"});
    CHECK(shape(bytes).ends_with("C(FETCH 20000) Z(T)"));
    CHECK(a.ask({"MOVE ALL c"}) == "C(MOVE 20000) Z(T)");
}

TEMPLATE_TEST_CASE("a cursor only goes forward, and one that was to go back is spoilt", ALL_ENGINES) {
    for (auto const back :
         {"FETCH 0 c", "FETCH BACKWARD c", "FETCH PRIOR c", "FETCH PRIOR FROM c", "FETCH -1 c", "FETCH FIRST c",
          "FETCH LAST c", "FETCH ABSOLUTE 2 c", "FETCH ABSOLUTE 0 c", "FETCH RELATIVE -1 c", "FETCH RELATIVE 0 c",
          "FETCH BACKWARD 0 c", "FETCH FORWARD -2 c", "FETCH BACKWARD ALL c", "MOVE BACKWARD ALL c",
          "MOVE BACKWARD c"}) {
        asked<TestType> a;
        INFO(back);
        CHECK(a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5", "FETCH 2 c", "SAVEPOINT s"})
                  .ends_with("C(SAVEPOINT) Z(T)"));
        auto const refused = a.complaint(back);
        CHECK(refused.code == sqlstates::object_not_in_prerequisite_state);
        CHECK(refused.message == "cursor can only scan forward");
        CHECK(refused.hint == "Declare it with SCROLL option to enable backward scan.");
        CHECK(a.ask({"ROLLBACK TO s"}) == "C(ROLLBACK) Z(T)");
        CHECK(a.complaint("FETCH c").message == "portal \"c\" cannot be run");
    }
}

TEMPLATE_TEST_CASE("before its first row a cursor may go to where it is", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5"});
    CHECK(a.ask({"FETCH 0 c", "FETCH ABSOLUTE 0 c", "FETCH FIRST c"}) ==
          "T C(FETCH 0) Z(T) T C(FETCH 0) Z(T) T D C(FETCH 1) Z(T)");
    CHECK(a.ask({"MOVE BACKWARD 0 c", "FETCH ALL c", "FETCH 0 c", "FETCH BACKWARD 0 c"}) ==
          "C(MOVE 1) Z(T) T D D D D C(FETCH 4) Z(T) T C(FETCH 0) Z(T) E(55000) Z(E)");
}

TEMPLATE_TEST_CASE("several cursors go on beside each other and beside other statements", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE a CURSOR FOR select 3", "DECLARE \"B c\" CURSOR FOR select 3"});
    CHECK(rows_in(a.ask_bytes({"FETCH a", "FETCH 2 \"B c\"", "select 1", "FETCH a"})) ==
          "1|row;1|row;2|row;1|row;2|row");
    CHECK(a.layer().open_cursors() == 2);
}

TEMPLATE_TEST_CASE("words of FETCH are names where they stand as names", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE next CURSOR FOR select 1", "DECLARE forward CURSOR FOR select 1",
           "DECLARE absolute CURSOR FOR select 1"});
    CHECK(a.ask({"FETCH next", "FETCH forward", "FETCH 1 forward", "FETCH forward next", "FETCH absolute"}) ==
          "T D C(FETCH 1) Z(T) T D C(FETCH 1) Z(T) T C(FETCH 0) Z(T) T C(FETCH 0) Z(T) T D C(FETCH 1) Z(T)");
}

TEMPLATE_TEST_CASE("all options that change nothing are taken", ALL_ENGINES) {
    asked<TestType> a;
    CHECK(a.ask({"BEGIN", "declare a insensitive no scroll cursor without hold for select 1",
                 "DECLARE b ASENSITIVE CURSOR FOR select 1"}) ==
          "C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T) C(DECLARE CURSOR) Z(T)");
}

// ---- errors

TEMPLATE_TEST_CASE("outside of a block there is no cursor", ALL_ENGINES) {
    asked<TestType> a;
    auto const refused = a.complaint("DECLARE c CURSOR FOR select 1");
    CHECK(refused.code == sqlstates::no_active_sql_transaction);
    CHECK(refused.message == "DECLARE CURSOR can only be used in transaction blocks");
    CHECK(shape(a.send({parse("", "DECLARE c CURSOR FOR select 1"), bind(), execute(), sync()})) ==
          "1 2 E(25P01) Z(I)");
}

TEMPLATE_TEST_CASE("a Query of several statements is a block, and the cursor ends with it", ALL_ENGINES) {
    asked<TestType> a;
    CHECK(a.ask({"DECLARE c CURSOR FOR select 2; FETCH c; CLOSE c"}) ==
          "C(DECLARE CURSOR) T D C(FETCH 1) C(CLOSE CURSOR) Z(I)");
    CHECK(a.ask({"DECLARE c CURSOR FOR select 2; FETCH c", "FETCH c"}) ==
          "C(DECLARE CURSOR) T D C(FETCH 1) Z(I) E(34000) Z(I)");
}

TEMPLATE_TEST_CASE("a name is given once, and what does not exist is named", ALL_ENGINES) {
    asked<TestType> a;
    for (auto const text : {"FETCH c", "MOVE c", "CLOSE c"}) {
        auto const unknown = a.complaint(text);
        CHECK(unknown.code == sqlstates::undefined_cursor);
        CHECK(unknown.message == "cursor \"c\" does not exist");
    }
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 1"});
    auto const again = a.complaint("DECLARE c CURSOR FOR select 1");
    CHECK(again.code == sqlstates::duplicate_cursor);
    CHECK(again.message == "cursor \"c\" already exists");
}

TEST_CASE("what is no cursor's statement is refused where it goes wrong") {
    asked<transactional_engine> a;
    auto const at = [&a](std::string_view text) {
        auto const d = a.complaint(text);
        CHECK(d.code == sqlstates::syntax_error);
        return std::to_string(d.position) + ' ' + d.message;
    };
    CHECK(at("FETCH") == "6 syntax error at end of input");
    CHECK(at("FETCH 3") == "8 syntax error at end of input");
    CHECK(at("FETCH all") == "10 syntax error at end of input");
    CHECK(at("FETCH 1.5 c") == "7 syntax error at or near \"1.5\"");
    CHECK(at("FETCH 2147483648 c") == "7 syntax error at or near \"2147483648\"");
    CHECK(at("FETCH \"\"") == "7 zero-length delimited identifier at or near \"\"\"\"");
    CHECK(at("FETCH c d") == "9 syntax error at or near \"d\"");
    CHECK(at("CLOSE") == "6 syntax error at end of input");
    CHECK(at("DECLARE c") == "10 syntax error at end of input");
    CHECK(at("DECLARE c CURSOR FOR") == "21 syntax error at end of input");
    CHECK(at("DECLARE \"\u00fc\" CURSOR FOR INSERT 1") == "24 syntax error at or near \"INSERT\"");
    CHECK(at("DECLARE c NO CURSOR FOR select 1") == "14 syntax error at or near \"CURSOR\"");
}

TEST_CASE("options that contradict each other") {
    asked<transactional_engine> a;
    CHECK(a.complaint("DECLARE c SCROLL NO SCROLL CURSOR FOR x").message == "cannot specify both SCROLL and NO SCROLL");
    CHECK(a.complaint("DECLARE c INSENSITIVE ASENSITIVE CURSOR FOR x").message ==
          "cannot specify both ASENSITIVE and INSENSITIVE");
}

TEMPLATE_TEST_CASE("what gives no rows is no cursor's query, and is not executed", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    auto const refused = a.complaint("DECLARE c CURSOR FOR frobnicate");
    CHECK(refused.code == sqlstates::syntax_error);
    CHECK(refused.position == 22);
    CHECK(refused.message == "syntax error at or near \"frobnicate\"");
    CHECK(a.engine().log->find("execute:frobnicate") == std::string::npos);
}

TEMPLATE_TEST_CASE("a position in the query is one in the whole text", ALL_ENGINES) {
    asked<TestType> a;
    CHECK(a.complaint("DECLARE \"\u00fc\" CURSOR FOR fail prepare").position == 23 + 6);
    CHECK(a.complaint("insert 1; DECLARE \"\u00fc\" CURSOR FOR fail prepare").position == 10 + 23 + 6);
}

TEMPLATE_TEST_CASE("positions of errors in describe's engines, at execution too", "", describing_engine<false>,
                   describing_engine<true>) {
    asked<TestType> a;
    CHECK(a.complaint("DECLARE c CURSOR FOR wrong").position == 21 + 3);
    a.ask({"BEGIN"});
    CHECK(a.complaint("DECLARE c CURSOR FOR late wrong").position == 21 + 6);
    a.ask({"ROLLBACK", "BEGIN"});
    CHECK(a.complaint("DECLARE c CURSOR FOR none").message == "syntax error at or near \"none\"");
    a.ask({"ROLLBACK"});
    CHECK(a.complaint("BEGIN; DECLARE c CURSOR FOR nonsense").position == 7 + 21 + 1);
    CHECK(a.ask({"BEGIN; DECLARE c CURSOR FOR some; FETCH 2 c"}) == "C(BEGIN) C(DECLARE CURSOR) T D C(FETCH 1) Z(T)");
    CHECK(a.engine().checked == "some");
    CHECK(shape(a.send({parse("", "FETCH c"), describe_statement(), parse("", "some"), describe_statement(),
                        sync()})) ==
          "1 t T 1 t T Z(T)");
}

TEMPLATE_TEST_CASE("a row that fails spoils its cursor only, if there is a savepoint", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE bad CURSOR FOR fail row 1", "DECLARE good CURSOR FOR select 3", "FETCH good",
           "SAVEPOINT s"});
    CHECK(a.ask({"FETCH ALL bad", "FETCH good", "ROLLBACK TO s"}) ==
          "T D E(22012) Z(E) E(25P02) Z(E) C(ROLLBACK) Z(T)");
    CHECK(rows_in(a.ask_bytes({"FETCH good"})) == "2|row");
    CHECK(a.complaint("MOVE bad").message == "portal \"bad\" cannot be run");
}

// ---- how long cursors live

TEMPLATE_TEST_CASE("cursors end with their transaction", ALL_ENGINES) {
    for (auto const end : {"COMMIT", "ROLLBACK", "END", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN"}) {
        asked<TestType> a;
        a.ask({"BEGIN", "DECLARE c CURSOR FOR select 1", end});
        CHECK(a.layer().open_cursors() == 0);
        CHECK(a.complaint("FETCH c").code == sqlstates::undefined_cursor);
    }
}

TEST_CASE("the engine has nothing open when a transaction ends") {
    asked<counting_engine> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5", "FETCH c"});
    CHECK(*a.engine().open == 1);
    a.ask({"COMMIT", "BEGIN", "DECLARE c CURSOR FOR select 5", "ROLLBACK"});
    a.ask({"BEGIN", "SAVEPOINT s", "DECLARE c CURSOR FOR select 5", "ROLLBACK TO s", "ROLLBACK"});
    a.ask({"DECLARE c CURSOR FOR select 5; FETCH c", "BEGIN", "DECLARE c CURSOR FOR select 5", "fail"});
    CHECK(a.engine().open_at_the_end == "commit:0 rollback:0 to:0 rollback:0 commit:0 ");
    CHECK(*a.engine().open == 0);
}

TEST_CASE("a portal of FETCH that is suspended keeps nothing open either") {
    asked<counting_engine> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5"});
    CHECK(shape(a.send({parse("", "FETCH 4 c"), bind("p"), execute("p", 2), sync()})) == "1 2 D D s Z(T)");
    CHECK(a.ask({"CLOSE c"}) == "C(CLOSE CURSOR) Z(T)");
    CHECK(*a.engine().open == 0);
    CHECK(shape(a.send({execute("p", 2), sync()})) == "E(34000) Z(E)");
}

TEMPLATE_TEST_CASE("ROLLBACK TO ends the cursors made since, and leaves the others where they are", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE old CURSOR FOR select 5", "SAVEPOINT a", "DECLARE c CURSOR FOR select 1", "SAVEPOINT b",
           "DECLARE d CURSOR FOR select 1", "RELEASE b", "FETCH 2 old"});
    CHECK(a.layer().open_cursors() == 3);
    CHECK(a.ask({"ROLLBACK TO a"}) == "C(ROLLBACK) Z(T)");
    CHECK(a.layer().open_cursors() == 1);
    CHECK(rows_in(a.ask_bytes({"FETCH old"})) == "3|row");
}

TEMPLATE_TEST_CASE("a cursor that was closed after a savepoint stays closed", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5", "SAVEPOINT a", "CLOSE c", "ROLLBACK TO a"});
    CHECK(a.ask({"FETCH c"}) == "E(34000) Z(E)");
}

TEMPLATE_TEST_CASE("a failed statement ends the cursors made since the last savepoint", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE old CURSOR FOR select 5", "SAVEPOINT a", "DECLARE c CURSOR FOR select 1", "fail"});
    CHECK(a.layer().open_cursors() == 1);
    CHECK(a.ask({"ROLLBACK TO a", "FETCH old"}) == "C(ROLLBACK) Z(T) T D C(FETCH 1) Z(T)");
}

TEST_CASE("closing all cursors") {
    asked<transactional_engine> a;
    a.ask({"BEGIN", "DECLARE a CURSOR FOR select 5", "DECLARE b CURSOR FOR select 5"});
    a.layer().on_close_all();
    CHECK(a.ask({"FETCH a"}) == "E(34000) Z(E)");
}

// ---- the extended protocol

TEMPLATE_TEST_CASE("DECLARE binds parameters, and the cursor keeps their values", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    CHECK(shape(a.send({parse("", "DECLARE c CURSOR FOR echo $1 $2 $3"), describe_statement(),
                        bind("", "", {"one", std::nullopt, ""}), execute(), sync()})) ==
          "1 t n 2 C(DECLARE CURSOR) Z(T)");
    CHECK(shape(a.send({parse("", "select 1"), bind(), execute(), sync()})) == "1 2 D C(SELECT 1) Z(T)");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "one|null|");
}

TEMPLATE_TEST_CASE("a cursor outlives the statement that has declared it, which may declare it again", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    CHECK(shape(a.send({parse("s", "DECLARE c CURSOR FOR select 3"), bind("", "s"), execute(), sync()})) ==
          "1 2 C(DECLARE CURSOR) Z(T)");
    CHECK(a.ask({"FETCH c", "CLOSE c"}) == "T D C(FETCH 1) Z(T) C(CLOSE CURSOR) Z(T)");
    CHECK(shape(a.send({bind("", "s"), execute(), close_statement("s"), sync()})) == "2 C(DECLARE CURSOR) 3 Z(T)");
    CHECK(rows_in(a.ask_bytes({"FETCH ALL c"})) == "1|row;2|row;3|row");
}

TEMPLATE_TEST_CASE("FETCH is described if its cursor is there, and its columns come in the formats asked for",
                   ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    CHECK(shape(a.send({parse("", "FETCH c"), describe_statement(), sync()})) == "1 t n Z(T)");
    a.ask({"DECLARE c CURSOR FOR select 3"});
    auto const bytes = a.send({parse("", "FETCH c"), describe_statement(), bind("", "", {}, {}, {format::binary}),
                               describe_portal(), execute(), sync()});
    CHECK(shape(bytes) == "1 t T 2 T D C(FETCH 1) Z(T)");
    CHECK(columns_in(bytes) == "n:23 text:25;n:23:1 text:25:1");
    CHECK(rows_in(bytes) == "\0\0\0\1|row"s);
}

TEMPLATE_TEST_CASE("a BINARY cursor gives binary rows where the client does not say in which format", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c BINARY CURSOR FOR select 3"});
    auto const simple = a.ask_bytes({"FETCH c"});
    CHECK(columns_in(simple) == "n:23:1 text:25:1");
    CHECK(rows_in(simple) == "\0\0\0\1|row"s);
    auto const extended = a.send({parse("", "FETCH c"), bind(), describe_portal(), execute(), describe_portal("c"),
                                  sync()});
    CHECK(columns_in(extended) == "n:23 text:25;n:23 text:25");
    CHECK(rows_in(extended) == "2|row");
}

TEMPLATE_TEST_CASE("Execute's row limit suspends a FETCH, whose tag counts the rows of the last Execute", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 10"});
    CHECK(shape(a.send({parse("", "FETCH 5 c"), bind(), execute("", 2), execute("", 2), execute("", 2), sync()})) ==
          "1 2 D D s D D s D C(FETCH 1) Z(T)");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "6|row");
}

TEMPLATE_TEST_CASE("Describe finds a cursor as a portal", ALL_ENGINES) {
    asked<TestType> a;
    CHECK(shape(a.send({describe_portal("c"), sync()})) == "E(34000) Z(I)");
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 3", "SAVEPOINT s"});
    auto const bytes = a.send({describe_portal("c"), sync()});
    CHECK(shape(bytes) == "T Z(T)");
    CHECK(columns_in(bytes) == "n:23 text:25");
    CHECK(shape(a.send({describe_portal("d"), sync()})) == "E(34000) Z(E)");
    CHECK(shape(a.send({describe_portal("c"), sync()})) == "E(25P02) Z(E)");
}

TEST_CASE("a prepared FETCH takes no other columns than those that were described") {
    asked<transactional_engine> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 3"});
    a.send({parse("f", "FETCH c"), sync()});
    a.ask({"CLOSE c", "DECLARE c CURSOR FOR fail row 0", "CLOSE c"});
    CHECK(shape(a.send({parse("", "DECLARE c CURSOR FOR echo $1"), bind("", "", {"x"}), execute(), bind("", "f"),
                        execute(), sync()})) == "1 2 C(DECLARE CURSOR) 2 E(0A000) Z(E)");
}

// ---- engines

TEST_CASE("an engine without prepare, whose columns are known from a type") {
    asked<static_engine> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR numbers"});
    auto const bytes = a.ask_bytes({"FETCH 2 c", "MOVE c", "FETCH ALL c"});
    CHECK(rows_in(bytes) == "1;2;4;5");
    CHECK(shape(a.send({parse("", "FETCH c"), describe_statement(), sync()})) == "1 t T Z(T)");
}

TEMPLATE_TEST_CASE("outcomes that are pulled at once and such that are awaited", "", mixed_engine<false>,
                   mixed_engine<true>) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE a CURSOR FOR late", "DECLARE b CURSOR FOR now"});
    CHECK(rows_in(a.ask_bytes({"FETCH 2 a", "FETCH 2 b", "MOVE a", "MOVE b", "FETCH ALL a", "FETCH ALL b"})) ==
          "1;2;1;2;4;5;4;5");
    CHECK(a.complaint("DECLARE c CURSOR FOR neither").message == "syntax error at or near \"neither\"");
}

TEST_CASE("cursors beside notifications, in either order of the layers") {
    auto const hub = std::make_shared<notification_hub>();
    script const asked_for{query("LISTEN x"), query("BEGIN"), query("DECLARE c CURSOR FOR select 2"), query("NOTIFY x"),
                           query("SAVEPOINT s"), query("FETCH c"), query("ROLLBACK TO s"), query("COMMIT")};
    auto const expected = "C(LISTEN) Z(I) C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T) C(NOTIFY) Z(T) C(SAVEPOINT) Z(T) "
                          "T D C(FETCH 1) Z(T) C(ROLLBACK) Z(T) C(COMMIT) A(x,) Z(I)";
    live_session<sql_layer<cursor_layer<notify_layer<engine>>>> outside{
        sql_layer<cursor_layer<notify_layer<engine>>>(hub)};
    CHECK(outside.enter().send(asked_for).hear() == expected);
    live_session<sql_layer<notify_layer<cursor_layer<async_transactional_engine>>>> inside{
        sql_layer<notify_layer<cursor_layer<async_transactional_engine>>>(std::make_shared<notification_hub>())};
    CHECK(inside.enter().send(asked_for).hear() == expected);
}

TEST_CASE("values that are copied outlive those that were bound") {
    std::string bytes = "abcdef";
    std::vector<value> const values{std::string_view(bytes).substr(0, 3), std::nullopt,
                                    std::string_view(bytes).substr(3)};
    std::vector<format> const formats{format::text, format::text, format::binary};
    std::vector<oid> const types{types::text.type, types::int4.type, types::bytea.type};
    pgwire::bind const bound{"p", {}, std::span<format const>(formats), std::span<value const>(values), {}};
    auto const copy = std::make_unique<owned_parameters>(parameters(bound, types, default_text_style));
    bytes.assign(6, '!');
    auto const all = copy->view();
    CHECK(all.size() == 3);
    CHECK(all[0].bytes == "abc");
    CHECK_FALSE(all[1].bytes);
    CHECK(all[1].type == types::int4.type);
    CHECK(all[2].bytes == "def");
    CHECK(all[2].format == format::binary);
    CHECK(owned_parameters(parameters()).view().empty());
}

}  // namespace pgwire::test::cursor_layer_tests
