// A layer that gives an engine the cursors of SQL: DECLARE, FETCH, MOVE and CLOSE.
//
// Floor 4. It stands inside of `sql_layer`, which tells it of transactions of both kinds and of savepoints:
//
//     pgwire::serve<pgwire::sql_layer<pgwire::cursor_layer<my_engine>>>(options);
//
// DECLARE has the engine execute the query and keeps the outcome; FETCH and MOVE pull it, as the client asks for rows.
// The statement, the text and copies of the bound values live as long as the outcome does. A cursor ends with its
// transaction, before the engine hears of that; one made after a savepoint ends with ROLLBACK TO, and with the failure
// of a statement. BINARY says in which format FETCH gives rows in the simple protocol; in the extended protocol Bind
// does.
//
// Without SCROLL a cursor only goes forward, and nothing of it is kept; with it, rows are kept as they are pulled. WITH
// HOLD: the rows that are left are pulled and kept before the engine's commit, which fails if one of them does; outside
// of a block, by DECLARE. They are kept encoded, as text unless the cursor is BINARY or a FETCH has asked otherwise
// before. A FETCH in the other format has values of the built-in types converted, and is refused with 0A000 for those
// that have no codec here. What the cursors of a session keep is limited (`limit_kept_rows`): what would be more is
// refused with 53400.
//
// Cursors and the portals of the protocol share their names: Describe, Execute and Close find cursors, and FETCH, MOVE
// and CLOSE find portals that Bind has made. Of these FETCH and MOVE ask for the next rows only (what lies behind is
// 55000, as without SCROLL; ABSOLUTE, and 0 for a row once more, are 0A000). Rows that a cursor writes beyond those
// that are welcome are sent by FETCH all the same.
//
// The pulling for WITH HOLD is done in one go: an engine whose cursors do not await keeps its thread meanwhile, where
// other sessions wait, and so does a cancel.
// Source: PostgreSQL documentation, DECLARE, FETCH, MOVE, CLOSE.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/protocol/result_set.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/cursor_command.hpp"
#include "pgwire/server/cursor_statement.hpp"
#include "pgwire/server/cursor_table.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/hooks.hpp"
#include "pgwire/server/describing_layer.hpp"
#include "pgwire/server/fetching.hpp"
#include "pgwire/server/open_cursor.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/sql_session.hpp"
#include "pgwire/server/sql_statement.hpp"
#include "pgwire/server/statements.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

template<class H>
class cursor_layer : public detail::describing_layer<H, detail::cursor_statement<H>> {
    using base = detail::describing_layer<H, detail::cursor_statement<H>>;
    using inner_outcome = detail::outcome_type<H>;
    using hook = detail::hook;
    using kind = cursor_command::kind;
    using open_cursor = detail::open_cursor<H>;
    using cursor_rows = detail::cursor_rows<H>;

    static constexpr bool has_transactions = detail::has_begin_implicit<H>;
    static constexpr bool executes_async = detail::outcome_of<H>::async || open_cursor::pulls_async;
    static constexpr bool inner_commits_async = detail::is_coroutine<H, hook::commit>;

public:
    using statement = detail::cursor_statement<H>;
    using outcome = typename detail::add_outcomes<typename detail::outcome_list<inner_outcome>::type, command, forget,
                                                  fetch_portal, cursor_rows>::type;

    using base::base;

    /// Sets another limit than that of `session_limits` to the bytes of rows that all cursors of this session may
    /// keep; at any time. A row that would exceed it is refused with 53400.
    void limit_kept_rows(std::size_t bytes) noexcept {
        kept_limit_ = bytes;
        if (budget_) budget_->limit = bytes;
    }

    /// How many cursors are open.
    [[nodiscard]] std::size_t open_cursors() const noexcept { return cursors_.size(); }

    // ---- hooks

    void on_sql_start(sql_session& session) {
        session_ = &session;
        if constexpr (requires(H& h) { h.on_sql_start(session); }) this->inner().on_sql_start(session);
    }

    /// CLOSE ALL.
    void on_close_all() {
        cursors_.close_all();
        if constexpr (requires(H& h) { h.on_close_all(); }) this->inner().on_close_all();
    }
    void on_discard_all() {
        cursors_.close_all();
        if constexpr (requires(H& h) { h.on_discard_all(); }) this->inner().on_discard_all();
    }

    message_verdict on_message(frontend_message const& m) {
        in_query_ = m.tag == query::tag;
        if (m.tag == describe::tag && !cursors_.empty())
            if (auto const asked = m.template as<describe>(); asked && asked->target == target::portal)
                if (auto const found = cursors_.find(asked->name)) return answer(*found);
        if (m.tag == pgwire::close::tag && !cursors_.empty())  // which the session answers
            if (auto const asked = m.template as<pgwire::close>(); asked && asked->target == target::portal)
                cursors_.close(asked->name);
        if constexpr (detail::has_on_message<H>) return this->inner().on_message(m);
        else return message_verdict::pass;
    }

    auto prepare(std::string_view text, std::span<oid const> types) {
        if constexpr (detail::statement_of<H>::async) return prepare_async(text, types);
        else return prepare_now(text, types);
    }

    void admit([[maybe_unused]] statement const& s) {
        if constexpr (detail::has_admit<H>) {
            if (s.inner) this->inner().admit(*s.inner);
            if (s.declared) this->inner().admit(std::as_const(*s.declared->made));
        }
    }
    void on_bind(request const& r, [[maybe_unused]] statement const& s) {
        auto const name = r.parameters.portal();
        if (!name.empty() && cursors_.find(name)) detail::refuse_second_cursor(name);
        if constexpr (detail::has_on_bind<H>) {
            if (s.inner) return bind_inner(r, *s.inner);
            if (!s.declared) return;
            request of_query = r;
            of_query.text = s.declared->text;
            bind_inner(of_query, *s.declared->made);
        }
    }
    void check_syntax(std::string_view text) {
        auto const c = parse_cursor_command(text);
        if constexpr (detail::has_check_syntax<H>) {
            if (c.what == kind::none) this->inner().check_syntax(text);
            if (c.what == kind::declare)
                moving_errors(count_characters(text.substr(0, c.query)),
                              [&] { this->inner().check_syntax(text.substr(c.query)); });
        }
    }

    auto execute(request const& r, statement& s) {
        if constexpr (executes_async) return execute_async(r, s);
        else return execute_now(r, s);
    }

    /// Execute of a cursor.
    [[nodiscard]] outcome open_portal(std::string_view name) {
        auto found = cursors_.find(name);
        if (!found)
            throw sql_error(sqlstates::undefined_cursor, "portal \"" + std::string(name) + "\" does not exist");
        if (session_->transaction().failed()) detail::refuse_in_failed_block();
        auto const all = found->find(cursor_command{.what = kind::fetch, .name = {}, .count = cursor_command::all});
        return outcome(std::in_place_type<cursor_rows>, detail::fetching<H>(std::move(found), all, false), "SELECT");
    }

    auto begin_implicit() {
        cursors_.begin();
        if constexpr (has_transactions) return this->inner().begin_implicit();
    }
    auto commit_implicit() {
        if constexpr (open_cursor::pulls_async) return commit_async();
        else if constexpr (inner_commits_async) return cursors_.empty() ? commit_inner() : commit_async();
        else commit_now();
    }
    auto rollback_implicit() {
        cursors_.roll_back();
        if constexpr (has_transactions) return this->inner().rollback_implicit();
    }

    void on_error(diagnostic& d, std::string_view cause) {
        cursors_.on_error();
        if constexpr (detail::has_on_error<H>) this->inner().on_error(d, cause);
    }

private:
    /// An error's position in DECLARE's query becomes one in the whole statement.
    template<class F>
    static decltype(auto) moving_errors(std::size_t before, F&& f) {
        try {
            return f();
        } catch (sql_error& e) {
            move_error(e, before);
            throw;
        }
    }
    static void move_error(sql_error& e, std::size_t before) noexcept {
        auto& position = e.fields().position;
        if (position != 0) position += static_cast<std::uint32_t>(before);
    }

    message_verdict answer(open_cursor const& c) {
        if (session_->transaction().failed()) detail::refuse_in_failed_block();
        std::vector<field_description> columns;
        for (auto const& one : c.columns()->all())
            columns.push_back({one.name, one.table, one.attribute, one.type, one.size, one.modifier, format::text});
        if (auto const sent = session_->context().send(row_description{columns}); !sent) detail::refuse(sent.error());
        return message_verdict::answered;
    }

    void bind_inner(request const& r, [[maybe_unused]] detail::statement_type<H> const& s) {
        if constexpr (detail::has_prepare<H>) this->inner().on_bind(r, s);
        else this->inner().on_bind(r);
    }

    // ---- preparing

    statement prepare_now(std::string_view text, std::span<oid const> types) {
        statement s = begin_statement(text, types);
        if (s.declared) {
            std::string_view const query = s.declared->text;
            if constexpr (detail::has_prepare<H>)
                moving_errors(s.declared->before, [&] {
                    s.declared->made.emplace(detail::elide{[&] { return this->inner().prepare(query, types); }});
                });
            else s.declared->made.emplace();
            check_declared(text, s);
        } else if (!s.is_own()) {
            if constexpr (detail::has_prepare<H>)
                s.inner.emplace(detail::elide{[&] { return this->inner().prepare(text, types); }});
            else s.inner.emplace();
        }
        return s;
    }
    task<statement> prepare_async(std::string_view text, std::span<oid const> types) {
        statement s = begin_statement(text, types);
        if (s.declared) {
            std::string_view const query = s.declared->text;
            try {
                auto made = co_await this->inner().prepare(query, types);
                s.declared->made.emplace(std::move(made));
            } catch (sql_error& e) {
                move_error(e, s.declared->before);
                throw;
            }
            check_declared(text, s);
        } else if (!s.is_own()) {
            auto made = co_await this->inner().prepare(text, types);
            s.inner.emplace(std::move(made));
        }
        co_return s;
    }
    statement begin_statement(std::string_view text, std::span<oid const> types) {
        statement s(text, types);
        auto const& c = s.command;
        if (c.what != kind::fetch) return s;
        if (auto const found = cursors_.find(c.name)) {
            s.fetched = found->columns();
        } else if (auto const bound = session_ != nullptr ? session_->context().find_portal(c.name) : std::nullopt) {
            if (!bound->has_known_columns && !in_query_)
                throw sql_error(sqlstates::feature_not_supported,
                                "the columns of portal \"" + c.name + "\" are not known before it is executed");
            s.fetched = std::make_shared<detail::column_list>(bound->columns);
        }
        return s;
    }
    /// A cursor has rows; where the engine tells early that there are none, nothing is executed.
    static void check_declared([[maybe_unused]] std::string_view text, [[maybe_unused]] statement const& s) {
        if constexpr (detail::tells_columns<detail::statement_type<H>>)
            if (s.declared->made->columns().empty()) refuse_query(text, s);
    }
    [[noreturn]] static void refuse_query(std::string_view text, statement const& s) {
        auto first = token_scanner(text.substr(s.command.query)).next();
        first.offset += s.command.query;
        throw syntax_error_at(text, first);
    }

    // ---- executing

    outcome execute_now(request const& r, statement& s) {
        switch (s.command.what) {
        case kind::declare: {
            auto const made = begin_declare(r, s);
            bool const has_rows = moving_errors(s.declared->before, [&] {
                return made->open(
                    [&]() -> decltype(auto) { return execute_inner(made->request(), *s.declared->made); });
            });
            end_declare(made, has_rows, r, s);
            if (stands_alone(s)) {
                detail::hold_now(*made);
                made->hold();
            }
            return command("DECLARE CURSOR");
        }
        case kind::fetch:
        case kind::move: return fetch(r, s);
        case kind::close: return close(r, s);
        case kind::none: break;
        }
        cursors_.before_savepoint(s.savepoint);
        if (s.is_own()) return cursors_.after_savepoint(s.savepoint), command(s.savepoint.tag);
        auto const run = [&]() -> decltype(auto) { return execute_inner(r, *s.inner); };
        if (s.savepoint.what != sql_command::kind::none) {
            outcome made = widen(run);
            cursors_.after_savepoint(s.savepoint);
            return made;
        }
        return widen(run);
    }

    task<outcome> execute_async(request const& r, statement& s) {
        switch (s.command.what) {
        case kind::declare: {
            auto const opened = begin_declare(r, s);
            bool has_rows = false;
            try {
                if constexpr (detail::outcome_of<H>::async) {
                    auto made = co_await execute_inner(opened->request(), *s.declared->made);
                    has_rows = opened->open([&made]() -> auto&& { return std::move(made); });
                } else {
                    has_rows = opened->open(
                        [&]() -> decltype(auto) { return execute_inner(opened->request(), *s.declared->made); });
                }
            } catch (sql_error& e) {
                move_error(e, s.declared->before);
                throw;
            }
            end_declare(opened, has_rows, r, s);
            if (stands_alone(s)) {
                co_await detail::hold_async(*opened);
                opened->hold();
            }
            co_return command("DECLARE CURSOR");
        }
        case kind::fetch:
        case kind::move: co_return fetch(r, s);
        case kind::close: co_return close(r, s);
        case kind::none: break;
        }
        cursors_.before_savepoint(s.savepoint);
        if (s.is_own()) {
            cursors_.after_savepoint(s.savepoint);
            co_return command(s.savepoint.tag);
        }
        if constexpr (detail::outcome_of<H>::async) {
            auto made = co_await execute_inner(r, *s.inner);
            cursors_.after_savepoint(s.savepoint);
            co_return detail::widen_outcome<outcome>(std::move(made));
        } else {
            outcome made = widen([&]() -> decltype(auto) { return execute_inner(r, *s.inner); });
            cursors_.after_savepoint(s.savepoint);
            co_return made;
        }
    }

    decltype(auto) execute_inner(request const& r, [[maybe_unused]] detail::statement_type<H>& s) {
        if constexpr (detail::has_prepare<H>) return this->inner().execute(r, s);
        else return this->inner().execute(r);
    }
    template<class Run>
    static outcome widen(Run run) {
        if constexpr (detail::is_variant<inner_outcome>) return detail::widen_outcome<outcome>(run());
        else return outcome(std::in_place_type<inner_outcome>, detail::elide{run});
    }

    // ---- cursors

    std::shared_ptr<open_cursor> begin_declare(request const& r, statement const& s) {
        if (!s.command.holds && !in_transaction_block())
            throw sql_error(sqlstates::no_active_sql_transaction,
                            "DECLARE CURSOR can only be used in transaction blocks");
        if (cursors_.find(s.command.name) || is_bound(r, s)) detail::refuse_second_cursor(s.command.name);
        auto const& most = r.session().most_kept();
        if (most.portals != 0 && cursors_.size() >= most.portals) detail::refuse_one_too_many(most.portals, "cursors");
        if (!budget_)
            budget_ = std::make_shared<detail::kept_budget>(
                detail::kept_budget{.limit = kept_limit_.value_or(most.kept_rows)});
        auto opened = std::make_shared<open_cursor>(s.command, cursors_.count(), s.declared, r, budget_);
        if (most.memory != 0 && budget_->held > most.memory) detail::refuse_too_large(most.memory, "cursors");
        return opened;
    }
    void end_declare(std::shared_ptr<open_cursor> const& opened, bool has_rows, request const& r, statement const& s) {
        if (!has_rows) refuse_query(r.text, s);
        cursors_.add(s.command.name, opened);
    }
    /// Of the statements of one Query the first may be alone in its transaction so far, but is not to stay so.
    [[nodiscard]] bool in_transaction_block() const {
        if (session_ == nullptr) return false;
        auto const& book = session_->transaction();
        return book.in_transaction_block() || (in_query_ && book.implicit());
    }
    /// Is there no transaction whose commit would have the rows of this cursor WITH HOLD pulled?
    [[nodiscard]] bool stands_alone(statement const& s) const noexcept {
        return s.command.holds && (session_ == nullptr || session_->transaction().idle());
    }

    void commit_now() {
        while (auto* const one = cursors_.next_to_hold()) detail::hold_now(*one);
        cursors_.before_commit();
        if constexpr (has_transactions) this->inner().commit_implicit();
        cursors_.after_commit();
    }
    task<> commit_async() {
        while (auto* const one = cursors_.next_to_hold()) {
            if constexpr (open_cursor::pulls_async) co_await detail::hold_async(*one);
            else detail::hold_now(*one);
        }
        cursors_.before_commit();
        if constexpr (inner_commits_async) co_await this->inner().commit_implicit();
        else if constexpr (has_transactions) this->inner().commit_implicit();
        cursors_.after_commit();
    }
    /// There are no cursors.
    auto commit_inner() {
        cursors_.begin();
        return this->inner().commit_implicit();
    }

    outcome fetch(request const& r, statement const& s) {
        auto const& c = s.command;
        if (is_bound(r, s)) return detail::fetch_bound(c);
        auto found = cursors_.get(c.name);
        auto const range = found->find(c);
        bool const moves = c.what == kind::move;
        return outcome(std::in_place_type<cursor_rows>, detail::fetching<H>(std::move(found), range, moves),
                       moves ? "MOVE" : "FETCH");
    }
    outcome close(request const& r, statement const& s) {
        auto const& name = s.command.name;
        if (is_bound(r, s)) return forget{.statement = {}, .portal = name, .done = "CLOSE CURSOR"};
        static_cast<void>(cursors_.get(name));
        cursors_.close(name);
        return command("CLOSE CURSOR");
    }

    // ---- portals that Bind has made, which share the cursors' names

    [[nodiscard]] bool is_bound(request const& r, statement const& s) const {
        return !cursors_.find(s.command.name) && r.session().find_portal(s.command.name).has_value();
    }

    sql_session* session_ = nullptr;
    bool in_query_ = false;  // the message at work is a Query
    detail::cursor_table<H> cursors_;
    std::optional<std::size_t> kept_limit_;
    std::shared_ptr<detail::kept_budget> budget_;
};

}  // namespace pgwire
