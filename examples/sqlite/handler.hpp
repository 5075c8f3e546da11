// SQLite as a handler: prepare, execute, a cursor that is stepped, and a transaction's three hooks.
//
// The session's own statements (SET, BEGIN, …) are `pgwire::sql_layer`'s, around this. A lock that somebody else has is
// waited for without blocking the thread, which may serve that somebody, too.
#pragma once

#include "database.hpp"
#include "functions.hpp"
#include "values.hpp"

#include "pgwire/server.hpp"
#include "pgwire/server/sql_layer.hpp"

#include <algorithm>
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

/// A SELECT's rows, stepped as they are asked for; or those of RETURNING, which are all there.
class sqlite_rows : public pgwire::cursor<> {
public:
    sqlite_rows(session_state& state, statement& s)
        : state_(&state), statement_(&s), stepped_(s.take(state.db.get())) {}
    sqlite_rows(sqlite_rows&&) = default;
    sqlite_rows& operator=(sqlite_rows&&) = delete;
    ~sqlite_rows() {
        if (stepped_) statement_->give_back(std::move(stepped_));
    }

    [[nodiscard]] std::span<pgwire::column const> columns() const noexcept { return statement_->columns(); }
    [[nodiscard]] pgwire::command tag(std::uint64_t rows) const { return statement_->tag().with(rows); }

    [[nodiscard]] sqlite3_stmt* stepped() const noexcept { return stepped_.get(); }

    /// The first step was made, and this is what it said.
    /// @throws pgwire::sql_error what went wrong; 0A000 if another program has changed the columns meanwhile
    void begin(int code) {
        code_ = code;
        check();
        if (columns().size() != static_cast<std::size_t>(sqlite3_column_count(stepped())))
            throw pgwire::sql_error(pgwire::sqlstates::feature_not_supported,
                                    "cached plan must not change result type");
        if (!statement_->writes()) return;
        for (; code_ == SQLITE_ROW; code_ = stepped_.step()) {
            auto& line = kept_.emplace_back();
            for (int i = 0; i != sqlite3_column_count(stepped_.get()); ++i)
                line.emplace_back(sqlite3_value_dup(sqlite3_column_value(stepped_.get(), i)));
        }
        check();
    }

    bool next(writer& out) {
        if (statement_->writes()) return next_kept(out);
        for (bool welcome = true; welcome; code_ = 0) {
            if (code_ == 0) code_ = stepped_.step();
            check();
            if (code_ == SQLITE_DONE) return false;
            welcome = write(out, [this](int i) { return sqlite3_column_value(stepped_.get(), i); });
        }
        return true;
    }

private:
    bool next_kept(writer& out) {
        for (bool welcome = true; welcome && next_ != kept_.size(); ++next_)
            welcome = write(out, [&](int i) { return kept_[next_][static_cast<std::size_t>(i)].get(); });
        return next_ != kept_.size();
    }
    template<class ValueAt>
    bool write(writer& out, ValueAt value_at) const {
        auto line = out.begin_row();
        int i = 0;
        for (auto const& c : columns()) value_writer(line, c, value_at(i++)).write();
        return line.end();
    }
    void check() const {
        if (code_ != SQLITE_ROW && code_ != SQLITE_DONE) throw state_->error(statement_->text());
    }

    session_state* state_;
    statement* statement_;
    sqlite_statement stepped_;
    int code_ = 0;  // of the step whose row is to be written; 0 if it is still to be made
    std::vector<std::vector<value_copy>> kept_;
    std::size_t next_ = 0;
};

class sqlite_handler {
public:
    using outcome = std::variant<pgwire::command, sqlite_rows>;

    explicit sqlite_handler(std::shared_ptr<database> shared) : shared_(std::move(shared)) {}

    void on_sql_start(pgwire::sql_session& session) {
        session_ = &session;
        state_ = std::make_unique<session_state>(shared_->path());
        add_session_functions(*state_, session);
        sqlite3_set_authorizer(db(), statement_uses::on_action, &state_->uses);
        auto const is_cancelled = [](void* s) {
            return int{static_cast<pgwire::sql_session*>(s)->context().cancelled()};
        };
        sqlite3_progress_handler(db(), 10'000, is_cancelled, &session);
    }

    // ---- statements

    statement prepare(std::string_view text, std::span<pgwire::oid const> types) {
        return {db(), state_->tables, state_->uses, text, types, schema()};
    }

    void admit(statement const& s) {
        if (s.schema() != shared_->schema) s.check_again(db(), state_->tables, state_->uses, schema());
    }

    /// In a failed transaction nothing but this is looked at.
    void check_syntax(std::string_view text) {
        try {
            static_cast<void>(sqlite_statement(db(), to_sqlite(text, tokens_of(text))));
        } catch (pgwire::sql_error const& e) {
            if (e.code() == pgwire::sqlstates::syntax_error) throw;
        }
    }

    pgwire::task<outcome> execute(pgwire::request const& r, statement& s) {
        check_allowed(s);
        if (!s.alone() && std::exchange(begin_wanted_, false)) state_->db.run("BEGIN");
        sqlite_rows rows(*state_, s);
        binder(rows.stepped(), r);
        int code = sqlite3_step(rows.stepped());
        if (is_locked(code)) code = co_await step_when_free(rows.stepped());
        rows.begin(code);
        if (s.defines()) schema_changed();
        if (s.columns().empty()) co_return s.tag().with(static_cast<std::uint64_t>(sqlite3_changes64(db())));
        co_return std::move(rows);
    }

    // ---- transactions; one begins with its first statement, so that VACUUM may be that

    void begin_implicit() noexcept { begin_wanted_ = true; }

    pgwire::task<> commit_implicit() {
        begin_wanted_ = false;
        if (!state_->db.in_transaction()) co_return;
        auto commit = state_->db.prepare("COMMIT");
        int code = commit.step();
        if (is_locked(code)) code = co_await step_when_free(commit.get());
        if (code != SQLITE_DONE) throw state_->error("COMMIT");
        end_transaction();
    }

    void rollback_implicit() {
        begin_wanted_ = false;
        if (state_->db.in_transaction()) state_->db.run("ROLLBACK");  // after some errors SQLite has done it itself
        end_transaction();
    }

private:
    static constexpr std::chrono::seconds longest_wait{5};
    static constexpr std::chrono::milliseconds longest_pause{16};

    [[nodiscard]] sqlite3* db() const noexcept { return state_->db.get(); }

    void check_allowed(statement const& s) const {
        if (s.alone() && session_->transaction().in_transaction_block())
            throw pgwire::sql_error(pgwire::sqlstates::active_sql_transaction,
                                    s.tag().words + " cannot run inside a transaction block");
        if (s.writes() && !s.alone() && session_->read_only())
            throw pgwire::sql_error(
                pgwire::sqlstates::read_only_sql_transaction,
                "cannot execute " + s.tag().words.substr(0, s.tag().words.find(" 0")) + " in a read-only transaction");
    }

    /// Has somebody else a lock that will go away? A snapshot that is too old to be written to stays too old.
    static bool is_locked(int code) noexcept { return (code & 0xff) == SQLITE_BUSY && code != SQLITE_BUSY_SNAPSHOT; }

    pgwire::task<int> step_when_free(sqlite3_stmt* stepped) {
        auto& context = session_->context();
        pgwire::asio::steady_timer timer(context.executor());
        auto const end = std::chrono::steady_clock::now() + longest_wait;
        for (std::chrono::milliseconds pause{1};; pause = std::min(pause * 2, longest_pause)) {
            sqlite3_reset(stepped);
            timer.expires_after(pause);
            co_await timer.async_wait(pgwire::asio::use_awaitable);
            if (context.cancelled())
                throw pgwire::sql_error(pgwire::sqlstates::query_canceled, "canceling statement due to user request");
            int const code = sqlite3_step(stepped);
            if (!is_locked(code) || std::chrono::steady_clock::now() > end) co_return code;
        }
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
