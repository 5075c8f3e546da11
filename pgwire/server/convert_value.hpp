// A value from one format into the other, for rows that were encoded before anybody said in which format to send them.
//
// Floor 4. By the codecs of `sql_types`; of types that have none here only texts can be converted, whose binary
// form is the text.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/sql_types.hpp"
#include "pgwire/types/binary_coercible.hpp"
#include "pgwire/types/value_error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgwire::detail {

/// Is the text of such a value written by the session's settings?
[[nodiscard]] inline bool follows_style(oid type) noexcept {
    for (auto const& t : {types::date, types::timestamp, types::timestamptz, types::interval, types::float4,
                          types::float8, types::bytea})
        if (t.type == type) return true;
    return false;
}

/// Adds a value of this type to a row that wants it in the other format than it has, or in another style.
/// @param style in which it is written, if it is text
/// @throws sql_error 0A000 if the type can't be converted; what is wrong with the value, if it is none of its type
inline void add_converted(row_builder& row, oid type, std::string_view bytes, format from, text_style const& style) {
    bool const known = visit_type<sql_types>(type, [&]<class T>(std::type_identity<T>) {
        auto const decoded = decode_value<T>(bytes, from, style);
        if (!decoded) refuse(decoded.error());
        row.add(*decoded);
    });
    if (known) return;
    if (is_textual(type)) return row.add_value(bytes);
    auto const name = display_name(type);
    throw sql_error(sqlstates::feature_not_supported,
                    "rows that a cursor keeps can't be given in another format: type " +
                        (name.empty() ? std::to_string(static_cast<std::uint32_t>(type)) : name) +
                        " has no conversion here")
        .hint("Fetch with the same result formats throughout.");
}

}  // namespace pgwire::detail
