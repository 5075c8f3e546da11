// Are the values bound to a statement values of their types? PostgreSQL finds out at Bind.
//
// Floor 4. For a handler's hook `on_bind`; a handler without one finds out when it asks for a value.
#pragma once

#include "pgwire/server/request.hpp"
#include "pgwire/server/sql_types.hpp"

#include <cstddef>
#include <type_traits>

namespace pgwire {

namespace detail {

/// Of types that it does not know it says nothing, and of texts that they are UTF-8 the session has made sure.
[[nodiscard]] inline errc check_value(parameter const& p, text_style const& style) {
    errc error = errc::none;
    if (p.bytes)
        visit_type<sql_types>(p.type, [&]<class T>(std::type_identity<T>) {
            error = decode_value<T>(p.bytes, p.format, style).error();
        });
    return error;
}

}  // namespace detail

/// Decodes each value whose type is among `sql_types`, and forgets it.
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
