// A type whose OID is known only when the program runs: an enum, a composite, a type of an extension.
//
// Floor 2, standard library only. PostgreSQL gives such types their OIDs when they are created, so each database has
// others; a server of yours may choose its own, from 16384 on. The codec names the type, and the program says the OID:
//
//     template<>
//     struct pgwire::codec<mood> : pgwire::enumeration<mood, "mood"> { … };   // it has a runtime_type `type`
//
//     pgwire::codec<mood>::type.assign(pgwire::oid{16384}, pgwire::oid{16383});   // of `mood`, and of `mood[]`
//
// Assign at the start, before sessions run: rows are described with what is there when each is first described, and
// threads read it without a lock. An enum that was assigned nothing is described as text, a composite as record, and
// other types with the OID 0. An author who knows the
// OIDs writes constants instead, and such rows are described when the program is compiled:
//
//         static constexpr pgwire::type_info type{pgwire::oid{16384}, 4, "mood"};
//         static constexpr pgwire::type_info array_type{pgwire::oid{16383}, -1, "_mood"};
//
// A client of several databases assigns nothing: inside of arrays and composites PostgreSQL, and so does this library,
// compares OIDs only of built-in types, those below 10000, and takes any other for the type that it expects.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/oid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// What RowDescription says of a type, and of its array, once they were assigned. One object for each type.
class runtime_type : public type_info {
public:
    /// @param type_name as in `pg_type`; it is borrowed, and at most 63 bytes long
    /// @param type_size bytes in the server's memory (`typlen`); -1 varies
    /// @param at_first and @param array_at_first what values are described as until OIDs are assigned
    constexpr explicit runtime_type(std::string_view type_name, std::int16_t type_size = -1, oid at_first = {},
                                    oid array_at_first = {}) noexcept
        : type_info{at_first, type_size, type_name}, array{array_at_first, -1, {}} {
        array_name_[0] = '_';
        auto const length = std::min(type_name.size(), array_name_.size() - 1);
        std::copy_n(type_name.data(), length, array_name_.data() + 1);
        array.name = {array_name_.data(), length + 1};
    }
    runtime_type(runtime_type const&) = delete;
    runtime_type& operator=(runtime_type const&) = delete;

    /// Says the OIDs. Not while another thread encodes, decodes or describes values of the type.
    void assign(oid of_type, oid of_array = {}) noexcept {
        type = of_type;
        array.type = of_array;
    }

    type_info array;  ///< the type of its arrays

private:
    std::array<char, 64> array_name_{};
};

namespace detail {

/// Whether a binary value may have `found` where `expected` belongs: PostgreSQL relies on the OIDs of its own types.
[[nodiscard]] constexpr bool same_type(oid found, oid expected) noexcept {
    constexpr oid first_of_others{10'000};
    return found == expected || found >= first_of_others || expected >= first_of_others || expected == oid{};
}

/// The type that an element or an attribute of this host type has: a domain's own, where a column has the base type.
template<class T>
[[nodiscard]] constexpr type_info const& inner_type() noexcept {
    if constexpr (requires { codec<T>::domain_type; }) return codec<T>::domain_type;
    else return codec<T>::type;
}

}  // namespace detail

}  // namespace pgwire
