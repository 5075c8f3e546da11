// Floats that are written with Dragonbox: the texts are those that std::to_chars gives.
#include "pgwire/types.hpp"

#include "../../support/catch.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace pgwire::test::dragonbox_tests {

namespace {

template<class T>
std::string_view text(char (&buffer)[detail::max_float_text], T v) {
    char const* const end = codec<T>::to_text(buffer, v, default_text_style);
    return {buffer, static_cast<std::size_t>(end - buffer)};
}

template<class T, class Word>
void compare_with_to_chars() {
    std::mt19937_64 random(7);
    for (int i = 0; i != 20'000; ++i) {
        T v = std::bit_cast<T>(static_cast<Word>(random()));
        if (i % 3 == 1) v = static_cast<T>(random() >> 11) / static_cast<T>(9e12);
        if (i % 3 == 2) v = static_cast<T>(std::ldexp(static_cast<double>(random() >> 40), -static_cast<int>(random() % 60)));
        constexpr T all_whole = T(std::uint64_t{1} << std::numeric_limits<T>::digits);  // there PostgreSQL differs
        if (!(std::abs(v) < all_whole)) continue;
        bool const positional = std::abs(v) >= T(1e-4) && std::abs(v) < detail::first_with_exponent<T>;
        char expected[64];
        char const* const end = std::to_chars(expected, expected + 64, v,
                                              positional || v == 0 ? std::chars_format::fixed : std::chars_format::scientific).ptr;
        char buffer[detail::max_float_text];
        REQUIRE(text(buffer, v) == std::string_view(expected, static_cast<std::size_t>(end - expected)));
    }
}

}  // namespace

TEST_CASE("Dragonbox gives the same texts as the standard library") {
    compare_with_to_chars<double, std::uint64_t>();
    compare_with_to_chars<float, std::uint32_t>();
}

TEST_CASE("digits of Dragonbox that lie between two floats are replaced, as in PostgreSQL") {
    char buffer[detail::max_float_text];
    CHECK(text(buffer, 1e23) == "9.999999999999999e+22");
    CHECK(text(buffer, 1e22) == "1e+22");
    CHECK(text(buffer, 5e-324) == "5e-324");
    CHECK(text(buffer, 0.3F) == "0.3");
}

}  // namespace pgwire::test::dragonbox_tests
