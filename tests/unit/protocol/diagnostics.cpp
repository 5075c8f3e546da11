#include "pgwire/protocol/diagnostics.hpp"

#include "tests/support/catch.hpp"

#include <string>

namespace pgwire::test::diagnostics_tests {

using namespace std::string_view_literals;

TEST_CASE("a diagnostic becomes fields: both severities, the code, and numbers as digits") {
    diagnostic d;
    d.severity = severity::fatal;
    d.code = sqlstates::undefined_table;
    d.message = "no t";
    d.position = 15;
    d.internal_position = 4'294'967'295;
    d.line = 1;
    auto const view = diagnostic_view(d);
    auto const fields = view.fields();
    CHECK(fields.localized_severity == "FATAL");
    CHECK(fields.severity == "FATAL");
    CHECK(fields.code == "42P01");
    CHECK(fields.message == "no t");
    CHECK(fields.position == "15");
    CHECK(fields.internal_position == "4294967295");
    CHECK(fields.line == "1");
}

TEST_CASE("a diagnostic's empty texts and zeros are not sent") {
    diagnostic d;
    d.message = "m";
    send_buffer out;
    REQUIRE(encode(out, error_response{diagnostic_view(d).fields()}));
    CHECK(out.pending() == "E\0\0\0\x1dSERROR\0VERROR\0CXX000\0Mm\0\0"sv);
}

TEST_CASE("a diagnostic goes there and back with all its fields") {
    diagnostic d;
    d.severity = severity::warning;
    d.code = sqlstates::active_sql_transaction;
    d.message = "message";
    d.detail = "detail";
    d.hint = "hint";
    d.position = 10;
    d.internal_position = 2'000'000'009;
    d.internal_query = "internal query";
    d.where = "where";
    d.schema = "schema";
    d.table = "table";
    d.column = "column";
    d.data_type = "data type";
    d.constraint = "constraint";
    d.file = "file";
    d.line = 7;
    d.routine = "routine";
    send_buffer out;
    REQUIRE(encode(out, notice_response{diagnostic_view(d).fields()}));
    auto const decoded = decode<notice_response>(out.pending().substr(5));
    REQUIRE(decoded);
    auto const back = to_diagnostic(decoded->fields);
    CHECK(back.severity == d.severity);
    CHECK(back.code == d.code);
    CHECK(back.message == d.message);
    CHECK(back.detail == d.detail);
    CHECK(back.hint == d.hint);
    CHECK(back.position == d.position);
    CHECK(back.internal_position == d.internal_position);
    CHECK(back.internal_query == d.internal_query);
    CHECK(back.where == d.where);
    CHECK(back.schema == d.schema);
    CHECK(back.table == d.table);
    CHECK(back.column == d.column);
    CHECK(back.data_type == d.data_type);
    CHECK(back.constraint == d.constraint);
    CHECK(back.file == d.file);
    CHECK(back.line == d.line);
    CHECK(back.routine == d.routine);
}

TEST_CASE("a text with a zero byte is sent up to it, so that every error can be sent") {
    diagnostic d;
    d.message = std::string("before\0after", 12);
    d.detail = std::string(1, '\0');
    auto const view = diagnostic_view(d);
    CHECK(view.fields().message == "before");
    CHECK(view.fields().detail.empty());
    CHECK(encoded_size(error_response{view.fields()}));
}

TEST_CASE("fields that are absent or wrong become a diagnostic all the same") {
    auto const nothing = to_diagnostic({});
    CHECK(nothing.severity == severity::error);
    CHECK(nothing.code == sqlstates::internal_error);
    CHECK(nothing.message.empty());
    CHECK(nothing.position == 0);

    CHECK(to_diagnostic({.severity = "WHAT"}).severity == severity::error);
    CHECK(to_diagnostic({.localized_severity = "NOTICE"}).severity == severity::notice);
    CHECK(to_diagnostic({.localized_severity = "PANIC", .severity = "DEBUG"}).severity == severity::debug);
    CHECK(to_diagnostic({.code = "42p01"}).code == sqlstates::internal_error);
    CHECK(to_diagnostic({.position = "4294967295"}).position == 4'294'967'295);
    CHECK(to_diagnostic({.position = "4294967296"}).position == 0);
    CHECK(to_diagnostic({.position = "99999999999999999999999"}).position == 0);
    CHECK(to_diagnostic({.position = "-1"}).position == 0);
    CHECK(to_diagnostic({.position = "1x"}).position == 0);
}

}  // namespace pgwire::test::diagnostics_tests
