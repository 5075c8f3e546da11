// Two sessions on one thread, over real sockets: one that has always more to send does not keep the other one waiting.
//
// Everything runs on one io_context, the clients too, and turns are counted, not timed.
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

namespace pgwire::test {

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

using socket = asio::local::stream_protocol::socket;

/// A session, and its client, on the same context.
template<class Handler>
class connected {
public:
    connected(asio::io_context& io, Handler handler, registry& sessions, deadlines& clock) : client_(io) {
        socket server(io);
        asio::local::connect_pair(client_, server);
        session_.emplace(socket_stream(std::move(server)), std::move(handler), sessions, clock, server_options{}, &interrupts_);
        asio::co_spawn(io, session_->run(), asio::bind_cancellation_slot(interrupts_.slot(), [this](std::exception_ptr const&) {
                           session_.reset();
                       }));
    }

    void send(std::string_view bytes) { asio::write(client_, asio::buffer(bytes)); }
    /// Reads for ever, as fast as it comes, and counts.
    void read_all() {
        client_.async_read_some(asio::buffer(room_), [this](error_code ec, std::size_t n) {
            if (ec) return;
            heard_ += n;
            last_ = room_[n - 1];
            read_all();
        });
    }
    [[nodiscard]] std::size_t heard() const noexcept { return heard_; }
    [[nodiscard]] char last() const noexcept { return last_; }
    [[nodiscard]] bool has_ended() const noexcept { return !session_; }
    void leave() { client_.close(); }

private:
    asio::cancellation_signal interrupts_;
    socket client_;
    std::optional<session<Handler>> session_;
    std::array<char, 65'536> room_;
    std::size_t heard_ = 0;
    char last_ = '\0';
};

}  // namespace

TEMPLATE_TEST_CASE("a session that streams without end does not starve its neighbour on the same thread", "",
                   stream_of_numbers, awaiting_stream, offloaded<stream_of_numbers>, pushed<number>) {
    using handler = streaming<TestType>;
    handler const shared{std::make_shared<asio::thread_pool>(1)};
    asio::io_context io(1);
    registry sessions;
    deadlines clock(io.get_executor());
    connected<handler> greedy(io, shared, sessions, clock);
    connected<handler> modest(io, shared, sessions, clock);
    for (auto* const one : {&greedy, &modest}) {
        one->read_all();
        one->send(startup());
    }
    auto const until = [&](auto done) {
        auto const give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!done() && std::chrono::steady_clock::now() < give_up) io.run_one_for(std::chrono::seconds(1));
        return done();
    };
    REQUIRE(until([&] { return greedy.last() == 'I' && modest.last() == 'I'; }));
    greedy.send(query("stream"));
    REQUIRE(until([&] { return greedy.heard() > 1'000'000; }));

    constexpr std::size_t most_meanwhile = 4 * 65'536;  // about two turns; one is 64 KiB
    std::size_t worst = 0;
    constexpr std::size_t answer_size = sizeof("C\0\0\0\11ONCE") + sizeof("Z\0\0\0\5I") - 1;
    for (int i = 0; i != 50; ++i) {
        auto const before = greedy.heard();
        auto const answered = modest.heard() + answer_size;
        modest.send(query("once"));
        REQUIRE(until([&] { return modest.heard() == answered; }));
        worst = std::max(worst, greedy.heard() - before);
    }
    CHECK(worst < most_meanwhile);
    greedy.leave();
    modest.leave();
    CHECK(until([&] { return greedy.has_ended() && modest.has_ended(); }));
    clock.stop();
}

}  // namespace pgwire::test
