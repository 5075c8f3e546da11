// What a session needs of a connection, and the connection that it usually has: a TCP or Unix socket.
//
// Floor 3. Reading is awaited. Writing is tried at once, and only a stream that can take no more is waited for: so an
// answer costs one system call and no suspension. One buffer is written from one offset, never two writes at a time.
#pragma once

#include "pgwire/net/asio.hpp"

#include <concepts>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#if defined(__linux__)
#include <poll.h>        // POLLRDHUP, with _GNU_SOURCE, which g++ and clang define
#include <sys/socket.h>  // ucred, likewise
#endif

namespace pgwire {

namespace detail {

struct any_completion {
    void operator()(error_code) const {}
    void operator()(error_code, std::size_t) const {}
};

/// An address of IPv4 that is written as one of IPv6, as it is.
[[nodiscard]] inline asio::ip::address unmapped(asio::ip::address const& a) {
    if (a.is_v6() && a.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, a.to_v6());
    return a;
}
/// Is it this machine's own?
[[nodiscard]] inline bool is_loopback(asio::ip::address const& a) { return unmapped(a).is_loopback(); }

}  // namespace detail

/// Who is at the other end, as far as the stream knows.
struct peer_info {
    std::string address;     ///< of TCP without the port; empty for a Unix socket, and where it is not known
    bool is_local = false;   ///< on this machine: a loopback address, or a Unix socket
    bool is_secure = false;  ///< the stream is encrypted
    bool is_unix = false;                ///< a Unix socket
    std::optional<unsigned> user_id{};  ///< of a Unix socket, where the system tells: whose process it is
};

/// A bidirectional stream of bytes. All of it is called on the session's own executor.
template<class S>
concept stream = std::movable<S> && requires(S& s, asio::mutable_buffer room, asio::const_buffer bytes, error_code& ec,
                                             detail::any_completion token) {
    // where the session runs
    { s.get_executor() } -> std::convertible_to<asio::any_io_executor>;
    // awaits at least one byte: void(error_code, std::size_t); at the end asio::error::eof
    s.async_read_some(room, token);
    // writes what the stream takes now; asio::error::would_block if that is nothing
    { s.write_some(bytes, ec) } -> std::same_as<std::size_t>;
    // awaits the moment when a write may succeed: void(error_code)
    s.async_wait_writable(token);
    // has the other end closed the connection? Asked while nobody reads; false if that can't be known
    { s.has_hung_up() } -> std::same_as<bool>;
    // ends every pending operation, and the connection; may be called again
    s.close();
    { s.peer() } -> std::convertible_to<peer_info>;
};

/// A stream on which a session can wait without memory to read into: then an idle one gives its buffers back.
template<class S>
concept resting_stream = stream<S> && requires(S& s, detail::any_completion token) {
    // awaits the moment when a read finds something, if only the end: void(error_code). Asked only when a read has had to
    // wait, and was cancelled: so there is nothing left in the stream itself
    s.async_wait_readable(token);
    // ends a pending read with asio::error::operation_aborted, if it has not come to its end; the connection stays
    { s.cancel() } noexcept;
    // nobody reads for a while: what it needs for that it may give back
    { s.release_memory() } noexcept;
};

/// A connected TCP or Unix socket. Its executor's type is that of whoever accepted it: where it is known, no read pays
/// for hiding it.
template<class Executor>
class basic_socket_stream {
public:
    using socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;

    /// Takes over a connected socket, TCP or Unix. Small answers leave at once; a client that is gone without a word is
    /// found out by the system's keepalive.
    explicit basic_socket_stream(socket connected) : peer_(describe(connected)), socket_(std::move(connected)) {
        error_code ignored;
        if (!peer_.is_unix) {
            socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
            socket_.set_option(asio::socket_base::keep_alive(true), ignored);
        }
        socket_.non_blocking(true, ignored);
    }

    [[nodiscard]] auto get_executor() { return socket_.get_executor(); }

    template<class Token>
    auto async_read_some(asio::mutable_buffer room, Token&& token) {
        return socket_.async_read_some(room, std::forward<Token>(token));
    }

    std::size_t write_some(asio::const_buffer bytes, error_code& ec) { return socket_.write_some(bytes, ec); }

    template<class Token>
    auto async_wait_writable(Token&& token) {
        return socket_.async_wait(socket::wait_write, std::forward<Token>(token));
    }
    template<class Token>
    auto async_wait_readable(Token&& token) {
        return socket_.async_wait(socket::wait_read, std::forward<Token>(token));
    }
    void cancel() noexcept {
        error_code ignored;
        socket_.cancel(ignored);
    }
    void release_memory() noexcept {}

    /// Looks past what has arrived and is not read yet, where the system can.
    [[nodiscard]] bool has_hung_up() {
#if defined(POLLRDHUP)
        ::pollfd p{socket_.native_handle(), POLLRDHUP, 0};
        return ::poll(&p, 1, 0) == 1 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
#else
        char byte;
        error_code ec;
        auto const n = socket_.receive(asio::buffer(&byte, 1), socket::message_peek, ec);
        return n == 0 && ec && ec != asio::error::would_block && ec != asio::error::try_again;
#endif
    }

    void close() {
        error_code ignored;
        socket_.shutdown(socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    [[nodiscard]] peer_info const& peer() const noexcept { return peer_; }

    /// The socket itself, for options that this class does not know.
    [[nodiscard]] socket& next_layer() noexcept { return socket_; }

private:
    static peer_info describe(socket& connected) {
        error_code gone, ec;
        auto endpoint = connected.remote_endpoint(gone);
        if (gone) endpoint = connected.local_endpoint(ec);  // of which kind was it?
        int const family = ec ? 0 : endpoint.protocol().family();
#if defined(ASIO_HAS_LOCAL_SOCKETS) || defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
        if (family == asio::local::stream_protocol().family()) return describe_process(connected);
#endif
        if (gone || (family != asio::ip::tcp::v4().family() && family != asio::ip::tcp::v6().family())) return {};
        asio::ip::tcp::endpoint known;
        std::memcpy(known.data(), endpoint.data(), endpoint.size());
        auto const address = detail::unmapped(known.address());
        return {.address = address.to_string(), .is_local = detail::is_loopback(address), .is_secure = false, .is_unix = false, .user_id = {}};
    }
    static peer_info describe_process([[maybe_unused]] socket& connected) {
        peer_info peer{.address = {}, .is_local = true, .is_secure = false, .is_unix = true, .user_id = {}};
#if defined(SO_PEERCRED)
        ::ucred who{};
        ::socklen_t size = sizeof who;
        if (::getsockopt(connected.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) peer.user_id = who.uid;
#endif
        return peer;
    }

    peer_info peer_;
    socket socket_;
};

/// The same on any executor.
using socket_stream = basic_socket_stream<asio::any_io_executor>;

static_assert(resting_stream<socket_stream>);

}  // namespace pgwire
