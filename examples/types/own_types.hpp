// Types of our own, each by a few lines: an enum, a domain, composites, a range, and a row of them.
//
//     CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'two words', 'quo"te', '');
//     CREATE DOMAIN quantity AS int4 CHECK (VALUE > 0);
//     CREATE TYPE item AS (name text, n int4, moods mood[], count quantity, at timestamp);
//     CREATE TYPE shelf AS (first item, items item[], sizes int4range);
//     CREATE TYPE floatrange AS RANGE (subtype = float8, multirange_type_name = floatmultirange);
#pragma once

#include <pgwire/types/host_types.hpp>
#include <pgwire/types/hstore.hpp>
#include <pgwire/types/postgis.hpp>
#include <pgwire/types/pgvector.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace types_example {

enum class mood { sad, ok, happy, two_words, quote, none };

struct quantity {
    std::int32_t n;
};

struct item {
    std::optional<std::string> name;
    std::optional<std::int32_t> n;
    std::optional<pgwire::array<std::optional<mood>>> moods;
    std::optional<quantity> count;
    std::optional<pgwire::timestamp> at;
};

struct shelf {
    std::optional<item> first;
    std::optional<pgwire::array<std::optional<item>>> items;
    std::optional<pgwire::range<std::int32_t>> sizes;
};

}  // namespace types_example

template<>
struct pgwire::codec<types_example::mood> : pgwire::enumeration<types_example::mood, "mood"> {
    using enum types_example::mood;
    static constexpr std::array labels{pgwire::label{sad, "sad"},   pgwire::label{ok, "ok"},
                                       pgwire::label{happy, "happy"}, pgwire::label{two_words, "two words"},
                                       pgwire::label{quote, "quo\"te"}, pgwire::label{none, ""}};
};

template<>
struct pgwire::codec<types_example::quantity> : pgwire::domain<types_example::quantity, "quantity"> {
    static constexpr bool check(types_example::quantity q) { return q.n > 0; }
};

template<>
struct pgwire::codec<types_example::item> : pgwire::composite<types_example::item, "item"> {};
template<>
struct pgwire::codec<types_example::shelf> : pgwire::composite<types_example::shelf, "shelf"> {};

template<>
struct pgwire::range_traits<double> {
    static inline pgwire::runtime_type type{"floatrange"};
    static inline pgwire::runtime_type multirange_type{"floatmultirange"};
};

namespace types_example {

/// A row: each member is a column, whose type follows from the member's.
struct delivery {
    std::int64_t number;
    mood customer;
    item what;
    pgwire::fixed_point<2> price;  // exact: 1999 is 19.99
    std::vector<std::string> tags;
    std::optional<pgwire::range<std::chrono::sys_days>> between;
};

[[nodiscard]] inline std::vector<delivery> deliveries() {
    using namespace std::chrono;
    item const lamp{"lamp", 1, std::nullopt, quantity{2}, pgwire::timestamp{}};
    item const desk{"a \"desk\"", {}, pgwire::array<std::optional<mood>>{{{2}}, {mood::ok, std::nullopt}}, {}, {}};
    pgwire::range<sys_days> const august{2024y / August / 22, 2024y / September / 1};
    return {{1, mood::happy, lamp, {1999}, {"light", "two words"}, august},
            {2, mood::sad, desk, {-5}, {}, {}}};
}

/// Those whose values parameters may have, beside the built-in ones; vector and its kin come from extensions.
using own_types = pgwire::type_list<mood, quantity, item, shelf, pgwire::range<double>, pgwire::multirange<double>,
                                    pgwire::pgvector::vector, pgwire::pgvector::halfvec, pgwire::pgvector::sparsevec,
                                    pgwire::postgis::geometry, pgwire::postgis::geography, pgwire::hstore>;

/// What is known of them when the program runs.
inline std::array const runtime_types{
    &pgwire::codec<mood>::type,           &pgwire::codec<quantity>::domain_type,
    &pgwire::codec<item>::type,           &pgwire::codec<shelf>::type,
    &pgwire::range_traits<double>::type,  &pgwire::range_traits<double>::multirange_type,
    &pgwire::codec<pgwire::pgvector::vector>::type, &pgwire::codec<pgwire::pgvector::halfvec>::type,
    &pgwire::codec<pgwire::pgvector::sparsevec>::type, &pgwire::codec<pgwire::postgis::geometry>::type,
    &pgwire::codec<pgwire::postgis::geography>::type, &pgwire::codec<pgwire::hstore>::type,
};

/// Whoever makes a type says its OIDs. PostgreSQL's catalog has them for types that are made there; here we choose.
inline void assign_types() {
    std::uint32_t next = 100'000;  // PostgreSQL's own are below 16384
    for (auto* const type : runtime_types) {
        type->assign(pgwire::oid{next}, pgwire::oid{next + 1});
        next += 2;
    }
}

/// The same for one type, from a text such as `mood=16390,16389`: its number and that of its arrays.
/// @return false for a type that is not here, and for a text of another form
[[nodiscard]] inline bool assign(std::string_view given) {
    auto const equals = std::min(given.find('='), given.size());
    auto const comma = std::min(given.find(','), given.size());
    auto const number = [](std::string_view digits) {
        return pgwire::codec<pgwire::oid>::from_text(digits.substr(std::min<std::size_t>(1, digits.size())));
    };
    auto const of_type = number(given.substr(equals, comma - std::min(equals, comma)));
    auto const of_array = number(given.substr(comma));
    if (!of_type || !of_array) return false;
    for (auto* const type : runtime_types)
        if (type->name == given.substr(0, equals)) return type->assign(*of_type, *of_array), true;
    return false;
}

/// The type of this name in the catalog, built in or our own, such as `_int4`; a null pointer if there is none.
[[nodiscard]] inline pgwire::type_info const* find_type_exactly(std::string_view name) {
    for (auto const* const type : runtime_types) {
        if (name == type->name) return type;
        if (name == type->array.name) return &type->array;
    }
    for (auto const& type : pgwire::types::all)
        if (name == type.name) return &type;
    return nullptr;
}

/// The type of this name, which may also be one of those that SQL's grammar has, such as `integer`.
[[nodiscard]] inline pgwire::type_info const* find_type(std::string_view name) {
    auto const* const type = pgwire::find_type(name);
    return type != nullptr ? type : find_type_exactly(name);
}

/// What RowDescription calls the type of a column: a domain is its base type there, and itself as a parameter.
[[nodiscard]] inline pgwire::type_info column_type(pgwire::type_info const& type) {
    return type.type == pgwire::codec<quantity>::domain_type.type ? pgwire::codec<quantity>::type : type;
}

/// Calls `visit(std::type_identity<T>())` for the C++ type that stands for this type, built in or our own.
template<class Visitor>
bool visit_any_type(pgwire::oid type, Visitor visit) {
    using pgwire::array, std::optional;
    using arrays = pgwire::type_list<array<optional<mood>>, array<optional<quantity>>, array<optional<item>>>;
    if (type == pgwire::codec<quantity>::domain_type.type) return visit(std::type_identity<quantity>()), true;
    return pgwire::visit_host_type(type, visit) || pgwire::visit_type<own_types>(type, visit) ||
           pgwire::visit_type<arrays>(type, visit);
}

}  // namespace types_example
