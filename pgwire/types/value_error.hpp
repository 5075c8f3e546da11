// What PostgreSQL says of a value that is none of its type.
//
// Floor 2, standard library only. The sentences are those of the input functions of scalar types, as its servers
// give them; for other types there is a general one.
#pragma once

#include "pgwire/core/errc.hpp"
#include "pgwire/core/format.hpp"
#include "pgwire/core/oid.hpp"
#include "pgwire/types/format_type.hpp"
#include "pgwire/types/oid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// The beginning of a text, whole characters.
[[nodiscard]] constexpr std::string_view excerpt(std::string_view text, std::size_t most) noexcept {
    std::size_t end = std::min(text.size(), most);
    while (end != 0 && end != text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
    return text.substr(0, end);
}

/// The text in quotes. PostgreSQL gives it whole, whatever its length; here a long one is cut.
[[nodiscard]] inline std::string in_quotes(std::string_view text) {
    constexpr std::size_t most = 1000;
    return '"' + std::string(excerpt(text, most)) + '"';
}

/// `integer[]` for an array; empty if the type is not known.
[[nodiscard]] inline std::string type_in_error(oid type) {
    auto name = display_name(type);
    if (!name.starts_with('_')) return name;
    auto const* const element = find_type_exactly("", std::string_view(name).substr(1));
    return (element == nullptr ? name.substr(1) : display_name(element->type)) + "[]";
}

/// What an object is that a value of this type names, such as `function` for regproc; empty for other types.
[[nodiscard]] constexpr std::string_view named_kind(oid type) noexcept {
    constexpr std::array<std::pair<oid, std::string_view>, 11> kinds{{
        {types::regclass.type, "relation"},
        {types::regcollation.type, "collation"},
        {types::regconfig.type, "text search configuration"},
        {types::regdictionary.type, "text search dictionary"},
        {types::regnamespace.type, "schema"},
        {types::regoper.type, "operator"},
        {types::regoperator.type, "operator"},
        {types::regproc.type, "function"},
        {types::regprocedure.type, "function"},
        {types::regrole.type, "role"},
        {types::regtype.type, "type"},
    }};
    for (auto const& [known, kind] : kinds)
        if (known == type) return kind;
    return {};
}

}  // namespace detail

/// The error's message: what a decoder found (`why`) in the text `given` of a value of this type. A long text is cut.
[[nodiscard]] inline std::string describe_value_error(errc why, oid type, std::string_view given) {
    auto const quoted = detail::in_quotes(given);
    auto const kind = detail::named_kind(type);
    auto const name = kind.empty() ? detail::type_in_error(type) : std::string("oid");  // what such a value is
    bool const is_float = type == types::float4.type || type == types::float8.type;
    switch (why) {
    case errc::invalid_text:
    case errc::invalid_datetime:
        if (name.empty()) break;
        if (type == types::bytea.type) return "invalid input syntax for type bytea";
        if (type == types::json.type || type == types::jsonb.type) return "invalid input syntax for type json";
        return "invalid input syntax for type " + name + ": " + quoted;
    case errc::out_of_range:
        if (type == types::numeric.type) return "value overflows numeric format";
        if (type == types::macaddr.type) return "invalid octet value in \"macaddr\" value: " + quoted;
        if (name.empty()) break;
        return (is_float ? quoted : "value " + quoted) + " is out of range for type " + name;
    case errc::syntax_error:
        if (type != types::tsvector.type && type != types::tsquery.type) break;
        return "syntax error in " + name + ": " + quoted;
    case errc::undefined_object:
    case errc::undefined_function:
    case errc::undefined_table:
    case errc::undefined_schema:
        if (kind.empty()) break;
        if (type == types::regcollation.type) return "collation " + quoted + " for encoding \"UTF8\" does not exist";
        return std::string(why == errc::undefined_table    ? "relation"
                           : why == errc::undefined_schema ? "schema"
                                                           : kind) +
               ' ' + quoted + " does not exist";
    case errc::invalid_name:
    case errc::unexpected_null:
    case errc::range_out_of_order: return std::string(message(why));
    default: break;
    }
    return std::string(message(why)) + ": " + quoted;
}

}  // namespace pgwire
