// real and double precision as text, with the fewest digits that give the same number back.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Floating-Point Types", and `extra_float_digits` in
// "Locale and Formatting". The layout is PostgreSQL's: `42`, `0.0001`, `1e-05`, `1e+15`, `Infinity`, `NaN`.
//
// Whole numbers and those of few decimals are done here. For all others std::to_chars finds the digits, or, a good deal
// faster, a library that you bring: the macro PGWIRE_SHORTEST_FLOATS names a header, such as
// <pgwire/types/dragonbox.hpp>, which defines in the namespace pgwire
//
//     decimal_digits shortest_digits(double v) noexcept;  // v is above 0 and finite
//     decimal_digits shortest_digits(float v) noexcept;
//
// and gets the same texts. Define it for the whole program: one that mixes both kinds does not link.
#pragma once

#include "pgwire/types/decimal_digits.hpp"
#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

#if defined(PGWIRE_SHORTEST_FLOATS)
#include PGWIRE_SHORTEST_FLOATS
#endif

namespace pgwire::detail {

// As in pgwire/net/asio.hpp: linkers compare whether each thread has its own of this, and say its name.
#if defined(_MSC_VER)
#if defined(PGWIRE_SHORTEST_FLOATS)
#pragma detect_mismatch("pgwire: a program writes floats in one way", "PGWIRE_SHORTEST_FLOATS")
#else
#pragma detect_mismatch("pgwire: a program writes floats in one way", "std::to_chars")
#endif
#elif defined(PGWIRE_SHORTEST_FLOATS)
[[gnu::used]] inline thread_local constinit char a_program_writes_floats_in_one_way = 0;
#else
[[gnu::used]] inline constinit char a_program_writes_floats_in_one_way = 0;
#endif

template<class T>
concept host_float = (std::same_as<T, float> || std::same_as<T, double>)&&std::numeric_limits<T>::is_iec559;

/// A float's bits, as a number. What they say needs no <cmath>, which is long.
template<host_float T>
using float_word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template<host_float T>
[[nodiscard]] constexpr bool has_sign(T v) noexcept {
    return std::bit_cast<float_word<T>>(v) >> (8 * sizeof(T) - 1) != 0;
}
template<host_float T>
[[nodiscard]] constexpr bool is_finite(T v) noexcept {
    return v >= std::numeric_limits<T>::lowest() && v <= std::numeric_limits<T>::max();
}

/// No float's text is longer.
inline constexpr std::size_t max_float_text = 32;

/// From this power of ten on, and below 10^-4, numbers are written with an exponent.
template<host_float T>
inline constexpr int first_exponent = std::numeric_limits<T>::digits10;  // 6 and 15

/// 10^`first_exponent`.
template<host_float T>
inline constexpr T first_with_exponent = sizeof(T) == 4 ? T(1e6) : T(1e15);

/// Writes digits in PostgreSQL's layout.
template<host_float T>
constexpr char* put_layout(char* p, decimal_digits const& d) noexcept {
    int const count = static_cast<int>(count_digits(d.digits));
    int const whole = count + d.exponent;  // digits before the point
    if (whole - 1 >= first_exponent<T> || whole - 1 < -4) {
        char* const end = put_unsigned(p + 1, d.digits);
        p[0] = p[1];
        p[1] = '.';
        p = count == 1 ? p + 1 : end;
        *p++ = 'e';
        *p++ = whole - 1 < 0 ? '-' : '+';
        return put_unsigned(p, static_cast<std::uint32_t>(whole < 1 ? 1 - whole : whole - 1), 2);
    }
    if (whole <= 0) {
        p = put(p, std::string_view("0.000").substr(0, static_cast<std::size_t>(2 - whole)));
        return put_unsigned(p, d.digits);
    }
    if (d.exponent >= 0) return std::fill_n(put_unsigned(p, d.digits), d.exponent, '0');
    char* const end = put_unsigned(p + 1, d.digits);
    std::copy(p + 1, p + 1 + whole, p);
    p[whole] = '.';
    return end;
}

/// Writes `v` if it has at most `Decimals` digits behind the point, and as many in all as the type surely holds; else
/// returns nullptr. `v` is above 0, and `max_float_text` bytes are free.
///
/// Of decimal numbers with 15 (6) digits no two are the same double (float). So one that gives `v` back is the only one
/// and has its fewest digits; and it does: numbers below 2^53 and powers of ten are exact, and division rounds once.
template<unsigned Decimals, host_float T>
char* put_few_decimals(char* p, T v) noexcept {
    constexpr auto scale = static_cast<std::uint32_t>(powers_of_ten[Decimals]);
    constexpr T limit = first_with_exponent<T> / T(scale);
    if (!(v < limit)) return nullptr;
    auto const n = static_cast<std::uint64_t>(v * T(scale) + T(0.5));
    if (T(n) / T(scale) != v || n >= static_cast<std::uint64_t>(first_with_exponent<T>)) return nullptr;
    if (v < T(1e-4)) return nullptr;  // written with an exponent
    if (n < 100'000'000) {  // the digits on both sides of the point from one split
        auto const split = split_eight(static_cast<std::uint32_t>(n));
        auto const zeros = leading_zeros(split, Decimals + 1);
        store(p, (split | eight_zeros) << zeros);
        p += 8 - Decimals - zeros / 8;
        *p++ = '.';
        store(p, (split | eight_zeros) << (64 - 8 * Decimals));
    } else {
        p = put_digits(p, n / scale);
        *p++ = '.';
        store(p, (split_eight(static_cast<std::uint32_t>(n % scale)) | eight_zeros) << (64 - 8 * Decimals));
    }
    p += Decimals;
    while (p[-1] == '0') --p;
    return p[-1] == '.' ? p - 1 : p;
}

/// Whether `d`, the shortest digits of `v`, lies just between `v` and its neighbour. Rounding to even would read it
/// back as `v`, but PostgreSQL does not rely on that and writes another digit: 1e23 is `9.999999999999999e+22`. This
/// happens only where numbers are whole and wider apart than 1: there `digits * 10^exponent` is `(2m ± 1) * 2^x`.
template<host_float T>
[[nodiscard]] bool between_neighbours(T v, decimal_digits const& d) noexcept {
    constexpr int bits = std::numeric_limits<T>::digits;
    if (d.exponent < 0) return false;
    std::uint64_t odd = d.digits;
    while (odd % 2 == 0) odd /= 2;
    for (int power = d.exponent; power != 0; --power) {
        if (odd >> (bits + 2) != 0) return false;
        odd *= 5;
    }
    constexpr std::uint64_t implied = std::uint64_t{1} << (bits - 1);  // a bit of every number of this size
    std::uint64_t const m = implied | (std::bit_cast<float_word<T>>(v) & (implied - 1));
    bool const narrow_below = m == implied;
    return odd == 2 * m + 1 || odd == (narrow_below ? 4 * m - 1 : 2 * m - 1);
}

/// What `[d.ddd]e±dd` says.
[[nodiscard]] constexpr decimal_digits read_scientific(std::string_view text) noexcept {
    std::size_t const e = text.rfind('e');
    decimal_digits d;
    for (char const c : text.substr(0, e))
        if (c != '.') d.digits = d.digits * 10 + static_cast<std::uint64_t>(c - '0');
    for (char const c : text.substr(e + 2)) d.exponent = d.exponent * 10 + (c - '0');
    if (text[e + 1] == '-') d.exponent = -d.exponent;
    d.exponent -= e == 1 ? 0 : static_cast<int>(e) - 2;
    return d;
}

/// Numbers so large that all of their kind are whole. `v` is above 0.
template<host_float T>
char* put_large(char* p, T v) noexcept {
    char* end = std::to_chars(p, p + max_float_text, v, std::chars_format::scientific).ptr;
    auto const written = [&] { return std::string_view(p, static_cast<std::size_t>(end - p)); };
    while (between_neighbours(v, read_scientific(written()))) {
        auto const mantissa = static_cast<int>(written().rfind('e'));
        int const decimals = mantissa == 1 ? 1 : mantissa - 1;  // one more than now
        end = std::to_chars(p, p + max_float_text, v, std::chars_format::scientific, decimals).ptr;
    }
    return end;
}

/// The shortest text of a finite number, in PostgreSQL's layout.
template<host_float T>
char* put_shortest(char* p, T v) noexcept {
    if (has_sign(v)) {
        *p++ = '-';
        v = -v;
    }
    if (v < first_with_exponent<T>) [[likely]] {
        auto const whole = static_cast<std::uint64_t>(v);
        if (static_cast<T>(whole) == v) return put_digits(p, whole);
        if (char* const end = put_few_decimals<2>(p, v)) return end;
        if (char* const end = put_few_decimals < sizeof(T) == 4 ? 4 : 6 > (p, v)) return end;
    }
#if defined(PGWIRE_SHORTEST_FLOATS)
    auto const digits = shortest_digits(v);
    constexpr T all_whole = T(std::uint64_t{1} << std::numeric_limits<T>::digits);
    return v >= all_whole && between_neighbours(v, digits) ? put_large(p, v) : put_layout<T>(p, digits);
#else
    if (v < T(1e-4) || v >= first_with_exponent<T>) return put_large(p, v);
    return std::to_chars(p, p + max_float_text, v, std::chars_format::fixed).ptr;
#endif
}

/// Not the shortest text, but that of C's `%.*g`: for `extra_float_digits` below 1, which is that many digits less than
/// the type surely holds.
template<host_float T>
char* put_rounded(char* p, T v, int extra_float_digits) noexcept {
    int const digits = std::max(1, std::numeric_limits<T>::digits10 + extra_float_digits);
    return std::to_chars(p, p + max_float_text, v, std::chars_format::general, digits).ptr;
}

template<host_float T>
char* put_float(char* p, T v, int extra_float_digits) noexcept {
    if (!is_finite(v)) [[unlikely]]
        return put(p, v != v ? "NaN" : v < 0 ? "-Infinity" : "Infinity");
    return extra_float_digits > 0 ? put_shortest(p, v) : put_rounded(p, v, extra_float_digits);
}

}  // namespace pgwire::detail
