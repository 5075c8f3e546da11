// Geometric types: their texts, their spellings, what is none, and hostile binary values.
#include "pgwire/types/geometric.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::geometry_tests {

namespace {

using namespace std::string_view_literals;

/// Each spelling gives a value whose text is the first one, and which survives the binary form and its own text.
template<class T>
void check_spellings(std::vector<std::string_view> const& spellings) {
    for (auto const spelling : spellings) {
        CAPTURE(spelling);
        auto const v = decode_value<T>(spelling, format::text);
        REQUIRE(v);
        CHECK(encoded(*v, format::text) == spellings.front());
        auto const binary = encoded(*v, format::binary);
        auto const again = decode_value<T>(binary, format::binary);
        REQUIRE(again);
        CHECK(encoded(*again, format::binary) == binary);
        for (std::size_t n = 0; n != binary.size(); ++n)
            CHECK(decode_value<T>(std::string_view(binary).substr(0, n), format::binary).error() ==
                  errc::insufficient_data);
        CHECK(decode_value<T>(binary + 'x', format::binary).error() == errc::invalid_binary);
    }
}
template<class T>
void check_texts_rejected(errc why, std::vector<std::string_view> const& texts) {
    for (auto const text : texts) {
        CAPTURE(text);
        CHECK(decode_value<T>(text, format::text).error() == why);
    }
}

}  // namespace

TEST_CASE("the geometric types are read in each of their spellings and written in PostgreSQL's") {
    check_spellings<point>({"(1,-2.5)", " ( 1 , -2.5 ) ", "1,-25e-1"});
    check_spellings<point>({"(NaN,-Infinity)", "nan , -INF"});
    check_spellings<line>({"{1,2,3}", " { 1 , 2 , 3 } "});
    check_spellings<line>({"{1,-1,0}", "(1,1),(2,2)", "[(-1,-1),(2,2)]", "0,0,5,5"});
    check_spellings<line>({"{-1,0,3}", "(3,0),(3,1)", "((3,0),(3.0000001,9))"});
    check_spellings<lseg>({"[(1,2),(3,4)]", "((1,2),(3,4))", "(1,2),(3,4)", "1,2,3,4", "(1,2,3,4)", "[1,2,3,4]"});
    check_spellings<box>({"(3,4),(1,2)", "((1,2),(3,4))", "1,4,3,2", "(3,2)(1,4)"});
    check_spellings<box>({"(NaN,1),(0,-0)", "(0,-0),(nan,1)"});
    check_spellings<path>({"[(1,2),(3,4)]", "[1,2,3,4]", "([1,2,3,4])"});
    check_spellings<path>({"((1,2),(3,4))", "(1,2),(3,4)", "1,2,3,4", "(1,2,3,4)"});
    check_spellings<polygon>({"((1,2),(3,4),(5,6))", "(1,2),(3,4),(5,6)", "1,2,3,4,5,6", "( 1,2,3,4,5,6 )"});
    check_spellings<circle>({"<(1,2),3>", "((1,2),3)", "(1,2),3", "1,2,3", " < 1 , 2 , 3 > "});
    check_spellings<circle>({"<(0,0),NaN>", "0,0,nan"});
}

TEST_CASE("what is no geometric value is rejected as PostgreSQL does") {
    check_texts_rejected<point>(errc::invalid_text, {"", "1", "(1,2", "1,2)", "((1,2))", "1,2,3", "[1,2]", "x,1"});
    check_texts_rejected<point>(errc::out_of_range, {"1e400,1", "(1,1e-400)"});
    check_texts_rejected<line>(errc::invalid_text, {"{0,0,1}", "{1,2}", "{1,2,3", "(1,1),(1,1)", "(0,0),(1e-7,0)"});
    check_texts_rejected<line>(errc::out_of_range, {"(1e308,0),(-1e308,1)", "{1e400,1,1}"});
    check_texts_rejected<lseg>(errc::invalid_text, {"1,2,3", "((1,2),(3,4)]", "[(1,2),(3,4)", "<1,2,3,4>"});
    check_texts_rejected<box>(errc::invalid_text, {"[(1,2),(3,4)]", "(1,2)", "(((1,2),(3,4)))"});
    check_texts_rejected<path>(errc::invalid_text, {"", "()", "[]", "1,2,3", "(1,2),", "[(1,2),(3,4)]]"});
    check_texts_rejected<polygon>(errc::invalid_text, {"", "()", "[(1,2)]", "1,2,3", "((1,2)"});
    check_texts_rejected<circle>(errc::invalid_text, {"<(1,2),-1>", "(1,2,3)", "<(1,2),3", "<(1,2)>", "1,2,3>"});
}

TEST_CASE("points are written with as many digits as the session asks for") {
    point const third{1.0 / 3, 0.1 + 0.2};
    CHECK(encoded(third, format::text) == "(0.3333333333333333,0.30000000000000004)");
    CHECK(encoded(third, format::text, {.extra_float_digits = 0}) == "(0.333333333333333,0.3)");
}

TEST_CASE("the longest numbers fit into the size that a path announces") {
    double const longest = -std::numeric_limits<double>::denorm_min() * 1.2345e15;
    path const v{std::vector<point>(100, {longest, longest}), true};
    CHECK(decode_value<path>(encoded(v, format::text), format::text) == v);
}

TEST_CASE("a path or polygon has at least one point") {
    CHECK(value_size(path{}, format::text) == unencodable);
    CHECK(value_size(polygon{}, format::binary) == unencodable);
    CHECK(refusal_of(polygon{}, unencodable) == errc::invalid_text);
}

TEST_CASE("a count of points is no reason to allocate") {
    auto const error = [](std::string_view bytes) { return decode_value<polygon>(bytes, format::binary).error(); };
    CHECK(error("\x07\xff\xff\xfc\0\0\0\0"sv) == errc::insufficient_data);
    CHECK(error("\x07\xff\xff\xfd\0\0\0\0"sv) == errc::invalid_binary);
    CHECK(error("\x7f\xff\xff\xff"sv) == errc::invalid_binary);
    CHECK(error("\xff\xff\xff\xff"sv) == errc::invalid_binary);
    CHECK(error("\0\0\0\0"sv) == errc::invalid_binary);
    CHECK(decode_value<polygon>(std::string(100'000, ','), format::text).error() == errc::invalid_text);
    CHECK(decode_value<path>(std::string(100'001, '('), format::text).error() == errc::invalid_text);
}

}  // namespace pgwire::test::geometry_tests
