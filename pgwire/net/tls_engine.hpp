// One TLS connection, in memory: encrypted bytes on one side, plain ones on the other.
//
// Floor 3. It knows no socket and waits for nothing, so a client's and a server's can talk to each other in a test. All
// of it belongs to one session, and stays where it is made.
#pragma once

#include "pgwire/auth/certificate.hpp"
#include "pgwire/core/buffer.hpp"
#include "pgwire/net/tls_context.hpp"
#include "pgwire/net/tls_info.hpp"
#include "pgwire/net/wolfssl.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// The application protocol of PostgreSQL's clients and servers.
inline constexpr std::string_view tls_protocol = "postgresql";

class tls_engine {
public:
    enum class status : std::uint8_t {
        done,     ///< as far as it goes
        starved,  ///< more of the other side's bytes are needed
        closed,   ///< the other side has said that it ends
        failed,   ///< for good; `reason` says why
    };

    /// @param context outlives it
    /// @param server_name of a client: whom it wants to talk to; empty if it does not matter
    /// @throws tls_error if there is no memory for it
    explicit tls_engine(tls_context const& context, std::string const& server_name = {})
        : context_(context), connection_(wolfSSL_new(context.native_handle())) {
        using namespace detail;
        if (connection_ == nullptr) throw tls_error("wolfSSL gives no connection");
        wolfSSL_SSLSetIORecv(connection_.get(), [](WOLFSSL*, char* room, int size, void* self) {
            return static_cast<tls_engine*>(self)->give(room, size);
        });
        wolfSSL_SSLSetIOSend(connection_.get(), [](WOLFSSL*, char* bytes, int size, void* self) {
            return static_cast<tls_engine*>(self)->take(bytes, size);
        });
        wolfSSL_SetIOReadCtx(connection_.get(), this);
        wolfSSL_SetIOWriteCtx(connection_.get(), this);
        std::string names(tls_protocol);
        bool ready = wolfSSL_UseALPN(connection_.get(), names.data(), static_cast<unsigned>(names.size()),
                                     wolfssl::alpn_must_match) == wolfssl::success;
        if (!server_name.empty()) {
            ready = ready && wolfSSL_UseSNI(connection_.get(), wolfssl::host_name, server_name.data(),
                                            static_cast<unsigned short>(server_name.size())) == wolfssl::success;
            ready = ready && wolfSSL_check_domain_name(connection_.get(), server_name.c_str()) == wolfssl::success;
        }
        if (!ready) throw tls_error("wolfSSL gives no connection");
    }
    tls_engine(tls_engine const&) = delete;
    tls_engine& operator=(tls_engine const&) = delete;

    /// Encrypted bytes of the other side go in here, and those for it come out there.
    [[nodiscard]] receive_buffer& input() noexcept { return input_; }
    [[nodiscard]] send_buffer& output() noexcept { return output_; }

    /// Goes on with the handshake, as far as the input goes. Whatever comes of it, there may be output.
    [[nodiscard]] status handshake() {
        bool const is_server = context_.mine() == tls_context::role::server;
        int const result = is_server ? wolfSSL_accept(connection_.get()) : wolfSSL_connect(connection_.get());
        return result == detail::wolfssl::success ? status::done : judge(result);
    }

    /// Plain bytes, `n` of them, which is at least one if it is done.
    [[nodiscard]] status read(std::span<char> room, std::size_t& n) {
        n = 0;
        int const result = wolfSSL_read(connection_.get(), room.data(), clamped(room.size()));
        if (result <= 0) return judge(result);
        n = static_cast<std::size_t>(result);
        return status::done;
    }

    /// Encrypts `bytes`, all of them if it is done.
    [[nodiscard]] status write(std::string_view bytes) {
        while (!bytes.empty()) {
            int const result = wolfSSL_write(connection_.get(), bytes.data(), clamped(bytes.size()));
            if (result <= 0) return judge(result);
            bytes.remove_prefix(static_cast<std::size_t>(result));
        }
        return status::done;
    }

    /// Says that nothing more is sent.
    void close() { wolfSSL_shutdown(connection_.get()); }

    /// Why it has failed.
    [[nodiscard]] std::string reason() const {
        return code_ == detail::wolfssl::alert_received ? "the other side has refused" : detail::tls_reason(code_);
    }

    /// For functions of wolfSSL's that are not declared here.
    [[nodiscard]] WOLFSSL* native_handle() const noexcept { return connection_.get(); }
    [[nodiscard]] bool has_no_shared_cipher() const noexcept { return code_ == detail::wolfssl::no_shared_cipher; }

    /// What is known after the handshake.
    [[nodiscard]] tls_info info() const {
        using namespace detail;
        auto* const c = connection_.get();
        tls_info known;
        known.version = text_or_nothing(wolfSSL_get_version(c));
        known.cipher = text_or_nothing(wolfSSL_get_cipher_name(c));
        known.is_resumed = wolfSSL_session_reused(c) == 1;
        void* name = nullptr;
        unsigned short const name_size =
            context_.mine() == tls_context::role::server ? wolfSSL_SNI_GetRequest(c, wolfssl::host_name, &name) : 0;
        if (name != nullptr) known.server_name.assign(static_cast<char const*>(name), name_size);
        char* protocol = nullptr;
        unsigned short protocol_size = 0;
        if (wolfSSL_ALPN_GetProtocol(c, &protocol, &protocol_size) == wolfssl::success && protocol != nullptr)
            known.protocol.assign(protocol, protocol_size);
        x509_pointer const shown(wolfSSL_get_peer_certificate(c));
        if (auto const der = der_of(shown.get()); !der.empty()) {
            certificate const theirs(der);
            known.has_certificate = true;
            known.common_name = theirs.common_name();
            known.distinguished_name = theirs.distinguished_name();
            if (context_.mine() == tls_context::role::client) known.end_point = end_point_of(der);
        }
        if (context_.mine() == tls_context::role::server) known.end_point = context_.end_point();
        return known;
    }

private:
    static int clamped(std::size_t n) noexcept {
        return static_cast<int>(std::min<std::size_t>(n, std::numeric_limits<int>::max()));
    }
    static std::string text_or_nothing(char const* text) { return text == nullptr ? std::string() : text; }

    status judge(int result) noexcept {
        using namespace detail;
        code_ = wolfSSL_get_error(connection_.get(), result);
        if (code_ == wolfssl::want_read || code_ == wolfssl::want_write) return status::starved;
        return code_ == wolfssl::closed_by_peer ? status::closed : status::failed;
    }

    int give(char* room, int size) noexcept {
        auto const bytes = input_.unread();
        if (bytes.empty()) return detail::wolfssl::io_would_block;
        auto const n = std::min(bytes.size(), static_cast<std::size_t>(size));
        std::memcpy(room, bytes.data(), n);
        input_.consume(n);
        return static_cast<int>(n);
    }
    int take(char const* bytes, int size) noexcept {
        try {
            output_.append({bytes, static_cast<std::size_t>(size)});
            return size;
        } catch (...) {  // no memory
            return detail::wolfssl::io_failed;
        }
    }

    tls_context const& context_;
    receive_buffer input_;
    send_buffer output_;
    std::unique_ptr<WOLFSSL, detail::wolfssl_deleter> connection_;
    int code_ = 0;
};

}  // namespace pgwire
