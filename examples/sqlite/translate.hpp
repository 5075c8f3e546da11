// PostgreSQL's SQL where SQLite's differs in its spelling: parameters, casts, quotes, functions without parentheses.
//
//     $1                          ?1, which is faster than a parameter with a name
//     E'it\'s', $$it's$$          'it''s'
//     '42'::int, CAST('t' AS bool)   42, CAST(1 AS numeric): a quoted constant is read by its type (constants.hpp)
//     f(x)::date, a.b::float8     CAST(f(x) AS text), CAST(a.b AS real)
//     a::int, CAST(a AS int)      CAST(int4(a) AS integer), which rounds and refuses as PostgreSQL does
//                                 (integer_casts.hpp); in a definition, which is kept, CAST(a AS integer)
//     $1::numeric                 ?1: its value is bound by its type, and SQLite's cast might lose digits
//     pg_catalog.version()        version()
//     current_user, localtime     current_user(), localtime(): where no column is called so
//     (VALUES (1)) AS v (a)       (WITH v (a) AS (VALUES (1)) SELECT * FROM v) AS v
//     SELECT pg_listening_channels()   SELECT pg_listening_channels FROM pg_listening_channels()
//
// THE RULE of casts. What stands before `::` is its operand: a constant, a parameter, a name with its dots, what is in
// parentheses, a function's call with its FILTER and OVER, CASE … END, or another cast. SQLite knows five types: a cast
// names that in which the values of its type are kept. To other types than integers SQLite converts by its own rules: a
// text that is no number is 0. `CAST(x AS t)` takes any type that SQLite takes (types.hpp), `::` only those of
// PostgreSQL.
#pragma once

#include "constants.hpp"
#include "function_types.hpp"
#include "sqlite_text.hpp"
#include "tokens.hpp"
#include "types.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/types/text_style.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

namespace detail {

/// The type in which SQLite keeps the values of this one.
[[nodiscard]] inline std::string_view kept_as(pgwire::type_info const& t) {
    using namespace pgwire::types;
    if (kept_as_text(t)) return "text";
    if (t == bytea) return "blob";
    if (t == float4 || t == float8) return "real";
    return t == pgwire::types::bool_ || t == pgwire::types::numeric ? "numeric" : "integer";
}

/// The function that casts to this type of integers (integer_casts.hpp), with the parenthesis behind it; empty for
/// other types.
[[nodiscard]] inline std::string integer_cast(pgwire::type_info const& t, bool of_float) {
    using namespace pgwire::types;
    if (t != int2 && t != int4 && t != int8) return {};
    return std::string(t.name) + (of_float ? "_of_float(" : "(");
}

[[nodiscard]] inline bool is_bit_string(token const& t) {
    char const c = pgwire::detail::to_lower(t.text[0]);
    return c == 'b' || c == 'x';
}

class translator {
public:
    translator(std::string_view text, std::vector<token> const& tokens, pgwire::text_style const& style,
               std::span<std::string_view const> calls, std::span<std::size_t const> bytes)
        : text_(text), tokens_(tokens), style_(style), calls_(calls), bytes_(bytes), openings_(tokens.size(), none),
          made_(tokens.size()), is_definition_(is(0, "CREATE") || is(0, "ALTER")) {}

    [[nodiscard]] std::vector<sqlite_text::edit> read() && {
        for (; tokens_[at_].kind != token_kind::end; ++at_) {
            auto const& t = tokens_[at_];
            if (t.kind == token_kind::parameter) read_parameter(t);
            else if (t.kind == token_kind::string) read_string(t);
            else if (t.kind == token_kind::word) read_word(t);
            else if (t.text == "::") read_cast(t);
            else if (t.text == "(") open_.push_back(at_);
            else if (t.text == ")") close("(");
        }
        return std::move(edits_);
    }

private:
    [[nodiscard]] bool is(std::size_t i, std::string_view text) const {
        auto const& t = tokens_[std::min(i, tokens_.size() - 1)];
        return pgwire::is_keyword(t, text) || (t.kind == token_kind::symbol && t.text == text);
    }
    /// Instead of the tokens from `first` up to `last`, that one not included.
    void put(std::size_t first, std::size_t last, std::string with) {
        auto const room = text_between(text_, tokens_, first, last).size();
        if (room != 0) edits_.push_back({tokens_[first].offset, room, std::move(with)});
    }
    [[nodiscard]] std::uint32_t position_of(token const& t) const {
        return pgwire::count_characters(text_.substr(0, t.offset)) + 1;
    }

    void read_parameter(token const& t) {
        if (t.text.find_first_not_of("0123456789", 1) != t.text.npos) throw pgwire::syntax_error_at(text_, t);
        if (number_of_parameter(t) == 0)
            throw pgwire::sql_error(pgwire::sqlstates::undefined_parameter,
                                    "there is no parameter " + std::string(t.text))
                .position(position_of(t));
        edits_.push_back({t.offset, 1, "?"});
    }

    void read_string(token const& t) {
        is_text_ = false;
        if (is_bit_string(t)) return;
        auto const value = pgwire::decode_string(t);
        if (!value) throw pgwire::syntax_error_at(text_, t);
        if (is(at_ + 1, "::")) check_type(at_ + 2);
        try {
            if (!pgwire::valid_utf8(*value))
                throw pgwire::sql_error(pgwire::sqlstates::character_not_in_repertoire,
                                        "invalid byte sequence for encoding \"UTF8\"");
            bool const is_cast = is(at_ + 1, "AS") && at_ != 0 && is(at_ - 1, "(") && in_cast();
            bool const is_bytes = std::find(bytes_.begin(), bytes_.end(), t.offset) != bytes_.end();
            auto const type = is_cast || is(at_ + 1, "::") ? type_at(at_ + 2).info
                              : is_bytes                   ? pgwire::types::bytea
                                                           : pgwire::types::text;
            auto made = constant_of(type, *value, style_);
            is_text_ = is_cast && made.starts_with('\'');
            if (made != t.text) put(at_, at_ + 1, std::move(made));
        } catch (pgwire::sql_error& e) {
            e.fields().position = position_of(t);
            throw;
        }
    }

    void read_word(token const& t) {
        if (pgwire::is_keyword(t, "CASE")) open_.push_back(at_);
        if (pgwire::is_keyword(t, "END")) close("CASE");
        if (pgwire::is_keyword(t, "AS") && in_cast()) {
            auto const end = end_of_type(tokens_, at_ + 1);
            auto const type = type_at(at_ + 1).info;
            bool const is_text = is_text_ && tokens_[at_ - 1].kind == token_kind::string;
            if (auto const cast = begin_integer(open_.back() + 1, at_, type); !cast.empty()) {
                edits_.push_back({tokens_[open_.back() + 1].offset, 0, cast});
                edits_.push_back({t.offset, 0, end_integer(cast) + ' '});
            }
            put(at_ + 1, end, std::string(is_text ? "text" : kept_as(type)));
            made_[end] = number_type(type);
            return;
        }
        if (pgwire::is_keyword(t, "pg_catalog") && is(at_ + 1, ".") && is(at_ + 3, "(")) return put(at_, at_ + 2, {});
        if (pgwire::is_keyword(t, "pg_listening_channels") && is(at_ + 1, "(")) return read_listening();
        if (calls_.empty()) return;
        if (is(at_ + 1, "(") || is(at_ + 1, ".") || (at_ != 0 && (is(at_ - 1, ".") || is(at_ - 1, "AS")))) return;
        if (auto const* const f = find_word_function(t.text))
            if (std::find(calls_.begin(), calls_.end(), f->word) != calls_.end())
                put(at_, at_ + 1, std::string(f->function) + "()");
    }

    /// A function that gives rows, alone in a list of results: for SQLite a table (listening.hpp).
    void read_listening() {
        auto const begin = at_ >= 2 && is(at_ - 1, ".") ? at_ - 2 : at_;
        auto const behind = is(at_ + 3, "AS") ? at_ + 5 : at_ + 3;
        bool const is_alone = begin != 0 && is(begin - 1, "SELECT") && is(at_ + 2, ")") && behind < tokens_.size();
        if (!is_alone || !(tokens_[behind].kind == token_kind::end || is(behind, ")") || is(behind, "ORDER") ||
                           is(behind, "LIMIT") || is(behind, "UNION")))
            return;
        put(at_ + 1, at_ + 3, {});
        auto const& last = tokens_[behind - 1];
        edits_.push_back({last.offset + last.text.size(), 0, " FROM pg_listening_channels()"});
    }

    /// The token here closes what that one has opened.
    void close(std::string_view opening) {
        if (open_.empty() || !is(open_.back(), opening)) return;
        openings_[at_] = open_.back();
        bool const is_cast = last_cast_end_ == at_ && last_cast_begin_ == open_.back() + 1;  // all between these
        if (made_[at_ - 1] == a_float || is_cast) made_[at_] = made_[at_ - 1];
        open_.pop_back();
        if (opening == "(") name_columns(openings_[at_], at_);
    }

    /// A query in parentheses may have names for its columns behind it; in SQLite a WITH has.
    void name_columns(std::size_t first, std::size_t last) {
        if (!is(first + 1, "SELECT") && !is(first + 1, "VALUES") && !is(first + 1, "WITH")) return;
        auto const name = last + (is(last + 1, "AS") ? 2 : 1);
        if (name + 1 >= tokens_.size() || !is_name(name) || !is(name + 1, "(")) return;
        auto end = name + 2;
        while (tokens_[end].kind != token_kind::end && !is(end, ")")) ++end;
        if (!is(end, ")")) return;
        auto const named = std::string(text_between(text_, tokens_, name, end + 1));
        edits_.push_back({tokens_[first + 1].offset, 0, "WITH " + named + " AS ("});
        edits_.push_back({tokens_[last].offset, 0, ") SELECT * FROM " + std::string(tokens_[name].text)});
        put(name + 1, end + 1, {});
    }

    // ---- casts

    /// Is this between the parentheses of a CAST?
    [[nodiscard]] bool in_cast() const {
        return !open_.empty() && open_.back() != 0 && is(open_.back(), "(") && is(open_.back() - 1, "CAST");
    }
    [[nodiscard]] sql_type type_at(std::size_t i) const {
        return type_of(text_between(text_, tokens_, i, end_of_type(tokens_, i)));
    }

    /// Behind `::` stands one of the types that there are.
    void check_type(std::size_t i) const {
        auto const& t = tokens_[i];
        if (t.kind != token_kind::word && t.kind != token_kind::quoted_identifier)
            throw pgwire::syntax_error_at(text_, t);
        auto const end = end_of_type(tokens_, i);
        auto const name = text_between(text_, tokens_, i, end);
        bool const is_array = tokens_[end].text == "[";
        if (is_array || !is_known_type(name))
            throw pgwire::sql_error(pgwire::sqlstates::undefined_object,
                                    "type \"" + std::string(name) + (is_array ? "[]" : "") + "\" does not exist")
                .position(position_of(t));
    }

    void read_cast(token const& t) {
        auto const type = at_ + 1;
        auto const end = end_of_type(tokens_, type);
        check_type(type);
        auto const operand = last_cast_end_ == at_ ? last_cast_begin_ : begin_of_operand(at_);
        if (operand == none) throw pgwire::syntax_error_at(text_, t);
        auto const& first = tokens_[operand];
        auto const kept = kept_as(type_at(type).info);
        bool const is_alone = operand + 1 == at_;
        bool const is_constant = is_alone && first.kind == token_kind::string && !is_bit_string(first);
        if (is_constant || (is_alone && first.kind == token_kind::parameter && kept == "numeric")) {
            put(at_, end, {});
        } else {
            auto const cast = begin_integer(operand, at_, type_at(type).info);
            edits_.push_back({first.offset, 0, "CAST(" + cast});
            put(at_, type, end_integer(cast) + " AS ");
            put(type, end, std::string(kept) + ')');
        }
        made_[end - 1] = number_type(type_at(type).info);
        last_cast_begin_ = operand;
        last_cast_end_ = end;
        at_ = end - 1;
    }

    /// What the operand of a cast, from the token `first` up to `last`, is put into if the type is one of integers;
    /// empty if it is one already. A number of more digits than SQLite keeps goes there as text.
    [[nodiscard]] std::string begin_integer(std::size_t first, std::size_t last, pgwire::type_info const& type) const {
        if (is_definition_ || first >= last) return {};
        auto const& operand = tokens_[first];
        auto const made = made_[last - 1];
        auto cast = integer_cast(type, made == a_float);
        bool const is_cast = (last_cast_begin_ == first && last_cast_end_ == last) || openings_[last - 1] == first ||
                             (is(first, "CAST") && openings_[last - 1] == first + 1);
        if (is_cast && made != a_float && made != 0 && made <= number_type(type)) return {};
        if (cast.empty() || first + 1 != last) return cast;
        if (operand.kind == token_kind::string && !is_bit_string(operand)) return {};
        if (operand.kind != token_kind::number) return cast;
        bool const is_whole = operand.text.find_first_not_of("0123456789") == operand.text.npos;
        if (is_whole && operand.text.size() < 5) return {};
        return fits_a_double(operand.text) ? cast : cast + '\'';
    }
    [[nodiscard]] static std::string end_integer(std::string_view cast) {
        return cast.empty() ? "" : cast.ends_with('\'') ? "')" : ")";
    }
    /// What casts make, as far as it matters: an integer of so many bytes, a float, or 0.
    static constexpr char a_float = 'f';
    [[nodiscard]] static char number_type(pgwire::type_info const& t) {
        if (t == pgwire::types::float4 || t == pgwire::types::float8) return a_float;
        return integer_cast(t, false).empty() ? '\0' : static_cast<char>(t.size);
    }

    /// Where the operand begins that ends before the token `end`.
    [[nodiscard]] std::size_t begin_of_operand(std::size_t end) const {
        if (end == 0) return none;
        auto last = end - 1;
        if (is(last, "END")) return openings_[last];
        while (is(last, ")")) {
            auto const open = openings_[last];
            if (open == none || open == 0) return open;
            last = open - 1;
            if (!is_name(last)) return open;
            bool const is_clause = (is(last, "FILTER") || is(last, "OVER")) && last != 0 && is(last - 1, ")");
            if (!is_clause) return begin_of_name(last);
            --last;
        }
        if (is_name(last)) return begin_of_name(last);
        auto const kind = tokens_[last].kind;
        bool const is_constant =
            kind == token_kind::string || kind == token_kind::number || kind == token_kind::parameter;
        return is_constant ? last : none;
    }
    [[nodiscard]] std::size_t begin_of_name(std::size_t i) const {
        while (i >= 2 && is(i - 1, ".") && tokens_[i - 2].kind != token_kind::symbol) i -= 2;
        return i;
    }
    /// Of a column, of a function? A parenthesis behind another word is the expression's own.
    [[nodiscard]] bool is_name(std::size_t i) const {
        // clang-format off
        constexpr std::string_view others[] = {
            "ALL", "AND", "AS", "BETWEEN", "BY", "CASE", "CHECK", "DEFAULT", "DISTINCT", "ELSE", "ESCAPE", "EXCEPT",
            "FROM", "GLOB", "HAVING", "IN", "INTERSECT", "IS", "LIKE", "LIMIT", "MATCH", "NOT", "OFFSET", "ON", "OR",
            "REGEXP", "RETURNING", "SELECT", "SET", "THEN", "UNION", "USING", "VALUES", "WHEN", "WHERE"};
        // clang-format on
        if (tokens_[i].kind == token_kind::quoted_identifier) return true;
        return tokens_[i].kind == token_kind::word &&
               std::none_of(std::begin(others), std::end(others), [&](auto word) { return is(i, word); });
    }

    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::string_view text_;
    std::vector<token> const& tokens_;
    pgwire::text_style const& style_;
    std::span<std::string_view const> calls_;
    std::span<std::size_t const> bytes_;
    std::size_t at_ = 0;
    std::vector<std::size_t> open_;      // the parentheses and CASEs around here
    std::vector<std::size_t> openings_;  // of each token that closes one
    std::vector<char> made_;             // by the cast that ends with this token
    bool is_definition_;
    bool is_text_ = false;               // the last string, alone in a CAST, for SQLite
    std::size_t last_cast_begin_ = none;
    std::size_t last_cast_end_ = none;
    std::vector<sqlite_text::edit> edits_;
};

/// The function that the word at this position may stand for. @param position in characters from 1; 0 is none
[[nodiscard]] inline word_function const* word_function_at(std::string_view text, std::vector<token> const& tokens,
                                                           std::uint32_t position) {
    std::size_t seen = 0;  // bytes
    std::uint32_t here = 1;
    for (auto const& t : tokens) {
        here += pgwire::count_characters(text.substr(seen, t.offset - seen));
        seen = t.offset;
        if (here == position) return t.kind == token_kind::word ? find_word_function(t.text) : nullptr;
    }
    return nullptr;
}

}  // namespace detail

/// The statement as SQLite reads it.
/// @param style what the session's settings say of dates and the like
/// @param calls those words of `word_functions` that are functions in this statement
/// @param bytes where strings begin that are the text of a bytea
/// @throws pgwire::sql_error 42601 for a string that is not terminated, 22P02 and the like for a constant that is not
/// of
///         its type, 42704 for a type that is not known, 42P02 for $0
[[nodiscard]] inline sqlite_text to_sqlite(std::string_view text, std::vector<token> const& tokens,
                                           pgwire::text_style const& style,
                                           std::span<std::string_view const> calls = {},
                                           std::span<std::size_t const> bytes = {}) {
    sqlite_text made(text);
    auto edits = detail::translator(text, tokens, style, calls, bytes).read();
    if (!edits.empty()) made.apply(std::move(edits));
    return made;
}

}  // namespace example
