// Names of types, as a PostgreSQL server printed them.
#include "pgwire/types/format_type.hpp"
#include "pgwire/types/oid.hpp"

#include "support/catch.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace pgwire::test::format_type_tests {

namespace {

std::string with(type_info const& t, std::int32_t modifier) { return format_type(t.type, modifier); }
constexpr std::int32_t interval_of(std::int32_t fields, std::int32_t precision) { return fields << 16 | precision; }

}  // namespace

TEST_CASE("a type is shown by SQL's name for it where there is one, else by its own") {
    CHECK(format_type(types::bool_.type) == "boolean");
    CHECK(format_type(types::char_.type) == "\"char\"");
    CHECK(format_type(types::int8.type) == "bigint");
    CHECK(format_type(types::int2.type) == "smallint");
    CHECK(format_type(types::int4.type) == "integer");
    CHECK(format_type(types::float4.type) == "real");
    CHECK(format_type(types::float8.type) == "double precision");
    CHECK(format_type(types::bpchar.type) == "character");
    CHECK(format_type(types::varchar.type) == "character varying");
    CHECK(format_type(types::time.type) == "time without time zone");
    CHECK(format_type(types::timestamp.type) == "timestamp without time zone");
    CHECK(format_type(types::timestamptz.type) == "timestamp with time zone");
    CHECK(format_type(types::timetz.type) == "time with time zone");
    CHECK(format_type(types::bit.type) == "bit");
    CHECK(format_type(types::varbit.type) == "bit varying");
    CHECK(format_type(types::text.type) == "text");
    CHECK(format_type(types::int2vector.type) == "int2vector");
    CHECK(format_type(types::date_array.type) == "date[]");
    CHECK(format_type(types::char_array.type) == "\"char\"[]");
}
TEST_CASE("a type that is known to have no length is shown by a name that says so") {
    CHECK(with(types::bpchar, -1) == "bpchar");
    CHECK(with(types::bpchar_array, -1) == "bpchar[]");
    CHECK(with(types::bit, -1) == "\"bit\"");
    CHECK(with(types::bit_array, -1) == "\"bit\"[]");
    CHECK(with(types::varchar, -1) == "character varying");
    CHECK(with(types::int4, -1) == "integer");
}
TEST_CASE("a modifier is shown as the length, precision or fields that it stands for") {
    CHECK(with(types::numeric, 655366) == "numeric(10,2)");
    CHECK(with(types::numeric, ((5 << 16) | (-2 & 0x7FF)) + 4) == "numeric(5,-2)");
    CHECK(with(types::numeric, 3) == "numeric");
    CHECK(with(types::numeric_array, 655366) == "numeric(10,2)[]");
    CHECK(with(types::varchar, 24) == "character varying(20)");
    CHECK(with(types::varchar, 4) == "character varying");
    CHECK(with(types::bpchar, 5) == "character(1)");
    CHECK(with(types::time, 3) == "time(3) without time zone");
    CHECK(with(types::timestamp, 0) == "timestamp(0) without time zone");
    CHECK(with(types::timetz, 6) == "time(6) with time zone");
    CHECK(with(types::bit, 3) == "bit(3)");
    CHECK(with(types::varbit, 3) == "bit varying(3)");
    CHECK(with(types::bit_array, 3) == "bit(3)[]");
    CHECK(with(types::int4, 5) == "integer");
    CHECK(with(types::name, 7) == "name(7)");
    CHECK(with(types::interval, interval_of(0x7FFF, 3)) == "interval(3)");
    CHECK(with(types::interval, interval_of(0x7FFF, 0xFFFF)) == "interval");
    CHECK(with(types::interval, interval_of(4, 0xFFFF)) == "interval year");
    CHECK(with(types::interval, interval_of(6, 0xFFFF)) == "interval year to month");
    CHECK(with(types::interval, interval_of(1032, 0xFFFF)) == "interval day to hour");
    CHECK(with(types::interval, interval_of(7176, 2)) == "interval day to second(2)");
    CHECK(with(types::interval, interval_of(6144, 0xFFFF)) == "interval minute to second");
}
TEST_CASE("an OID that is no type's is shown as such") {
    CHECK(format_type(oid{}) == "-");
    CHECK(format_type(oid{9'999'999}) == "???");
}
TEST_CASE("the name of every type is found again") {
    for (auto const& t : types::all) {
        CAPTURE(t.name);
        auto const* const found = find_type(format_type(t.type));
        REQUIRE(found != nullptr);
        CHECK(*found == t);
    }
    CHECK_NOTHROW(with(types::numeric, std::numeric_limits<std::int32_t>::max()));
}

}  // namespace pgwire::test::format_type_tests
