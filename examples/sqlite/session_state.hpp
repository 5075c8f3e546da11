// A session's connection and all that belongs to it.
#pragma once

#include "database.hpp"
#include "worker.hpp"

#include "pgwire/server/session_notifications.hpp"
#include "pgwire/server/sql_functions.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// It stays where it is: SQLite keeps pointers into it.
struct session_state {
    using clock = std::chrono::steady_clock;

    struct bound_function {
        pgwire::session_function const* function;
        session_state* state;
    };

    session_state(std::string const& path, pgwire::sql_session& s) : db(path), tables(db.get()), session(s) {
        sqlite3_set_authorizer(db.get(), statement_uses::on_action, &uses);
        sqlite3_progress_handler(db.get(), 1'000, on_progress, this);
    }
    session_state(session_state const&) = delete;
    session_state& operator=(session_state const&) = delete;

    sqlite_connection db;
    catalog tables;
    statement_uses uses;
    pgwire::sql_session& session;
    pgwire::session_notifications* notifications = nullptr;
    std::array<bound_function, pgwire::session_functions.size()> functions{};
    std::optional<pgwire::sql_error> thrown{};  // by a function that SQLite has called
    std::vector<statement const*> read_by{};    // what has portals that are open
    clock::time_point deadline = clock::time_point::max();
    example::worker worker{};

    /// The error of a step that failed.
    [[nodiscard]] pgwire::sql_error error(std::string_view text) {
        if (auto e = std::exchange(thrown, std::nullopt)) return *std::move(e);
        return sqlite_error(db.get(), text);
    }

private:
    /// SQLite asks now and then whether to stop.
    static int on_progress(void* state) {
        auto const& self = *static_cast<session_state const*>(state);
        if (self.session.context().cancelled()) return 1;
        return self.deadline != clock::time_point::max() && clock::now() > self.deadline ? 1 : 0;
    }
};

}  // namespace example
