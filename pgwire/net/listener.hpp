// Accepts connections on one address and deals them out to executors.
//
// Floor 3. One acceptor for all of them: connections are balanced whatever the kernel does, and a second server on the
// same port is an error and not a thief. When the system has no file descriptor left, it tries again a little later.
// TCP and Unix sockets are accepted by the same code, on Asio's generic protocol: what it takes is compiled once.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/net/when_ready.hpp"

#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#if defined(ASIO_HAS_LOCAL_SOCKETS) || defined(BOOST_ASIO_HAS_LOCAL_SOCKETS)
#define PGWIRE_HAS_UNIX_SOCKETS 1
#include <unistd.h>
#else
#define PGWIRE_HAS_UNIX_SOCKETS 0
#endif

namespace pgwire {

/// What takes the connections: `accept(acceptor, ec)` accepts one, on the listener's executor.
template<class D>
concept dealer = requires(D& d, asio::basic_socket_acceptor<asio::generic::stream_protocol>& from, error_code& ec) {
    d.accept(from, ec);
};

/// Listens on a TCP or Unix endpoint. Copies of it are the same listener.
class listener {
    using protocol = asio::generic::stream_protocol;
    using acceptor = asio::basic_socket_acceptor<protocol>;

public:
    /// Binds and listens.
    /// @throws system_error if that is not possible
    template<dealer Dealer>
    listener(asio::any_io_executor const& home, asio::ip::tcp::endpoint const& where, std::shared_ptr<Dealer> deal)
        : shared_(share(home, std::move(deal))) {
        shared_->acceptor.open(where.protocol());
        shared_->acceptor.set_option(asio::socket_base::reuse_address(true));
        shared_->listen(where);
    }
#if PGWIRE_HAS_UNIX_SOCKETS
    /// The same for a Unix socket. A path that nobody serves any more is taken over.
    template<dealer Dealer>
    listener(asio::any_io_executor const& home, asio::local::stream_protocol::endpoint const& where,
             std::shared_ptr<Dealer> deal)
        : shared_(share(home, std::move(deal))) {
        shared_->acceptor.open(where.protocol());
        shared_->remove_stale(where);
        shared_->listen(where);
        shared_->path = where.path();
    }
#endif

    /// Begins to accept.
    void start() { wait(shared_); }

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
    static constexpr int most_at_once = 16;  // then others have their turn

    struct shared : std::enable_shared_from_this<shared> {
        using accept_function = void (*)(void* deal, listener::acceptor& from, error_code& ec);

        shared(asio::any_io_executor const& home, std::shared_ptr<void> d, accept_function f)
            : deal(std::move(d)), accept(f), acceptor(home), retry(home) {}

        void listen(protocol::endpoint const& where) {
            acceptor.bind(where);
            acceptor.listen();
            acceptor.non_blocking(true);
            acceptor.set_option(asio::socket_base::enable_connection_aborted(true));  // or `accept` waits for another one
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

        std::shared_ptr<void> deal;
        accept_function accept;
        listener::acceptor acceptor;
        asio::steady_timer retry;
        std::string path;  // of a Unix socket; removed at the end
    };

    template<class Dealer>
    static std::shared_ptr<shared> share(asio::any_io_executor const& home, std::shared_ptr<Dealer> deal) {
        return std::make_shared<shared>(home, std::move(deal), [](void* d, acceptor& from, error_code& ec) {
            try {
                static_cast<Dealer*>(d)->accept(from, ec);
            } catch (...) {  // this connection could not begin; the door stays open
                ec = asio::error::no_memory;
            }
        });
    }

    static void wait(std::shared_ptr<shared> const& self) {
        self->acceptor.async_wait(acceptor::wait_read, detail::when_ready(self, &listener::accept_some));
    }
    static void accept_some(void* what, error_code ec) {
        auto& self = *static_cast<shared*>(what);
        for (int i = 0; i != most_at_once && !ec && self.acceptor.is_open(); ++i) {
            self.accept(self.deal.get(), self.acceptor, ec);
            if (ec == asio::error::connection_aborted) ec = {};  // by its client, before it was served
        }
        if (!self.acceptor.is_open() || ec == asio::error::operation_aborted) return;
        if (!ec || ec == asio::error::would_block || ec == asio::error::try_again) return wait(self.shared_from_this());
        self.retry.expires_after(back_off);
        self.retry.async_wait(detail::when_ready(self.shared_from_this(), [](void* again, error_code stopped) {
            if (!stopped) wait(static_cast<shared*>(again)->shared_from_this());
        }));
    }

    std::shared_ptr<shared> shared_;
};

}  // namespace pgwire
