// Looks into aggregates: how many members, what they are called, and a tuple of references to them.
//
// Floor 2, standard library only. C++20 has no reflection. The count comes from trying with how many values the
// aggregate can be initialised, the references from structured bindings, the names from what the compiler calls a
// pointer to a member's object. What can't be seen in this way (members that are arrays, base classes, over 32 members)
// is refused with a sentence.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgwire::detail {

/// Initialises a member of any type; only in unevaluated code.
struct any_member {
    template<class T>
    operator T() const;  // const, or std::optional<T> could choose between two conversions
};

/// Initialises only a base class of `T`.
template<class T>
struct any_base {
    template<class Base>
        requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>)
    operator Base() const;
};

template<class T, std::size_t... I>
[[nodiscard]] consteval bool takes_members(std::index_sequence<I...>) {
    return requires { T{(static_cast<void>(I), any_member{})...}; };
}
template<class T, std::size_t N>
inline constexpr bool takes = takes_members<T>(std::make_index_sequence<N>{});

/// Whether `T{_ × Before, {_, _}, _ × After}` is possible.
template<class T, std::size_t... Before, std::size_t... After>
[[nodiscard]] consteval bool takes_pair_at(std::index_sequence<Before...>, std::index_sequence<After...>) {
    return requires {
        T{(static_cast<void>(Before), any_member{})...,
          {any_member{}, any_member{}},
          (static_cast<void>(After), any_member{})...};
    };
}

/// Whether the `I`th of `N` values initialises the first element of an array: two values fit into its braces, but then
/// fewer than N - I - 1 are left for what follows, since the array's elements were counted one by one.
template<class T, std::size_t I, std::size_t N>
inline constexpr bool array_begins_at =
    takes_pair_at<T>(std::make_index_sequence<I>{}, std::make_index_sequence<0>{}) &&
    !takes_pair_at<T>(std::make_index_sequence<I>{}, std::make_index_sequence<N - I - 1>{});

template<class T, std::size_t N, std::size_t... I>
[[nodiscard]] consteval bool has_array(std::index_sequence<I...>) {
    return (array_begins_at<T, I, N> || ...);
}

inline constexpr std::size_t max_members = 32;

/// The most values that `T` takes. It takes no fewer than reach its last member that can't stand empty, so the numbers
/// that it takes follow each other; counted from below, since most structs are small and each try costs time.
template<class T, std::size_t N = 0, bool Found = false>
[[nodiscard]] consteval std::size_t count_members() {
    if constexpr (N > max_members) return Found ? max_members : 0;
    else if constexpr (takes<T, N>) return count_members<T, N + 1, true>();
    else if constexpr (Found) return N - 1;
    else return count_members<T, N + 1>();
}

/// A struct that has only public members and no constructor.
template<class T>
concept aggregate = std::is_aggregate_v<T> && std::is_class_v<T>;

/// How many members `T` has. A `T` that can't be looked into is an error with a sentence, and has no members.
template<aggregate T>
[[nodiscard]] consteval std::size_t checked_member_count() {
    constexpr bool small = !takes<T, max_members + 1>;
    constexpr bool plain = !requires { T{any_base<T>{}}; };
    static_assert(small, "pgwire: a row struct has at most 32 members and no large array; for more columns use "
                         "std::tuple, pgwire::columns<pgwire::col<...>...>, or specialise pgwire::row_traits");
    static_assert(plain, "pgwire: a row struct can't have a base class; list its members in one struct, or specialise "
                         "pgwire::row_traits");
    if constexpr (small && plain) {
        constexpr std::size_t n = count_members<T>();
        constexpr bool arrays = has_array<T, n>(std::make_index_sequence<n>{});
        static_assert(!arrays, "pgwire: a member of a row struct can't be a C array; use std::array, std::string_view "
                               "or std::span");
        return arrays ? 0 : n;
    } else {
        return 0;
    }
}
template<aggregate T>
inline constexpr std::size_t member_count = checked_member_count<T>();

/// References to the members of `row`, in order.
template<class T>
    requires aggregate<std::remove_const_t<T>>
[[nodiscard]] constexpr auto tie_members([[maybe_unused]] T& row) noexcept {
    constexpr std::size_t n = member_count<std::remove_const_t<T>>;
    if constexpr (n == 1) {
        auto& [m0] = row;
        return std::tie(m0);
    } else if constexpr (n == 2) {
        auto& [m0, m1] = row;
        return std::tie(m0, m1);
    } else if constexpr (n == 3) {
        auto& [m0, m1, m2] = row;
        return std::tie(m0, m1, m2);
    } else if constexpr (n == 4) {
        auto& [m0, m1, m2, m3] = row;
        return std::tie(m0, m1, m2, m3);
    } else if constexpr (n == 5) {
        auto& [m0, m1, m2, m3, m4] = row;
        return std::tie(m0, m1, m2, m3, m4);
    } else if constexpr (n == 6) {
        auto& [m0, m1, m2, m3, m4, m5] = row;
        return std::tie(m0, m1, m2, m3, m4, m5);
    } else if constexpr (n == 7) {
        auto& [m0, m1, m2, m3, m4, m5, m6] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6);
    } else if constexpr (n == 8) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7);
    } else if constexpr (n == 9) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8);
    } else if constexpr (n == 10) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9);
    } else if constexpr (n == 11) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10);
    } else if constexpr (n == 12) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11);
    } else if constexpr (n == 13) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12);
    } else if constexpr (n == 14) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13);
    } else if constexpr (n == 15) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14);
    } else if constexpr (n == 16) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15);
    } else if constexpr (n == 17) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16);
    } else if constexpr (n == 18) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17);
    } else if constexpr (n == 19) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18);
    } else if constexpr (n == 20) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19);
    } else if constexpr (n == 21) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20);
    } else if constexpr (n == 22) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21);
    } else if constexpr (n == 23) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22);
    } else if constexpr (n == 24) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23);
    } else if constexpr (n == 25) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24);
    } else if constexpr (n == 26) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24, m25] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24, m25);
    } else if constexpr (n == 27) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24, m25, m26] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24, m25, m26);
    } else if constexpr (n == 28) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24, m25, m26, m27] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24, m25, m26, m27);
    } else if constexpr (n == 29) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24, m25, m26, m27, m28] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24, m25, m26, m27, m28);
    } else if constexpr (n == 30) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24, m25, m26, m27, m28, m29] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24, m25, m26, m27, m28, m29);
    } else if constexpr (n == 31) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24, m25, m26, m27, m28, m29, m30] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24, m25, m26, m27, m28, m29, m30);
    } else if constexpr (n == 32) {
        auto& [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21,
            m22, m23, m24, m25, m26, m27, m28, m29, m30, m31] = row;
        return std::tie(m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20,
            m21, m22, m23, m24, m25, m26, m27, m28, m29, m30, m31);
    } else {
        return std::tuple<>();
    }
}

template<class Tied>
struct untied;
template<class... T>
struct untied<std::tuple<T...>> {
    using type = std::tuple<std::remove_cvref_t<T>...>;
};
/// The types of a struct's members, in a tuple.
template<class Row>
using member_types = typename untied<decltype(tie_members(std::declval<Row&>()))>::type;

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

/// An object that is never defined: only the address of its members is named.
template<class T>
struct nowhere {
    T row;
};
template<class T>
extern nowhere<T> const somewhere;

template<class Member>
struct member_pointer {  // a class, because clang 14 takes a pointer to a member's object only inside of one
    Member const* pointer;
};
template<class Member>
member_pointer(Member const*) -> member_pointer<Member>;

/// The compiler's name for this function contains that of the member.
template<member_pointer P>
[[nodiscard]] consteval std::string_view name_with_member() {
    return __PRETTY_FUNCTION__;
}

[[nodiscard]] constexpr bool in_identifier(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// The identifier at the end: before `)}` as g++ prints it, or `}]` as clang does.
[[nodiscard]] constexpr std::string_view last_identifier(std::string_view pretty) noexcept {
    std::size_t end = pretty.rfind(")}");
    if (end == pretty.npos) end = pretty.rfind("}]");
    std::size_t begin = end;
    while (begin != 0 && in_identifier(pretty[begin - 1])) --begin;
    return pretty.substr(begin, end - begin);
}

/// The name alone, so that the program does not carry the compiler's long text.
template<class T, std::size_t I>
inline constexpr auto member_name_chars = [] {
    constexpr std::string_view name =
        last_identifier(name_with_member<member_pointer{&std::get<I>(tie_members(somewhere<T>.row))}>());
    std::array<char, name.size()> chars{};
    std::copy_n(name.data(), name.size(), chars.data());
    return chars;
}();

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

/// The name of the `I`th member of `T`.
template<aggregate T, std::size_t I>
inline constexpr std::string_view member_name{member_name_chars<T, I>.data(), member_name_chars<T, I>.size()};

}  // namespace pgwire::detail
