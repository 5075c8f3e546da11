// DataRow and RowDescription, encoded from structs and value by value.
#include "pgwire/protocol/result_set.hpp"
#include "pgwire/types.hpp"

#include "support/catch.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace pgwire::test::rows_tests {

namespace {

using namespace std::string_view_literals;

struct line {
    int n;
    std::optional<std::string_view> text;
    double d;
};

/// The bytes behind a byte that was there before, which every test thus sees untouched.
class output {
public:
    output() { buffer.append("#"); }
    [[nodiscard]] std::string_view bytes() const { return buffer.pending().substr(1); }
    [[nodiscard]] bool nothing_open() { return buffer.open().empty() && buffer.pending().front() == '#'; }

    send_buffer buffer;
};

constexpr auto text_row = "D\0\0\0\x1a\0\3\0\0\0\2" "42" "\0\0\0\3" "abc" "\0\0\0\3" "1.5"sv;
constexpr auto binary_row = "D\0\0\0\x21\0\3\0\0\0\4\0\0\0\x2a\0\0\0\3" "abc" "\0\0\0\x08\x3f\xf8\0\0\0\0\0\0"sv;
constexpr auto mixed_row = "D\0\0\0\x1f\0\3\0\0\0\2" "42" "\0\0\0\3" "abc" "\0\0\0\x08\x3f\xf8\0\0\0\0\0\0"sv;
constexpr std::array mixed{format::text, format::binary, format::binary};

/// Bytes that are not there: only their number may be looked at.
std::string_view pretended(std::size_t size) {
    static char const byte = 'x';
    return {&byte, size};
}

}  // namespace

TEST_CASE("a struct is encoded as a DataRow in the formats asked for") {
    output out;
    line const row{42, "abc", 1.5};
    SECTION("text when nothing is asked for") {
        REQUIRE(encode_row(out.buffer, row));
        CHECK(out.bytes() == text_row);
    }
    SECTION("binary for all") {
        REQUIRE(encode_row(out.buffer, row, result_formats(format::binary)));
        CHECK(out.bytes() == binary_row);
    }
    SECTION("one format each") {
        REQUIRE(encode_row(out.buffer, row, list<format>(mixed)));
        CHECK(out.bytes() == mixed_row);
    }
    SECTION("format codes as they stand in Bind") {
        auto const codes = list<format>::checked("\0\0\0\1\0\1"sv, 3);
        REQUIRE(encode_row(out.buffer, row, codes));
        CHECK(out.bytes() == mixed_row);
    }
    CHECK(out.nothing_open());
}

TEST_CASE("a DataRow that was encoded is decoded to the same values") {
    output out;
    REQUIRE(encode_row(out.buffer, line{-7, std::nullopt, 0.1}));
    auto const decoded = decode<data_row>(out.bytes().substr(5));
    REQUIRE(decoded);
    REQUIRE(decoded->values.size() == 3);
    CHECK(*decode_value<int>(decoded->values[0], format::text) == -7);
    CHECK(*decode_value<std::optional<std::string_view>>(decoded->values[1], format::text) == std::nullopt);
    CHECK(*decode_value<double>(decoded->values[2], format::text) == 0.1);
}

TEST_CASE("an empty optional is NULL in every format") {
    output out;
    std::tuple const row{std::optional<int>{}, std::optional<int>{1}};
    REQUIRE(encode_row(out.buffer, row));
    REQUIRE(encode_row(out.buffer, row, result_formats(format::binary)));
    CHECK(out.bytes() ==
          "D\0\0\0\x0f\0\2\xff\xff\xff\xff\0\0\0\1" "1" "D\0\0\0\x12\0\2\xff\xff\xff\xff\0\0\0\4\0\0\0\1"sv);
}

TEST_CASE("a row without columns is a row") {
    output out;
    REQUIRE(encode_row(out.buffer, std::tuple<>{}));
    CHECK(out.bytes() == "D\0\0\0\6\0\0"sv);
}

TEST_CASE("a row with a list of columns is encoded like a struct") {
    output out;
    using row = columns<col<"n", int>, col<"text", std::string_view>, col<"d", double>>;
    REQUIRE(encode_row(out.buffer, row{42, "abc", 1.5}));
    CHECK(out.bytes() == text_row);
}

TEST_CASE("a row that passes 2^31-1 bytes is refused and leaves nothing behind") {
    output out;
    auto const encode_sizes = [&](std::size_t a, std::size_t b) {
        return encode_row(out.buffer, std::tuple{pretended(a), pretended(b)}).error();
    };
    CHECK(encode_sizes(max_int32_length + 1, 0) == errc::message_too_large);
    CHECK(encode_sizes(max_int32_length - 13, 0) == errc::message_too_large);
    CHECK(encode_sizes(std::size_t{1} << 30, std::size_t{1} << 30) == errc::message_too_large);
    CHECK(encode_sizes(unencodable, unencodable) == errc::message_too_large);
    CHECK(encode_row(out.buffer, std::tuple{bytea_view{pretended(unencodable / 2 + 2)}}).error() ==
          errc::message_too_large);
    CHECK(out.bytes().empty());
    CHECK(out.nothing_open());
    CHECK(out.buffer.capacity() < 4096);
}

TEST_CASE("a value that its type can't hold refuses the row and says why") {
    output out;
    auto const too_early = std::chrono::sys_time<std::chrono::microseconds>::min() + std::chrono::microseconds{1};
    CHECK(encode_row(out.buffer, std::tuple{1, too_early}).error() == errc::datetime_overflow);
    CHECK(encode_row(out.buffer, std::tuple{1, too_early}, result_formats(format::binary)).error() ==
          errc::datetime_overflow);
    CHECK(encode_row(out.buffer, std::tuple{numeric_view{"1"}, numeric_view{"x"}}).error() == errc::invalid_text);
    CHECK(encode_row(out.buffer, std::tuple{numeric_view{"1e999999"}, 1},
          list<format>(std::span(mixed).first(2))).error() ==
          errc::out_of_range);
    CHECK(encode_row(out.buffer, std::tuple{std::optional{numeric_view{"x"}}}).error() == errc::invalid_text);
    CHECK(out.bytes().empty());
    CHECK(out.nothing_open());
}

TEST_CASE("settings of the session reach the codecs of a row") {
    output out;
    text_style const style{.bytes = bytea_output::escape, .extra_float_digits = 0};
    REQUIRE(encode_row(out.buffer, std::tuple{bytea_view{"a\1"}, 0.1 + 0.2}, {}, style));
    CHECK(out.bytes() == "D\0\0\0\x16\0\2\0\0\0\5" "a\\001" "\0\0\0\3" "0.3"sv);
}

TEST_CASE("a row built value by value has the bytes of the struct's") {
    output out;
    auto const build = [&](result_formats const& formats) {
        row_builder row(out.buffer, formats);
        row.begin();
        row.add(42);
        row.add(std::optional<std::string_view>("abc"));
        row.add(1.5);
        CHECK(row.size() == 3);
        CHECK(out.bytes().empty());  // nothing may leave before the end
        REQUIRE(row.end());
    };
    SECTION("text") {
        build({});
        CHECK(out.bytes() == text_row);
    }
    SECTION("binary") {
        build(result_formats(format::binary));
        CHECK(out.bytes() == binary_row);
    }
    SECTION("mixed") {
        build(list<format>(mixed));
        CHECK(out.bytes() == mixed_row);
    }
}

TEST_CASE("a row builder takes NULLs, texts and values that are already encoded") {
    output out;
    row_builder row(out.buffer, list<format>(mixed));
    row.begin();
    CHECK(row.next_format() == format::text);
    row.add_null();
    CHECK(row.next_format() == format::binary);
    row.add_value("abc");
    row.add_value("\0\0"sv);
    row.add(std::optional<int>{});
    REQUIRE(row.end());
    CHECK(out.bytes() == "D\0\0\0\x1b\0\4\xff\xff\xff\xff\0\0\0\3" "abc" "\0\0\0\2\0\0\xff\xff\xff\xff"sv);
}

TEST_CASE("one row builder builds many rows, beyond the first memory of the buffer") {
    output out;
    row_builder row(out.buffer);
    std::string const long_text(3000, 'x');
    for (int i = 0; i != 5; ++i) {
        row.begin();
        row.add(i);
        row.add(long_text);
        REQUIRE(row.end());
    }
    auto rest = out.bytes();
    for (int i = 0; i != 5; ++i) {
        auto const size = 1 + load<std::uint32_t>(rest.data() + 1);
        auto const decoded = decode<data_row>(rest.substr(5, size - 5));
        REQUIRE(decoded);
        CHECK(*decode_value<int>(decoded->values[0], format::text) == i);
        CHECK(decoded->values[1] == std::string_view(long_text));
        rest.remove_prefix(size);
    }
    CHECK(rest.empty());
}

TEST_CASE("a built row that is not ended leaves nothing behind") {
    output out;
    {
        row_builder row(out.buffer);
        row.begin();
        row.add(1);
    }
    CHECK(out.nothing_open());
    row_builder row(out.buffer);
    row.begin();
    row.add("dropped");
    row.begin();
    row.add(7);
    REQUIRE(row.end());
    CHECK(out.bytes() == "D\0\0\0\x0b\0\1\0\0\0\1" "7"sv);
}

TEST_CASE("a built row that fails is told at its end, and the next one is not disturbed") {
    output out;
    row_builder row(out.buffer);
    SECTION("65,536 columns") {
        row.begin();
        for (int i = 0; i != 65'535; ++i) row.add_null();
        REQUIRE(row.end());
        CHECK(out.bytes().substr(5, 2) == "\xff\xff");
        out.buffer.clear();
        out.buffer.append("#");
        row.begin();
        for (int i = 0; i != 65'536; ++i) row.add_null();
        CHECK(row.end().error() == errc::too_many_items);
    }
    SECTION("a value of over 2^31-1 bytes") {
        row.begin();
        row.add_value(pretended(max_int32_length + 1));
        row.add(1);
        CHECK(row.end().error() == errc::message_too_large);
    }
    SECTION("values whose sum passes 2^31-1 bytes") {
        row.begin();
        row.add(1);
        row.add(pretended(max_int32_length - 10));
        CHECK(row.end().error() == errc::message_too_large);
    }
    SECTION("a value that its type can't hold") {
        row.begin();
        row.add(date{date::minus_infinity + 1});
        CHECK(row.end().error() == errc::datetime_overflow);
    }
    CHECK(out.nothing_open());
    CHECK(out.bytes().empty());
    row.begin();
    row.add(7);
    REQUIRE(row.end());
    CHECK(out.bytes() == "D\0\0\0\x0b\0\1\0\0\0\1" "7"sv);
}

TEST_CASE("columns are described as RowDescription has them") {
    output out;
    std::array const described{column("id", types::int4), column("v", types::varchar, 24, oid{16384}, 2)};
    auto const as_message = [&](format first, format second) {
        send_buffer expected;
        std::array const fields{
            field_description{.name = "id", .type = oid{23}, .size = 4, .format = first},
            field_description{
                .name = "v", .table = oid{16384}, .attribute = 2, .type = oid{1043}, .modifier = 24, .format = second}};
        REQUIRE(encode(expected, row_description{fields}));
        return std::string(expected.pending());
    };
    SECTION("as text where the formats are not known") {
        REQUIRE(encode_row_description(out.buffer, described));
        CHECK(out.bytes() == as_message(format::text, format::text));
    }
    SECTION("with the formats of Bind") {
        REQUIRE(encode_row_description(out.buffer, described, list<format>(std::span(mixed).first(2))));
        CHECK(out.bytes() == as_message(format::text, format::binary));
    }
    SECTION("from a struct") {
        REQUIRE(encode_row_description(out.buffer, columns_of<line>, result_formats(format::binary)));
        auto const decoded = decode<row_description>(out.bytes().substr(5));
        REQUIRE(decoded);
        CHECK(decoded->columns[1] == field_description{.name = "text", .type = oid{25}, .format = format::binary});
        CHECK(decoded->columns[2].size == 8);
    }
    SECTION("even if there are none") {
        REQUIRE(encode_row_description(out.buffer, {}));
        CHECK(out.bytes() == "T\0\0\0\6\0\0"sv);
    }
}

TEST_CASE("columns that can't be described leave nothing behind") {
    output out;
    std::array const with_nul{column("a\0b"sv, types::int4)};
    CHECK(encode_row_description(out.buffer, with_nul).error() == errc::embedded_nul);
    std::array const too_long{column(pretended(max_int32_length + 1), types::int4)};
    CHECK(encode_row_description(out.buffer, too_long).error() == errc::message_too_large);
    std::vector<column> const too_many(65'536, column("c", types::int4));
    CHECK(encode_row_description(out.buffer, too_many).error() == errc::too_many_items);
    CHECK(out.bytes().empty());
    CHECK(out.nothing_open());
    REQUIRE(encode_row_description(out.buffer, std::span(too_many).first(65'535)));
    CHECK(out.bytes().substr(5, 2) == "\xff\xff");
}

}  // namespace pgwire::test::rows_tests
