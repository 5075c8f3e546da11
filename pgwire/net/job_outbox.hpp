// Jobs on their way from an event loop to the threads of a pool.
//
// Floor 3. To wake a thread costs more than a small job does, so those that come up while another one of this loop is
// out wait for the end of the loop's turn, and go together: one thread is woken for all of them, and wakes a second one
// before it begins. A job that is alone, or for another pool than those that wait, goes at once.
#pragma once

#include "pgwire/net/asio.hpp"

#include PGWIRE_ASIO_HEADER(any_io_executor.hpp)
#include PGWIRE_ASIO_HEADER(execution/context.hpp)
#include PGWIRE_ASIO_HEADER(execution_context.hpp)
#include PGWIRE_ASIO_HEADER(query.hpp)

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace pgwire::detail {

/// A job, with what is to be done after it. It is run, or dropped if its pool ends without.
class pool_job {
public:
    struct disposer {
        void operator()(pool_job* job) const noexcept { job->finish_(job, false); }
    };
    using pointer = std::unique_ptr<pool_job, disposer>;

    pool_job(pool_job const&) = delete;
    pool_job& operator=(pool_job const&) = delete;

    /// On a thread of the pool.
    static void run(pointer job) {
        pool_job* const mine = job.release();
        mine->finish_(mine, true);
    }

protected:
    /// @param finish runs the job, if it is told to, and disposes of it
    explicit pool_job(void (*finish)(pool_job*, bool is_run)) noexcept : finish_(finish) {}
    ~pool_job() = default;

private:
    void (*finish_)(pool_job* self, bool is_run);
};

/// Jobs that go to a pool together. Whichever thread is free takes the next one.
class job_batch {
public:
    explicit job_batch(std::vector<pool_job::pointer> jobs) noexcept : jobs_(std::move(jobs)) {}

    /// Sends one more thread of the pool to take them.
    static void send(std::shared_ptr<job_batch> batch, asio::any_io_executor const& pool) {
        asio::post(pool, [batch = std::move(batch), pool] { take_some(batch, pool); });
    }

private:
    static void take_some(std::shared_ptr<job_batch> const& batch, asio::any_io_executor const& pool) {
        using clock = std::chrono::steady_clock;
        auto& jobs = batch->jobs_;
        auto const end = clock::now() + patience;
        auto next = batch->take();
        if (next + 1 < jobs.size()) send(batch, pool);  // should this job take long, the others need not wait for it
        while (next < jobs.size()) {
            pool_job::run(std::move(jobs[next]));
            if (clock::now() >= end) {  // what else is to be done on the pool has its turn
                if (batch->taken_.load(std::memory_order_relaxed) < jobs.size()) send(batch, pool);
                return;
            }
            next = batch->take();
        }
    }
    [[nodiscard]] std::size_t take() noexcept { return taken_.fetch_add(1, std::memory_order_relaxed); }

    static constexpr std::chrono::milliseconds patience{1};

    std::vector<pool_job::pointer> jobs_;
    std::atomic<std::size_t> taken_{0};
};

/// One per `io_context`, from any of its threads.
class job_outbox : public asio::execution_context::service {
public:
    using key_type = job_outbox;
    static inline asio::execution_context::id id;

    explicit job_outbox(asio::execution_context& owner) : service(owner) {}

    /// The outbox of the loop that this executor belongs to.
    [[nodiscard]] static job_outbox& of(asio::any_io_executor const& home) {
        return asio::use_service<job_outbox>(asio::query(home, asio::execution::context));
    }

    /// @param home an executor of the loop
    void send(pool_job::pointer job, asio::any_io_executor const& pool, asio::any_io_executor const& home) {
        {
            std::lock_guard const lock(mutex_);
            bool const is_alone = out_++ == 0;
            if (!is_alone && (waiting_.empty() || pool_ == pool)) {
                if (waiting_.empty()) asio::post(home, [this] { send_waiting(); });
                pool_ = pool;
                waiting_.push_back(std::move(job));
                return;
            }
        }
        send_alone(std::move(job), pool);
    }
    /// A job that was sent is done, or was dropped.
    void came_back() noexcept {
        std::lock_guard const lock(mutex_);
        --out_;
    }

    /// As long as this lives, the loop is not destroyed: for a thread of a pool that has something to bring home. That
    /// may end the loop at once, while the thread is not out of it yet.
    class visit {
    public:
        explicit visit(job_outbox& to) noexcept : to_(to) { to_.visitors_.fetch_add(1, std::memory_order_relaxed); }
        visit(visit const&) = delete;
        visit& operator=(visit const&) = delete;
        ~visit() { to_.visitors_.fetch_sub(1, std::memory_order_release); }

    private:
        job_outbox& to_;
    };

private:
    static void send_alone(pool_job::pointer job, asio::any_io_executor const& pool) {
        asio::post(pool, [job = std::move(job)]() mutable { pool_job::run(std::move(job)); });
    }
    void send_waiting() noexcept {
        try {
            std::vector<pool_job::pointer> jobs;
            asio::any_io_executor pool;
            {
                std::lock_guard const lock(mutex_);
                jobs.swap(waiting_);
                pool = std::exchange(pool_, {});
            }
            if (jobs.size() == 1) send_alone(std::move(jobs.front()), pool);
            else if (!jobs.empty()) job_batch::send(std::make_shared<job_batch>(std::move(jobs)), pool);
        } catch (...) {  // no memory: these jobs are dropped, and nothing else
        }
    }
    void shutdown() noexcept override {
        while (visitors_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
        std::vector<pool_job::pointer> const dropped = std::move(waiting_);
    }

    std::mutex mutex_;
    std::size_t out_ = 0;
    std::vector<pool_job::pointer> waiting_;
    asio::any_io_executor pool_;  // that they wait for
    std::atomic<std::size_t> visitors_{0};
};

}  // namespace pgwire::detail
