// Cursors WITH HOLD: whose rows are kept when, for how long, in which formats, and how many.
#include "tests/support/cursor_session.hpp"

#include "pgwire/server/notify_layer.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgwire::test::cursor_hold_tests {

namespace {

/// A row of values, each in either format as the client likes it.
struct typed_engine {
    struct made {
        std::vector<column> described;
        [[nodiscard]] std::span<column const> columns() const { return described; }
    };
    struct one_row : cursor<> {
        std::span<column const> described;
        [[nodiscard]] std::span<column const> columns() const { return described; }
        bool next(writer& out) {
            auto row = out.begin_row();
            if (described.size() == 1) row.add_bytes(row.next_format() == format::text ? "{1,2}" : "binary");
            else row.add(true).add(std::int64_t{-7}).add(1.5).add(std::string_view("\u00fc")).add_null();
            return row.end(), false;
        }
    };
    made prepare(std::string_view text, std::span<oid const>) {
        if (text == "array") return {{column("a", types::int4_array)}};
        return {{column("b", types::bool_), column("i", types::int8), column("f", types::float8),
                 column("t", types::text), column("n", types::numeric)}};
    }
    std::variant<one_row, command> execute(request const&, made& s) {
        one_row only;
        only.described = s.described;
        return only;
    }
};

/// FETCH in the extended protocol.
[[nodiscard]] script fetch(std::string_view text, format wanted) {
    return {parse("", text), bind("", "", {}, {}, {wanted}), execute(), sync()};
}

}  // namespace

// ---- how long they live

TEMPLATE_TEST_CASE("a cursor WITH HOLD outlives its transaction, where it was", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR select 5", "FETCH 2 c"});
    CHECK(a.ask({"COMMIT"}) == "C(COMMIT) Z(I)");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "3|row");
    CHECK(a.ask({"MOVE c", "FETCH ALL c", "FETCH c", "MOVE 0 c", "CLOSE c", "FETCH c"}) ==
          "C(MOVE 1) Z(I) T D C(FETCH 1) Z(I) T C(FETCH 0) Z(I) C(MOVE 0) Z(I) C(CLOSE CURSOR) Z(I) E(34000) Z(I)");
}

TEMPLATE_TEST_CASE("it may be declared outside of a block, in both protocols", ALL_ENGINES) {
    asked<TestType> a;
    CHECK(a.ask({"DECLARE c CURSOR WITH HOLD FOR select 2"}) == "C(DECLARE CURSOR) Z(I)");
    CHECK(shape(a.send({parse("", "DECLARE d CURSOR WITH HOLD FOR echo $1"), bind("", "", {"x"}), execute(), sync()})) ==
          "1 2 C(DECLARE CURSOR) Z(I)");
    CHECK(rows_in(a.ask_bytes({"FETCH c", "FETCH d", "FETCH c"})) == "1|row;x;2|row");
    CHECK(a.ask({"DECLARE e CURSOR WITH HOLD FOR select 2; FETCH e", "FETCH e", "FETCH e"}) ==
          "C(DECLARE CURSOR) T D C(FETCH 1) Z(I) T D C(FETCH 1) Z(I) T C(FETCH 0) Z(I)");
}

TEMPLATE_TEST_CASE("COMMIT AND CHAIN holds, too", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR select 3", "FETCH c"});
    CHECK(a.ask({"COMMIT AND CHAIN", "FETCH c", "ROLLBACK", "FETCH c"}) ==
          "C(COMMIT) Z(T) T D C(FETCH 1) Z(T) C(ROLLBACK) Z(I) T D C(FETCH 1) Z(I)");
}

TEMPLATE_TEST_CASE("it does not outlive the rollback of the transaction that made it", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR select 3"});
    CHECK(a.ask({"ROLLBACK", "FETCH c"}) == "C(ROLLBACK) Z(I) E(34000) Z(I)");
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR select 3", "fail"});
    CHECK(a.ask({"COMMIT", "FETCH c"}) == "C(ROLLBACK) Z(I) E(34000) Z(I)");
    a.ask({"BEGIN", "SAVEPOINT s", "DECLARE c CURSOR WITH HOLD FOR select 3", "ROLLBACK TO s"});
    CHECK(a.ask({"COMMIT", "FETCH c"}) == "C(COMMIT) Z(I) E(34000) Z(I)");
}

TEMPLATE_TEST_CASE("one that is held belongs to no transaction, and its position is not rolled back", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"DECLARE c CURSOR WITH HOLD FOR select 5", "BEGIN", "FETCH c", "SAVEPOINT s", "FETCH c", "ROLLBACK TO s"});
    CHECK(rows_in(a.ask_bytes({"FETCH c", "ROLLBACK", "FETCH c"})) == "3|row;4|row");
    a.ask({"fail", "BEGIN", "fail", "ROLLBACK"});
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "5|row");
    CHECK(a.ask({"BEGIN", "CLOSE c", "ROLLBACK", "FETCH c"}) ==
          "C(BEGIN) Z(T) C(CLOSE CURSOR) Z(T) C(ROLLBACK) Z(I) E(34000) Z(I)");
}

TEMPLATE_TEST_CASE("CLOSE ALL and DISCARD ALL end it", ALL_ENGINES) {
    for (auto const end : {"CLOSE ALL", "DISCARD ALL"}) {
        asked<TestType> a;
        a.ask({"DECLARE c CURSOR WITH HOLD FOR select 5", end});
        CHECK(a.layer().open_cursors() == 0);
        CHECK(a.ask({"FETCH c"}) == "E(34000) Z(I)");
    }
}

TEST_CASE("the engine has nothing open when it commits, held cursors or not") {
    asked<counting_engine> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR select 5", "DECLARE d CURSOR FOR select 5"});
    CHECK(*a.engine().open == 2);
    CHECK(a.ask({"COMMIT", "FETCH ALL c"}) == "C(COMMIT) Z(I) T D D D D D C(FETCH 5) Z(I)");
    a.ask({"DECLARE e CURSOR WITH HOLD FOR select 5", "BEGIN", "ROLLBACK"});
    CHECK(a.engine().open_at_the_end == "commit:0 rollback:0 ");
    CHECK(*a.engine().open == 0);
    CHECK(a.layer().open_cursors() == 2);
}

TEST_CASE("cursors are held in either order of the layers") {
    script const asked_for{query("BEGIN"), query("DECLARE c CURSOR WITH HOLD FOR select 2"), query("COMMIT"),
                           query("FETCH c"), query("DISCARD ALL"), query("FETCH c")};
    auto const expected = "C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T) C(COMMIT) Z(I) T D C(FETCH 1) Z(I) C(DISCARD ALL) Z(I) "
                          "E(34000) Z(I)";
    auto const hub = std::make_shared<notification_hub>();
    live_session<sql_layer<cursor_layer<notify_layer<engine>>>> outside{
        sql_layer<cursor_layer<notify_layer<engine>>>(hub)};
    CHECK(outside.enter().send(asked_for).hear() == expected);
    live_session<sql_layer<cursor_layer<notify_layer<async_transactional_engine>>>> awaited{
        sql_layer<cursor_layer<notify_layer<async_transactional_engine>>>(hub)};
    CHECK(awaited.enter().send(asked_for).hear() == expected);
}

// ---- what goes wrong

TEMPLATE_TEST_CASE("a row that fails when it is to be held fails the COMMIT", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR fail row 2", "FETCH c"});
    CHECK(a.ask({"COMMIT", "FETCH c"}) == "E(22012) Z(I) E(34000) Z(I)");
    CHECK(a.engine().log->find("commit") == std::string::npos);
    CHECK(a.ask({"DECLARE c CURSOR WITH HOLD FOR fail row 2", "FETCH c"}) == "E(22012) Z(I) E(34000) Z(I)");
    CHECK(shape(a.send({parse("", "DECLARE c CURSOR WITH HOLD FOR fail row 2"), bind(), execute(), sync()})) ==
          "1 2 C(DECLARE CURSOR) E(22012) Z(I)");
    CHECK(a.layer().open_cursors() == 0);
}

TEMPLATE_TEST_CASE("a commit that the engine refuses holds nothing", "", transactional_engine,
                   async_transactional_engine) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR select 3", "defer"});
    CHECK(a.ask({"COMMIT", "FETCH c"}) == "E(23503) Z(I) E(34000) Z(I)");
    CHECK(a.layer().open_cursors() == 0);
}

TEMPLATE_TEST_CASE("a cursor that has failed is not held, and fails nothing more", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR fail row 1", "SAVEPOINT s", "FETCH ALL c", "ROLLBACK TO s"});
    CHECK(a.ask({"COMMIT", "FETCH c"}) == "C(COMMIT) Z(I) E(34000) Z(I)");
}

TEMPLATE_TEST_CASE("one that is held goes forward only, unless it was declared with SCROLL", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"DECLARE c CURSOR WITH HOLD FOR select 5", "FETCH 2 c"});
    CHECK(a.complaint("FETCH PRIOR c").message == "cursor can only scan forward");
    CHECK(a.complaint("FETCH c").message == "portal \"c\" cannot be run");
    CHECK(a.ask({"CLOSE c"}) == "C(CLOSE CURSOR) Z(I)");
}

TEMPLATE_TEST_CASE("all cursors of a session together keep so many bytes and no more", ALL_ENGINES) {
    asked<TestType> a;
    a.layer().limit_kept_rows(1000);
    CHECK(a.ask({"DECLARE c CURSOR WITH HOLD FOR select 20", "BEGIN", "DECLARE d CURSOR WITH HOLD FOR select 20"}) ==
          "C(DECLARE CURSOR) Z(I) C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T)");
    auto const refused = a.complaint("COMMIT");
    CHECK(refused.code == sqlstates::configuration_limit_exceeded);
    CHECK(refused.message == "the rows that cursors keep exceed the limit of 1000 bytes");
    CHECK_FALSE(refused.hint.empty());
    CHECK(a.ask({"FETCH d", "CLOSE c", "DECLARE d CURSOR WITH HOLD FOR select 20"}) ==
          "E(34000) Z(I) C(CLOSE CURSOR) Z(I) C(DECLARE CURSOR) Z(I)");
    a.layer().limit_kept_rows(5000);
    CHECK(a.ask({"DECLARE c CURSOR WITH HOLD FOR select 100"}) == "C(DECLARE CURSOR) Z(I)");
}

TEMPLATE_TEST_CASE("a session has so many cursors, and keeps so many bytes, as its server says", ALL_ENGINES) {
    session_limits limits;
    limits.portals = 2;
    limits.kept_rows = 1000;
    asked<TestType> a;
    a.session().context().limit_kept(limits);
    CHECK(a.ask({"BEGIN", "DECLARE c CURSOR FOR select 20", "DECLARE d CURSOR FOR select 20"}) ==
          "C(BEGIN) Z(T) C(DECLARE CURSOR) Z(T) C(DECLARE CURSOR) Z(T)");
    auto const refused = a.complaint("DECLARE e CURSOR FOR select 1");
    CHECK(refused.code == sqlstates::configuration_limit_exceeded);
    CHECK(refused.message == "there are 2 cursors, which is the limit of a session");
    CHECK(a.ask({"ROLLBACK", "DECLARE e CURSOR WITH HOLD FOR select 20"}) == "C(ROLLBACK) Z(I) C(DECLARE CURSOR) Z(I)");
    CHECK(a.complaint("DECLARE f CURSOR WITH HOLD FOR select 30").message ==
          "the rows that cursors keep exceed the limit of 1000 bytes");
    limits.memory = 20'000;
    auto const long_text = "DECLARE g CURSOR WITH HOLD FOR select 1" + std::string(30'000, ' ') + "-- that is all";
    CHECK(a.complaint(long_text).message == "cursors exceed the limit of 20000 bytes");
    CHECK(a.ask({"CLOSE e", "DECLARE g CURSOR WITH HOLD FOR select 1"}) == "C(CLOSE CURSOR) Z(I) C(DECLARE CURSOR) Z(I)");
}

TEMPLATE_TEST_CASE("a result of megabytes is held, and fetched with the buffer kept small", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"DECLARE c CURSOR WITH HOLD FOR select 40000"});
    CHECK(shape(a.ask_bytes({"FETCH 20000 c"})).ends_with("C(FETCH 20000) Z(I)"));
    CHECK(a.ask({"MOVE ALL c"}) == "C(MOVE 20000) Z(I)");
}

TEST_CASE("a FETCH that is suspended finds that its cursor was closed") {
    asked<transactional_engine> a;
    a.ask({"DECLARE c CURSOR WITH HOLD FOR select 5", "BEGIN"});
    CHECK(shape(a.send({parse("", "FETCH 4 c"), bind("p"), execute("p", 2), sync()})) == "1 2 D D s Z(T)");
    CHECK(a.ask({"CLOSE c"}) == "C(CLOSE CURSOR) Z(T)");
    CHECK(shape(a.send({execute("p", 2), sync()})) == "E(34000) Z(E)");
}

// ---- formats

TEST_CASE("rows that are held as text are given in binary, too, where their types are known") {
    asked<typed_engine> a;
    a.ask({"DECLARE c CURSOR WITH HOLD FOR values", "DECLARE d CURSOR WITH HOLD FOR values"});
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "t|-7|1.5|\u00fc|null");
    CHECK(rows_in(a.send(fetch("FETCH d", format::binary))) ==
          "\1|\377\377\377\377\377\377\377\371|\77\370\0\0\0\0\0\0|\303\274|null"s);
    a.ask({"DECLARE e BINARY CURSOR WITH HOLD FOR values"});
    CHECK(rows_in(a.send(fetch("FETCH e", format::text))) == "t|-7|1.5|\u00fc|null");
}

TEST_CASE("a value of another type is not converted; one that is fetched as it is held is given") {
    asked<typed_engine> a;
    a.ask({"DECLARE c CURSOR WITH HOLD FOR array", "DECLARE d BINARY CURSOR WITH HOLD FOR array",
           "DECLARE e CURSOR WITH HOLD FOR array"});
    CHECK(rows_in(a.ask_bytes({"FETCH c", "FETCH d"})) == "{1,2};binary");
    auto const refused = diagnostics_in(a.send(fetch("FETCH e", format::binary))).at(0);
    CHECK(refused.code == sqlstates::feature_not_supported);
    CHECK(refused.message == "rows that a cursor keeps can't be given in another format: type _int4 has no conversion "
                             "here");
}

TEST_CASE("rows are held in the format that was asked for before") {
    asked<transactional_engine> a;
    a.ask({"BEGIN", "DECLARE c CURSOR WITH HOLD FOR select 3"});
    CHECK(rows_in(a.send(fetch("FETCH c", format::binary))) == "\0\0\0\1|row"s);
    a.ask({"COMMIT"});
    CHECK(rows_in(a.send(fetch("FETCH c", format::binary))) == "\0\0\0\2|row"s);
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "3|row");
}

}  // namespace pgwire::test::cursor_hold_tests
