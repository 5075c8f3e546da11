// Our codecs against what a PostgreSQL server made of the same texts; the table comes from postgres_values.py.
#include "pgwire/types.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::postgres_values_tests {

namespace {

struct postgres_value {
    std::string_view type;
    std::string_view input;
    std::string_view state;   // SQLSTATE, or empty
    std::string_view output;
    std::string_view binary;  // hexadecimal
};

postgres_value const table[] = {
#include "postgres_values.inc"
};

std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(pgwire::detail::hex_value(hex[i]) * 16 + pgwire::detail::hex_value(hex[i + 1]));
    return bytes;
}

/// Encodes into memory of just the size asked for, so that a sanitizer sees a bound that is too small.
template<class T>
void compare(postgres_value const& expected) {
    using pgwire::format;
    auto const v = pgwire::decode_value<T>(expected.input, format::text);
    if (!expected.state.empty()) {
        CHECK_FALSE(v);
        auto const state = to_sqlstate(v.error());
        CHECK(state.category() == expected.state.substr(0, 2));
        // For bytes that are no hexadecimal digits, a JSON or a zone PostgreSQL has a code that is all its own.
        if (expected.state != "22023" && expected.state != "22009") CHECK(state.view() == expected.state);
        return;
    }
    CHECK(v);
    if (!v) return;
    auto const binary = from_hex(expected.binary);
    CHECK(encoded(*v, format::text) == expected.output);
    CHECK(encoded(*v, format::binary) == binary);

    auto const again = pgwire::decode_value<T>(binary, format::binary);
    CHECK(again);
    if (!again) return;
    CHECK(encoded(*again, format::text) == expected.output);
    CHECK(encoded(*again, format::binary) == binary);

    auto const from_output = pgwire::decode_value<T>(expected.output, format::text);
    CHECK(from_output);
    if (!from_output) return;
    if (expected.output != "NaN")  // which does not tell the sign that its bits have
        CHECK(encoded(*from_output, format::binary) == binary);

    for (std::size_t n = 0; n != binary.size(); ++n) {  // no beginning of a value of fixed width is a value
        if (pgwire::type_of<T>.size < 0 || pgwire::type_of<T>.type == pgwire::types::name.type) break;
        CHECK(pgwire::decode_value<T>(std::string_view(binary).substr(0, n), format::binary).error() ==
              pgwire::errc::insufficient_data);
    }
}

/// A type of std::chrono must give the same bytes as ours wherever it can hold the value.
template<class Host, class Own>
void compare_by_way_of(postgres_value const& expected) {
    compare<Own>(expected);
    auto const own = pgwire::decode_value<Own>(expected.input, pgwire::format::text);
    auto const host = pgwire::decode_value<Host>(expected.input, pgwire::format::text);
    if (!own) {
        CHECK(host.error() == own.error());
    } else if (!host) {
        CHECK(host.error() == pgwire::errc::datetime_overflow);
        CHECK(encoded(*own, pgwire::format::text) > "294247-01-10");
    } else {
        CHECK(encoded(*host, pgwire::format::text) == expected.output);
        CHECK(encoded(*host, pgwire::format::binary) == from_hex(expected.binary));
        auto const again = pgwire::decode_value<Host>(from_hex(expected.binary), pgwire::format::binary);
        CHECK((again && *again == *host));
    }
}

/// Calls `check` for each row of the table with this type, and names the row that fails.
template<class Check>
void for_each_value(std::string_view type, Check check) {
    std::size_t count = 0;
    for (auto const& row : table) {
        if (row.type != type) continue;
        ++count;
        INFO(row.type << " <" << row.input << ">");
        check(row);
    }
    CHECK(count > 5);
}

}  // namespace

TEST_CASE("bool is read and written as PostgreSQL does") { for_each_value("bool", compare<bool>); }
TEST_CASE("int2 is read and written as PostgreSQL does") { for_each_value("int2", compare<short>); }
TEST_CASE("int4 is read and written as PostgreSQL does") { for_each_value("int4", compare<int>); }
TEST_CASE("int8 is read and written as PostgreSQL does") {
    for_each_value("int8", compare<long long>);
    if constexpr (sizeof(long) == 8) for_each_value("int8", compare<long>);
}
TEST_CASE("oid is read and written as PostgreSQL does") { for_each_value("oid", compare<pgwire::oid>); }
TEST_CASE("float4 is read and written as PostgreSQL does") { for_each_value("float4", compare<float>); }
TEST_CASE("float8 is read and written as PostgreSQL does") { for_each_value("float8", compare<double>); }
TEST_CASE("numeric is read and written as PostgreSQL does") { for_each_value("numeric", compare<pgwire::numeric>); }
TEST_CASE("bytea is read and written as PostgreSQL does") { for_each_value("bytea", compare<std::vector<std::byte>>); }
TEST_CASE("uuid is read and written as PostgreSQL does") { for_each_value("uuid", compare<pgwire::uuid>); }
TEST_CASE("date is read and written as PostgreSQL does") {
    for_each_value("date", compare_by_way_of<std::chrono::sys_days, pgwire::date>);
}
TEST_CASE("time is read and written as PostgreSQL does") { for_each_value("time", compare<pgwire::time_of_day>); }
TEST_CASE("timestamp is read and written as PostgreSQL does") {
    for_each_value("timestamp",
                   compare_by_way_of<std::chrono::local_time<std::chrono::microseconds>, pgwire::timestamp>);
}
TEST_CASE("timestamptz is read and written as PostgreSQL does") {
    for_each_value("timestamptz",
                   compare_by_way_of<std::chrono::sys_time<std::chrono::microseconds>, pgwire::timestamptz>);
}
TEST_CASE("text is read and written as PostgreSQL does") {
    for_each_value("text", compare<std::string>);
    for_each_value("text", compare<std::string_view>);
    for_each_value("varchar", compare<pgwire::varchar>);
    for_each_value("bpchar", compare<pgwire::bpchar>);
    for_each_value("name", compare<pgwire::name>);
    for_each_value("json", compare<pgwire::json>);
}

TEST_CASE("a numeric that is only borrowed is written as PostgreSQL spells it") {
    for_each_value("numeric", [](postgres_value const& expected) {
        pgwire::numeric_view const v{expected.input};
        if (!expected.state.empty()) {
            CHECK(pgwire::value_size(v, pgwire::format::text) == pgwire::unencodable);
            CHECK(pgwire::value_size(v, pgwire::format::binary) == pgwire::unencodable);
            CHECK(to_sqlstate(pgwire::refusal_of(v, pgwire::unencodable)).view() == expected.state);
        } else {
            CHECK(encoded(v, pgwire::format::text) == expected.output);
            CHECK(encoded(v, pgwire::format::binary) == from_hex(expected.binary));
        }
    });
}

}  // namespace pgwire::test::postgres_values_tests
