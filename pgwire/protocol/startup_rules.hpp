// The beginning of a connection from a server's side: what may come before, and instead of, a StartupMessage.
//
// Floor 1, pure. SSLRequest and GSSENCRequest may each be asked once, in any order; a connection may also begin with TLS. What came together with one of them
// was sent without waiting for the answer, and is refused once that is given. A loop, never recursion.
// Source: PostgreSQL documentation, "Start-up" and "SSL Session Encryption"; details as measured on its servers.
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/core/sqlstate.hpp"
#include "pgwire/protocol/limits.hpp"
#include "pgwire/protocol/startup.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgwire {

/// The newest version that servers made with this library speak.
inline constexpr protocol_version newest_protocol = protocol_3_2;

/// What a server does about the bytes that it has.
struct startup_action {
    enum class kind : std::uint8_t {
        read,        ///< more bytes are needed
        direct_tls,  ///< it begins with TLS, without a request: do that, or close without a word
        tls,         ///< SSLRequest: answer one byte, `S` or `N`
        gss,         ///< GSSENCRequest: answer one byte, `G` or `N`
        cancel,      ///< CancelRequest in `cancel`: act on it, never answer, close
        start,       ///< StartupMessage in `startup`
        refuse,      ///< tell `code` and `text` as FATAL, then close
        abandon,     ///< close without a word
    };

    kind what = kind::read;
    std::size_t consumed = 0;  ///< bytes to take off the front; views stay in them
    cancel_request cancel{};
    startup_message startup{};
    sqlstate code{};
    std::string text{};
    bool before_protocol_3 = false;  ///< of `refuse`: in the words of protocol 2, which that client understands
};

class startup_rules {
public:
    explicit startup_rules(message_limits limits = {}) noexcept : limits_(limits) {}

    /// What to do about the bytes received so far.
    [[nodiscard]] startup_action next(std::string_view bytes) {
        using kind = startup_action::kind;
        if (stuffed_) return unencrypted_data();
        if (is_first_ && !bytes.empty() && bytes.front() == tls_handshake) return {.what = kind::direct_tls};
        if (bytes.size() < 4) return {};
        auto const length = load<std::uint32_t>(bytes.data());
        if (length < 8 || length > limits_.startup) return {.what = kind::abandon};
        if (bytes.size() < length) return {};
        auto const body = bytes.substr(4, length - 4);
        auto const rest = bytes.substr(length);
        switch (*classify_startup(body)) {
        case startup_kind::ssl: return encryption(kind::tls, asked_tls_, length, rest);
        case startup_kind::gssenc: return encryption(kind::gss, asked_gss_, length, rest);
        case startup_kind::cancel:
            if (auto const request = decode<cancel_request>(body))
                return {.what = kind::cancel, .consumed = length, .cancel = *request};
            return {.what = kind::abandon};
        case startup_kind::startup: return start(body, length);
        }
        return {.what = kind::abandon};
    }

    /// All that follows comes through TLS, which was begun directly, or asked for.
    void encrypted() noexcept {
        is_first_ = false;
        asked_gss_ = true;
    }

    /// The options of the protocol, `_pq_.…`, that the client asks for; none is known.
    [[nodiscard]] static bool is_protocol_option(std::string_view name) noexcept { return name.starts_with("_pq_."); }

private:
    startup_action encryption(startup_action::kind what, bool& asked, std::size_t length, std::string_view rest) {
        if (asked) {
            bool const tls = what == startup_action::kind::tls;
            return unsupported({1234, static_cast<std::uint16_t>(tls ? 5679 : 5680)});
        }
        asked = true;
        is_first_ = false;
        stuffed_ = !rest.empty();
        return {.what = what, .consumed = length};
    }

    startup_action start(std::string_view body, std::size_t length) {
        auto const version = startup_version(body);
        if (!version) return {.what = startup_action::kind::abandon};
        if (version->major != newest_protocol.major) return unsupported(*version);
        auto const message = decode<startup_message>(body);
        if (!message)
            return {.what = startup_action::kind::refuse,
                    .code = sqlstates::protocol_violation,
                    .text = "invalid startup packet layout: expected terminator as last byte"};
        return {.what = startup_action::kind::start, .consumed = length, .startup = *message};
    }

    static startup_action unencrypted_data() {
        return {.what = startup_action::kind::refuse,
                .code = sqlstates::protocol_violation,
                .text = "received unencrypted data after SSL request"};
    }
    static startup_action unsupported(protocol_version asked) {
        return {.what = startup_action::kind::refuse,
                .code = sqlstates::feature_not_supported,
                .text = "unsupported frontend protocol " + std::to_string(asked.major) + '.' +
                        std::to_string(asked.minor) + ": server supports 3.0 to 3.2",
                .before_protocol_3 = asked.major < 3};
    }

    static constexpr char tls_handshake = 0x16;  // the type of TLS's first record; no length of ours begins so

    message_limits limits_;
    bool is_first_ = true;  // nothing has been asked yet
    bool asked_tls_ = false;
    bool asked_gss_ = false;
    bool stuffed_ = false;  // bytes came behind a request that was not yet answered
};

}  // namespace pgwire
