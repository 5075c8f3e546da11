#include "pgwire/core/errc.hpp"
#include "pgwire/core/sqlstate.hpp"

#include "tests/support/catch.hpp"

#include <set>
#include <string>

namespace {

using pgwire::errc;
using pgwire::sqlstate;
namespace sqlstates = pgwire::sqlstates;

TEST_CASE("a default SQLSTATE is successful completion", "[core][sqlstate]") {
    CHECK(sqlstate() == sqlstates::successful_completion);
    CHECK(sqlstate().view() == "00000");
}

TEST_CASE("a SQLSTATE's class is its first two characters", "[core][sqlstate]") {
    CHECK(sqlstates::undefined_table.view() == "42P01");
    CHECK(sqlstates::undefined_table.category() == "42");
}

TEST_CASE("a SQLSTATE from outside is kept if it is five digits or upper-case letters", "[core][sqlstate]") {
    auto const text = GENERATE(as<std::string>{}, "00000", "42P01", "ZZZZZ", "P0001");
    CHECK(sqlstate::parse(text).view() == text);
}

TEST_CASE("what is not a SQLSTATE becomes internal error", "[core][sqlstate]") {
    auto const text = GENERATE(as<std::string>{}, "", "4200", "420000", "42p01", "42 01", "42-01", "\x80\x80\x80\x80\x80");
    CAPTURE(text);
    CHECK(sqlstate::parse(text) == sqlstates::internal_error);
}

TEST_CASE("every errc has a sentence of its own kind and a SQLSTATE that is an error", "[core][errc]") {
    for (unsigned i = 1; i <= static_cast<unsigned>(errc::unsupported); ++i) {
        auto const e = static_cast<errc>(i);
        CAPTURE(i);
        CHECK(pgwire::message(e) != "unknown error");
        CHECK(pgwire::message(e) != "success");
        CHECK_FALSE(pgwire::to_sqlstate(e) == sqlstates::successful_completion);
        CHECK((pgwire::to_sqlstate(e) == sqlstates::internal_error) == (e == errc::malformed_value));
    }
}

TEST_CASE("what a client does wrong in a message is a protocol violation", "[core][errc]") {
    auto const e = GENERATE(errc::insufficient_data, errc::invalid_string, errc::trailing_data, errc::invalid_value,
                            errc::invalid_length, errc::unknown_message_type, errc::unexpected_data);
    CHECK(pgwire::to_sqlstate(e).view() == "08P01");
}

TEST_CASE("no error is success", "[core][errc]") {
    CHECK(pgwire::message(errc::none) == "success");
    CHECK(pgwire::to_sqlstate(errc::none) == sqlstates::successful_completion);
}

TEST_CASE("a number that is no errc has a sentence and is an internal error", "[core][errc]") {
    CHECK(pgwire::message(static_cast<errc>(255)) == "unknown error");
    CHECK(pgwire::to_sqlstate(static_cast<errc>(255)) == sqlstates::internal_error);
}

}  // namespace
