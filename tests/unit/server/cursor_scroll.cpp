// Cursors with SCROLL: back and forth, as a PostgreSQL server has answered the same.
#include "tests/support/cursor_session.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace pgwire::test::cursor_scroll_tests {

namespace {

/// What a cursor over three rows answers to these statements: the rows' numbers, then the tag.
template<class Engine>
std::string scroll(std::string_view statements, std::string_view options = "SCROLL CURSOR") {
    asked<Engine> a;
    a.ask({"BEGIN", "DECLARE c " + std::string(options) + " FOR select 3"});
    std::string all;
    while (!statements.empty()) {
        auto const end = std::min(statements.find(','), statements.size());
        auto const bytes = a.ask_bytes({statements.substr(0, end)});
        for (char const c : rows_in(bytes))
            if (c >= '1' && c <= '3') all += std::string(1, c) + ' ';
        auto const whole = shape(bytes);
        auto const tag = whole.rfind("C(") == whole.npos ? whole.rfind("E(") : whole.rfind("C(");
        all += whole.substr(tag, whole.find(')', tag) + 2 - tag);
        statements.remove_prefix(std::min(end + 1, statements.size()));
    }
    all.pop_back();
    return all;
}

}  // namespace

TEMPLATE_TEST_CASE("a cursor with SCROLL goes where FETCH says", ALL_ENGINES) {
    struct {
        std::string_view statements;
        std::string_view expected;
    } const table[] = {
        {"FETCH PRIOR c,FETCH c", "C(FETCH 0) 1 C(FETCH 1)"},
        {"FETCH LAST c,FETCH c,FETCH PRIOR c,FETCH PRIOR c", "3 C(FETCH 1) C(FETCH 0) 3 C(FETCH 1) 2 C(FETCH 1)"},
        {"FETCH FIRST c,FETCH FIRST c,FETCH 0 c", "1 C(FETCH 1) 1 C(FETCH 1) 1 C(FETCH 1)"},
        {"FETCH ALL c,FETCH BACKWARD ALL c,FETCH BACKWARD ALL c,FETCH ALL c",
         "1 2 3 C(FETCH 3) 3 2 1 C(FETCH 3) C(FETCH 0) 1 2 3 C(FETCH 3)"},
        {"FETCH ABSOLUTE 2 c,FETCH RELATIVE 0 c,FETCH RELATIVE -1 c,FETCH RELATIVE -1 c,FETCH RELATIVE 2 c,"
         "FETCH RELATIVE 2 c",
         "2 C(FETCH 1) 2 C(FETCH 1) 1 C(FETCH 1) C(FETCH 0) 2 C(FETCH 1) C(FETCH 0)"},
        {"FETCH ABSOLUTE -1 c,FETCH ABSOLUTE -3 c,FETCH ABSOLUTE -4 c,FETCH c",
         "3 C(FETCH 1) 1 C(FETCH 1) C(FETCH 0) 1 C(FETCH 1)"},
        {"FETCH ABSOLUTE 4 c,FETCH 0 c,FETCH PRIOR c", "C(FETCH 0) C(FETCH 0) 3 C(FETCH 1)"},
        {"FETCH ABSOLUTE 0 c,FETCH BACKWARD 0 c,FETCH c,FETCH BACKWARD 0 c,FETCH 0 c,FETCH ABSOLUTE 0 c,FETCH c",
         "C(FETCH 0) C(FETCH 0) 1 C(FETCH 1) 1 C(FETCH 1) 1 C(FETCH 1) C(FETCH 0) 1 C(FETCH 1)"},
        {"FETCH -2 c,FETCH 3 c,FETCH -2 c,FETCH BACKWARD -1 c,FETCH FORWARD -1 c",
         "C(FETCH 0) 1 2 3 C(FETCH 3) 2 1 C(FETCH 2) 2 C(FETCH 1) 1 C(FETCH 1)"},
        {"FETCH 3 c,FETCH BACKWARD 2 c", "1 2 3 C(FETCH 3) 2 1 C(FETCH 2)"},
        {"FETCH 4 c,FETCH BACKWARD 3 c,FETCH BACKWARD 1 c", "1 2 3 C(FETCH 3) 3 2 1 C(FETCH 3) C(FETCH 0)"},
    };
    for (auto const& one : table) {
        INFO(one.statements);
        CHECK(scroll<TestType>(one.statements) == one.expected);
    }
}

TEMPLATE_TEST_CASE("MOVE goes there, too, and counts as FETCH would", ALL_ENGINES) {
    CHECK(scroll<TestType>("MOVE 2 c,MOVE BACKWARD 1 c,MOVE 0 c,MOVE BACKWARD 5 c,MOVE 0 c,MOVE ALL c,MOVE 0 c,"
                           "MOVE BACKWARD ALL c,MOVE ALL c,MOVE PRIOR c,MOVE BACKWARD ALL c") ==
          "C(MOVE 2) C(MOVE 1) C(MOVE 1) C(MOVE 0) C(MOVE 0) C(MOVE 3) C(MOVE 0) C(MOVE 3) C(MOVE 3) C(MOVE 1) C(MOVE 2)");
    CHECK(scroll<TestType>("MOVE LAST c,MOVE FIRST c,MOVE ABSOLUTE 9 c,MOVE ABSOLUTE -9 c,MOVE ABSOLUTE 0 c,"
                           "MOVE RELATIVE 2 c,MOVE RELATIVE -9 c,MOVE RELATIVE 0 c") ==
          "C(MOVE 1) C(MOVE 1) C(MOVE 0) C(MOVE 0) C(MOVE 0) C(MOVE 1) C(MOVE 0) C(MOVE 0)");
}

TEMPLATE_TEST_CASE("NO SCROLL, and nothing said of it, go forward only", ALL_ENGINES) {
    CHECK(scroll<TestType>("FETCH 2 c,FETCH PRIOR c", "NO SCROLL CURSOR") == "1 2 C(FETCH 2) E(55000)");
    CHECK(scroll<TestType>("FETCH 2 c,FETCH PRIOR c", "CURSOR") == "1 2 C(FETCH 2) E(55000)");
}

TEMPLATE_TEST_CASE("a cursor that scrolls and is held scrolls on, from where it was", ALL_ENGINES) {
    CHECK(scroll<TestType>("FETCH 2 c,COMMIT,FETCH PRIOR c,FETCH LAST c,FETCH FIRST c,MOVE ALL c,FETCH BACKWARD ALL c",
                           "SCROLL CURSOR WITH HOLD") ==
          "1 2 C(FETCH 2) C(COMMIT) 1 C(FETCH 1) 3 C(FETCH 1) 1 C(FETCH 1) C(MOVE 2) 3 2 1 C(FETCH 3)");
    CHECK(scroll<TestType>("FETCH 4 c,COMMIT,FETCH PRIOR c", "SCROLL CURSOR WITH HOLD") ==
          "1 2 3 C(FETCH 3) C(COMMIT) 3 C(FETCH 1)");
}

TEST_CASE("rows are pulled when they are asked for, and once") {
    asked<engine> a;
    a.ask({"BEGIN", "DECLARE c SCROLL CURSOR FOR fail row 2", "SAVEPOINT s"});
    CHECK(a.ask({"FETCH 2 c", "FETCH BACKWARD c", "FETCH c"}) ==
          "T D D C(FETCH 2) Z(T) T D C(FETCH 1) Z(T) T D C(FETCH 1) Z(T)");
    CHECK(a.ask({"FETCH c", "ROLLBACK TO s"}) == "T E(22012) Z(E) C(ROLLBACK) Z(T)");
    CHECK(a.complaint("FETCH FIRST c").message == "portal \"c\" cannot be run");
}

TEMPLATE_TEST_CASE("each FETCH of the same row has it in the format that it asks for", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c SCROLL CURSOR FOR select 3"});
    auto const fetch = [&a](std::string_view text, format wanted) {
        return rows_in(a.send({parse("", text), bind("", "", {}, {}, {wanted}), execute(), sync()}));
    };
    CHECK(fetch("FETCH 2 c", format::binary) == "\0\0\0\1|row;\0\0\0\2|row"s);
    CHECK(fetch("FETCH -1 c", format::text) == "1|row");
    CHECK(fetch("FETCH 2 c", format::text) == "2|row;3|row");
    CHECK(fetch("FETCH FIRST c", format::binary) == "\0\0\0\1|row"s);
}

TEMPLATE_TEST_CASE("Execute's row limit suspends a FETCH that goes back", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c SCROLL CURSOR FOR select 5", "MOVE ALL c"});
    auto const bytes = a.send({parse("", "FETCH -4 c"), bind(), execute("", 3), execute("", 3), sync()});
    CHECK(shape(bytes) == "1 2 D D D s D C(FETCH 1) Z(T)");
    CHECK(rows_in(bytes) == "5|row;4|row;3|row;2|row");
    CHECK(rows_in(a.ask_bytes({"FETCH c"})) == "3|row");
}

TEMPLATE_TEST_CASE("a result of megabytes is read from its end to its beginning", ALL_ENGINES) {
    asked<TestType> a;
    a.ask({"BEGIN", "DECLARE c SCROLL CURSOR FOR select 20000"});
    CHECK(rows_in(a.ask_bytes({"FETCH LAST c"})) == "20000|row");
    CHECK(shape(a.ask_bytes({"FETCH BACKWARD ALL c"})).ends_with(" D C(FETCH 19999) Z(T)"));
    CHECK(a.ask({"MOVE ALL c"}) == "C(MOVE 20000) Z(T)");
}

TEMPLATE_TEST_CASE("what a cursor with SCROLL keeps has a limit", ALL_ENGINES) {
    asked<TestType> a;
    a.layer().limit_kept_rows(1000);
    a.ask({"BEGIN", "DECLARE c SCROLL CURSOR FOR select 100", "SAVEPOINT s"});
    CHECK(a.ask({"FETCH 20 c", "MOVE ALL c", "ROLLBACK TO s"}).ends_with("E(53400) Z(E) C(ROLLBACK) Z(T)"));
    CHECK(a.complaint("FETCH FIRST c").message == "portal \"c\" cannot be run");
}

}  // namespace pgwire::test::cursor_scroll_tests
