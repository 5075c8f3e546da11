// OAUTHBEARER: a token instead of a password, in PostgreSQL from 18.
//
// Floor 2. Whether a token is good, and whose it is, a validator says: a function of the token and of the user that the
// client wants to be. Whoever hears a token can use it, so off this machine none is asked for without TLS.
// Source: RFC 7628; RFC 6750, section 2.1, for what a token is; PostgreSQL documentation, "OAuth
// Authorization/Authentication", "SASL Authentication"; refused is what its servers refuse.
#pragma once

#include "pgwire/auth/conversation.hpp"
#include "pgwire/core/ascii.hpp"
#include "pgwire/core/sqlstate.hpp"
#include "pgwire/protocol/authentication.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

inline constexpr std::string_view oauthbearer = "OAUTHBEARER";

/// Where a client gets a token, which it is told if it has none, or a wrong one.
struct oauth_issuer {
    std::string url;    ///< `https://issuer.example`; below it `/.well-known/openid-configuration` is expected
    std::string scope;  ///< what the token must be for, separated by blanks

    /// As its tokens name it: the URL without the part that is well-known.
    [[nodiscard]] std::string identifier() const {
        constexpr std::string_view well_known = "/.well-known/";
        auto const at = url.find(well_known);
        if (at == std::string::npos) return url;
        auto const end = url.find('/', at + well_known.size());
        return url.substr(0, at) + (end == std::string::npos ? std::string() : url.substr(end));
    }
};

namespace detail {

/// A text as JSON has it, with the quotation marks.
[[nodiscard]] inline std::string json_string(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string made = "\"";
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            made += "\\u00";
            made += digits[byte >> 4];
            made += digits[byte & 15];
            continue;
        }
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + '"';
}

/// The token in `Bearer TOKEN`; nothing if it is not that.
[[nodiscard]] constexpr std::optional<std::string_view> bearer_token(std::string_view value) noexcept {
    constexpr std::string_view scheme = "Bearer ";
    if (value.size() < scheme.size() || !equals_ignoring_case(value.substr(0, scheme.size()), scheme))
        return std::nullopt;
    value.remove_prefix(scheme.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    auto token = value;
    while (token.ends_with('=')) token.remove_suffix(1);
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
    if (token.empty() || token.find_first_not_of(allowed) != token.npos) return std::nullopt;
    return value;
}

}  // namespace detail

/// A server's conversation.
/// @tparam Validator `bool operator()(std::string_view token, std::string_view user)`: is it good, and may its owner be
///     that user? It runs where the session does; both views live until it returns
template<class Validator>
    requires std::predicate<Validator&, std::string_view, std::string_view>
class oauth_login {
public:
    static constexpr bool reveals_password = true;
    static constexpr std::string_view awaits = "SASL response";

    oauth_login(oauth_issuer issuer, std::string_view user, Validator validate)
        : issuer_(std::move(issuer)), user_(user), validate_(std::move(validate)) {}

    [[nodiscard]] auth_step begin(send_buffer& out) {
        std::array<std::string_view, 1> const offered{oauthbearer};
        list<std::string_view> const names{std::span<std::string_view const>(offered)};
        static_cast<void>(encode(out, authentication_sasl{zero_terminated<std::string_view>(names)}));
        return auth_step::go_on();
    }

    [[nodiscard]] auth_step receive(std::string_view body, send_buffer& out) {
        switch (stage_) {
        case stage::mechanism: return on_initial_response(body, out);
        case stage::response: return on_response(body, out);
        case stage::refused: return on_last_word(body);
        }
        return auth_step::fail();
    }

private:
    enum class stage : std::uint8_t { mechanism, response, refused };

    static auth_step malformed(std::string_view detail) {
        return auth_step::refuse(sqlstates::protocol_violation, "malformed OAUTHBEARER message", detail);
    }

    auth_step on_initial_response(std::string_view body, send_buffer& out) {
        auto const m = decode<sasl_initial_response>(body);
        if (!m) return auth_step::refuse(sqlstates::protocol_violation, "invalid message format");
        if (m->mechanism != oauthbearer)
            return auth_step::refuse(sqlstates::protocol_violation,
                                     "client selected an invalid SASL authentication mechanism");
        stage_ = stage::response;
        if (m->data) return on_response(*m->data, out);
        static_cast<void>(encode(out, authentication_sasl_continue{}));
        return auth_step::go_on();
    }

    // gs2-header kvsep *(key "=" value kvsep) kvsep
    auth_step on_response(std::string_view message, send_buffer& out) {
        if (message.empty()) return malformed("The message is empty.");
        if (message.find('\0') != message.npos) return malformed("Message length does not match input length.");
        char const flag = message.front();
        if (flag == 'p')
            return malformed(
                "The server does not support channel binding for OAuth, but the client message includes channel "
                "binding data.");
        if (flag != 'n' && flag != 'y') return malformed("Unexpected channel-binding flag.");
        message.remove_prefix(1);
        if (!message.starts_with(',')) return malformed("Comma expected.");
        message.remove_prefix(1);
        if (message.starts_with('a'))
            return auth_step::refuse(sqlstates::feature_not_supported,
                                     "client uses authorization identity, but it is not supported");
        if (!message.starts_with(',')) return malformed("Unexpected attribute in client-first-message.");
        message.remove_prefix(1);
        if (!message.starts_with('\x01')) return malformed("Key-value separator expected.");
        message.remove_prefix(1);
        std::optional<std::string_view> auth;
        for (;;) {
            auto const end = message.find('\x01');
            if (end == message.npos) return malformed("Message is missing its final separator.");
            auto const pair = message.substr(0, end);
            message.remove_prefix(end + 1);
            if (pair.empty()) break;
            auto const equal = pair.find('=');
            if (equal == pair.npos) return malformed("Message contains a key without a value.");
            if (equal == 0 || !is_key(pair.substr(0, equal))) return malformed("Message contains an invalid key name.");
            if (!is_value(pair.substr(equal + 1))) return malformed("Message contains an invalid value.");
            if (pair.substr(0, equal) != "auth") continue;
            if (auth) return malformed("Message contains multiple auth values.");
            auth = pair.substr(equal + 1);
        }
        if (!message.empty()) return malformed("Message contains additional data after the final terminator.");
        if (!auth) return malformed("Message does not contain an auth value.");
        auto const token = detail::bearer_token(*auth);
        if (token && validate_(*token, std::string_view(user_))) return auth_step::accept();
        static_cast<void>(encode(out, authentication_sasl_continue{{refusal()}}));
        stage_ = stage::refused;
        auth_step wrong;
        wrong.is_failure = !auth->empty();  // to ask where to get a token is none
        return wrong;
    }

    auth_step on_last_word(std::string_view message) {
        if (message != "\x01") return malformed("Client did not send a kvsep response.");
        auto end = auth_step::fail(sqlstates::invalid_authorization_specification, "OAuth bearer");
        end.is_failure = false;  // counted already, or none
        return end;
    }

    [[nodiscard]] std::string refusal() const {
        auto const is_whole = issuer_.url.find("/.well-known/") != std::string::npos;
        return "{ \"status\": \"invalid_token\", \"openid-configuration\": " +
               detail::json_string(issuer_.url + (is_whole ? "" : "/.well-known/openid-configuration")) +
               ", \"scope\": " + detail::json_string(issuer_.scope) + " }";
    }

    static bool is_key(std::string_view text) noexcept {
        return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == text.npos;
    }
    static bool is_value(std::string_view text) noexcept {
        for (char const c : text) {
            bool const is_printable = c >= 0x20 && c <= 0x7E;
            if (!is_printable && c != '\t' && c != '\r' && c != '\n') return false;
        }
        return true;
    }

    oauth_issuer issuer_;
    std::string user_;
    Validator validate_;
    stage stage_ = stage::mechanism;
};

/// What a client sends in SASLInitialResponse. @param token empty to be told where to get one
[[nodiscard]] inline std::string make_oauth_response(std::string_view token) {
    std::string message =
        "n,,\x01"
        "auth=";
    if (!token.empty()) message.append("Bearer ").append(token);
    return message + "\x01\x01";
}

}  // namespace pgwire
