// The lexical rules of PostgreSQL's SQL: words, quotes, numbers, comments; enough to cut texts apart and to recognise a
// session's own statements, no grammar.
//
// Floor 1, pure and constexpr, no allocation. Source: PostgreSQL documentation, "Lexical Structure". Backslashes escape
// in E'…' only, as with `standard_conforming_strings = on`. What is not terminated runs to the end of the text.
#pragma once

#include "pgwire/core/ascii.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

enum class token_kind : std::uint8_t {
    end,                ///< nothing is left
    word,               ///< a keyword or an identifier: `SELECT`, `t1`
    quoted_identifier,  ///< `"T 1"`, `U&"d\0061ta"`
    string,             ///< `'it''s'`, `E'\n'`, `$$…$$`, with U&, B, X, N; with its continuation on further lines
    number,             ///< `42`, `4.2e-1`, `0x2A`, `1_000`; a sign is a symbol of its own
    parameter,          ///< `$1`
    symbol,             ///< an operator, or a character of punctuation
};

/// A token as it stands in the text, quotes and prefixes included. (What is inside: see sql_literal.hpp.)
struct token {
    token_kind kind = token_kind::end;
    std::string_view text;
    std::size_t offset = 0;  ///< in bytes, from the beginning of the text

    friend constexpr bool operator==(token const&, token const&) = default;
};

namespace detail {

[[nodiscard]] constexpr bool begins_word(char c) noexcept {
    return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
[[nodiscard]] constexpr bool continues_tag(char c) noexcept { return begins_word(c) || is_digit(c); }
[[nodiscard]] constexpr bool continues_word(char c) noexcept { return continues_tag(c) || c == '$'; }

/// The end of the comment that begins at `at`, or `at` if none does. Those in /* */ nest.
[[nodiscard]] constexpr std::size_t skip_comment(std::string_view text, std::size_t at) noexcept {
    auto const opening = text.substr(at, 2);
    if (opening == "--") return std::min(text.find_first_of("\r\n", at), text.size());
    if (opening != "/*") return at;
    std::size_t depth = 0;
    do {
        auto const two = text.substr(at, 2);
        if (two == "/*") {
            ++depth;
            at += 2;
        } else if (two == "*/") {
            --depth;
            at += 2;
        } else {
            ++at;
        }
    } while (depth != 0 && at < text.size());
    return at;
}

/// A string that ends at `at` goes on with the next quote, if nothing but spaces, `--` comments and at least one line's
/// end are between them. Returns where that quote is, or `at`.
[[nodiscard]] constexpr std::size_t find_continuation(std::string_view text, std::size_t at) noexcept {
    bool new_line = false;
    for (auto i = at; i < text.size();) {
        if (text[i] == '\'') return new_line ? i : at;
        if (is_space(text[i])) {
            new_line = new_line || text[i] == '\n' || text[i] == '\r';
            ++i;
        } else if (text.substr(i, 2) == "--") {
            i = skip_comment(text, i);
        } else {
            break;
        }
    }
    return at;
}

/// The delimiter `$tag$` or `$$` at the front of `text`, or nothing.
[[nodiscard]] constexpr std::string_view dollar_quote(std::string_view text) noexcept {
    std::size_t end = 1;
    if (end < text.size() && begins_word(text[end]))
        while (end < text.size() && continues_tag(text[end])) ++end;
    return end < text.size() && text[end] == '$' ? text.substr(0, end + 1) : std::string_view{};
}

}  // namespace detail

/// Is this word that keyword? Letters' case does not matter.
[[nodiscard]] constexpr bool is_keyword(std::string_view word, std::string_view keyword) noexcept {
    return detail::equals_ignoring_case(word, keyword);
}

/// Is this token that keyword? What is quoted is none.
[[nodiscard]] constexpr bool is_keyword(token const& t, std::string_view keyword) noexcept {
    return t.kind == token_kind::word && is_keyword(t.text, keyword);
}

/// Gives the tokens of a text one by one, without spaces and comments. Tokens borrow from the text.
///
///     token_scanner in("SET work_mem TO '4MB'");
///     if (in.accept("SET")) { auto const name = in.next(); … }
class token_scanner {
public:
    constexpr explicit token_scanner(std::string_view text) noexcept : text_(text) {}

    /// The next token; at the end, again and again, one of kind `end`.
    [[nodiscard]] constexpr token next() noexcept {
        skip_blanks();
        if (at_ == text_.size()) return {token_kind::end, {}, at_};
        auto const begin = at_;
        auto const kind = scan();
        return {kind, text_.substr(begin, at_ - begin), begin};
    }

    /// The next token, which stays the next.
    [[nodiscard]] constexpr token peek() const noexcept { return token_scanner(*this).next(); }

    /// Takes the next token if it is this keyword (letters' case does not matter) or this symbol.
    constexpr bool accept(std::string_view keyword_or_symbol) noexcept {
        auto after = *this;
        auto const t = after.next();
        if (!is_keyword(t, keyword_or_symbol) && !(t.kind == token_kind::symbol && t.text == keyword_or_symbol))
            return false;
        *this = after;
        return true;
    }

    /// Skips spaces, comments and semicolons. @return where the next token begins, or the end of the text
    constexpr std::size_t skip_to_statement() noexcept {
        for (skip_blanks(); ahead(0) == ';'; skip_blanks()) ++at_;
        return at_;
    }

    /// The end of the last token taken, in bytes from the beginning of the text.
    [[nodiscard]] constexpr std::size_t position() const noexcept { return at_; }

private:
    [[nodiscard]] constexpr char ahead(std::size_t n) const noexcept {
        return n < text_.size() - at_ ? text_[at_ + n] : '\0';
    }

    constexpr void skip_blanks() noexcept {
        while (at_ < text_.size()) {
            char const c = text_[at_];
            auto const end = detail::is_space(c) ? at_ + 1 : c == '-' || c == '/' ? detail::skip_comment(text_, at_) : at_;
            if (end == at_) return;
            at_ = end;
        }
    }

    // Moves over one token, of which the first character is here.
    constexpr token_kind scan() noexcept {
        char const c = text_[at_];
        if (c == '\'') return scan_string(false);
        if (c == '"') return scan_quoted_identifier();
        if (c == '$') return scan_dollar();
        if (detail::begins_word(c)) return scan_word();
        if (detail::is_digit(c) || (c == '.' && detail::is_digit(ahead(1)))) return scan_number();
        return scan_symbol();
    }

    constexpr token_kind scan_word() noexcept {
        char const c = detail::to_lower(text_[at_]);
        if (ahead(1) == '\'' && (c == 'e' || c == 'b' || c == 'x' || c == 'n')) {
            ++at_;
            return scan_string(c == 'e');
        }
        if (c == 'u' && ahead(1) == '&' && (ahead(2) == '\'' || ahead(2) == '"')) {
            at_ += 2;
            return text_[at_] == '"' ? scan_quoted_identifier() : scan_string(false);
        }
        take_while(detail::continues_word);
        return token_kind::word;
    }

    // A doubled quote reads as the end of one part and the beginning of the next, and that is good enough here.
    constexpr token_kind scan_string(bool backslash_escapes) noexcept {
        for (bool inside = true; inside;) {
            for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_)
                if (backslash_escapes && text_[at_] == '\\') ++at_;
            if (at_ >= text_.size()) {
                at_ = text_.size();
                break;
            }
            ++at_;
            if (ahead(0) == '\'') continue;
            auto const next = detail::find_continuation(text_, at_);
            inside = next != at_;
            at_ = next;
        }
        return token_kind::string;
    }

    constexpr token_kind scan_quoted_identifier() noexcept {
        do {
            at_ = text_.find('"', at_ + 1);
            at_ = at_ == text_.npos ? text_.size() : at_ + 1;
        } while (ahead(0) == '"');
        return token_kind::quoted_identifier;
    }

    constexpr token_kind scan_dollar() noexcept {
        if (detail::is_digit(ahead(1))) {
            ++at_;
            take_while(detail::is_digit);
            take_junk();
            return token_kind::parameter;
        }
        auto const delimiter = detail::dollar_quote(text_.substr(at_));
        if (delimiter.empty()) {
            ++at_;
            return token_kind::symbol;
        }
        at_ = text_.find(delimiter, at_ + delimiter.size());
        at_ = at_ == text_.npos ? text_.size() : at_ + delimiter.size();
        return token_kind::string;
    }

    constexpr token_kind scan_number() noexcept {
        take_digits();
        if (ahead(0) == '.' && ahead(1) != '.') {
            ++at_;
            take_digits();
        }
        if (detail::to_lower(ahead(0)) == 'e' && (ahead(1) == '+' || ahead(1) == '-') && detail::is_digit(ahead(2))) {
            at_ += 2;
            take_digits();
        }
        take_junk();
        return token_kind::number;
    }

    // A word right behind a number is an error that belongs to the number; or it is an exponent, or the rest of 0x2A.
    constexpr void take_junk() noexcept {
        if (detail::begins_word(ahead(0))) take_while(detail::continues_word);
    }

    // The longest run of operator characters that contains no comment, and, so that `1=-1` works, does not end in a
    // sign unless there is a character in it that no operator of standard SQL has.
    constexpr token_kind scan_symbol() noexcept {
        constexpr std::string_view operators = "~!@#^&|`?+-*/%<>=";
        constexpr std::string_view beyond_standard = "~!@#^&|`?%";
        auto const two = text_.substr(at_, 2);
        if (two == "::" || two == ".." || two == ":=") {
            at_ += 2;
            return token_kind::symbol;
        }
        if (at_ < signs_end_) {
            ++at_;
            return token_kind::symbol;
        }
        auto end = at_;
        while (end < text_.size() && operators.find(text_[end]) != operators.npos &&
               detail::skip_comment(text_.substr(0, end + 2), end) == end)
            ++end;
        auto const run = text_.substr(at_, end - at_);
        signs_end_ = end;
        if (run.find_first_of(beyond_standard) == run.npos)
            while (end > at_ + 1 && (text_[end - 1] == '+' || text_[end - 1] == '-')) --end;
        at_ = std::max(end, at_ + 1);
        return token_kind::symbol;
    }

    constexpr void take_while(bool (*belongs)(char)) noexcept {
        while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    }
    constexpr void take_digits() noexcept {
        while (detail::is_digit(ahead(0)) || (ahead(0) == '_' && detail::is_digit(ahead(1)))) ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t signs_end_ = 0;  // up to here there are only signs, cut off an operator: each is a token of its own
};

/// The word that a text begins with, behind spaces and comments, as it is written there; empty if it begins otherwise.
[[nodiscard]] constexpr std::string_view first_keyword(std::string_view text) noexcept {
    auto const first = token_scanner(text).next();
    return first.kind == token_kind::word ? first.text : std::string_view{};
}

/// The highest number of a parameter in the text, which is how many it has: 0 to 65,535; a larger one counts as 65,535.
[[nodiscard]] constexpr std::uint16_t count_parameters(std::string_view text) noexcept {
    if (text.find('$') == text.npos) return 0;
    std::uint32_t highest = 0;
    token_scanner in(text);
    for (auto t = in.next(); t.kind != token_kind::end; t = in.next()) {
        if (t.kind != token_kind::parameter) continue;
        std::uint32_t number = 0;
        for (char const digit : t.text.substr(1, t.text.find_first_not_of("0123456789", 1) - 1))
            number = std::min<std::uint32_t>(number * 10 + static_cast<std::uint32_t>(digit - '0'), UINT16_MAX);
        highest = std::max(highest, number);
    }
    return static_cast<std::uint16_t>(highest);
}

}  // namespace pgwire
