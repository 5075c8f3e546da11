// Base64 as SCRAM has it: the standard alphabet, padded, in one piece; and as web tokens have it.
//
// Floor 2, pure and constexpr. Source: RFC 4648, sections 4 and 5; RFC 5802, section 5.1; RFC 7515, section 2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgwire {

namespace detail {

inline constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace detail

[[nodiscard]] constexpr std::string encode_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        auto const group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i != 3; ++i)
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
        for (std::size_t i = 0; i != 4; ++i)
            text += i <= group.size() ? detail::base64_alphabet[bits >> (18 - 6 * i) & 63] : '=';
    }
    return text;
}

/// @return nothing if `text` is not what `encode_base64` makes of some bytes
[[nodiscard]] constexpr std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    std::size_t digits = 0;
    for (char const c : text) {
        if (c == '=') break;
        auto const digit = detail::base64_alphabet.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        if (++digits % 4 == 0)
            for (int const shift : {16, 8, 0}) bytes += static_cast<char>(bits >> shift & 255);
    }
    if (digits % 4 == 2) bytes += static_cast<char>(bits >> 4 & 255);
    if (digits % 4 == 3)
        for (int const shift : {10, 2}) bytes += static_cast<char>(bits >> shift & 255);
    if (encode_base64(bytes) != text) return std::nullopt;  // padding that is amiss, or bits that belong to nothing
    return bytes;
}

/// The alphabet that is safe in URLs, and no padding.
[[nodiscard]] constexpr std::optional<std::string> decode_base64url(std::string_view text) {
    std::string standard;
    standard.reserve(text.size() + 2);
    for (char const c : text) {
        if (c == '+' || c == '/' || c == '=') return std::nullopt;
        standard += c == '-' ? '+' : c == '_' ? '/' : c;
    }
    while (standard.size() % 4 != 0) standard += '=';
    return decode_base64(standard);
}

}  // namespace pgwire
