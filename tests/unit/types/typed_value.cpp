// Values that were sent as another type than they are wanted as.
#include "pgwire/types.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::typed_value_tests {

namespace {

using namespace std::string_view_literals;

/// `sent` in binary as its own type, read as a `T`.
template<class T, class Sent>
result<T> read_as(Sent const& sent) {
    auto const bytes = encoded(sent, format::binary);
    return decode_value_as<T>(type_of<Sent>.type, value(bytes), format::binary);
}

}  // namespace

TEST_CASE("a number is read as any type of numbers that can hold it") {
    CHECK(*read_as<std::int64_t>(std::int16_t{-5}) == -5);
    CHECK(*read_as<int>(std::int16_t{5}) == 5);
    CHECK(*read_as<std::int16_t>(std::int64_t{32767}) == 32767);
    CHECK(*read_as<double>(std::int32_t{3}) == 3.0);
    CHECK(*read_as<float>(std::int16_t{3}) == 3.0F);
    CHECK(*read_as<double>(0.1F) == double{0.1F});
    CHECK(*read_as<float>(0.1) == 0.1F);
    CHECK(*read_as<double>((std::int64_t{1} << 53) + 1) == 0x1p53);
    CHECK(*read_as<int>(3.0) == 3);
    CHECK(*read_as<std::int64_t>(1e15) == 1'000'000'000'000'000);
    CHECK(*read_as<int>(1e6F) == 1'000'000);
    CHECK(*read_as<std::int64_t>(-0x1p63) == std::numeric_limits<std::int64_t>::min());
    CHECK(*read_as<double>(*pgwire::from_text<numeric>("1.25")) == 1.25);
    CHECK(*read_as<int>(*pgwire::from_text<numeric>("7")) == 7);
    CHECK(*read_as<int>(*pgwire::from_text<numeric>("5.00")) == 5);
    CHECK(*read_as<numeric>(std::int64_t{-12}) == *pgwire::from_text<numeric>("-12"));
    CHECK(*read_as<numeric>(1.5) == *pgwire::from_text<numeric>("1.5"));
    CHECK(*read_as<fixed_point<2>>(std::int16_t{3}) == fixed_point<2>{300});
    CHECK(*read_as<oid>(std::int16_t{3}) == oid{3});
    CHECK(*read_as<std::optional<std::int64_t>>(std::int16_t{1}) == 1);
    CHECK(std::isnan(*read_as<float>(std::numeric_limits<double>::quiet_NaN())));
    CHECK(std::isinf(*read_as<float>(std::numeric_limits<double>::infinity())));
}
TEST_CASE("a number that the type can't hold is out of range, and one with decimals is no integer") {
    CHECK(read_as<std::int16_t>(std::int32_t{70'000}).error() == errc::out_of_range);
    CHECK(read_as<int>(std::int64_t{1} << 40).error() == errc::out_of_range);
    CHECK(read_as<int>(1e20).error() == errc::out_of_range);
    CHECK(read_as<std::int64_t>(0x1p63).error() == errc::out_of_range);
    CHECK(read_as<std::int64_t>(std::numeric_limits<double>::quiet_NaN()).error() == errc::out_of_range);
    CHECK(read_as<int>(*pgwire::from_text<numeric>("3000000000")).error() == errc::out_of_range);
    CHECK(read_as<float>(1e300).error() == errc::out_of_range);
    CHECK(read_as<oid>(std::int16_t{-1}).error() == errc::out_of_range);
    CHECK(read_as<std::int64_t>(1.5).error() == errc::datatype_mismatch);
    CHECK(read_as<int>(*pgwire::from_text<numeric>("1.5")).error() == errc::datatype_mismatch);
}
TEST_CASE("bytes are never taken for what they are not") {
    CHECK(read_as<bool>(std::int16_t{1}).error() == errc::datatype_mismatch);
    CHECK(read_as<int>(true).error() == errc::datatype_mismatch);
    CHECK(read_as<date>(std::int32_t{100}).error() == errc::datatype_mismatch);
    CHECK(read_as<timestamptz>(timestamp{0}).error() == errc::datatype_mismatch);
    CHECK(read_as<std::string_view>(std::int32_t{1}).error() == errc::datatype_mismatch);
    CHECK(read_as<std::string>(date{0}).error() == errc::datatype_mismatch);
    CHECK(read_as<int>(timestamp{0}).error() == errc::datatype_mismatch);
    CHECK(read_as<std::vector<int>>(std::int32_t{1}).error() == errc::datatype_mismatch);
}
TEST_CASE("a text in binary is read for what it spells") {
    CHECK(*read_as<int>("42"sv) == 42);
    CHECK(read_as<int>("x"sv).error() == errc::invalid_text);
    CHECK(*read_as<std::string>("x"sv) == "x");
    CHECK(*decode_value_as<std::string>(types::varchar.type, "x"sv, format::binary) == "x");
    CHECK(*decode_value_as<jsonb>(types::json.type, R"({"a":1})"sv, format::binary) == *jsonb::parse(R"({"a": 1})"));
    CHECK(read_as<json>(*jsonb::parse("[1, 2]"))->text == "[1, 2]");
    CHECK(*decode_value_as<std::string>(types::xml.type, "<a/>"sv, format::binary) == "<a/>");
}
TEST_CASE("a number is read as its text, by whoever can keep it") {
    CHECK(*read_as<std::string>(std::int16_t{-5}) == "-5");
    CHECK(*read_as<std::optional<std::string>>(1.5) == "1.5");
}
TEST_CASE("arrays of numbers are read as numbers are") {
    using std::vector;
    CHECK(*read_as<vector<int>>(vector<std::int16_t>{1, 2}) == vector{1, 2});
    CHECK(*read_as<vector<double>>(vector<std::int64_t>{3}) == vector{3.0});
    CHECK(*read_as<std::array<std::int64_t, 2>>(vector{1, 2}) == std::array<std::int64_t, 2>{1, 2});
    CHECK(*read_as<array<int>>(array<std::int16_t>{{{2}, {1}}, {1, 2}}) == array<int>{{{2}, {1}}, {1, 2}});
    CHECK(*read_as<vector<std::optional<int>>>(vector<std::optional<std::int16_t>>{1, {}}) == vector<std::optional<int>>{1, {}});
    CHECK(read_as<vector<int>>(vector{std::int64_t{1} << 40}).error() == errc::out_of_range);
    CHECK(read_as<vector<int>>(vector{true}).error() == errc::datatype_mismatch);
    CHECK(read_as<vector<int>>(vector<std::optional<std::int16_t>>{1, {}}).error() == errc::unexpected_null);
    CHECK(read_as<std::array<std::int64_t, 3>>(vector{1, 2}).error() == errc::invalid_bounds);
    CHECK(*read_as<vector<std::string>>(vector{1}) == vector<std::string>{"1"});
    CHECK(read_as<vector<std::string>>(vector{date{0}}).error() == errc::datatype_mismatch);
}
TEST_CASE("types that have one binary form stand for each other") {
    auto const seven = encoded(7, format::binary);
    CHECK(*decode_value_as<oid>(types::regclass.type, value(seven), format::binary) == oid{7});
    auto const network = encoded(*pgwire::from_text<cidr>("10.0.0.0/8"), format::binary);
    CHECK(decode_value_as<inet>(types::cidr.type, value(network), format::binary));
    CHECK(decode_value_as<cidr>(types::inet.type, value(network), format::binary).error() == errc::datatype_mismatch);
    auto names = encoded(std::vector<std::string>{"x"}, format::binary);
    store(names.data() + 8, static_cast<std::uint32_t>(types::varchar.type));
    CHECK(*decode_value_as<std::vector<std::string>>(types::varchar_array.type, value(names), format::binary) ==
          std::vector<std::string>{"x"});
}
TEST_CASE("a type that nobody said, or that is a user's, is the one that is wanted") {
    auto const seven = encoded(7, format::binary);
    CHECK(*decode_value_as<int>({}, value(seven), format::binary) == 7);
    CHECK(*decode_value_as<int>(types::unknown.type, value(seven), format::binary) == 7);
    CHECK(*decode_value_as<int>(oid{20'000}, value(seven), format::binary) == 7);
    CHECK(*decode_value_as<int>(types::text.type, "7"sv, format::text) == 7);
    CHECK(*decode_value_as<std::optional<int>>(types::text.type, {}, format::binary) == std::nullopt);
    CHECK(decode_value_as<int>(types::int2.type, {}, format::binary).error() == errc::unexpected_null);
    CHECK(decode_value_as<int>(types::int2.type, value(seven), format::binary).error() != errc::none);
}

}  // namespace pgwire::test::typed_value_tests
