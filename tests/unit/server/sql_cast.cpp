// Constants of SQL: how they are read, and what becomes of them where a type is wanted.
#include "pgwire/server/sql_cast.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>

namespace pgwire::test::sql_cast_tests {

namespace {

/// The constant as a value of this type; or the SQLSTATE, and the position behind a `@`.
std::string value_as(std::string_view type, std::string_view text) {
    try {
        token_scanner in(text);
        auto const c = detail::constant_reader(text, in).read();
        return value_of(c, 1, find_written_type({std::string(type), 0}), default_text_style).value_or("null");
    } catch (sql_error const& e) {
        auto const at = e.fields().position;
        return std::string(e.code().view()) + (at != 0 ? '@' + std::to_string(at) : std::string());
    }
}

std::string complaint(std::string_view type, std::string_view text) {
    token_scanner in(text);
    auto const c = detail::constant_reader(text, in).read();
    try {
        static_cast<void>(value_of(c, 2, find_written_type({std::string(type), 0}), default_text_style));
    } catch (sql_error const& e) {
        return e.fields().message;
    }
    return {};
}

}  // namespace

TEST_CASE("a string takes any type, and is a value of it") {
    CHECK(value_as("int4", "'42'") == "42");
    CHECK(value_as("int4", " 'x'") == "22P02@2");
    CHECK(value_as("int2", "'99999'") == "22003@1");
    CHECK(value_as("bool", "'yes'") == "true");
    CHECK(value_as("date", "'2024-02-30'") == "22008@1");
    CHECK(value_as("timestamptz", "'x'") == "22007@1");
    CHECK(value_as("json", "'{}'") == "{}");
    CHECK(value_as("text", "E'a\\tb'") == "a\tb");
    CHECK(value_as("text", "$$it's$$") == "it's");
    CHECK(value_as("text", "'a'\n'b'") == "ab");
}

TEST_CASE("NULL is NULL of any type, a cast NULL of that") {
    CHECK(value_as("int4", "NULL") == "null");
    CHECK(value_as("int4", "null::int8") == "null");
    CHECK(value_as("text", "null::int8") == "null");
    CHECK(value_as("int4", "null::text") == "42804@1");
}

TEST_CASE("numbers are rounded to whole ones, away from zero, and floats to the even one") {
    CHECK(value_as("int4", "1.4") == "1");
    CHECK(value_as("int4", "2.5") == "3");
    CHECK(value_as("int4", "-2.5") == "-3");
    CHECK(value_as("int4", "1e3") == "1000");
    CHECK(value_as("int8", "2.5::float8") == "2");
    CHECK(value_as("int8", "-3.5::float4") == "-4");
    CHECK(value_as("float8", "1.5::int") == "2");
    CHECK(value_as("numeric", "1.50") == "1.50");
}

TEST_CASE("a number too large for its type is out of range") {
    CHECK(complaint("int4", "2147483648") == "integer out of range");
    CHECK(value_as("int4", "- 2147483648") == "-2147483648");
    CHECK(complaint("int2", "99999") == "smallint out of range");
    CHECK(complaint("int8", "9223372036854775808") == "bigint out of range");
    CHECK(complaint("int8", "9223372036854775807.5") == "bigint out of range");
    CHECK(complaint("int8", "1e300::float8") == "bigint out of range");
    CHECK(complaint("int4", "'nan'::float8") == "integer out of range");
    CHECK(value_as("float8", "1e400") == "22003");
}

TEST_CASE("everything becomes text, as its type writes it") {
    CHECK(value_as("text", "007") == "7");
    CHECK(value_as("text", "1e3") == "1000");
    CHECK(value_as("text", ".5") == "0.5");
    CHECK(value_as("varchar(3)", "true") == "true");
    CHECK(value_as("text", "'t'::bool") == "true");
    CHECK(value_as("text", "'007'::int") == "7");
    CHECK(value_as("text", "DATE '2024-2-29'") == "2024-02-29");
    CHECK(value_as("text", "'2024-2-29 1:00'::timestamp::date") == "2024-02-29");
}

TEST_CASE("numbers are written in several ways") {
    CHECK(value_as("int4", "0x1F") == "31");
    CHECK(value_as("int4", "0o17") == "15");
    CHECK(value_as("int4", "0b101") == "5");
    CHECK(value_as("int4", "1_000") == "1000");
    CHECK(value_as("int4", "+1") == "1");
    CHECK(value_as("int4", "- -5") == "5");
    CHECK(value_as("int4", "-(-5)") == "5");
    CHECK(value_as("int4", "((1))") == "1");
    CHECK(value_as("int4", "12abc") == "42601@1");
}

TEST_CASE("a text or a boolean is no number, unless it is cast") {
    CHECK(value_as("int4", "'1'::text") == "42804@1");
    CHECK(complaint("int4", "'1'::text") == "parameter $2 of type text cannot be coerced to the expected type integer");
    CHECK(value_as("int4", "true") == "42804@1");
    CHECK(value_as("bool", "1") == "42804@1");
    CHECK(value_as("date", "1") == "42804@1");
    CHECK(value_as("int4", "'1'::text::int") == "1");
    CHECK(value_as("int4", "CAST(true AS integer)") == "1");
    CHECK(value_as("bool", "CAST(7 AS boolean)") == "true");
    CHECK(complaint("bool", "1.5::bool") == "cannot cast type numeric to boolean");
}

TEST_CASE("a cast is to a type that there is") {
    CHECK(value_as("int4", "'1'::pg_catalog.int4") == "1");
    CHECK(value_as("float8", "'1'::double precision") == "1");
    CHECK(value_as("int4", "1::nosuch") == "42704@4");
    CHECK(value_as("text", "'abc'::varchar(2)") == "0A000@8");
    CHECK(value_as("int4[]", "'{1,2}'::int[]") == "{1,2}");
    CHECK(find_written_type({"interval day to second", 0}) == types::interval.type);
    CHECK(find_written_type({"\"text\"", 0}) == types::text.type);
    CHECK(find_written_type({"\"char\"", 0}) == types::char_.type);
    CHECK(find_written_type({"char", 0}) == types::bpchar.type);
    CHECK(complaint("int4", "1::\"int\"") == "type \"int\" does not exist");
    CHECK(complaint("int4", "1::public.nosuch") == "type \"public.nosuch\" does not exist");
}

TEST_CASE("what is no constant is read, and has no value") {
    for (std::string_view const text : {"1 + 1", "a", "(SELECT 1)", "length('a, (b')", "(1, 2)", "-'1'", "B'1'",
                                        "1 AND 2", "CAST(1 + 1 AS int)", "1::int + 1", "DEFAULT", "-$1"})
        CHECK(value_as("int4", text) == "0A000@1");
    CHECK(value_as("int4", "$1") == "42P02@1");
    CHECK(complaint("int4", "$1") == "there is no parameter $1");
}

TEST_CASE("what no grammar knows is a syntax error") {
    CHECK(value_as("int4", "") == "42601@1");
    CHECK(value_as("int4", "1 2") == "42601@3");
    CHECK(value_as("int4", "(1") == "42601@3");
    CHECK(value_as("int4", "f(") == "42601@3");
    CHECK(value_as("int4", "1::") == "42601@4");
    CHECK(value_as("int4", "1::int[") == "42601@8");
    CHECK(value_as("int4", "CAST(1 AS int") == "42601@14");
    CHECK(value_as("int4", "CAST(1 AS int, 2)") == "42601@14");
}

TEST_CASE("parentheses may go a hundred deep, and no deeper") {
    auto const nested = [](std::size_t depth) { return std::string(depth, '(') + '1' + std::string(depth, ')'); };
    CHECK(value_as("int4", nested(100)) == "1");
    CHECK(value_as("int4", nested(101)) == "0A000@1");
    CHECK(value_as("int4", nested(1'000'000)) == "0A000@1");
}

}  // namespace pgwire::test::sql_cast_tests
