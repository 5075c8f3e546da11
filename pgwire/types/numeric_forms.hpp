// The forms of numbers that PostgreSQL reads since version 16: underscores between digits, and other bases.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Numeric Constants": `1_000`, `0x1F`, `0o17`,
// `0b101`. They are read as values of integer types and of numeric, never written.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/decimal_text.hpp"
#include "pgwire/types/digits.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pgwire::detail {

/// The base that `0x`, `0o` or `0b` before the digits says, or 10.
[[nodiscard]] constexpr unsigned base_of(std::string_view digits) noexcept {
    if (digits.size() < 2 || digits[0] != '0') return 10;
    switch (to_lower(digits[1])) {
    case 'x': return 16;
    case 'o': return 8;
    case 'b': return 2;
    default: return 10;
    }
}

/// The decimal digits of a number that is given by digits of another base, of which there is at least one.
/// @return or `out_of_range`, if no numeric has so many
[[nodiscard]] inline result<std::string> to_decimal_digits(std::string_view digits, unsigned base) {
    constexpr std::uint32_t limb = 1'000'000'000;
    constexpr std::size_t longest = (std::size_t{decimal::max_power} + 1 + 8) / 9 + 1;
    std::vector<std::uint32_t> limbs;  // base 10^9, the lowest first
    std::uint64_t factor = 1;
    std::uint64_t addend = 0;
    for (std::size_t i = 0; i != digits.size(); ++i) {
        factor *= base;
        addend = addend * base + static_cast<std::uint64_t>(digit_value(digits[i], base));
        if (factor < std::uint64_t{1} << 28 && i + 1 != digits.size()) continue;
        std::uint64_t carry = addend;
        for (auto& l : limbs) {
            carry += l * factor;
            l = static_cast<std::uint32_t>(carry % limb);
            carry /= limb;
        }
        for (; carry != 0; carry /= limb) limbs.push_back(static_cast<std::uint32_t>(carry % limb));
        if (limbs.size() > longest) return errc::out_of_range;
        factor = 1;
        addend = 0;
    }
    if (limbs.empty()) return std::string("0");
    std::string text(9 * limbs.size(), '0');
    char* p = text.data();
    for (std::size_t i = limbs.size(); i-- != 0;) p = put_unsigned(p, limbs[i], 9);
    return text;
}

/// A number in one of these forms as plain decimal text.
/// @return or `invalid_text`, `out_of_range`
[[nodiscard]] inline result<std::string> decimal_form(std::string_view text) {
    text = trim(text);
    std::string plain;
    if (text.starts_with('-') || text.starts_with('+')) {
        plain = text.front();
        text.remove_prefix(1);
    }
    unsigned const base = base_of(text);
    if (base != 10) text.remove_prefix(2);
    std::string digits;
    char before = base == 10 ? '\0' : '0';  // `0x_1` is read, `_1` is not
    for (std::size_t i = 0; i != text.size(); ++i) {
        char const c = text[i];
        if (c == '_') {
            if (digit_value(before, base) < 0 || i + 1 == text.size() || digit_value(text[i + 1], base) < 0)
                return errc::invalid_text;
        } else {
            if (base != 10 && digit_value(c, base) < 0) return errc::invalid_text;
            digits += c;
        }
        before = c;
    }
    if (base == 10) return plain + digits;
    if (digits.empty()) return errc::invalid_text;
    auto converted = to_decimal_digits(digits, base);
    if (!converted) return converted.error();
    return plain + *converted;
}

template<class F>
auto visit_other_form(std::string_view text, F f) -> result<decltype(f(plain_decimal{}))> {
    auto const form = decimal_form(text);
    if (!form) return form.error();
    auto const d = decimal::parse(*form);
    if (!d) return d.error();
    return f(*d);
}

/// Calls `f` with the number that `text` spells, in any form that PostgreSQL reads: a `plain_decimal` or a `decimal`.
/// In constant expressions only decimal digits without underscores are read.
/// @return what `f` returns, or `invalid_text`, `out_of_range`
template<class F>
constexpr auto visit_decimal(std::string_view text, F f) -> result<decltype(f(plain_decimal{}))> {
    if (auto const plain = split_plain(text); plain.valid) return f(plain);
    auto const d = decimal::parse(text);
    if (d) return f(*d);
    if (d.error() != errc::invalid_text || std::is_constant_evaluated()) return d.error();
    return visit_other_form(text, f);
}

}  // namespace pgwire::detail
