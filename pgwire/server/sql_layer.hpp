// A layer for engines whose language is SQL: carries out the session's own statements, leaves the rest to the engine.
//
// Floor 4. `sql_layer<H>` wraps any handler `H` and adds to it
//
//   - SET, SHOW, RESET and their kin, with ParameterStatus, undone by ROLLBACK (sql_settings.hpp);
//   - BEGIN, COMMIT, ROLLBACK with PostgreSQL's warnings and the failed block (sql_transaction.hpp). They call the
//     hooks begin_implicit, commit_implicit and rollback_implicit of `H`, which thus serve transactions of both kinds.
//     Without these hooks the engine has no transactions, and BEGIN does nothing but keep the books;
//   - SAVEPOINT, RELEASE and ROLLBACK TO, which go on to `H` as statements if it has the hooks; its `execute` must have
//     carried them out when it returns, since what it returns is not pulled;
//   - PREPARE, EXECUTE and DEALLOCATE, with the prepared statements of the protocol in one name space. EXECUTE takes
//     constants, with casts (sql_cast.hpp);
//   - DISCARD and CLOSE ALL.
//
// Three more hooks of `H` are known here, optional and plain; a layer in between must forward them itself:
//
//     void on_sql_start(sql_session&)             // before on_start; the session's settings, transaction, functions
//     void on_close_all()                         // CLOSE ALL: cursors that the session does not know of
//     void on_discard_all()                       // DISCARD ALL: what else the session remembers is to be forgotten
//
// and its `check_syntax` is also asked in a failed block, which looks at nothing else.
//
// Source: PostgreSQL documentation, "SQL Commands".
#pragma once

#include "pgwire/server/describing_layer.hpp"
#include "pgwire/server/hooks.hpp"
#include "pgwire/server/sql_cast.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/server/sql_session.hpp"
#include "pgwire/server/sql_statement.hpp"
#include "pgwire/server/statements.hpp"
#include "pgwire/server/syntax_error.hpp"
#include "pgwire/types/text.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire {

namespace detail {

template<class H>
concept starts_sql = requires(H& h, sql_session& session) {
    h.on_sql_start(session);
};

}  // namespace detail

template<class H>
class sql_layer : public detail::describing_layer<H, detail::sql_statement<H>> {
    using base = detail::describing_layer<H, detail::sql_statement<H>>;
    using kind = sql_command::kind;
    using call = transaction_plan::call;
    using inner_outcome = detail::outcome_type<H>;

    static constexpr bool has_transactions = detail::has_begin_implicit<H>;
    static constexpr bool has_async_transactions = detail::is_coroutine<H, detail::hook::begin> ||
                                                   detail::is_coroutine<H, detail::hook::commit> ||
                                                   detail::is_coroutine<H, detail::hook::rollback>;
    static constexpr bool prepares_async = detail::statement_of<H>::async;
    static constexpr bool executes_async = detail::outcome_of<H>::async || has_async_transactions;
    static_assert(!detail::names_transaction<H>, "pgwire: sql_layer keeps the books of the transaction itself and would "
                                                 "never ask the engine's transaction(): remove it");

public:
    using statement = detail::sql_statement<H>;
    using outcome = typename detail::add_outcomes<typename detail::outcome_list<inner_outcome>::type, command, forget,
                                                  prepare_statement, execute_statement, setting_rows>::type;

    using base::base;

    /// The session's settings and transaction.
    [[nodiscard]] sql_session& session() noexcept { return session_; }

    // ---- hooks

    auto on_start(session_context& context) {
        session_.start(context);
        if constexpr (detail::starts_sql<H>) this->inner().on_sql_start(session_);
        if constexpr (detail::has_on_start<H>) return this->inner().on_start(context);
    }

    auto prepare(std::string_view text, std::span<oid const> types) {
        if constexpr (prepares_async) return prepare_async(text, types);
        else return prepare_now(text, types);
    }

    void admit(statement const& s) {
        if (session_.book().refuses(s.command.what)) detail::refuse_in_failed_block();
        if constexpr (detail::has_admit<H>)
            if (s.inner) this->inner().admit(*s.inner);
    }

    void on_bind([[maybe_unused]] request const& r, [[maybe_unused]] statement const& s) {
        if constexpr (detail::has_on_bind<H>) {
            if (s.is_own()) return;
            if constexpr (detail::has_prepare<H>) this->inner().on_bind(r, *s.inner);
            else this->inner().on_bind(r);
        }
    }

    void check_syntax(std::string_view text) { check_engines_syntax(parse_sql_command(text), text); }

    auto execute(request const& r, statement& s) {
        if constexpr (executes_async) return execute_async(r, s);
        else return execute_now(r, s);
    }

    [[nodiscard]] outcome open_portal(std::string_view name)
        requires detail::opens_portals<H>
    {
        return detail::widen_outcome<outcome>(this->inner().open_portal(name));
    }

    auto begin_implicit() {
        if constexpr (has_async_transactions) return begin_implicit_async();
        else begin_implicit_now();
    }
    auto commit_implicit() {
        if constexpr (has_async_transactions) return commit_implicit_async();
        else commit_implicit_now();
    }
    auto rollback_implicit() {
        session_.book().end_implicit();
        session_.rollback();
        if constexpr (has_transactions) return this->inner().rollback_implicit();
    }

    [[nodiscard]] transaction_status transaction() const noexcept { return session_.transaction().status(); }

    void on_error(diagnostic& d, std::string_view cause) {
        auto& book = session_.book();
        book.on_error();
        if (book.idle() && session_.is_started()) session_.rollback();  // what the failed statement itself has set
        if constexpr (detail::has_on_error<H>) this->inner().on_error(d, cause);
    }

private:
    // The books follow the engine: a transaction that could not begin is none.
    void begin_implicit_now() {
        session_.settle();
        if constexpr (has_transactions) this->inner().begin_implicit();
        session_.book().begin_implicit();
    }
    task<> begin_implicit_async() {
        session_.settle();
        co_await awaited_call([this] { return this->inner().begin_implicit(); });
        session_.book().begin_implicit();
    }

    // ---- preparing

    statement prepare_now(std::string_view text, std::span<oid const> types) {
        statement s = begin_statement(text, types);
        if (auto const engines = text_for_engine(s, text); !engines.empty()) {
            if constexpr (detail::has_prepare<H>)
                s.inner.emplace(detail::elide{[&] { return this->inner().prepare(engines, types); }});
            else s.inner.emplace();
        }
        return s;
    }
    task<statement> prepare_async(std::string_view text, std::span<oid const> types) {
        statement s = begin_statement(text, types);
        std::string const engines(text_for_engine(s, text));
        if (!engines.empty()) {
            auto made = co_await this->inner().prepare(std::string_view(engines), types);
            s.inner.emplace(std::move(made));
        }
        co_return s;
    }

    /// All but what the engine makes of it.
    statement begin_statement(std::string_view text, std::span<oid const> types) {
        statement s{parse_sql_command(text)};
        bool const is_refused = session_.book().refuses(s.command.what);
        if (is_refused || s.command.what == kind::prepare) check_engines_syntax(s.command, text);
        if (is_refused) detail::refuse_in_failed_block();
        s.types.assign(types.begin(), types.end());
        bool const has_parameters = s.command.what != kind::prepare && s.command.what != kind::execute;
        if (has_parameters) s.types.resize(std::max<std::size_t>(types.size(), count_parameters(text)));
        std::replace(s.types.begin(), s.types.end(), oid{}, types::text.type);
        if (s.command.what == kind::show) {
            s.shown.emplace_back(session_.settings().at(s.command.name).name(), types::text);
        } else if (s.command.what == kind::show_all) {
            for (std::string_view const name : {"name", "setting", "description"})
                s.shown.emplace_back(name, types::text);
        }
        return s;
    }

    /// Asks the engine about the syntax of what is not the session's: all of the text, or what PREPARE prepares.
    void check_engines_syntax([[maybe_unused]] sql_command const& c, [[maybe_unused]] std::string_view text) {
        if constexpr (detail::has_check_syntax<H>) {
            if (c.what != kind::none && c.what != kind::prepare) return;
            detail::with_text_before(count_characters(text.substr(0, c.query)),
                                     [&] { this->inner().check_syntax(text.substr(c.query)); });
        }
    }

    /// What the engine is to prepare; empty if nothing.
    std::string_view text_for_engine(statement const& s, std::string_view text) {
        if (!s.is_own()) return text;
        if (!is_savepoint(s.command.what) || !has_transactions) return {};
        savepoint_text_ = s.command.what == kind::savepoint ? "SAVEPOINT \""
                          : s.command.what == kind::release ? "RELEASE SAVEPOINT \""
                                                            : "ROLLBACK TO SAVEPOINT \"";
        for (char const c : s.command.name) savepoint_text_.append(c == '"' ? 2 : 1, c);
        return savepoint_text_ += '"';
    }
    static constexpr bool is_savepoint(kind what) noexcept {
        return what == kind::savepoint || what == kind::release || what == kind::rollback_to;
    }

    // ---- executing

    void begin_execution() {
        session_.settle();  // what a function has set in the last statement
        session_.book().on_statement();
    }

    outcome execute_now(request const& r, statement& s) {
        begin_execution();
        if (!s.is_own()) return execute_inner(r, s);
        if (is_transaction(s.command.what)) {
            auto const plan = begin_plan(s.command);
            for (auto const what : plan.calls) call_inner(what);
            return end_plan(plan, s.command);
        }
        if (is_savepoint(s.command.what)) {
            session_.book().check_savepoint(s.command);
            if (s.inner) static_cast<void>(execute_inner(r, s));
            return end_savepoint(s.command);
        }
        return execute_own(r, s);
    }

    task<outcome> execute_async(request const& r, statement& s) {
        begin_execution();
        if (is_transaction(s.command.what)) {
            auto const plan = begin_plan(s.command);
            for (auto const what : plan.calls) co_await call_inner_async(what);
            co_return end_plan(plan, s.command);
        }
        if (s.is_own() && !is_savepoint(s.command.what)) co_return execute_own(r, s);
        if (s.is_own()) session_.book().check_savepoint(s.command);
        if constexpr (detail::outcome_of<H>::async) {
            if (s.inner) {
                if constexpr (detail::has_prepare<H>) {
                    auto made = co_await this->inner().execute(r, *s.inner);
                    if (!s.is_own()) co_return detail::widen_outcome<outcome>(std::move(made));
                } else {
                    auto made = co_await this->inner().execute(r);
                    if (!s.is_own()) co_return detail::widen_outcome<outcome>(std::move(made));
                }
            }
        } else {
            if (!s.is_own()) co_return execute_inner(r, s);
            if (s.inner) static_cast<void>(execute_inner(r, s));
        }
        co_return end_savepoint(s.command);
    }

    outcome execute_inner(request const& r, statement& s) {
        auto const run = [&]() -> decltype(auto) {
            if constexpr (detail::has_prepare<H>) return this->inner().execute(r, *s.inner);
            else return this->inner().execute(r);
        };
        if constexpr (detail::is_variant<inner_outcome>) return detail::widen_outcome<outcome>(run());
        else return outcome(std::in_place_type<inner_outcome>, detail::elide{run});
    }

    /// What needs nothing of the engine.
    outcome execute_own(request const& r, statement& s) {
        auto const& c = s.command;
        switch (c.what) {
        case kind::set: session_.carry_out_set(c); break;
        case kind::reset:
        case kind::reset_all: session_.carry_out_reset(c); break;
        case kind::set_transaction:
            if (session_.book().idle())
                session_.warn(sqlstates::no_active_sql_transaction,
                              "SET TRANSACTION can only be used in transaction blocks");
            else session_.set_modes(c.modes, "", true);
            break;
        case kind::set_characteristics: session_.set_modes(c.modes, "default_", false); break;
        case kind::show:
        case kind::show_all: return show(s);
        case kind::discard_all: return discard_all(c);
        case kind::prepare: return prepare_named(r, c);
        case kind::execute: return execute_named(r, c);
        case kind::deallocate: return forget{.statement = c.name, .done = c.tag};
        case kind::deallocate_all: return forget{.statement = {}, .all_statements = true, .done = c.tag};
        case kind::close_all:
            if constexpr (requires { this->inner().on_close_all(); }) this->inner().on_close_all();
            return forget{.statement = {}, .portals_after = 0, .done = c.tag};
        default: break;
        }
        return command(c.tag);
    }

    static outcome prepare_named(request const& r, sql_command const& c) {
        prepare_statement made{.name = c.name,
                               .text = r.text.substr(c.query),
                               .before = count_characters(r.text.substr(0, c.query))};
        for (auto const& written : c.types) {
            oid const type = find_written_type(written);
            made.types.push_back(type == types::unknown.type ? oid{} : type);
        }
        return made;
    }

    static outcome execute_named(request const& r, sql_command const& c) {
        auto const& style = r.session().style();
        auto values = [constants = c.constants, &style](std::span<oid const> types) {
            return values_of(constants, types, style);
        };
        return execute_statement{.name = c.name, .values = std::move(values)};
    }

    outcome show(statement const& s) {
        std::vector<std::vector<std::string>> rows;
        if (s.command.what == kind::show) {
            rows.push_back({session_.settings().at(s.command.name).value});
        } else {
            for (auto const& e : session_.settings().all())
                rows.push_back({std::string(e.name()), e.value, std::string(e.definition->about)});
        }
        return outcome(std::in_place_type<setting_rows>, s.own_columns(), std::move(rows));
    }
    outcome discard_all(sql_command const& c) {
        if (session_.book().in_transaction_block())
            throw sql_error(sqlstates::active_sql_transaction, "DISCARD ALL cannot run inside a transaction block");
        session_.reset_all();
        if constexpr (requires { this->inner().on_discard_all(); }) this->inner().on_discard_all();
        return forget{.statement = {}, .all_statements = true, .portals_after = 0, .done = c.tag};
    }

    // ---- transactions

    static constexpr bool is_transaction(kind what) noexcept {
        return what == kind::begin || what == kind::commit || what == kind::rollback;
    }

    transaction_plan begin_plan(sql_command const& c) {
        auto const plan = session_.book().plan(c);
        if (!plan.warning_text.empty()) session_.warn(plan.warning, plan.warning_text);
        session_.book().before(plan);
        if (c.chain) chained_ = session_.modes();
        if (plan.leaves) session_.context().keep_portals(0);
        return plan;
    }
    command end_plan(transaction_plan const& plan, sql_command const& c) {
        bool const entered = plan.enters && transaction() == transaction_status::idle;
        session_.book().after(plan);
        if (c.what == kind::begin) session_.set_modes(c.modes, "", true);
        else if (entered) session_.set_modes(chained_, "", true);
        return command(plan.tag);
    }
    outcome end_savepoint(sql_command const& c) {
        auto& book = session_.book();
        auto& context = session_.context();
        auto const mark = book.on_savepoint(c, {session_.settings().now(), context.portals_made()});
        context.keep_portals(book.last_mark().portals);
        if (c.what != kind::rollback_to) return command(c.tag);
        session_.rollback_to(mark.settings);
        return forget{.statement = {}, .portals_after = mark.portals, .done = c.tag};
    }

    void call_inner(call what) {
        switch (what) {
        case call::none: return;
        case call::begin:
            if constexpr (has_transactions) this->inner().begin_implicit();
            return;
        case call::rollback:
            session_.rollback();
            if constexpr (has_transactions) this->inner().rollback_implicit();
            return;
        case call::commit:
            try {
                if constexpr (has_transactions) this->inner().commit_implicit();
            } catch (...) {  // a block that can't be committed is over; an implicit one is rolled back by the session
                if (session_.book().implicit()) throw;
                session_.rollback();
                if constexpr (has_transactions) this->inner().rollback_implicit();
                throw;
            }
            session_.commit();
            return;
        }
    }
    task<> call_inner_async(call what) {
        if constexpr (has_transactions) {
            session_context::uninterrupted const whole(session_.context());
            if (what == call::begin) {
                co_await awaited_call([this] { return this->inner().begin_implicit(); });
            }
            if (what == call::rollback) {
                session_.rollback();
                co_await awaited_call([this] { return this->inner().rollback_implicit(); });
            }
            if (what == call::commit) {
                std::exception_ptr failure;
                try {
                    co_await awaited_call([this] { return this->inner().commit_implicit(); });
                } catch (...) {
                    failure = std::current_exception();
                }
                if (failure && !session_.book().implicit()) {
                    session_.rollback();
                    co_await awaited_call([this] { return this->inner().rollback_implicit(); });
                }
                if (failure) std::rethrow_exception(failure);
                session_.commit();
            }
        } else {
            call_inner(what);
            co_return;
        }
    }
    /// A hook of either kind as a coroutine.
    template<class Hook>
    static task<> awaited_call(Hook hook) {
        if constexpr (detail::is_task<decltype(hook())>) co_await hook();
        else hook();
        co_return;
    }

    void commit_implicit_now() {
        if constexpr (has_transactions) this->inner().commit_implicit();
        session_.book().end_implicit();
        session_.commit();
    }
    task<> commit_implicit_async() {
        co_await awaited_call([this] { return this->inner().commit_implicit(); });
        session_.book().end_implicit();
        session_.commit();
    }

    sql_session session_;
    std::string savepoint_text_;
    transaction_modes chained_;  // of the block that COMMIT AND CHAIN has ended
};

}  // namespace pgwire
