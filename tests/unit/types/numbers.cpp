// What the table of PostgreSQL's values does not reach of numbers: machine words, conversions, other forms, money.
#include "pgwire/types.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::numbers_tests {

namespace {

using namespace std::string_view_literals;

/// What a type makes of a text: the text that it writes, or the error's message.
template<class T>
std::string read_text(std::string_view text) {
    auto const v = decode_value<T>(text, format::text);
    return v ? encoded(*v, format::text) : std::string(message(v.error()));
}

struct row {
    std::string_view input;
    std::string_view output;
};
constexpr std::string_view range = message(errc::out_of_range);
constexpr std::string_view syntax = message(errc::invalid_text);

/// Texts become these texts, and what they are in binary is read back.
template<class T>
void check(std::vector<row> const& table) {
    for (auto const& [input, output] : table) {
        INFO(input);
        CHECK(read_text<T>(input) == output);
        if (auto const v = decode_value<T>(input, format::text)) {
            auto const binary = encoded(*v, format::binary);
            auto const again = decode_value<T>(std::string_view(binary), format::binary);
            CHECK((again && *again == *v));
            for (std::size_t n = 0; n != binary.size(); ++n)
                CHECK_FALSE(decode_value<T>(std::string_view(binary).substr(0, n), format::binary));
        }
    }
}

}  // namespace

TEST_CASE("integers are read with underscores and in other bases") {
    check<int>({{"1_000", "1000"},
                {"0x1F", "31"},
                {" -0B101 ", "-5"},
                {"0o_17", "15"},
                {"0x80000000", range},
                {"-0x80000000", "-2147483648"},
                {"2147483648x", syntax},
                {"21474836490", range},
                {"_1", syntax},
                {"1__0", syntax},
                {"1_", syntax},
                {"0x", syntax},
                {"0b2", syntax},
                {"0x1g", syntax}});
    check<long long>({{"9223372036854775807", "9223372036854775807"},
                      {"9223372036854775808", range},
                      {"-9223372036854775808", "-9223372036854775808"},
                      {"0xffffffffffffffffff", range}});
}

TEST_CASE("integers of every number of digits are written and read") {
    for (std::uint64_t power = 1; power <= 1'000'000'000'000'000'000U; power *= 10)
        for (std::uint64_t const n : {power - 1, power, power + 7, power * 9 + power / 3}) {
            for (auto const v : {static_cast<std::int64_t>(n), -static_cast<std::int64_t>(n)}) {
                std::array<char, 20> text{};  // no more than `text_size`
                char* const end = codec<std::int64_t>::to_text(text.data(), v);
                std::string_view const written(text.data(), static_cast<std::size_t>(end - text.data()));
                CHECK(written == std::to_string(v));
                CHECK(codec<std::int64_t>::from_text(written) == result<std::int64_t>(v));
            }
        }
}

TEST_CASE("numerics are read with underscores and in other bases") {
    check<numeric>({{"1_000.5_0e-1_0", "0.000000100050"},
                    {"-0xff_ff", "-65535"},
                    {"0b0", "0"},
                    {"0xffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455"},
                    {"1_.5", syntax},
                    {"1._5", syntax},
                    {"0x1.5", syntax},
                    {"0o", syntax},
                    {"1e_1", syntax}});
    CHECK(read_text<numeric>("0x" + std::string(108'900, 'f')) == range);
    CHECK(encoded(*decode_value<numeric>("0x1" + std::string(1000, '0'), format::text), format::text).size() == 1205);
}

TEST_CASE("numerics are written and read with every place of the point") {
    std::string const digits = "1234500000000678900001";
    for (std::size_t size = 1; size <= digits.size(); ++size) {
        for (std::size_t point = 0; point <= size; ++point) {
            auto text = digits.substr(0, size).insert(point, ".");
            if (point == 0) text.insert(0, "0");
            if (point == size) text.pop_back();
            numeric const v{text};
            INFO(text);
            REQUIRE(*decode_value<numeric>(std::string_view(encoded(v, format::binary)), format::binary) == v);
            // the other reader, which knows exponents, makes the same bytes of it
            REQUIRE(encoded(numeric_view{text + "e0"}, format::binary) == encoded(v, format::binary));
            REQUIRE(encoded(numeric_view{text + "e0"}, format::text) == text);
        }
    }
}

TEST_CASE("a numeric that fits into a machine word is exact, one that does not is out of range") {
    check<fixed_point<2>>({{"123.45", "123.45"},
                           {"-0.05", "-0.05"},
                           {"7", "7.00"},
                           {"7.1000", "7.10"},
                           {"7.001", range},
                           {"1e3", "1000.00"},
                           {"1e-3", range},
                           {"NaN", range},
                           {"Infinity", range},
                           {"x", syntax},
                           {"92233720368547758.07", "92233720368547758.07"},
                           {"92233720368547758.08", range},
                           {"-92233720368547758.08", "-92233720368547758.08"},
                           {"0x10", "16.00"},
                           {"1e131072", range}});
    check<fixed_point<0, std::int32_t>>(
        {{"2147483647", "2147483647"}, {"2147483648", range}, {"1.5", range}, {"-0.0", "0"}});
    check<scaled>({{"0.00", "0.00"},
                   {"-1.50", "-1.50"},
                   {"1e-20", "0.00000000000000000001"},
                   {"100000000", "100000000"},
                   {"1e60", range}});
}

#if defined(__SIZEOF_INT128__)
TEST_CASE("integers of 128 bits are numerics without digits behind the point") {
    check<int128>({{"170141183460469231731687303715884105727", "170141183460469231731687303715884105727"},
                   {"170141183460469231731687303715884105728", range},
                   {"-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"},
                   {"12.00", "12"},
                   {"12.5", range},
                   {"10000000000000000000000", "10000000000000000000000"}});
}
#endif

TEST_CASE("numeric is converted from and to the numbers of C++") {
    CHECK(to_numeric(-42).text == "-42");
    CHECK(to_numeric(fixed_point<2>{5}).text == "0.05");
    CHECK(to_numeric(0.1 + 0.2).text == "0.3");
    CHECK(to_numeric(1e20).text == "100000000000000000000");
    CHECK(to_numeric(1.0F / 3).text == "0.333333");
    CHECK(to_numeric(-std::numeric_limits<double>::infinity()).text == "-Infinity");
    CHECK(*numeric_to<std::int64_t>({"12.00"}) == 12);
    CHECK(numeric_to<std::int64_t>({"12.5"}).error() == errc::out_of_range);
    CHECK(numeric_to<std::int16_t>({"32768"}).error() == errc::out_of_range);
    CHECK(*numeric_to<double>({"0.1"}) == 0.1);
    CHECK(std::isnan(*numeric_to<float>({"NaN"})));
    CHECK(numeric_to<double>({"1e400"}).error() == errc::out_of_range);
    CHECK(*numeric_to<scaled>({"123.450"}) == scaled{123450, 3});
}

TEST_CASE("money is read as PostgreSQL reads it") {
    check<money>({{"$1,234.56", "$1,234.56"},
                  {"-1234.5", "-$1,234.50"},
                  {"(12)", "-$12.00"},
                  {"12-", "-$12.00"},
                  {"", "$0.00"},
                  {"1.235", "$1.24"},
                  {"-1.235", "-$1.24"},
                  {"1.2349", "$1.23"},
                  {"$-1", "-$1.00"},
                  {"1 2", syntax},
                  {"92233720368547758.07", "$92,233,720,368,547,758.07"},
                  {"92233720368547758.08", range},
                  {"-92233720368547758.08", "-$92,233,720,368,547,758.08"},
                  {"1.2.3", syntax},
                  {"abc", syntax}});
}

TEST_CASE("vectors of numbers are read and written as PostgreSQL does") {
    check<int2_vector>({{" 1  -2 3", "1 -2 3"}, {"32768", range}, {"1,2", syntax}, {"1 x", syntax}});
    check<oid_vector>({{"1 0x10 010 08", "1 16 8 0 8"}, {"-1", "4294967295"}, {"4294967296", range}, {"x", syntax}});
    CHECK(read_text<oid_vector>("").empty());
    auto const binary = encoded(int2_vector{{1, -2}}, format::binary);
    CHECK(binary == "\0\0\0\1\0\0\0\0\0\0\0\x15\0\0\0\2\0\0\0\0\0\0\0\2\0\1\0\0\0\2\xff\xfe"sv);
    auto const error = [&](std::size_t at, char byte) {
        auto changed = binary;
        changed[at] = byte;
        return decode_value<int2_vector>(std::string_view(changed), format::binary).error();
    };
    CHECK(error(0, 1) == errc::too_many_items);        // dimensions
    CHECK(error(7, 2) == errc::invalid_binary);        // flags
    CHECK(error(12, '\x80') == errc::too_many_items);  // a count below 0
    CHECK(error(14, 1) == errc::insufficient_data);    // a count that the data does not bear out
    CHECK(error(19, 1) == errc::invalid_binary);       // it does not begin at 0
    CHECK(error(23, 1) == errc::insufficient_data);    // an element too short
    CHECK(error(20, 1) == errc::invalid_binary);       // one that ends behind the data
}

TEST_CASE("a float that is read from few digits is the same that the standard library reads") {
    std::mt19937_64 random(3);
    for (int i = 0; i != 20'000; ++i) {
        auto text = std::to_string(random() >> (14 + random() % 50));
        if (text.size() < 16) text.insert(random() % (text.size() + 1), ".");
        auto const exact = std::strtod(text.c_str(), nullptr);
        auto const narrow = std::strtof(text.c_str(), nullptr);
        if (text == ".") continue;
        REQUIRE(*decode_value<double>(std::string_view(text), format::text) == exact);
        REQUIRE(*decode_value<float>(std::string_view(text), format::text) == narrow);
    }
}

TEST_CASE("a NaN carries what stands in its parentheses") {
    auto const bits = [](std::string_view text) {
        return std::bit_cast<std::uint64_t>(*decode_value<double>(text, format::text));
    };
    CHECK(bits("nan(0x1F)") == 0x7ff8'0000'0000'001f);
    CHECK(bits("-NaN(017)") == 0xfff8'0000'0000'000f);
    CHECK(bits("nan(x_9)") == bits("nan"));
    CHECK(decode_value<double>("nan(99999999999999999999)", format::text).error() == errc::invalid_text);
}

}  // namespace pgwire::test::numbers_tests
