// Accepts connections on one address and deals them out to executors.
//
// Floor 3. One acceptor for all of them: connections are balanced whatever the kernel does, and a second server on the
// same port is an error and not a thief. When the system has no file descriptor left, it tries again a little later.
#pragma once

#include "pgwire/net/asio.hpp"

#include <chrono>
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
/// `begin_session(seat, socket)` gets it. All are called on the listener's executor.
template<class D>
concept dealer = requires(D& d) {
    d.executor(d.next_seat());
    d.begin_session(d.next_seat(), std::declval<asio::ip::tcp::socket>());
};

/// Listens on a TCP or Unix endpoint. Copies of it are the same listener.
template<class Protocol, dealer Dealer>
class listener {
public:
    using endpoint_type = typename Protocol::endpoint;

    /// Binds and listens. The path of a Unix socket that nobody serves any more is taken over.
    /// @throws system_error if that is not possible
    listener(asio::any_io_executor home, endpoint_type const& where, std::shared_ptr<Dealer> deal)
        : shared_(std::make_shared<shared>(std::move(home), where, std::move(deal))) {}

    /// Begins to accept.
    void start() { accept_next(shared_); }

    /// Accepts no more. On the listener's executor, or when that does not run.
    void close() {
        error_code ignored;
        shared_->acceptor.close(ignored);
        shared_->retry.cancel();
        shared_->remove_path();
    }

    [[nodiscard]] endpoint_type endpoint() const { return shared_->acceptor.local_endpoint(); }

private:
    static constexpr std::chrono::milliseconds back_off{100};
    static constexpr bool is_tcp = std::is_same_v<Protocol, asio::ip::tcp>;
    using seat_executor = std::remove_cvref_t<decltype(std::declval<Dealer&>().executor(0))>;
    using socket_of_dealer = typename Protocol::socket::template rebind_executor<seat_executor>::other;

    struct shared {
        shared(asio::any_io_executor const& home, endpoint_type const& where, std::shared_ptr<Dealer> d)
            : deal(std::move(d)), acceptor(home), retry(home) {
            acceptor.open(where.protocol());
            if constexpr (is_tcp) acceptor.set_option(asio::socket_base::reuse_address(true));
            else remove_stale(where);
            acceptor.bind(where);
            if constexpr (!is_tcp) path = where.path();
            acceptor.listen();
        }

        /// A path that refuses connections is what a server left that did not end well.
        void remove_stale([[maybe_unused]] endpoint_type const& where) {
#if PGWIRE_HAS_UNIX_SOCKETS
            typename Protocol::socket probe(acceptor.get_executor());
            error_code ec;
            probe.connect(where, ec);
            if (ec == asio::error::connection_refused) ::unlink(where.path().c_str());
#endif
        }
        void remove_path() noexcept {
#if PGWIRE_HAS_UNIX_SOCKETS
            if (!path.empty()) ::unlink(path.c_str());
#endif
            path.clear();
        }

        std::shared_ptr<Dealer> deal;
        typename Protocol::acceptor acceptor;
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
