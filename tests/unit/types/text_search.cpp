// tsvector and tsquery.
#include "pgwire/types/tsquery.hpp"
#include "pgwire/types/tsvector.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::text_search_tests {

namespace {

using namespace std::string_view_literals;

struct spelling {
    std::string_view given, text, binary;
};

/// Each text is read, written as PostgreSQL writes it, in both formats, and no part of its binary form is a value.
template<class T>
void check(std::vector<spelling> const& all) {
    for (auto const& [given, text, binary] : all) {
        INFO(given);
        auto const v = decode_value<T>(given, format::text);
        REQUIRE(v);
        CHECK(encoded(*v, format::text) == text);
        CHECK(encoded(*v, format::binary) == binary);
        CHECK(decode_value<T>(text, format::text) == v);
        CHECK(decode_value<T>(binary, format::binary) == v);
        for (std::size_t n = 0; n != binary.size(); ++n) CHECK(!decode_value<T>(binary.substr(0, n), format::binary));
    }
}

template<class T>
errc error(std::string_view given, format f = format::text) {
    return decode_value<T>(given, f).error();
}

}  // namespace

TEST_CASE("a tsvector is sorted, and what it has twice is put together") {
    check<tsvector>({
        {" ", "", "\0\0\0\0"sv},
        {"b a:3,1 a:1C,99999", "'a':1C,3,16383 'b'",
         "\0\0\0\2a\0\0\3\x40\1\0\3\x3f\xff"
         "b\0\0\0"sv},
        {"it\\'s 'c''d' :1:2*", "':1':2A 'c''d' 'it''s'", "\0\0\0\3:1\0\0\1\xc0\2c'd\0\0\0it's\0\0\0"sv},
    });
    for (auto const* text : {"'a", "''", "a:", "a:0", "a:1x", "a:1AB", "a:1,", "\\"})
        CHECK(error<tsvector>(text) == errc::syntax_error);
    CHECK(error<tsvector>(std::string(2047, 'x')) == errc::message_too_large);
    CHECK(error<tsvector>("\xff") == errc::invalid_encoding);
}

TEST_CASE("a binary tsvector may have what no text gives, and is malformed where PostgreSQL finds it malformed") {
    auto const v = decode_value<tsvector>("\0\0\0\3b\0\0\0a\0\0\1\0\0\0\0\0"sv, format::binary);
    REQUIRE(v);
    CHECK(encoded(*v, format::text) == "'' 'a':0 'b'");
    CHECK(error<tsvector>("\x7f\xff\xff\xff"sv, format::binary) == errc::malformed_value);
    CHECK(error<tsvector>("\0\xff\xff\xff"sv, format::binary) == errc::invalid_string);
    CHECK(error<tsvector>("\0\0\0\1a\0\0\2\0\2\0\1"sv, format::binary) == errc::malformed_value);
    CHECK(error<tsvector>("\0\0\0\0x"sv, format::binary) == errc::invalid_binary);
}

TEST_CASE("a tsvector that can't be sent has no encoding") {
    tsvector v{{{"b", {}}, {"a", {{2}, {1, tsvector_weight::b}, {2, tsvector_weight::a}}}, {"b", {{7}}}}};
    v.normalize();
    CHECK(encoded(v, format::text) == "'a':1B,2A 'b':7");
    v.lexemes.push_back({std::string(1, '\0'), {}});
    CHECK(value_size(v, format::text) == unencodable);
    CHECK(value_size(tsvector{{{"a", {{16384}}}}}, format::binary) == unencodable);
}

TEST_CASE("a tsquery is written with the parentheses that it needs") {
    check<tsquery>({
        {"a&(b|!c)", "'a' & ( 'b' | !'c' )", "\0\0\0\6\2\2\2\3\2\1\1\0\0c\0\1\0\0b\0\1\0\0a\0"sv},
        {"((a<->b))<2>'it''s':*ab", "'a' <-> 'b' <2> 'it''s':*AB",
         "\0\0\0\5\2\4\0\2\1\x0c\1it's\0\2\4\0\1\1\0\0b\0\1\0\0a\0"sv},
        {"a<->(b<->c)", "'a' <-> ( 'b' <-> 'c' )", "\0\0\0\5\2\4\0\1\2\4\0\1\1\0\0c\0\1\0\0b\0\1\0\0a\0"sv},
    });
    CHECK(encoded(*decode_value<tsquery>(" ", format::text), format::binary) == "\0\0\0\0"sv);
    for (auto const* text : {"a b", "a&", "()", "(a", "a)", "a<->", "''", "!", "a:x"})
        CHECK(error<tsquery>(text) == errc::syntax_error);
    CHECK(error<tsquery>("a<16385>b") == errc::out_of_range);
    CHECK(error<tsquery>(std::string(33, '!') + "a") == errc::malformed_value);
    CHECK(error<tsquery>(std::string(100'000, '(')) == errc::too_deep);
}

TEST_CASE("a tsquery that is no tree is refused, and a deep one needs no stack") {
    CHECK(error<tsquery>("\0\0\0\0"sv, format::binary) == errc::malformed_value);
    CHECK(error<tsquery>("\0\0\0\2\2\2\1\0\0a\0"sv, format::binary) == errc::malformed_value);
    CHECK(error<tsquery>("\x05\x55\x55\x54"sv, format::binary) == errc::insufficient_data);
    CHECK(value_size(tsquery{{{tsquery_kind::and_, 0, false, 1, ""}}}, format::text) == unencodable);
    std::string bytes("\0\1\x86\xa1"sv);  // 100,000 times not
    for (int i = 0; i != 100'000; ++i) bytes += "\2\1";
    auto const deep = decode_value<tsquery>(bytes + std::string("\1\0\0a\0"sv), format::binary);
    REQUIRE(deep);
    CHECK(encoded(*deep, format::text) == std::string(100'000, '!') + "'a'");
}

}  // namespace pgwire::test::text_search_tests
