// Describe: what is known of a statement's parameters and columns, or a portal's columns, before it runs.
//
// Floor 4. Describe never executes: what neither the statement nor the type of the outcome tells, the handler's
// `describe` must. Source: PostgreSQL documentation, "Extended Query".
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/server/execution.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/objects.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pgwire::detail {

[[noreturn]] inline void unknown_target(std::string_view message, target t) {
    throw sql_error(sqlstates::protocol_violation, "invalid " + std::string(message) + " message subtype " +
                                                       std::to_string(static_cast<unsigned char>(t)));
}

template<class Statement, class Outcome>
class describing {
public:
    using objects = session_objects<Statement, Outcome>;

    /// @return the statement that is asked for
    /// @throws sql_error 26000, 34000, 08P01
    prepared_statement<Statement>& begin(describe const& m, objects& named) {
        switch (m.target) {
        case target::statement:
            statement_ = named.statement(m.name).get();
            portal_ = nullptr;
            break;
        case target::portal:
            portal_ = &named.find_portal(m.name);
            statement_ = portal_->statement.get();
            break;
        default: unknown_target("DESCRIBE", m.target);
        }
        if constexpr (stands_for_another<Statement>) told_ = &named.followed(*statement_);
        return *statement_;
    }

    /// The one whose columns are told.
    [[nodiscard]] prepared_statement<Statement>& statement() const noexcept {
        if constexpr (stands_for_another<Statement>) return *told_;
        else return *statement_;
    }

    /// The columns, as far as they are known without the handler.
    [[nodiscard]] std::optional<std::span<column const>> known() const {
        if (statement().is_empty) return std::span<column const>();
        return known_columns<Outcome>(statement());
    }

    /// ParameterDescription for a statement, RowDescription or NoData for both.
    void answer(send_buffer& out, std::span<column const> columns) {
        if (portal_ == nullptr) put(out, parameter_description{statement_->types});
        if (statement().is_empty) put(out, no_data{});
        else if (portal_ == nullptr) put_columns<Outcome>(out, columns, {});
        else put_columns<Outcome>(out, columns, portal_->formats);
    }

private:
    prepared_statement<Statement>* statement_ = nullptr;  // stays until it is described: no other message is looked at
    prepared_statement<Statement>* told_ = nullptr;       // it, or the one that it executes, if it may be such
    portal<Statement, Outcome>* portal_ = nullptr;
};

}  // namespace pgwire::detail
