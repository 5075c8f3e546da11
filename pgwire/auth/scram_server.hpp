// The server's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS.
//
// Floor 2. A user that does not exist has the same conversation as one with a wrong password: its salt comes from the
// name and a secret, so that it stays the same, and nothing that the client could prove is enough.
// Source: RFC 5802, 5929 and 7677; refusals as measured on PostgreSQL's servers.
#pragma once

#include "pgwire/auth/base64.hpp"
#include "pgwire/auth/conversation.hpp"
#include "pgwire/auth/crypto.hpp"
#include "pgwire/auth/scram.hpp"
#include "pgwire/auth/verifier.hpp"
#include "pgwire/core/sqlstate.hpp"
#include "pgwire/protocol/authentication.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// The salt of a user that has none: the same one each time, and nobody knows it who does not know the secret.
template<crypto Crypto>
[[nodiscard]] std::string mock_salt(std::string_view user, std::string_view secret) {
    constexpr std::size_t size = 16;  // as PostgreSQL's
    return std::string(bytes_of(Crypto::hmac_sha256(secret, user)).substr(0, size));
}

template<crypto Crypto>
class scram_server {
public:
    static constexpr std::size_t longest_response = 1024;  // as PostgreSQL's
    static constexpr std::string_view awaits = "SASL response";

    /// @param verifier of the user
    /// @param channel_binding the hash of the certificate (tls-server-end-point), where the connection has one
    explicit scram_server(scram_verifier verifier, std::string channel_binding = {})
        : verifier_(std::move(verifier)), channel_binding_(std::move(channel_binding)) {}

    /// For a user that does not exist, or has no verifier: it will fail, and not say why.
    /// @param secret of the server: the same one gives each user the same salt each time
    [[nodiscard]] static scram_server mock(std::string_view user, std::string_view secret,
                                           std::string channel_binding = {},
                                           std::uint32_t iterations = scram_verifier::default_iterations) {
        scram_server made(scram_verifier{.iterations = iterations, .salt = {}}, std::move(channel_binding));
        made.verifier_.salt = mock_salt<Crypto>(user, secret);
        made.is_doomed_ = true;
        return made;
    }

    [[nodiscard]] auth_step begin(send_buffer& out) {
        constexpr std::array<std::string_view, 2> mechanisms{scram_sha_256_plus, scram_sha_256};
        std::span<std::string_view const> const offered =
            std::span(mechanisms).subspan(channel_binding_.empty() ? 1 : 0);
        static_cast<void>(
            encode(out, authentication_sasl{zero_terminated<std::string_view>(list<std::string_view>(offered))}));
        return auth_step::go_on();
    }

    [[nodiscard]] auth_step receive(std::string_view body, send_buffer& out) {
        switch (stage_) {
        case stage::mechanism: return on_initial_response(body, out);
        case stage::first: return on_first(body, out);
        case stage::final: return on_final(body, out);
        }
        return auth_step::fail();
    }

private:
    enum class stage : std::uint8_t { mechanism, first, final };

    static auth_step malformed(std::string_view detail) {
        return auth_step::refuse(sqlstates::protocol_violation, "malformed SCRAM message", detail);
    }

    auth_step on_initial_response(std::string_view body, send_buffer& out) {
        auto const m = decode<sasl_initial_response>(body);
        if (!m) return auth_step::refuse(sqlstates::protocol_violation, "invalid message format");
        binds_ = m->mechanism == scram_sha_256_plus && !channel_binding_.empty();
        if (!binds_ && m->mechanism != scram_sha_256)
            return auth_step::refuse(sqlstates::protocol_violation,
                                     "client selected an invalid SASL authentication mechanism");
        stage_ = stage::first;
        if (m->data) return on_first(*m->data, out);
        static_cast<void>(encode(out, authentication_sasl_continue{}));
        return auth_step::go_on();
    }

    // client-first-message: gs2-cbind-flag "," [authzid] "," "n=" user "," "r=" nonce
    auth_step on_first(std::string_view message, send_buffer& out) {
        if (auto const refused = check_text(message)) return *refused;
        auto rest = message;
        if (auto const refused = take_binding_flag(rest)) return *refused;
        if (rest.starts_with('a'))
            return auth_step::refuse(sqlstates::feature_not_supported,
                                     "client uses authorization identity, but it is not supported");
        if (!rest.starts_with(',')) return malformed("Unexpected attribute in client-first-message.");
        rest.remove_prefix(1);
        header_ = message.substr(0, message.size() - rest.size());
        first_bare_ = rest;
        if (rest.starts_with('m'))
            return auth_step::refuse(sqlstates::feature_not_supported,
                                     "client requires an unsupported SCRAM extension");
        detail::scram_attributes attributes(rest);
        auto const user = attributes.value_of('n');  // which the startup packet has said already
        auto const nonce = attributes.value_of('r');
        if (!user || !nonce) return malformed("Attribute expected in client-first-message.");
        if (!detail::is_printable_nonce(*nonce))
            return auth_step::refuse(sqlstates::protocol_violation, "non-printable characters in SCRAM nonce");
        while (!attributes.empty())
            if (!attributes.next()) return malformed("Attribute expected in client-first-message.");
        std::array<char, detail::scram_nonce_size> random{};
        if (!Crypto::fill_random(random))
            return auth_step::refuse(sqlstates::internal_error, "could not generate random nonce");
        nonce_ = std::string(*nonce) + encode_base64(bytes_of(random));
        server_first_ =
            "r=" + nonce_ + ",s=" + encode_base64(verifier_.salt) + ",i=" + std::to_string(verifier_.iterations);
        static_cast<void>(encode(out, authentication_sasl_continue{{server_first_}}));
        stage_ = stage::final;
        return auth_step::go_on();
    }

    std::optional<auth_step> take_binding_flag(std::string_view& rest) {
        char const flag = rest.front();
        if (flag == 'p') {
            if (!binds_)
                return malformed(
                    "The client selected SCRAM-SHA-256 without channel binding, but the SCRAM message "
                    "includes channel binding data.");
            detail::scram_attributes attributes(rest);
            auto const kind = attributes.value_of('p');
            if (!kind) return malformed("Attribute expected in client-first-message.");
            if (*kind != tls_server_end_point)
                return auth_step::refuse(sqlstates::protocol_violation, "unsupported SCRAM channel-binding type");
            rest = attributes.left();
            return std::nullopt;
        }
        if (flag != 'n' && flag != 'y') return malformed("Unexpected channel-binding flag.");
        if (binds_)
            return malformed(
                "The client selected SCRAM-SHA-256-PLUS, but the SCRAM message does not include channel "
                "binding data.");
        if (flag == 'y' && !channel_binding_.empty())  // somebody between has taken the better mechanism away
            return auth_step::refuse(sqlstates::invalid_authorization_specification,
                                     "SCRAM channel binding negotiation error",
                                     "The client supports SCRAM channel binding but thinks the server does not.  "
                                     "However, this server does support channel binding.");
        rest.remove_prefix(1);
        if (!rest.starts_with(',')) return malformed("Comma expected.");
        rest.remove_prefix(1);
        return std::nullopt;
    }

    // client-final-message: "c=" binding "," "r=" nonce ["," extensions] "," "p=" proof
    auth_step on_final(std::string_view message, send_buffer& out) {
        if (auto const refused = check_text(message)) return *refused;
        detail::scram_attributes attributes(message);
        auto const binding = attributes.value_of('c');
        auto const nonce = attributes.value_of('r');
        if (!binding || !nonce) return malformed("Attribute expected in client-final-message.");
        std::size_t before_proof = 0;
        std::optional<detail::scram_attributes::attribute> last;
        do {
            before_proof = message.size() - attributes.left().size();
            last = attributes.next();
            if (!last) return malformed("Attribute expected in client-final-message.");
        } while (last->name != 'p');
        auto const proof = detail::decode_key(last->value);
        if (!proof) return malformed("Malformed proof in client-final-message.");
        if (!attributes.empty()) return malformed("Garbage found at the end of client-final-message.");
        std::string bound(header_);
        if (binds_) bound += channel_binding_;
        if (*binding != encode_base64(bound)) {
            if (binds_)
                return auth_step::refuse(sqlstates::invalid_authorization_specification,
                                         "SCRAM channel binding check failed");
            return auth_step::refuse(sqlstates::protocol_violation,
                                     "unexpected SCRAM channel-binding attribute in client-final-message");
        }
        if (*nonce != nonce_)
            return auth_step::refuse(sqlstates::protocol_violation, "invalid SCRAM response", "Nonce does not match.");

        auto const whole = first_bare_ + ',' + server_first_ + ',' + std::string(message.substr(0, before_proof - 1));
        auto const signature = Crypto::hmac_sha256(bytes_of(verifier_.stored_key), whole);
        auto const stored_key = Crypto::sha256(bytes_of(detail::exclusive_or(*proof, signature)));
        bool const is_right = equal_in_constant_time(bytes_of(stored_key), bytes_of(verifier_.stored_key));
        if (!is_right || is_doomed_) return auth_step::fail();
        auto const mine = "v=" + encode_base64(bytes_of(Crypto::hmac_sha256(bytes_of(verifier_.server_key), whole)));
        static_cast<void>(encode(out, authentication_sasl_final{{mine}}));
        return auth_step::accept();
    }

    static std::optional<auth_step> check_text(std::string_view message) {
        if (message.empty()) return malformed("The message is empty.");
        if (message.find('\0') != message.npos) return malformed("Message length does not match input length.");
        return std::nullopt;
    }

    scram_verifier verifier_;
    std::string channel_binding_;
    bool is_doomed_ = false;
    stage stage_ = stage::mechanism;
    bool binds_ = false;  // the client has chosen PLUS
    std::string header_;      // of the client's first message: what says how it is bound
    std::string first_bare_;  // the rest of it
    std::string nonce_;       // both halves
    std::string server_first_;
};

}  // namespace pgwire
