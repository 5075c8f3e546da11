// What layers inside of `sql_layer` have in common: they see savepoints pass by, and add outcomes of their own to the
// engine's.
//
// Floor 4.
#pragma once

#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/sql_command.hpp"

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace pgwire::detail {

/// Puts an outcome into a variant that has room for more kinds of them.
template<class Wide, class Outcome>
[[nodiscard]] Wide widen_outcome(Outcome made) {
    if constexpr (std::same_as<Outcome, Wide>) {
        return made;
    } else if constexpr (is_variant<Outcome>) {
        return std::visit(
            []<class T>(T&& one) { return Wide(std::in_place_type<std::remove_cvref_t<T>>, std::forward<T>(one)); },
            std::move(made));
    } else {
        return Wide(std::in_place_type<Outcome>, std::move(made));
    }
}

/// SAVEPOINT, RELEASE or ROLLBACK TO, or of kind `none`.
[[nodiscard]] inline sql_command parse_savepoint(std::string_view text) {
    auto const first = first_keyword(text);
    if (!is_keyword(first, "SAVEPOINT") && !is_keyword(first, "RELEASE") && !is_keyword(first, "ROLLBACK")) return {};
    auto c = parse_sql_command(text);
    if (c.what == sql_command::kind::rollback) return {};
    return c;
}

}  // namespace pgwire::detail
