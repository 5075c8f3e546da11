// The texts of values inside of another value's text: elements of arrays, attributes of composites, bounds of ranges.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Array Input and Output Syntax", "Composite Type
// Input and Output Syntax", "Range Input/Output". Each puts a value in double quotes when it could be misread, by rules
// of its own; all read backslashes and quotes.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire::detail {

/// When a value is quoted, and how.
struct quoting {
    std::string_view special;  ///< beside white space, `"` and `\`
    char delimiter;            ///< as well
    bool doubled;              ///< a `"` or `\` inside stands twice; else a `\` is put before it
    bool null_word;            ///< `NULL` is a word
};

inline constexpr quoting record_quoting{.special = "()", .delimiter = ',', .doubled = true, .null_word = false};
inline constexpr quoting range_quoting{.special = "()[]", .delimiter = ',', .doubled = true, .null_word = false};
[[nodiscard]] constexpr quoting array_quoting(char delimiter) noexcept {
    return {.special = "{}", .delimiter = delimiter, .doubled = false, .null_word = true};
}

[[nodiscard]] constexpr bool is_escaped(char c) noexcept { return c == '"' || c == '\\'; }

/// Characters that no rule quotes: letters, digits, what numbers and dates are made of, and whatever is not ASCII.
inline constexpr auto never_quoted = [] {
    std::array<bool, 256> never{};
    for (std::size_t i = 0; i != never.size(); ++i) {
        char const c = to_lower(static_cast<char>(static_cast<unsigned char>(i)));
        never[i] = i >= 0x80 || is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
    }
    return never;
}();

[[nodiscard]] constexpr bool needs_quotes(std::string_view text, quoting const& rules) noexcept {
    if (text.empty() || (rules.null_word && equals_ignoring_case(text, "null"))) return true;
    for (char const c : text) {
        if (never_quoted[static_cast<unsigned char>(c)]) continue;
        if (is_space(c) || is_escaped(c) || c == rules.delimiter || rules.special.find(c) != rules.special.npos)
            return true;
    }
    return false;
}

/// At most how long a text of `size` bytes becomes.
[[nodiscard]] constexpr std::size_t quoted_size(std::size_t size) noexcept {
    return size > max_int32_length ? unencodable : 2 * size + 2;
}

/// Quotes the text that stands from `begin` to `end`, if it must; behind it there is room for its `quoted_size`.
constexpr char* quote_in_place(char* begin, char* end, quoting const& rules) noexcept {
    if (!needs_quotes({begin, static_cast<std::size_t>(end - begin)}, rules)) return end;
    char* const quoted_end = end + std::count_if(begin, end, is_escaped) + 2;
    char* to = quoted_end;
    *--to = '"';
    while (end != begin) {  // from behind, so that nothing is overwritten before it was moved
        char const c = *--end;
        *--to = c;
        if (is_escaped(c)) *--to = rules.doubled ? c : '\\';
    }
    *--to = '"';
    return quoted_end;
}

/// At most how many bytes `put_element` writes. `v` is not NULL.
template<class T>
[[nodiscard]] constexpr std::size_t element_text_size(T const& v, text_style const& style) {
    std::size_t const size = detail::text_size(v, style);
    return std::is_arithmetic_v<T> ? size : quoted_size(size);
}

/// Writes `v`, which is not NULL, quoted if it must be.
template<class T>
constexpr char* put_element(char* p, T const& v, text_style const& style, quoting const& rules) {
    char* const end = detail::to_text(p, v, style);
    if constexpr (std::is_arithmetic_v<T>) return end;  // digits need none
    else return quote_in_place(p, end, rules);
}

/// Takes a value, which has been escaped as in composites and ranges, up to one of `stops` from the front of `rest`.
/// @param unescaped becomes the value
/// @return `none`, or `invalid_text` if the text ends before
[[nodiscard]] inline errc take_escaped(std::string_view& rest, std::string_view stops, std::string& unescaped) {
    unescaped.clear();
    bool quoted = false;
    std::size_t i = 0;
    for (;; ++i) {
        if (i == rest.size()) return errc::invalid_text;
        char const c = rest[i];
        if (c == '\\') {
            if (++i == rest.size()) return errc::invalid_text;
            unescaped += rest[i];
        } else if (c == '"') {
            bool const twice = quoted && i + 1 != rest.size() && rest[i + 1] == '"';
            if (twice) unescaped += rest[++i];
            else quoted = !quoted;
        } else if (!quoted && stops.find(c) != stops.npos) {
            break;
        } else {
            unescaped += c;
        }
    }
    rest.remove_prefix(i);
    return errc::none;
}

/// Takes the character if it is next.
[[nodiscard]] constexpr bool take(std::string_view& rest, char c) noexcept {
    if (!rest.starts_with(c)) return false;
    rest.remove_prefix(1);
    return true;
}

/// Host types that point into the text they are read from. Inside of another value that text is unescaped into memory
/// which is soon gone, so there they can only be sent. A codec may say `static constexpr bool borrows = true`.
template<class T>
inline constexpr bool borrows = [] {
    if constexpr (std::is_same_v<T, std::string_view>) return true;
    else if constexpr (requires { codec<T>::borrows; }) return codec<T>::borrows;
    else if constexpr (requires(T & v) {
                           { v.text } -> std::same_as<std::string_view&>;
                       })
        return true;
    else if constexpr (requires(T & v) {
                           { v.bytes } -> std::same_as<std::string_view&>;
                       })
        return true;
    else return false;
}();

/// A `T` can be received inside of another value.
template<class T>
concept decodable_element = decodable<T>
    // a view can't be received inside of an array, a composite or a range: use std::string
    && !borrows<non_null<T>>;

/// What a value with others inside may become when it is read. A numeric of seven characters has a hundred thousand
/// digits, which is well for one, but not for each of many. A megabyte is free, beyond it 64 times the input.
class growth_budget {
public:
    explicit constexpr growth_budget(std::size_t input) noexcept : left_(add_sizes(free, multiply_sizes(input, 64))) {}

    /// Counts a value that was read. @return whether there was room for it
    template<class T>
    [[nodiscard]] constexpr bool take(T const& v) {
        if constexpr (std::is_trivially_copyable_v<T>) {
            return true;
        } else {
            std::size_t const size = value_size<format::text>(v);
            if (size == unencodable) return true;  // it has no digits
            if (size > left_) return false;
            left_ -= size;
            return true;
        }
    }

private:
    static constexpr std::size_t free = 1U << 20;

    std::size_t left_;
};

/// Why an element has no encoding in one of the formats; `none` if it has one.
template<class T>
[[nodiscard]] constexpr errc refusal_of_element(T const& v) {
    if (is_null(v)) return errc::none;
    if (errc const e = refusal_of(v, value_size<format::binary>(v)); e != errc::none) return e;
    return refusal_of(v, value_size<format::text>(v));
}

}  // namespace pgwire::detail
