// The number at the beginning of a text, for texts that hold several: `(1.5,2)`, `[1,2,3]`.
//
// Floor 2, standard library only. Source: what C's strtod reads, on which PostgreSQL's input functions stand.
#pragma once

#include "pgwire/types/floating.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// A number's text in its parts. `length` is 0 if there is none.
struct number_parts {
    std::size_t length = 0;  ///< characters in all
    bool hexadecimal = false;
    std::string_view digits;    ///< of an ordinary number, with the point; empty of infinity and NaN
    std::string_view exponent;  ///< its digits with their sign, or empty
};

/// Finds the number with which `text` begins; blanks before it are none of it.
[[nodiscard]] constexpr number_parts split_number(std::string_view text) noexcept {
    number_parts parts;
    std::size_t at = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
    auto const follows = [&](std::string_view word) {
        return equals_ignoring_case(text.substr(at, word.size()), word);
    };
    auto const take_while = [&](auto&& wanted) {
        std::size_t const first = at;
        while (at != text.size() && wanted(text[at])) ++at;
        return at - first;
    };
    auto const is_hex_digit = [](char c) { return hex_value(c) >= 0; };

    if (follows("inf")) {
        parts.length = at + (follows("infinity") ? 8 : 3);
        return parts;
    }
    if (follows("nan")) {
        parts.length = at += 3;
        if (at == text.size() || text[at++] != '(') return parts;
        take_while([&](char c) { return is_digit(c) || c == '_' || (to_lower(c) >= 'a' && to_lower(c) <= 'z'); });
        if (at != text.size() && text[at] == ')') parts.length = at + 1;
        return parts;
    }

    auto const take_digits = [&](auto&& wanted) {
        std::size_t const first = at;
        std::size_t count = take_while(wanted);
        if (at != text.size() && text[at] == '.') {
            ++at;
            count += take_while(wanted);
        }
        if (count == 0) return false;
        parts.digits = text.substr(first, at - first);
        parts.length = at;
        return true;
    };
    if (follows("0x")) {
        at += 2;
        parts.hexadecimal = take_digits(is_hex_digit);
        if (!parts.hexadecimal) at -= 2;  // the number is the 0
    }
    if (!parts.hexadecimal && !take_digits(is_digit)) return parts;
    if (at == text.size() || to_lower(text[at]) != (parts.hexadecimal ? 'p' : 'e')) return parts;
    std::size_t const first = ++at;
    if (at != text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (take_while(is_digit) == 0) return parts;
    parts.exponent = text.substr(first, at - first);
    parts.length = at;
    return parts;
}

/// Takes the number at the front of `text` away, with the blanks around it.
/// @return or `invalid_text`, `out_of_range`
template<host_float T>
[[nodiscard]] result<T> take_float(std::string_view& text) noexcept {
    text = trim_front(text);
    auto const length = split_number(text).length;
    if (length == 0) return errc::invalid_text;
    auto const v = parse_float<T>(text.substr(0, length));
    text = trim_front(text.substr(length));
    return v;
}

/// Of a number that is out of a float's range: whether it is too near to 0, rather than too large.
[[nodiscard]] constexpr bool too_small(number_parts const& number) noexcept {
    std::int64_t const limit = 1'000'000'000'000;  // more digits than any text has
    std::int64_t exponent = 0;
    bool const negative = number.exponent.starts_with('-');
    for (char const c : number.exponent)
        if (is_digit(c)) exponent = std::min(exponent * 10 + (c - '0'), limit);
    auto const point = std::min(number.digits.find('.'), number.digits.size());
    auto const lead = number.digits.find_first_not_of("0.");
    if (lead == std::string_view::npos) return true;
    auto const places = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(lead);
    return places * (number.hexadecimal ? 4 : 1) + (negative ? -exponent : exponent) < 0;
}

}  // namespace pgwire::detail
