// What `cursor_layer` makes of a statement: one of its own, a savepoint that it takes note of, or the engine's.
//
// Floor 4. Source: PostgreSQL documentation, DECLARE, FETCH, MOVE, CLOSE, SAVEPOINT.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/server/cursor_command.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/open_cursor.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/types/text.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::detail {

template<class H>
class cursor_statement {
    using inner_type = statement_type<H>;

public:
    cursor_command command;
    sql_command savepoint;
    std::optional<inner_type> inner{};                // what the engine made of it
    std::shared_ptr<declared_query<H>> declared{};    // and of DECLARE's query
    std::shared_ptr<column_list const> fetched{};     // FETCH's columns, if the cursor was there
    std::vector<oid> types{};                         // of the parameters, where the engine does not say

    cursor_statement(std::string_view text, std::span<oid const> declared_types)
        : command(parse_cursor_command(text)),
          savepoint(parse_savepoint(text)),
          types(declared_types.begin(), declared_types.end()) {
        types.resize(std::max<std::size_t>(types.size(), count_parameters(text)));
        std::replace(types.begin(), types.end(), oid{}, types::text.type);
        if (command.what != cursor_command::kind::declare) return;
        declared = std::make_shared<declared_query<H>>();
        declared->text = text.substr(command.query);
        declared->before = static_cast<std::uint32_t>(count_characters(text.substr(0, command.query)));
    }

    /// Is it left to the engine? So are savepoints, if it has transactions.
    [[nodiscard]] bool is_own() const noexcept {
        return command.what != cursor_command::kind::none ||
               (!has_begin_implicit<H> && savepoint.what != sql_command::kind::none);
    }

    [[nodiscard]] std::span<oid const> parameters() const {
        if constexpr (tells_parameters<inner_type>) {
            if (declared) return declared->made->parameters();
            if (!is_own()) return inner->parameters();
        }
        return types;
    }
    /// Of a statement of the layer's own.
    [[nodiscard]] std::span<column const> own_columns() const noexcept {
        return fetched ? fetched->all() : std::span<column const>();
    }
    [[nodiscard]] std::span<column const> columns() const
        requires(!has_describe<H>)
    {
        if (is_own()) return own_columns();
        if constexpr (tells_columns<inner_type>) return inner->columns();
        else return static_columns<outcome_type<H>>();
    }
};

}  // namespace pgwire::detail
