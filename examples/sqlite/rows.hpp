// A statement's rows, in portions: SQLite is stepped for a while, on whatever thread, and the session writes them out.
#pragma once

#include "session_state.hpp"
#include "values.hpp"

#include "pgwire/server/cursor.hpp"
#include "pgwire/server/refusals.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace example {

/// A statement that is being stepped, and the rows that it has given and nobody has written yet.
class stepped_rows {
public:
    static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);

    stepped_rows(session_state& state, statement& s)
        : state_(&state), statement_(&s), stepped_(s.take(state.db.get())) {
        state.read_by.push_back(&s);
    }
    stepped_rows(stepped_rows&& other) noexcept = default;
    stepped_rows& operator=(stepped_rows&&) = delete;
    ~stepped_rows() {
        if (!stepped_) return;
        statement_->give_back(std::move(stepped_));
        auto& open = state_->read_by;
        open.erase(std::find(open.begin(), open.end(), statement_));
    }

    [[nodiscard]] session_state& state() const noexcept { return *state_; }
    [[nodiscard]] statement const& what() const noexcept { return *statement_; }
    [[nodiscard]] sqlite3_stmt* get() const noexcept { return stepped_.get(); }
    [[nodiscard]] bool is_done() const noexcept { return code_ == SQLITE_DONE; }
    [[nodiscard]] bool has_rows() const noexcept { return next_ != values_.size(); }

    /// Takes further rows, of about this many values and bytes.
    /// @return SQLITE_ROW if there may be more, SQLITE_DONE, or an error
    int fill(std::size_t most) noexcept {
        std::size_t taken = 0;
        values_.clear();
        next_ = 0;
        for (;;) {
            code_ = stepped_.step();
            if (code_ != SQLITE_ROW) return code_;
            for (int i = 0; i != sqlite3_column_count(get()); ++i) {
                auto* const v = sqlite3_column_value(get(), i);
                auto const type = sqlite3_value_type(v);
                taken += 16;
                if (type == SQLITE_TEXT || type == SQLITE_BLOB)
                    taken += static_cast<std::size_t>(sqlite3_value_bytes(v));
                auto* const copy = sqlite3_value_dup(v);
                if (copy == nullptr) return code_ = SQLITE_NOMEM;
                values_.emplace_back(copy);
            }
            if (taken >= most) return code_;
        }
    }
    /// From the first row again, with the values that are bound.
    void restart() noexcept {
        sqlite3_reset(get());
        values_.clear();
        next_ = 0;
    }
    /// @throws pgwire::sql_error what went wrong; 0A000 if another program has changed the columns meanwhile
    void check(int code) const {
        if (code != SQLITE_ROW && code != SQLITE_DONE) throw state_->error(statement_->text());
        if (statement_->columns().size() != static_cast<std::size_t>(sqlite3_column_count(get())))
            pgwire::detail::refuse_changed_columns();
    }

    /// Writes rows while they are welcome.
    void write(pgwire::row_writer<pgwire::dynamic_row>& out) {
        for (bool welcome = true; welcome && has_rows();) {
            auto line = out.begin_row();
            write_row(line);
            welcome = line.end();
        }
    }
    /// Writes the values of the next row, which there must be.
    template<class Row>
    void write_row(Row& line) {
        for (auto const& c : statement_->columns()) value_writer(line, c, values_[next_++].get()).write();
    }

private:
    session_state* state_;
    statement* statement_;
    sqlite_statement stepped_;
    std::vector<value_copy> values_;  // row by row
    std::size_t next_ = 0;
    int code_ = SQLITE_ROW;
};

/// Rows that are all there.
class ready_rows : public pgwire::cursor<> {
public:
    explicit ready_rows(stepped_rows rows) : rows_(std::move(rows)) {}

    [[nodiscard]] std::span<pgwire::column const> columns() const noexcept { return rows_.what().columns(); }
    [[nodiscard]] pgwire::command tag(std::uint64_t rows) const { return rows_.what().tag().with(rows); }
    bool next(writer& out) {
        rows_.write(out);
        return rows_.has_rows();
    }

private:
    stepped_rows rows_;
};

/// Rows that are fetched by the session's worker, a portion at a time.
class fetched_rows : public pgwire::cursor<> {
public:
    static constexpr std::size_t portion = 65'536;

    explicit fetched_rows(stepped_rows rows) : rows_(std::move(rows)) {}

    [[nodiscard]] std::span<pgwire::column const> columns() const noexcept { return rows_.what().columns(); }
    [[nodiscard]] pgwire::command tag(std::uint64_t rows) const { return rows_.what().tag().with(rows); }
    pgwire::task<bool> next(writer& out) {
        if (!rows_.has_rows() && !rows_.is_done()) {
            int const code = co_await rows_.state().worker.run([this] { return rows_.fill(portion); });
            rows_.check(code);
        }
        rows_.write(out);
        co_return rows_.has_rows() || !rows_.is_done();
    }

private:
    stepped_rows rows_;
};

}  // namespace example
