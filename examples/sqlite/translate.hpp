// PostgreSQL's SQL where SQLite's differs in its spelling: parameters, casts, quotes.
//
// What is written in another way takes no more room, so everything stays in its place, and the position of an error is
// the same in both texts:
//
//     $1                           ?1          which is faster than a parameter with a name
//     $1::date, '2024-02-29'::date the type is blanked out; of a parameter it says how its value is read
//     CAST(x AS date)              AS text     SQLite's cast to a type that it does not know makes a number
//     E'it\'s', $$it's$$           'it''s'
#pragma once

#include "tokens.hpp"
#include "types.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/sql_command.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

namespace detail {

/// `'it''s'` for a string in any of PostgreSQL's spellings.
[[nodiscard]] inline std::string plain_string(std::string_view text, token const& t) {
    auto const inside = pgwire::decode_string(t);
    if (!inside) throw pgwire::syntax_error_at(text, t);
    std::string quoted = "'";
    for (char const c : *inside) quoted.append(c == '\'' ? 2 : 1, c);
    return quoted + '\'';
}
[[nodiscard]] inline bool is_bit_string(token const& t) {
    char const c = pgwire::detail::to_lower(t.text[0]);
    return c == 'b' || c == 'x';
}

}  // namespace detail

/// The statement as SQLite reads it.
/// @throws pgwire::sql_error 42601 for a string that is not terminated, 0A000 for one that would take more room
[[nodiscard]] inline std::string to_sqlite(std::string_view text, std::vector<token> const& tokens) {
    std::string made(text);
    auto const put = [&](std::size_t offset, std::size_t room, std::string_view with) {
        made.replace(offset, room, std::string(with) + std::string(room - with.size(), ' '));
    };
    std::vector<bool> casts;  // for each open parenthesis: is it that of a CAST?
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        auto const& t = tokens[i];
        if (t.kind == token_kind::parameter) {
            made[t.offset] = '?';
        } else if (t.kind == token_kind::string && !detail::is_bit_string(t)) {
            auto const plain = detail::plain_string(text, t);
            if (plain.size() > t.text.size())
                throw pgwire::sql_error(pgwire::sqlstates::feature_not_supported,
                                        "so many quotes in such a string are not supported here");
            put(t.offset, t.text.size(), plain);
        } else if (t.text == "(") {
            casts.push_back(i != 0 && pgwire::is_keyword(tokens[i - 1], "CAST"));
        } else if (t.text == ")" && !casts.empty()) {
            casts.pop_back();
        } else if (pgwire::is_keyword(t, "AS") && !casts.empty() && casts.back()) {
            auto const type = text_between(text, tokens, i + 1, end_of_type(tokens, i + 1));
            auto const info = type_of(type).info;
            if (type.size() >= 4 && kept_as_text(info)) put(tokens[i + 1].offset, type.size(), "text");
            if (info == pgwire::types::bytea) put(tokens[i + 1].offset, type.size(), "blob");
        }
        if (tokens[i + 1].text == "::" && (t.kind == token_kind::parameter || t.kind == token_kind::string)) {
            auto const end = end_of_type(tokens, i + 2);
            auto const type = text_between(text, tokens, i + 2, end);
            if (t.kind == token_kind::parameter || kept_as_text(type_of(type).info)) {
                auto const from = tokens[i + 1].offset;
                auto const room = text_between(text, tokens, i + 1, end).size();
                put(from, room, {});
                i = end - 1;
            }
        }
    }
    return made;
}

}  // namespace example
