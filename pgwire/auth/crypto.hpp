// What authentication needs of a cryptographic library.
//
// Floor 2. The standard library has none of this: it is a template parameter, and `wolfcrypt.hpp` is a ready one.
#pragma once

#include "pgwire/core/constant_time.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pgwire {

using sha256_digest = std::array<char, 32>;
using md5_digest = std::array<char, 16>;

/// Functions of a cryptographic library: static ones, that never throw.
template<class C>
concept crypto = requires(std::string_view bytes, std::span<char> room, std::uint32_t iterations) {
    { C::sha256(bytes) } -> std::same_as<sha256_digest>;
    /// HMAC of `bytes` (second) with a key (first).
    { C::hmac_sha256(bytes, bytes) } -> std::same_as<sha256_digest>;
    /// PBKDF2 of a password (first) and a salt (second) with HMAC-SHA-256: what RFC 5802 calls Hi.
    { C::pbkdf2_sha256(bytes, bytes, iterations) } -> std::same_as<sha256_digest>;
    { C::md5(bytes) } -> std::same_as<md5_digest>;
    /// Fills `room` with bytes that nobody can foretell. False if there are none to be had.
    { C::fill_random(room) } -> std::same_as<bool>;
};

template<std::size_t N>
[[nodiscard]] constexpr std::string_view bytes_of(std::array<char, N> const& digest) noexcept {
    return {digest.data(), digest.size()};
}

}  // namespace pgwire
