#include "pgwire/protocol/sql_literal.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

namespace pgwire::test::sql_literal_tests {

using namespace std::string_literals;

namespace {

/// The text is one token; what is inside it?
result<std::string> string_in(std::string_view text) {
    token_scanner in(text);
    auto const t = in.next();
    CHECK(t.text.size() == text.size());
    return decode_string(t);
}
result<std::string> name_in(std::string_view text) {
    token_scanner in(text);
    auto const t = in.next();
    CHECK(t.text.size() == text.size());
    return decode_identifier(t);
}

}  // namespace

TEST_CASE("a plain identifier is folded to lower case, a quoted one is not") {
    CHECK(name_in("Work_MEM$1") == "work_mem$1"s);
    CHECK(name_in("\xc3\x84") == "\xc3\x84"s);
    CHECK(name_in("\"Work \"\"MEM\"\"\"") == "Work \"MEM\""s);
    CHECK(name_in("U&\"d\\0061t\\+000061 \\\\\"") == "data \\"s);
    CHECK(name_in("\"\\0061\"") == "\\0061"s);
}

TEST_CASE("an identifier that is empty, not closed, or none is refused") {
    CHECK(name_in("\"\"").error() == errc::invalid_text);
    CHECK(name_in("\"a").error() == errc::invalid_text);
    CHECK(name_in("\"a\"\"").error() == errc::invalid_text);
    CHECK(name_in("\"").error() == errc::invalid_text);
    CHECK(name_in("U&\"a").error() == errc::invalid_text);
    CHECK(name_in("'a'").error() == errc::invalid_text);
    CHECK(name_in("1").error() == errc::invalid_text);
    CHECK(name_in("").error() == errc::invalid_text);
}

TEST_CASE("a string's doubled quotes are one, and backslashes are characters") {
    CHECK(string_in("''") == ""s);
    CHECK(string_in("'it''s'") == "it's"s);
    CHECK(string_in("''''") == "'"s);
    CHECK(string_in("'a\\n'") == "a\\n"s);
    CHECK(string_in("N'a\\n'") == "a\\n"s);
}

TEST_CASE("a string goes on after a new line") {
    CHECK(string_in("'a'\n'b'") == "ab"s);
    CHECK(string_in("'a' -- it's\n  'b'\r'''c'") == "ab'c"s);
    CHECK(string_in("E'\\x41'\n'\\x42'") == "AB"s);
    CHECK(string_in("''\n''") == ""s);
}

TEST_CASE("E'' has the escapes of C") {
    CHECK(string_in("E'\\b\\f\\n\\r\\t\\v\\\\\\'\\q'") == "\b\f\n\r\t\v\\'q"s);
    CHECK(string_in("e'\\1\\12\\101\\1012'") == "\001\012AA2"s);
    CHECK(string_in("E'\\x4\\x41\\x414\\xg'") == "\004AA4xg"s);
    CHECK(string_in("E'\\u00e9\\U0001F600'") == "\xc3\xa9\xf0\x9f\x98\x80"s);
    CHECK(string_in("E'\\ud83d\\uDE00'") == "\xf0\x9f\x98\x80"s);
    CHECK(string_in("E'\\u20ac\\u007f\\u0080\\u07ff\\u0800\\uffff'") ==
          "\xe2\x82\xac\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf"s);
}

TEST_CASE("U&'' has escapes of code points") {
    CHECK(string_in("U&'d\\0061t\\+000061\\\\ ''x'''") == "data\\ 'x'"s);
    CHECK(string_in("u&'\\D83D\\DE00'") == "\xf0\x9f\x98\x80"s);
}

TEST_CASE("a dollar quote's inside is as it stands") {
    CHECK(string_in("$$$$") == ""s);
    CHECK(string_in("$$it's \\n$$") == "it's \\n"s);
    CHECK(string_in("$a$ $$ $b$ $a$") == " $$ $b$ "s);
}

TEST_CASE("a wrong escape is refused") {
    for (std::string_view const text :
         {"E'\\u12'", "E'\\U0001F60'", "U&'\\'", "U&'\\00g1'", "U&'\\+00006'", "E'\\ud83d'", "E'\\ud83dx'",
          "E'\\ude00'", "E'\\ud83d\\u0041'", "E'\\ud83d\\n'", "E'\\u0000'", "E'\\U00110000'", "U&'\\+110000'"})
        CHECK(string_in(text).error() == errc::invalid_text);
    for (std::string_view const text : {"E'\\0'", "E'\\x00'", "E'\\400'"})
        CHECK(string_in(text).error() == errc::invalid_encoding);
    CHECK(string_in(std::string("'\0'", 3)).error() == errc::invalid_encoding);
    CHECK(string_in(std::string("$$\0$$", 5)).error() == errc::invalid_encoding);
}

TEST_CASE("a string that is not closed, or none, is refused") {
    for (std::string_view const text : {"'", "'a", "'a''", "E'a\\'", "E'\\", "E'", "N'", "U&'", "U&'\\", "$$", "$$a",
                                        "$$a$", "$a$ $a", "$a$", "'a'\n'b", "a", "\"a\"", ""})
        CHECK(string_in(text).error() == errc::invalid_text);
    CHECK(string_in("B'10'").error() == errc::unsupported);
    CHECK(string_in("X'1f'").error() == errc::unsupported);
}

}  // namespace pgwire::test::sql_literal_tests
