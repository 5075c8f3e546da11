#include "pgwire/core/result.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <string>

namespace {

using pgwire::errc;
using pgwire::result;

TEST_CASE("a result made from a value holds it and no error", "[core][result]") {
    result<std::string> const r = std::string("portal");
    REQUIRE(r);
    CHECK(r.has_value());
    CHECK(*r == "portal");
    CHECK(r->size() == 6);
    CHECK(r.error() == errc::none);
}

TEST_CASE("a result made from an errc holds no value and says why", "[core][result]") {
    result<std::string> const r = errc::out_of_range;
    CHECK_FALSE(r);
    CHECK_FALSE(r.has_value());
    CHECK(r.error() == errc::out_of_range);
}

TEST_CASE("a result can be moved out of, also when its type cannot be copied", "[core][result]") {
    result<std::unique_ptr<int>> r = std::make_unique<int>(42);
    auto const taken = *std::move(r);
    REQUIRE(taken != nullptr);
    CHECK(*taken == 42);
}

TEST_CASE("a result's value can be changed in place", "[core][result]") {
    result<int> r = 1;
    *r = 2;
    CHECK(*r == 2);
}

TEST_CASE("results compare by value, and by error when there is none", "[core][result]") {
    CHECK(result<int>(1) == result<int>(1));
    CHECK_FALSE(result<int>(1) == result<int>(2));
    CHECK_FALSE(result<int>(0) == result<int>(errc::out_of_range));
    CHECK_FALSE(result<int>(errc::invalid_text) == result<int>(errc::out_of_range));
    CHECK(result<void>() == result<void>(errc::none));
    CHECK_FALSE(result<void>() == result<void>(errc::trailing_data));
}

TEST_CASE("a result without a type is a success unless it is made from an error", "[core][result]") {
    CHECK(result<void>());
    CHECK_FALSE(result<void>(errc::trailing_data));
    CHECK(result<void>(errc::trailing_data).error() == errc::trailing_data);
}

}  // namespace
