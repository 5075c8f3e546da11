// Accepts connections on one address and deals them out to executors.
//
// Floor 3. One acceptor for all of them: connections are balanced whatever the kernel does, and a second server on the
// same port is an error and not a thief. When the system has no file descriptor left, it tries again a little later.
// TCP and Unix sockets are accepted by the same code, on Asio's generic protocol: what it takes is compiled once.
#pragma once

#include "pgwire/net/asio.hpp"

#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#if defined(ASIO_HAS_LOCAL_SOCKETS) || defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
#define PGWIRE_HAS_UNIX_SOCKETS 1
#include <unistd.h>
#else
#define PGWIRE_HAS_UNIX_SOCKETS 0
#endif

namespace pgwire {

/// What takes the connections: `next_seat()` says where the next one goes, `executor(seat)` what runs there, and
/// `begin_session(seat, socket)` gets it, a `basic_stream_socket` of the generic protocol on that executor. All are called
/// on the listener's executor.
template<class D>
concept dealer = requires(D& d) {
    d.executor(d.next_seat());
    d.begin_session(
        d.next_seat(),
        std::declval<asio::basic_stream_socket<asio::generic::stream_protocol,
                                               std::remove_cvref_t<decltype(d.executor(d.next_seat()))>>>());
};

/// Listens on a TCP or Unix endpoint. Copies of it are the same listener.
template<dealer Dealer>
class listener {
    using protocol = asio::generic::stream_protocol;

public:
    /// Binds and listens.
    /// @throws system_error if that is not possible
    listener(asio::any_io_executor const& home, asio::ip::tcp::endpoint const& where, std::shared_ptr<Dealer> deal)
        : shared_(std::make_shared<shared>(home, std::move(deal))) {
        shared_->acceptor.open(where.protocol());
        shared_->acceptor.set_option(asio::socket_base::reuse_address(true));
        shared_->listen(where);
    }
#if PGWIRE_HAS_UNIX_SOCKETS
    /// The same for a Unix socket. A path that nobody serves any more is taken over.
    listener(asio::any_io_executor const& home, asio::local::stream_protocol::endpoint const& where,
             std::shared_ptr<Dealer> deal)
        : shared_(std::make_shared<shared>(home, std::move(deal))) {
        shared_->acceptor.open(where.protocol());
        shared_->remove_stale(where);
        shared_->listen(where);
        shared_->path = where.path();
    }
#endif

    /// Begins to accept.
    void start() { accept_next(shared_); }

    /// Accepts no more. On the listener's executor, or when that does not run.
    void close() {
        error_code ignored;
        shared_->acceptor.close(ignored);
        shared_->retry.cancel();
        shared_->remove_path();
    }

    /// The TCP port; 0 if it is a Unix socket.
    [[nodiscard]] std::uint16_t port() const {
        auto const bound = shared_->acceptor.local_endpoint();
        int const family = bound.protocol().family();
        if (family != asio::ip::tcp::v4().family() && family != asio::ip::tcp::v6().family()) return 0;
        asio::ip::tcp::endpoint known;
        std::memcpy(known.data(), bound.data(), bound.size());
        return known.port();
    }

private:
    static constexpr std::chrono::milliseconds back_off{100};
    using seat_executor = std::remove_cvref_t<decltype(std::declval<Dealer&>().executor(0))>;
    using socket_of_dealer = asio::basic_stream_socket<protocol, seat_executor>;

    struct shared {
        shared(asio::any_io_executor const& home, std::shared_ptr<Dealer> d)
            : deal(std::move(d)), acceptor(home), retry(home) {}

        void listen(protocol::endpoint const& where) {
            acceptor.bind(where);
            acceptor.listen();
        }

#if PGWIRE_HAS_UNIX_SOCKETS
        /// A path that refuses connections is what a server left that did not end well.
        void remove_stale(asio::local::stream_protocol::endpoint const& where) {
            protocol::socket probe(acceptor.get_executor());
            error_code ec;
            probe.connect(where, ec);
            if (ec == asio::error::connection_refused) ::unlink(where.path().c_str());
        }
#endif
        void remove_path() noexcept {
#if PGWIRE_HAS_UNIX_SOCKETS
            if (!path.empty()) ::unlink(path.c_str());
#endif
            path.clear();
        }

        std::shared_ptr<Dealer> deal;
        asio::basic_socket_acceptor<protocol> acceptor;
        asio::steady_timer retry;
        std::string path;  // of a Unix socket; removed at the end
    };

    static void accept_next(std::shared_ptr<shared> self) {
        auto const seat = self->deal->next_seat();
        auto& acceptor = self->acceptor;
        acceptor.async_accept(self->deal->executor(seat), [self, seat](error_code ec, socket_of_dealer connected) {
            if (!self->acceptor.is_open() || ec == asio::error::operation_aborted) return;
            if (!ec) {
                self->deal->begin_session(seat, std::move(connected));
                return accept_next(self);
            }
            self->retry.expires_after(back_off);
            self->retry.async_wait([self](error_code stopped) {
                if (!stopped) accept_next(self);
            });
        });
    }

    std::shared_ptr<shared> shared_;
};

}  // namespace pgwire
