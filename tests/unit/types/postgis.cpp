// PostGIS's types. What is expected is what PostGIS 3.3 said.
#include "pgwire/types/postgis.hpp"

#include "support/catch.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::test::postgis_tests {

namespace {

using namespace std::string_view_literals;
namespace gis = pgwire::postgis;

template<class T>
std::string encoded(T const& v, format f) {
    std::vector<char> bytes(value_size(v, f));
    char* const end = encode_value(bytes.data(), v, f);
    CHECK(static_cast<std::size_t>(end - bytes.data()) == bytes.size());
    return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
}

std::string bytes_of(std::string_view hex) { return *detail::bytes_of_hex(hex); }

/// The text `given`, or the bytes that it spells, are a geometry whose text is `expected`.
template<class T = gis::geometry>
void check(std::string_view given, std::string_view expected) {
    CAPTURE(given);
    auto const from_text = decode_value<T>(given, format::text);
    auto const from_binary = decode_value<T>(bytes_of(given), format::binary);
    REQUIRE(from_text);
    CHECK(from_text == from_binary);
    CHECK(encoded(*from_text, format::text) == expected);
    CHECK(encoded(*from_text, format::binary) == bytes_of(expected));
}
template<class T = gis::geometry>
void check(gis::shape const& outline, gis::dimensions d, std::string_view expected) {
    CHECK(encoded(T{outline, d}, format::text) == expected);
    CHECK(decode_value<T>(bytes_of(expected), format::binary) == T{outline, d});
}
template<class T = gis::geometry>
errc binary_error(std::string_view hex) {
    return decode_value<T>(bytes_of(hex), format::binary).error();
}
template<class T = gis::geometry>
errc text_error(std::string_view text) {
    return decode_value<T>(text, format::text).error();
}

constexpr auto xy = gis::dimensions::xy;
constexpr auto triangle_hex =
    "01030000000100000004000000"
    "00000000000000000000000000000000000000000000F03F000000000000F03F"
    "000000000000F03F000000000000000000000000000000000000000000000000"sv;

gis::polygon triangle() { return {{{{0, 0}, {1, 1}, {1, 0}, {0, 0}}}}; }

/// So many collections inside each other, the innermost empty.
gis::shape nested(int levels) {
    gis::shape v{gis::geometrycollection{}};
    for (int i = 1; i < levels; ++i) {
        gis::geometrycollection outer;
        outer.shapes.push_back(std::move(v));
        v = {std::move(outer)};
    }
    return v;
}

}  // namespace

TEST_CASE("each kind of shape is written as PostGIS does, and read back") {
    check({gis::point{{{1, 2}}}}, xy, "0101000000000000000000F03F0000000000000040");
    check({gis::point{{{1, 2, 3}}}}, gis::dimensions::xyz,
          "0101000080000000000000F03F00000000000000400000000000000840");
    check({gis::point{{{1, 2, 0, 3}}}}, gis::dimensions::xym,
          "0101000040000000000000F03F00000000000000400000000000000840");
    check({gis::point{{{1, 2, 3, 4}}}}, gis::dimensions::xyzm,
          "01010000C0000000000000F03F000000000000004000000000000008400000000000001040");
    check({gis::linestring{{{1, 2}, {3, 4}}}}, xy,
          "010200000002000000000000000000F03F000000000000004000000000000008400000000000001040");
    check({triangle()}, xy, triangle_hex);
    check({gis::multipoint{{{{{1, 2}}}, {}}}}, xy,
          "0104000000020000000101000000000000000000F03F00000000000000400101000000000000000000F87F000000000000F87F");
    check({gis::multilinestring{{{}}}}, xy, "010500000001000000010200000000000000");
    check({gis::multipolygon{{{}, {}}}}, xy, "010600000002000000010300000000000000010300000000000000");
    check({gis::geometrycollection{{{gis::point{{{1, 2}}}}, {gis::geometrycollection{}}}}}, xy,
          "0107000000020000000101000000000000000000F03F0000000000000040010700000000000000");
    check<gis::geography>({gis::linestring{}}, xy, "0102000020E610000000000000");
}

TEST_CASE("a shape without points is empty, in every kind") {
    check({gis::point{}}, xy, "0101000000000000000000F87F000000000000F87F");
    check({gis::point{}}, gis::dimensions::xyz, "0101000080000000000000F87F000000000000F87F000000000000F87F");
    check({gis::linestring{}}, xy, "010200000000000000");
    check({gis::polygon{}}, xy, "010300000000000000");
    check({gis::multipoint{}}, xy, "010400000000000000");
    check({gis::geometrycollection{}}, xy, "010700000000000000");
    check("0101000080000000000000F87F000000000000F87F0000000000001440",
          "0101000080000000000000F87F000000000000F87F000000000000F87F");
}

TEST_CASE("both orders of bytes, ISO's numbers and lower case are read") {
    check("00000000013ff00000000000004000000000000000", "0101000000000000000000F03F0000000000000040");
    check("01b90b0000000000000000f03f000000000000004000000000000008400000000000001040",
          "01010000C0000000000000F03F000000000000004000000000000008400000000000001040");
    check("01040000000100000000000000013ff00000000000004000000000000000",
          "0104000000010000000101000000000000000000F03F0000000000000040");
    check("0101000000000000000000f03f000000000000004078797a", "0101000000000000000000F03F0000000000000040");
}

TEST_CASE("the reference system stands at the outermost shape, and before the text of a geometry") {
    check("0101000020E6100000000000000000F03F0000000000000040", "0101000020E6100000000000000000F03F0000000000000040");
    check("010100002000000000000000000000F03F0000000000000040", "0101000000000000000000F03F0000000000000040");
    check("0101000020FFFFFF7F000000000000F03F0000000000000040", "0101000020703F0F00000000000000F03F0000000000000040");
    check("0104000000010000000101000020E6100000000000000000F03F0000000000000040",
          "0104000000010000000101000000000000000000F03F0000000000000040");
    auto const srid = [](std::string_view prefix) {
        return decode_value<gis::geometry>(std::string(prefix) + "0101000020E6100000000000000000F03F0000000000000040",
                                           format::text)
            ->srid;
    };
    CHECK(srid("SRID=3857;") == 3857);
    CHECK(srid("srid= +5x;") == 5);
    CHECK(srid("SRID=;") == 4326);
    CHECK(srid("SRID=-3;") == 0);
    CHECK(text_error<gis::geography>("SRID=4326;010200000000000000") == errc::unsupported);
}

TEST_CASE("a geography's positions are on the globe") {
    auto const moved = [](double x, double y) {
        auto const bytes = encoded(gis::geometry{{gis::linestring{{{x, y}, {0, 0}}}}}, format::binary);
        auto const v = decode_value<gis::geography>(bytes, format::binary);
        REQUIRE(v);
        CHECK(v->srid == 4326);
        auto const p = std::get<gis::linestring>(v->outline.value).points.front();
        return std::pair(p.x, p.y);
    };
    CHECK(moved(-180, 90) == std::pair(-180.0, 90.0));
    CHECK(moved(181, 0) == std::pair(-179.0, 0.0));
    CHECK(moved(-180, 91) == std::pair(180.0, 89.0));
    CHECK(moved(0, 270) == std::pair(0.0, -90.0));
    CHECK(moved(1e10, -100) == std::pair(-80.0, -80.0));
    CHECK(moved(180.00000000001, 0) == std::pair(180.0, 0.0));
}

TEST_CASE("what PostGIS does not take is rejected") {
    for (auto const hex : {"01", "020100000000", "010000000000", "011200000000000000", "01A10F0000000000000000F03F",
                           "0102000000FFFFFFFF", "010200000001000010", "0103000000FFFFFFFF", "0104000000FFFFFFFF",
                           "010400000001000000010200000000000000", "010700000001000000010200008000000000",
                           "010200000001000000000000000000F03F0000000000000040", "01030000000100000000000000"}) {
        CAPTURE(hex);
        CHECK(binary_error(hex) == errc::malformed_value);
    }
    CHECK(decode_value<gis::geometry>(""sv, format::binary).error() == errc::malformed_value);
    auto const triangle_bytes = bytes_of(triangle_hex);
    for (std::size_t n = 0; n != triangle_bytes.size(); ++n)
        CHECK(decode_value<gis::geometry>(triangle_bytes.substr(0, n), format::binary).error() ==
              errc::malformed_value);
    auto open = triangle_bytes;
    open.back() = '\x40';
    CHECK(decode_value<gis::geometry>(open, format::binary).error() == errc::malformed_value);
    for (auto const text : {"", " ", "0", "0x", "0101zz", "1", "SRID=4326", "SRID=4326;"})
        CHECK(text_error(text) == errc::malformed_value);
    CHECK(text_error("POINT(1 2)") == errc::unsupported);
    CHECK(binary_error("010800000000000000") == errc::unsupported);
    CHECK(binary_error<gis::geography>("010800000000000000") == errc::malformed_value);
}

TEST_CASE("a text is not checked for the number of points, as in PostGIS") {
    CHECK(text_error("010200000001000000000000000000F03F0000000000000040") == errc::none);
    auto const v = decode_value<gis::geometry>("01030000000100000000000000", format::text);
    REQUIRE(v);
    CHECK(encoded(*v, format::text) == "010300000000000000");
}

TEST_CASE("shapes are nested 199 deep and no deeper") {
    gis::geometry const deep{nested(199)};
    auto const bytes = encoded(deep, format::binary);
    CHECK(decode_value<gis::geometry>(bytes, format::binary) == deep);
    CHECK(decode_value<gis::geometry>(bytes_of("010700000001000000") + bytes, format::binary).error() ==
          errc::malformed_value);
    CHECK(value_size(gis::geometry{nested(200)}, format::text) == unencodable);
    CHECK(refusal_of(gis::geometry{nested(200)}, unencodable) == errc::invalid_data);
    std::string hostile;
    for (int i = 0; i != 100'000; ++i) hostile += bytes_of("010700000001000000");
    CHECK(decode_value<gis::geometry>(hostile, format::binary).error() == errc::malformed_value);
}

}  // namespace pgwire::test::postgis_tests
