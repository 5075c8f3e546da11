// A string literal as a template argument: `col<"id", int>`.
//
// Floor 0, standard library only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pgwire {

/// A string of fixed length that may be a template argument. `N` counts the terminating NUL.
template<std::size_t N>
struct fixed_string {
    char chars[N]{};

    consteval fixed_string(char const (&text)[N]) { std::copy_n(text, N, chars); }  // NOLINT: a literal is one

    [[nodiscard]] constexpr std::string_view view() const noexcept { return {chars, N - 1}; }

    friend constexpr bool operator==(fixed_string const&, fixed_string const&) = default;
};

}  // namespace pgwire
