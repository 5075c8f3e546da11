// The table of built-in types, UTF-8, result formats, and the columns of rows.
#include "pgwire/types.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace pgwire::test {

using namespace std::string_view_literals;

// ---- built-in types

static_assert(types::int4 == type_info{oid{23}, 4, "int4"} && types::name.size == 64 && types::cstring.size == -2);
static_assert(types::bool_.name == "bool" && types::char_.name == "char" && types::int4_array.type == oid{1007});
static_assert(*find_type(oid{1184}) == types::timestamptz && find_type(oid{}) == nullptr &&
              find_type(oid{1}) == nullptr);
static_assert(*find_type(types::all.front().type) == types::all.front() &&
              *find_type(types::all.back().type) == types::all.back());
static_assert(*find_type("int8") == types::int8 && *find_type("_int8") == types::int8_array);
static_assert(*find_type("INTEGER") == types::int4 && *find_type("Double\t Precision") == types::float8);
static_assert(*find_type(" character varying(20) ") == types::varchar && *find_type("CHAR") == types::bpchar);
static_assert(*find_type("\"char\"") == types::char_, "the type in quotes is another one");
static_assert(*find_type("timestamp(3) with time zone") == types::timestamptz &&
              *find_type("numeric( 10, 2 )") == types::numeric);
static_assert(*find_type("integer[]") == types::int4_array && *find_type("text[3][4]") == types::text_array);
static_assert(*find_type("bigint array") == types::int8_array && *find_type("varchar(5)[]") == types::varchar_array);
static_assert(find_type("") == nullptr && find_type("in") == nullptr && find_type("array") == nullptr);
static_assert(find_type("int4int4int4int4int4int4int4int4int4int4int4int4int4int4int4int4int4int4") == nullptr);
static_assert(find_type("void[]") == nullptr, "nothing has no array");

// ---- UTF-8

static_assert(valid_utf8("") && valid_utf8("ASCII, more than eight bytes of it") && valid_utf8("\x7f\x01"));
static_assert(valid_utf8("\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"
                         "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
static_assert(find_invalid_utf8("0123456789\0"sv) == 10 && !valid_utf8("\0"sv) &&
              !valid_utf8("0123456\0"sv), "a zero byte");
static_assert(!valid_utf8("\x80") && !valid_utf8("\xbf"), "a continuation alone");
static_assert(!valid_utf8("\xc0\x80") && !valid_utf8("\xc1\xbf") && !valid_utf8("\xe0\x9f\xbf") &&
              !valid_utf8("\xf0\x8f\xbf\xbf"),
              "overlong");
static_assert(!valid_utf8("\xed\xa0\x80") && !valid_utf8("\xed\xbf\xbf"), "surrogates");
static_assert(!valid_utf8("\xf4\x90\x80\x80") && !valid_utf8("\xf5\x80\x80\x80") &&
              !valid_utf8("\xff"), "above U+10FFFF");
static_assert(!valid_utf8("\xc2") && !valid_utf8("\xe0\xa0") && !valid_utf8("\xf0\x90\x80") &&
              !valid_utf8("\xe2\x82" "a"),
              "cut short");
static_assert(find_invalid_utf8("abcdefgh\xe2\x82\xac\xff") == 11, "the first byte that does not belong");

// ---- result formats

constexpr std::array one{format::binary};
constexpr std::array mixed{format::text, format::binary};
constexpr std::array same{format::binary, format::binary};
constexpr std::array unknown{format{7}};
using mode = result_formats::mode;

static_assert(result_formats{}.common() == mode::text && result_formats{}[99] == format::text &&
              result_formats::fit({}, 99));
static_assert(result_formats(list<format>(one)).common() == mode::binary &&
              result_formats(list<format>(one))[99] == format::binary);
static_assert(result_formats::fit(one, 0) && result_formats::fit(one, 9), "one for all");
static_assert(result_formats(list<format>(mixed)).common() == mode::mixed);
static_assert(result_formats(list<format>(mixed))[0] == format::text &&
              result_formats(list<format>(mixed))[1] == format::binary);
static_assert(result_formats(list<format>(mixed))[2] == format::text, "beyond the list there is nothing to read");
static_assert(result_formats::fit(mixed, 2) && !result_formats::fit(mixed, 3));
static_assert(result_formats(list<format>(same)).common() == mode::binary, "all the same are decided once");
static_assert(result_formats(list<format>(mixed)).known() && !result_formats(list<format>(unknown)).known());

// ---- columns

struct line {
    int n;
    std::string_view text;
};
static_assert(columns_of<line>.size() == 2);
static_assert(columns_of<line>[0] == column("n", types::int4) && columns_of<line>[1] == column("text", types::text));

struct nested {
    uuid id;                                 // an aggregate with a codec is one column
    std::optional<std::string_view> maybe;   // nullable
    std::array<unsigned char, 0>* unused = nullptr;
};
static_assert(detail::member_count<nested> == 3, "a default member initialiser makes no difference");

struct many {
    int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z, aa, bb, cc, dd, ee, ff;
};
static_assert(columns_of<many>.size() == 32 && columns_of<many>[31].name == "ff" && columns_of<many>[0].name == "a");

struct nothing {};
static_assert(columns_of<nothing>.empty(), "a row may have no columns");
struct umlaut {
    int größe;
};
static_assert(columns_of<umlaut>[0].name == "größe");

namespace {
struct hidden {
    bool here;
};
}  // namespace
static_assert(columns_of<hidden>[0].name == "here", "a struct of an unnamed namespace too");

static_assert(columns_of<std::tuple<int, std::optional<bool>>>[1] == column("column2", types::bool_));
static_assert(columns_of<std::pair<int, double>>[0].name == "column1" && columns_of<std::tuple<>>.empty());

using person = columns<col<"id", int>, col<"name", std::optional<varchar>,
                                           column_origin{.modifier = 24, .table = oid{16384}, .attribute = 2}>>;
static_assert(columns_of<person>[0] == column("id", types::int4));
static_assert(columns_of<person>[1] == column("name", types::varchar, 24, oid{16384}, 2));
static_assert(std::get<0>(person{1, varchar{"Ada"}}.values) == 1);

static_assert(row_type<line> && row_type<std::tuple<int>> && row_type<person>);
static_assert(!row_type<int> && !row_type<std::string_view> && !row_type<uuid>, "one value is not a row");

}  // namespace pgwire::test

namespace pgwire::test {
class point {
public:
    constexpr point(double x, double y) : x_(x), y_(y) {}
    [[nodiscard]] constexpr double x() const { return x_; }
    [[nodiscard]] constexpr double y() const { return y_; }

private:
    double x_, y_;
};
}  // namespace pgwire::test

template<>
struct pgwire::row_traits<pgwire::test::point> {
    static constexpr std::array columns{column{"x", types::float8}, column{"y", types::float8}};
    static constexpr auto values(test::point const& p) { return std::make_tuple(p.x(), p.y()); }
};

namespace pgwire::test {
static_assert(row_type<point> && columns_of<point>[1].name == "y",
              "a class of a user's joins by specialising row_traits");
}  // namespace pgwire::test
