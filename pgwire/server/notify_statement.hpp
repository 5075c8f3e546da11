// What `notify_layer` makes of a statement: one of its own, a savepoint that it takes note of, or the engine's.
//
// Floor 4. Source: PostgreSQL documentation, LISTEN, NOTIFY, UNLISTEN, SAVEPOINT.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/notify_command.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/server/sql_statement.hpp"
#include "pgwire/types/text.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::detail {

template<class H>
class notify_statement {
    using inner_type = statement_type<H>;

public:
    notify_command command;
    sql_command savepoint;
    std::optional<inner_type> inner{};  // what the engine made of it
    std::vector<oid> types{};           // of the parameters, where the engine does not say

    notify_statement(std::string_view text, std::span<oid const> declared)
        : command(parse_notify_command(text)),
          savepoint(parse_savepoint(text)),
          types(declared.begin(), declared.end()) {
        types.resize(std::max<std::size_t>(declared.size(), count_parameters(text)));
        std::replace(types.begin(), types.end(), oid{}, types::text.type);
    }

    /// Is it left to the engine? So are savepoints, if it has transactions.
    [[nodiscard]] bool is_own() const noexcept {
        return command.what != notify_command::kind::none ||
               (!has_begin_implicit<H> && savepoint.what != sql_command::kind::none);
    }

    [[nodiscard]] std::span<oid const> parameters() const {
        if constexpr (tells_parameters<inner_type>)
            if (!is_own()) return inner->parameters();
        return types;
    }
    [[nodiscard]] static std::span<column const> own_columns() noexcept { return {}; }
    [[nodiscard]] std::span<column const> columns() const
        requires(!has_describe<H>)
    {
        if (is_own()) return own_columns();
        if constexpr (tells_columns<inner_type>) return inner->columns();
        else return static_columns<outcome_type<H>>();
    }
};

}  // namespace pgwire::detail
