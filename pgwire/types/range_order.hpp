// The order of the values in ranges, and the value after another.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Discrete Range Types" and "Numeric Types": NaN is
// above all other numbers and equals itself, and `1.0` equals `1.00`.
#pragma once

#include "pgwire/types/date_time.hpp"
#include "pgwire/types/numeric.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgwire {

/// Joins a host type `T` whose ranges are not built in, where `CREATE TYPE floatrange AS RANGE (subtype = float8)`:
///
///     template<>
///     struct pgwire::range_traits<double> {
///         static inline pgwire::runtime_type type{"floatrange"};
///         static inline pgwire::runtime_type multirange_type{"floatmultirange"};
///         // static std::weak_ordering compare(double, double);   if `<=>` is not the order of PostgreSQL
///         // static pgwire::result<double> next(double);          if the ranges are discrete; may be `out_of_range`
///     };
template<class T>
struct range_traits {};

namespace detail {

/// Compares two numbers in the binary form of `numeric`, as it is sent: without groups of zeros at its ends.
[[nodiscard]] inline std::weak_ordering compare_numeric(std::string_view a, std::string_view b) noexcept {
    auto const rank = [](std::string_view number) {  // -2 to 2, where -1 to 1 are finite; NaN is 3
        auto const sign = load<std::uint16_t>(number.data() + 4);
        bool const zero = load<std::int16_t>(number.data()) == 0;
        return sign == 0xc000 ? 3 : sign == 0xd000 ? 2 : sign == 0xf000 ? -2 : zero ? 0 : sign == 0x4000 ? -1 : 1;
    };
    int const sign = rank(a);
    if (auto const order = sign <=> rank(b); order != 0 || (sign != 1 && sign != -1)) return order;
    auto magnitude = load<std::int16_t>(a.data() + 2) <=> load<std::int16_t>(b.data() + 2);
    if (magnitude == 0) magnitude = a.substr(8) <=> b.substr(8);
    return sign > 0 ? magnitude : 0 <=> magnitude;
}

template<class T>
[[nodiscard]] std::string numeric_bytes(T const& v) {
    std::size_t const size = codec<T>::binary_size(v);
    if (size > max_int32_length) return std::string("\0\0\0\0\xc0\0\0\0", 8);  // no number
    std::string bytes(size, '\0');
    bytes.resize(static_cast<std::size_t>(codec<T>::to_binary(bytes.data(), v) - bytes.data()));
    return bytes;
}

template<class T>
inline constexpr bool has_numeric_type = [] {
    if constexpr (has_fixed_type<T>) return type_of<T>.type == types::numeric.type;
    else return false;
}();

/// PostgreSQL's order of two values; of texts it is the order of their bytes.
template<class T>
[[nodiscard]] constexpr std::weak_ordering compare_values(T const& a, T const& b) {
    if constexpr (requires { range_traits<T>::compare(a, b); }) {
        return range_traits<T>::compare(a, b);
    } else if constexpr (std::floating_point<T>) {
        if (std::isnan(a) || std::isnan(b)) return std::isnan(a) <=> std::isnan(b);
        return a < b ? std::weak_ordering::less : a > b ? std::weak_ordering::greater : std::weak_ordering::equivalent;
    } else if constexpr (has_numeric_type<T>) {
        return compare_numeric(numeric_bytes(a), numeric_bytes(b));
    } else {
        return a <=> b;
    }
}

/// Ranges of a `T` are discrete: between two values there may be none.
template<class T>
concept discrete = std::integral<T> || std::same_as<T, date> || std::same_as<T, std::chrono::sys_days> ||
    requires(T const& v) {
    range_traits<T>::next(v);
};

/// Whether a bound moves to the next value when it is made inclusive or exclusive. The infinities of dates stay.
template<discrete T>
[[nodiscard]] constexpr bool has_next(T const& v) noexcept {
    if constexpr (std::same_as<T, date>) return !is_infinite(v.days);
    else if constexpr (std::same_as<T, std::chrono::sys_days>) return !is_infinite(v.time_since_epoch().count());
    else return true;
}

/// @return or `out_of_range`, `datetime_overflow`
template<discrete T>
[[nodiscard]] constexpr result<T> next_value(T const& v) {
    if constexpr (std::integral<T>) {
        if (v == std::numeric_limits<T>::max()) return errc::out_of_range;
        return static_cast<T>(v + 1);
    } else if constexpr (std::same_as<T, date>) {
        if (!valid_date(std::int64_t{v.days} + 1)) return errc::datetime_overflow;
        return date{v.days + 1};
    } else if constexpr (std::same_as<T, std::chrono::sys_days>) {
        auto const next = next_value(convert_days::to(v));
        if (!next) return next.error();
        return convert_days::from(*next);
    } else {
        return range_traits<T>::next(v);
    }
}

}  // namespace detail

}  // namespace pgwire
