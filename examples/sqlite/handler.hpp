// SQLite as a handler: prepare, execute, a cursor that is stepped, and a transaction's three hooks.
//
// The session's own statements (SET, BEGIN, …) are `pgwire::sql_layer`'s, around this. A lock that somebody else has is
// waited for without blocking the thread, which may serve that somebody, too.
#pragma once

#include "database.hpp"
#include "values.hpp"

#include "pgwire/server.hpp"
#include "pgwire/server/sql_functions.hpp"
#include "pgwire/server/sql_layer.hpp"

#include <asio/steady_timer.hpp>

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

/// A session's connection and all that belongs to it. It stays where it is: SQLite keeps pointers to it.
struct session_state {
    explicit session_state(std::string const& path) : db(path), tables(db.get()) {}

    sqlite_connection db;
    catalog tables;
    statement_uses uses;
    std::optional<pgwire::sql_error> thrown;  // by a function that SQLite called

    /// The error of a step that failed.
    [[nodiscard]] pgwire::sql_error error(std::string_view text) {
        if (!thrown) return sqlite_error(db.get(), text);
        auto e = *std::move(thrown);
        thrown.reset();
        return e;
    }
};

/// A SELECT's rows, stepped as they are asked for; or those of RETURNING, which are all there.
class sqlite_rows : public pgwire::cursor<> {
public:
    sqlite_rows(session_state& state, statement& s, sqlite_statement stepped) : state_(&state), statement_(&s), stepped_(std::move(stepped)) {}
    sqlite_rows(sqlite_rows&&) = default;
    sqlite_rows& operator=(sqlite_rows&&) = delete;
    ~sqlite_rows() {
        if (stepped_) statement_->give_back(std::move(stepped_));
    }

    [[nodiscard]] std::span<pgwire::column const> columns() const noexcept { return statement_->columns(); }
    [[nodiscard]] pgwire::command tag(std::uint64_t rows) const { return statement_->tag().with(rows); }

    /// The first step was made, and this is what it said.
    void begin(int code) {
        code_ = code;
        if (!statement_->writes()) return;
        for (; code_ == SQLITE_ROW; code_ = stepped_.step()) {
            auto& row = kept_.emplace_back();
            for (int i = 0; i != sqlite3_column_count(stepped_.get()); ++i)
                row.emplace_back(sqlite3_value_dup(sqlite3_column_value(stepped_.get(), i)));
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
        auto row = out.begin_row();
        int i = 0;
        for (auto const& c : columns()) value_writer(row, c, value_at(i++)).write();
        return row.end();
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
        state_ = std::make_unique<session_state>(shared_->path);
        sqlite3_set_authorizer(db(), statement_uses::on_action, &state_->uses);
        sqlite3_progress_handler(db(), 10'000, [](void* s) { return int{static_cast<pgwire::sql_session*>(s)->context().cancelled()}; }, &session);
        for (auto const& f : pgwire::session_functions) {
            functions_.push_back(std::make_unique<bound_function>(&f, this));
            for (auto n = f.least; n <= f.most; ++n)
                sqlite3_create_function(db(), std::string(f.name).c_str(), static_cast<int>(n), SQLITE_UTF8, functions_.back().get(), call_function, nullptr, nullptr);
        }
    }

    // ---- statements

    statement prepare(std::string_view text, std::span<pgwire::oid const> types) {
        look_at_schema();
        return {db(), state_->tables, state_->uses, text, types};
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
        if (begin_wanted_ && !s.alone()) {
            state_->db.run("BEGIN");
            begin_wanted_ = false;
        }
        sqlite_rows rows(*state_, s, s.take(db()));
        auto* const stepped = rows.stepped();
        binder(stepped, r);
        int code = sqlite3_step(stepped);
        if (is_locked(code)) code = co_await step_when_free(stepped);
        if (code != SQLITE_ROW && code != SQLITE_DONE) throw state_->error(s.text());
        if (s.columns().size() != static_cast<std::size_t>(sqlite3_column_count(stepped)))
            throw pgwire::sql_error(pgwire::sqlstates::feature_not_supported, "cached plan must not change result type");
        rows.begin(code);
        if (s.defines()) schema_changed();
        if (s.columns().empty()) co_return s.tag().with(static_cast<std::uint64_t>(sqlite3_changes64(db())));
        co_return rows;
    }

private:
    struct bound_function {
        bound_function(pgwire::session_function const* f, sqlite_handler* h) : function(f), handler(h) {}
        pgwire::session_function const* function;
        sqlite_handler* handler;
    };

    [[nodiscard]] sqlite3* db() const noexcept { return state_->db.get(); }

    std::shared_ptr<database> shared_;
    std::unique_ptr<session_state> state_;
    pgwire::sql_session* session_ = nullptr;
    std::vector<std::unique_ptr<bound_function>> functions_;
    std::uint64_t seen_schema_ = 0;
    bool begin_wanted_ = false;
    bool has_changed_schema_ = false;
};

}  // namespace example
