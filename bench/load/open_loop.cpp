// Queries at times that are fixed beforehand, and how long after that time each was answered.
//
// A client that waits for an answer before it asks again (pgbench does) asks less often when the server is slow, and so
// does not see how long others would have waited ("coordinated omission"). Here query k is due k / rate after the
// start; connection k % clients sends it then, or as soon as it has the answer to its last one, and the latency counts
// from when it was due. With --rate 0 each connection asks again at once: that finds the most that the server can do.
// The program never sleeps while it measures at a rate: it wants a CPU of its own.
#include "bench/support/arguments.hpp"
#include "bench/support/arrivals.hpp"
#include "bench/support/clock.hpp"
#include "bench/support/messages.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using std::int64_t;

struct settings {
    double rate;
    double seconds;
    bool is_prepared;
};

/// One connection that asks.
struct asker {
    int socket = -1;
    int64_t asked = 0;  ///< how many of its queries have been sent
    bool is_waiting = false;
    std::array<char, 4096> room;
    std::size_t filled = 0;
};

class schedule {
public:
    schedule(std::vector<int> const& sockets, settings const& how)
        : how_(how), askers_(sockets.size()), epoll_(epoll_create1(0)) {
        if (epoll_ < 0) bench::give_up("epoll_create1");
        for (std::size_t i = 0; i != sockets.size(); ++i) {
            askers_[i].socket = sockets[i];
            epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
            if (epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets[i], &event) != 0) bench::give_up("epoll_ctl");
        }
        latencies_.reserve(static_cast<std::size_t>(how.seconds * (how.rate > 0 ? how.rate : 300'000)) + 1);
    }
    schedule(schedule const&) = delete;
    schedule& operator=(schedule const&) = delete;
    ~schedule() { ::close(epoll_); }

    /// Every connection has the statement.
    void prepare() {
        bytes_ = bench::prepare("one", "SELECT 1");
        for (auto& a : askers_) send(a);
        while (waiting_ != 0) poll(1000, [](asker& a) { a.asked = 0; });
        bytes_ = bench::execute_prepared("one");
    }
    void use_simple_queries() { bytes_ = bench::simple_query("SELECT 1"); }

    /// At the rate that is set.
    void run_open() {
        auto const clients = static_cast<int64_t>(askers_.size());
        double const interval = 1e9 / how_.rate;
        auto const total = static_cast<int64_t>(how_.seconds * how_.rate);
        auto const began = bench::now() + 1'000'000;
        auto const due = [&](int64_t k) { return began + static_cast<int64_t>(static_cast<double>(k) * interval); };
        auto const index = [&](asker const& a) { return &a - askers_.data() + (a.asked - 1) * clients; };
        auto const warm = began + static_cast<int64_t>(how_.seconds * 1e9 * warm_up);
        unanswered_ = total;
        int64_t next = 0;  // the first query that is not due yet
        auto const on_answer = [&](asker& a) {
            auto const time = bench::now();
            auto const was_due = due(index(a));
            last_ = time;
            --unanswered_;
            if (was_due >= warm) latencies_.push_back(time - was_due);
            if (index(a) + clients < next) send(a);  // the one that has had to wait for this
        };
        auto const give_up_at = due(total) + grace;
        while (next < total || waiting_ != 0) {
            auto const time = bench::now();
            for (; next < total && due(next) <= time; ++next) {
                auto& a = askers_[static_cast<std::size_t>(next % clients)];
                if (a.is_waiting) {
                    ++behind_;
                    continue;
                }
                if (time - due(next) > lateness) ++late_;
                send(a);
            }
            poll(0, on_answer);
            if (time > give_up_at) break;
        }
        first_ = warm;
    }

    /// As fast as answers come.
    void run_closed() {
        auto const began = bench::now();
        auto const length = static_cast<int64_t>(how_.seconds * 1e9);
        auto const warm = first_ = began + static_cast<int64_t>(how_.seconds * 1e9 * warm_up);
        std::vector<int64_t> sent(askers_.size(), began);
        for (auto& a : askers_) send(a);
        while (bench::now() < began + length) {
            poll(1000, [&](asker& a) {
                auto& since = sent[static_cast<std::size_t>(&a - askers_.data())];
                last_ = bench::now();
                if (last_ >= warm) latencies_.push_back(last_ - since);
                since = last_;
                send(a);
            });
        }
    }

    /// What has come of it, a name and a number in each line: queries per second and how many they were, microseconds
    /// from due to answered (or, in a closed loop, from sent to answered), how many we have sent late though their
    /// connection was free, how many had to wait for the answer before, and how many have none.
    void print() {
        std::sort(latencies_.begin(), latencies_.end());
        auto const at = [this](double part) {
            if (latencies_.empty()) return 0.0;
            auto const last = latencies_.size() - 1;
            return static_cast<double>(latencies_[static_cast<std::size_t>(part * static_cast<double>(last))]) / 1e3;
        };
        double const seconds = static_cast<double>(last_ - first_) / 1e9;
        auto const line = [](char const* name, double value) { std::printf("%s\t%.1f\n", name, value); };
        line("rate", seconds > 0 ? static_cast<double>(latencies_.size()) / seconds : 0);
        line("queries", static_cast<double>(latencies_.size()));
        line("p50", at(0.5));
        line("p99", at(0.99));
        line("p999", at(0.999));
        line("max", at(1));
        line("late", static_cast<double>(late_));
        line("behind", static_cast<double>(behind_));
        line("unanswered", static_cast<double>(unanswered_));
    }

private:
    static constexpr double warm_up = 0.1;            // this part of the time does not count
    static constexpr int64_t lateness = 50'000;       // ns: more is our own fault
    static constexpr int64_t grace = 10'000'000'000;  // ns, for the last answers

    void send(asker& a) {
        auto const n = ::send(a.socket, bytes_.data(), bytes_.size(), MSG_NOSIGNAL);
        if (n != static_cast<ssize_t>(bytes_.size())) bench::give_up("send");
        a.is_waiting = true;
        ++a.asked;
        ++waiting_;
    }
    template<class OnAnswer>
    void poll(int milliseconds, OnAnswer on_answer) {
        std::array<epoll_event, 64> events{};
        int const n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
        for (int i = 0; i < n; ++i) {
            auto& a = askers_[events[static_cast<std::size_t>(i)].data.u64];
            auto const got = ::recv(a.socket, a.room.data() + a.filled, a.room.size() - a.filled, 0);
            if (got < 0 && errno == EAGAIN) continue;
            if (got <= 0) {
                std::fprintf(stderr, "the server has closed a connection\n");
                std::exit(1);
            }
            a.filled += static_cast<std::size_t>(got);
            if (take_ready(a)) on_answer(a);
        }
    }
    /// Whether the answer is complete.
    bool take_ready(asker& a) {
        std::string_view rest(a.room.data(), a.filled);
        bool is_ready = false;
        while (auto const one = bench::take_answer(rest)) {
            if (one->tag == 'Z') is_ready = true;
            if (one->tag != 'E') continue;
            std::fprintf(stderr, "the server says: %s\n", bench::error_text(one->body).c_str());
            std::exit(1);
        }
        std::memmove(a.room.data(), rest.data(), rest.size());
        a.filled = rest.size();
        if (!is_ready) return false;
        a.is_waiting = false;
        --waiting_;
        return true;
    }

    settings how_;
    std::vector<asker> askers_;
    int epoll_;
    std::string bytes_;
    std::vector<int64_t> latencies_;
    std::size_t waiting_ = 0;  // connections whose answer has not come
    std::uint64_t late_ = 0;   // sent late though the connection was free
    std::uint64_t behind_ = 0;  // had to wait until their connection was free
    int64_t unanswered_ = 0;
    int64_t first_ = 0, last_ = 0;
};

/// The sockets of so many who have logged in.
std::vector<int> log_in(bench::arrivals<bench::open_door>& arriving, unsigned count) {
    arriving.run(count);
    if (arriving.errors() == 0) return arriving.kept();
    std::fprintf(stderr, "%u clients can't log in: %s\n", arriving.errors(), arriving.first_error().c_str());
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    bench::arguments options(argc, argv,
                             "--port N [--rate R (0: as fast as it goes)] [--seconds S] [--clients C] "
                             "[--mode simple|prepared] [--idle I]");
    auto const port = options.port();
    settings how{};
    how.rate = options.number("--rate", 0, 0, 10e6);
    how.seconds = options.number("--seconds", 5, 0.01, 3600);
    unsigned const clients = options.count("--clients", 8, 1, 10'000);
    unsigned const idle = options.count("--idle", 0, 0, 28'000);
    how.is_prepared = options.word("--mode", "prepared", {"simple", "prepared"}) == "prepared";
    options.finish();
    bench::allow_files(clients + idle + 64);

    bench::open_door const door;
    bench::arrivals<bench::open_door> neighbours(port, 8, bench::fate::stays, door);
    static_cast<void>(log_in(neighbours, idle));
    bench::arrivals<bench::open_door> arriving(port, 8, bench::fate::stays, door);
    schedule load(log_in(arriving, clients), how);
    if (how.is_prepared) load.prepare();
    else load.use_simple_queries();
    if (how.rate > 0) load.run_open();
    else load.run_closed();
    load.print();
}
