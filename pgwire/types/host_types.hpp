// For each type of PostgreSQL the C++ type that holds its values, and from the one to the other when the program runs.
//
// Floor 2, standard library only. For programs that are told a type by its number, and must know them all: a server
// that decodes whatever parameters come, a tool that prints any result. It takes long to compile.
#pragma once

#include "pgwire/types.hpp"
#include "pgwire/types/visit_type.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace pgwire {

/// For each built-in type one C++ type that holds every value of it. `varchar` and its kin borrow from the bytes that
/// they were decoded from, the others own what they hold.
using host_types = type_list<
    // numbers
    bool, std::int16_t, std::int32_t, std::int64_t, float, double, numeric, money,
    // texts and bytes
    std::string, varchar, bpchar, name, unknown_text, single_byte_char, std::vector<std::byte>, bit, varbit, uuid,
    // documents
    json, jsonb, jsonpath, xml, tsvector, tsquery,
    // dates and times
    date, time_of_day, time_of_day_tz, timestamp, timestamptz, interval,
    // networks
    inet, cidr, macaddr, macaddr8,
    // geometry
    point, line, lseg, box, path, polygon, circle,
    // ranges
    range<std::int32_t>, range<std::int64_t>, range<numeric>, range<date>, range<timestamp>, range<timestamptz>,
    multirange<std::int32_t>, multirange<std::int64_t>, multirange<numeric>, multirange<date>, multirange<timestamp>,
    multirange<timestamptz>,
    // of the system
    oid, int2_vector, oid_vector, regproc, regprocedure, regoper, regoperator, regclass, regtype, regconfig,
    regdictionary, regnamespace, regrole, regcollation, xid, xid8, cid, tid, pg_lsn, pg_snapshot, txid_snapshot,
    refcursor, cstring>;

namespace detail {

/// What an array of values of `T` has as elements: what owns its value.
template<class T>
struct element_host {
    using type = T;
};
template<class T>
    requires(borrows<T>)
struct element_host<T> {
    using type = text_as<codec<T>::type, std::string>;
};

}  // namespace detail

/// What holds an array of values of one of `host_types`; it has a codec, if PostgreSQL has such arrays.
template<class T>
using host_array = array<std::optional<typename detail::element_host<T>::type>>;

namespace detail {

template<class T, class Visitor>
constexpr bool visit_if_array(oid type, Visitor& visit) {
    if constexpr (has_codec<host_array<T>>) return visit_if<host_array<T>>(type, visit);
    else return false;
}
template<class Visitor, class... T>
constexpr bool visit_array_of(oid type, Visitor& visit, type_list<T...>) {
    return (visit_if_array<T>(type, visit) || ...);
}

}  // namespace detail

/// Calls `visit(std::type_identity<T>())` for the one `T` that stands for this type: one of `host_types`, or an
/// `array<std::optional<T>>` of them.
///
///     visit_host_type(p.type, [&]<class T>(std::type_identity<T>) { use(decode_value<T>(p.bytes, p.format)); });
///
/// Each `T` is compiled: say no more in `visit` than has to be there for each of them.
/// @return whether there is one
template<class Visitor>
constexpr bool visit_host_type(oid type, Visitor&& visit) {
    return visit_type<host_types>(type, visit) || detail::visit_array_of(type, visit, host_types{});
}

}  // namespace pgwire
