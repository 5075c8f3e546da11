// Arrays, ranges, multiranges, enums, composites, domains and variants.
#include "pgwire/types.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgwire::test::containers_tests {

using namespace std::string_literals;

enum class mood { sad, ok, two_words };
struct email {
    std::string address;
    friend bool operator==(email const&, email const&) = default;
};
struct item {
    std::optional<std::string> name;
    int n = 0;
    std::vector<std::optional<mood>> moods;
    std::optional<email> contact;
    friend bool operator==(item const&, item const&) = default;
};
struct shelf {
    item first;
    std::vector<item> items;
    friend bool operator==(shelf const&, shelf const&) = default;
};
struct row {
    int id;
    mood felt;
    std::vector<item> items;
};

}  // namespace pgwire::test::containers_tests

template<>
struct pgwire::codec<pgwire::test::containers_tests::mood>
    : pgwire::enumeration<pgwire::test::containers_tests::mood, "mood"> {
    using mood = pgwire::test::containers_tests::mood;
    static constexpr std::array labels{label{mood::sad, "sad"}, label{mood::ok, "ok"},
                                       label{mood::two_words, "two words"}};
};
template<>
struct pgwire::codec<pgwire::test::containers_tests::email>
    : pgwire::domain<pgwire::test::containers_tests::email, "email"> {
    static bool check(pgwire::test::containers_tests::email const& v) {
        return v.address.find('@') != std::string::npos;
    }
};
template<>
struct pgwire::codec<pgwire::test::containers_tests::item>
    : pgwire::composite<pgwire::test::containers_tests::item, "item"> {};
template<>
struct pgwire::codec<pgwire::test::containers_tests::shelf>
    : pgwire::composite<pgwire::test::containers_tests::shelf, "shelf"> {};

namespace pgwire::test::containers_tests {

namespace {

/// The text that is written for the text that is read; else the SQLSTATE. Goes through the binary form, and cuts and
/// changes that everywhere: whatever comes of it, no more than the input may be read.
template<class T>
std::string through(std::string_view text) {
    auto const read = decode_value<T>(text, format::text);
    if (!read) return std::string(to_sqlstate(read.error()).view());
    auto const binary = encoded(*read, format::binary);
    auto const again = decode_value<T>(binary, format::binary);
    if (!again || *again != *read) return "the binary form is read as another value";
    for (std::size_t n = 0; n != binary.size(); ++n) {
        std::vector<char> const part(binary.begin(), binary.begin() + static_cast<std::ptrdiff_t>(n));
        if (decode_value<T>(std::string_view(part.data(), n), format::binary)) return "a part is read";
        for (char const other : {'\0', '\1', '\x7f', '\xff'}) {
            std::vector<char> changed(binary.begin(), binary.end());
            changed[n] = other;
            static_cast<void>(decode_value<T>(std::string_view(changed.data(), changed.size()), format::binary));
        }
    }
    return encoded(*read, format::text);
}

struct example {
    std::string (*through)(std::string_view);
    std::string_view text;
    std::string_view expected;
};

constexpr auto ints = through<array<std::optional<int>>>;
constexpr auto int_list = through<std::vector<int>>;
constexpr auto texts = through<std::vector<std::string>>;
constexpr auto triple = through<std::array<int, 3>>;
constexpr auto int_range = through<range<int>>;
constexpr auto number_range = through<range<numeric>>;
constexpr auto day_range = through<range<date>>;
constexpr auto int_ranges = through<multirange<int>>;
constexpr auto number_ranges = through<multirange<numeric>>;
constexpr auto items = through<item>;
constexpr auto shelves = through<shelf>;

constexpr example examples[] = {
    {ints, "{}", "{}"},
    {ints, " { 1 , NULL } ", "{1,NULL}"},
    {ints, "{{1,2},{3,null}}", "{{1,2},{3,NULL}}"},
    {ints, "{{},{}}", "{}"},
    {ints, "[2:3]={\"4\",5}", "[2:3]={4,5}"},
    {ints, "[1:1][-1:0]={{1,2}}", "[1:1][-1:0]={{1,2}}"},
    {ints, "[1:2]={1,2}", "{1,2}"},
    {ints, "{{1},{2,3}}", "22P02"},
    {ints, "{1}{2}", "22P02"},
    {ints, "{1,}", "22P02"},
    {ints, "[1:3]={1,2}", "22P02"},
    {ints, "[2:1]={1}", "2202E"},
    {ints, "[1:2147483647]={1}", "54000"},
    {ints, "{{{{{{{1}}}}}}}", "54000"},
    {ints, "{2147483648}", "22003"},
    {int_list, "[5:6]={1,2}", "{1,2}"},
    {int_list, "{{1}}", "2202E"},
    {int_list, "{NULL}", "22004"},
    {triple, "{1,2,3}", "{1,2,3}"},
    {triple, "{1,2}", "2202E"},
    {texts, R"({a, b c ,"","NULL",NUL\L,"x\"y", \ })", R"({a,"b c","","NULL","NULL","x\"y"," "})"},
    {texts, "{a\"b\"}", "22P02"},
    {texts, "{\"a\"b}", "22P02"},
    {int_range, "[1,5]", "[1,6)"},
    {int_range, " ( 1 , 3 ) ", "[2,3)"},
    {int_range, "(1,2)", "empty"},
    {int_range, "(,5)", "(,5)"},
    {int_range, "[,]", "(,)"},
    {int_range, "Empty ", "empty"},
    {int_range, "[\"1\",\\5)", "[1,5)"},
    {int_range, "[2,1]", "22000"},
    {int_range, "[1,2147483647]", "22003"},
    {int_range, "[1,2", "22P02"},
    {int_range, "[1,2,3]", "22P02"},
    {number_range, "[1.0,1.00)", "empty"},
    {number_range, "[1.0,1.00]", "[1.0,1.00]"},
    {number_range, "[-Infinity,NaN]", "[-Infinity,NaN]"},
    {number_range, "[-1.5,-2.5]", "22000"},
    {number_range, "[100.5,20000.25)", "[100.5,20000.25)"},
    {day_range, "[2020-02-28,2020-02-29]", "[2020-02-28,2020-03-01)"},
    {day_range, "(-infinity,infinity]", "(-infinity,infinity]"},
    {day_range, "[2020-01-01,5874897-12-31]", "22008"},
    {int_ranges, "{}", "{}"},
    {int_ranges, "{ [5,8] , empty, [1,3), [3,4) }", "{[1,4),[5,9)}"},
    {int_ranges, "{[1,2][3,4]}", "22P02"},
    {int_ranges, "{[1,2],}", "22P02"},
    {number_ranges, "{[1,3),(3.0,4],[4.00,5),(,0)}", "{(,0),[1,3),(3.0,5)}"},
    {items, R"(("a ""b""",1,"{sad,NULL,""two words""}",x@y))", R"(("a ""b""",1,"{sad,NULL,""two words""}",x@y))"},
    {items, " ( a,2,{},) ", R"((" a",2,{},))"},
    {items, R"((\(,2,{},))", R"(("(",2,{},))"},
    {items, "(,,{},)", "22004"},
    {items, "(,1,{happy},)", "22P02"},
    {items, "(,1,{},nobody)", "23514"},
    {items, "(,1,{})", "22P02"},
    {items, "(,1,{},,)", "22P02"},
    {shelves, R"x(("(a,1,{},)","{""(b,2,{},)""}"))x", R"x(("(a,1,{},)","{""(b,2,{},)""}"))x"},
};

}  // namespace

TEST_CASE("containers are read and written as PostgreSQL does") {
    codec<mood>::type.assign(oid{16384}, oid{16383});
    for (auto const& e : examples) {
        CAPTURE(e.text);
        CHECK(e.through(e.text) == e.expected);
    }
}

TEST_CASE("an array in binary is checked as array_recv does") {
    auto const read = [](std::string_view bytes) { return decode_value<array<int>>(bytes, format::binary); };
    auto const one = encoded(array<int>{{{1, 1}}, {7}}, format::binary);
    auto const with = [&](std::size_t at, std::string_view bytes) {
        return std::string(one).replace(at, bytes.size(), bytes);
    };
    CHECK(read(one)->elements == std::vector{7});
    CHECK(read(with(0, "\xff\xff\xff\xff")).error() == errc::invalid_binary);  // dimensions
    CHECK(read(with(3, "\7")).error() == errc::array_too_large);
    CHECK(read(with(7, "\2")).error() == errc::invalid_binary);                  // flags
    CHECK(read(with(11, "\x19")).error() == errc::datatype_mismatch);            // OID, of a built-in type
    CHECK(read(with(10, "\x7f\xff"))->elements == std::vector{7});               // and of another
    CHECK(read(with(12, "\x7f\xff\xff\xff")).error() == errc::array_too_large);  // size
    CHECK(read(with(14, "\xff\xff")).error() == errc::insufficient_data);
    CHECK(read(with(16, "\x7f\xff\xff\xff")).error() == errc::array_too_large);  // lower bound
    CHECK(read(with(23, "\3")).error() == errc::insufficient_data);              // length
    CHECK(read(with(23, "\5")).error() == errc::invalid_binary);
    CHECK(read(one + "x").error() == errc::invalid_binary);
}

TEST_CASE("an array whose dimensions do not fit its elements is not sent") {
    array<int> const few{{{2, 1}, {3, 1}}, {1, 2, 3, 4, 5}};
    CHECK(value_size(few, format::text) == unencodable);
    CHECK(refusal_of(few, unencodable) == errc::invalid_bounds);
    array<int> const many{std::vector<array_dimension>(7, {1, 1}), {1}};
    CHECK(refusal_of(many, value_size(many, format::binary)) == errc::array_too_large);
    std::vector<timestamp> const late{{timestamp::infinity - 1}};
    CHECK(refusal_of(late, value_size(late, format::binary)) == errc::datetime_overflow);
}

TEST_CASE("any text of an array, a range or a record is read or refused") {
    std::mt19937 random(7);
    std::string_view const pieces = "{{}},,\"\"\\ a1[]():=NULL";
    for (int i = 0; i != 20'000; ++i) {
        std::string text;
        for (auto n = random() % 12; n != 0; --n) text += pieces[random() % pieces.size()];
        std::vector<char> const exact(text.begin(), text.end());
        std::string_view const view(exact.data(), exact.size());
        if (auto const v = decode_value<std::vector<std::string>>(view, format::text))
            REQUIRE(decode_value<std::vector<std::string>>(encoded(*v, format::text), format::text) == v);
        static_cast<void>(decode_value<range<int>>(view, format::text));
        static_cast<void>(decode_value<multirange<int>>(view, format::text));
        static_cast<void>(decode_value<record>(view, format::text));
    }
}

TEST_CASE("a row with a type whose OID is known at run time is described with what was assigned") {
    codec<mood>::type.assign(oid{16384}, oid{16383});
    codec<item>::type.assign(oid{16390}, oid{16389});
    std::span<column const> const columns = columns_of<row>;
    REQUIRE(columns.size() == 3);
    CHECK(columns[0] == column("id", types::int4));
    CHECK((columns[1].type == oid{16384} && columns[1].size == 4 && columns[1].name == "felt"));
    CHECK(columns[2].type == oid{16389});
    CHECK(type_of<std::vector<mood>>.name == "_mood");

    send_buffer by_type;
    send_buffer by_columns;
    REQUIRE(encode_row_description<row>(by_type, result_formats(format::binary)));
    REQUIRE(encode_row_description(by_columns, columns, result_formats(format::binary)));
    CHECK(by_type.pending() == by_columns.pending());
}

TEST_CASE("a record in binary gives its attributes, with their types") {
    codec<email>::domain_type.assign(oid{16395}, oid{16394});
    auto const bytes = encoded(item{"a", 7, {}, email{"x@y"}}, format::binary);
    auto const r = decode_value<record>(bytes, format::binary);
    REQUIRE((r && r->attributes.size() == 4));
    CHECK((r->attributes[0].type == types::text.type && r->get<std::string>(0) == "a"s && r->get<int>(1) == 7));
    CHECK(r->attributes[3].type == oid{16395});
    CHECK(r->get<int>(4).error() == errc::invalid_value);
    auto const t = decode_value<record>(std::string_view("(1,,\"a b\")"), format::text);
    REQUIRE((t && t->attributes.size() == 3));
    CHECK((t->get<int>(0) == 1 && t->get<std::optional<int>>(1) == std::optional<int>() &&
           t->get<std::string>(2) == "a b"s));
}

TEST_CASE("a variant is read as the first alternative that takes the text") {
    using either = std::variant<int, std::string>;
    CHECK(decode_value<either>(std::string_view("12"), format::binary) == either(12));
    CHECK(decode_value<either>(std::string_view("12a"), format::text) == either("12a"s));
    CHECK(encoded(either(12), format::binary) == "12");
    CHECK(encoded(std::vector<either>{12, "a b"}, format::text) == "{12,\"a b\"}");
}

TEST_CASE("a value outside of its domain is not sent") {
    CHECK(refusal_of(email{"nobody"}, value_size(email{"nobody"}, format::text)) == errc::check_violation);
}

TEST_CASE("what is wrong inside of a value is said in PostgreSQL's words") {
    auto const said = []<class T>(std::type_identity<T>, std::string_view text) {
        auto const v = from_text<T>(text);
        if (v) return std::string();
        auto const complaint = describe_value_error<T>(v.error(), text);
        return complaint.message + (complaint.detail.empty() ? "" : " / " + complaint.detail);
    };
    constexpr std::type_identity<std::vector<int>> list;
    CHECK(said(list, "{1,x}") == "invalid input syntax for type integer: \"x\"");
    CHECK(said(list, "{1,2") == "malformed array literal: \"{1,2\" / Unexpected end of input.");
    CHECK(said(list, "{99999999999}") == "value \"99999999999\" is out of range for type integer");
    CHECK(said(list, "{NULL}") == "null value not allowed");
    constexpr std::type_identity<array<range<int>>> ranges;
    CHECK(said(ranges, "{\"[1,a)\"}") == "invalid input syntax for type integer: \"a\"");
    CHECK(said(ranges, "{\"[1\"}") == "malformed range literal: \"[1\" / Unexpected end of input.");
    CHECK(said(ranges, "{\"[2,1]\"}") == "range lower bound must be less than or equal to range upper bound");
    CHECK(said(ranges, "{\"[1,2147483647]\"}") == "integer out of range");
    CHECK(said(std::type_identity<multirange<int>>(), "{}x") ==
          "malformed multirange literal: \"{}x\" / Junk after closing right brace.");
    CHECK(said(std::type_identity<std::vector<std::byte>>(), "\\x0\u20ac") == "invalid hexadecimal digit: \"\u20ac\"");
}

TEST_CASE("a long text in an error is cut") {
    std::string const text(5000, 'x');
    CHECK(describe_value_error(errc::invalid_text, types::int4.type, text) ==
          "invalid input syntax for type integer: \"" + text.substr(0, 1000) + '"');
}

}  // namespace pgwire::test::containers_tests
