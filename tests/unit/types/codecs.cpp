// What the table of PostgreSQL's values does not reach: other host types, settings, sizes, and hostile binary values.
#include "pgwire/types.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::codecs_tests {

namespace {

using namespace std::string_view_literals;

template<class T>
std::string text(T const& v, text_style const& style = default_text_style) {
    return encoded(v, format::text, style);
}

/// Every value is read back as it was.
template<class T, class Word>
void check_round_trips() {
    std::mt19937_64 random(7);
    for (int i = 0; i != 20'000; ++i) {
        auto const bits = static_cast<Word>(random() >> (random() % 8));
        T const v = std::bit_cast<T>(bits);
        if (std::isnan(v)) continue;
        auto const t = decode_value<T>(text(v), format::text);
        auto const b = decode_value<T>(encoded(v, format::binary), format::binary);
        REQUIRE((t && std::bit_cast<Word>(*t) == bits));
        REQUIRE((b && std::bit_cast<Word>(*b) == bits));
    }
}

}  // namespace

TEST_CASE("every float is read back from its text as it was") {
    check_round_trips<float, std::uint32_t>();
    check_round_trips<double, std::uint64_t>();
}

TEST_CASE("floats have PostgreSQL's layout") {
    CHECK(text(42.0) == "42");
    CHECK(text(-0.0) == "-0");
    CHECK(text(999999999999999.0) == "999999999999999");
    CHECK(text(1e15) == "1e+15");
    CHECK(text(1e-4) == "0.0001");
    CHECK(text(1e-5) == "1e-05");
    CHECK(text(123456.789e100) == "1.23456789e+105");
    CHECK(text(999999.0F) == "999999");
    CHECK(text(1e6F) == "1e+06");
    CHECK(text(std::numeric_limits<double>::infinity()) == "Infinity");
    CHECK(text(-std::numeric_limits<float>::infinity()) == "-Infinity");
    CHECK(text(std::numeric_limits<double>::quiet_NaN()) == "NaN");
}

TEST_CASE("a float whose shortest digits lie between two floats has one more, as in PostgreSQL") {
    CHECK(text(1e23) == "9.999999999999999e+22");
    CHECK(text(-8.41e21) == "-8.409999999999999e+21");
    CHECK(text(1e22) == "1e+22");
}

TEST_CASE("extra_float_digits below 1 rounds as C's %g does") {
    CHECK(text(0.1 + 0.2, {.extra_float_digits = 0}) == "0.3");
    CHECK(text(1.0 / 3, {.extra_float_digits = 0}) == "0.333333333333333");
    CHECK(text(1.0F / 3, {.extra_float_digits = 0}) == "0.333333");
    CHECK(text(123456.0, {.extra_float_digits = -10}) == "1.2346e+05");
    CHECK(text(123456.0, {.extra_float_digits = -15}) == "1e+05");
    CHECK(text(0.1 + 0.2, {.extra_float_digits = 3}) == "0.30000000000000004");
}

TEST_CASE("not a number may have a payload in parentheses") {
    CHECK(std::isnan(*decode_value<double>("nan(0x7_f)", format::text)));
    CHECK(decode_value<double>("nan(+)", format::text).error() == errc::invalid_text);
}

TEST_CASE("bytes of every kind are written in hex or escaped, and read from both") {
    std::vector<std::byte> all(256);
    for (std::size_t i = 0; i != 256; ++i) all[i] = static_cast<std::byte>(i);
    std::string_view const chars(reinterpret_cast<char const*>(all.data()), all.size());
    for (auto const output : {bytea_output::hex, bytea_output::escape}) {
        auto const written = text(all, {.bytes = output});
        CHECK(*decode_value<std::vector<std::byte>>(written, format::text) == all);
        CHECK(text(bytea_view{chars}, {.bytes = output}) == written);
        CHECK(text(std::span<std::byte const>(all), {.bytes = output}) == written);
    }
    CHECK(text(std::span<std::byte const>(all).subspan(30, 4), {.bytes = bytea_output::escape}) == "\\036\\037 !");
    CHECK(encoded(all, format::binary) == chars);
}

TEST_CASE("numerics of the largest sizes are written and read, and beyond them refused") {
    auto const survives = [](std::string const& digits) {
        auto const v = decode_value<numeric>(digits, format::text);
        REQUIRE(v);
        CHECK(v->text == digits);
        CHECK(*decode_value<numeric>(encoded(*v, format::binary), format::binary) == *v);
    };
    survives(std::string(131'072, '9'));
    survives("0." + std::string(16'383, '7'));
    survives(std::string(131'072, '1') + "." + std::string(16'383, '2'));
    CHECK(decode_value<numeric>("1" + std::string(131'072, '0'), format::text).error() == errc::out_of_range);
    CHECK(decode_value<numeric>("0." + std::string(16'384, '0'), format::text).error() == errc::out_of_range);
    CHECK(decode_value<numeric>(std::string(1'000'000, '0') + "7", format::text)->text == "7");
    CHECK(decode_value<numeric>(std::string(1'000'000, '7'), format::text).error() == errc::out_of_range);
    CHECK(decode_value<numeric>("1e131071", format::text)->text == "1" + std::string(131'071, '0'));
    CHECK(decode_value<numeric>("1e131072", format::text).error() == errc::out_of_range);
}

TEST_CASE("a binary numeric need not be in its shortest form") {
    auto const decode_numeric = [](std::string_view bytes) { return decode_value<numeric>(bytes, format::binary); };
    CHECK(decode_numeric("\0\0\0\0\0\0\0\0"sv)->text == "0");
    CHECK(decode_numeric("\0\0\0\5\x40\0\0\2"sv)->text == "0.00");
    CHECK(decode_numeric("\0\3\0\1\0\0\0\0\0\0\0\7\0\0"sv)->text == "7");
    CHECK(decode_numeric("\0\2\0\0\0\0\0\1\0\1\x0d\x80"sv)->text == "1.3");     // 1.3456 to one digit
    CHECK(decode_numeric("\0\1\xff\xff\x40\0\0\0\x13\x88"sv)->text == "0");     // -0.5 to none
    CHECK(decode_numeric("\0\1\xff\xfe\0\0\0\x08\0\1"sv)->text == "0.00000001");
    CHECK(decode_numeric("\0\1\0\2\0\0\0\0\0\1"sv)->text == "100000000");
    CHECK(decode_numeric("\0\0\0\0\xd0\0\0\0"sv)->text == "Infinity");
}

TEST_CASE("a binary numeric that is none is rejected") {
    auto const error = [](std::string_view bytes) { return decode_value<numeric>(bytes, format::binary).error(); };
    auto const valid = "\0\2\0\0\0\0\0\4\0\1\x0d\x80"sv;
    REQUIRE(error(valid) == errc::none);
    for (std::size_t n = 0; n != valid.size(); ++n) CHECK(error(valid.substr(0, n)) == errc::insufficient_data);
    CHECK(error("\0\0\0\0\0\0\0\0\0"sv) == errc::invalid_binary);              // a byte too many
    CHECK(error("\0\0\0\0\x20\0\0\0"sv) == errc::invalid_binary);              // no such sign
    CHECK(error("\0\0\0\0\0\0\x40\0"sv) == errc::invalid_binary);              // no such scale
    CHECK(error("\0\1\0\0\0\0\0\0\x27\x10"sv) == errc::invalid_binary);        // no digit in base 10000
    CHECK(error("\xff\xff\0\0\0\0\0\0"sv) == errc::insufficient_data);         // 65,535 digits announced
}

TEST_CASE("binary dates and times out of PostgreSQL's range are rejected") {
    auto const store64 = [](std::int64_t v) {
        std::string bytes(8, '\0');
        store(bytes.data(), v);
        return bytes;
    };
    auto const error = [&](std::int64_t v) { return decode_value<timestamptz>(store64(v), format::binary).error(); };
    CHECK(error(-211'813'488'000'000'000) == errc::none);
    CHECK(error(-211'813'488'000'000'001) == errc::datetime_overflow);
    CHECK(error(9'223'371'331'199'999'999) == errc::none);
    CHECK(error(9'223'371'331'200'000'000) == errc::datetime_overflow);
    CHECK(error(std::numeric_limits<std::int64_t>::max()) == errc::none);
    CHECK(error(std::numeric_limits<std::int64_t>::min()) == errc::none);
    CHECK(decode_value<time_of_day>(store64(-1), format::binary).error() == errc::datetime_overflow);
    CHECK(decode_value<time_of_day>(store64(86'400'000'001), format::binary).error() == errc::datetime_overflow);
    CHECK(decode_value<date>("\x80\0\0\1"sv, format::binary).error() == errc::datetime_overflow);
}

TEST_CASE("every day of PostgreSQL's calendar is followed by the next") {
    using namespace pgwire::detail;
    civil_date before = civil_from_days(first_day - 1);
    for (std::int64_t day = first_day; day < 800'000; ++day) {
        civil_date const d = civil_from_days(day);
        bool const next_day = d.day == before.day + 1 && d.month == before.month && d.year == before.year;
        bool const next_month = d.day == 1 && before.day == days_in_month(before.year, before.month) &&
                                (d.month == before.month + 1 ? d.year == before.year
                                                             : d.month == 1 && before.month == 12 &&
                                                                 d.year == before.year + 1);
        REQUIRE((next_day || next_month));
        REQUIRE(days_from_civil(d) == day);
        before = d;
    }
}

TEST_CASE("text that arrives must be UTF-8") {
    std::string const invalid = "abcdefgh\xff";
    CHECK(decode_value<std::string>(invalid, format::text).error() == errc::invalid_encoding);
    CHECK(decode_value<std::string_view>(invalid, format::binary).error() == errc::invalid_encoding);
    CHECK(decode_value<json>("\0"sv, format::text).error() == errc::invalid_encoding);
    CHECK(decode_value<std::vector<std::byte>>("\xff", format::text).error() == errc::invalid_encoding);
}

TEST_CASE("UTF-8 is found invalid wherever the byte stands") {
    std::string text(100, 'a');
    for (std::size_t i = 0; i != text.size(); ++i) {
        for (char const bad : {'\0', '\x80', '\xff'}) {
            auto broken = text;
            broken[i] = bad;
            REQUIRE(find_invalid_utf8(broken) == i);
        }
        auto euro = text;
        euro.replace(i, 0, "\xe2\x82\xac");
        REQUIRE(valid_utf8(euro));
        REQUIRE(find_invalid_utf8(euro.substr(0, i + 2)) == i);
    }
}

TEST_CASE("a value is read from a text and written as one") {
    CHECK(from_text<int>(" 42 ") == 42);
    CHECK(from_text<int>("x").error() == errc::invalid_text);
    CHECK(from_text<std::vector<std::string>>("{a,NULL}").error() == errc::unexpected_null);
    CHECK(to_text(std::vector<std::optional<int>>{1, std::nullopt}) == std::string("{1,NULL}"));
    CHECK(to_text(std::chrono::seconds(61)) == std::string("00:01:01"));
    CHECK(to_text(std::chrono::seconds::max()).error() == errc::interval_overflow);
    CHECK(to_text(*from_text<date>("1999-01-08"), {.dates = date_style::german}) == std::string("08.01.1999"));
}

}  // namespace pgwire::test::codecs_tests
