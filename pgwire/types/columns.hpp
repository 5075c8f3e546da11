// The columns of a result: what RowDescription says of each, known when the program runs or when it is compiled.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Message Formats", RowDescription.
#pragma once

#include "pgwire/core/fixed_string.hpp"
#include "pgwire/types/codec.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

namespace pgwire {

/// A column of a result. It borrows its name.
struct column {
    std::string_view name;
    oid type = types::text.type;
    std::int16_t size = types::text.size;  ///< of the type in the server's memory; -1 varies
    std::int32_t modifier = -1;            ///< of the type, such as the length of `varchar(20)`; -1 is none
    oid table{};                           ///< where the column comes from a table
    std::int16_t attribute = 0;            ///< its number in that table, the first is 1

    constexpr column() = default;
    constexpr column(std::string_view column_name, type_info const& column_type, std::int32_t type_modifier = -1,
                     oid from_table = {}, std::int16_t from_attribute = 0)
        : name(column_name), type(column_type.type), size(column_type.size), modifier(type_modifier),
          table(from_table), attribute(from_attribute) {}

    friend constexpr bool operator==(column const&, column const&) = default;
};

/// What a `col` may say beside its name and type.
struct column_origin {
    std::int32_t modifier = -1;
    oid table{};
    std::int16_t attribute = 0;
};

/// A column known at compile time: its name, the C++ type of its values, and perhaps where it comes from.
///
///     col<"id", int>
///     col<"name", std::optional<std::string_view>, column_origin{.table = oid{16384}, .attribute = 2}>
template<fixed_string Name, has_codec T, column_origin Origin = column_origin{}>
struct col {
    using value_type = T;

    [[nodiscard]] static constexpr pgwire::column column() noexcept {
        return {Name.view(), type_of<T>, Origin.modifier, Origin.table, Origin.attribute};
    }
};

/// A row with a list of columns, for results that have no struct of their own.
///
///     using person = columns<col<"id", int>, col<"name", std::string_view>>;
///     person p{1, "Ada"};
template<class... Col>
struct columns {
    std::tuple<typename Col::value_type...> values;

    constexpr columns() = default;
    constexpr explicit(sizeof...(Col) == 1) columns(typename Col::value_type... v)
        requires(sizeof...(Col) != 0)
        : values(std::move(v)...) {}

    friend constexpr bool operator==(columns const&, columns const&) = default;
};

/// The columns of a row with a `runtime_type`: `Make` makes them, a `std::array`, when they are first asked for.
template<auto Make>
class late_columns {
public:
    [[nodiscard]] constexpr std::size_t size() const noexcept { return std::tuple_size_v<decltype(Make())>; }
    [[nodiscard]] std::span<column const> list() const noexcept {
        static auto const made = Make();
        return made;
    }
    operator std::span<column const>() const noexcept { return list(); }  // NOLINT: it is a list of columns
    [[nodiscard]] column const& operator[](std::size_t i) const noexcept { return list()[i]; }
    [[nodiscard]] auto begin() const noexcept { return list().begin(); }
    [[nodiscard]] auto end() const noexcept { return list().end(); }
};

namespace detail {

template<class Columns>
inline constexpr bool are_late = false;
template<auto Make>
inline constexpr bool are_late<late_columns<Make>> = true;

}  // namespace detail

}  // namespace pgwire
