// The functions of the session, registered with SQLite: version(), current_setting('DateStyle'), now(), pg_notify(…), …
#pragma once

#include "constants.hpp"
#include "session_state.hpp"

#include "pgwire/server/sql_functions.hpp"
#include "pgwire/types/date_time.hpp"
#include "pgwire/types/format_type.hpp"

#include <sqlite3.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace example {

namespace detail {

inline void give(sqlite3_context* to, pgwire::session_value const& value) {
    if (auto const* const text = std::get_if<std::string>(&value))
        sqlite3_result_text(to, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
    else if (auto const* const number = std::get_if<std::int64_t>(&value)) sqlite3_result_int64(to, *number);
    else if (auto const* const truth = std::get_if<bool>(&value)) sqlite3_result_int(to, *truth ? 1 : 0);
    else sqlite3_result_null(to);
}

/// No exception may pass through SQLite: an error waits in `thrown` until the step has failed.
inline void call_session_function(sqlite3_context* to, int count, sqlite3_value** given) {
    auto const& bound = *static_cast<session_state::bound_function const*>(sqlite3_user_data(to));
    try {
        std::array<std::optional<std::string_view>, 4> arguments{};
        for (std::size_t i = 0; i != static_cast<std::size_t>(count); ++i)
            if (auto const* const text = reinterpret_cast<char const*>(sqlite3_value_text(given[i])))
                arguments[i] = std::string_view(text, static_cast<std::size_t>(sqlite3_value_bytes(given[i])));
        give(to,
             bound.function->call(bound.state->session, std::span(arguments).first(static_cast<std::size_t>(count))));
    } catch (pgwire::sql_error const& e) {
        bound.state->thrown = e;
        sqlite3_result_error(to, e.what(), -1);
    } catch (...) {
        sqlite3_result_error_nomem(to);
    }
}

/// pg_notify(channel, payload): NULL is an empty text, and nothing comes back.
inline void call_notify(sqlite3_context* to, int, sqlite3_value** given) {
    auto& state = *static_cast<session_state*>(sqlite3_user_data(to));
    auto const text = [](sqlite3_value* v) -> std::string_view {
        auto const* const bytes = reinterpret_cast<char const*>(sqlite3_value_text(v));
        if (bytes == nullptr) return {};
        return {bytes, static_cast<std::size_t>(sqlite3_value_bytes(v))};
    };
    try {
        state.notifications->notify(text(given[0]), text(given[1]));
        sqlite3_result_text(to, "", 0, SQLITE_STATIC);
    } catch (pgwire::sql_error const& e) {
        state.thrown = e;
        sqlite3_result_error(to, e.what(), -1);
    } catch (...) {
        sqlite3_result_error_nomem(to);
    }
}
inline void call_queue_usage(sqlite3_context* to, int, sqlite3_value**) {
    auto& state = *static_cast<session_state*>(sqlite3_user_data(to));
    sqlite3_result_double(to, state.notifications->hub().queue_usage());
}

/// quote_literal(text): with it some drivers write values into a statement.
inline void call_quote_literal(sqlite3_context* to, int, sqlite3_value** given) {
    auto const* const bytes = reinterpret_cast<char const*>(sqlite3_value_text(given[0]));
    if (bytes == nullptr) return sqlite3_result_null(to);
    std::string_view const text(bytes, static_cast<std::size_t>(sqlite3_value_bytes(given[0])));
    try {
        std::string made;
        for (char const c : string_constant(text)) made.append(c == '\\' ? 2 : 1, c);
        if (made.find('\\') != made.npos) made.insert(0, "E");
        sqlite3_result_text64(to, made.data(), made.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } catch (...) {
        sqlite3_result_error_nomem(to);
    }
}

/// format_type(oid, modifier): with it psql names the types of columns.
inline void call_format_type(sqlite3_context* to, int, sqlite3_value** given) {
    if (sqlite3_value_type(given[0]) == SQLITE_NULL) return sqlite3_result_null(to);
    try {
        std::optional<std::int32_t> modifier;
        if (sqlite3_value_type(given[1]) != SQLITE_NULL) modifier = sqlite3_value_int(given[1]);
        pgwire::oid const type{static_cast<std::uint32_t>(sqlite3_value_int64(given[0]))};
        auto const made = pgwire::format_type(type, modifier);
        sqlite3_result_text64(to, made.data(), made.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } catch (...) {
        sqlite3_result_error_nomem(to);
    }
}

/// The time in UTC as text, as a timestamptz is kept; a timestamp has no zone behind it, a time no date before it.
template<class T>
void call_now(sqlite3_context* to, int, sqlite3_value**) {
    auto const now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    std::array<char, 64> text{};
    char* const end = pgwire::encode_value<pgwire::format::text>(text.data(), now);
    std::string_view all(text.data(), static_cast<std::size_t>(end - text.data()));
    if constexpr (!std::is_same_v<T, pgwire::timestamptz>) all = all.substr(0, all.rfind('+'));
    if constexpr (std::is_same_v<T, pgwire::time_of_day>) all.remove_prefix(all.find(' ') + 1);
    sqlite3_result_text(to, all.data(), static_cast<int>(all.size()), SQLITE_TRANSIENT);
}

}  // namespace detail

inline void add_session_functions(session_state& state) {
    auto* const db = state.db.get();
    for (std::size_t i = 0; i != pgwire::session_functions.size(); ++i) {
        auto const& f = pgwire::session_functions[i];
        state.functions[i] = {&f, &state};
        for (auto n = f.least; n <= f.most; ++n)
            sqlite3_create_function(db, std::string(f.name).c_str(), static_cast<int>(n), SQLITE_UTF8,
                                    &state.functions[i], detail::call_session_function, nullptr, nullptr);
    }
    auto const add = [db](char const* name, auto* call, int arguments = 0) {
        sqlite3_create_function(db, name, arguments, SQLITE_UTF8, nullptr, call, nullptr, nullptr);
    };
    add("quote_literal", detail::call_quote_literal, 1);
    add("format_type", detail::call_format_type, 2);
    add("now", detail::call_now<pgwire::timestamptz>);
    add("localtimestamp", detail::call_now<pgwire::timestamp>);
    add("localtime", detail::call_now<pgwire::time_of_day>);
}

inline void add_notify_functions(session_state& state) {
    auto const add = [&state](char const* name, int arguments, auto* call) {
        sqlite3_create_function(state.db.get(), name, arguments, SQLITE_UTF8, &state, call, nullptr, nullptr);
    };
    add("pg_notify", 2, detail::call_notify);
    add("pg_notification_queue_usage", 0, detail::call_queue_usage);
}

}  // namespace example
