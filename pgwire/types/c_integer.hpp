// Numbers as C's strtol, strtoul, atoi and scanf read them, which several of PostgreSQL's types leave to C.
//
// Floor 2, standard library only, constexpr. Source: C17, 7.22.1.4 and 7.21.6.2, in the "C" locale and where `long` has
// 64 bits, as on the platforms of PostgreSQL's servers; details as in glibc.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/digits.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace pgwire::detail {

/// What strtol and strtoul find at the beginning of a text.
struct c_integer {
    std::uint64_t magnitude = 0;  ///< the largest number if it overflowed
    std::string_view rest;        ///< what follows the number; the whole text if there is none
    bool found = false;           ///< false if the text does not begin with a number
    bool negative = false;
    bool overflow = false;        ///< it has more than 64 bits

    /// The number as strtoul gives it: a negative one wraps, but not what is too large.
    [[nodiscard]] constexpr std::uint64_t wrapped() const noexcept {
        return negative && !overflow ? std::uint64_t{0} - magnitude : magnitude;
    }
    /// As strtol gives it: the nearest number that there is.
    [[nodiscard]] constexpr std::int64_t clamped() const noexcept {
        constexpr auto most = std::numeric_limits<std::int64_t>::max();
        if (magnitude > std::uint64_t{most}) return negative ? std::numeric_limits<std::int64_t>::min() : most;
        auto const n = static_cast<std::int64_t>(magnitude);
        return negative ? -n : n;
    }
    /// As atoi gives it: the lower half of what strtol does.
    [[nodiscard]] constexpr std::int32_t lower_half() const noexcept {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(clamped())));
    }
    /// The number, if it is a `T`; without digits it is 0. @return or `out_of_range`
    template<std::signed_integral T>
    [[nodiscard]] constexpr result<T> as() const noexcept {
        auto const most = static_cast<std::uint64_t>(std::numeric_limits<T>::max()) + (negative ? 1U : 0U);
        if (magnitude > most) return errc::out_of_range;
        return static_cast<T>(negative ? std::uint64_t{0} - magnitude : magnitude);
    }
};

/// The number whose digits `text` begins with, behind what else belongs to it in `whole`.
template<unsigned Base>
[[nodiscard]] constexpr c_integer scan_digits(std::string_view whole, std::string_view text, bool negative) noexcept {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t n = 0;
    bool overflow = false;
    std::size_t i = 0;
    for (; i != text.size(); ++i) {
        int const digit = Base == 10 ? (is_digit(text[i]) ? text[i] - '0' : -1) : digit_value(text[i], Base);
        if (digit < 0) break;
        auto const d = static_cast<std::uint64_t>(digit);
        if (n >= most / Base) [[unlikely]] overflow = overflow || n > most / Base || n * Base > most - d;
        n = n * Base + d;
    }
    bool const found = i != 0;
    return {overflow ? most : n, found ? text.substr(i) : whole, found, negative, overflow};
}

/// Reads blanks, a sign and decimal digits.
[[nodiscard]] constexpr c_integer scan_integer(std::string_view text) noexcept {
    auto digits = trim_front(text);
    bool const negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    return scan_digits<10>(text, digits, negative);
}

/// The same with the bases of C: `0x1f` is hexadecimal, `017` octal.
[[nodiscard]] constexpr c_integer scan_integer_of_any_base(std::string_view text) noexcept {
    auto digits = trim_front(text);
    bool const negative = digits.starts_with('-');
    if (negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (!digits.starts_with('0')) return scan_digits<10>(text, digits, negative);
    bool const is_hex = digits.size() > 2 && to_lower(digits[1]) == 'x' && hex_value(digits[2]) >= 0;
    return is_hex ? scan_digits<16>(text, digits.substr(2), negative) : scan_digits<8>(text, digits, negative);
}

/// What scanf finds for `%x`, or `%2x` if `width` is 2, and takes off the text; 0 is no width. It drops the upper half.
[[nodiscard]] constexpr std::optional<std::uint32_t> scan_hex(std::string_view& text, std::size_t width) noexcept {
    std::string_view rest = trim_front(text);
    std::string_view field = width == 0 ? rest : rest.substr(0, width);
    std::size_t const size = field.size();
    bool const negative = field.starts_with('-');
    if (negative || field.starts_with('+')) field.remove_prefix(1);
    bool found = false;
    if (field.size() > 1 && field[0] == '0' && to_lower(field[1]) == 'x') {  // a number even without digits behind it
        field.remove_prefix(2);
        found = true;
    }
    std::uint64_t n = 0;
    bool overflow = false;
    for (; !field.empty() && hex_value(field.front()) >= 0; field.remove_prefix(1)) {
        overflow = overflow || n >> 60 != 0;
        n = n << 4 | static_cast<std::uint64_t>(hex_value(field.front()));
        found = true;
    }
    if (!found) return std::nullopt;
    rest.remove_prefix(size - field.size());
    text = rest;
    if (overflow) return std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(negative ? std::uint64_t{0} - n : n);
}

/// The number as a `T`. Of 32 bits PostgreSQL lets negative numbers down to -2^31 wrap, of 64 bits all of them.
/// @return or `out_of_range`
template<std::unsigned_integral T>
[[nodiscard]] constexpr result<T> narrow_unsigned(c_integer const& n) noexcept {
    auto const low = static_cast<T>(n.wrapped());
    if (n.overflow) return errc::out_of_range;
    if constexpr (sizeof(T) == 4) {
        auto const signed_low = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(low)});
        if (n.wrapped() != low && n.wrapped() != signed_low) return errc::out_of_range;
    }
    return low;
}

/// The whole text is a number of type `T`, with blanks around.
/// @return or `invalid_text`, `out_of_range`
template<class T>
[[nodiscard]] constexpr result<T> parse_c_unsigned(std::string_view text) noexcept {
    auto const n = scan_integer_of_any_base(text);
    if (!n.found) return errc::invalid_text;
    if (n.overflow) return errc::out_of_range;
    if (!trim_front(n.rest).empty()) return errc::invalid_text;
    return narrow_unsigned<T>(n);
}

}  // namespace pgwire::detail
