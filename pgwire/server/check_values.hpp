// Are the values bound to a statement values of their types? PostgreSQL finds out at Bind.
//
// Floor 4. For a handler's hook `on_bind`; a handler without one finds out when it asks for a value.
#pragma once

#include "pgwire/server/request.hpp"
#include "pgwire/types.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pgwire {

namespace detail {

template<class T>
[[nodiscard]] errc check_value_as(parameter const& p, text_style const& style) {
    auto const decoded = decode_value<T>(p.bytes, p.format, style);
    return decoded ? errc::none : decoded.error();
}

/// Of types that it does not know it says nothing, and of texts that they are UTF-8 the session has made sure.
[[nodiscard]] inline errc check_value(parameter const& p, text_style const& style) {
    if (!p.bytes) return errc::none;
    switch (p.type) {
    case types::bool_.type: return check_value_as<bool>(p, style);
    case types::int2.type: return check_value_as<std::int16_t>(p, style);
    case types::int4.type: return check_value_as<std::int32_t>(p, style);
    case types::int8.type: return check_value_as<std::int64_t>(p, style);
    case types::oid.type: return check_value_as<oid>(p, style);
    case types::float4.type: return check_value_as<float>(p, style);
    case types::float8.type: return check_value_as<double>(p, style);
    case types::numeric.type: return check_value_as<numeric>(p, style);
    case types::bytea.type: return check_value_as<std::vector<std::byte>>(p, style);
    case types::uuid.type: return check_value_as<uuid>(p, style);
    case types::date.type: return check_value_as<date>(p, style);
    case types::time.type: return check_value_as<time_of_day>(p, style);
    case types::timestamp.type: return check_value_as<timestamp>(p, style);
    case types::timestamptz.type: return check_value_as<timestamptz>(p, style);
    default: return errc::none;
    }
}

}  // namespace detail

/// Decodes each value whose type is built in, and forgets it.
/// @throws sql_error that names the parameter: 22P02, 22P03, 22003, 22007, 22008
inline void check_values(parameters const& values) {
    std::size_t i = 0;
    values.for_each([&](parameter const& p) {
        if (errc const error = detail::check_value(p, values.style()); error != errc::none) [[unlikely]]
            values.refuse(error, i);
        ++i;
    });
}

}  // namespace pgwire
