// The C++ twins of the types that `tests/clients/values/containers.py` creates.
#pragma once

#include "pgwire/types.hpp"

#include <array>
#include <optional>
#include <string>

namespace pgwire::test {

enum class mood { sad, ok, happy, two_words, quote, nothing };

struct item_count {
    int n = 0;
    friend bool operator==(item_count const&, item_count const&) = default;
};

struct stored_item {
    std::optional<std::string> name;
    std::optional<int> n;
    std::optional<array<std::optional<mood>>> moods;
    std::optional<item_count> count;
    std::optional<timestamp> at;
    friend bool operator==(stored_item const&, stored_item const&) = default;
};

struct shelf {
    std::optional<stored_item> first;
    std::optional<array<std::optional<stored_item>>> items;
    std::optional<range<int>> sizes;
    friend bool operator==(shelf const&, shelf const&) = default;
};

}  // namespace pgwire::test

template<>
struct pgwire::codec<pgwire::test::mood> : pgwire::enumeration<pgwire::test::mood, "pgwire_mood"> {
    using mood = pgwire::test::mood;
    static constexpr std::array labels{label{mood::sad, "sad"},       label{mood::ok, "ok"},
                                       label{mood::happy, "happy"},   label{mood::two_words, "two words"},
                                       label{mood::quote, "quo\"te"}, label{mood::nothing, ""}};
};
template<>
struct pgwire::codec<pgwire::test::item_count> : pgwire::domain<pgwire::test::item_count, "pgwire_count"> {
    static constexpr bool check(pgwire::test::item_count v) { return v.n > 0; }
};
template<>
struct pgwire::codec<pgwire::test::stored_item> : pgwire::composite<pgwire::test::stored_item, "pgwire_item"> {};
template<>
struct pgwire::codec<pgwire::test::shelf> : pgwire::composite<pgwire::test::shelf, "pgwire_shelf"> {};
template<>
struct pgwire::range_traits<double> {
    static inline runtime_type type{"pgwire_floatrange"};
    static inline runtime_type multirange_type{"pgwire_floatmultirange"};
};
