// A great many cancels against short statements: what a client may rely on, whoever is faster.
//
// As with PostgreSQL a cancel is delivered when the server closes the connection that it came on (or `cancel` returns):
// it hits the statement that is at work then, or nothing. Nothing that is sent afterwards is hit.
#include "pgwire/server.hpp"
#include "pgwire/server/offload.hpp"

#include "tests/support/caller.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::test::cancel_races_tests {

namespace {

/// What the handlers of a server share.
struct common {
    std::mutex mutex;
    std::unordered_map<std::int32_t, session_handle> present;  // by process ID
    asio::thread_pool pool{2};
    std::atomic<long> open_transactions{0};
    std::atomic<long> progress{0};  // of statements, by steps: at least one for each row that is asked for

    void step() {
        ++progress;
        std::this_thread::yield();  // to those who wait for it, if there are fewer processors than threads
    }
    /// Gives up after some seconds: a statement that was canceled does not go on.
    void wait_for_progress(long until) const {
        auto const give_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (progress < until && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    }
    session_handle one(std::int32_t id) {
        std::lock_guard const lock(mutex);
        return present.at(id);
    }
};

struct numbered {
    int n;
};

/// A statement is a number: so many rows.
struct victim {
    std::shared_ptr<common> shared;
    session_context* session = nullptr;

    explicit victim(std::shared_ptr<common> s) : shared(std::move(s)) {}
    void on_start(session_context& context) {
        session = &context;
        std::lock_guard const lock(shared->mutex);
        shared->present.insert_or_assign(context.process_id(), context.handle());
    }

    task<> suspend() const {
        shared->step();
        co_await asio::post(session->executor(), asio::use_awaitable);
    }
    static int count(request const& r) { return std::stoi(std::string(r.text)); }
};

struct plain_rows : cursor<numbered> {
    int left;
    common* shared;
    plain_rows(int n, std::shared_ptr<common> const& s) : left(n), shared(s.get()) {}
    bool next(writer& out) {
        if (left == 0) return false;
        shared->step();
        out({left--});
        return left != 0;
    }
};

struct plain : victim {
    using victim::victim;
    plain_rows execute(request const& r) { return {count(r), shared}; }
};

/// Every hook awaits, those of transactions too.
struct awaiting : victim {
    struct made {
        std::string text;
        [[nodiscard]] static std::span<column const> columns() { return columns_of<numbered>; }
    };
    using victim::victim;
    task<made> prepare(std::string_view text, std::span<oid const>) {
        co_await suspend();
        made m{std::string(text)};
        co_return m;
    }
    task<plain_rows> execute(request const& r, made&) {
        for (int i = count(r); i != 0; --i) co_await suspend();
        plain_rows all(count(r), shared);
        co_return all;
    }
    task<> begin_implicit() {
        co_await suspend();
        ++shared->open_transactions;
    }
    task<> commit_implicit() {
        co_await suspend();
        --shared->open_transactions;
    }
    task<> rollback_implicit() {
        co_await suspend();
        --shared->open_transactions;
    }
};

/// A cursor that awaits between its rows.
struct between_rows : victim {
    struct rows : plain_rows {
        between_rows const* owner;
        rows(int n, between_rows const& o) : plain_rows(n, o.shared), owner(&o) {}
        task<bool> next(writer& out) {
            co_await owner->suspend();
            co_return plain_rows::next(out);
        }
    };
    using victim::victim;
    rows execute(request const& r) { return {count(r), *this}; }
};

/// Statements and cursors that work on a pool.
struct pooled : victim {
    using outcome = offloaded<plain_rows>;
    using victim::victim;
    task<outcome> execute(request const& r) {
        auto job = [&r] { return count(r); };
        int const n = co_await offload(shared->pool.get_executor(), job);
        outcome all(shared->pool.get_executor(), plain_rows(n, shared));
        co_return all;
    }
};

/// A server on two threads: sessions are dealt out to them, so that most cancels come from another one.
template<class Handler>
class server_on_two_threads {
public:
    server_on_two_threads() {
        std::vector<asio::any_io_executor> where;
        for (auto& io : contexts_) where.emplace_back(io.get_executor());
        server_.emplace(std::move(where), server_options{.port = 0}, make{shared_});
        server_->start();
        port_ = server_->port();
        for (auto& io : contexts_) threads_.emplace_back([&io] { io.run(); });
    }
    ~server_on_two_threads() {
        asio::post(contexts_.front(), [this] {
            server_->stop();
            for (auto& w : work_) w.reset();
        });
        for (auto& t : threads_) t.join();
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] common& shared() noexcept { return *shared_; }

private:
    struct make {
        std::shared_ptr<common> shared;
        Handler operator()() const { return Handler(shared); }
    };
    using guard = asio::executor_work_guard<asio::io_context::executor_type>;

    std::shared_ptr<common> shared_ = std::make_shared<common>();
    std::array<asio::io_context, 2> contexts_{asio::io_context(1), asio::io_context(1)};
    std::array<guard, 2> work_{guard(contexts_[0].get_executor()), guard(contexts_[1].get_executor())};
    std::optional<server<make>> server_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

std::string ask(int rows, bool extended) {
    auto const text = std::to_string(rows);
    return extended ? parse("", text) + bind() + describe_portal() + execute() + sync() : query(text);
}

enum class verdict : std::uint8_t { whole, canceled, wrong };

/// An answer is all rows and the tag, or some of them and 57014; and ReadyForQuery once.
verdict judge(std::string_view answer, int rows) {
    std::string types;
    std::string end;
    int seen = 0;
    for (auto const& a : frames(answer)) {
        if (a.tag == 'D') ++seen;
        else types += a.tag;
        if (a.tag == 'C' || a.tag == 'E') end = remark(a);
    }
    if (end == "SELECT " + std::to_string(rows) && seen == rows && (types == "TCZ" || types == "12TCZ"))
        return verdict::whole;
    bool const is_beginning = std::string_view("T").starts_with(types.substr(0, types.find('E'))) ||
                              std::string_view("12T").starts_with(types.substr(0, types.find('E')));
    return end == "57014" && seen <= rows && types.ends_with("EZ") && is_beginning ? verdict::canceled : verdict::wrong;
}

struct figures {
    long hit = 0;     // statements at which a cancel was aimed
    long missed = 0;
    long wrong = 0;   // everything that may not be

    void count(verdict v) { ++(v == verdict::whole ? missed : v == verdict::canceled ? hit : wrong); }
};

/// A client has a statement canceled when it has come so far or so far, and asks at once for the next one.
/// @param by_handle with `session_handle::cancel` instead of a CancelRequest
figures cancel_and_ask_on(std::uint16_t port, common& shared, int rounds, bool by_handle) {
    figures f;
    caller self(port);
    auto const handle = shared.one(self.enter());
    for (int i = 0; i != rounds && f.wrong == 0; ++i) {
        int const rows = 1 + i % 20;
        std::optional<caller> canceller;
        if (!by_handle) canceller.emplace(port);
        long const before = shared.progress;
        self.send(ask(rows, i % 3 != 0));
        shared.wait_for_progress(before + i % (rows + 1));
        if (by_handle) {
            f.wrong += !handle.cancel();
        } else {
            canceller->send(self.cancel_request_bytes());
            f.wrong += !canceller->read().empty();  // until it is closed
        }
        self.send(ask(2, i % 2 != 0));
        f.count(judge(self.read_answer(), rows));
        f.wrong += judge(self.read_answer(), 2) != verdict::whole;
    }
    return f;
}

/// Another thread cancels at every step that a client's statements take, who asks for several at once.
figures ask_under_fire(std::uint16_t port, common& shared, int shots) {
    figures f;
    caller self(port);
    auto const handle = shared.one(self.enter());
    std::atomic<bool> over = false;
    auto const shooting = std::async(std::launch::async, [&] {
        for (int n = 1; n <= shots; ++n) {
            shared.wait_for_progress(shared.progress + n % 3);
            if (n % 50 == 0) caller(port).send(self.cancel_request_bytes());
            else handle.cancel();
        }
        over = true;
    });
    for (int i = 0; !over; ++i) {
        int const at_once = 1 + i % 4;
        std::string all;
        for (int k = 0; k != at_once; ++k) all += ask(1 + (i + k) % 20, k % 2 != 0);
        self.send(all);
        for (int k = 0; k != at_once; ++k) f.count(judge(self.read_answer(), 1 + (i + k) % 20));
    }
    shooting.wait();
    return f;
}

// Of each of the four kinds of hooks; together a hundred thousand.
constexpr int requests = is_sanitized ? 100 : 1'000;
constexpr int calls = is_sanitized ? 500 : 5'000;
constexpr int shots = is_sanitized ? 2'000 : 19'000;

template<class Handler>
void check_races() {
    server_on_two_threads<Handler> one;
    auto const by_request = cancel_and_ask_on(one.port(), one.shared(), requests, false);
    auto const by_handle = cancel_and_ask_on(one.port(), one.shared(), calls, true);
    auto const under_fire = ask_under_fire(one.port(), one.shared(), shots);
    INFO("by request " << by_request.hit << " hit and " << by_request.missed << " missed, by handle " << by_handle.hit
                       << " and " << by_handle.missed << ", under fire " << under_fire.hit << " and "
                       << under_fire.missed);
    CHECK(by_request.wrong == 0);
    CHECK(by_handle.wrong == 0);
    CHECK(under_fire.wrong == 0);
    CHECK(by_request.missed + by_handle.missed + under_fire.missed != 0);
    CHECK(by_request.hit + by_handle.hit + under_fire.hit != 0);
    CHECK(one.shared().open_transactions == 0);
}

}  // namespace

TEST_CASE("of many cancels of short statements none hits the next one: plain hooks") { check_races<plain>(); }

TEST_CASE("of many cancels of short statements none hits the next one: hooks and transactions that await") {
    check_races<awaiting>();
}

TEST_CASE("of many cancels of short statements none hits the next one: cursors that await between rows") {
    check_races<between_rows>();
}

TEST_CASE("of many cancels of short statements none hits the next one: work on a pool") { check_races<pooled>(); }

}  // namespace pgwire::test::cancel_races_tests
