#include "pgwire/core/error.hpp"

#include "tests/support/catch.hpp"

#include <string>

namespace {

using pgwire::severity;
using pgwire::sql_error;
namespace sqlstates = pgwire::sqlstates;

TEST_CASE("a sql_error carries its SQLSTATE and message, and is an ERROR", "[core][error]") {
    sql_error const e{sqlstates::undefined_table, "relation \"t\" does not exist"};
    CHECK(e.code() == sqlstates::undefined_table);
    CHECK(std::string(e.what()) == "relation \"t\" does not exist");
    CHECK(e.fields().severity == severity::error);
    CHECK(e.fields().position == 0);
    CHECK(e.fields().detail.empty());
}

TEST_CASE("what a sql_error is given where it is thrown arrives where it is caught", "[core][error]") {
    try {
        throw sql_error{sqlstates::undefined_column, "no such column"}
            .position(15)
            .detail("the table has two")
            .hint("look at \\d")
            .where("a view")
            .fatal();
    } catch (std::exception const& caught) {
        auto const& fields = dynamic_cast<sql_error const&>(caught).fields();
        CHECK(fields.code == sqlstates::undefined_column);
        CHECK(fields.message == "no such column");
        CHECK(fields.position == 15);
        CHECK(fields.detail == "the table has two");
        CHECK(fields.hint == "look at \\d");
        CHECK(fields.where == "a view");
        CHECK(fields.severity == severity::fatal);
    }
}

TEST_CASE("a sql_error can be made from a diagnostic, with fields that have no setter", "[core][error]") {
    pgwire::diagnostic fields;
    fields.code = sqlstates::unique_violation;
    fields.message = "duplicate key";
    fields.constraint = "t_pkey";
    sql_error const e(fields);
    CHECK(e.fields().constraint == "t_pkey");
    CHECK(e.code() == sqlstates::unique_violation);
}

TEST_CASE("a diagnostic that nobody filled in is an internal error", "[core][error]") {
    CHECK(pgwire::diagnostic{}.code == sqlstates::internal_error);
    CHECK(pgwire::diagnostic{}.severity == severity::error);
}

}  // namespace
