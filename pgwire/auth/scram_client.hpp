// The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS.
//
// Floor 2. A server that can't prove that it knows the verifier is no server to talk to: AuthenticationOk counts only
// after `finish`. Source: RFC 5802, 5929 and 7677.
#pragma once

#include "pgwire/auth/base64.hpp"
#include "pgwire/auth/crypto.hpp"
#include "pgwire/auth/scram.hpp"
#include "pgwire/auth/verifier.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace pgwire {

template<crypto Crypto>
class scram_client {
public:
    /// @param password prepared with SASLprep, if it is not ASCII
    /// @param channel_binding the hash of the server's certificate, if it offers PLUS: then that is chosen
    /// @param could_bind whether the connection has a certificate, but the server does not offer PLUS
    /// @param most_iterations a server that asks for more is refused: each costs time
    explicit scram_client(std::string password, std::string channel_binding = {}, bool could_bind = false,
                          std::uint32_t most_iterations = 100'000)
        : password_(std::move(password)),
          channel_binding_(std::move(channel_binding)),
          most_iterations_(most_iterations) {
        if (!channel_binding_.empty()) header_ = "p=" + std::string(tls_server_end_point) + ",,";
        else header_ = could_bind ? "y,," : "n,,";
    }

    [[nodiscard]] std::string_view mechanism() const noexcept {
        return channel_binding_.empty() ? scram_sha_256 : scram_sha_256_plus;
    }

    /// The data of SASLInitialResponse. @return nothing if there are no random bytes to be had
    [[nodiscard]] std::optional<std::string> start() {
        std::array<char, detail::scram_nonce_size> random{};
        if (!Crypto::fill_random(random)) return std::nullopt;
        return start_with(encode_base64(bytes_of(random)));
    }
    /// The same with a nonce of one's own.
    [[nodiscard]] std::string start_with(std::string nonce, std::string_view user = {}) {
        nonce_ = std::move(nonce);
        first_bare_ = "n=" + std::string(user) + ",r=" + nonce_;
        return header_ + first_bare_;
    }

    /// The answer to the server's first message.
    /// @return nothing if that is none, has another nonce, or asks for too many iterations
    [[nodiscard]] std::optional<std::string> answer(std::string_view challenge) {
        detail::scram_attributes attributes(challenge);
        auto const nonce = attributes.value_of('r');
        auto const salt_text = attributes.value_of('s');
        auto const iterations = attributes.value_of('i');
        if (!nonce || !salt_text || !iterations) return std::nullopt;
        if (!nonce->starts_with(nonce_) || nonce->size() == nonce_.size() || !detail::is_printable_nonce(*nonce))
            return std::nullopt;
        auto const salt = decode_base64(*salt_text);
        auto const count = read_iterations(*iterations);
        if (!salt || salt->empty() || !count) return std::nullopt;

        auto final_message = "c=" + encode_base64(header_ + channel_binding_) + ",r=" + std::string(*nonce);
        auto const whole = first_bare_ + ',' + std::string(challenge) + ',' + final_message;
        auto const salted = Crypto::pbkdf2_sha256(password_, *salt, *count);
        auto const client_key = Crypto::hmac_sha256(bytes_of(salted), "Client Key");
        auto const stored_key = Crypto::sha256(bytes_of(client_key));
        auto const proof = detail::exclusive_or(client_key, Crypto::hmac_sha256(bytes_of(stored_key), whole));
        auto const server_key = Crypto::hmac_sha256(bytes_of(salted), "Server Key");
        expected_ = Crypto::hmac_sha256(bytes_of(server_key), whole);
        return final_message + ",p=" + encode_base64(bytes_of(proof));
    }

    /// Has the server proved who it is? @param outcome the data of AuthenticationSASLFinal
    [[nodiscard]] bool finish(std::string_view outcome) const {
        detail::scram_attributes attributes(outcome);
        auto const signature = attributes.value_of('v');
        auto const key = signature ? detail::decode_key(*signature) : std::nullopt;
        return key && expected_ && equal_in_constant_time(bytes_of(*key), bytes_of(*expected_));
    }

private:
    [[nodiscard]] std::optional<std::uint32_t> read_iterations(std::string_view text) const {
        std::uint32_t count = 0;
        auto const read = std::from_chars(text.data(), text.data() + text.size(), count);
        if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
        if (count == 0 || count > most_iterations_) return std::nullopt;
        return count;
    }

    std::string password_;
    std::string channel_binding_;
    std::uint32_t most_iterations_;
    std::string header_;
    std::string nonce_;
    std::string first_bare_;
    std::optional<sha256_digest> expected_;
};

}  // namespace pgwire
