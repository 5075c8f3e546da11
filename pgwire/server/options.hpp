// The settings of a server, all with defaults.
//
// Floor 4. Only trivially destructible members: such an aggregate may be a temporary in a coroutine's expression, which
// one of another kind must not be with GCC 12.
#pragma once

#include "pgwire/protocol/limits.hpp"
#include "pgwire/server/admission_limits.hpp"
#include "pgwire/server/session_limits.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace pgwire {

struct server_options {
    std::string_view address = "127.0.0.1";  ///< to listen on: an IPv4 or IPv6 address; empty for none
    std::uint16_t port = 5432;               ///< 0 takes a free one
    std::string_view unix_socket{};          ///< the path of a Unix socket to listen on as well; empty for none
    unsigned threads = 1;                    ///< of `serve`, one io_context each; a `server` runs where it is told to
    std::string_view server_version = "15.0 (pgwire)";  ///< drivers choose what they send by the number in front
    std::chrono::milliseconds login_timeout{60'000};    ///< from accepting a connection to the first ReadyForQuery
    std::chrono::milliseconds close_timeout{5'000};  ///< for the last words of a session, if the client does not read
    std::chrono::milliseconds drain_timeout{5'000};  ///< of `serve`: for what runs when it is told to stop

    // Deadlines of a session; 0: none. Each is noticed up to a quarter of a second late.
    std::chrono::milliseconds statement_timeout{0};  ///< 57014; of what awaits or yields: a plain hook is not interrupted
    std::chrono::milliseconds idle_timeout{0};       ///< FATAL 57P05, outside of a transaction
    std::chrono::milliseconds idle_in_transaction_timeout{0};  ///< FATAL 25P03
    std::chrono::milliseconds write_timeout{0};  ///< for a client to take some bytes; then it is disconnected
    bool reveal_passwords = false;  ///< may a password be asked for in cleartext, or as MD5, off this machine without TLS?
    std::string_view proxies{};  ///< addresses, by comma, whose PROXY header (version 1 or 2) is expected, and believed
    message_limits limits{};
    admission_limits admission{};  ///< how many may come, from where, how often
    session_limits per_session{};  ///< how much each of them may keep
};

static_assert(std::is_trivially_destructible_v<server_options>);

}  // namespace pgwire
