// Values bound to prepared statements: by Bind, and by an EXECUTE; and the statements that a PREPARE makes.
//
// Floor 4. What stands between the cycle (cycle.hpp, copying.hpp) and the messages (query_loop.hpp). A portal whose
// outcome is an `execute_statement` becomes one of that statement, as if it had been bound to it, and goes on; one
// whose outcome is a `prepare_statement` has the handler prepare that, as Parse does, and is done. Source: PostgreSQL
// documentation, Bind, PREPARE, EXECUTE; errors as its servers give them.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/server/binding.hpp"
#include "pgwire/server/copying.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/statement_outcomes.hpp"

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pgwire::detail {

/// The values of an EXECUTE as the body of a Bind to `portal`.
/// @param types of the statement's parameters; @param results the formats of the columns
/// @throws sql_error 42601 if there are too few or too many
[[nodiscard]] inline std::string bind_body(std::string_view portal, execute_statement const& asked,
                                           std::span<oid const> types, list<format> const& results) {
    value_texts texts;
    if (!types.empty() && asked.values) texts = asked.values(types);
    if (texts.size() != types.size())
        throw sql_error(sqlstates::syntax_error,
                        "wrong number of parameters for prepared statement \"" + asked.name + '"')
            .detail("Expected " + std::to_string(types.size()) + " parameters but got " + std::to_string(texts.size()) +
                    '.');
    std::vector<value> const values(texts.begin(), texts.end());
    send_buffer frame;
    put(frame, bind{portal, {}, {}, std::span<value const>(values), results});
    return std::string(frame.pending().substr(header_size<bind>));
}

template<class Handler>
class statement_binding : protected copying<Handler> {
    using base = copying<Handler>;

protected:
    using typename base::outcome_type;
    using typename base::portal;
    using typename base::statement_type;
    using statement_ref = detail::statement_ref<statement_type>;

    using base::base;

    /// Keeps the body of a Bind, and decodes it.
    [[gnu::always_inline]] bind const& keep_bind(std::string_view body) {
        if (bound_ == nullptr) [[unlikely]] bound_ = std::make_unique<kept_bind>();
        auto const kept = bound_->bytes.assign(body);
        return *::new (&bound_->message) bind(decode_or_refuse<bind>(kept));  // made where it stays
    }

    /// The Bind that is kept is the portal's now.
    void bind_portal(portal& p, statement_ref const& s) {
        p.bound.swap(bound_);
        auto const& m = p.bound->message;
        p.statement = s;
        p.formats = m.result_formats;
        p.request.text = s->text;
        p.request.parameters = {m, s->types, this->context_.style()};
        p.request.context = &this->context_;
    }

    /// Shows the values to the handler, if there is a statement.
    void show_values([[maybe_unused]] portal& p) {
        if constexpr (has_on_bind<Handler>) {
            if (p.statement->is_empty) return;
            if constexpr (has_prepare<Handler>)
                this->handler_.on_bind(std::as_const(p.request), std::as_const(*p.statement->user));
            else this->handler_.on_bind(std::as_const(p.request));
        }
    }

    /// Asks the handler whether this statement may be bound, described or executed now.
    void admit([[maybe_unused]] prepared_statement<statement_type> const& s) {
        if constexpr (has_admit<Handler>)
            if (s.user) this->handler_.admit(*s.user);
    }

    /// The result formats must fit the columns of the statement, as far as these are known.
    void check_results(bind const& m, prepared_statement<statement_type> const& s) {
        if (auto const columns = known_columns<outcome_type>(s)) check_result_formats(m, columns->size());
    }

    /// The portal at work is a PREPARE: its statement is prepared next.
    void begin_prepare() {
        if constexpr (may_be<outcome_type, prepare_statement>) {
            portal const& p = *this->execution_.active();
            this->preparation_.begin(*this->execution_.template asked<prepare_statement>(), p.statement->before);
            this->stage_ = base::stage::prepare;
        }
    }
    /// Was that what has been prepared? Then it has a name now, and the portal is done.
    bool end_prepare() {
        if constexpr (may_be<outcome_type, prepare_statement>) {
            if (this->execution_.active() == nullptr) return false;
            this->preparation_.store(this->objects_);
            this->complete();
            return true;
        }
        return false;
    }

    /// The portal at work is an EXECUTE: it becomes one of the statement that is named, which is executed next.
    /// @throws sql_error 26000, 54001 if statements execute each other, 42601, what its values throw
    void execute_named() {
        if constexpr (may_be<outcome_type, execute_statement>) {
            portal& p = *this->execution_.active();
            auto const& asked = *this->execution_.template asked<execute_statement>();
            statement_ref const s = this->objects_.statement(asked.name);
            if (p.links++ == max_statement_links) refuse_deeper_statements();  // whatever `stands_for` has said
            if (s->is_empty) {
                p.current = portal::state::done;
                return this->complete();
            }
            auto const body = bind_body(p.name, asked, s->types, p.formats.codes());
            auto const& m = keep_bind(body);
            this->objects_.recharge(p, *s, body.size());
            check_parameters(m, s->types);
            check_results(m, *s);
            p.outcome.reset();
            bind_portal(p, s);
            admit(*s);
            show_values(p);
            this->stage_ = base::stage::execute;
        }
    }

    std::unique_ptr<kept_bind> bound_;  // of the Bind at work, or to be used by the next one
};

}  // namespace pgwire::detail
