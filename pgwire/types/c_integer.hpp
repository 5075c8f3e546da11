// Numbers as C's strtoul and scanf read them, which several of PostgreSQL's types leave to C.
//
// Floor 2, standard library only, constexpr. Source: C17, 7.22.1.4 and 7.21.6.2, in the "C" locale and where `long` has
// 64 bits, as on the platforms of PostgreSQL's servers; details as in glibc.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/digits.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace pgwire::detail {

/// What strtoul finds.
struct c_integer {
    std::uint64_t value = 0;  ///< the largest number if it overflowed; a negative number wraps
    std::string_view rest;    ///< what follows the number; the whole text if there is none
    bool found = false;       ///< false if the text does not begin with a number
    bool overflow = false;
};

/// Reads blanks, a sign and digits. Base 0 is C's: `0x1f` is hexadecimal, `017` octal, else decimal.
[[nodiscard]] constexpr c_integer scan_unsigned(std::string_view text, unsigned base) noexcept {
    c_integer n{.rest = text};
    text = trim_front(text);
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    bool const zero = text.starts_with('0');
    if ((base == 0 || base == 16) && zero && text.size() > 2 && to_lower(text[1]) == 'x' && hex_value(text[2]) >= 0) {
        text.remove_prefix(2);
        base = 16;
    }
    if (base == 0) base = zero ? 8 : 10;
    for (; !text.empty(); text.remove_prefix(1)) {
        int const digit = hex_value(text.front());
        if (digit < 0 || static_cast<unsigned>(digit) >= base) break;
        constexpr auto most = std::numeric_limits<std::uint64_t>::max();
        auto const d = static_cast<std::uint64_t>(digit);
        if (n.value > (most - d) / base) n.overflow = true;
        n.value = n.value * base + d;
        n.found = true;
    }
    if (n.found) n.rest = text;
    if (n.overflow) n.value = std::numeric_limits<std::uint64_t>::max();
    else if (negative) n.value = std::uint64_t{0} - n.value;
    return n;
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

/// The whole text is a number of type `T`, with blanks around. Of 32 bits PostgreSQL lets negative numbers down to
/// -2^31 wrap, of 64 bits all of them.
/// @return or `invalid_text`, `out_of_range`
template<class T>
[[nodiscard]] constexpr result<T> parse_c_unsigned(std::string_view text) noexcept {
    auto const n = scan_unsigned(text, 0);
    if (!n.found) return errc::invalid_text;
    if (n.overflow) return errc::out_of_range;
    if (!trim_front(n.rest).empty()) return errc::invalid_text;
    auto const low = static_cast<T>(n.value);
    if constexpr (sizeof(T) == 4) {
        auto const wrapped = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(low)});
        if (n.value != low && n.value != wrapped) return errc::out_of_range;
    }
    return low;
}

}  // namespace pgwire::detail
