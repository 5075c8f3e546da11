// A list of types.
//
// Floor 0.
#pragma once

#include <cstddef>

namespace pgwire {

/// Some types.
template<class... T>
struct type_list {
    static constexpr std::size_t size = sizeof...(T);

    /// Calls `f.template operator()<T>()` for each of them, in order.
    static constexpr void for_each(auto&& f) { (f.template operator()<T>(), ...); }
};

}  // namespace pgwire
