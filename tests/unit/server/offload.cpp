// Engines that block, on a pool of their own.
#include "pgwire/server/offload.hpp"

#include "tests/support/engine.hpp"

#include <atomic>
#include <thread>

namespace pgwire::test::offload_tests {

namespace {

using namespace std::chrono_literals;

struct numbered {
    int n;
    std::string text;
};

/// So many rows, each of which says whether it was made on the session's thread; the last but one may fail.
struct blocking_rows : cursor<numbered> {
    std::thread::id home;
    int left;
    std::shared_ptr<std::atomic<int>> pulled;
    bool fails = false;

    blocking_rows(std::thread::id h, int count, std::shared_ptr<std::atomic<int>> p)
        : home(h), left(count), pulled(std::move(p)) {}
    bool next(writer& out) {
        if (fails && left == 1) throw sql_error(sqlstates::division_by_zero, "no");
        if (left == 0) return false;
        ++*pulled;
        out({left--, std::this_thread::get_id() == home ? "home" : "pool"});
        return left != 0;
    }
};

/// Rows without end, of which each takes a millisecond.
struct slow {
    struct rows : cursor<numbered> {
        std::shared_ptr<std::atomic<int>> pulled;
        explicit rows(std::shared_ptr<std::atomic<int>> p) : pulled(std::move(p)) {}
        bool next(writer& out) {
            std::this_thread::sleep_for(1ms);
            out({++*pulled, "slow"});
            return true;
        }
    };
    std::shared_ptr<asio::thread_pool> pool = std::make_shared<asio::thread_pool>(1);
    std::shared_ptr<std::atomic<int>> pulled = std::make_shared<std::atomic<int>>(0);

    offloaded<rows> execute(request const&) { return {pool->get_executor(), rows(pulled)}; }
};

struct blocking {
    struct made {
        std::string text;
        [[nodiscard]] std::span<column const> columns() const {
            return text == "command" || text == "throw" || text == "block" ? std::span<column const>()
                                                                             : columns_of<numbered>;
        }
    };
    using outcome = std::variant<offloaded<blocking_rows>, command>;

    std::shared_ptr<asio::thread_pool> pool = std::make_shared<asio::thread_pool>(2);
    std::shared_ptr<std::atomic<bool>> released = std::make_shared<std::atomic<bool>>(false);
    std::shared_ptr<std::atomic<int>> pulled = std::make_shared<std::atomic<int>>(0);

    made prepare(std::string_view text, std::span<oid const>) { return {std::string(text)}; }
    task<outcome> execute(request const&, made& m) {
        auto const home = std::this_thread::get_id();
        if (m.columns().empty()) {
            auto job = [&] {
                if (m.text == "throw") throw sql_error(sqlstates::division_by_zero, "no");
                if (m.text == "block")
                    while (!*released) std::this_thread::sleep_for(1ms);
                return std::this_thread::get_id() == home ? "HOME" : "POOL";
            };
            auto const where = co_await offload(pool->get_executor(), job);
            outcome done{command(where)};
            co_return done;
        }
        blocking_rows rows(home, std::stoi(m.text.substr(m.text.find(' ') + 1)), pulled);
        rows.fails = m.text.starts_with("fail");
        outcome all(std::in_place_type<offloaded<blocking_rows>>, pool->get_executor(), rows);
        co_return all;
    }
};

}  // namespace

TEST_CASE("a job runs on the pool, and its result comes back") {
    live_session<blocking> one;
    one.enter().send({query("command")});
    CHECK(one.run_until_heard("C(POOL) Z(I)") == "C(POOL) Z(I)");
}

TEST_CASE("what a job throws comes back, too") {
    live_session<blocking> one;
    one.enter().send({query("throw"), query("command")});
    CHECK(one.run_until_heard("E(22012) Z(I) C(POOL) Z(I)") == "E(22012) Z(I) C(POOL) Z(I)");
}

TEST_CASE("a plain cursor is pulled on the pool, up to a row limit and on") {
    live_session<blocking> one;
    one.enter().send({parse("", "rows 3"), bind(), execute("", 2), execute(), sync()});
    one.run_until([&] { return one.peer().output.ends_with("\5I") && one.peer().output.find("SELECT") != std::string::npos; });
    auto const output = one.hear_bytes();
    CHECK(shape(output) == "1 2 D D s D C(SELECT 1) Z(I)");
    CHECK(rows_in(output) == "3|pool;2|pool;1|pool");
}

TEST_CASE("a large result comes in portions, and a failure amid it is told") {
    live_session<blocking> one;
    one.enter().send({query("rows 100000")});
    one.run_until([&] { return one.peer().output.ends_with("SELECT 100000\0Z\0\0\0\5I"sv); });
    auto const output = one.hear_bytes();
    CHECK(frames(output).size() == 100'003);
    CHECK(*std::max_element(one.peer().writes.begin(), one.peer().writes.end()) < 200'000);
    one.send({query("fail 3")});
    CHECK(one.run_until_heard("T D D E(22012) Z(I)") == "T D D E(22012) Z(I)");
}

TEST_CASE("while a client does not read, no more is pulled on the pool than it will be sent next") {
    blocking handler;
    live_session<blocking> one(handler);
    one.enter().peer().stalled = true;
    one.send({query("rows 1000000")});
    int last = -1;
    for (int quiet = 0; quiet != 20; ++quiet) {  // until the pool has been idle for long
        one.io().restart();
        one.io().run_for(5ms);
        if (std::exchange(last, handler.pulled->load()) != *handler.pulled) quiet = 0;
    }
    CHECK(last > 0);
    CHECK(last < 10'000);  // of 20 bytes and more each
    CHECK(one.hear() == "");
    one.peer().resume();
    one.run_until([&] { return one.peer().output.ends_with("SELECT 1000000\0Z\0\0\0\5I"sv); });
    CHECK(*handler.pulled == 1'000'000);
}

TEST_CASE("rows of a slow cursor leave before a portion is full, and a cancel stops it between two of them") {
    live_session<slow> one;
    one.enter().send({query("rows")});
    one.run_until([&] { return one.peer().output.find("slow") != std::string::npos; });
    CHECK(one.context().handle().cancel());
    one.run_until([&] { return one.peer().output.ends_with("\5I") && one.peer().output.find("57014") != std::string::npos; });
    CHECK(one.hear().ends_with(" D E(57014) Z(I)"));
    CHECK(*one.handler().pulled < 1000);  // a portion has some thousand
}
TEST_CASE("while a job blocks its session, others on the same thread are served") {
    blocking handler;
    live_session<blocking> one(handler);
    one.enter().send({query("block")});
    bool served = false;
    asio::post(one.io(), [&] { served = true; });
    CHECK(one.run_until([&] { return served; }));
    CHECK(one.hear() == "");
    *handler.released = true;
    CHECK(one.run_until_heard("C(POOL) Z(I)") == "C(POOL) Z(I)");
}

TEST_CASE("a session outlives its socket until its job is done") {
    blocking handler;
    live_session<blocking> one(handler);
    one.enter().send({query("block")});
    one.close();
    for (int i = 0; i != 20; ++i) one.io().run_one_for(1ms);
    CHECK(!one.has_ended());
    *handler.released = true;
    CHECK(one.run_until_ended());
}

}  // namespace pgwire::test::offload_tests
