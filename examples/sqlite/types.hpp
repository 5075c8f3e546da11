// The name of a type, as a column is declared with it or a CAST names it, and the PostgreSQL type that it is.
//
// Names of PostgreSQL and of the SQL standard mean what they mean there: `integer` has 4 bytes, `varchar(20)` its
// length. Any other name is read as SQLite reads it: with INT in it int8; CHAR, CLOB or TEXT text; BLOB bytea; REAL,
// FLOA or DOUB float8; no name at all is text, and everything else numeric.
#pragma once

#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/types/oid.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace example {

/// A type with its modifier: the 20 of `varchar(20)` in the form that the protocol has for it.
struct sql_type {
    pgwire::type_info info = pgwire::types::text;
    std::int32_t modifier = -1;

    friend bool operator==(sql_type const&, sql_type const&) = default;
};

namespace detail {

struct type_spelling {
    std::string_view name;
    pgwire::type_info info;
};

// clang-format off
inline constexpr type_spelling type_spellings[] = {
    {"smallint", pgwire::types::int2},     {"int2", pgwire::types::int2},
    {"integer", pgwire::types::int4},      {"int", pgwire::types::int4},
    {"int4", pgwire::types::int4},         {"bigint", pgwire::types::int8},
    {"int8", pgwire::types::int8},         {"smallserial", pgwire::types::int2},
    {"serial", pgwire::types::int4},       {"bigserial", pgwire::types::int8},
    {"real", pgwire::types::float4},       {"float4", pgwire::types::float4},
    {"double precision", pgwire::types::float8}, {"float8", pgwire::types::float8},
    {"float", pgwire::types::float8},      {"numeric", pgwire::types::numeric},
    {"decimal", pgwire::types::numeric},   {"boolean", pgwire::types::bool_},
    {"bool", pgwire::types::bool_},        {"text", pgwire::types::text},
    {"varchar", pgwire::types::varchar},   {"character varying", pgwire::types::varchar},
    {"char", pgwire::types::bpchar},       {"character", pgwire::types::bpchar},
    {"bpchar", pgwire::types::bpchar},     {"name", pgwire::types::name},
    {"bytea", pgwire::types::bytea},       {"blob", pgwire::types::bytea},
    {"date", pgwire::types::date},         {"time", pgwire::types::time},
    {"time without time zone", pgwire::types::time},
    {"timestamp", pgwire::types::timestamp}, {"datetime", pgwire::types::timestamp},
    {"timestamp without time zone", pgwire::types::timestamp},
    {"timestamptz", pgwire::types::timestamptz}, {"timestamp with time zone", pgwire::types::timestamptz},
    {"uuid", pgwire::types::uuid},         {"json", pgwire::types::json},
    {"jsonb", pgwire::types::json},        {"inet", pgwire::types::text},
    {"oid", pgwire::types::oid},
};
// clang-format on

/// A type's name in lower case with single spaces, and the numbers in its parentheses.
struct parsed_type {
    std::string name;
    std::int32_t numbers[2] = {0, 0};
    int count = 0;
};

[[nodiscard]] inline parsed_type parse_type(std::string_view text) {
    parsed_type p;
    pgwire::token_scanner in(text);
    bool inside = false;
    if (in.peek().text == "\"pg_catalog\"" || pgwire::is_keyword(in.peek(), "pg_catalog")) {
        static_cast<void>(in.next());
        static_cast<void>(in.accept("."));
    }
    for (auto t = in.next(); t.kind != pgwire::token_kind::end; t = in.next()) {
        bool const is_quoted = t.kind == pgwire::token_kind::quoted_identifier && t.text != "\"char\"";
        if (is_quoted && t.text.size() > 2) t.text = t.text.substr(1, t.text.size() - 2);
        if (t.text == "(") inside = true;
        else if (t.text == ")") inside = false;
        else if (t.kind == pgwire::token_kind::number && inside && p.count != 2) {
            auto& n = p.numbers[p.count++];
            for (char const c : t.text)
                if (c >= '0' && c <= '9' && n < 100'000'000) n = n * 10 + (c - '0');
        } else if (!inside) {
            if (!p.name.empty()) p.name += ' ';
            for (char const c : t.text) p.name += pgwire::detail::to_lower(c);
        }
    }
    return p;
}

[[nodiscard]] inline pgwire::type_info by_affinity(std::string_view name) {
    auto const has = [&](std::string_view part) { return name.find(part) != name.npos; };
    if (name.empty()) return pgwire::types::text;
    if (has("int")) return pgwire::types::int8;
    if (has("char") || has("clob") || has("text")) return pgwire::types::text;
    if (has("blob")) return pgwire::types::bytea;
    if (has("real") || has("floa") || has("doub")) return pgwire::types::float8;
    return pgwire::types::numeric;
}

}  // namespace detail

/// Is this one of the names that PostgreSQL or the standard has for a type?
[[nodiscard]] inline bool is_known_type(std::string_view declared) {
    auto const p = detail::parse_type(declared);
    return std::any_of(std::begin(detail::type_spellings), std::end(detail::type_spellings),
                       [&](auto const& s) { return s.name == p.name; });
}

/// The type of this name. SQLite knows no type that could be wrong, and so there is no error.
[[nodiscard]] inline sql_type type_of(std::string_view declared) {
    using namespace pgwire::types;
    auto const p = detail::parse_type(declared);
    sql_type t{detail::by_affinity(p.name)};
    for (auto const& s : detail::type_spellings)
        if (s.name == p.name) t.info = s.info;
    if (t.info == numeric && p.count != 0) t.modifier = (p.numbers[0] << 16 | p.numbers[1]) + 4;
    if (t.info == varchar && p.count != 0) t.modifier = p.numbers[0] + 4;
    if (t.info == bpchar && p.name != "bpchar") t.modifier = (p.count == 0 ? 1 : p.numbers[0]) + 4;
    if ((t.info == pgwire::types::time || t.info == timestamp || t.info == timestamptz) && p.count != 0)
        t.modifier = p.numbers[0];
    return t;
}

/// Are the values of this type kept as text, so that SQLite must not make numbers of them?
[[nodiscard]] inline bool kept_as_text(pgwire::type_info const& t) {
    using namespace pgwire::types;
    return t == pgwire::types::date || t == pgwire::types::time || t == timestamp || t == timestamptz ||
           t == pgwire::types::uuid || t == json || t == text || t == varchar || t == bpchar ||
           t == pgwire::types::name;
}

}  // namespace example
