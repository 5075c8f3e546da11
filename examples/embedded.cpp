// A server inside a program that has an event loop and threads of its own, and whose state its clients look at.
//
//     examples/run.sh embedded
//     psql -h 127.0.0.1 -p 5433 -c 'select * from jobs'
//
// The program runs one io_context on several threads. The server is dealt strands of it: what belongs to one session
// never runs on two threads at once. It owns no thread and no signal, and is drained before the program ends.
#include "options.hpp"

#include <pgwire/server.hpp>

#include PGWIRE_ASIO_HEADER(strand.hpp)

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace asio = pgwire::asio;

/// What the program does, were there no clients: it has jobs, and works on them.
class work {
public:
    struct job {
        int number;
        std::string state;
        std::int64_t steps;
    };

    explicit work(asio::io_context& io) : timer_(asio::make_strand(io)) {
        for (int i = 1; i <= 5; ++i) jobs_.push_back({i, "waiting", 0});
        go_on();
    }

    [[nodiscard]] std::vector<job> jobs() const {
        std::lock_guard const lock(mutex_);
        return jobs_;
    }
    void stop() {
        asio::post(timer_.get_executor(), [this] {
            stopped_ = true;
            timer_.cancel();
        });
    }

private:
    void go_on() {
        timer_.expires_after(std::chrono::milliseconds(100));
        timer_.async_wait([this](pgwire::error_code) {
            if (stopped_) return;
            {
                std::lock_guard const lock(mutex_);
                auto& j = jobs_[static_cast<std::size_t>(step_++ / 20) % jobs_.size()];
                j.state = step_ % 20 == 0 ? "done" : "at work";
                ++j.steps;
            }
            go_on();
        });
    }

    asio::steady_timer timer_;
    mutable std::mutex mutex_;
    std::vector<job> jobs_;
    int step_ = 0;
    bool stopped_ = false;
};

/// Whatever is asked, the answer is the jobs: this program has nothing else to tell.
struct reporter {
    work const* of;
    auto execute(pgwire::request const&) { return pgwire::rows(of->jobs()); }
};

}  // namespace

int main(int argc, char** argv) {
    auto const options = example::parse(argc, argv, "A server inside a program with its own event loop.");
    asio::io_context io;
    work jobs(io);

    auto const strands = pgwire::strands(io, 4 * options.threads);
    pgwire::server server(strands, {.address = options.address, .port = options.port}, [&jobs] { return reporter{&jobs}; });
    try {
        server.start();
    } catch (pgwire::system_error const& e) {
        example::say_why_not(argv[0], options, e);
        return 2;
    }

    asio::steady_timer patience(strands.front());
    asio::signal_set signals(strands.front(), SIGINT, SIGTERM);
    signals.async_wait([&](pgwire::error_code, int) {
        jobs.stop();
        patience.expires_after(std::chrono::seconds(5));
        patience.async_wait([&](pgwire::error_code drained) {
            if (!drained) server.stop();
        });
        server.drain([&] {
            patience.cancel();
            server.stop();
        });
    });

    std::cout << "try:  " << example::psql_line(options) << " -c 'select * from jobs'" << std::endl;
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options.threads; ++i) threads.emplace_back([&io] { io.run(); });
    io.run();
    for (auto& t : threads) t.join();
}
