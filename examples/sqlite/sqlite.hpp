// SQLite's C interface with owners: a connection, a statement, a value. Errors become PostgreSQL's (errors.hpp).
#pragma once

#include "errors.hpp"
#include "sqlite_text.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace example {

struct free_value {
    void operator()(sqlite3_value* v) const noexcept { sqlite3_value_free(v); }
};
/// A value that outlives the row that it was copied from.
using value_copy = std::unique_ptr<sqlite3_value, free_value>;

/// A prepared statement, ready to be stepped.
class sqlite_statement {
public:
    sqlite_statement() noexcept = default;
    /// @throws pgwire::sql_error such as 42601, with the position in the client's text
    sqlite_statement(sqlite3* db, sqlite_text const& statement) {
        auto const& text = statement.text();
        sqlite3_stmt* made = nullptr;
        sqlite3_busy_timeout(db, 200);  // ms; to read the definitions may take a lock, which nobody holds for long
        int const code = sqlite3_prepare_v3(db, text.data(), static_cast<int>(text.size()), 0, &made, nullptr);
        sqlite3_busy_timeout(db, 0);
        if (code != SQLITE_OK) throw sqlite_error(db, statement);
        handle_.reset(made);
    }
    sqlite_statement(sqlite3* db, std::string_view text) : sqlite_statement(db, sqlite_text(text)) {}

    [[nodiscard]] sqlite3_stmt* get() const noexcept { return handle_.get(); }
    [[nodiscard]] explicit operator bool() const noexcept { return handle_ != nullptr; }

    /// @return SQLITE_ROW, SQLITE_DONE, or an error's code
    int step() noexcept { return sqlite3_step(get()); }
    /// To the first row, without values.
    void reset() noexcept {
        sqlite3_reset(get());
        sqlite3_clear_bindings(get());
    }
    void bind(int index, std::string_view text) noexcept {
        sqlite3_bind_text(get(), index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
    }
    [[nodiscard]] std::string_view text(int column) const noexcept {
        auto const* const data = reinterpret_cast<char const*>(sqlite3_column_text(get(), column));
        return {data == nullptr ? "" : data, static_cast<std::size_t>(sqlite3_column_bytes(get(), column))};
    }

private:
    struct finalize {
        void operator()(sqlite3_stmt* s) const noexcept { sqlite3_finalize(s); }
    };
    std::unique_ptr<sqlite3_stmt, finalize> handle_;
};

/// A connection to a database file, used by one thread at a time.
class sqlite_connection {
public:
    enum class if_missing { fail, create };

    /// @throws pgwire::sql_error if the file can't be opened
    explicit sqlite_connection(std::string const& path, if_missing file = if_missing::fail) {
        sqlite3* made = nullptr;
        int const create = file == if_missing::create ? SQLITE_OPEN_CREATE : 0;
        int const code =
            sqlite3_open_v2(path.c_str(), &made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | create, nullptr);
        handle_.reset(made);
        if (code != SQLITE_OK) throw sqlite_error(made, std::string_view());
        sqlite3_extended_result_codes(made, 1);
        sqlite3_db_config(made, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_db_config(made, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);  // "x" is a name, not a string
        sqlite3_db_config(made, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
        sqlite3_db_config(made, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
    }

    [[nodiscard]] sqlite3* get() const noexcept { return handle_.get(); }

    /// Runs statements that give no rows.
    void run(char const* text) {
        if (sqlite3_exec(get(), text, nullptr, nullptr, nullptr) != SQLITE_OK) throw sqlite_error(get(), text);
    }
    [[nodiscard]] sqlite_statement prepare(std::string_view text) { return {get(), text}; }
    /// Is a transaction open?
    [[nodiscard]] bool in_transaction() const noexcept { return sqlite3_get_autocommit(get()) == 0; }

private:
    struct close {
        void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
    };
    std::unique_ptr<sqlite3, close> handle_;
};

}  // namespace example
