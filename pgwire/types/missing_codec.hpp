// Why a C++ type has no codec, for the compiler's message: what a user may have meant by it, and what to write instead.
//
// Floor 2, standard library only.
#pragma once

#include "pgwire/types/aggregate.hpp"
#include "pgwire/types/codec.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgwire::detail {

enum class missing_codec : std::uint8_t {
    none,  ///< it has one
    unknown,
    unsigned_integer,
    one_byte_integer,
    character,
    long_double,
    char_pointer,
    pointer,
    wide_text,
    bytes,
    array_of_arrays,
    optional_of_optional,
    enumeration,
    duration,
    time_point,
    tuple,
    composite,
};

/// What a template's name and first argument say of a type.
template<class T>
struct made_of {
    using first = void;
};
template<template<class...> class Template, class T, class... More>
struct made_of<Template<T, More...>> {
    using first = T;
};
template<class T, std::size_t N>
struct made_of<std::array<T, N>> {
    using first = T;
};
template<class T, class... More>
[[nodiscard]] consteval bool is_basic_string(std::type_identity<std::basic_string<T, More...>>) {
    return true;
}
template<class T, class... More>
[[nodiscard]] consteval bool is_basic_string(std::type_identity<std::basic_string_view<T, More...>>) {
    return true;
}
[[nodiscard]] consteval bool is_basic_string(...) { return false; }

template<class T>
inline constexpr bool is_list = false;
template<class T, class Allocator>
inline constexpr bool is_list<std::vector<T, Allocator>> = true;
template<class T, std::size_t N>
inline constexpr bool is_list<std::array<T, N>> = true;

template<class T>
inline constexpr bool is_tuple = false;
template<class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
template<class T, class U>
inline constexpr bool is_tuple<std::pair<T, U>> = true;

template<class T>
concept pointer_like = std::is_pointer_v<T> || requires(T const& p) {
    typename T::element_type;
    p.get();
    *p;
};

template<class T>
[[nodiscard]] consteval missing_codec why_no_codec() {
    if constexpr (has_codec<T>) {
        return missing_codec::none;
    } else if constexpr (is_nullable<T>) {
        return is_nullable<non_null<T>> ? missing_codec::optional_of_optional : why_no_codec<non_null<T>>();
    } else if constexpr (is_list<T>) {
        using element = typename made_of<T>::first;
        if constexpr (std::same_as<element, unsigned char> || std::same_as<element, char>) return missing_codec::bytes;
        else if constexpr (is_list<element>) return missing_codec::array_of_arrays;
        else return why_no_codec<element>() == missing_codec::none ? missing_codec::unknown : why_no_codec<element>();
    } else if constexpr (std::same_as<T, wchar_t> || std::same_as<T, char8_t> || std::same_as<T, char16_t> ||
                         std::same_as<T, char32_t> || std::same_as<T, char>) {
        return missing_codec::character;
    } else if constexpr (std::same_as<T, signed char>) {
        return missing_codec::one_byte_integer;
    } else if constexpr (std::unsigned_integral<T> && !std::same_as<T, bool>) {
        return missing_codec::unsigned_integer;
    } else if constexpr (std::same_as<T, long double>) {
        return missing_codec::long_double;
    } else if constexpr (std::is_pointer_v<T> && std::same_as<std::remove_cv_t<std::remove_pointer_t<T>>, char>) {
        return missing_codec::char_pointer;
    } else if constexpr (pointer_like<T>) {
        return missing_codec::pointer;
    } else if constexpr (std::is_enum_v<T>) {
        return missing_codec::enumeration;
    } else if constexpr (is_basic_string(std::type_identity<T>())) {
        return missing_codec::wide_text;
    } else if constexpr (requires { typename T::clock; typename T::duration; } ||
                         requires(T const& v) { v.year(), v.month(), v.day(); }) {
        return missing_codec::time_point;
    } else if constexpr (requires { typename T::rep; typename T::period; }) {
        return missing_codec::duration;
    } else if constexpr (is_tuple<T>) {
        return missing_codec::tuple;
    } else if constexpr (aggregate<T>) {
        return missing_codec::composite;
    } else {
        return missing_codec::unknown;
    }
}

/// Says it, where it knows more than that there is none. @return whether it had nothing to say
template<class T>
[[nodiscard]] consteval bool explain_missing_codec() {
    using enum missing_codec;
    constexpr auto why = why_no_codec<T>();
    static_assert(why != unsigned_integer,
                  "pgwire: a member is an unsigned integer, and PostgreSQL has none: use a wider signed one, such "
                  "as std::int64_t, or pgwire::numeric");
    static_assert(why != one_byte_integer,
                  "pgwire: a member is an integer of one byte, and PostgreSQL has none: use std::int16_t");
    static_assert(why != character,
                  "pgwire: a member is a single character: use std::string, or pgwire::single_byte_char for "
                  "PostgreSQL's type \"char\"");
    static_assert(why != long_double,
                  "pgwire: a member is a long double, and PostgreSQL has none: use double, or pgwire::numeric for "
                  "more digits");
    static_assert(why != char_pointer,
                  "pgwire: a member is a pointer to characters: use std::string, or std::string_view of what "
                  "outlives the row");
    static_assert(why != pointer,
                  "pgwire: a member is a pointer: use the value itself, or std::optional<T> where it may be NULL");
    static_assert(why != wide_text,
                  "pgwire: a member is a text of wide characters: use std::string, in UTF-8");
    static_assert(why != bytes,
                  "pgwire: a member is a list of characters: use std::vector<std::byte> for bytes (bytea), "
                  "std::string for text");
    static_assert(why != array_of_arrays,
                  "pgwire: a member is a list of lists: use pgwire::array<T>, which has dimensions");
    static_assert(why != optional_of_optional,
                  "pgwire: a member is a std::optional of a std::optional: NULL is one std::optional");
    static_assert(why != enumeration,
                  "pgwire: an enum needs labels: write template<> struct pgwire::codec<E> : "
                  "pgwire::enumeration<E, \"name\"> with them (see pgwire/types/enumeration.hpp)");
    static_assert(why != duration,
                  "pgwire: a member is a duration that is no interval exactly: use std::chrono::microseconds, or "
                  "pgwire::interval for days and months");
    static_assert(why != time_point,
                  "pgwire: a member is a point in time that is no timestamp exactly: use "
                  "std::chrono::sys_time<std::chrono::microseconds>, or std::chrono::sys_days");
    static_assert(why != tuple,
                  "pgwire: a member is a tuple: use a struct, and write template<> struct pgwire::codec<T> : "
                  "pgwire::composite<T, \"name\"> {} (see pgwire/types/composite.hpp)");
    static_assert(why != composite,
                  "pgwire: a struct inside of a row is a composite type: write template<> struct pgwire::codec<T> "
                  ": pgwire::composite<T, \"name\"> {} (see pgwire/types/composite.hpp)");
    return why == none || why == unknown;
}

}  // namespace pgwire::detail
