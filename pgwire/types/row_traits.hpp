// From a row of the user's to columns and values: structs, tuples, lists of columns, and what the user specialises.
//
// Floor 2, standard library only.
#pragma once

#include "pgwire/types/aggregate.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/missing_codec.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgwire {

/// What a row's columns are and where its values. Ready for aggregate structs (a column is called like its member),
/// for `std::tuple` and `std::pair` (`column1`, `column2`, …) and for `columns<…>`; for another type, or other names:
///
///     template<>
///     struct pgwire::row_traits<point> {
///         static constexpr std::array columns{column{"x", types::float8}, column{"y", types::float8}};
///         static constexpr auto values(point const& p) { return std::make_tuple(p.x(), p.y()); }
///     };
///
/// where `columns` is a `late_columns<make>` if one has a `runtime_type`; `make` returns the array.
template<class Row>
struct row_traits;

namespace detail {

template<class T>
[[nodiscard]] constexpr type_info type_of_member() {
    if constexpr (has_codec<T>) {
        return type_of<T>;
    } else {
        static_assert(!explain_missing_codec<T>(),
                      "pgwire: a member of this row has a type without a codec: include pgwire/types.hpp, or "
                      "specialise pgwire::codec<T> (see pgwire/types/codec.hpp)");
        return {};
    }
}

/// What has no codec is not late: another sentence says what it lacks.
template<class T>
inline constexpr bool is_late_member = has_codec<T> && !has_fixed_type<T>;

template<std::size_t I>
inline constexpr auto numbered_name = [] {
    constexpr std::string_view prefix = "column";
    constexpr std::size_t digits = [] {
        std::size_t n = 1;
        for (std::size_t rest = I / 10; rest != 0; rest /= 10) ++n;
        return n;
    }();
    std::array<char, prefix.size() + digits> name{};
    std::copy_n(prefix.data(), prefix.size(), name.data());
    std::size_t rest = I;
    for (std::size_t at = name.size(); at != prefix.size(); rest /= 10) name[--at] = static_cast<char>('0' + rest % 10);
    return name;
}();

template<class... T>
[[nodiscard]] constexpr std::array<column, sizeof...(T)> numbered_columns() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<column, sizeof...(T)>{
            column{{numbered_name<I + 1>.data(), numbered_name<I + 1>.size()}, type_of_member<T>()}...};
    }(std::index_sequence_for<T...>());
}

/// A column for each member, called like it.
template<class Row>
[[nodiscard]] constexpr auto member_columns() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<column, sizeof...(I)>{
            column{member_name<Row, I>, type_of_member<std::tuple_element_t<I, member_types<Row>>>()}...};
    }(std::make_index_sequence<member_count<Row>>{});
}

template<class... Col>
[[nodiscard]] constexpr std::array<column, sizeof...(Col)> listed_columns() {
    return {Col::column()...};
}

/// What `Make` makes for values of the types `T`: a constant, or, for a `runtime_type`, when it is first asked for.
template<auto Make, class... T>
[[nodiscard]] consteval auto columns_for(std::type_identity<std::tuple<T...>>) {
    if constexpr ((is_late_member<T> || ...)) return late_columns<Make>();
    else return Make();
}

}  // namespace detail

template<class Row>
    requires(detail::aggregate<Row> && !has_codec<Row>)
struct row_traits<Row> {
    static constexpr auto columns =
        detail::columns_for<detail::member_columns<Row>>(std::type_identity<detail::member_types<Row>>());

    static constexpr auto values(Row const& row) noexcept { return detail::tie_members(row); }
    static constexpr auto values(Row& row) noexcept { return detail::tie_members(row); }
};

template<class... T>
struct row_traits<std::tuple<T...>> {
    static constexpr auto columns =
        detail::columns_for<detail::numbered_columns<T...>>(std::type_identity<std::tuple<T...>>());

    static constexpr auto const& values(std::tuple<T...> const& row) noexcept { return row; }
    static constexpr auto& values(std::tuple<T...>& row) noexcept { return row; }
};

template<class T, class U>
struct row_traits<std::pair<T, U>> {
    static constexpr auto columns =
        detail::columns_for<detail::numbered_columns<T, U>>(std::type_identity<std::tuple<T, U>>());

    static constexpr auto const& values(std::pair<T, U> const& row) noexcept { return row; }
    static constexpr auto& values(std::pair<T, U>& row) noexcept { return row; }
};

template<class... Col>
struct row_traits<columns<Col...>> {
    static constexpr auto columns = detail::columns_for<detail::listed_columns<Col...>>(
        std::type_identity<std::tuple<typename Col::value_type...>>());

    static constexpr auto const& values(pgwire::columns<Col...> const& row) noexcept { return row.values; }
    static constexpr auto& values(pgwire::columns<Col...>& row) noexcept { return row.values; }
};

/// A type that can be a row: its columns are known at compile time.
template<class Row>
concept row_type = requires(Row const& r) {
    // A row is an aggregate struct, a std::tuple, a pgwire::columns<...>, or has a pgwire::row_traits<Row> with
    // static constexpr std::array<pgwire::column, N> columns and static constexpr auto values(Row const&), a tuple.
    row_traits<Row>::columns.size();
    row_traits<Row>::values(r);
};

/// The columns of a row type: a `std::array`, or `late_columns`. Both are a `std::span<column const>`.
template<row_type Row>
inline constexpr auto const& columns_of = row_traits<Row>::columns;

}  // namespace pgwire
