// SCRAM-SHA-256: what both sides of the conversation have in common.
//
// Floor 2. Source: RFC 5802 and 7677; PostgreSQL documentation, "SASL Authentication".
#pragma once

#include "pgwire/auth/crypto.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace pgwire {

inline constexpr std::string_view scram_sha_256 = "SCRAM-SHA-256";
inline constexpr std::string_view scram_sha_256_plus = "SCRAM-SHA-256-PLUS";
/// The kind of channel binding that PostgreSQL knows: the hash of the server's certificate (RFC 5929).
inline constexpr std::string_view tls_server_end_point = "tls-server-end-point";

namespace detail {

/// Takes a message of SCRAM apart, attribute by attribute: `r=abc,s=def`.
class scram_attributes {
public:
    constexpr explicit scram_attributes(std::string_view message) noexcept : left_(message) {}

    struct attribute {
        char name = 0;
        std::string_view value;
    };

    [[nodiscard]] constexpr bool empty() const noexcept { return left_.empty(); }
    [[nodiscard]] constexpr std::string_view left() const noexcept { return left_; }
    /// The next attribute, whatever its name. Nothing if it is none.
    [[nodiscard]] constexpr std::optional<attribute> next() noexcept {
        bool const has_name = left_.size() >= 2 && left_[1] == '=' &&
                              ((left_[0] >= 'a' && left_[0] <= 'z') || (left_[0] >= 'A' && left_[0] <= 'Z'));
        if (!has_name) return std::nullopt;
        char const name = left_[0];
        auto const end = left_.find(',');
        auto const value = left_.substr(2, end == left_.npos ? left_.npos : end - 2);
        left_ = end == left_.npos ? std::string_view() : left_.substr(end + 1);
        return attribute{name, value};
    }
    /// The value of the next attribute, which must have this name.
    [[nodiscard]] constexpr std::optional<std::string_view> value_of(char name) noexcept {
        auto const a = next();
        if (!a || a->name != name) return std::nullopt;
        return a->value;
    }

private:
    std::string_view left_;
};

/// A nonce is made of printable characters, without a comma.
[[nodiscard]] constexpr bool is_printable_nonce(std::string_view nonce) noexcept {
    for (char const c : nonce)
        if (c < 0x21 || c > 0x7e || c == ',') return false;
    return true;
}

[[nodiscard]] constexpr sha256_digest exclusive_or(sha256_digest const& a, sha256_digest const& b) noexcept {
    sha256_digest out{};
    for (std::size_t i = 0; i != out.size(); ++i) out[i] = static_cast<char>(a[i] ^ b[i]);
    return out;
}

inline constexpr std::size_t scram_nonce_size = 18;  // bytes of random, as PostgreSQL's: 24 characters

}  // namespace detail

}  // namespace pgwire
