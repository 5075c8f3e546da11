// Two sessions on one thread: the one whose client takes all it is sent does not keep the other one waiting.
//
// What is sent meanwhile is counted, not timed. The one that waits has a real socket, which is to be looked at.
#include "pgwire/server/offload.hpp"
#include "pgwire/server/pushed.hpp"

#include "tests/support/backend.hpp"
#include "tests/support/session_runner.hpp"

#include PGWIRE_ASIO_HEADER(local/connect_pair.hpp)
#include PGWIRE_ASIO_HEADER(thread_pool.hpp)
#include PGWIRE_ASIO_HEADER(write.hpp)

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pgwire::test::fairness_tests {

namespace {

struct number {
    int n;
};

/// Never ends.
struct stream_of_numbers : cursor<number> {
    int n = 0;
    bool next(writer& out) {
        while (out({++n})) {}
        return true;
    }
};
/// The same, and its coroutine never suspends.
struct awaiting_stream : cursor<number> {
    stream_of_numbers inner;
    task<bool> next(writer& out) { co_return inner.next(out); }
};

/// `once` is answered with a tag, everything else with a stream of this kind.
template<class Stream>
struct streaming {
    static constexpr bool simple_protocol_only = true;
    using outcome = std::variant<Stream, command>;

    std::shared_ptr<asio::thread_pool> pool;

    outcome execute(request const& r) {
        if (r.text == "once") return command("ONCE");
        if constexpr (std::same_as<Stream, offloaded<stream_of_numbers>>) {
            return Stream(pool->get_executor(), stream_of_numbers());
        } else if constexpr (std::same_as<Stream, pushed<number>>) {
            return Stream(pool->get_executor(), [](auto& rows) {
                for (int n = 0; rows({n}); ++n) {}
            });
        } else {
            return Stream();
        }
    }
};

/// A session on a context that others run on, too.
template<class Handler, class Stream>
class running_session {
public:
    running_session(asio::io_context& io, Stream stream, Handler handler, registry& sessions, deadlines& clock) {
        session_.emplace(std::move(stream), std::move(handler), sessions, clock, options_, &interrupts_);
        asio::co_spawn(io, session_->run(), asio::bind_cancellation_slot(interrupts_.slot(), [this](std::exception_ptr const&) {
                           session_.reset();
                       }));
    }
    [[nodiscard]] bool has_ended() const noexcept { return !session_; }
    void close() noexcept {
        if (session_) session_->close();
    }

private:
    server_options options_;
    asio::cancellation_signal interrupts_;
    std::optional<session<Handler, Stream>> session_;
};

using socket = asio::local::stream_protocol::socket;

/// The other end of a socket, on the same context: what arrives is read at once.
class client {
public:
    explicit client(asio::io_context& io) : socket_(io) {}

    /// Connects, and begins to read.
    [[nodiscard]] socket_stream connect(asio::io_context& io) {
        socket other(io);
        asio::local::connect_pair(socket_, other);
        read();
        return socket_stream(std::move(other));
    }
    void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes)); }
    [[nodiscard]] std::string const& heard() const noexcept { return heard_; }

private:
    void read() {
        socket_.async_read_some(asio::buffer(room_), [this](error_code ec, std::size_t n) {
            if (ec) return;
            heard_.append(room_.data(), n);
            read();
        });
    }

    socket socket_;
    std::array<char, 4096> room_;
    std::string heard_;
};

}  // namespace

TEMPLATE_TEST_CASE("a session that streams without end does not starve its neighbour on the same thread", "",
                   stream_of_numbers, awaiting_stream, offloaded<stream_of_numbers>, pushed<number>) {
    using handler = streaming<TestType>;
    handler const shared{std::make_shared<asio::thread_pool>(1)};
    asio::io_context io(1);
    registry sessions;
    deadlines clock(io.get_executor());

    auto const reader = std::make_shared<memory_peer>();  // never keeps the session waiting
    reader->stays = true;
    running_session<handler, memory_stream> greedy(io, memory_stream(io.get_executor(), reader), shared, sessions, clock);
    client asking(io);
    running_session<handler, socket_stream> modest(io, asking.connect(io), shared, sessions, clock);

    auto const until = [&](auto done) {
        auto const give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!done() && std::chrono::steady_clock::now() < give_up) io.run_one_for(std::chrono::seconds(1));
        return done();
    };
    asking.send(startup());
    reader->send(startup() + query("stream"));
    reader->fail_at = 1'000;  // had nobody else a turn, this would be the end
    REQUIRE(until([&] { return asking.heard().ends_with("\5I") && reader->output.size() > 1'000'000; }));

    // Three turns, until the question is seen, until it is answered, and until the client here has read that; and a fourth,
    // of which something may have been sent before.
    constexpr std::size_t most_meanwhile = 4 * detail::turn::pieces * 64'512;
    std::size_t worst = 0;
    for (int i = 0; i != 50; ++i) {
        auto const before = reader->output.size();
        auto const heard = asking.heard().size();
        asking.send(query("once"));
        REQUIRE(until([&] { return shape(std::string_view(asking.heard()).substr(heard)) == "C(ONCE) Z(I)"; }));
        worst = std::max(worst, reader->output.size() - before);
    }
    CHECK(worst < most_meanwhile);
    CHECK(!greedy.has_ended());
    greedy.close();
    modest.close();
    CHECK(until([&] { return greedy.has_ended() && modest.has_ended(); }));
    clock.stop();
}

}  // namespace pgwire::test::fairness_tests
