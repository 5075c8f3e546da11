// A quoted constant of a type, `'42'::int` or `CAST('42' AS int)`: read by PostgreSQL's rules, written by SQLite's.
#pragma once

#include "types.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/types.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace example {

/// Does a double keep all digits of this number?
[[nodiscard]] inline bool fits_a_double(std::string_view number) {
    auto const count = std::count_if(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    return count <= std::numeric_limits<double>::digits10;
}

/// A numeric for SQLite: a number if SQLite would not lose a digit of it, so that it compares with numbers, else text.
[[nodiscard]] inline std::variant<std::int64_t, double, std::string_view> kept_numeric(std::string_view digits) {
    char const* const end = digits.data() + digits.size();
    std::int64_t n = 0;
    if (auto const [rest, error] = std::from_chars(digits.data(), end, n); error == std::errc{} && rest == end)
        return n;
    double real = 0;
    auto const [rest, error] = std::from_chars(digits.data(), end, real);
    if (fits_a_double(digits) && error == std::errc{} && rest == end) return real;
    return digits;
}

/// `'it''s'`
[[nodiscard]] inline std::string string_constant(std::string_view text) {
    std::string made = "'";
    for (char const c : text) made.append(c == '\'' ? 2 : 1, c);
    return made + '\'';
}

namespace detail {

/// A sign gets a blank before it, so that `1-'-1'::int` does not become a comment.
[[nodiscard]] inline std::string with_room_for_sign(std::string number) {
    return number.starts_with('-') ? ' ' + number : number;
}
template<class T>
[[nodiscard]] std::string in_digits(T const& v) {
    std::array<char, 64> text{};
    char* const end = pgwire::encode_value<pgwire::format::text>(text.data(), v);
    return {text.data(), end};
}
[[nodiscard]] inline std::string real_constant(double n) {
    if (std::isnan(n)) throw pgwire::sql_error(pgwire::sqlstates::feature_not_supported, "SQLite has no NaN");
    if (std::isinf(n)) return n < 0 ? " -9e999" : "9e999";
    auto digits = in_digits(n);
    if (digits.find_first_of(".e") == digits.npos) digits += ".0";  // else it would be an integer
    return with_room_for_sign(std::move(digits));
}

/// A value as it stands in a statement of SQLite's.
template<class T>
[[nodiscard]] std::string constant(T const& v) {
    if constexpr (std::is_same_v<T, bool>) return v ? "1" : "0";
    else if constexpr (std::is_integral_v<T> || std::is_same_v<T, pgwire::oid>) return with_room_for_sign(in_digits(v));
    else if constexpr (std::is_floating_point_v<T>) return real_constant(static_cast<double>(v));
    else return string_constant(in_digits(v));
}
[[nodiscard]] inline std::string constant(pgwire::numeric const& v) {
    auto const kept = kept_numeric(v.text);
    if (auto const* const n = std::get_if<double>(&kept)) return real_constant(*n);
    return std::holds_alternative<std::int64_t>(kept) ? with_room_for_sign(v.text) : string_constant(v.text);
}
[[nodiscard]] inline std::string constant(std::vector<std::byte> const& bytes) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string made = "X'";
    for (auto const b : bytes) {
        made += digits[std::to_integer<unsigned>(b >> 4)];
        made += digits[std::to_integer<unsigned>(b & std::byte{15})];
    }
    return made + '\'';
}

}  // namespace detail

/// What a quoted constant of this type is for SQLite.
/// @param style what the session's settings say of dates and the like
/// @throws pgwire::sql_error without a position: 22P02, 22007, 22003 and the like; 0A000 for a NaN
[[nodiscard]] inline std::string constant_of(pgwire::type_info const& type, std::string_view text,
                                             pgwire::text_style const& style) {
    using namespace pgwire;
    auto const read = [&]<class T>(std::type_identity<T>) {
        auto const made = decode_value<T>(text, format::text, style);
        if (made) return detail::constant(*made);
        auto said = describe_value_error<T>(made.error(), text, style);
        throw sql_error(to_sqlstate(made.error()), std::move(said.message)).detail(std::move(said.detail));
    };
    if (type == types::int2) return read(std::type_identity<std::int16_t>{});
    if (type == types::int4) return read(std::type_identity<std::int32_t>{});
    if (type == types::int8) return read(std::type_identity<std::int64_t>{});
    if (type == types::oid) return read(std::type_identity<oid>{});
    if (type == types::bool_) return read(std::type_identity<bool>{});
    if (type == types::float4) return read(std::type_identity<float>{});
    if (type == types::float8) return read(std::type_identity<double>{});
    if (type == types::numeric) return read(std::type_identity<numeric>{});
    if (type == types::bytea) return read(std::type_identity<std::vector<std::byte>>{});
    if (type == types::date) return read(std::type_identity<date>{});
    if (type == types::time) return read(std::type_identity<time_of_day>{});
    if (type == types::timestamp) return read(std::type_identity<timestamp>{});
    if (type == types::timestamptz) return read(std::type_identity<timestamptz>{});
    if (type == types::uuid) return read(std::type_identity<uuid>{});
    return string_constant(text);
}

}  // namespace example
