// Jobs on the way to a pool and back.
#include "pgwire/net/run_on.hpp"

#include "tests/support/catch.hpp"

#include PGWIRE_ASIO_HEADER(strand.hpp)

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace pgwire::test::run_on_tests {

namespace {

/// A loop whose coroutines have jobs done, one each.
class loop {
public:
    template<class Job>
    void start(asio::any_io_executor pool, Job job) {
        asio::co_spawn(io_, await(std::move(pool), std::move(job)), asio::detached);
    }
    std::size_t poll_one() { return io_.restart(), io_.poll_one(); }
    std::size_t poll() { return io_.restart(), io_.poll(); }
    void run() { io_.restart(), io_.run(); }
    [[nodiscard]] int done() const noexcept { return done_; }

private:
    template<class Job>
    task<> await(asio::any_io_executor pool, Job job) {
        std::atomic<bool> cancelled{false};
        co_await detail::run_on(std::move(pool), job, cancelled);
        ++done_;
    }

    int done_ = 0;
    asio::io_context io_;
};

}  // namespace

TEST_CASE("a job that is alone goes to its pool at once; those of the same turn go together") {
    asio::io_context pool;  // whose handlers can be counted
    loop one;
    int runs = 0;
    for (int i = 0; i != 9; ++i) one.start(pool.get_executor(), [&runs] { ++runs; });
    one.poll();
    CHECK(pool.run_one() == 1);
    CHECK(runs == 1);
    CHECK(pool.run_one() == 1);
    CHECK(runs == 9);
    CHECK(pool.run() == 1);  // somebody who would have helped
    one.run();
    CHECK(one.done() == 9);

    one.start(pool.get_executor(), [&runs] { ++runs; });
    one.poll();
    pool.restart();
    CHECK(pool.run() == 1);
    CHECK(runs == 10);
    one.run();
    CHECK(one.done() == 10);
}

TEST_CASE("jobs of several pools each go to their own") {
    asio::io_context pools[2];
    loop one;
    std::string runs;
    for (int i = 0; i != 6; ++i) one.start(pools[i % 2].get_executor(), [&runs, i] { runs += std::to_string(i); });
    one.poll();
    pools[1].run();
    CHECK(runs == "135");
    pools[0].run();
    CHECK(runs == "135024");
    one.run();
    CHECK(one.done() == 6);
}

TEST_CASE("a job that takes long does not hold up those that came with it") {
    asio::thread_pool pool(2);
    loop one;
    std::promise<void> last;
    auto const all_others = last.get_future().share();
    std::atomic<int> left = 6;
    one.start(pool.get_executor(), [] {});
    one.start(pool.get_executor(), [all_others] { all_others.wait(); });
    for (int i = 0; i != 6; ++i)
        one.start(pool.get_executor(), [&] {
            if (--left == 0) last.set_value();
        });
    one.run();
    CHECK(one.done() == 8);
}

TEST_CASE("jobs that a pool drops, or that never left, are dropped without being run") {
    auto const held = std::make_shared<int>(0);
    {
        std::optional<loop> one(std::in_place);
        std::optional<asio::io_context> pool(std::in_place);
        for (int i = 0; i != 4; ++i) one->start(pool->get_executor(), [held] { FAIL("it was to be dropped"); });
        one->poll();
        CHECK(held.use_count() == 5);
        pool.reset();
        one->poll();  // coroutines come to their end at home
        CHECK(held.use_count() == 1);

        pool.emplace();
        one->start(pool->get_executor(), [held] { FAIL("it was to be dropped"); });
        one->poll();
        CHECK(held.use_count() == 2);
        pool.reset();
        one->poll();
        CHECK(held.use_count() == 1);
        CHECK(one->done() == 0);
    }
    {
        asio::io_context pool;
        std::optional<loop> one(std::in_place);
        one->start(pool.get_executor(), [] {});
        for (int i = 0; i != 3; ++i) one->start(pool.get_executor(), [held] { FAIL("it was to be dropped"); });
        CHECK(one->poll_one() + one->poll_one() + one->poll_one() == 3);  // the last coroutine has not begun
        CHECK(pool.run() == 1);                                           // the first job; two others wait
        CHECK(held.use_count() == 4);
        one.reset();
        CHECK(held.use_count() == 1);
    }
}

TEST_CASE("a pool has its turns between the jobs of a batch that takes long, and can be stopped there") {
    asio::io_context pool;
    loop one;
    int runs = 0;
    auto const slow = [&runs] {
        ++runs;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    };
    for (int i = 0; i != 5; ++i) one.start(pool.get_executor(), slow);
    one.poll();
    for (int turn = 1; turn != 4; ++turn) {
        CHECK(pool.run_one() == 1);
        CHECK(runs == turn);
    }
    pool.stop();
    CHECK(pool.run() == 0);
    pool.restart();
    pool.run();
    CHECK(runs == 5);
    one.run();
    CHECK(one.done() == 5);
}

TEST_CASE("loops end as soon as their jobs are back, with strands too, while the pool goes on") {
    asio::thread_pool pool(2);
    std::atomic<int> runs = 0;
    auto const ask = [&](asio::any_io_executor) -> task<> {
        for (int i = 0; i != 3; ++i) {
            std::atomic<bool> cancelled{false};
            auto job = [&runs] { ++runs; };
            co_await detail::run_on(pool.get_executor(), job, cancelled);
        }
    };
    for (int round = 0; round != 200; ++round) {
        asio::io_context io(2);
        for (int i = 0; i != 4; ++i) {
            asio::any_io_executor const home = asio::make_strand(io);
            asio::co_spawn(home, ask(home), asio::detached);
        }
        std::thread other([&io] { io.run(); });
        io.run();
        other.join();
    }
    CHECK(runs == 200 * 4 * 3);
}

}  // namespace pgwire::test::run_on_tests
