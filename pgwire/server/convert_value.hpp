// A value from one format into the other, for rows that were encoded before anybody said in which format to send them.
//
// Floor 4. By the codecs of the built-in types; of types that have none here only texts can be converted, whose binary
// form is the text.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/binding.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/types.hpp"
#include "pgwire/types/value_error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::detail {

template<class T>
void add_converted_as(row_builder& row, std::string_view bytes, format from, text_style const& style) {
    auto const decoded = decode_value<T>(bytes, from, style);
    if (!decoded) refuse(decoded.error());
    row.add(*decoded);
}

/// Is the text of such a value written by the session's settings?
[[nodiscard]] inline bool follows_style(oid type) noexcept {
    for (auto const& t : {types::date, types::timestamp, types::timestamptz, types::float4, types::float8, types::bytea})
        if (t.type == type) return true;
    return false;
}

/// Adds a value of this type to a row that wants it in the other format than it has, or in another style.
/// @param style in which it is written, if it is text
/// @throws sql_error 0A000 if the type can't be converted; what is wrong with the value, if it is none of its type
inline void add_converted(row_builder& row, oid type, std::string_view bytes, format from, text_style const& style) {
    switch (type) {
    case types::bool_.type: return add_converted_as<bool>(row, bytes, from, style);
    case types::int2.type: return add_converted_as<std::int16_t>(row, bytes, from, style);
    case types::int4.type: return add_converted_as<std::int32_t>(row, bytes, from, style);
    case types::int8.type: return add_converted_as<std::int64_t>(row, bytes, from, style);
    case types::oid.type: return add_converted_as<oid>(row, bytes, from, style);
    case types::float4.type: return add_converted_as<float>(row, bytes, from, style);
    case types::float8.type: return add_converted_as<double>(row, bytes, from, style);
    case types::numeric.type: return add_converted_as<numeric>(row, bytes, from, style);
    case types::bytea.type: return add_converted_as<std::vector<std::byte>>(row, bytes, from, style);
    case types::uuid.type: return add_converted_as<uuid>(row, bytes, from, style);
    case types::date.type: return add_converted_as<date>(row, bytes, from, style);
    case types::time.type: return add_converted_as<time_of_day>(row, bytes, from, style);
    case types::timestamp.type: return add_converted_as<timestamp>(row, bytes, from, style);
    case types::timestamptz.type: return add_converted_as<timestamptz>(row, bytes, from, style);
    default:
        if (is_textual(type)) return row.add_value(bytes);
        auto const name = display_name(type);
        throw sql_error(sqlstates::feature_not_supported,
                        "rows that a cursor keeps can't be given in another format: type " +
                            (name.empty() ? std::to_string(static_cast<std::uint32_t>(type)) : std::string(name)) +
                            " has no conversion here")
            .hint("Fetch with the same result formats throughout.");
    }
}

}  // namespace pgwire::detail
