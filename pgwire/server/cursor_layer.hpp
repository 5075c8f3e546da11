// A layer that gives an engine the cursors of SQL: DECLARE, FETCH, MOVE and CLOSE.
//
// Floor 4. It stands inside of `sql_layer`, which tells it of transactions of both kinds and of savepoints:
//
//     pgwire::serve<pgwire::sql_layer<pgwire::cursor_layer<my_engine>>>(options);
//
// DECLARE has the engine execute the query and keeps the outcome; FETCH and MOVE pull it, as the client asks for rows.
// The statement, the text and copies of the bound values live as long as the outcome does. A cursor only goes forward,
// and ends with its transaction, before the engine hears of that; one made after a savepoint ends with ROLLBACK TO, and
// with the failure of a statement. BINARY says in which format FETCH gives rows in the simple protocol; in the extended
// protocol Bind does. DECLARE with SCROLL or WITH HOLD is refused with 0A000.
//
// The protocol's Describe finds these cursors as portals, as psycopg asks for them; its Execute and Close do not. Rows
// that a cursor writes beyond those that are welcome are sent by FETCH all the same.
// Source: PostgreSQL documentation, DECLARE, FETCH, MOVE, CLOSE.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/protocol/result_set.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/cursor_command.hpp"
#include "pgwire/server/cursor_statement.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/hooks.hpp"
#include "pgwire/server/describing_layer.hpp"
#include "pgwire/server/open_cursor.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/sql_session.hpp"
#include "pgwire/server/sql_statement.hpp"
#include "pgwire/server/statements.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
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

public:
    using statement = detail::cursor_statement<H>;
    using outcome = typename detail::add_outcomes<typename detail::outcome_list<inner_outcome>::type, command,
                                                  cursor_rows>::type;

    using base::base;

    /// How many cursors are open.
    [[nodiscard]] std::size_t open_cursors() const noexcept { return cursors_.size(); }

    // ---- hooks

    void on_sql_start(sql_session& session) {
        session_ = &session;
        if constexpr (requires(H& h) { h.on_sql_start(session); }) this->inner().on_sql_start(session);
    }

    /// CLOSE ALL.
    void on_close_all() {
        drop_after(0);
        if constexpr (requires(H& h) { h.on_close_all(); }) this->inner().on_close_all();
    }
    void on_discard_all()
        requires requires(H& h) { h.on_discard_all(); }
    {
        this->inner().on_discard_all();
    }

    message_verdict on_message(frontend_message const& m) {
        in_query_ = m.tag == query::tag;
        if (m.tag == describe::tag && !cursors_.empty())
            if (auto const asked = m.template as<describe>(); asked && asked->target == target::portal)
                if (auto const found = cursors_.find(asked->name); found != cursors_.end())
                    return answer(*found->second);
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
    void on_bind([[maybe_unused]] request const& r, [[maybe_unused]] statement const& s) {
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

    auto begin_implicit() {
        savepoints_.clear();
        if constexpr (has_transactions) return this->inner().begin_implicit();
    }
    auto commit_implicit() {
        drop_after(0);
        savepoints_.clear();
        if constexpr (has_transactions) return this->inner().commit_implicit();
    }
    auto rollback_implicit() {
        drop_after(0);
        savepoints_.clear();
        if constexpr (has_transactions) return this->inner().rollback_implicit();
    }

    /// Whatever fails, fails the block, or what has been done of it since the last savepoint.
    void on_error(diagnostic& d, std::string_view cause) {
        drop_after(savepoints_.empty() ? 0 : savepoints_.back().cursors);
        if constexpr (detail::has_on_error<H>) this->inner().on_error(d, cause);
    }

private:
    struct savepoint {
        std::string name;
        std::uint64_t cursors = 0;  // how many had been made
    };

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
        if (c.scrolls || c.holds)
            throw sql_error(sqlstates::feature_not_supported, std::string("cursors ") +
                                                                  (c.scrolls ? "with SCROLL" : "WITH HOLD") +
                                                                  " are not supported here");
        if (c.what == kind::fetch)
            if (auto const found = cursors_.find(c.name); found != cursors_.end()) s.fetched = found->second->columns();
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
            return end_declare(made, has_rows, r, s);
        }
        case kind::fetch: return outcome(std::in_place_type<cursor_rows>, find(s.command));
        case kind::move: {
            auto at_work = find(s.command);
            while (at_work.goes_on()) {
                begin_move(at_work, r);
                at_work.end_pull(at_work.from().pull(), nullptr);
            }
            return end_move(at_work, s);
        }
        case kind::close: return close(s);
        case kind::none: break;
        }
        before_savepoint(s);
        if (s.is_own()) return after_savepoint(s), command(s.savepoint.tag);
        auto const run = [&]() -> decltype(auto) { return execute_inner(r, *s.inner); };
        if (s.savepoint.what != sql_command::kind::none) {
            outcome made = widen(run);
            after_savepoint(s);
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
            co_return end_declare(opened, has_rows, r, s);
        }
        case kind::fetch: co_return cursor_rows(find(s.command));
        case kind::move: {
            auto at_work = find(s.command);
            while (at_work.goes_on()) {
                begin_move(at_work, r);
                bool more = false;
                if (at_work.from().must_await()) {
                    more = co_await at_work.from().pull_async();
                } else {
                    more = at_work.from().pull();
                }
                at_work.end_pull(more, nullptr);
            }
            co_return end_move(at_work, s);
        }
        case kind::close: co_return close(s);
        case kind::none: break;
        }
        before_savepoint(s);
        if (s.is_own()) {
            after_savepoint(s);
            co_return command(s.savepoint.tag);
        }
        if constexpr (detail::outcome_of<H>::async) {
            auto made = co_await execute_inner(r, *s.inner);
            after_savepoint(s);
            co_return detail::widen_outcome<outcome>(std::move(made));
        } else {
            outcome made = widen([&]() -> decltype(auto) { return execute_inner(r, *s.inner); });
            after_savepoint(s);
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
        if (!in_transaction_block())
            throw sql_error(sqlstates::no_active_sql_transaction,
                            "DECLARE CURSOR can only be used in transaction blocks");
        if (cursors_.contains(s.command.name))
            throw sql_error(sqlstates::duplicate_cursor, "cursor \"" + s.command.name + "\" already exists");
        return std::make_shared<open_cursor>(s.command, ++made_, s.declared, r);
    }
    command end_declare(std::shared_ptr<open_cursor> const& opened, bool has_rows, request const& r,
                        statement const& s) {
        if (!has_rows) refuse_query(r.text, s);
        cursors_.emplace(s.command.name, opened);
        return "DECLARE CURSOR";
    }
    /// Of the statements of one Query the first may be alone in its transaction so far, but is not to stay so.
    [[nodiscard]] bool in_transaction_block() const {
        if (session_ == nullptr) return false;
        auto const& book = session_->transaction();
        return book.in_transaction_block() || (in_query_ && book.implicit());
    }

    [[nodiscard]] auto find_cursor(std::string const& name) {
        auto const found = cursors_.find(name);
        if (found == cursors_.end())
            throw sql_error(sqlstates::undefined_cursor, "cursor \"" + name + "\" does not exist");
        return found;
    }
    [[nodiscard]] detail::fetching<H> find(cursor_command const& c) {
        auto const& found = find_cursor(c.name)->second;
        return {found, found->find(c)};
    }
    void begin_move(detail::fetching<H>& at_work, request const& r) {
        if (r.session().cancelled()) [[unlikely]] throw detail::canceled(r.session().why_cancelled());
        at_work.begin_pull(nullptr);
    }
    static command end_move(detail::fetching<H> const& done, statement const& s) {
        if (s.command.count == 0 && s.command.from != cursor_command::direction::absolute)
            return {"MOVE", done.from().is_on_row() ? 1U : 0U};
        return {"MOVE", done.given()};
    }
    command close(statement const& s) {
        auto const found = find_cursor(s.command.name);
        found->second->drop();
        cursors_.erase(found);
        return "CLOSE CURSOR";
    }
    /// Those end that were made after so many.
    void drop_after(std::uint64_t made) noexcept {
        for (auto at = cursors_.begin(); at != cursors_.end();) {
            if (at->second->number() > made) {
                at->second->drop();
                at = cursors_.erase(at);
            } else {
                ++at;
            }
        }
    }

    // ---- savepoints, which sql_layer has found to exist

    void before_savepoint(statement const& s) {
        if (s.savepoint.what != sql_command::kind::rollback_to) return;
        while (!savepoints_.empty() && savepoints_.back().name != s.savepoint.name) savepoints_.pop_back();
        drop_after(savepoints_.empty() ? 0 : savepoints_.back().cursors);
    }
    void after_savepoint(statement const& s) {
        if (s.savepoint.what == sql_command::kind::savepoint) savepoints_.push_back({s.savepoint.name, made_});
        if (s.savepoint.what != sql_command::kind::release) return;
        while (!savepoints_.empty() && savepoints_.back().name != s.savepoint.name) savepoints_.pop_back();
        if (!savepoints_.empty()) savepoints_.pop_back();
    }

    sql_session* session_ = nullptr;
    bool in_query_ = false;  // the message at work is a Query
    std::map<std::string, std::shared_ptr<open_cursor>, std::less<>> cursors_;
    std::uint64_t made_ = 0;  // cursors of the session
    std::vector<savepoint> savepoints_;
};

}  // namespace pgwire
