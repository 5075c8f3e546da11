// The tokens of a statement, and someone who reads them.
#pragma once

#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace example {

using pgwire::token;
using pgwire::token_kind;

/// The tokens of a statement; the last is of kind `end`.
[[nodiscard]] inline std::vector<token> tokens_of(std::string_view text) {
    std::vector<token> all;
    pgwire::token_scanner in(text);
    do all.push_back(in.next());
    while (all.back().kind != token_kind::end);
    return all;
}

/// The number of a parameter, 1 to 65,535; 0 if it is none of those.
[[nodiscard]] inline std::size_t number_of_parameter(token const& t) {
    std::uint16_t number = 0;
    auto const digits = t.text.substr(1);
    auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return read.ec == std::errc{} ? number : 0;
}

/// Behind the type's name that begins at `i`: `double precision`, `varchar(20)`, `timestamp(3) with time zone`,
/// `pg_catalog.int4`, `"pg_catalog"."int4"`.
[[nodiscard]] inline std::size_t end_of_type(std::vector<token> const& tokens, std::size_t i) {
    bool const is_qualified = pgwire::is_keyword(tokens[i], "pg_catalog") || tokens[i].text == "\"pg_catalog\"";
    if (is_qualified && tokens[i + 1].text == ".") i += 2;
    auto const is = [&](std::string_view word) { return pgwire::is_keyword(tokens[i], word); };
    bool const takes_more = is("double") || is("character") || is("time") || is("timestamp");
    if (tokens[i].kind == token_kind::end) return i;
    ++i;
    if (takes_more && (is("precision") || is("varying"))) ++i;
    if (tokens[i].text == "(" && tokens[i + 1].kind == token_kind::number) {
        while (tokens[i].kind != token_kind::end && tokens[i].text != ")") ++i;
        if (tokens[i].kind != token_kind::end) ++i;
    }
    if (takes_more && (is("with") || is("without")) && pgwire::is_keyword(tokens[i + 1], "time")) i += 3;
    return std::min(i, tokens.size() - 1);
}

/// The text between two tokens, the second not included.
[[nodiscard]] inline std::string_view text_between(std::string_view text, std::vector<token> const& tokens,
                                                   std::size_t first, std::size_t last) {
    if (first >= last) return {};
    auto const begin = tokens[first].offset;
    return text.substr(begin, tokens[last - 1].offset + tokens[last - 1].text.size() - begin);
}

/// Goes from token to token, and never past the end.
class token_reader {
protected:
    explicit token_reader(std::vector<token> const& tokens) : tokens_(tokens) {}

    [[nodiscard]] token const& here() const { return tokens_[at_]; }
    [[nodiscard]] token const& ahead(std::size_t n) const { return tokens_[std::min(at_ + n, tokens_.size() - 1)]; }
    [[nodiscard]] bool at_end() const { return here().kind == token_kind::end; }
    [[nodiscard]] bool is(std::string_view text) const { return matches(here(), text); }
    static bool matches(token const& t, std::string_view text) {
        return pgwire::is_keyword(t, text) || (t.kind == token_kind::symbol && t.text == text);
    }
    bool accept(std::string_view text) {
        if (!is(text)) return false;
        ++at_;
        return true;
    }
    [[nodiscard]] bool is_any(std::initializer_list<std::string_view> words) const {
        return std::any_of(words.begin(), words.end(), [this](auto w) { return is(w); });
    }
    [[nodiscard]] static std::string name_of(token const& t) {
        auto const name = pgwire::decode_identifier(t);
        return name ? *name : std::string();
    }
    void advance() {
        if (!at_end()) ++at_;
    }
    /// Behind the parenthesis that closes the one just passed.
    void skip_parentheses() {
        for (std::size_t depth = 1; depth != 0 && !at_end(); advance()) {
            if (is("(")) ++depth;
            if (is(")")) --depth;
        }
    }
    /// The token behind the list in parentheses that begins here.
    [[nodiscard]] token const& ahead_of_list() const {
        std::size_t n = 1;
        while (ahead(n).kind != token_kind::end && !matches(ahead(n), ")")) ++n;
        return ahead(n + 1);
    }
    /// The names in the parentheses that begin here.
    std::vector<std::string> read_names() {
        std::vector<std::string> names;
        for (advance(); !at_end() && !accept(")"); advance())
            if (auto name = name_of(here()); !name.empty()) names.push_back(std::move(name));
        return names;
    }
    void to_end() { at_ = tokens_.size() - 1; }
    /// The name of a type.
    std::string_view take_type(std::string_view text) {
        auto const begin = at_;
        at_ = end_of_type(tokens_, at_);
        return text_between(text, tokens_, begin, at_);
    }

private:
    std::vector<token> const& tokens_;
    std::size_t at_ = 0;
};

}  // namespace example
