// The simple query protocol, as far as the session and not an engine decides it.
#include "tests/support/engine.hpp"

namespace pgwire::test::simple_query_tests {

namespace {

struct line {
    int n;
    std::string_view text;
};

/// The smallest handler: answers each statement with itself.
struct echo {
    auto execute(request const& r) { return rows{line{1, r.text}}; }
};

/// A language in which a semicolon means nothing.
struct poem : echo {
    using splitter = whole_text;
};

}  // namespace

TEST_CASE("a simple query is answered by its columns, its rows, its tag and ReadyForQuery") {
    auto const output = conversation(echo{}, {query("select 1")});
    CHECK(shape(output) == "T D C(SELECT 1) Z(I)");
    CHECK(columns_in(output) == "n:23 text:25");
    CHECK(rows_in(output) == "1|select 1");
}

TEST_CASE("a text without a statement is answered by EmptyQueryResponse") {
    for (auto const text : {"", " ", "\n\t", ";", " ;; ; ", "-- nothing", "/* nothing */", "; -- nothing\n;"})
        CHECK(answers(echo{}, {query(text)}) == "I Z(I)");
}

TEST_CASE("empty statements between others are answered by nothing") {
    CHECK(answers(echo{}, {query(";;a;;/**/;b;;")}) == "T D C(SELECT 1) T D C(SELECT 1) Z(I)");
}

TEST_CASE("every statement of a text is answered by itself, and all by one ReadyForQuery") {
    auto const output = conversation(echo{}, {query("a; 'b;c' ; d")});
    CHECK(shape(output) == "T D C(SELECT 1) T D C(SELECT 1) T D C(SELECT 1) Z(I)");
    CHECK(rows_in(output) == "1|a;1|'b;c';1|d");
}

TEMPLATE_TEST_CASE("an error ends a text with several statements", "", engine, async_engine) {
    TestType handler;
    CHECK(answers(handler, {query("insert 1; fail; insert 2")}) == "C(INSERT 0 1) E(22012) Z(I)");
    CHECK(*handler.log == "prepare:insert execute:insert prepare:fail execute:fail");
    CHECK(answers(handler, {query("fail prepare; insert 2"), query("insert 3")}) == "E(42601) Z(I) C(INSERT 0 3) Z(I)");
}

TEST_CASE("a text is not split where the language has no semicolons") {
    auto const output = conversation(poem{}, {query("rose; is a rose;"), query("  ")});
    CHECK(shape(output) == "T D C(SELECT 1) Z(I) I Z(I)");
    CHECK(rows_in(output) == "1|rose; is a rose;");
}

TEST_CASE("the position of an error counts characters from the beginning of the whole text") {
    auto const position = [](std::string_view text) {
        return diagnostics_in(conversation(engine{}, {query(text)})).at(0).position;
    };
    CHECK(position("fail prepare") == 6);
    CHECK(position("insert 1; fail prepare") == 16);
    CHECK(position("\u00e4\u20ac ; fail prepare") == 11);
}

TEST_CASE("a NUL inside a Query is 08P01, and so is a text without its end") {
    CHECK(answers(echo{}, {frame_of('Q', "a\0b\0"sv), query("c")}) == "E(08P01) Z(I) T D C(SELECT 1) Z(I)");
    CHECK(answers(echo{}, {frame_of('Q', "a"), query("c")}) == "E(08P01) Z(I) T D C(SELECT 1) Z(I)");
    CHECK(answers(echo{}, {frame_of('Q', ""), query("c")}) == "E(08P01) Z(I) T D C(SELECT 1) Z(I)");
}

TEST_CASE("a text that is not UTF-8 is 22021, and the connection goes on") {
    for (auto const text : {"\xff", "\xc0\x80", "\xed\xa0\x80", "a\xe2\x82"})
        CHECK(answers(echo{}, {query(text), query("a")}) == "E(22021) Z(I) T D C(SELECT 1) Z(I)");
}

TEST_CASE("Sync, Flush and Close are answered outside the extended protocol too") {
    CHECK(answers(echo{}, {sync(), flush(), close_portal("p"), sync()}) == "Z(I) 3 Z(I)");
}

TEST_CASE("a function call is refused with 0A000 and one ReadyForQuery") {
    CHECK(answers(echo{}, {call_function(), query("a")}) == "E(0A000) Z(I) T D C(SELECT 1) Z(I)");
    CHECK(answers(echo{}, {frame_of('F', "xy"), query("a")}) == "E(08P01) Z(I) T D C(SELECT 1) Z(I)");
}

TEST_CASE("what is left of a COPY is dropped without a word") {
    CHECK(answers(echo{}, {frame_of('d', "abc"), frame_of('c', ""), frame_of('f', "x\0"sv), query("a")}) ==
          "T D C(SELECT 1) Z(I)");
}

TEST_CASE("many queries in one segment are one write") {
    script messages{startup()};
    for (int i = 0; i != 100; ++i) messages.push_back(query("a"));
    auto const one = run_session(echo{}, messages);
    CHECK(one.has_ended);
    CHECK(one.writes.size() == 1);
}

}  // namespace pgwire::test::simple_query_tests
