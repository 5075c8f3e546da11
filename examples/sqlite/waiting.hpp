// What may have to wait for a lock that another session has: the worker tries, and tries again after a pause.
#pragma once

#include "session_state.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/net/asio.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace example {

/// Has somebody else a lock that will go away? A snapshot that is too old to be written to stays too old.
[[nodiscard]] inline bool is_locked(int code) noexcept {
    return (code & 0xff) == SQLITE_BUSY && code != SQLITE_BUSY_SNAPSHOT;
}

/// Has the session's worker do the job, and again if somebody had a lock.
/// @param stepped what the job steps; reset before it is tried again
template<class Job>
pgwire::task<int> run_when_free(session_state& state, sqlite3_stmt* stepped, Job job) {
    constexpr std::chrono::seconds longest_wait{5};
    constexpr std::chrono::milliseconds longest_pause{16};
    auto& context = state.session.context();
    auto const end = session_state::clock::now() + longest_wait;
    for (std::chrono::milliseconds pause{1};; pause = std::min(pause * 2, longest_pause)) {
        int const code = co_await state.worker.run(job);
        if (!is_locked(code) || session_state::clock::now() > end) co_return code;
        sqlite3_reset(stepped);
        pgwire::asio::steady_timer timer(context.executor(), pause);
        co_await timer.async_wait(pgwire::asio::use_awaitable);
        if (context.cancelled())
            throw pgwire::sql_error(pgwire::sqlstates::query_canceled, "canceling statement due to user request");
    }
}

}  // namespace example
