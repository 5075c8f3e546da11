// Cuts the text of a simple query into its statements, by SQL's rules or not at all.
//
// Floor 1, pure and constexpr, no allocation. Source: PostgreSQL documentation, "Multiple Statements in a Simple Query"
// and "Lexical Structure"; where a routine's body ends, as psql finds it.
#pragma once

#include "pgwire/protocol/sql_scanner.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>

namespace pgwire {

/// A statement, borrowed from a longer text.
struct statement_text {
    std::string_view text;
    std::size_t offset = 0;  ///< where it begins in the whole, in bytes

    friend constexpr bool operator==(statement_text const&, statement_text const&) = default;
};

/// What cuts a text into statements: `sql_splitter`, `whole_text`, or one's own for another language.
template<class S>
concept statement_splitter = std::constructible_from<S, std::string_view> && requires(S s) {
    // the next statement that is not empty, or nothing once there is none
    { s.next() } -> std::same_as<std::optional<statement_text>>;
};

/// Statements end at semicolons: not at those in quotes, comments and parentheses, nor in the body of a routine,
/// between BEGIN ATOMIC and its END. A statement's text begins with its first token and ends before its semicolon;
/// spaces at its end are cut off, comments are not. Statements without a token are skipped. A semicolon at the very end
/// of the text is cut off wherever it stands, since what it stands in is then not closed.
class sql_splitter {
public:
    constexpr explicit sql_splitter(std::string_view text) noexcept : text_(text), scanner_(text) {}

    [[nodiscard]] constexpr std::optional<statement_text> next() noexcept {
        if (finished_) return std::nullopt;
        auto const begin = scanner_.skip_to_statement();
        if (begin == text_.size()) return std::nullopt;
        auto const semicolon = text_.find(';', begin);
        if (semicolon == text_.npos || nothing_behind(semicolon)) {  // most texts: no need to look for quotes
            finished_ = true;
            return cut(begin, std::min(semicolon, text_.size()));
        }
        return cut(begin, skip_statement());
    }

private:
    // Then it ends the statement; or it stands in a quote or comment that is never closed, and does not matter.
    [[nodiscard]] constexpr bool nothing_behind(std::size_t semicolon) const noexcept {
        auto const rest = text_.substr(semicolon);
        return std::all_of(rest.begin(), rest.end(), [](char c) { return c == ';' || detail::is_space(c); });
    }

    // Moves behind the statement's semicolon and returns where that is, or the end of the text.
    constexpr std::size_t skip_statement() noexcept {
        bool const may_have_body = creates_routine(scanner_);
        std::size_t parentheses = 0;
        std::size_t blocks = 0;  // of a body: BEGIN and CASE, each up to its END
        for (;;) {
            auto const t = scanner_.next();
            if (t.kind == token_kind::end) return t.offset;
            if (t.kind == token_kind::symbol) {
                if (t.text == ";" && parentheses == 0 && blocks == 0) return t.offset;
                if (t.text == "(") ++parentheses;
                if (t.text == ")" && parentheses != 0) --parentheses;
            } else if (may_have_body && parentheses == 0) {
                if (blocks == 0)
                    blocks += is_keyword(t, "BEGIN") && is_keyword(scanner_.peek(), "ATOMIC");
                else if (is_keyword(t, "BEGIN") || is_keyword(t, "CASE"))
                    ++blocks;
                else if (is_keyword(t, "END"))
                    --blocks;
            }
        }
    }

    [[nodiscard]] static constexpr bool creates_routine(token_scanner in) noexcept {
        if (!in.accept("CREATE")) return false;
        if (in.accept("OR") && !in.accept("REPLACE")) return false;
        return in.accept("FUNCTION") || in.accept("PROCEDURE");
    }

    [[nodiscard]] constexpr statement_text cut(std::size_t begin, std::size_t end) const noexcept {
        while (detail::is_space(text_[end - 1])) --end;  // there is a token
        return {text_.substr(begin, end - begin), begin};
    }

    std::string_view text_;
    token_scanner scanner_;
    bool finished_ = false;
};

/// One statement, the text as it is, for languages that are not SQL. It is empty if there is nothing in it but spaces.
class whole_text {
public:
    constexpr explicit whole_text(std::string_view text) noexcept : text_(text) {}

    [[nodiscard]] constexpr std::optional<statement_text> next() noexcept {
        auto const text = text_;
        text_ = {};
        if (std::all_of(text.begin(), text.end(), detail::is_space)) return std::nullopt;
        return statement_text{text, 0};
    }

private:
    std::string_view text_;
};

}  // namespace pgwire
