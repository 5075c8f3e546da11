// What a server keeps instead of a password, in PostgreSQL's own forms (pg_authid.rolpassword).
//
//     SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVkIGtleQ==:c2VydmVyIGtleQ==
//     md5 and 32 hexadecimal digits
//
// Floor 2. Source: PostgreSQL documentation, "pg_authid"; RFC 5802, section 3.
#pragma once

#include "pgwire/auth/base64.hpp"
#include "pgwire/auth/crypto.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace pgwire {

/// Enough to check a SCRAM-SHA-256 proof, and not to make one.
struct scram_verifier {
    static constexpr std::uint32_t default_iterations = 4096;
    static constexpr std::uint32_t most_iterations = 10'000'000;

    std::uint32_t iterations = default_iterations;
    std::string salt;
    sha256_digest stored_key{};
    sha256_digest server_key{};

    friend bool operator==(scram_verifier const&, scram_verifier const&) = default;
};

namespace detail {

[[nodiscard]] constexpr std::optional<sha256_digest> decode_key(std::string_view text) {
    auto const bytes = decode_base64(text);
    sha256_digest key{};
    if (!bytes || bytes->size() != key.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), key.begin());
    return key;
}

/// The part before `separator`, which is taken off `text` with it. Nothing if there is none.
[[nodiscard]] constexpr std::optional<std::string_view> take_until(std::string_view& text, char separator) noexcept {
    auto const at = text.find(separator);
    if (at == text.npos) return std::nullopt;
    auto const part = text.substr(0, at);
    text.remove_prefix(at + 1);
    return part;
}

}  // namespace detail

/// Reads PostgreSQL's form. @return nothing if it is not that
[[nodiscard]] inline std::optional<scram_verifier> parse_scram_verifier(std::string_view text) {
    constexpr std::string_view scheme = "SCRAM-SHA-256$";
    if (!text.starts_with(scheme)) return std::nullopt;
    text.remove_prefix(scheme.size());
    auto const iterations = detail::take_until(text, ':');
    auto const salt = detail::take_until(text, '$');
    auto const stored_key = detail::take_until(text, ':');
    if (!iterations || !salt || !stored_key) return std::nullopt;
    scram_verifier v;
    auto const* const end = iterations->data() + iterations->size();
    auto const read = std::from_chars(iterations->data(), end, v.iterations);
    if (read.ec != std::errc() || read.ptr != end || v.iterations == 0 ||
        v.iterations > scram_verifier::most_iterations)
        return std::nullopt;
    auto salt_bytes = decode_base64(*salt);
    auto const stored = detail::decode_key(*stored_key);
    auto const server = detail::decode_key(text);
    if (!salt_bytes || salt_bytes->empty() || !stored || !server) return std::nullopt;
    v.salt = *std::move(salt_bytes);
    v.stored_key = *stored;
    v.server_key = *server;
    return v;
}

[[nodiscard]] inline std::string format_scram_verifier(scram_verifier const& v) {
    return "SCRAM-SHA-256$" + std::to_string(v.iterations) + ':' + encode_base64(v.salt) + '$' +
           encode_base64(bytes_of(v.stored_key)) + ':' + encode_base64(bytes_of(v.server_key));
}

/// Where there is no library of Unicode: a password as it is. See `saslprep.hpp`.
struct unprepared {
    [[nodiscard]] std::string operator()(std::string_view password) const { return std::string(password); }
};

/// What a password becomes. It takes milliseconds: a server that has verifiers never does this.
/// @param password prepared with SASLprep, if it is not ASCII and the client's library does that
template<crypto Crypto>
[[nodiscard]] scram_verifier make_scram_verifier(std::string_view password, std::string salt,
                                                 std::uint32_t iterations = scram_verifier::default_iterations) {
    auto const salted = Crypto::pbkdf2_sha256(password, salt, iterations);
    auto const client_key = Crypto::hmac_sha256(bytes_of(salted), "Client Key");
    return {iterations, std::move(salt), Crypto::sha256(bytes_of(client_key)),
            Crypto::hmac_sha256(bytes_of(salted), "Server Key")};
}

/// Is this the form `md5` and 32 hexadecimal digits?
[[nodiscard]] constexpr bool is_md5_verifier(std::string_view text) noexcept {
    return text.size() == 35 && text.starts_with("md5") &&
           text.substr(3).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// `md5` and the hexadecimal digits of MD5(`secret` `salt`): of a password and its user's name what a server keeps, and
/// of the digits of that and four random bytes what a client answers.
template<crypto Crypto>
[[nodiscard]] std::string make_md5_response(std::string_view secret, std::string_view salt) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "md5";
    for (char const byte : Crypto::md5(std::string(secret).append(salt))) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

}  // namespace pgwire
