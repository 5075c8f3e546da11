// A thread for what SQLite may be long about, so that the thread that serves the sessions never waits for a disk.
#pragma once

#include "pgwire/server/offload.hpp"

#include <memory>

namespace example {

/// One session's thread, made when it is first needed.
class worker {
public:
    /// Runs `job`, which returns a code, on the thread. The session sleeps meanwhile.
    template<class Job>
    pgwire::task<int> run(Job job) {
        if (!thread_) thread_ = std::make_unique<pgwire::asio::thread_pool>(1);
        co_return co_await pgwire::offload(thread_->get_executor(), job);
    }

private:
    std::unique_ptr<pgwire::asio::thread_pool> thread_;
};

}  // namespace example
