// Cursors of SQL and portals of the protocol under one set of names, as a PostgreSQL server has answered the same.
#include "tests/support/cursor_session.hpp"

#include "pgwire/server/notify_layer.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <variant>

namespace pgwire::test::cursor_names_tests {

namespace {

/// Parse and Bind of `text` as portal `p`.
[[nodiscard]] script bound(std::string_view text, std::string_view portal = "p") {
    return {parse("", text), bind(portal), sync()};
}

/// Tells its columns only when it is asked.
struct late_engine {
    struct made {
        column c{"described", types::int4};
    };
    made prepare(std::string_view, std::span<oid const>) { return {}; }
    std::span<column const> describe(made& s) { return {&s.c, 1}; }
    std::variant<command, rows<std::tuple<int>>> execute(request const& r, made&) {
        if (r.text == "none") return command("NONE");
        return rows(std::tuple(7));
    }
};

}  // namespace

// ---- one set of names

TEMPLATE_TEST_CASE("Bind does not take a cursor's name", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 3"});
    auto const bytes = a.send(bound("select 1", "c"));
    CHECK(shape(bytes) == "1 E(42P03) Z(E)");
    CHECK(diagnostics_in(bytes).at(0).message == "cursor \"c\" already exists");
    a.ask({"ROLLBACK", "DECLARE c CURSOR WITH HOLD FOR select 3"});
    CHECK(shape(a.send(bound("select 1", "c"))) == "1 E(42P03) Z(I)");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "1|row");
    CHECK(shape(a.send({bind("c", "nosuch"), sync()})) == "E(26000) Z(I)");
}

TEMPLATE_TEST_CASE("DECLARE does not take a portal's name", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send(bound("select 3"));
    auto const refused = a.complaint("DECLARE p CURSOR FOR select 3");
    CHECK(refused.code == sqlstates::duplicate_cursor);
    CHECK(refused.message == "cursor \"p\" already exists");
}

// ---- the protocol's messages find cursors

TEMPLATE_TEST_CASE("Execute runs a cursor on, as a SELECT", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5"});
    auto const bytes = a.send({execute("c", 2), sync()});
    CHECK(shape(bytes) == "D D s Z(T)");
    CHECK(rows_in(bytes) == "1|row;2|row");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "3|row");
    CHECK(shape(a.send({execute("c", 2), execute("c", 1), execute("c"), sync()})) ==
          "D D s C(SELECT 0) C(SELECT 0) Z(T)");
    CHECK(a.ask({"FETCH c", "COMMIT"}) == "T C(FETCH 0) Z(T) C(COMMIT) Z(I)");
    CHECK(shape(a.send({execute("c"), sync()})) == "E(34000) Z(I)");
}

TEMPLATE_TEST_CASE("Execute gives a cursor's rows as text, and also those of one that is held", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"DECLARE c BINARY CURSOR WITH HOLD FOR select 3"});
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "\0\0\0\1|row"s);
    auto const bytes = a.send({describe_portal("c"), execute("c"), sync()});
    CHECK(shape(bytes) == "T D D C(SELECT 2) Z(I)");
    CHECK(columns_in(bytes) == "n:23 text:25");
    CHECK(rows_in(bytes) == "2|row;3|row");
}

TEMPLATE_TEST_CASE("a failed cursor, and a failed block, refuse Execute", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR fail row 1", "SAVEPOINT s"});
    CHECK(shape(a.send({execute("c"), sync(), execute("c"), sync()})) == "D E(22012) Z(E) E(25P02) Z(E)");
    a.ask({"ROLLBACK TO s"});
    CHECK(shape(a.send({execute("c"), sync()})) == "E(55000) Z(E)");
}

TEMPLATE_TEST_CASE("Close ends a cursor", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5", "DECLARE d CURSOR FOR select 5"});
    CHECK(shape(a.send({close_portal("c"), close_statement("d"), sync()})) == "3 3 Z(T)");
    CHECK(a.layer().open_cursors() == 1);
    CHECK(a.ask({"FETCH d", "FETCH c"}) == "T D C(FETCH 1) Z(T) E(34000) Z(E)");
}

// ---- SQL finds portals

TEMPLATE_TEST_CASE("FETCH and MOVE run a portal on, and Execute after them", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send(bound("select 9"));
    auto const first = a.ask_bytes({"FETCH p"});
    CHECK(shape(first) == "T D C(FETCH 1) Z(T)");
    CHECK(columns_in(first) == "n:23 text:25");
    CHECK(a.ask({"MOVE 2 p"}) == "C(MOVE 2) Z(T)");
    CHECK(rows_in(a.send({execute("p", 2), sync()})) == "4|row;5|row");
    CHECK(rows_in(a.ask_bytes({"FETCH RELATIVE 2 p", "FETCH FORWARD 1 FROM p"})) == "7|row;8|row");
    CHECK(rows_in(a.send({execute("p"), sync()})) == "9|row");
    CHECK(a.ask({"FETCH p", "MOVE ALL p", "FETCH RELATIVE 2 p", "COMMIT"}) ==
          "T C(FETCH 0) Z(T) C(MOVE 0) Z(T) T C(FETCH 0) Z(T) C(COMMIT) Z(I)");
}

TEMPLATE_TEST_CASE("a portal that is at its end is known to be", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send(bound("select 3"));
    CHECK(a.ask({"FETCH ALL p", "FETCH ALL p", "MOVE p"}) == "T D D D C(FETCH 3) Z(T) T C(FETCH 0) Z(T) C(MOVE 0) Z(T)");
    CHECK(shape(a.send({execute("p"), sync()})) == "C(SELECT 0) Z(T)");
    a.send(bound("select 3", "q"));
    CHECK(a.ask({"FETCH RELATIVE 9 q", "MOVE q"}) == "T C(FETCH 0) Z(T) C(MOVE 0) Z(T)");
}

TEMPLATE_TEST_CASE("FETCH's formats are its own, and the portal keeps those of its Bind", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send({parse("", "select 9"), bind("p", "", {}, {}, {format::binary}), sync()});
    auto const simple = a.ask_bytes({"FETCH p"});
    CHECK(columns_in(simple) == "n:23 text:25");
    CHECK(rows_in(simple) == "1|row");
    auto const extended = a.send({parse("f", "FETCH p"), describe_statement("f"), bind("", "f"), describe_portal(),
                                  execute(), execute(), sync()});
    CHECK(shape(extended) == "1 t T 2 T D C(FETCH 1) C(FETCH 0) Z(T)");
    CHECK(columns_in(extended) == "n:23 text:25;n:23 text:25");
    CHECK(rows_in(extended) == "2|row");
    CHECK(rows_in(a.send({execute("p", 1), sync()})) == "\0\0\0\3|row"s);
    CHECK(rows_in(a.send({bind("", "f", {}, {}, {format::binary}), execute(), sync()})) == "\0\0\0\4|row"s);
}

TEMPLATE_TEST_CASE("a prepared FETCH takes no other columns of a portal than those that were described", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send({parse("", "select 3"), bind("p"), parse("f", "FETCH p"), close_portal("p"), sync()});
    a.send({parse("", "echo $1"), bind("p", "", {"x"}), sync()});
    CHECK(shape(a.send({bind("", "f"), execute(), sync()})) == "2 E(0A000) Z(E)");
}

TEMPLATE_TEST_CASE("CLOSE ends a portal, but not the one that it is executed from", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send(bound("select 3"));
    CHECK(a.ask({"CLOSE p"}) == "C(CLOSE CURSOR) Z(T)");
    CHECK(shape(a.send({execute("p"), sync()})) == "E(34000) Z(E)");
    a.ask({"ROLLBACK", "BEGIN"});
    CHECK(shape(a.send({parse("", "CLOSE p"), bind("p"), execute("p"), sync()})) == "1 2 E(24000) Z(E)");
}

TEMPLATE_TEST_CASE("a portal only goes forward under FETCH", ALL_ENGINES) {
    for (auto const& [text, code] : {std::pair("FETCH PRIOR p", "55000"), std::pair("MOVE BACKWARD ALL p", "55000"),
                                     std::pair("FETCH LAST p", "55000"), std::pair("FETCH ABSOLUTE 2 p", "0A000"),
                                     std::pair("FETCH 0 p", "0A000")}) {
        asked<TestType> a;
        a.ask({"BEGIN"});
        a.send(bound("select 3"));
        INFO(text);
        CHECK(a.ask({text}) == "E(" + std::string(code) + ") Z(E)");
    }
}

TEMPLATE_TEST_CASE("a portal that can't be fetched from says so", ALL_ENGINES) {
    asked<TestType> a;
    auto const complaint = [&a](script const& before, std::string_view text) {
        a.ask({"ROLLBACK", "BEGIN"});
        a.send(before);
        return a.complaint(text).message;
    };
    CHECK(complaint(bound("insert 1"), "FETCH p") == "portal \"p\" gives no rows");
    CHECK(complaint(bound("copy out 2"), "FETCH p") == "portal \"p\" gives no rows");
    CHECK(complaint({query("DECLARE c CURSOR FOR select 3"), parse("", "MOVE 1 IN c"), bind("p"), sync()}, "FETCH p") ==
          "portal \"p\" gives no rows");
    CHECK(complaint({parse("", "insert 1"), bind("p"), execute("p"), sync()}, "MOVE p") == "portal \"p\" cannot be run");
    CHECK(complaint(bound(""), "FETCH p") == "portal \"p\" cannot be run");
    CHECK(complaint({}, "FETCH p") == "cursor \"p\" does not exist");
    a.ask({"ROLLBACK", "BEGIN"});
    CHECK(shape(a.send({parse("", "FETCH p"), bind("p"), execute("p"), sync()})) == "1 2 E(55000) Z(E)");
    a.ask({"ROLLBACK", "BEGIN"});
    a.send(bound("select 3"));
    CHECK(shape(a.send({parse("", "FETCH p"), bind("q"), sync(), parse("", "FETCH q"), bind(), execute(), sync()})) ==
          "1 2 Z(T) 1 2 E(55000) Z(E)");
}

TEMPLATE_TEST_CASE("a FETCH from a portal over a cursor has that one's rows", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5"});
    a.send(bound("FETCH 2 c"));
    CHECK(rows_in(a.ask_bytes({"FETCH p", "FETCH p", "FETCH p", "FETCH c"})) == "1|row;2|row;3|row");
}

TEMPLATE_TEST_CASE("a row that fails under FETCH fails the portal", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send(bound("fail row 2"));
    CHECK(a.ask({"SAVEPOINT s", "FETCH p", "MOVE ALL p", "ROLLBACK TO s", "FETCH p"}) ==
          "C(SAVEPOINT) Z(T) T D C(FETCH 1) Z(T) E(22012) Z(E) C(ROLLBACK) Z(T) E(55000) Z(E)");
}

TEMPLATE_TEST_CASE("a FETCH within a pipeline, and one of a Query of several", ALL_ENGINES) {
    asked<TestType> a;
    CHECK(shape(a.send({parse("", "select 3"), bind("p"), parse("", "FETCH 2 p"), bind(), execute(),
                        parse("", "MOVE p"), bind(), execute(), execute("p"), sync()})) ==
          "1 2 1 2 D D C(FETCH 2) 1 2 C(MOVE 1) C(SELECT 0) Z(I)");
    a.ask({"BEGIN"});
    a.send(bound("select 3"));
    CHECK(a.ask({"FETCH p; FETCH p; CLOSE p; select 1"}) ==
          "T D C(FETCH 1) T D C(FETCH 1) C(CLOSE CURSOR) T D C(SELECT 1) Z(T)");
}

TEMPLATE_TEST_CASE("a portal of megabytes is moved over, and fetched, with the buffers kept small", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN"});
    a.send(bound("select 40000"));
    CHECK(a.ask({"MOVE 19999 p"}) == "C(MOVE 19999) Z(T)");
    CHECK(rows_in(a.ask_bytes({"FETCH p"})) == "20000|row");
    CHECK(shape(a.ask_bytes({"FETCH ALL p"})).ends_with(" D C(FETCH 20000) Z(T)"));
}

TEMPLATE_TEST_CASE("passing over rows without end lets others have their turn, and can be cancelled", "",
                   transactional_engine, async_transactional_engine) {
    live_session<sql_layer<cursor_layer<TestType>>> one;
    one.enter().send({query("BEGIN"), parse("", "select 2000000000"), bind("p"), flush()});
    CHECK(one.hear() == "C(BEGIN) Z(T) 1 2");
    one.send({query("SAVEPOINT s")});
    for (auto const text : {"MOVE 1999999999 IN c", "FETCH RELATIVE 1999999999 FROM c", "MOVE ABSOLUTE 1999999999 IN c",
                            "MOVE 1999999999 IN p"}) {
        INFO(text);
        one.send({query("ROLLBACK TO s"), query("DECLARE c CURSOR FOR select 2000000000")});
        CHECK(one.hear().ends_with("C(ROLLBACK) Z(T) C(DECLARE CURSOR) Z(T)"));
        one.peer().send(joined({query(text)}));
        int turns = 0;
        std::function<void()> const others = [&] {
            if (++turns == 20) one.context().handle().cancel();
            else asio::post(one.context().executor(), [&others] { others(); });
        };
        asio::post(one.context().executor(), [&others] { others(); });
        std::string const expected = std::string_view(text).starts_with("FETCH") ? "T E(57014) Z(E)" : "E(57014) Z(E)";
        CHECK(one.run_until_heard(expected) == expected);
        CHECK(turns == 20);
    }
}

TEST_CASE("a statement of SQL that gives no rows may be limited by Execute, too, and is done once") {
    asked<engine> a;
    a.ask({"BEGIN", "DECLARE c CURSOR FOR select 5"});
    CHECK(shape(a.send({parse("m", "MOVE 3 IN c"), describe_statement("m"), bind("", "m"), describe_portal(), execute("", 1),
                        execute(), sync()})) == "1 t n 2 n C(MOVE 3) E(55000) Z(E)");
}

TEST_CASE("a portal whose columns are not known early is fetched from in the simple protocol") {
    asked<late_engine> a;
    a.ask({"BEGIN"});
    a.send(bound("some"));
    CHECK(columns_in(a.ask_bytes({"FETCH p"})) == "column1:23");
    a.send(bound("some", "q"));
    CHECK(shape(a.send({parse("", "FETCH q"), sync()})) == "E(0A000) Z(E)");
}

TEST_CASE("portals and cursors find each other through other layers") {
    live_session<sql_layer<notify_layer<cursor_layer<async_transactional_engine>>>> outside{
        sql_layer<notify_layer<cursor_layer<async_transactional_engine>>>(std::make_shared<notification_hub>())};
    outside.enter();
    CHECK(outside.send({query("BEGIN"), query("DECLARE c CURSOR FOR select 3"), execute("c", 2), sync(), parse("", "select 3"),
                        bind("p"), sync(), query("FETCH p"), query("COMMIT")})
              .hear() == "C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T) D D s Z(T) 1 2 Z(T) T D C(FETCH 1) Z(T) C(COMMIT) Z(I)");
}

}  // namespace pgwire::test::cursor_names_tests
