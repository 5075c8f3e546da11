// real and double precision.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Floating-Point Types". How they are written stands
// in `float_text.hpp`.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/float_text.hpp"
#include "pgwire/types/numeric_forms.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace pgwire {

namespace detail {

/// A number of so few digits that it is one division of two exact numbers, which rounds once; nearly every number is.
/// @return or NaN, which says nothing
template<host_float T>
[[nodiscard]] constexpr T parse_short_float(std::string_view text) noexcept {
    constexpr T no = std::numeric_limits<T>::quiet_NaN();
    constexpr std::size_t most = std::numeric_limits<T>::digits10;  // 6 and 15; powers of ten are exact up to 10 and 22
    if (text.size() > most + 1) return no;
    std::uint64_t n = 0;
    std::size_t point = text.size();
    for (std::size_t i = 0; i != text.size(); ++i) {
        if (is_digit(text[i])) n = n * 10 + static_cast<std::uint64_t>(text[i] - '0');
        else if (text[i] == '.' && point == text.size()) point = i;
        else return no;
    }
    bool const has_point = point != text.size();
    std::size_t const digits = text.size() - (has_point ? 1 : 0);
    if (digits == 0 || digits > most) return no;
    return T(n) / T(powers_of_ten[has_point ? digits - point : 0]);
}

/// Not a number: what stands behind the word, which is nothing or `(letters, digits and underscores)`. If those are a
/// number of C's, its low bits are in the NaN, as glibc has it.
template<host_float T>
[[nodiscard]] constexpr result<T> parse_nan_payload(std::string_view text) noexcept {
    using word = float_word<T>;
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    if (text.empty()) return nan;
    if (text.size() < 2 || text.front() != '(' || text.back() != ')') return errc::invalid_text;
    text = text.substr(1, text.size() - 2);
    for (char const c : text)
        if (!is_digit(c) && c != '_' && (to_lower(c) < 'a' || to_lower(c) > 'z')) return errc::invalid_text;
    unsigned const base = !text.starts_with('0') ? 10 : base_of(text) == 16 ? 16 : 8;
    if (base == 16) text.remove_prefix(2);
    std::uint64_t bits = 0;
    for (char const c : text) {
        int const digit = digit_value(c, base);
        if (digit < 0) return nan;
        if (bits > (~std::uint64_t{0} - static_cast<unsigned>(digit)) / base) return errc::invalid_text;
        bits = bits * base + static_cast<unsigned>(digit);
    }
    constexpr word room = (word{1} << (std::numeric_limits<T>::digits - 2)) - 1;
    return std::bit_cast<T>(static_cast<word>(std::bit_cast<word>(nan) | (static_cast<word>(bits) & room)));
}

/// What C's strtod makes of all of `text`, blanks around it included; locale plays no part.
template<host_float T>
[[nodiscard]] result<T> parse_float(std::string_view text) noexcept {
    text = trim(text);
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    auto const sign = [&](T v) { return negative ? -v : v; };
    if (text.empty()) return errc::invalid_text;

    if (T const v = parse_short_float<T>(text); v == v) return sign(v);
    if (!is_digit(text.front()) && text.front() != '.') {
        if (equals_ignoring_case(text, "infinity") || equals_ignoring_case(text, "inf"))
            return sign(std::numeric_limits<T>::infinity());
        if (!equals_ignoring_case(text.substr(0, 3), "nan")) return errc::invalid_text;
        auto const payload = parse_nan_payload<T>(text.substr(3));
        if (!payload) return payload.error();
        return sign(*payload);
    }

    bool const hex = text.size() > 2 && text[0] == '0' && to_lower(text[1]) == 'x';
    if (hex) text.remove_prefix(2);
    if (text.front() == '+' || text.front() == '-') return errc::invalid_text;
    T v{};
    char const* const last = text.data() + text.size();
    auto const [end, error] =
        std::from_chars(text.data(), last, v, hex ? std::chars_format::hex : std::chars_format::general);
    if (error == std::errc::invalid_argument || end != last) return errc::invalid_text;
    if (error == std::errc::result_out_of_range || !is_finite(v)) return errc::out_of_range;
    return sign(v);
}

}  // namespace detail

/// `float` and `double`. `extra_float_digits` below 1 asks for that many digits less than the type surely holds.
template<detail::host_float T>
struct codec<T> {
    static constexpr type_info type = sizeof(T) == 4 ? types::float4 : types::float8;

    static constexpr std::size_t text_size(T) noexcept { return detail::max_float_text; }

    static char* to_text(char* p, T v, text_style const& style) noexcept {
        return detail::put_float(p, v, style.extra_float_digits);
    }

    /// Numbers as in C, hexadecimal ones too; `Infinity`, `inf` and `NaN` in any case; blanks around. A number too
    /// large, or too small to be anything but zero, is out of range.
    static result<T> from_text(std::string_view text) noexcept { return detail::parse_float<T>(text); }

    static constexpr std::size_t binary_width = sizeof(T);
    static constexpr std::size_t binary_size(T) noexcept { return sizeof(T); }
    static constexpr char* to_binary(char* p, T v) noexcept { return store(p, std::bit_cast<word>(v)); }
    static constexpr result<T> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, sizeof(T)); e != errc::none) return e;
        return std::bit_cast<T>(load<word>(bytes.data()));
    }

private:
    using word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
};

}  // namespace pgwire
