// A plain function on the threads of another executor, awaited.
//
// Floor 3. With the thread pool that such an executor mostly belongs to.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/net/job_outbox.hpp"

#include PGWIRE_ASIO_HEADER(any_io_executor.hpp)
#include PGWIRE_ASIO_HEADER(associated_cancellation_slot.hpp)
#include PGWIRE_ASIO_HEADER(async_result.hpp)
#include PGWIRE_ASIO_HEADER(cancellation_type.hpp)
#include PGWIRE_ASIO_HEADER(executor_work_guard.hpp)
#include PGWIRE_ASIO_HEADER(thread_pool.hpp)

#include <atomic>
#include <memory>
#include <utility>

namespace pgwire::detail {

/// A function that a coroutine awaits: `Done` goes on with that one, at home.
template<class Job, class Done>
class awaited_job : public pool_job {
public:
    awaited_job(job_outbox& outbox, asio::any_io_executor home, Job& work, Done done, std::atomic<bool>& cancelled)
        : pool_job(&finish),
          outbox_(outbox),
          awake_(std::move(home)),
          work_(work),
          slot_(asio::get_associated_cancellation_slot(done)),
          done_(std::move(done)) {
        if (slot_.is_connected()) slot_.assign([&cancelled](asio::cancellation_type) { cancelled.store(true); });
    }

private:
    // All of it goes home, from a job that was dropped as well: there its coroutine goes on, or is unwound.
    static void finish(pool_job* job, bool is_run) {
        std::unique_ptr<awaited_job> self(static_cast<awaited_job*>(job));
        if (is_run) self->work_();
        job_outbox::visit const as_long_as_this(self->outbox_);
        auto const home = self->awake_.get_executor();
        asio::post(home, [self = std::move(self), is_run]() mutable {
            self->outbox_.came_back();
            if (self->slot_.is_connected()) self->slot_.clear();
            auto const awake = std::move(self->awake_);
            auto done = std::move(self->done_);
            self.reset();
            if (is_run) std::move(done)();
        });
    }

    job_outbox& outbox_;
    asio::executor_work_guard<asio::any_io_executor> awake_;  // its context does not run out of work meanwhile
    Job& work_;
    asio::associated_cancellation_slot_t<Done> slot_;
    Done done_;
};

/// Completes on its home executor when `job` has run on the pool; if the pool drops it, the coroutine is unwound there.
/// A pool that has jobs must be stopped and joined before a context is destroyed that was stopped before its work was
/// done.
/// @param cancelled becomes true if the job is to be given up, which it may look at
template<class Job>
auto run_on(asio::any_io_executor pool, Job& job, std::atomic<bool>& cancelled) {
    auto const begin = []<class Done>(Done done, asio::any_io_executor where, Job* work, std::atomic<bool>* said) {
        asio::any_io_executor const home = asio::get_associated_executor(done);
        auto& outbox = job_outbox::of(home);
        pool_job::pointer made(new awaited_job<Job, Done>(outbox, home, *work, std::move(done), *said));
        outbox.send(std::move(made), where, home);
    };
    return asio::async_initiate<asio::use_awaitable_t<> const, void()>(begin, asio::use_awaitable, std::move(pool), &job,
                                                                       &cancelled);
}

}  // namespace pgwire::detail
