// TLS for a server's connections.
//
// Floor 4. It is given to `serve` or to a `server`, and is shared by all their connections:
//
//     pgwire::tls_server tls({.certificate = {.file = "server.crt"}, .key = {.file = "server.key"}});
//     pgwire::serve({.port = 5433}, [] { return echo{}; }, tls);
//
// A client asks for it with an SSLRequest, or begins with it, as PostgreSQL 17's sslnegotiation=direct. Who does
// neither stays plain: whether that is good enough, the hook `authenticate` says (`login_info::peer.is_secure`, `tls`).
//
// wolfSSL may keep tables of curves for each thread that shakes hands (Debian's does, up to some 12 MB). A program that
// goes on when such a thread ends calls `wc_ecc_fp_free` in it.
#pragma once

#include "pgwire/net/stream.hpp"
#include "pgwire/net/tls_check.hpp"
#include "pgwire/net/tls_context.hpp"
#include "pgwire/net/tls_stream.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace pgwire {

/// Copies of it are the same. From any thread.
class tls_server {
public:
    template<stream Stream>
    using stream_type = tls_stream<Stream>;

    /// Encrypts nothing, until it is reloaded with settings.
    tls_server() : shared_(std::make_shared<shared>()) {}
    /// @throws tls_error naming the file that can't be used, and why
    explicit tls_server(tls_settings settings) : shared_(std::make_shared<shared>(std::move(settings))) {}

    /// Reads all files again, for the connections that come then.
    /// @throws tls_error as the constructor; then nothing has changed
    void reload() {
        std::unique_lock lock(shared_->mutex);
        auto settings = shared_->settings;
        lock.unlock();
        reload(std::move(settings));
    }
    /// The same with other settings, which stay if they are good.
    void reload(tls_settings settings) {
        auto made = shared::make(settings);
        std::lock_guard const lock(shared_->mutex);
        shared_->settings = std::move(settings);
        shared_->current = std::move(made);
    }

    /// A connection, with what it is to be encrypted with. Not for Unix sockets: they stay plain.
    template<stream Stream>
    [[nodiscard]] tls_stream<Stream> operator()(Stream connected) const {
        bool const is_unix = peer_info(connected.peer()).is_unix;
        return tls_stream<Stream>(std::move(connected), is_unix ? nullptr : current());
    }

private:
    struct shared {
        shared() = default;
        explicit shared(tls_settings s) : settings(std::move(s)), current(make(settings)) {}

        static std::shared_ptr<tls_context const> make(tls_settings const& settings) {
            auto const read = detail::read_files(settings);  // once: what is checked is what is used
            detail::check_tls_server(read);
            return std::make_shared<tls_context const>(tls_context::role::server, read);
        }

        std::mutex mutex;
        tls_settings settings;
        std::shared_ptr<tls_context const> current;
    };

    [[nodiscard]] std::shared_ptr<tls_context const> current() const {
        std::lock_guard const lock(shared_->mutex);
        return shared_->current;
    }

    std::shared_ptr<shared> shared_;
};

}  // namespace pgwire
