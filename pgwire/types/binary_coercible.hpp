// Which types have one binary form, so that a value of the one is read as the other without a change.
//
// Floor 2, standard library only. Source: PostgreSQL's catalog `pg_cast`, where the method is `b`, as far as the binary
// forms are the same as well.
#pragma once

#include "pgwire/types/oid.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <algorithm>

namespace pgwire::detail {

/// Is the binary form of this type its text?
[[nodiscard]] constexpr bool is_textual(oid type) noexcept {
    for (auto const& t : {types::text, types::varchar, types::bpchar, types::name, types::json, types::xml, types::unknown})
        if (t.type == type) return true;
    return false;
}

/// Is it a built-in type of arrays?
[[nodiscard]] constexpr bool is_array(oid type) noexcept {
    return std::any_of(types::all.begin(), types::all.end(),
                       [type](auto const& known) { return known.type == type && known.name.starts_with('_'); });
}

/// Is a value that was sent in binary as one type read as the other? Of types that are not built in it is supposed.
[[nodiscard]] constexpr bool binary_coercible(oid given, oid wanted) noexcept {
    if (same_type(given, wanted)) return true;
    if (wanted == types::text.type || wanted == types::varchar.type) return is_textual(given);
    if (wanted == types::inet.type) return given == types::cidr.type;
    if (wanted != types::oid.type) return false;
    return std::any_of(types::all.begin(), types::all.end(),
                       [given](auto const& known) { return known.type == given && known.name.starts_with("reg"); });
}

}  // namespace pgwire::detail
