// What is inside a token of SQL: the name that an identifier stands for, the text that a string stands for.
//
// Floor 1, standard library only; allocates its results. Source: PostgreSQL documentation, "Lexical Structure".
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/protocol/sql_scanner.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// Reads the inside of a quoted token into a string. Its error is sticky.
class literal_reader {
public:
    enum class escapes : std::uint8_t { none, c_style, unicode };

    /// @param text what follows the opening quote, with the closing one
    literal_reader(std::string_view text, char quote, escapes kind) : text_(text), quote_(quote), escapes_(kind) {}

    [[nodiscard]] result<std::string> read() {
        bool closed = false;
        while (at_ != text_.size() && !closed && error_ == errc::none) {
            char const c = text_[at_++];
            if (c == quote_)
                closed = read_quote();
            else if (c == '\\' && escapes_ == escapes::c_style)
                read_c_escape();
            else if (c == '\\' && escapes_ == escapes::unicode)
                read_unicode_escape();
            else
                add(c);
        }
        if (error_ != errc::none) return error_;
        if (!closed || at_ != text_.size() || high_surrogate_ != 0) return errc::invalid_text;
        return std::move(value_);
    }

private:
    // A second quote stands for one, a string may go on after a new line, or this was the end.
    bool read_quote() {
        if (at_ != text_.size() && text_[at_] == quote_) {
            add(quote_);
            ++at_;
            return false;
        }
        auto const next = find_continuation(text_, at_);
        if (next == at_) return true;
        at_ = next + 1;
        return false;
    }

    void read_c_escape() {
        if (at_ == text_.size()) return fail(errc::invalid_text);
        char const c = text_[at_];
        if (c >= '0' && c <= '7') return add(static_cast<char>(read_number(8, count_digits(8, 3))));
        ++at_;
        switch (c) {
        case 'b': return add('\b');
        case 'f': return add('\f');
        case 'n': return add('\n');
        case 'r': return add('\r');
        case 't': return add('\t');
        case 'v': return add('\v');
        case 'x':
            if (count_digits(16, 1) == 0) return add(c);
            return add(static_cast<char>(read_number(16, count_digits(16, 2))));
        case 'u': return add_code_point(4);
        case 'U': return add_code_point(8);
        default: return add(c);
        }
    }

    void read_unicode_escape() {
        if (at_ == text_.size()) return fail(errc::invalid_text);
        if (text_[at_] != '\\' && text_[at_] != '+') return add_code_point(4);
        if (text_[at_++] == '\\') return add('\\');
        add_code_point(6);
    }

    // A code point of exactly so many hexadecimal digits. Surrogates come in pairs, an escape each.
    void add_code_point(std::size_t digits) {
        if (count_digits(16, digits) != digits) return fail(errc::invalid_text);
        auto c = read_number(16, digits);
        bool const low = c >= 0xdc00 && c <= 0xdfff;
        if (low != (high_surrogate_ != 0)) return fail(errc::invalid_text);
        if (c >= 0xd800 && c <= 0xdbff) {
            high_surrogate_ = c;
            return;
        }
        if (low) c = 0x10000 + ((std::exchange(high_surrogate_, 0U) - 0xd800) << 10) + (c - 0xdc00);
        if (c == 0 || c > 0x10ffff) return fail(errc::invalid_text);
        if (c < 0x80) return add_byte(c);
        if (c >= 0x10000) {
            add_byte(0xf0 | c >> 18);
            add_byte(0x80 | (c >> 12 & 0x3f));
        } else if (c >= 0x800) {
            add_byte(0xe0 | c >> 12);
        }
        add_byte(c < 0x800 ? 0xc0 | c >> 6 : 0x80 | (c >> 6 & 0x3f));
        add_byte(0x80 | (c & 0x3f));
    }

    void add(char c) {
        if (high_surrogate_ != 0) fail(errc::invalid_text);
        if (c == '\0') fail(errc::invalid_encoding);
        value_ += c;
    }
    void add_byte(std::uint32_t byte) { value_ += static_cast<char>(static_cast<unsigned char>(byte)); }
    void fail(errc error) noexcept {
        if (error_ == errc::none) error_ = error;
    }

    [[nodiscard]] static std::uint32_t digit(char c) noexcept {
        if (is_digit(c)) return static_cast<std::uint32_t>(c - '0');
        char const letter = to_lower(c);
        return letter >= 'a' && letter <= 'f' ? static_cast<std::uint32_t>(letter - 'a' + 10) : 16;
    }
    [[nodiscard]] std::size_t count_digits(std::uint32_t base, std::size_t limit) const noexcept {
        std::size_t n = 0;
        while (n != limit && at_ + n < text_.size() && digit(text_[at_ + n]) < base) ++n;
        return n;
    }
    [[nodiscard]] std::uint32_t read_number(std::uint32_t base, std::size_t digits) noexcept {
        std::uint32_t number = 0;
        for (; digits != 0; --digits) number = number * base + digit(text_[at_++]);
        return number;
    }

    std::string_view text_;
    char quote_;
    escapes escapes_;
    errc error_ = errc::none;
    std::uint32_t high_surrogate_ = 0;  // waits for its other half
    std::size_t at_ = 0;
    std::string value_;
};

}  // namespace detail

/// The name that an identifier stands for: a plain word in lower case, a quoted one as it is. Unicode escapes are those
/// with a backslash: UESCAPE, which is a clause behind the token, is not looked at.
/// @param t of kind `word` or `quoted_identifier`
/// @return UTF-8 if the text is; `invalid_text` if it is not terminated, empty, or not an identifier
[[nodiscard]] inline result<std::string> decode_identifier(token const& t) {
    if (t.kind == token_kind::word) {
        std::string name(t.text);
        std::transform(name.begin(), name.end(), name.begin(), detail::to_lower);
        return name;
    }
    if (t.kind != token_kind::quoted_identifier) return errc::invalid_text;
    using inside = detail::literal_reader;
    using escapes = inside::escapes;
    bool const unicode = t.text[0] != '"';
    auto const text = t.text.substr(unicode ? 3 : 1);
    auto name = inside(text, '"', unicode ? escapes::unicode : escapes::none).read();
    if (name && name->empty()) return errc::invalid_text;
    return name;
}

/// The text that a string stands for, escapes resolved. The bytes of `\x` and `\ooo` are not checked to be UTF-8.
/// @param t of kind `string`
/// @return `invalid_text` if it is not terminated, not a string, or an escape is wrong; `invalid_encoding` for a zero
///         byte; `unsupported` for B'…' and X'…', which are not text
[[nodiscard]] inline result<std::string> decode_string(token const& t) {
    if (t.kind != token_kind::string) return errc::invalid_text;
    using inside = detail::literal_reader;
    using escapes = inside::escapes;
    switch (detail::to_lower(t.text[0])) {
    case '\'': return inside(t.text.substr(1), '\'', escapes::none).read();
    case 'n': return inside(t.text.substr(2), '\'', escapes::none).read();
    case 'e': return inside(t.text.substr(2), '\'', escapes::c_style).read();
    case 'u': return inside(t.text.substr(3), '\'', escapes::unicode).read();
    case '$': break;
    default: return errc::unsupported;
    }
    auto const delimiter = detail::dollar_quote(t.text);
    if (t.text.size() < 2 * delimiter.size() || !t.text.ends_with(delimiter)) return errc::invalid_text;
    auto const text = t.text.substr(delimiter.size(), t.text.size() - 2 * delimiter.size());
    if (text.find('\0') != text.npos) return errc::invalid_encoding;
    return std::string(text);
}

}  // namespace pgwire
