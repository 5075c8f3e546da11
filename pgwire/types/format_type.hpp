// The name of a type as PostgreSQL shows it to people: `integer`, `character varying(20)`, `timestamp(3) with time
// zone[]`.
//
// Floor 2, standard library only. What the function format_type of PostgreSQL's catalog gives, for the built-in types.
// `find_type` (oid.hpp) reads such names.
// Source: PostgreSQL documentation, "System Catalog Information Functions"; details as measured on its servers.
#pragma once

#include "pgwire/types/oid.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgwire {

namespace detail {

/// A type that SQL gives a name of its own; what its modifier says stands before `rest`.
struct formatted_type {
    type_info type;
    std::string_view name;
    std::string_view rest{};
};

inline constexpr std::array formatted_types{
    formatted_type{types::bool_, "boolean"},
    formatted_type{types::char_, "\"char\""},
    formatted_type{types::int8, "bigint"},
    formatted_type{types::int2, "smallint"},
    formatted_type{types::int4, "integer"},
    formatted_type{types::float4, "real"},
    formatted_type{types::float8, "double precision"},
    formatted_type{types::bpchar, "character"},
    formatted_type{types::varchar, "character varying"},
    formatted_type{types::time, "time", " without time zone"},
    formatted_type{types::timestamp, "timestamp", " without time zone"},
    formatted_type{types::timestamptz, "timestamp", " with time zone"},
    formatted_type{types::timetz, "time", " with time zone"},
    formatted_type{types::interval, "interval"},
    formatted_type{types::numeric, "numeric"},
    formatted_type{types::bit, "bit"},
    formatted_type{types::varbit, "bit varying"},
};

[[nodiscard]] constexpr formatted_type const* find_formatted(type_info const& type) noexcept {
    for (auto const& f : formatted_types)
        if (f.type == type) return &f;
    return nullptr;
}

/// The fields of an interval that its modifier allows.
inline std::string_view interval_fields(std::int32_t modifier) noexcept {
    switch (modifier >> 16 & 0x7FFF) {
    case 1 << 2: return " year";
    case 1 << 1: return " month";
    case 1 << 3: return " day";
    case 1 << 10: return " hour";
    case 1 << 11: return " minute";
    case 1 << 12: return " second";
    case 1 << 2 | 1 << 1: return " year to month";
    case 1 << 3 | 1 << 10: return " day to hour";
    case 1 << 3 | 1 << 10 | 1 << 11: return " day to minute";
    case 1 << 3 | 1 << 10 | 1 << 11 | 1 << 12: return " day to second";
    case 1 << 10 | 1 << 11: return " hour to minute";
    case 1 << 10 | 1 << 11 | 1 << 12: return " hour to second";
    case 1 << 11 | 1 << 12: return " minute to second";
    default: return "";
    }
}

/// What stands behind the name of a type with this modifier, which is not negative.
inline std::string formatted_modifier(type_info const& t, std::int32_t modifier) {
    auto const in_parentheses = [](std::int32_t n) { return '(' + std::to_string(n) + ')'; };
    if (t == types::bpchar || t == types::varchar) return modifier > 4 ? in_parentheses(modifier - 4) : "";
    if (t == types::numeric) {
        if (modifier < 4) return "";
        auto const precision = (modifier - 4) >> 16 & 0xFFFF;
        auto const scale = (((modifier - 4) & 0x7FF) ^ 0x400) - 0x400;  // eleven bits, one of them the sign's
        return '(' + std::to_string(precision) + ',' + std::to_string(scale) + ')';
    }
    if (t == types::interval) {
        auto const precision = modifier & 0xFFFF;
        std::string made(interval_fields(modifier));
        return precision == 0xFFFF ? made : made + in_parentheses(precision);
    }
    for (auto const& fixed : {types::bool_, types::int8, types::int2, types::int4, types::float4, types::float8})
        if (t == fixed) return "";
    return in_parentheses(modifier);
}

}  // namespace detail

/// The name of a built-in type as PostgreSQL writes it.
/// @param type its OID; 0 gives `-`, one that is not built in `???`
/// @param modifier as RowDescription has it: -1 where the type is known to have none. Nothing where that is not known:
///     then `bpchar` and `bit` go by the names `character` and `bit`, else by `bpchar` and `"bit"`, which have no
///     length
[[nodiscard]] inline std::string format_type(oid type, std::optional<std::int32_t> modifier = std::nullopt) {
    if (type == oid{}) return "-";
    auto const* info = find_type(type);
    if (info == nullptr) return "???";
    bool const is_array = info->name.starts_with('_');
    if (is_array) info = detail::find_type_exactly("", info->name.substr(1));
    std::string made;
    auto const* const found = detail::find_formatted(*info);
    bool const has_no_length = modifier && *modifier < 0;
    if (*info == types::bit && has_no_length) made = "\"bit\"";
    else if (*info == types::bpchar && has_no_length) made = "bpchar";
    else made = found != nullptr ? found->name : info->name;
    if (modifier && *modifier >= 0) made += detail::formatted_modifier(*info, *modifier);
    if (found != nullptr) made += found->rest;
    if (is_array) made += "[]";
    return made;
}

/// A built-in type's name as errors of its values have it, which differs: `timestamp` has no `without time zone`; empty
/// for a type that is not built in.
[[nodiscard]] inline std::string display_name(oid type) {
    auto const* const info = find_type(type);
    if (info == nullptr) return {};
    auto const* const found = detail::find_formatted(*info);
    std::string made(found != nullptr ? found->name : info->name);
    if (found != nullptr && found->rest == " with time zone") made += found->rest;
    return made;
}

}  // namespace pgwire
