// Reads JSON as PostgreSQL's json_in and jsonb_in read it, and tells a visitor what it finds. It keeps nothing.
//
// Floor 2, standard library only, constexpr, no allocation, no recursion. Source: PostgreSQL documentation, "JSON
// Types"; RFC 8259. `json` wants the syntax only: `"\ud800"` and `1e999999` are fine. `jsonb` wants each escape to be a
// character that a text can hold, and each number to be a numeric (see jsonb_text.hpp).
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/errc.hpp"
#include "pgwire/types/digits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// Arrays and objects inside each other. PostgreSQL has no number: its limit is the stack's size (`max_stack_depth`),
/// which by default is used up somewhere from 13,000 to 21,000 levels.
inline constexpr std::size_t max_json_depth = 16'000;

/// Four hexadecimal digits at the beginning of `text`, or -1.
[[nodiscard]] constexpr std::int32_t json_code_unit(std::string_view text) noexcept {
    if (text.size() < 4) return -1;
    std::int32_t unit = 0;
    for (char const c : text.substr(0, 4)) {
        int const digit = hex_value(c);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

[[nodiscard]] constexpr bool is_high_surrogate(std::int32_t unit) noexcept { return unit >= 0xd800 && unit < 0xdc00; }
[[nodiscard]] constexpr bool is_low_surrogate(std::int32_t unit) noexcept { return unit >= 0xdc00 && unit < 0xe000; }

/// Which of the arrays and objects that are open is an object: a bit for each.
class json_nesting {
public:
    [[nodiscard]] constexpr std::size_t depth() const noexcept { return depth_; }
    [[nodiscard]] constexpr bool in_object() const noexcept {
        return ((words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64)) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool push(bool object) noexcept {
        if (depth_ == max_json_depth) return false;
        auto& word = words_[depth_ / 64];
        auto const bit = std::uint64_t{1} << (depth_ % 64);
        if (depth_ % 64 == 0) word = 0;  // so that the constructor need not clear them all
        word = object ? word | bit : word & ~bit;
        ++depth_;
        return true;
    }
    constexpr void pop() noexcept { --depth_; }

private:
    std::array<std::uint64_t, (max_json_depth + 63) / 64> words_;
    std::size_t depth_ = 0;
};

/// A visitor has these functions; tokens are as they are written, strings with their quotes:
///
///     static constexpr bool strict;           // the rules of jsonb for escapes
///     void open(std::size_t at);              // an array or object that begins here
///     void key(std::string_view token);       // of the member whose value is next
///     errc scalar(std::string_view token);    // `invalid_text`, … if it can't be taken
///     void close();                           // the innermost array or object ends
template<class Visitor>
class json_parser {
public:
    constexpr json_parser(std::string_view text, Visitor& visitor) noexcept : text_(text), visitor_(visitor) {}

    /// Reads all of the text, which must be UTF-8.
    /// @return or `invalid_text`, `untranslatable` (\u0000 in jsonb), `too_deep`, and what the visitor says
    [[nodiscard]] constexpr errc parse() {
        for (;;) {
            auto e = value();
            if (e == errc::none) e = after_value();
            if (e != errc::none) return e;
            if (nesting_.depth() == 0) return errc::none;
        }
    }

private:
    [[nodiscard]] constexpr bool done() const noexcept { return at_ == text_.size(); }
    /// The next character that is not blank, or NUL, which the text does not have.
    [[nodiscard]] constexpr char peek() noexcept {
        while (!done() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
        return done() ? '\0' : text_[at_];
    }
    [[nodiscard]] constexpr bool take(char c) noexcept {
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    /// A scalar, or the beginnings of arrays and objects up to one that is empty or to the first scalar inside.
    [[nodiscard]] constexpr errc value() {
        for (;;) {
            char const c = peek();
            if (c != '[' && c != '{') return scalar();
            if (!nesting_.push(c == '{')) return errc::too_deep;
            visitor_.open(at_++);
            if (peek() == (c == '{' ? '}' : ']')) return errc::none;
            if (c == '{')
                if (auto const e = key(); e != errc::none) return e;
        }
    }
    /// What ends here, and the comma before the next value.
    [[nodiscard]] constexpr errc after_value() {
        while (nesting_.depth() != 0) {
            bool const object = nesting_.in_object();
            if (take(',')) return object ? key() : errc::none;
            if (!take(object ? '}' : ']')) return unexpected();
            nesting_.pop();
            visitor_.close();
        }
        return peek() == '\0' ? errc::none : unexpected();
    }
    [[nodiscard]] constexpr errc key() {
        if (peek() != '"') return unexpected();
        std::size_t const begin = at_;
        if (auto const e = scan_string(); e != errc::none) return e;
        visitor_.key(text_.substr(begin, at_ - begin));
        return take(':') ? errc::none : unexpected();
    }
    [[nodiscard]] constexpr errc scalar() {
        std::size_t const begin = (static_cast<void>(peek()), at_);
        if (auto const e = scan(); e != errc::none) return e;
        auto const e = visitor_.scalar(text_.substr(begin, at_ - begin));
        return e == errc::none ? e : unexpected(e);
    }

    /// Says that what was read so far is an error, but for one in the next token: PostgreSQL's lexer is a token ahead.
    [[nodiscard]] constexpr errc unexpected(errc why = errc::invalid_text) noexcept {
        char const c = peek();
        if (c == '\0' || c == '[' || c == ']' || c == '{' || c == '}' || c == ',' || c == ':') return why;
        auto const e = scan();
        return e == errc::none ? why : e;
    }

    /// Goes over a string, a number, or a word.
    [[nodiscard]] constexpr errc scan() noexcept {
        if (done()) return errc::invalid_text;
        char const c = text_[at_];
        if (c == '"') return scan_string();
        bool const valid = c == '-' || is_digit(c) ? scan_number() : scan_word();
        return valid && !(!done() && is_word(text_[at_])) ? errc::none : errc::invalid_text;
    }
    [[nodiscard]] static constexpr bool is_word(char c) noexcept {
        char const lower = to_lower(c);
        return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    }
    [[nodiscard]] constexpr bool scan_word() noexcept {
        for (std::string_view const word : {"true", "false", "null"})
            if (text_.substr(at_).starts_with(word)) {
                at_ += word.size();
                return true;
            }
        return false;
    }
    [[nodiscard]] constexpr bool scan_digits() noexcept {
        std::size_t const begin = at_;
        while (!done() && is_digit(text_[at_])) ++at_;
        return at_ != begin;
    }
    [[nodiscard]] constexpr bool skip(char c) noexcept {
        bool const there = !done() && text_[at_] == c;
        if (there) ++at_;
        return there;
    }
    [[nodiscard]] constexpr bool scan_number() noexcept {
        static_cast<void>(skip('-'));
        if (!skip('0') && !scan_digits()) return false;
        if (skip('.') && !scan_digits()) return false;
        if (!skip('e') && !skip('E')) return true;
        if (!skip('+')) static_cast<void>(skip('-'));
        return scan_digits();
    }

    [[nodiscard]] constexpr errc scan_string() noexcept {
        bool high = false;  // after the first half of a character beyond U+FFFF
        for (++at_; !done();) {
            auto const c = static_cast<unsigned char>(text_[at_++]);
            bool const unit = c == '\\' && !done() && text_[at_] == 'u';
            if (c < ' ' || (high && !unit)) return errc::invalid_text;
            if (c == '"') return errc::none;
            if (c != '\\') continue;
            if (done() || std::string_view("\"\\/bfnrtu").find(text_[at_]) == std::string_view::npos)
                return errc::invalid_text;
            ++at_;
            if (!unit) continue;
            auto const code = json_code_unit(text_.substr(at_));
            if (code < 0) return errc::invalid_text;
            at_ += 4;
            if constexpr (Visitor::strict) {
                if (is_low_surrogate(code) != high) return errc::invalid_text;
                high = is_high_surrogate(code);
                if (code == 0) return errc::untranslatable;
            }
        }
        return errc::invalid_text;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Visitor& visitor_;
    json_nesting nesting_;
};

/// Wants to know nothing but whether it is JSON.
struct json_check {
    static constexpr bool strict = false;
    constexpr void open(std::size_t) noexcept {}
    constexpr void key(std::string_view) noexcept {}
    constexpr errc scalar(std::string_view) noexcept { return errc::none; }
    constexpr void close() noexcept {}
};

/// Whether PostgreSQL's type json takes this text, which must be UTF-8.
/// @return or `invalid_text`, `too_deep`
[[nodiscard]] constexpr errc check_json(std::string_view text) noexcept {
    json_check check;
    return json_parser(text, check).parse();
}

}  // namespace pgwire::detail
