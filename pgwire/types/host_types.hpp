// From a type's object identifier to the C++ type that holds its values, for what is known only when the program runs.
//
// Floor 2, standard library only. A program that knows its types uses `codec<T>` alone; this is for those that are
// told a type by its number: a server that decodes whatever parameters come, a tool that prints any result.
#pragma once

#include "pgwire/core/type_list.hpp"
#include "pgwire/types.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

namespace pgwire {

/// For each built-in type one C++ type that holds every value of it, and owns it.
using host_types = type_list<
    // numbers
    bool, std::int16_t, std::int32_t, std::int64_t, float, double, numeric,
    // texts and bytes
    std::string, varchar, bpchar, name, std::vector<std::byte>, uuid, json,
    // dates and times
    date, time_of_day, timestamp, timestamptz,
    // of the system
    oid>;

namespace detail {

template<class Visitor, class... T>
constexpr bool visit_host_type(oid type, Visitor& visit, type_list<T...>) {
    return ((type_of<T>.type == type && (static_cast<void>(visit(std::type_identity<T>{})), true)) || ...);
}

}  // namespace detail

/// Calls `visit(std::type_identity<T>{})` for the one `T` of `host_types` that stands for this type.
///
///     visit_host_type(p.type, [&]<class T>(std::type_identity<T>) { use(decode_value<T>(p.bytes, p.format)); });
///
/// @return whether there is one
template<class Visitor>
constexpr bool visit_host_type(oid type, Visitor&& visit) {
    return detail::visit_host_type(type, visit, host_types{});
}

}  // namespace pgwire
