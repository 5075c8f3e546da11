// A plain function on the threads of another executor, awaited.
//
// Floor 3. With the thread pool that such an executor mostly belongs to.
#pragma once

#include "pgwire/net/asio.hpp"

#include PGWIRE_ASIO_HEADER(any_io_executor.hpp)
#include PGWIRE_ASIO_HEADER(associated_cancellation_slot.hpp)
#include PGWIRE_ASIO_HEADER(async_result.hpp)
#include PGWIRE_ASIO_HEADER(cancellation_type.hpp)
#include PGWIRE_ASIO_HEADER(executor_work_guard.hpp)
#include PGWIRE_ASIO_HEADER(thread_pool.hpp)

#include <atomic>
#include <utility>

namespace pgwire {

namespace detail {

/// Completes on its home executor when `job` has run on the pool. That it is to be cancelled is said by `cancelled`,
/// which the job may look at.
template<class Job>
auto run_on(asio::any_io_executor pool, Job& job, std::atomic<bool>& cancelled) {
    auto const begin = [](auto done, asio::any_io_executor where, Job* work, std::atomic<bool>* said) {
        auto const home = asio::get_associated_executor(done);
        auto slot = asio::get_associated_cancellation_slot(done);
        if (slot.is_connected()) slot.assign([said](asio::cancellation_type) { said->store(true); });
        auto awake = asio::make_work_guard(home);  // its context does not run out of work meanwhile
        asio::post(where, [home, slot, awake = std::move(awake), done = std::move(done), work]() mutable {
            (*work)();
            // The guard goes home, too: when the session has gone on, its context may be gone before this thread looks
            // again.
            asio::post(home, [slot, awake = std::move(awake), done = std::move(done)]() mutable {
                if (slot.is_connected()) slot.clear();
                std::move(done)();
            });
        });
    };
    return asio::async_initiate<asio::use_awaitable_t<> const, void()>(begin, asio::use_awaitable, std::move(pool), &job,
                                                                       &cancelled);
}

}  // namespace detail

}  // namespace pgwire
