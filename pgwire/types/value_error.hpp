// What PostgreSQL says of a value that is none of its type.
//
// Floor 2, standard library only. The sentences are those of the input functions of scalar types, as its servers
// give them; for other types there is a general one.
#pragma once

#include "pgwire/core/errc.hpp"
#include "pgwire/core/format.hpp"
#include "pgwire/core/oid.hpp"
#include "pgwire/types/oid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// A built-in type's name as errors have it: `integer` for int4; for most the name in `pg_type`; empty for a type that
/// is not built in.
[[nodiscard]] constexpr std::string_view display_name(oid type) noexcept {
    constexpr std::array<std::pair<oid, std::string_view>, 10> words{{
        {types::bool_.type, "boolean"},
        {types::int2.type, "smallint"},
        {types::int4.type, "integer"},
        {types::int8.type, "bigint"},
        {types::float4.type, "real"},
        {types::float8.type, "double precision"},
        {types::varchar.type, "character varying"},
        {types::bpchar.type, "character"},
        {types::timestamptz.type, "timestamp with time zone"},
        {types::timetz.type, "time with time zone"},
    }};
    for (auto const& [known, word] : words)
        if (known == type) return word;
    auto const* const info = find_type(type);
    return info == nullptr ? std::string_view() : info->name;
}

namespace detail {

/// The beginning of a text, whole characters.
[[nodiscard]] constexpr std::string_view excerpt(std::string_view text, std::size_t most = 64) noexcept {
    std::size_t end = std::min(text.size(), most);
    while (end != 0 && end != text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
    return text.substr(0, end);
}

/// `integer[]` for an array.
[[nodiscard]] inline std::string type_in_error(oid type) {
    auto const name = display_name(type);
    if (!name.starts_with('_')) return std::string(name);
    auto const* const element = find_type_exactly("", name.substr(1));
    return std::string(element == nullptr ? name.substr(1) : display_name(element->type)) + "[]";
}

}  // namespace detail

/// The error's message: what a decoder found (`why`) in the text `given` of a value of this type. A long text is cut.
[[nodiscard]] inline std::string describe_value_error(errc why, oid type, std::string_view given) {
    auto const name = detail::type_in_error(type);
    auto const quoted = '"' + std::string(detail::excerpt(given)) + '"';
    bool const is_float = type == types::float4.type || type == types::float8.type;
    switch (why) {
    case errc::invalid_text:
    case errc::invalid_datetime:
        if (name.empty()) break;
        return "invalid input syntax for type " + name + ": " + quoted;
    case errc::out_of_range:
        if (type == types::numeric.type) return "value overflows numeric format";
        if (name.empty()) break;
        return (is_float ? quoted : "value " + quoted) + " is out of range for type " + name;
    case errc::undefined_table: return "relation " + quoted + " does not exist";
    case errc::undefined_schema: return "schema " + quoted + " does not exist";
    case errc::undefined_object:
        if (type == types::regtype.type) return "type " + quoted + " does not exist";
        if (type == types::regrole.type) return "role " + quoted + " does not exist";
        break;
    default: break;
    }
    return std::string(message(why)) + ": " + quoted;
}

}  // namespace pgwire
