// Decimal and hexadecimal digits, and what else the text forms of several types have in common.
//
// Floor 2, standard library only, constexpr throughout (std::to_chars is not, in C++20).
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/errc.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace pgwire::detail {

[[nodiscard]] constexpr std::string_view trim_front(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return text;
}
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    text = trim_front(text);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Copies text to `p` and returns the end of it.
constexpr char* put(char* p, std::string_view text) noexcept { return std::copy_n(text.data(), text.size(), p); }

/// "00" to "99", one after the other.
inline constexpr auto digit_pairs = [] {
    std::array<char, 200> pairs{};
    for (std::size_t i = 0; i != 100; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}();

/// Two digits; `n` is at most 99.
constexpr char* put_pair(char* p, std::uint32_t n) noexcept {
    p[0] = digit_pairs[2 * n];
    p[1] = digit_pairs[2 * n + 1];
    return p + 2;
}

template<std::unsigned_integral T>
[[nodiscard]] constexpr unsigned count_digits(T n) noexcept {
    for (unsigned digits = 1;; digits += 4) {
        if (n < 10) return digits;
        if (n < 100) return digits + 1;
        if (n < 1000) return digits + 2;
        if (n < 10000) return digits + 3;
        n = static_cast<T>(n / 10000);
    }
}

/// The decimal digits of `n`, at least `width` of them.
template<std::unsigned_integral T>
constexpr char* put_unsigned(char* p, T n, unsigned width = 1) noexcept {
    unsigned const digits = std::max(count_digits(n), width);
    char* const end = p + digits;
    char* at = end;
    while (n >= 100) {
        at -= 2;
        put_pair(at, static_cast<std::uint32_t>(n % 100));
        n = static_cast<T>(n / 100);
    }
    if (n >= 10) {
        at -= 2;
        put_pair(at, static_cast<std::uint32_t>(n));
    } else {
        *--at = static_cast<char>('0' + n);
    }
    while (at != p) *--at = '0';
    return end;
}

template<std::signed_integral T>
constexpr char* put_signed(char* p, T n) noexcept {
    using word = std::make_unsigned_t<std::common_type_t<T, std::int32_t>>;
    auto bits = static_cast<word>(n);
    if (n < 0) {
        *p++ = '-';
        bits = word{0} - bits;
    }
    return put_unsigned(p, bits);
}

/// The most characters that a decimal integer of type T has, sign included.
template<std::integral T>
inline constexpr std::size_t max_digits = std::numeric_limits<T>::digits10 + 1 + (std::is_signed_v<T> ? 1 : 0);

inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    char const lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// A value of fixed width must have just its bytes: PostgreSQL calls too few a protocol violation, too many wrong.
[[nodiscard]] constexpr errc check_width(std::string_view bytes, std::size_t width) noexcept {
    return bytes.size() == width ? errc::none : bytes.size() < width ? errc::insufficient_data : errc::invalid_binary;
}

}  // namespace pgwire::detail
