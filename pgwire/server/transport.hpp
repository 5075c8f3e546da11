// A session's connection with its two buffers: reads into one, writes from the other.
//
// Floor 4. Writing is tried at once; only what the stream does not take is waited for. Whoever writes, writes from the
// same buffer at the same offset: the session, and also a message from elsewhere that arrives while it waits.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/net/stream.hpp"

#include <cstddef>
#include <utility>

namespace pgwire {

template<stream Stream>
class transport {
public:
    explicit transport(Stream s) : stream_(std::move(s)) {}

    [[nodiscard]] Stream& next_layer() noexcept { return stream_; }
    [[nodiscard]] receive_buffer& input() noexcept { return in_; }
    [[nodiscard]] send_buffer& output() noexcept { return out_; }

    /// Is the connection still good?
    [[nodiscard]] bool is_open() const noexcept { return open_; }

    /// Waits for bytes. @return false at the end of the connection
    [[nodiscard]] task<bool> read() {
        auto const room = in_.prepare();
        error_code ec;
        std::size_t const n =
            co_await stream_.async_read_some(asio::mutable_buffer(room.data(), room.size()), detail::await_into(ec));
        co_return received(ec, n);
    }

    /// The end of a read that was awaited elsewhere, without a coroutine of its own.
    bool received(error_code ec, std::size_t n) noexcept {
        in_.commit(n);
        if (ec) open_ = false;
        return open_;
    }

    /// Writes what the stream takes now. @return false if something is left, and must be waited for
    bool try_write() {
        while (!out_.empty()) {
            auto const bytes = out_.pending();
            error_code ec;
            std::size_t const n = stream_.write_some(asio::const_buffer(bytes.data(), bytes.size()), ec);
            out_.consume(n);
            if (!ec) [[likely]] continue;
            if (ec == asio::error::would_block || ec == asio::error::try_again) return false;
            lose();
        }
        return true;
    }

    /// Writes all there is, and waits as long as that takes. @return false at the end of the connection
    [[nodiscard]] task<bool> write() {
        for (bool done = try_write(); !done; done = try_write()) co_await wait_writable();
        co_return open_;
    }

    /// Waits until something can be written, or the connection is lost.
    [[nodiscard]] task<> wait_writable() {
        error_code ec;
        co_await stream_.async_wait_writable(detail::await_into(ec));
        if (ec) lose();
    }

    /// Gives back what a large message or a large answer has needed, if nothing of it is left.
    void release_what_is_large() noexcept {
        if (in_.capacity() > largest_kept && in_.unread().empty()) in_.release();
        if (out_.capacity() > largest_kept && out_.empty()) out_.release();
    }

    /// Gives back its buffers, as far as nothing is in them, and those of the stream.
    void release_memory() noexcept {
        if (in_.unread().empty()) in_.release();
        if (out_.empty() && out_.open().empty()) out_.release();
        if constexpr (resting_stream<Stream>) stream_.release_memory();
    }

    void close() noexcept {
        open_ = false;
        try {
            stream_.close();
        } catch (...) {  // then it is closed well enough
        }
    }

private:
    /// The connection is gone: nothing can leave any more. A row that is just being written stays for who writes it.
    void lose() noexcept {
        open_ = false;
        out_.consume(out_.size());
    }

    static constexpr std::size_t largest_kept = 262'144;  // bytes

    Stream stream_;
    receive_buffer in_;
    send_buffer out_;
    bool open_ = true;
};

}  // namespace pgwire
