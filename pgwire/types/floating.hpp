// real and double precision.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Floating-Point Types". The text has the fewest
// digits that give the same number back, in PostgreSQL's layout: `42`, `0.0001`, `1e-05`, `1e+15`, `Infinity`, `NaN`.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace pgwire {

namespace detail {

template<class T>
concept host_float = (std::same_as<T, float> || std::same_as<T, double>) && std::numeric_limits<T>::is_iec559;

/// From this power of ten on, and below 10^-4, numbers are written with an exponent.
template<host_float T>
inline constexpr int first_exponent = std::numeric_limits<T>::digits10;  // 6 and 15

/// `[-]d[.ddd]e±dd` becomes PostgreSQL's layout, at `p`, which does not overlap.
template<host_float T>
char* put_layout(char* p, std::string_view scientific) noexcept {
    if (scientific.front() == '-') {
        *p++ = '-';
        scientific.remove_prefix(1);
    }
    std::size_t const e = scientific.rfind('e');
    int exponent = 0;
    for (char const c : scientific.substr(e + 2)) exponent = exponent * 10 + (c - '0');
    if (scientific[e + 1] == '-') exponent = -exponent;
    if (exponent < -4 || exponent >= first_exponent<T>) return put(p, scientific);

    char const lead = scientific.front();
    std::string_view const rest = e == 1 ? std::string_view{} : scientific.substr(2, e - 2);
    if (exponent < 0) {
        p = put(p, std::string_view("0.000").substr(0, static_cast<std::size_t>(1 - exponent)));
        *p++ = lead;
        return put(p, rest);
    }
    auto const whole = static_cast<std::size_t>(exponent);  // digits between the first and the point
    *p++ = lead;
    if (rest.size() <= whole) {
        p = put(p, rest);
        return std::fill_n(p, whole - rest.size(), '0');
    }
    p = put(p, rest.substr(0, whole));
    *p++ = '.';
    return put(p, rest.substr(whole));
}

/// Whether the shortest digits lie just between `v`, which is positive, and its neighbour. Rounding to even would read
/// them back as `v`, but PostgreSQL does not rely on that and writes another digit: 1e23 is `9.999999999999999e+22`.
/// This happens only where numbers are whole and wider apart than 1: there `digits * 10^power` is `(2m ± 1) * 2^x`.
template<host_float T>
[[nodiscard]] bool between_neighbours(T v, std::string_view scientific) noexcept {
    constexpr int bits = std::numeric_limits<T>::digits;
    std::size_t const e = scientific.rfind('e');
    int power = 0;
    for (char const c : scientific.substr(e + 2)) power = power * 10 + (c - '0');
    std::uint64_t odd = 0;
    for (char const c : scientific.substr(0, e))
        if (c != '.') odd = odd * 10 + static_cast<std::uint64_t>(c - '0');
    power -= e == 1 ? 0 : static_cast<int>(e - 2);
    if (power < 0 || scientific[e + 1] == '-') return false;
    while (odd % 2 == 0) odd /= 2;
    for (; power != 0; --power) {
        if (odd >> (bits + 2) != 0) return false;
        odd *= 5;
    }
    int exponent = 0;
    auto const m = static_cast<std::uint64_t>(std::ldexp(std::frexp(v, &exponent), bits));
    bool const narrow_below = m == std::uint64_t{1} << (bits - 1);
    return odd == 2 * m + 1 || odd == (narrow_below ? 4 * m - 1 : 2 * m - 1);
}

/// The shortest digits that give `v` back, as PostgreSQL picks them, in the form that `put_layout` takes.
template<host_float T>
[[nodiscard]] std::string_view shortest_digits(char (&buffer)[32], T v) noexcept {
    char* end = std::to_chars(buffer, buffer + 32, v, std::chars_format::scientific).ptr;
    auto const written = [&] { return std::string_view(buffer, static_cast<std::size_t>(end - buffer)); };
    constexpr T all_whole = T(std::uint64_t{1} << std::numeric_limits<T>::digits);
    if (std::abs(v) < all_whole) [[likely]]
        return written();
    auto const unsigned_digits = [&] { return written().substr(v < 0 ? 1 : 0); };
    auto const mantissa = [&] { return unsigned_digits().substr(0, unsigned_digits().rfind('e')); };
    while (between_neighbours(std::abs(v), unsigned_digits())) {
        int const fraction = mantissa().size() == 1 ? 1 : static_cast<int>(mantissa().size() - 1);
        end = std::to_chars(buffer, buffer + 32, v, std::chars_format::scientific, fraction).ptr;
    }
    return written();
}

/// What C's strtod makes of all of `text`, blanks around it included; locale plays no part.
template<host_float T>
[[nodiscard]] result<T> parse_float(std::string_view text) noexcept {
    text = trim(text);
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    auto const sign = [&](T v) { return negative ? -v : v; };
    if (text.empty()) return errc::invalid_text;

    if (!is_digit(text.front()) && text.front() != '.') {
        if (equals_ignoring_case(text, "infinity") || equals_ignoring_case(text, "inf"))
            return sign(std::numeric_limits<T>::infinity());
        if (!equals_ignoring_case(text.substr(0, 3), "nan")) return errc::invalid_text;
        text.remove_prefix(3);
        auto const in_payload = [](char c) {
            return is_digit(c) || c == '_' || (to_lower(c) >= 'a' && to_lower(c) <= 'z');
        };
        if (text.empty() || (text.size() >= 2 && text.front() == '(' && text.back() == ')' &&
                             std::all_of(text.begin() + 1, text.end() - 1, in_payload)))
            return sign(std::numeric_limits<T>::quiet_NaN());
        return errc::invalid_text;
    }

    bool const hex = text.size() > 2 && text[0] == '0' && to_lower(text[1]) == 'x';
    if (hex) text.remove_prefix(2);
    if (text.front() == '+' || text.front() == '-') return errc::invalid_text;
    T v{};
    char const* const last = text.data() + text.size();
    auto const [end, error] =
        std::from_chars(text.data(), last, v, hex ? std::chars_format::hex : std::chars_format::general);
    if (error == std::errc::invalid_argument || end != last) return errc::invalid_text;
    if (error == std::errc::result_out_of_range || std::isinf(v)) return errc::out_of_range;
    return sign(v);
}

}  // namespace detail

/// `float` and `double`. `extra_float_digits` below 1 asks for that many digits less than the type surely holds.
template<detail::host_float T>
struct codec<T> {
    static constexpr type_info type = sizeof(T) == 4 ? types::float4 : types::float8;

    static constexpr std::size_t text_size(T) noexcept { return 32; }

    static char* to_text(char* p, T v, text_style const& style) noexcept {
        if (!std::isfinite(v)) return detail::put(p, std::isnan(v) ? "NaN" : v < 0 ? "-Infinity" : "Infinity");
        if (style.extra_float_digits <= 0) {
            int const digits = std::max(1, std::numeric_limits<T>::digits10 + style.extra_float_digits);
            return std::to_chars(p, p + 32, v, std::chars_format::general, digits).ptr;
        }
        // Whole numbers that are written without an exponent are their own shortest form.
        constexpr T limit = sizeof(T) == 4 ? T(1e6) : T(1e15);
        if (v > -limit && v < limit) {
            auto const whole = static_cast<std::int64_t>(v);
            if (static_cast<T>(whole) == v && (whole != 0 || !std::signbit(v))) return detail::put_signed(p, whole);
        }
        char buffer[32];
        return detail::put_layout<T>(p, detail::shortest_digits(buffer, v));
    }

    /// Numbers as in C, hexadecimal ones too; `Infinity`, `inf` and `NaN` in any case; blanks around. A number too
    /// large, or too small to be anything but zero, is out of range.
    static result<T> from_text(std::string_view text) noexcept { return detail::parse_float<T>(text); }

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
