// What a client is told of a text that the grammar of SQL does not know.
//
// Floor 4. The sentences are PostgreSQL's.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/types/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// 42601, in PostgreSQL's words, at a token of `text`.
[[nodiscard]] inline sql_error syntax_error_at(std::string_view text, token const& t) {
    auto words = t.kind == token_kind::end ? std::string("syntax error at end of input")
                                           : "syntax error at or near \"" + std::string(t.text) + '"';
    return sql_error(sqlstates::syntax_error, std::move(words))
        .position(count_characters(text.substr(0, t.offset)) + 1);
}

namespace detail {

/// Calls `f`; the position of an error that it throws is one in a longer text, with so many characters before.
template<class F>
decltype(auto) with_text_before(std::size_t characters, F&& f) {
    try {
        return f();
    } catch (sql_error& e) {
        auto& position = e.fields().position;
        if (position != 0) position += static_cast<std::uint32_t>(characters);
        throw;
    }
}

}  // namespace detail

}  // namespace pgwire
