// A plain function on the threads of another executor, awaited.
//
// Floor 3. With the thread pool that such an executor mostly belongs to.
#pragma once

#include "pgwire/net/asio.hpp"

#include PGWIRE_ASIO_HEADER(any_io_executor.hpp)
#include PGWIRE_ASIO_HEADER(async_result.hpp)
#include PGWIRE_ASIO_HEADER(executor_work_guard.hpp)
#include PGWIRE_ASIO_HEADER(thread_pool.hpp)

#include <utility>

namespace pgwire {

namespace detail {

/// Completes on its home executor when `job` has run on the pool.
template<class Job>
auto run_on(asio::any_io_executor pool, Job& job) {
    auto const begin = [](auto done, asio::any_io_executor where, Job* work) {
        auto const home = asio::get_associated_executor(done);
        auto awake = asio::make_work_guard(home);  // its context does not run out of work meanwhile
        asio::post(where, [home, awake = std::move(awake), done = std::move(done), work]() mutable {
            (*work)();
            // The guard goes home, too: when the session has gone on, its context may be gone before this thread looks again.
            asio::post(home, [awake = std::move(awake), done = std::move(done)]() mutable { std::move(done)(); });
        });
    };
    return asio::async_initiate<asio::use_awaitable_t<> const, void()>(begin, asio::use_awaitable, std::move(pool), &job);
}

}  // namespace detail

}  // namespace pgwire
