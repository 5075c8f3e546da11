// Domains: a struct with one member becomes a type of CREATE DOMAIN.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Domain Types". A domain's values are those of its
// base type, and columns of a domain are described with the base type; only inside of arrays and composites has it an
// OID of its own.
//
//     struct email { std::string address; };
//
//     template<>
//     struct pgwire::codec<email> : pgwire::domain<email, "email"> {
//         static bool check(email const& v) { return v.address.find('@') != std::string::npos; }  // or no check at all
//     };
//
// What fails the check is refused in both directions with `check_violation` (23514). The OIDs of the domain and of its
// arrays are assigned to `domain_type` when the program runs: see `runtime_type.hpp`.
#pragma once

#include "pgwire/core/fixed_string.hpp"
#include "pgwire/types/aggregate.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/element_text.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace pgwire {

/// The base of a domain's codec. `Name` is the domain's in `pg_type`.
template<class T, fixed_string Name>
struct domain {
    static_assert(detail::aggregate<T> && detail::member_count<T> == 1,
                  "pgwire: pgwire::domain<T, \"name\"> is for structs with one member, the value of the base type");

    using base_type = std::tuple_element_t<0, detail::member_types<T>>;
    static constexpr auto const& type = codec<base_type>::type;
    static inline runtime_type domain_type{Name.view(), codec<base_type>::type.size};
    static constexpr bool borrows = detail::borrows<base_type>;

    static constexpr std::size_t text_size(T const& v, text_style const& style) {
        return passes(v) ? detail::text_size(base(v), style) : unencodable;
    }
    static constexpr char* to_text(char* p, T const& v, text_style const& style) {
        return detail::to_text(p, base(v), style);
    }
    static constexpr result<T> from_text(std::string_view text, text_style const& style) requires decodable<base_type> {
        return checked(detail::from_text<base_type>(text, style));
    }

    static value_complaint explain(std::string_view text, text_style const& style) requires decodable<base_type> {
        auto const read = detail::from_text<base_type>(text, style);
        if (!read) return detail::complain<base_type>(read.error(), text, style);
        std::string const name(domain_type.name);
        return {"value for domain " + name + " violates check constraint \"" + name + "_check\"", {}};
    }

    static constexpr std::size_t binary_size(T const& v) {
        return passes(v) ? codec<base_type>::binary_size(base(v)) : unencodable;
    }
    static constexpr char* to_binary(char* p, T const& v) { return codec<base_type>::to_binary(p, base(v)); }
    static constexpr result<T> from_binary(std::string_view bytes) requires decodable<base_type> {
        return checked(codec<base_type>::from_binary(bytes));
    }

    static constexpr errc refusal(T const& v) {
        return passes(v) ? detail::refusal_of_element(base(v)) : errc::check_violation;
    }

private:
    static constexpr base_type const& base(T const& v) noexcept { return std::get<0>(detail::tie_members(v)); }
    static constexpr bool passes([[maybe_unused]] T const& v) {
        if constexpr (requires { codec<T>::check(v); }) return codec<T>::check(v);
        else return true;
    }
    static constexpr result<T> checked(result<base_type> read) {
        if (!read) return read.error();
        T v{*std::move(read)};
        if (!passes(v)) return errc::check_violation;
        return v;
    }
};

}  // namespace pgwire
