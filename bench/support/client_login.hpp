// The client's side of a login, up to ReadyForQuery, without a socket: bytes come in, bytes go out.
//
// `Security` says how: `open_door` (trust, not encrypted) below, or that of bench/tls/client_security.hpp.
#pragma once

#include "bench/support/messages.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bench {

/// Nothing is encrypted and nobody asks for a password.
struct open_door {
    class line {
    public:
        explicit line(open_door const&) {}

        static bool asks_for_tls() { return false; }
        /// Goes on with the handshake. @return whether it has not failed; `out` is for the server
        static bool shake_hands(std::string_view, std::string&) { return false; }
        static bool is_secure() { return true; }
        /// Decrypts what has come. @return whether it could
        static bool decrypt(std::string_view bytes, std::string& plain) {
            plain.append(bytes);
            return true;
        }
        static void encrypt(std::string_view plain, std::string& out) { out.append(plain); }
        /// The answer to a message of authentication. @return nothing, if there is none to give
        static std::optional<std::string> authenticate(std::uint32_t, std::string_view) { return std::nullopt; }
    };
};

template<class Security>
class client_login {
public:
    enum class state : unsigned char { going_on, ready, failed };

    explicit client_login(Security const& how) : line_(how) {}

    /// The first bytes.
    void begin(std::string& out) {
        if (line_.asks_for_tls()) out += ssl_request;
        else greet(out);
    }

    /// What has come from the server; `out` is for it. It may also be used for a query after the login.
    [[nodiscard]] state hear(std::string_view bytes, std::string& out) {
        if (asked_ && !answered_) {
            if (bytes.empty() || bytes[0] != 'S') return fail("the server has no TLS");
            answered_ = true;
            bytes.remove_prefix(1);
        }
        if (asked_ && !line_.is_secure()) {
            if (!line_.shake_hands(bytes, out)) return fail("the TLS handshake has failed");
            if (!line_.is_secure()) return state::going_on;
            bytes = {};
            greet(out);
        }
        if (!line_.decrypt(bytes, plain_)) return fail("what has come can't be decrypted");
        std::string_view rest = plain_;
        auto now = state::going_on;
        while (auto const one = take_answer(rest)) {
            now = act(*one, out);
            if (now == state::failed) return now;
        }
        plain_.erase(0, plain_.size() - rest.size());
        return now;
    }

    /// A message of the client's, for a server that is ready.
    void say(std::string_view message, std::string& out) { line_.encrypt(message, out); }

    /// Why it has failed.
    [[nodiscard]] std::string const& reason() const { return reason_; }

private:
    void greet(std::string& out) { line_.encrypt(startup, out); }
    state fail(std::string why) {
        reason_ = std::move(why);
        return state::failed;
    }
    state act(answer const& one, std::string& out) {
        if (one.tag == 'Z') return state::ready;
        if (one.tag == 'E') return fail(error_text(one.body));
        if (one.tag != 'R') return state::going_on;
        constexpr std::uint32_t is_done = 0, is_final = 12;
        if (one.body.size() < 4) return fail("a message that is too short");
        auto const kind = read_int32(one.body.data());
        if (kind == is_done) return state::going_on;
        auto const said = line_.authenticate(kind, one.body.substr(4));
        if (!said) return fail("the server asks for what this client does not have");
        if (kind != is_final) line_.encrypt(message('p', *said), out);
        return state::going_on;
    }

    typename Security::line line_;
    bool asked_ = line_.asks_for_tls(), answered_ = false;
    std::string plain_;
    std::string reason_;
};

}  // namespace bench
