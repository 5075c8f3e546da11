// What `sql_layer` makes of a statement, and what it answers it with.
//
// Floor 4. A statement is the layer's own (SET, BEGIN, …) or the engine's; an outcome is one of the engine's, or one of
// the few that the layer has itself.
#pragma once

#include "pgwire/server/handler.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/types/text.hpp"

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire {

/// What SHOW gives: one setting, or all of them.
class setting_rows : public cursor<> {
public:
    /// @param described the columns, all text; @param rows a text for each of them
    setting_rows(std::span<column const> described, std::vector<std::vector<std::string>> rows)
        : columns_(described), rows_(std::move(rows)) {}

    [[nodiscard]] std::span<column const> columns() const noexcept { return columns_; }
    bool next(writer& out) {
        while (next_ != rows_.size()) {
            auto one = out.begin_row();
            for (auto const& text : rows_[next_]) one.add(std::string_view(text));
            ++next_;
            if (!one.end()) break;
        }
        return next_ != rows_.size();
    }
    [[nodiscard]] static command tag(std::uint64_t) { return {"SHOW"}; }

private:
    std::span<column const> columns_;
    std::vector<std::vector<std::string>> rows_;
    std::size_t next_ = 0;
};

namespace detail {

// ---- what the layer's execute returns: what H's does, and what the layer itself may answer

template<class Outcome>
struct outcome_list {
    using type = std::variant<Outcome>;
};
template<class... T>
struct outcome_list<std::variant<T...>> {
    using type = std::variant<T...>;
};
template<class List, class... More>
struct add_outcomes {
    using type = List;
};
template<class... T, class First, class... More>
struct add_outcomes<std::variant<T...>, First, More...> {
    using longer = std::conditional_t<(std::same_as<T, First> || ...), std::variant<T...>, std::variant<T..., First>>;
    using type = typename add_outcomes<longer, More...>::type;
};

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

/// A statement of the layer's: its own, or the engine's.
template<class H>
class sql_statement {
    using inner_type = statement_type<H>;

public:
    sql_command command;
    std::optional<inner_type> inner{};  // what the engine made of it
    std::vector<column> shown{};        // the columns of SHOW
    std::vector<oid> types{};           // of the parameters, where the engine does not say

    [[nodiscard]] bool is_own() const noexcept { return command.what != sql_command::kind::none; }

    /// The prepared statement that EXECUTE executes.
    [[nodiscard]] std::string_view stands_for() const noexcept {
        return command.what == sql_command::kind::execute ? std::string_view(command.name) : std::string_view();
    }

    [[nodiscard]] std::span<oid const> parameters() const {
        if constexpr (tells_parameters<inner_type>)
            if (!is_own()) return inner->parameters();
        return types;
    }
    [[nodiscard]] std::span<column const> own_columns() const noexcept { return shown; }
    [[nodiscard]] std::span<column const> columns() const
        requires(!has_describe<H>)
    {
        if (is_own()) return own_columns();
        if constexpr (tells_columns<inner_type>) return inner->columns();
        else return static_columns<outcome_type<H>>();
    }
};

}  // namespace detail

}  // namespace pgwire
