// Public keys from their numbers, as PEM that libraries of cryptography read.
//
// Floor 2, pure. Source: RFC 3279, sections 2.3.1 and 2.3.5, and RFC 5480 for SubjectPublicKeyInfo; RFC 7468 for PEM.
#pragma once

#include "pgwire/auth/base64.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgwire {

namespace detail::der {

using namespace std::string_view_literals;

inline constexpr char integer = 0x02, bit_string = 0x03, sequence = 0x30;

// Identifiers of what follows, with their tags and lengths.
inline constexpr std::string_view rsa = "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;  // and NULL
inline constexpr std::string_view elliptic = "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"sv;

/// A value with its tag and its length.
[[nodiscard]] inline std::string wrap(char tag, std::string_view bytes) {
    std::string made(1, tag);
    if (bytes.size() < 128) {
        made += static_cast<char>(bytes.size());
    } else {
        std::string length;
        for (auto rest = bytes.size(); rest != 0; rest >>= 8)
            length.insert(length.begin(), static_cast<char>(rest & 255));
        made += static_cast<char>(128 + length.size());
        made += length;
    }
    return made.append(bytes);
}
/// A number that is not negative, from its bytes, the most significant one first.
[[nodiscard]] inline std::string number(std::string_view bytes) {
    while (bytes.size() > 1 && bytes.front() == '\0') bytes.remove_prefix(1);
    std::string const padding(bytes.empty() || (bytes.front() & 0x80) != 0 ? 1 : 0, '\0');
    return wrap(integer, padding + std::string(bytes));
}
[[nodiscard]] inline std::string public_key_pem(std::string const& algorithm, std::string_view key) {
    auto const der = wrap(sequence, wrap(sequence, algorithm) + wrap(bit_string, std::string(1, '\0').append(key)));
    auto const text = encode_base64(der);
    std::string pem = "-----BEGIN PUBLIC KEY-----\n";
    for (std::size_t at = 0; at < text.size(); at += 64) pem.append(text, at, 64).append("\n");
    return pem + "-----END PUBLIC KEY-----\n";
}

}  // namespace detail::der

/// An RSA key. @param modulus, exponent the most significant byte first
[[nodiscard]] inline std::string rsa_public_key(std::string_view modulus, std::string_view exponent) {
    namespace der = detail::der;
    return der::public_key_pem(std::string(der::rsa),
                               der::wrap(der::sequence, der::number(modulus) + der::number(exponent)));
}

enum class elliptic_curve : std::uint8_t { p256, p384, p521 };

/// A key on one of NIST's curves. @return nothing if the coordinates do not have the curve's size; whether they are a
///     point of it who uses the key finds out
[[nodiscard]] inline std::optional<std::string> elliptic_public_key(elliptic_curve curve, std::string_view x,
                                                                    std::string_view y) {
    namespace der = detail::der;
    using namespace std::string_view_literals;
    struct known {
        std::size_t bytes;
        std::string_view identifier;
    };
    known const it = curve == elliptic_curve::p256   ? known{32, "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv}
                     : curve == elliptic_curve::p384 ? known{48, "\x06\x05\x2b\x81\x04\x00\x22"sv}
                                                     : known{66, "\x06\x05\x2b\x81\x04\x00\x23"sv};
    if (x.size() != it.bytes || y.size() != it.bytes) return std::nullopt;
    return der::public_key_pem(std::string(der::elliptic).append(it.identifier),
                               std::string("\x04").append(x).append(y));
}

}  // namespace pgwire
