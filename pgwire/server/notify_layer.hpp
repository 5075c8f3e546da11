// A layer that gives an engine LISTEN, NOTIFY and UNLISTEN, carried out inside the process.
//
// Floor 4. It stands inside of `sql_layer`, which tells it of transactions of both kinds and of savepoints:
//
//     auto const hub = std::make_shared<pgwire::notification_hub>();     // one for all sessions
//     pgwire::serve(options, [hub] { return pgwire::sql_layer<pgwire::notify_layer<my_engine>>(hub); });
//
// As in PostgreSQL all of it takes effect at commit, ROLLBACK and ROLLBACK TO drop it, and a session that is in a
// transaction hears nothing until that is over: then just before ReadyForQuery, or at once if it is idle. `H` may have
// hooks for transactions or not. One more hook of `H` is known here, optional and plain:
//
//     void on_notifications(session_notifications&)   // before on_start; for pg_notify and its like
//
// What a cursor says outside of a transaction while it is pulled is sent at once, whether or not it fails later.
// Source: PostgreSQL documentation, LISTEN, NOTIFY, UNLISTEN.
#pragma once

#include "pgwire/server/handler.hpp"
#include "pgwire/server/hooks.hpp"
#include "pgwire/server/describing_layer.hpp"
#include "pgwire/server/notification_hub.hpp"
#include "pgwire/server/notify_statement.hpp"
#include "pgwire/server/session_notifications.hpp"
#include "pgwire/server/sql_session.hpp"
#include "pgwire/server/statements.hpp"

#include <concepts>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

template<class H>
class notify_layer : public detail::describing_layer<H, detail::notify_statement<H>> {
    using base = detail::describing_layer<H, detail::notify_statement<H>>;
    using inner_outcome = detail::outcome_type<H>;
    using hook = detail::hook;

    static constexpr bool has_transactions = detail::has_begin_implicit<H>;

public:
    using statement = detail::notify_statement<H>;
    using outcome = typename detail::add_outcomes<typename detail::outcome_list<inner_outcome>::type, command>::type;

    /// @param hub what this session shares with those that are to hear it
    /// @param args what `H` is made of
    template<class... Args>
        requires std::constructible_from<H, Args...>
    explicit notify_layer(std::shared_ptr<notification_hub> hub, Args&&... args)
        : base(std::forward<Args>(args)...), notifications_(std::move(hub)) {}

    /// What this session listens to and has said.
    [[nodiscard]] session_notifications& notifications() noexcept { return notifications_; }

    // ---- hooks

    void on_sql_start(sql_session& session)
        requires requires(H& h) { h.on_sql_start(session); }
    {
        this->inner().on_sql_start(session);
    }

    auto on_start(session_context& context) {
        context_ = &context;
        notifications_.start(context);
        if constexpr (requires(H& h) { h.on_notifications(notifications_); })
            this->inner().on_notifications(notifications_);
        if constexpr (detail::has_on_start<H>) return this->inner().on_start(context);
    }

    /// DISCARD ALL.
    void on_discard_all() {
        notifications_.unlisten_all();
        if constexpr (requires(H& h) { h.on_discard_all(); }) this->inner().on_discard_all();
    }

    auto prepare(std::string_view text, std::span<oid const> types) {
        if constexpr (detail::statement_of<H>::async) return prepare_async(text, types);
        else return prepare_now(text, types);
    }

    void admit([[maybe_unused]] statement const& s) {
        if constexpr (detail::has_admit<H>)
            if (s.inner) this->inner().admit(*s.inner);
    }
    void on_bind([[maybe_unused]] request const& r, [[maybe_unused]] statement const& s) {
        if constexpr (detail::has_on_bind<H>) {
            if (!s.inner) return;
            if constexpr (detail::has_prepare<H>) this->inner().on_bind(r, *s.inner);
            else this->inner().on_bind(r);
        }
    }
    void check_syntax(std::string_view text) {
        bool const is_own = parse_notify_command(text).what != notify_command::kind::none;
        if constexpr (detail::has_check_syntax<H>)
            if (!is_own) this->inner().check_syntax(text);
    }

    auto execute(request const& r, statement& s) {
        if constexpr (detail::outcome_of<H>::async) return execute_async(r, s);
        else return execute_now(r, s);
    }

    [[nodiscard]] outcome open_portal(std::string_view name)
        requires detail::opens_portals<H>
    {
        return detail::widen_outcome<outcome>(this->inner().open_portal(name));
    }

    auto begin_implicit() {
        if constexpr (detail::is_coroutine<H, hook::begin>) {
            return begin_async();
        } else {
            if constexpr (has_transactions) this->inner().begin_implicit();
            notifications_.begin();
        }
    }
    auto commit_implicit() {
        if constexpr (detail::is_coroutine<H, hook::commit>) {
            return commit_async();
        } else {
            if constexpr (has_transactions) this->inner().commit_implicit();
            notifications_.commit();
        }
    }
    auto rollback_implicit() {
        notifications_.rollback();
        if constexpr (has_transactions) return this->inner().rollback_implicit();
    }

private:
    task<> begin_async() {
        co_await this->inner().begin_implicit();
        notifications_.begin();
    }
    task<> commit_async() {
        co_await this->inner().commit_implicit();
        notifications_.commit();
    }

    // ---- preparing

    statement prepare_now(std::string_view text, std::span<oid const> types) {
        statement s = begin_statement(text, types);
        if (s.is_own()) return s;
        if constexpr (detail::has_prepare<H>)
            s.inner.emplace(detail::elide{[&] { return this->inner().prepare(text, types); }});
        else s.inner.emplace();
        return s;
    }
    task<statement> prepare_async(std::string_view text, std::span<oid const> types) {
        statement s = begin_statement(text, types);
        if (!s.is_own()) {
            auto made = co_await this->inner().prepare(text, types);
            s.inner.emplace(std::move(made));
        }
        co_return s;
    }
    statement begin_statement(std::string_view text, std::span<oid const> types) {
        statement s(text, types);
        if (!s.command.whole.empty()) {
            diagnostic d;
            d.severity = severity::notice;
            d.code = sqlstates::name_too_long;
            d.message = "identifier \"" + s.command.whole + "\" will be truncated to \"" + s.command.channel + '"';
            context_->notice(d);
        }
        return s;
    }

    // ---- executing

    outcome execute_now(request const& r, statement& s) {
        session_notifications::statement at_work(notifications_);
        if (s.is_own()) return execute_own(s, at_work);
        outcome made = execute_inner(r, s);
        end_statement(s, at_work);
        return made;
    }
    task<outcome> execute_async(request const& r, statement& s) {
        session_notifications::statement at_work(notifications_);
        if (s.is_own()) co_return execute_own(s, at_work);
        if constexpr (detail::has_prepare<H>) {
            auto made = co_await this->inner().execute(r, *s.inner);
            end_statement(s, at_work);
            co_return detail::widen_outcome<outcome>(std::move(made));
        } else {
            auto made = co_await this->inner().execute(r);
            end_statement(s, at_work);
            co_return detail::widen_outcome<outcome>(std::move(made));
        }
    }
    outcome execute_inner(request const& r, statement& s) {
        auto const run = [&]() -> decltype(auto) {
            if constexpr (detail::has_prepare<H>) return this->inner().execute(r, *s.inner);
            else return this->inner().execute(r);
        };
        if constexpr (detail::is_variant<inner_outcome>) return detail::widen_outcome<outcome>(run());
        else return outcome(std::in_place_type<inner_outcome>, detail::elide{run});
    }

    outcome execute_own(statement& s, session_notifications::statement& at_work) {
        using kind = notify_command::kind;
        auto const& c = s.command;
        switch (c.what) {
        case kind::listen: notifications_.listen(c.channel); break;
        case kind::unlisten: notifications_.unlisten(c.channel); break;
        case kind::unlisten_all: notifications_.unlisten_all(); break;
        case kind::notify: notifications_.notify(c.channel, c.payload); break;
        case kind::none: break;
        }
        end_statement(s, at_work);
        return command(c.what == kind::none ? s.savepoint.tag : c.tag);
    }
    void end_statement(statement const& s, session_notifications::statement& at_work) {
        at_work.done();
        switch (s.savepoint.what) {
        case sql_command::kind::savepoint: return notifications_.savepoint(s.savepoint.name);
        case sql_command::kind::release: return notifications_.release(s.savepoint.name);
        case sql_command::kind::rollback_to: return notifications_.rollback_to(s.savepoint.name);
        default: return;
        }
    }

    session_notifications notifications_;
    session_context* context_ = nullptr;
};

}  // namespace pgwire
