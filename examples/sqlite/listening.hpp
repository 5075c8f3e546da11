// pg_listening_channels(): the channels that the session listens to, a row each.
//
// SQLite has functions that give rows as tables without a definition, for which it asks a module: this one. PostgreSQL
// also takes such a function in place of a result column; translate.hpp writes the one usual form of that as a table.
#pragma once

#include "session_state.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <new>
#include <string>
#include <vector>

namespace example {

namespace detail {

struct channel_table : sqlite3_vtab {
    session_state* state;
};

/// What was listened to when the statement began.
struct channel_cursor : sqlite3_vtab_cursor {
    std::vector<std::string> channels;
    std::size_t at = 0;
};

/// No exception may pass through SQLite.
template<class F>
int without_exceptions(F&& f) {
    try {
        return f();
    } catch (...) {
        return SQLITE_NOMEM;
    }
}

inline constexpr sqlite3_module channel_module = [] {
    sqlite3_module m{};
    m.xConnect = [](sqlite3* db, void* state, int, char const* const*, sqlite3_vtab** made, char**) {
        return without_exceptions([&] {
            int const declared = sqlite3_declare_vtab(db, "CREATE TABLE t(pg_listening_channels text)");
            if (declared == SQLITE_OK) *made = new channel_table{{}, static_cast<session_state*>(state)};
            return declared;
        });
    };
    m.xDisconnect = [](sqlite3_vtab* table) {
        delete static_cast<channel_table*>(table);
        return SQLITE_OK;
    };
    m.xBestIndex = [](sqlite3_vtab*, sqlite3_index_info* plan) {
        plan->estimatedRows = 10;
        return SQLITE_OK;
    };
    m.xOpen = [](sqlite3_vtab*, sqlite3_vtab_cursor** made) {
        return without_exceptions([&] {
            *made = new channel_cursor();
            return SQLITE_OK;
        });
    };
    m.xClose = [](sqlite3_vtab_cursor* cursor) {
        delete static_cast<channel_cursor*>(cursor);
        return SQLITE_OK;
    };
    m.xFilter = [](sqlite3_vtab_cursor* cursor, int, char const*, int, sqlite3_value**) {
        return without_exceptions([&] {
            auto& self = static_cast<channel_cursor&>(*cursor);
            auto const& heard = static_cast<channel_table*>(cursor->pVtab)->state->notifications->channels();
            self.channels.assign(heard.begin(), heard.end());
            self.at = 0;
            return SQLITE_OK;
        });
    };
    m.xNext = [](sqlite3_vtab_cursor* cursor) {
        ++static_cast<channel_cursor*>(cursor)->at;
        return SQLITE_OK;
    };
    m.xEof = [](sqlite3_vtab_cursor* cursor) {
        auto const& self = static_cast<channel_cursor&>(*cursor);
        return self.at == self.channels.size() ? 1 : 0;
    };
    m.xColumn = [](sqlite3_vtab_cursor* cursor, sqlite3_context* to, int) {
        auto const& self = static_cast<channel_cursor&>(*cursor);
        auto const& name = self.channels[self.at];
        sqlite3_result_text(to, name.data(), static_cast<int>(name.size()), SQLITE_TRANSIENT);
        return SQLITE_OK;
    };
    m.xRowid = [](sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
        *id = static_cast<sqlite3_int64>(static_cast<channel_cursor*>(cursor)->at);
        return SQLITE_OK;
    };
    return m;
}();

}  // namespace detail

/// The session's notifications are there already.
inline void add_listening_channels(session_state& state) {
    sqlite3_create_module(state.db.get(), "pg_listening_channels", &detail::channel_module, &state);
}

}  // namespace example
