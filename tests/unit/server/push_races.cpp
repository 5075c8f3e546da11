// A great many notifications from several threads, to sessions that stay and to sessions that come and go, over sockets:
// what a session was promised it hears, in order, and once.
#include "pgwire/server/notify_layer.hpp"
#include "pgwire/server/server.hpp"
#include "pgwire/server/sql_layer.hpp"

#include "tests/support/caller.hpp"
#include "tests/support/catch.hpp"

#include PGWIRE_ASIO_HEADER(strand.hpp)

#include <atomic>
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
#include <vector>

namespace pgwire::test::push_races_tests {

namespace {

constexpr int network_threads = 2;
constexpr int strand_count = 5;  // fewer than sessions: neighbours on a strand are tested as well
constexpr int stayers = 3;
constexpr int senders = 4;

/// The sessions that are there, by process ID.
class guest_list {
public:
    void enter(std::int32_t id, session_handle who) {
        std::lock_guard const lock(mutex_);
        present_.insert_or_assign(id, std::move(who));
    }
    void leave(std::int32_t id) {
        std::lock_guard const lock(mutex_);
        present_.erase(id);
    }
    session_handle one(std::int32_t id) {
        std::lock_guard const lock(mutex_);
        return present_.at(id);
    }
    std::vector<session_handle> all() {
        std::lock_guard const lock(mutex_);
        std::vector<session_handle> handles;
        for (auto const& [id, who] : present_) handles.push_back(who);
        return handles;
    }

private:
    std::mutex mutex_;
    std::map<std::int32_t, session_handle> present_;
};

struct guest {
    std::shared_ptr<guest_list> guests;
    std::int32_t id = 0;

    explicit guest(std::shared_ptr<guest_list> g) : guests(std::move(g)) {}
    void on_start(session_context& session) {
        id = session.process_id();
        guests->enter(id, session.handle());
    }
    void on_stop() noexcept { guests->leave(id); }
    command execute(request const&) { return "OK"; }
};

class inn {
public:
    inn() {
        auto const all = strands(io_, strand_count);
        home_ = all.front();
        server_.emplace(all, server_options{.port = 0}, make{hub_, guests_});
        server_->start();
        port_ = server_->port();
        for (int i = 0; i != network_threads; ++i) threads_.emplace_back([this] { io_.run(); });
    }
    ~inn() {
        asio::post(home_, [this] { server_->stop(); });
        work_.reset();
        for (auto& t : threads_) t.join();
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] guest_list& guests() noexcept { return *guests_; }
    [[nodiscard]] notification_hub& hub() noexcept { return *hub_; }

private:
    struct make {
        std::shared_ptr<notification_hub> hub;
        std::shared_ptr<guest_list> guests;
        sql_layer<notify_layer<guest>> operator()() const { return sql_layer<notify_layer<guest>>(hub, guests); }
    };

    std::shared_ptr<notification_hub> hub_ = std::make_shared<notification_hub>(1'000'000'000);
    std::shared_ptr<guest_list> guests_ = std::make_shared<guest_list>();
    asio::io_context io_{network_threads};
    asio::any_io_executor home_;
    std::optional<server<make>> server_;
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

/// What one session hears: on the channels `a`, `b`, … numbers, which grow; a channel `end` ends it.
class news {
public:
    /// @return false when it is over, or is not as it should be
    bool take(std::string_view message) {
        if (message.empty()) return false;
        if (message.front() != 'A') return true;
        auto const n = decode<notification_response>(message.substr(5));
        if (!n || n->channel == "end") return false;
        if (n->channel.starts_with("to all")) return true;  // some of these find no room
        long const number = std::stol(std::string(n->payload.substr(0, n->payload.find(' '))));
        auto const [last, is_first] = last_.try_emplace(std::string(n->channel), number - 1);
        if (is_first && number != 1) from_the_first_ = false;
        if (number <= last->second) in_order_ = false;
        if (number != last->second + 1) without_gaps_ = false;
        last->second = number;
        ++count_;
        // Order across the senders, for a comparison.
        trace_ = trace_ * 31 + static_cast<unsigned char>(n->channel.front());
        return in_order_;
    }
    void take_all(std::string_view answer) {
        while (!answer.empty()) {
            auto const size = 1 + std::size_t{load<std::uint32_t>(answer.data() + 1)};
            take(answer.substr(0, size));
            answer.remove_prefix(size);
        }
    }
    [[nodiscard]] bool in_order() const noexcept { return in_order_; }
    [[nodiscard]] bool from_the_first() const noexcept { return from_the_first_; }
    [[nodiscard]] bool without_gaps() const noexcept { return without_gaps_; }
    [[nodiscard]] long count() const noexcept { return count_; }
    [[nodiscard]] std::uint64_t trace() const noexcept { return trace_; }

private:
    std::map<std::string, long> last_;
    bool in_order_ = true;
    bool from_the_first_ = true;
    bool without_gaps_ = true;
    long count_ = 0;
    std::uint64_t trace_ = 0;
};

std::string name_of(int sender) { return std::string(1, static_cast<char>('a' + sender)); }

/// Clients that stay, and each listens on a thread of its own.
class audience {
public:
    audience(inn& where, std::string_view first) {
        for (int i = 0; i != stayers; ++i) {
            clients_.push_back(std::make_unique<caller>(where.port()));
            handles_.push_back(where.guests().one(clients_.back()->enter()));
            if (!first.empty()) clients_.back()->ask(first);
        }
        for (auto& c : clients_)
            hearing_.push_back(std::async(std::launch::async, [one = c.get()] {
                news heard;
                while (heard.take(one->read())) {}
                return heard;
            }));
    }
    [[nodiscard]] std::vector<session_handle> const& handles() const noexcept { return handles_; }
    std::vector<news> heard() {
        std::vector<news> all;
        for (auto& h : hearing_) all.push_back(h.get());
        return all;
    }

private:
    std::vector<std::unique_ptr<caller>> clients_;
    std::vector<session_handle> handles_;
    std::vector<std::future<news>> hearing_;
};

}  // namespace

TEST_CASE("hundreds of thousands of notifications by handle arrive, while other sessions come and go") {
    constexpr long each = 30'000;  // of each sender to each who stays
    inn one;
    audience staying(one, {});
    std::atomic<bool> over = false;

    auto visits = std::async(std::launch::async, [&] {
        return sum_of(2, [&](int) {
            long wrong = 0;
            for (int i = 0; !over; ++i) {
                caller self(one.port());
                self.enter();
                news heard;
                for (int n = 0; n != 8; ++n) heard.take_all(self.ask("x"));
                wrong += !heard.in_order();
                if (i % 2 == 0) self.send(terminate());  // the others leave without a word
            }
            return wrong;
        });
    });
    sum_of(senders, [&](int sender) {
        auto const channel = name_of(sender);
        for (long n = 1; n <= each; ++n) {
            auto const payload = std::to_string(n);
            for (auto const& h : staying.handles())
                while (!h.notify(channel, payload)) std::this_thread::yield();  // a megabyte waits
            if (n % 32 == 0)
                for (auto const& h : one.guests().all()) h.notify("to all, " + channel, payload);
        }
        return 0L;
    });
    over = true;
    CHECK(visits.get() == 0);
    for (auto const& h : staying.handles())
        while (!h.notify("end", "")) std::this_thread::yield();
    for (auto const& n : staying.heard()) {
        CHECK(n.in_order());
        CHECK(n.from_the_first());
        CHECK(n.without_gaps());
        CHECK(n.count() == senders * each);
    }
}

TEST_CASE("hundreds of thousands of notifications by the hub arrive in one order, while others listen, speak and leave") {
    constexpr long each = 20'000;
    inn one;
    audience staying(one, "LISTEN a; LISTEN b; LISTEN c; LISTEN d; LISTEN \"end\"");
    std::atomic<bool> over = false;

    auto visits = std::async(std::launch::async, [&] {
        return sum_of(2, [&](int) {
            long wrong = 0;
            for (int i = 0; !over; ++i) {
                caller self(one.port());
                self.enter();
                self.ask("LISTEN a");
                news heard;
                for (int n = 0; n != 4; ++n) heard.take_all(self.ask("BEGIN; NOTIFY nobody, 'x'; COMMIT"));
                heard.take_all(self.ask("UNLISTEN *"));
                wrong += !heard.in_order() || !heard.without_gaps();
                if (i % 2 == 0) self.send(terminate());
            }
            return wrong;
        });
    });
    sum_of(senders, [&](int sender) {
        auto const channel = name_of(sender);
        for (long n = 1; n <= each; ++n) one.hub().notify(channel, std::to_string(n));
        return 0L;
    });
    over = true;
    CHECK(visits.get() == 0);
    one.hub().notify("end");
    auto const heard = staying.heard();
    for (auto const& n : heard) {
        CHECK(n.in_order());
        CHECK(n.from_the_first());
        CHECK(n.without_gaps());
        CHECK(n.count() == senders * each);
        CHECK(n.trace() == heard.front().trace());
    }
}

}  // namespace pgwire::test::push_races_tests
