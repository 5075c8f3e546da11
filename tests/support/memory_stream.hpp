// A connection without a socket: a test says what the client sends and how the network behaves, and sees what arrives.
#pragma once

#include "pgwire/net/stream.hpp"

#include PGWIRE_ASIO_HEADER(async_result.hpp)

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgwire::test {

inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

/// The client's end of a memory_stream, and the network between.
struct memory_peer {
    // ---- what the client and the network do
    std::deque<std::string> input;        ///< one read gives one of these at most
    bool stays = false;                   ///< when all is sent, the client waits; else it closes the connection
    std::size_t write_limit = unlimited;  ///< the bytes that one write takes
    bool hesitates = false;               ///< every other write would block
    bool gone = false;                    ///< it has closed both directions
    bool stalled = false;                 ///< all writes would block, as with a client that does not read
    std::size_t fail_at = unlimited;      ///< the number of the operation that fails, the first is 0
    error_code fail_with = asio::error::connection_reset;
    peer_info info{.address = {}, .is_local = true, .is_secure = false, .is_unix = true, .user_id = {}};

    // ---- what happened
    std::string output;
    std::vector<std::size_t> writes;  ///< the sizes of all successful writes
    std::size_t operations = 0;       ///< reads, writes and waits for them
    std::size_t rests = 0;            ///< how often the server has given its buffers back
    bool closed = false;              ///< by the server

    void send(std::string bytes) {
        input.push_back(std::move(bytes));
        wake();
    }
    void hang_up() {
        stays = false;
        wake();
    }
    /// The client reads again.
    void resume() {
        stalled = false;
        wake();
    }

private:
    friend class memory_stream;

    bool fails() { return operations++ == fail_at; }
    void wake() {
        if (reading != nullptr) reading->cancel();
        if (writing != nullptr) writing->cancel();
    }

    asio::steady_timer* reading = nullptr;  // never expire; somebody may wait for their cancellation
    asio::steady_timer* writing = nullptr;
    bool hesitated = false;
};

/// The server's end. All operations complete through the executor, as those of a socket do.
class memory_stream {
public:
    memory_stream(asio::any_io_executor executor, std::shared_ptr<memory_peer> peer)
        : timers_(std::make_unique<timers>(executor)), peer_(std::move(peer)) {
        peer_->reading = &timers_->reading;
        peer_->writing = &timers_->writing;
    }
    memory_stream(memory_stream&&) = default;
    memory_stream& operator=(memory_stream&&) = default;
    ~memory_stream() {
        if (timers_ != nullptr) peer_->reading = peer_->writing = nullptr;
    }

    [[nodiscard]] asio::any_io_executor get_executor() { return timers_->reading.get_executor(); }

    template<class Token>
    auto async_read_some(asio::mutable_buffer room, Token&& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [](auto handler, memory_stream* self, asio::mutable_buffer r) { self->read(std::move(handler), r); }, token,
            this, room);
    }

    std::size_t write_some(asio::const_buffer bytes, error_code& ec) {
        memory_peer& p = *peer_;
        ec = {};
        if (p.closed) ec = asio::error::bad_descriptor;
        else if (p.fails()) ec = p.fail_with == asio::error::eof ? error_code(asio::error::broken_pipe) : p.fail_with;
        else if (p.stalled || (p.hesitates && (p.hesitated = !p.hesitated))) ec = asio::error::would_block;
        if (ec) return 0;
        auto const n = std::min(bytes.size(), p.write_limit);
        p.output.append(static_cast<char const*>(bytes.data()), n);
        p.writes.push_back(n);
        return n;
    }

    template<class Token>
    auto async_wait_writable(Token&& token) {
        return asio::async_initiate<Token, void(error_code)>(
            [](auto handler, memory_stream* self) { self->wait(std::move(handler)); }, token, this);
    }

    template<class Token>
    auto async_wait_readable(Token&& token) {
        return asio::async_initiate<Token, void(error_code)>(
            [](auto handler, memory_stream* self) { self->rest(std::move(handler)); }, token, this);
    }
    /// What reads; nobody writes who is cancelled.
    void cancel() noexcept {
        is_cancelled_ = is_reading_;
        peer_->wake();
    }
    void release_memory() noexcept { ++peer_->rests; }

    [[nodiscard]] bool has_hung_up() const { return peer_->gone; }

    void close() {
        peer_->closed = true;
        peer_->wake();
    }

    [[nodiscard]] peer_info const& peer() const { return peer_->info; }

private:
    using time_point = asio::steady_timer::time_point;
    struct timers {
        explicit timers(asio::any_io_executor const& e) : reading(e, time_point::max()), writing(e, time_point::max()) {}
        asio::steady_timer reading;
        asio::steady_timer writing;
    };
    template<class Handler>
    void read(Handler handler, asio::mutable_buffer room) {
        is_reading_ = true;
        when(timers_->reading, [this](memory_peer const& p) { return is_cancelled_ || is_readable(p); },
             [this, room, h = std::move(handler)]() mutable {
                 error_code ec;
                 is_reading_ = false;
                 bool const is_cancelled = std::exchange(is_cancelled_, false);
                 if (is_cancelled) ec = asio::error::operation_aborted;
                 std::size_t const n = is_cancelled ? 0 : receive(room, ec);
                 std::move(h)(ec, n);
             });
    }
    template<class Handler>
    void rest(Handler handler) {
        when(timers_->reading, &memory_stream::is_readable, [this, h = std::move(handler)]() mutable {
            error_code ec;
            if (peer_->closed) ec = asio::error::operation_aborted;
            std::move(h)(ec);
        });
    }
    static bool is_readable(memory_peer const& p) { return p.closed || !p.input.empty() || !p.stays; }
    std::size_t receive(asio::mutable_buffer room, error_code& ec) {
        memory_peer& p = *peer_;
        if (p.closed) ec = asio::error::operation_aborted;
        else if (p.fails()) ec = p.fail_with;
        else if (p.input.empty()) ec = asio::error::eof;
        if (ec) return 0;
        std::memset(room.data(), 0xDB, room.size());  // nobody may still look there
        auto& next = p.input.front();
        auto const n = std::min(room.size(), next.size());
        std::memcpy(room.data(), next.data(), n);
        next.erase(0, n);
        if (next.empty()) p.input.pop_front();
        return n;
    }

    template<class Handler>
    void wait(Handler handler) {
        when(timers_->writing, [](memory_peer const& p) { return p.closed || !p.stalled; },
             [this, h = std::move(handler)]() mutable {
                 error_code ec;
                 if (peer_->closed) ec = asio::error::operation_aborted;
                 else if (peer_->fails()) ec = peer_->fail_with;
                 std::move(h)(ec);
             });
    }

    /// Calls `act` through the executor, once the peer is `ready`. There may be several who wait.
    template<class Ready, class Act>
    void when(asio::steady_timer& woken, Ready ready, Act act) {
        if (ready(*peer_)) return asio::post(woken.get_executor(), std::move(act));
        woken.async_wait([this, &woken, ready, a = std::move(act)](error_code) mutable {
            if (ready(*peer_)) a();
            else when(woken, ready, std::move(a));
        });
    }

    std::unique_ptr<timers> timers_;
    std::shared_ptr<memory_peer> peer_;
    bool is_reading_ = false;
    bool is_cancelled_ = false;
};

static_assert(resting_stream<memory_stream>);

}  // namespace pgwire::test
