// The PROXY protocol: what a proxy says first of the client that it speaks for.
//
// Floor 1, pure. Nothing is taken for granted: who is no proxy must not be asked for this, since anybody can write it.
// Source: "The PROXY protocol, versions 1 & 2" (HAProxy), sections 2.1 and 2.2.
#pragma once

#include "pgwire/core/bytes.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace pgwire {

struct proxy_header {
    enum class kind : std::uint8_t {
        incomplete,  ///< more bytes are needed
        proxied,     ///< for the client at `address`
        local,       ///< the proxy speaks for itself
        unnamed,     ///< for a client whose address it does not know, or can't say
        malformed,   ///< close without a word
    };

    kind what = kind::incomplete;
    std::size_t size = 0;  ///< bytes to take off the front
    std::string address{};
    std::uint16_t port = 0;
};

namespace detail {

inline constexpr std::size_t longest_proxy_line = 107;
inline constexpr std::size_t longest_proxy_block = 4096;  // addresses and extensions of version 2
inline constexpr std::string_view proxy_signature{"\r\n\r\n\0\r\nQUIT\n", 12};

/// The next word of a line, and the blank behind it.
constexpr std::string_view take_word(std::string_view& line) noexcept {
    auto const end = line.find(' ');
    auto const word = line.substr(0, end);
    line.remove_prefix(end == line.npos ? line.size() : end + 1);
    return word;
}

[[nodiscard]] inline proxy_header read_proxy_line(std::string_view bytes) {
    using kind = proxy_header::kind;
    auto const end = bytes.substr(0, longest_proxy_line).find("\r\n");
    if (end == bytes.npos) return {.what = bytes.size() < longest_proxy_line ? kind::incomplete : kind::malformed};
    auto line = bytes.substr(6, end - 6);  // behind "PROXY "
    auto const family = take_word(line);
    if (family == "UNKNOWN") return {.what = kind::unnamed, .size = end + 2};
    proxy_header found{.what = kind::proxied, .size = end + 2, .address = std::string(take_word(line))};
    take_word(line);  // where the client wanted to go
    auto const port = take_word(line);
    auto const read = std::from_chars(port.data(), port.data() + port.size(), found.port);
    bool const has_port = read.ec == std::errc() && read.ptr == port.data() + port.size();
    auto const digits = family == "TCP4" ? "0123456789." : "0123456789abcdefABCDEF:.";
    bool const has_address = !found.address.empty() && found.address.find_first_not_of(digits) == std::string::npos;
    bool const is_known = family == "TCP4" || family == "TCP6";
    if (!is_known || !has_address || !has_port || line.empty() || line.find(' ') != line.npos)
        return {.what = kind::malformed};
    return found;
}

[[nodiscard]] inline std::string address_of(std::string_view bytes) {
    std::string text;
    bool const is_v4 = bytes.size() == 4;
    for (std::size_t i = 0; i != bytes.size(); i += is_v4 ? 1 : 2) {
        if (i != 0) text += is_v4 ? '.' : ':';
        unsigned const part = is_v4 ? static_cast<unsigned char>(bytes[i]) : load<std::uint16_t>(bytes.data() + i);
        std::array<char, 8> digits{};
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), part, is_v4 ? 10 : 16).ptr;
        text.append(digits.data(), end);
    }
    return text;
}

[[nodiscard]] inline proxy_header read_proxy_block(std::string_view bytes) {
    using kind = proxy_header::kind;
    constexpr std::size_t fixed = 16;
    if (bytes.size() < fixed) return {};
    auto const command = static_cast<unsigned char>(bytes[12]);
    auto const family = static_cast<unsigned char>(bytes[13]);
    std::size_t const length = load<std::uint16_t>(bytes.data() + 14);
    if ((command != 0x20 && command != 0x21) || length > longest_proxy_block) return {.what = kind::malformed};
    if (bytes.size() < fixed + length) return {};
    proxy_header found{.what = kind::local, .size = fixed + length};
    std::size_t const width = family == 0x11 ? 4 : family == 0x21 ? 16 : 0;  // TCP over IPv4, over IPv6, something else
    if (command == 0x20) return found;
    found.what = kind::unnamed;
    if (width == 0) return found;
    if (length < 2 * width + 4) return {.what = kind::malformed};
    found.what = kind::proxied;
    found.address = address_of(bytes.substr(fixed, width));
    found.port = load<std::uint16_t>(bytes.data() + fixed + 2 * width);
    return found;
}

}  // namespace detail

/// What stands at the beginning of a proxy's connection.
[[nodiscard]] inline proxy_header read_proxy_header(std::string_view bytes) {
    using namespace detail;
    constexpr std::string_view line = "PROXY ";
    if (bytes.substr(0, line.size()) == line.substr(0, bytes.size()))
        return bytes.size() < line.size() ? proxy_header{} : read_proxy_line(bytes);
    if (bytes.substr(0, proxy_signature.size()) == proxy_signature.substr(0, bytes.size()))
        return bytes.size() < proxy_signature.size() ? proxy_header{} : read_proxy_block(bytes);
    return {.what = proxy_header::kind::malformed};
}

}  // namespace pgwire
