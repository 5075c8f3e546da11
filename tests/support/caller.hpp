// Clients that block, for tests of whole servers with threads.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/protocol/messages.hpp"
#include "tests/support/backend.hpp"
#include "tests/support/frontend.hpp"

#include PGWIRE_ASIO_HEADER(write.hpp)

#include <cstddef>
#include <cstdint>
#include <future>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test {

/// Tests that run something a great many times do it less often where a sanitizer makes it slow.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif
#else
inline constexpr bool is_sanitized = false;
#endif

/// A client that blocks, and reads one message at a time: notifications come between any two.
class caller {
public:
    explicit caller(std::uint16_t port) : socket_(io_) {
        socket_.connect(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), port));
        socket_.set_option(asio::ip::tcp::no_delay(true));
    }
    void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes.data(), bytes.size())); }

    /// The next message whole; nothing at the end of the connection.
    std::string read() {
        if (!fill(5)) return {};
        auto const size = 1 + std::size_t{load<std::uint32_t>(in_.data() + begin_ + 1)};
        if (!fill(size)) return {};
        begin_ += size;
        return in_.substr(begin_ - size, size);
    }
    /// All up to a ReadyForQuery, or to the end.
    std::string read_answer() {
        std::string all;
        for (;;) {
            auto const message = read();
            all += message;
            if (message.empty() || message.front() == 'Z') return all;
        }
    }
    std::string ask(std::string_view text) {
        send(query(text));
        return read_answer();
    }
    /// Logs in.
    /// @return what the server says of the session to those who want to cancel
    std::int32_t enter() {
        send(startup());
        auto const greeting = read_answer();
        for (auto const& a : frames(greeting)) {
            if (a.tag != 'K') continue;
            auto const key = decode<backend_key_data>(a.body);
            process_id_ = key->process_id;
            cancel_request_ = frame(cancel_request{key->process_id, key->key});
        }
        return process_id_;
    }
    [[nodiscard]] std::int32_t process_id() const noexcept { return process_id_; }
    [[nodiscard]] std::string const& cancel_request_bytes() const noexcept { return cancel_request_; }
    [[nodiscard]] asio::ip::tcp::socket& socket() noexcept { return socket_; }

private:
    /// Reads until this many bytes are there. @return false at the end of the connection
    bool fill(std::size_t size) {
        while (in_.size() - begin_ < size) {
            in_.erase(0, begin_);
            begin_ = 0;
            char room[4096];
            error_code ec;
            auto const n = socket_.read_some(asio::buffer(room), ec);
            if (ec) return false;
            in_.append(room, n);
        }
        return true;
    }

    asio::io_context io_;
    asio::ip::tcp::socket socket_;
    std::string in_;  // from `begin_` on not looked at
    std::size_t begin_ = 0;
    std::int32_t process_id_ = 0;
    std::string cancel_request_;
};

/// Runs `f(i)` on threads of their own, and sums up what they return.
template<class F>
long sum_of(int threads, F f) {
    std::vector<std::future<long>> running;
    for (int i = 0; i != threads; ++i) running.push_back(std::async(std::launch::async, [&f, i] { return f(i); }));
    long sum = 0;
    for (auto& r : running) sum += r.get();
    return sum;
}

}  // namespace pgwire::test
