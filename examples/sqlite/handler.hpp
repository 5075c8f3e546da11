// SQLite as a handler: prepare, execute, a cursor that is stepped, COPY, and a transaction's three hooks.
//
// The session's own statements (SET, BEGIN, LISTEN, …) are those of `pgwire::sql_layer` and `pgwire::notify_layer`,
// around this. The thread that serves sessions never waits: a SELECT has a millisecond, in which most are done; what
// takes longer, or writes, is left to the session's worker. A lock that another session has is waited for by a timer.
#pragma once

#include "copy_from.hpp"
#include "copy_to.hpp"
#include "functions.hpp"
#include "integer_casts.hpp"
#include "listening.hpp"
#include "rows.hpp"
#include "session_state.hpp"
#include "waiting.hpp"

#include "pgwire/server.hpp"
#include "pgwire/server/check_values.hpp"
#include "pgwire/server/sql_layer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace example {

class sqlite_handler {
public:
    using outcome = std::variant<pgwire::command, ready_rows, fetched_rows, copy_from, copy_to>;

    explicit sqlite_handler(std::shared_ptr<database> shared) : shared_(std::move(shared)) {}

    void on_sql_start(pgwire::sql_session& session) {
        session_ = &session;
        state_ = std::make_unique<session_state>(shared_->path(), session);
        add_session_functions(*state_);
        add_integer_casts(*state_);
    }
    void on_notifications(pgwire::session_notifications& n) {
        state_->notifications = &n;
        add_notify_functions(*state_);
        add_listening_channels(*state_);
    }

    // ---- statements

    statement prepare(std::string_view text, std::span<pgwire::oid const> types) {
        statement made(tools(), text, types);
        if (made.copy() != nullptr) check_syntax(text);
        return made;
    }

    void admit(statement const& s) {
        if (s.schema() != shared_->schema) s.check_again(tools());
    }

    void on_bind(pgwire::request const& r, statement const&) { pgwire::check_values(r.parameters); }

    /// Looked at before a Query of several statements runs, and in a failed transaction, where nothing else is.
    void check_syntax(std::string_view text) {
        auto const tokens = tokens_of(text);
        if (auto const copied = read_copy(text, tokens)) {
            if (!copied->query.empty()) check_syntax(copied->query);
            return;
        }
        try {
            static_cast<void>(sqlite_statement(db(), to_sqlite(text, tokens, style())));
        } catch (pgwire::sql_error const& e) {
            if (e.code() == pgwire::sqlstates::syntax_error) throw;
        }
    }

    pgwire::task<outcome> execute(pgwire::request const& r, statement& s) {
        if (s.copy() != nullptr) {
            outcome copied = co_await copy(*s.copy());
            co_return copied;
        }
        s.check_given(r.parameters.size());
        check_allowed(s);
        if (!s.alone()) begin_if_wanted();
        stepped_rows rows(*state_, s);
        binder(rows.get(), r);
        if (!s.writes()) {
            bool const done = try_now(rows);
            if (done) co_return ready_rows(std::move(rows));
        }
        auto const most = s.writes() ? stepped_rows::unlimited : fetched_rows::portion;
        int const code = co_await run_when_free(*state_, rows.get(), [&rows, most] { return rows.fill(most); });
        rows.check(code);
        if (!s.writes()) co_return fetched_rows(std::move(rows));
        if (s.defines()) schema_changed();
        if (s.columns().empty()) co_return s.tag().with(static_cast<std::uint64_t>(sqlite3_changes64(db())));
        co_return ready_rows(std::move(rows));
    }

    // ---- transactions; one begins with its first statement, so that VACUUM may be that

    void begin_implicit() noexcept { begin_wanted_ = true; }

    pgwire::task<> commit_implicit() {
        begin_wanted_ = false;
        if (!state_->db.in_transaction()) co_return;
        bool const has_written = sqlite3_txn_state(db(), nullptr) == SQLITE_TXN_WRITE;
        if (!has_written) {
            state_->db.run("COMMIT");
            co_return end_transaction();
        }
        auto commit = state_->db.prepare("COMMIT");
        int const code = co_await run_when_free(*state_, commit.get(), [&commit] { return commit.step(); });
        if (code != SQLITE_DONE) throw state_->error("COMMIT");
        end_transaction();
    }

    void rollback_implicit() {
        begin_wanted_ = false;
        if (state_->db.in_transaction()) state_->db.run("ROLLBACK");  // after some errors SQLite has done it itself
        end_transaction();
    }

private:
    static constexpr std::chrono::milliseconds at_once{1};  // what a SELECT may take of the time of all
    static constexpr std::size_t few{16'384};               // bytes, likewise

    [[nodiscard]] sqlite3* db() const noexcept { return state_->db.get(); }
    [[nodiscard]] pgwire::text_style const& style() const noexcept { return session_->context().style(); }
    [[nodiscard]] preparation tools() { return {db(), state_->tables, state_->uses, style(), schema()}; }

    pgwire::task<outcome> copy(copy_command const& c) {
        auto settings = settings_of(c);
        if (c.from) {
            if (session_->read_only()) refuse_to_write("COPY FROM");
            begin_if_wanted();
            co_return copy_from(*state_, tools(), c, std::move(settings));
        }
        auto source = source_of(tools(), c);
        check_allowed(*source);
        if (c.table.empty()) settings.resolve(source->columns(), {}, source->columns());
        else settings.resolve(source->columns(), c.table, state_->tables.columns(c.table));
        begin_if_wanted();
        stepped_rows rows(*state_, *source);
        auto const most = source->writes() ? stepped_rows::unlimited : fetched_rows::portion;
        int const code = co_await run_when_free(*state_, rows.get(), [&rows, most] { return rows.fill(most); });
        rows.check(code);
        co_return copy_to(std::move(source), std::move(rows), std::move(settings));
    }

    void check_allowed(statement const& s) const {
        if (s.alone() && session_->transaction().in_transaction_block())
            throw pgwire::sql_error(pgwire::sqlstates::active_sql_transaction,
                                    s.tag().words + " cannot run inside a transaction block");
        for (auto const* const reader : state_->read_by)
            if (s.disturbs(*reader))
                throw pgwire::sql_error(
                    pgwire::sqlstates::object_in_use,
                    "cannot " + s.tag().words + " because it is being used by active queries in this session");
        if (s.writes() && !s.alone() && session_->read_only())
            refuse_to_write(s.tag().words.substr(0, s.tag().words.find(" 0")));
    }
    [[noreturn]] static void refuse_to_write(std::string const& what) {
        throw pgwire::sql_error(pgwire::sqlstates::read_only_sql_transaction,
                                "cannot execute " + what + " in a read-only transaction");
    }
    void begin_if_wanted() {
        if (std::exchange(begin_wanted_, false)) state_->db.run("BEGIN");
    }

    /// Tries whether a SELECT is done with in a moment. If not, nothing has happened.
    static bool try_now(stepped_rows& rows) {
        auto& state = rows.state();
        state.deadline = session_state::clock::now() + at_once;
        int const code = rows.fill(few);
        bool const interrupted = session_state::clock::now() > state.deadline;
        state.deadline = session_state::clock::time_point::max();
        if (code == SQLITE_DONE) return rows.check(code), true;
        bool const too_long = code == SQLITE_ROW || is_locked(code) || (code == SQLITE_INTERRUPT && interrupted);
        if (!too_long || state.session.context().cancelled()) rows.check(code);
        rows.restart();
        return false;
    }

    // ---- definitions

    /// The count of changes that the catalog is now up to date with.
    std::uint64_t schema() {
        auto const now = shared_->schema.load();
        if (std::exchange(seen_schema_, now) != now) state_->tables.forget();
        return now;
    }
    void schema_changed() {
        ++shared_->schema;
        has_changed_schema_ = state_->db.in_transaction();  // others see it when it is committed
    }
    void end_transaction() {
        if (std::exchange(has_changed_schema_, false)) ++shared_->schema;
    }

    std::shared_ptr<database> shared_;
    std::unique_ptr<session_state> state_;
    pgwire::sql_session* session_ = nullptr;
    std::uint64_t seen_schema_ = 0;
    bool begin_wanted_ = false;
    bool has_changed_schema_ = false;
};

}  // namespace example
