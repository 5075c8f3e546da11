// DataRows decoded into structs and tuples.
#include "pgwire/types.hpp"
#include "pgwire/types/row_decoder.hpp"

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace pgwire::test::row_decoder_tests {

namespace {

struct person {
    std::int64_t id;
    std::string_view name;
    std::optional<double> height;
    timestamp born;

    friend bool operator==(person const&, person const&) = default;
};

/// The body of the DataRow that `row` is encoded as.
template<class Row>
std::string body_of(Row const& row, result_formats const& formats) {
    send_buffer out;
    REQUIRE(encode_row(out, row, formats));
    return std::string(out.pending().substr(5));
}

person const ada{1, "Ada", 1.65, {-5'797'180'800'000'000}};

}  // namespace

TEST_CASE("a row that was encoded is decoded as what it was, in both formats") {
    person const without{-2, "", std::nullopt, {timestamp::infinity}};
    for (auto const f : {format::text, format::binary}) {
        row_decoder<person> decode(f);
        for (auto const& row : {ada, without}) {
            auto const body = body_of(row, result_formats(f));  // the row's texts point into it
            auto const again = decode(body);
            REQUIRE(again);
            CHECK(*again == row);
        }
    }
}

TEST_CASE("a row whose columns have several formats is decoded as its description says") {
    std::array const mixed{format::binary, format::text, format::text, format::binary};
    result_formats const formats(mixed);
    auto const body = body_of(ada, formats);
    send_buffer described;
    REQUIRE(encode_row_description<person>(described, formats));
    auto const description = decode<row_description>(described.pending().substr(5));
    REQUIRE(description);
    auto decoder = row_decoder<person>::of(description->columns);
    REQUIRE(decoder);
    auto const again = (*decoder)(body);
    REQUIRE(again);
    CHECK(*again == ada);
    using pair = std::tuple<int, int>;
    CHECK(row_decoder<pair>::of(description->columns).error() == errc::invalid_value);
}

TEST_CASE("a column in binary of another type than its member is refused before there is a row") {
    send_buffer described;
    auto const decoder_of = [&]<class Row, class Sent>(std::type_identity<Row>, std::type_identity<Sent>, format f) {
        described.clear();
        REQUIRE(encode_row_description<Sent>(described, result_formats(f)));
        return row_decoder<Row>::of(decode<row_description>(described.pending().substr(5))->columns);
    };
    using wanted = std::type_identity<std::tuple<std::int64_t, std::string_view>>;
    using other = std::type_identity<std::tuple<double, std::string_view>>;
    using texts = std::type_identity<std::tuple<std::int64_t, json>>;
    CHECK(decoder_of(wanted{}, other{}, format::binary).error() == errc::datatype_mismatch);
    CHECK(decoder_of(wanted{}, other{}, format::text));
    CHECK(decoder_of(wanted{}, texts{}, format::binary));
}

TEST_CASE("a row that can't be decoded says which column is to blame") {
    using row = std::tuple<std::int32_t, std::int32_t>;
    row_decoder<row> decode(format::text);
    CHECK(decode(std::string_view("\0\2\0\0\0\1" "1\0\0\0\1x", 12)).error() == errc::invalid_text);
    CHECK(decode.failed_column() == 1);
    CHECK(decode(std::string_view("\0\2\xff\xff\xff\xff\0\0\0\1" "2", 11)).error() == errc::unexpected_null);
    CHECK(decode.failed_column() == 0);
    CHECK(decode(std::string_view("\0\1\0\0\0\1" "1", 7)).error() == errc::invalid_value);
    CHECK(decode.failed_column() == 2);
    CHECK(decode(std::string_view("\0\2\0\0\0\1" "1\0\0\0\1" "2x", 13)).error() == errc::trailing_data);
    CHECK(decode(std::string_view("\0\2\0\0\0\1" "1\xff\xff\xff\xfe", 11)).error() == errc::insufficient_data);
}

TEST_CASE("a binary row that can't be decoded says which column is to blame, too") {
    using row = std::tuple<std::int16_t, std::string_view, std::int16_t>;
    row_decoder<row> decode(format::binary);
    auto const blames = [&](std::string_view body, errc why, std::size_t column) {
        std::string const memory(body);  // which ends where the row does
        CHECK(decode(memory).error() == why);
        CHECK(decode.failed_column() == column);
    };
    CHECK(decode(std::string_view("\0\3\0\0\0\2\0\1\0\0\0\1x\0\0\0\2\0\2", 19)) == result(row{1, "x", 2}));
    blames({"\0\3\0\0\0\3\0\1\1\0\0\0\1x\0\0\0\2\0\2", 20}, errc::invalid_binary, 0);
    blames({"\0\3\0\0\0\1\1\0\0\0\2xy\0\0\0\2\0\2", 19}, errc::insufficient_data, 0);
    blames({"\0\3\xff\xff\xff\xff\0\0\0\3xyz\0\0\0\2\0\2", 19}, errc::unexpected_null, 0);
    blames({"\0\3\0\0\0\2\0\1\xff\xff\xff\xff\0\0\0\2\0\2", 18}, errc::unexpected_null, 1);
    blames({"\0\3\0\0\0\2\0\1\0\0\0\1\xff\0\0\0\2\0\2", 19}, errc::invalid_encoding, 1);
    blames({"\0\3\0\0\0\2\0\1\0\0\0\10x\0\0\0\2\0\2", 19}, errc::insufficient_data, 1);
    blames({"\0\3\0\0\0\2\0\1\0\0\0\1x\0\0\0\2\0", 18}, errc::insufficient_data, 2);
    blames({"\0\3\0\0\0\2\0\1\0\0\0\1x\0\0\0\2\0\2!", 20}, errc::trailing_data, 3);
    blames({"\0\2\0\0\0\2\0\1\0\0\0\1x\0\0\0\2\0\2", 19}, errc::invalid_value, 3);
}

TEST_CASE("no part of a row is a row") {
    auto const body = body_of(ada, result_formats(format::binary));
    row_decoder<person> decode(format::binary);
    for (std::size_t n = 0; n != body.size(); ++n) {
        std::string const part(body.data(), n);  // memory that ends where it does
        CHECK_FALSE(decode(part));
    }
}

}  // namespace pgwire::test::row_decoder_tests
