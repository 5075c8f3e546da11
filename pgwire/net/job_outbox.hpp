// Jobs on their way from an event loop to the threads of pools.
//
// Floor 3. To wake a thread costs more than a small job does, so those that come up while another one of this loop is
// out wait for the end of the loop's turn, and go together: one thread is woken for all of them, and wakes a second one
// before it begins. A job that is alone goes at once.
#pragma once

#include "pgwire/net/asio.hpp"

#include PGWIRE_ASIO_HEADER(any_io_executor.hpp)
#include PGWIRE_ASIO_HEADER(execution/context.hpp)
#include PGWIRE_ASIO_HEADER(execution_context.hpp)
#include PGWIRE_ASIO_HEADER(query.hpp)

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <iterator>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace pgwire::detail {

/// A job, with what is to be done after it. It is run, or dropped where its pool, or its loop, ends without.
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
        asio::post(pool, [batch = std::move(batch), pool] { take_all(batch, pool); });
    }

private:
    static void take_all(std::shared_ptr<job_batch> const& batch, asio::any_io_executor const& pool) {
        auto& jobs = batch->jobs_;
        auto const take = [&] { return batch->taken_.fetch_add(1, std::memory_order_relaxed); };
        std::size_t next = take();
        if (next + 1 < jobs.size()) send(batch, pool);  // should this job take long, the others need not wait for it
        for (; next < jobs.size(); next = take()) pool_job::run(std::move(jobs[next]));
    }

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
        std::unique_lock lock(mutex_);
        if (out_++ == 0) {
            lock.unlock();
            return send_alone(std::move(job), pool);
        }
        waiting_.push_back({pool, std::move(job)});
        if (waiting_.size() == 1) asio::post(home, [this] { send_waiting(); });
    }
    /// From a thread of a pool: `go_on` is called at home. That may end the loop at once; it is not destroyed before this
    /// thread has left it.
    template<class F>
    void return_home(asio::any_io_executor const& home, F&& go_on) {
        visitors_.fetch_add(1, std::memory_order_relaxed);
        asio::post(home, std::forward<F>(go_on));
        visitors_.fetch_sub(1, std::memory_order_release);
    }
    /// A job that was sent is done, or was dropped.
    void came_back() noexcept {
        std::lock_guard const lock(mutex_);
        --out_;
    }

private:
    struct outgoing {
        asio::any_io_executor pool;
        pool_job::pointer job;
    };

    static void send_alone(pool_job::pointer job, asio::any_io_executor const& pool) {
        asio::post(pool, [job = std::move(job)]() mutable { pool_job::run(std::move(job)); });
    }
    void send_waiting() {
        std::vector<outgoing> jobs;
        {
            std::lock_guard const lock(mutex_);
            jobs.swap(waiting_);
        }
        for (auto first = jobs.begin(); first != jobs.end();) {
            auto const pool = first->pool;
            auto const last = std::stable_partition(first, jobs.end(), [&](outgoing const& o) { return o.pool == pool; });
            if (last - first == 1) {
                send_alone(std::move(first->job), pool);
            } else {
                std::vector<pool_job::pointer> together;
                std::transform(first, last, std::back_inserter(together), [](outgoing& o) { return std::move(o.job); });
                job_batch::send(std::make_shared<job_batch>(std::move(together)), pool);
            }
            first = last;
        }
    }
    void shutdown() noexcept override {
        while (visitors_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
        std::vector<outgoing> const dropped = std::move(waiting_);
    }

    std::mutex mutex_;
    std::size_t out_ = 0;
    std::vector<outgoing> waiting_;
    std::atomic<std::size_t> visitors_{0};
};

}  // namespace pgwire::detail
