// smallint, integer, bigint and oid.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Integer Types" and "Object Identifier Types".
// PostgreSQL has no unsigned integers, so unsigned C++ types have no codec: widen them.
#pragma once

#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/numeric_forms.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace pgwire {

namespace detail {

/// A number with blanks around it and perhaps a sign, between `Min` and `Max`; since version 16 PostgreSQL also reads
/// `1_000`, `0x1F`, `0o17` and `0b101`, if `OtherForms`. As there, a digit behind ones that nearly fill the range is out
/// of range whatever follows it.
template<std::int64_t Min, std::int64_t Max, bool OtherForms = false>
[[nodiscard]] constexpr result<std::int64_t> parse_integer(std::string_view text) noexcept {
    text = trim_front(text);
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    constexpr auto below = std::uint64_t{0} - static_cast<std::uint64_t>(Min);  // which is -Min
    std::uint64_t const limit = negative ? below : std::uint64_t{Max};
    auto const with_sign = [negative](std::uint64_t n) {
        return static_cast<std::int64_t>(negative ? std::uint64_t{0} - n : n);
    };
    if (text.size() <= 18 && !text.empty() && count_leading_digits(text) == text.size()) [[likely]] {
        std::uint64_t const n = read_digits(text);
        if (n > limit) return errc::out_of_range;
        return with_sign(n);
    }

    unsigned const base = OtherForms ? base_of(text) : 10;
    if (base != 10) text.remove_prefix(2);
    constexpr auto most = std::max(below, static_cast<std::uint64_t>(Max));
    std::uint64_t const nearly = base == 10 ? most / 10 : most / base;
    std::uint64_t n = 0;
    std::size_t i = 0;
    for (; i != text.size(); ++i) {
        int const digit = base == 10 ? (is_digit(text[i]) ? text[i] - '0' : -1) : digit_value(text[i], base);
        if (digit >= 0) {
            if (n > nearly) return errc::out_of_range;
            n = n * base + static_cast<std::uint64_t>(digit);
        } else if (OtherForms && text[i] == '_' && (i != 0 || base != 10)) {
            if (i + 1 == text.size() || digit_value(text[i + 1], base) < 0) return errc::invalid_text;
        } else {
            break;
        }
    }
    if (i == 0 || !trim_front(text.substr(i)).empty()) return errc::invalid_text;
    if (n > limit) return errc::out_of_range;
    return with_sign(n);
}

template<class T>
concept host_integer =
    std::same_as<T, short> || std::same_as<T, int> || std::same_as<T, long> || std::same_as<T, long long>;

}  // namespace detail

/// `short`, `int`, `long` and `long long`, by their width.
template<detail::host_integer T>
struct codec<T> {
    static_assert(sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8);
    static constexpr type_info type = sizeof(T) == 2 ? types::int2 : sizeof(T) == 4 ? types::int4 : types::int8;

    static constexpr std::size_t text_size(T) noexcept { return detail::max_digits<T>; }
    static constexpr char* to_text(char* p, T v) noexcept {
        if constexpr (sizeof(T) == 2) return detail::put_signed(p, v);
        else return detail::put_signed_digits(p, v);
    }
    static constexpr result<T> from_text(std::string_view text) noexcept {
        auto const n = detail::parse_integer<std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), true>(text);
        if (!n) return n.error();
        return static_cast<T>(*n);
    }

    static constexpr std::size_t binary_width = sizeof(T);
    static constexpr std::size_t binary_size(T) noexcept { return sizeof(T); }
    static constexpr char* to_binary(char* p, T v) noexcept { return store(p, v); }
    static constexpr result<T> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, sizeof(T)); e != errc::none) return e;
        return load<T>(bytes.data());
    }
};

template<>
struct codec<oid> {
    static constexpr type_info type = types::oid;

    static constexpr std::size_t text_size(oid) noexcept { return detail::max_digits<std::uint32_t>; }
    static constexpr char* to_text(char* p, oid v) noexcept {
        return detail::put_unsigned(p, static_cast<std::uint32_t>(v));
    }
    /// Decimal, octal (`017`) or hexadecimal (`0x1f`), as PostgreSQL reads it since 16. Negative numbers down to -2^31
    /// wrap.
    static constexpr result<oid> from_text(std::string_view text) noexcept {
        auto const n = detail::parse_c_unsigned<std::uint32_t>(text);
        if (!n) return n.error();
        return static_cast<oid>(*n);
    }

    static constexpr std::size_t binary_width = 4;
    static constexpr std::size_t binary_size(oid) noexcept { return 4; }
    static constexpr char* to_binary(char* p, oid v) noexcept { return store(p, static_cast<std::uint32_t>(v)); }
    static constexpr result<oid> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 4); e != errc::none) return e;
        return static_cast<oid>(load<std::uint32_t>(bytes.data()));
    }
};

}  // namespace pgwire
