// From a type's object identifier to one of a list of C++ types, for what is known only when the program runs.
//
// Floor 2, standard library only. A program that knows its types uses `codec<T>` alone; this is for those that are
// told a type by its number. `host_types.hpp` has the list of all of them.
#pragma once

#include "pgwire/core/type_list.hpp"
#include "pgwire/types/codec.hpp"

#include <type_traits>

namespace pgwire {

namespace detail {

template<class T, class Visitor>
constexpr bool visit_if(oid type, Visitor& visit) {
    if (type != type_of<T>.type) return false;
    visit(std::type_identity<T>());
    return true;
}
template<class Visitor, class... T>
constexpr bool visit_one_of(oid type, Visitor& visit, type_list<T...>) {
    return (visit_if<T>(type, visit) || ...);
}

}  // namespace detail

/// Calls `visit(std::type_identity<T>())` for the first `T` in the list whose codec stands for this type.
///
///     visit_type<type_list<int, double>>(p.type, [&]<class T>(std::type_identity<T>) { use(decode_value<T>(…)); });
///
/// Each `T` is compiled: say no more in `visit` than has to be there for each of them.
/// @return whether there is one
template<class List, class Visitor>
constexpr bool visit_type(oid type, Visitor&& visit) {
    return detail::visit_one_of(type, visit, List{});
}

}  // namespace pgwire
