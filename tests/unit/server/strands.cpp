// A server on one io_context that several threads run: its executors are strands, so each session still runs alone.
//
// Handlers count without atomics and cursors keep timers: what the strands do not keep apart, the thread sanitizer sees.
#include "pgwire/server.hpp"

#include "tests/support/caller.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::test::strands_tests {

namespace {

constexpr int network_threads = 4;
constexpr std::size_t strand_count = 16;  // fewer than sessions: neighbours on a strand are tested as well

/// Who is connected, for other threads: by process ID.
class attendance {
public:
    void enter(std::int32_t id, session_handle who) {
        std::lock_guard const lock(mutex_);
        present_.insert_or_assign(id, std::move(who));
    }
    void leave(std::int32_t id) {
        std::lock_guard const lock(mutex_);
        present_.erase(id);
    }
    std::vector<session_handle> all() {
        std::lock_guard const lock(mutex_);
        std::vector<session_handle> handles;
        for (auto const& [id, who] : present_) handles.push_back(who);
        return handles;
    }
    session_handle one(std::int32_t id) {
        std::lock_guard const lock(mutex_);
        return present_.at(id);
    }

private:
    std::mutex mutex_;
    std::map<std::int32_t, session_handle> present_;
};

struct tick {
    int n;
};

/// Answers with how many statements it has had; `ticks` is a statement without an end.
struct counter {
    struct ticks : cursor<tick> {
        asio::steady_timer timer;
        int n = 0;
        explicit ticks(session_context const& s) : timer(s.executor()) {}
        task<bool> next(writer& out) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(asio::use_awaitable);
            out(tick{++n});
            co_return true;
        }
    };
    static constexpr bool simple_protocol_only = true;
    using outcome = std::variant<ticks, command>;

    std::shared_ptr<attendance> present;
    int statements = 0;
    std::int32_t id = 0;

    explicit counter(std::shared_ptr<attendance> p) : present(std::move(p)) {}

    void on_start(session_context& session) {
        id = session.process_id();
        present->enter(id, session.handle());
    }
    void on_stop() noexcept { present->leave(id); }

    task<outcome> execute(request const& r) {
        co_await asio::post(r.session().executor(), asio::use_awaitable);
        ++statements;
        if (r.text == "ticks") {
            outcome endless(std::in_place_type<ticks>, r.session());
            co_return endless;
        }
        std::string const tag = std::to_string(statements);
        outcome answered(std::in_place_type<command>, std::string_view(tag));
        co_return answered;
    }
};

class server_on_strands {
public:
    server_on_strands() {
        auto const all = strands(io_, strand_count);
        home_ = all.front();
        server_.emplace(all, server_options{.port = 0}, make_counter{present_});
        server_->start();
        port_ = server_->port();
        for (int i = 0; i != network_threads; ++i) threads_.emplace_back([this] { io_.run(); });
    }
    ~server_on_strands() { stop(); }

    /// Waits until the last session has ended.
    void drain() {
        auto const drained = std::make_shared<std::promise<void>>();
        asio::post(home_, [this, drained] { server_->drain([drained] { drained->set_value(); }); });
        drained->get_future().get();
    }
    void stop() {
        if (threads_.empty()) return;
        asio::post(home_, [this] { server_->stop(); });
        work_.reset();
        for (auto& t : threads_) t.join();
        threads_.clear();
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] attendance& present() noexcept { return *present_; }

private:
    struct make_counter {
        std::shared_ptr<attendance> present;
        counter operator()() const { return counter(present); }
    };

    std::shared_ptr<attendance> present_ = std::make_shared<attendance>();
    asio::io_context io_{network_threads};
    asio::any_io_executor home_;
    std::optional<server<make_counter>> server_;
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

/// Keeps an eye on what one session is sent: each sender's notifications in their order, none twice.
class ordered_news {
public:
    /// Takes a message of any kind.
    /// @return false at the end: of the connection, or a notification that says so
    bool take(std::string_view message) {
        if (message.empty()) return false;
        if (message.front() != 'A') return true;
        auto const news = decode<notification_response>(message.substr(5));
        if (!news || news->channel == "end") return false;
        long const now = std::stol(std::string(news->payload));
        in_order_ += now > std::exchange(last_[std::string(news->channel)], now);
        return true;
    }
    [[nodiscard]] long in_order() const noexcept { return in_order_; }

private:
    std::map<std::string, long> last_;
    long in_order_ = 0;
};

}  // namespace

TEST_CASE("a context that several threads run serves hundreds of clients through strands") {
    server_on_strands one;
    long const right = sum_of(6, [&](int) {
        std::vector<std::unique_ptr<caller>> callers;
        for (int i = 0; i != 50; ++i) {
            callers.push_back(std::make_unique<caller>(one.port()));
            callers.back()->enter();
        }
        long fine = 0;
        for (int round = 1; round <= 10; ++round) {
            for (auto const& c : callers) c->send(query("x"));  // all of them are at work at once
            for (auto const& c : callers) fine += shape(c->read_answer()) == "C(" + std::to_string(round) + ") Z(I)";
        }
        return fine;
    });
    CHECK(right == 6 * 50 * 10);
}

TEST_CASE("a cancel reaches a session on another strand, and hits only the statement at work") {
    server_on_strands one;
    long const right = sum_of(4, [&](int) {
        long fine = 0;
        for (int i = 0; i != 10; ++i) {
            caller self(one.port());
            self.enter();
            for (int round = 0; round != 6; ++round) {
                self.send(query("ticks"));
                std::string message;
                do message = self.read();
                while (!message.empty() && message.front() != 'D');
                if (round % 2 == 0) caller(one.port()).send(self.cancel_request_bytes());
                else one.present().one(self.process_id()).cancel();
                fine += shape(self.read_answer()).ends_with("E(57014) Z(I)");
                fine += shape(self.ask("x")) == "C(" + std::to_string(2 * round + 2) + ") Z(I)";
            }
        }
        return fine;
    });
    CHECK(right == 4 * 10 * 6 * 2);
}

TEST_CASE("notifications and cancels come from any thread to sessions that idle, work, open and close") {
    server_on_strands one;
    std::atomic<bool> over = false;

    // Some stay and only listen: whatever the server took for them must arrive.
    constexpr int listeners = 3;
    std::vector<std::unique_ptr<caller>> staying;
    std::vector<session_handle> handles;
    for (int i = 0; i != listeners; ++i) {
        staying.push_back(std::make_unique<caller>(one.port()));
        handles.push_back(one.present().one(staying.back()->enter()));
    }
    auto const listen = [&](int i) {
        ordered_news news;
        while (news.take(staying[static_cast<std::size_t>(i)]->read())) {}
        return news.in_order();
    };
    auto const disturb = [&](int sender) {
        auto const channel = "from" + std::to_string(sender);
        diagnostic chatter;
        chatter.message = channel;
        long accepted = 0;
        for (long n = 1; !over; ++n) {
            for (auto const& h : handles) accepted += h.notify(channel, std::to_string(n));
            for (auto const& h : one.present().all()) {
                if (n % 4 == 0) h.cancel();
                else h.notice(chatter);
            }
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        return accepted;
    };
    auto heard = std::async(std::launch::async, [&] { return sum_of(listeners, listen); });
    auto accepted = std::async(std::launch::async, [&] { return sum_of(3, disturb); });

    long const right = sum_of(4, [&](int) {
        long fine = 0;
        for (int i = 0; i != 40; ++i) {
            caller self(one.port());
            self.enter();
            for (int n = 0; n != 15; ++n) {
                long answers = 0;
                auto const all = self.ask("x");
                for (auto const& a : frames(all)) answers += a.tag == 'C' || a.tag == 'E';
                fine += answers == 1 && all.ends_with("\5I");
            }
            if (i % 2 == 0) self.send(terminate());  // the others leave without a word
        }
        return fine;
    });
    over = true;
    long const sent = accepted.get();
    for (auto const& h : handles) CHECK(h.notify("end", ""));
    CHECK(right == 4 * 40 * 15);
    CHECK(sent > 0);
    CHECK(heard.get() == sent);
}

TEST_CASE("drain ends idle sessions on all strands, each with a last word, and says when the last has gone") {
    server_on_strands one;
    std::vector<std::unique_ptr<caller>> callers;
    for (int i = 0; i != 200; ++i) {
        callers.push_back(std::make_unique<caller>(one.port()));
        callers.back()->enter();
    }
    one.drain();
    CHECK(one.present().all().empty());
    int told = 0;
    for (auto const& c : callers) told += shape(c->read_answer()) == "E(FATAL 57P01)";
    CHECK(told == 200);
}

TEST_CASE("stop ends hundreds of sessions on all strands, at work or not") {
    for (int round = 0; round != 3; ++round) {
        server_on_strands one;
        std::vector<std::unique_ptr<caller>> callers;
        for (int i = 0; i != 200; ++i) {
            callers.push_back(std::make_unique<caller>(one.port()));
            callers.back()->enter();
            if (i % 2 == 0) callers.back()->send(query("ticks"));
        }
        one.stop();
        int ended = 0;
        for (auto const& c : callers) {
            while (!c->read().empty()) {}
            ++ended;
        }
        CHECK(ended == 200);
        CHECK(one.present().all().empty());
    }
}

}  // namespace pgwire::test::strands_tests
