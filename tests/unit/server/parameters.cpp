// What a handler reads from the values that are bound, and what the client is told of those that it can't read.
#include "pgwire/types.hpp"
#include "tests/support/encoded.hpp"
#include "tests/support/engine.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::parameters_tests {

namespace {

using namespace std::string_view_literals;

/// Reads its only parameter as a `T`, and gives it back.
template<class T>
struct reading {
    struct line {
        T value;
    };
    auto execute(request const& r) { return rows{line{r.parameters.get<T>(0)}}; }
};

/// The row that answers the value, or the error, when it is bound in this format.
template<class T, class Sent>
std::string read_as(Sent const& sent, format f = format::binary) {
    auto const bytes = encoded(sent, f);
    auto const output = conversation(
        reading<T>{}, {parse("", "x $1", {type_of<Sent>.type}), bind("", "", {bytes}, {f}), execute(), sync()});
    auto const errors = diagnostics_in(output);
    return errors.empty() ? rows_in(output) : std::string(errors[0].code.view()) + ' ' + errors[0].message;
}

}  // namespace

TEST_CASE("a parameter of a smaller type is read as the one that is wanted") {
    CHECK(read_as<std::int64_t>(std::int16_t{5}) == read_as<std::int64_t>(std::int64_t{5}));
    CHECK(read_as<double>(std::int16_t{5}) == read_as<double>(5.0));
    CHECK(read_as<std::vector<int>>(std::vector<std::int16_t>{1, 2}) == read_as<std::vector<int>>(std::vector{1, 2}));
}
TEST_CASE("what a parameter can't be read as is said with both types") {
    CHECK(read_as<std::int64_t>(1.5) ==
          "42804 parameter $1 of type double precision cannot be coerced to the expected type bigint");
    CHECK(read_as<bool>(std::int16_t{1}) ==
          "42804 parameter $1 of type smallint cannot be coerced to the expected type boolean");
    CHECK(read_as<std::vector<int>>(std::vector{true}) ==
          "42804 parameter $1 of type boolean[] cannot be coerced to the expected type integer[]");
    CHECK(read_as<std::int16_t>(70'000) == "22003 smallint out of range");
}
TEST_CASE("of a text that is no value the type is named that it should be") {
    CHECK(read_as<int>("x"sv) == "22P02 invalid input syntax for type integer: \"x\"");
    CHECK(read_as<int>("x"sv, format::text) == "22P02 invalid input syntax for type integer: \"x\"");
    CHECK(read_as<std::int16_t>("70000"sv, format::text) == "22003 value \"70000\" is out of range for type smallint");
    CHECK(read_as<int>(1.5, format::text) == "22P02 invalid input syntax for type integer: \"1.5\"");
}

}  // namespace pgwire::test::parameters_tests
