// The texts of IPv4 and IPv6 addresses as PostgreSQL reads and writes them.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Network Address Types"; RFC 4291, 2.2,
// for IPv6. PostgreSQL's readers come from BIND and allow what no document says, so that was measured on its servers:
// a point may end an inet, a cidr may be hexadecimal (`0x0a01`), a v4 address inside an IPv6 one may lack bytes.
#pragma once

#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace pgwire::detail {

/// An address of `N` bytes and the length of its prefix in bits.
template<std::size_t N>
struct parsed_network {
    std::array<unsigned char, N> bytes{};
    std::uint8_t prefix = N * 8;
};

/// The beginning of a text that consists of decimal digits; it is taken off.
[[nodiscard]] constexpr std::string_view take_decimal_digits(std::string_view& text) noexcept {
    auto const end = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
    auto const digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits;
}

/// A number up to 255 or nothing. Any number of leading zeros.
[[nodiscard]] constexpr std::optional<unsigned char> parse_octet(std::string_view digits) noexcept {
    unsigned n = 0;
    for (char const c : digits) {
        n = n * 10 + static_cast<unsigned>(c - '0');
        if (n > 255) return std::nullopt;
    }
    if (digits.empty()) return std::nullopt;
    return static_cast<unsigned char>(n);
}

/// What ends an IPv4 address: nothing, for the prefix `otherwise`, or `/` and a decimal number up to 32. The number
/// wraps at 2^32 and its largest value counts as none, as in PostgreSQL.
[[nodiscard]] constexpr std::optional<std::uint8_t> parse_ipv4_prefix(std::string_view text,
                                                                      std::optional<std::uint8_t> otherwise) noexcept {
    if (text.empty()) return otherwise;
    if (!text.starts_with('/')) return std::nullopt;
    text.remove_prefix(1);
    auto const digits = take_decimal_digits(text);
    if (digits.empty() || !text.empty()) return std::nullopt;
    std::uint32_t n = 0;
    for (char const c : digits) n = n * 10 + static_cast<std::uint32_t>(c - '0');
    if (n == std::numeric_limits<std::uint32_t>::max()) return otherwise;
    if (n > 32) return std::nullopt;
    return static_cast<std::uint8_t>(n);
}

/// An inet: up to four decimal bytes. All four if there is no prefix, else at least those that the prefix fills.
[[nodiscard]] constexpr std::optional<parsed_network<4>> parse_ipv4_host(std::string_view text) noexcept {
    parsed_network<4> network;
    std::size_t count = 0;
    while (!text.empty() && is_digit(text.front())) {
        auto const octet = parse_octet(take_decimal_digits(text));
        if (!octet || count == 4) return std::nullopt;
        network.bytes[count++] = *octet;
        if (!text.starts_with('.')) break;
        text.remove_prefix(1);  // which may be the last character, or stand before the prefix
    }
    auto const prefix = parse_ipv4_prefix(text, count == 4 ? std::optional<std::uint8_t>(32) : std::nullopt);
    if (!prefix || count == 0 || *prefix / 8U > count) return std::nullopt;
    network.prefix = *prefix;
    return network;
}

/// The prefix of a network without one: that of the class it had when networks had classes, or all the bytes there are.
[[nodiscard]] constexpr std::uint8_t classful_prefix(unsigned char first, std::size_t count) noexcept {
    unsigned const of_class = first >= 240 ? 32 : first >= 224 ? 8 : first >= 192 ? 24 : first >= 128 ? 16 : 8;
    unsigned const prefix = std::max(of_class, static_cast<unsigned>(count * 8));
    return static_cast<std::uint8_t>(prefix == 8 && first == 224 ? 4 : prefix);
}

/// A cidr: up to four decimal bytes, or `0x` and up to eight hexadecimal digits. The caller looks at the host's bits.
[[nodiscard]] constexpr std::optional<parsed_network<4>> parse_ipv4_network(std::string_view text) noexcept {
    parsed_network<4> network;
    std::size_t count = 0;
    bool const hexadecimal = text.size() > 2 && text[0] == '0' && to_lower(text[1]) == 'x' && hex_value(text[2]) >= 0;
    if (hexadecimal) {
        text.remove_prefix(2);
        std::size_t digits = 0;
        for (; !text.empty() && hex_value(text.front()) >= 0; text.remove_prefix(1), ++digits) {
            if (digits == 8) return std::nullopt;
            int const shift = digits % 2 == 0 ? 4 : 0;  // an odd digit at the end is the upper half of its byte
            network.bytes[digits / 2] |= static_cast<unsigned char>(hex_value(text.front()) << shift);
        }
        count = (digits + 1) / 2;
    } else {
        for (;;) {
            auto const octet = parse_octet(take_decimal_digits(text));
            if (!octet || count == 4) return std::nullopt;
            network.bytes[count++] = *octet;
            if (!text.starts_with('.')) break;
            text.remove_prefix(1);
        }
    }
    auto const prefix = parse_ipv4_prefix(text, classful_prefix(network.bytes[0], count));
    if (!prefix) return std::nullopt;
    network.prefix = *prefix;
    return network;
}

/// A number up to `most` without leading zeros, as IPv6 wants its decimal numbers.
[[nodiscard]] constexpr std::optional<unsigned char> parse_strictly(std::string_view digits, unsigned most) noexcept {
    if (digits.empty() || digits.size() > 3 || !std::all_of(digits.begin(), digits.end(), is_digit))
        return std::nullopt;
    if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
    unsigned n = 0;
    for (char const c : digits) n = n * 10 + static_cast<unsigned>(c - '0');
    if (n > most) return std::nullopt;
    return static_cast<unsigned char>(n);
}

/// The IPv4 address at the end of an IPv6 one: at most four bytes and perhaps a prefix. PostgreSQL takes the ones that
/// lack for zeros, and a byte that has no digits in front of a point too.
[[nodiscard]] constexpr std::optional<parsed_network<4>> parse_embedded_ipv4(std::string_view text,
                                                                             std::uint8_t& prefix) noexcept {
    parsed_network<4> v4;
    for (std::size_t count = 0;; ++count) {
        auto const end = std::min(text.find_first_of("./"), text.size());
        bool const last = end == text.size();
        auto const octet =
            end == 0 && !last ? std::optional<unsigned char>(0) : parse_strictly(text.substr(0, end), 255);
        if (!octet || count == 4) return std::nullopt;
        v4.bytes[count] = *octet;
        if (last) return v4;
        char const separator = text[end];
        text.remove_prefix(end + 1);
        if (separator == '.') continue;
        auto const bits = parse_strictly(text, 128);
        if (!bits) return std::nullopt;
        prefix = *bits;
        return v4;
    }
}

/// Groups of up to four hexadecimal digits between colons, one `::` for all the zeros that lack, perhaps an IPv4
/// address at the end, perhaps a prefix.
[[nodiscard]] constexpr std::optional<parsed_network<16>> parse_ipv6(std::string_view text) noexcept {
    parsed_network<16> network;
    auto& bytes = network.bytes;
    std::size_t size = 0;            // bytes so far
    std::optional<std::size_t> gap;  // where the `::` was
    std::string_view group;          // digits since the last colon
    auto const end_group = [&] {
        if (group.size() > 4 || size == 16) return false;
        unsigned n = 0;
        for (char const c : group) n = n * 16 + static_cast<unsigned>(hex_value(c));
        bytes[size++] = static_cast<unsigned char>(n >> 8);
        bytes[size++] = static_cast<unsigned char>(n);
        group = {};
        return true;
    };

    if (text.starts_with(':')) {
        text.remove_prefix(1);
        if (!text.starts_with(':')) return std::nullopt;
    }
    for (std::size_t i = 0; i != text.size(); ++i) {
        char const c = text[i];
        if (hex_value(c) >= 0) {
            group = text.substr(i - group.size(), group.size() + 1);
        } else if (c == ':') {
            if (group.empty()) {
                if (gap) return std::nullopt;
                gap = size;
            } else if (i + 1 == text.size() || !end_group()) {
                return std::nullopt;
            }
        } else if (c == '.' && size <= 12) {
            auto const v4 = parse_embedded_ipv4(text.substr(i - group.size()), network.prefix);
            if (!v4 || group.size() > 4) return std::nullopt;
            for (auto const byte : v4->bytes) bytes[size++] = byte;
            group = {};
            break;
        } else {
            auto const prefix = c == '/' ? parse_strictly(text.substr(i + 1), 128) : std::nullopt;
            if (!prefix) return std::nullopt;
            network.prefix = *prefix;
            break;
        }
    }
    if (!group.empty() && !end_group()) return std::nullopt;
    if (!gap) return size == 16 ? std::optional(network) : std::nullopt;
    if (size == 16) return std::nullopt;
    auto const behind = bytes.begin() + static_cast<std::ptrdiff_t>(*gap);
    auto const end = bytes.begin() + static_cast<std::ptrdiff_t>(size);
    std::fill(behind, std::copy_backward(behind, end, bytes.end()), static_cast<unsigned char>(0));
    return network;
}

/// At most 15 characters.
constexpr char* put_ipv4(char* p, std::array<unsigned char, 4> const& bytes) noexcept {
    for (std::size_t i = 0; i != 4; ++i) {
        if (i != 0) *p++ = '.';
        p = put_unsigned(p, std::uint32_t{bytes[i]});
    }
    return p;
}

/// At most 45 characters. The longest run of zero groups, the first of several, becomes `::`. What maps an IPv4 address
/// (`::ffff:1.2.3.4`) or was compatible with one (`::1.2.3.4`) has that one's form.
constexpr char* put_ipv6(char* p, std::array<unsigned char, 16> const& bytes) noexcept {
    auto const group = [&](std::size_t i) { return static_cast<std::uint32_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]); };
    std::size_t gap = 8;
    std::size_t length = 1;  // a single zero is no run
    for (std::size_t i = 0; i != 8; ++i) {
        std::size_t n = 0;
        while (i + n != 8 && group(i + n) == 0) ++n;
        if (n > length) {
            gap = i;
            length = n;
        }
    }
    bool const with_v4 =
        gap == 0 && (length == 6 || (length == 7 && group(7) != 1) || (length == 5 && group(5) == 0xFFFF));
    for (std::size_t i = 0; i != 8; ++i) {
        if (i == gap) {
            *p++ = ':';
            i += length - 1;
            if (i == 7) *p++ = ':';
            continue;
        }
        if (i != 0) *p++ = ':';
        if (i == 6 && with_v4) return put_ipv4(p, {bytes[12], bytes[13], bytes[14], bytes[15]});
        bool significant = false;
        for (int shift = 12; shift >= 0; shift -= 4) {
            auto const digit = group(i) >> shift & 15;
            significant = significant || digit != 0 || shift == 0;
            if (significant) *p++ = hex_digits[digit];
        }
    }
    return p;
}

}  // namespace pgwire::detail
