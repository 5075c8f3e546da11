// A thread for what SQLite may be long about, so that the thread that serves the sessions never waits for a disk.
#pragma once

#include "pgwire/net/asio.hpp"

#include PGWIRE_ASIO_HEADER(thread_pool.hpp)

#include <memory>
#include <optional>
#include <utility>

namespace example {

/// One session's thread, made when it is first needed. A job is awaited to its end, come what may: it works on what
/// belongs to the session.
class worker {
public:
    /// Runs `job`, which returns a code and throws nothing, on the thread. The session sleeps meanwhile.
    template<class Job>
    pgwire::task<int> run(Job job) {
        if (!thread_) thread_ = std::make_unique<pgwire::asio::thread_pool>(1);
        auto const begin = [this](auto done, Job work) {
            auto const home = pgwire::asio::get_associated_executor(done);
            auto awake = pgwire::asio::make_work_guard(home);  // the session's thread does not end before
            pgwire::asio::post(
                *thread_, [home, awake = std::move(awake), done = std::move(done), work = std::move(work)]() mutable {
                    int const code = work();
                    pgwire::asio::post(home, [awake = std::move(awake), done = std::move(done), code]() mutable {
                        std::move(done)(code);  // and gives up the guard there, too
                    });
                });
        };
        return pgwire::asio::async_initiate<pgwire::asio::use_awaitable_t<> const, void(int)>(
            begin, pgwire::asio::use_awaitable, std::move(job));
    }

private:
    std::unique_ptr<pgwire::asio::thread_pool> thread_;
};

}  // namespace example
