// Decimal numbers as a whole number of units of 10^-scale, such as 12345 hundredths: written and read exactly.
//
// Floor 2, standard library only. What `int128`, `fixed_point` and `scaled` have in common. Where the compiler has no
// integers of 128 bits, the widest has 64.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/decimal_text.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/numeric_binary.hpp"
#include "pgwire/types/numeric_forms.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

#if defined(__SIZEOF_INT128__)
/// An integer of 128 bits: up to 38 digits, and most numbers of 39.
__extension__ typedef __int128 int128;
#endif

namespace detail {

#if defined(__SIZEOF_INT128__)
__extension__ typedef unsigned __int128 wide_unsigned;
using wide_signed = int128;
#else
using wide_unsigned = std::uint64_t;
using wide_signed = std::int64_t;
#endif

/// The most digits that `wide_unsigned` has.
inline constexpr std::size_t wide_digits = sizeof(wide_unsigned) == 16 ? 39 : 20;

/// `magnitude` × 10^-`scale`, negative or not. The magnitude is at most 2^127 (2^63), what a signed integer can have.
struct decimal_units {
    wide_unsigned magnitude = 0;
    int scale = 0;
    bool negative = false;

    static constexpr wide_unsigned most = wide_unsigned{1} << (8 * sizeof(wide_unsigned) - 1);

    /// Appends `count` digits, at most four, which are this number.
    /// @return whether they fit
    [[nodiscard]] constexpr bool append(std::uint32_t digits, unsigned count) noexcept {
        constexpr std::array<wide_unsigned, 5> bounds{most, most / 10, most / 100, most / 1000, most / 10'000};
        if (magnitude > bounds[count]) return false;
        magnitude = magnitude * static_cast<std::uint32_t>(powers_of_ten[count]) + digits;
        return magnitude <= most;
    }
    [[nodiscard]] constexpr bool append(std::string_view digits) noexcept {
        for (; digits.size() >= 4; digits.remove_prefix(4))
            if (!append(read_four(digits.data()), 4)) return false;
        for (char const c : digits)
            if (!append(static_cast<std::uint32_t>(c - '0'), 1)) return false;
        return true;
    }
    [[nodiscard]] constexpr bool append_zeros(int count) noexcept {
        for (; count > 0 && magnitude != 0; --count)
            if (!append(0, 1)) return false;
        return true;
    }
};

template<class Integer>
[[nodiscard]] constexpr decimal_units units_of(Integer v, int scale) noexcept {
    auto const bits = static_cast<wide_unsigned>(v);
    return {.magnitude = v < 0 ? wide_unsigned{0} - bits : bits, .scale = scale, .negative = v < 0};
}
/// @return or `out_of_range`
template<class Integer>
[[nodiscard]] constexpr result<Integer> to_integer(decimal_units const& u) noexcept {
    constexpr wide_unsigned bound = wide_unsigned{1} << (8 * sizeof(Integer) - 1);
    if (u.magnitude > bound || (u.magnitude == bound && !u.negative)) return errc::out_of_range;
    return static_cast<Integer>(u.negative ? wide_unsigned{0} - u.magnitude : u.magnitude);
}

// Writing.

constexpr char* put_wide(char* p, wide_unsigned n) noexcept {
    if constexpr (sizeof(n) > 8) {
        constexpr std::uint64_t chunk = 10'000'000'000'000'000'000U;  // 19 digits
        if (n >> 64 != 0) {
            p = put_wide(p, n / chunk);
            return put_unsigned(p, static_cast<std::uint64_t>(n % chunk), 19);
        }
    }
    return put_unsigned(p, static_cast<std::uint64_t>(n));
}

[[nodiscard]] constexpr std::size_t units_text_size(int scale) noexcept {
    return std::max(wide_digits, static_cast<std::size_t>(scale) + 1) + 2;
}
constexpr char* put_units_text(char* p, decimal_units const& u) noexcept {
    if (u.negative) *p++ = '-';
    if (u.scale == 0) return put_wide(p, u.magnitude);
    char digits[wide_digits];
    char const* const end = put_wide(digits, u.magnitude);
    int const whole = static_cast<int>(end - digits) - u.scale;  // digits before the point
    if (whole > 0) p = std::copy_n(digits, whole, p);
    else *p++ = '0';
    *p++ = '.';
    if (whole < 0) p = std::fill_n(p, -whole, '0');
    return std::copy(static_cast<char const*>(digits) + std::max(whole, 0), end, p);
}

inline constexpr std::size_t units_binary_size = 8 + 2 * (wide_digits / 4 + 2);

constexpr char* put_units_binary(char* p, decimal_units const& u) noexcept {
    if (u.magnitude == 0) {
        put_numeric_head(p, 0, 0, numeric_sign::positive, u.scale);
        return p + 8;
    }
    char digits[3 + wide_digits] = {'0', '0', '0'};
    char const* const begin = digits + 3;
    char const* const end = put_wide(digits + 3, u.magnitude);
    auto const between = [](char const* a, char const* b) {
        return std::string_view(a, static_cast<std::size_t>(b - a));
    };
    plain_decimal d{.whole = {}, .fraction = {}, .negative = u.negative, .valid = true};
    int const whole = static_cast<int>(end - begin) - u.scale;
    if (whole >= 0) {
        d.whole = between(begin, begin + whole);
        d.fraction = between(begin + whole, end);
        return put_numeric_binary(p, d);
    }
    d.fraction = between(begin - -whole % 4, end);  // zeros that do not fill a group
    return put_numeric_binary(p, d, -whole / 4);
}

// Reading. `scale` says what the units are; -1 takes as many digits behind the point as the number has.

/// @return or `out_of_range`: the number has more digits than fit or than the scale has room for, or is no number
[[nodiscard]] constexpr result<decimal_units> read_units(numeric_groups const& n, int scale) noexcept {
    if (!n.finite()) return errc::out_of_range;
    decimal_units u{.magnitude = 0, .scale = scale < 0 ? n.scale : scale, .negative = n.sign == numeric_sign::negative};
    if (n.groups.empty()) return u;
    for (int index = n.weight; index >= 0; --index)
        if (!u.append(n.group(index), 4)) return errc::out_of_range;
    int const end = std::max(u.scale, n.scale);
    for (int at = 0; at < end; at += 4) {  // digits behind the point
        auto const cut = [&](int digits) {
            return powers_of_ten[static_cast<std::size_t>(4 - std::clamp(digits - at, 0, 4))];
        };
        auto const group = n.group(-1 - at / 4);
        auto const counts = group - group % static_cast<std::uint32_t>(cut(n.scale));
        auto const unit = static_cast<std::uint32_t>(cut(u.scale));
        if (counts % unit != 0) return errc::out_of_range;
        auto const room = static_cast<unsigned>(std::clamp(u.scale - at, 0, 4));
        if (!u.append(counts / unit, room)) return errc::out_of_range;
    }
    return u;
}

[[nodiscard]] constexpr result<decimal_units> read_units(plain_decimal const& d, int scale) noexcept {
    decimal_units u{.magnitude = 0, .scale = scale < 0 ? d.scale() : scale, .negative = d.negative};
    auto const kept = d.fraction.substr(0, static_cast<std::size_t>(u.scale));
    if (d.fraction.find_first_not_of('0', kept.size()) != d.fraction.npos) return errc::out_of_range;
    if (!u.append(d.whole) || !u.append(kept) || !u.append_zeros(u.scale - static_cast<int>(kept.size())))
        return errc::out_of_range;
    return u;
}
[[nodiscard]] constexpr result<decimal_units> read_units(decimal const& d, int scale) noexcept {
    if (!d.finite()) return errc::out_of_range;
    decimal_units u{.magnitude = 0, .scale = scale < 0 ? d.scale() : scale, .negative = d.negative()};
    if (d.zero()) return u;
    if (d.last() < -u.scale) return errc::out_of_range;
    for (int power = d.first(); power >= -u.scale; --power)
        if (!u.append(static_cast<std::uint32_t>(d.digit(power)), 1)) return errc::out_of_range;
    return u;
}

/// Any spelling of a numeric.
/// @return or `invalid_text`, `out_of_range`
[[nodiscard]] constexpr result<decimal_units> units_from_text(std::string_view text, int scale) {
    auto const units = visit_decimal(text, [scale](auto const& d) { return read_units(d, scale); });
    return units ? *units : units.error();
}
/// @return or `insufficient_data`, `invalid_binary`, `out_of_range`
[[nodiscard]] constexpr result<decimal_units> units_from_binary(std::string_view bytes, int scale) noexcept {
    auto const n = read_numeric(bytes);
    if (!n) return n.error();
    return read_units(*n, scale);
}

}  // namespace detail

}  // namespace pgwire
