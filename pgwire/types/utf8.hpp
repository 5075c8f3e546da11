// Is this text UTF-8, as PostgreSQL wants it?
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Character Set Support"; Unicode, table
// 3-7. No overlong forms, no surrogates, nothing above U+10FFFF, and no zero byte, which PostgreSQL's text can't hold.
#pragma once

#include "pgwire/core/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

namespace detail {

/// Whether these 8 bytes are all from 1 to 127. Subtracting 1 sets the high bit of a zero byte.
[[nodiscard]] constexpr std::uint64_t not_ascii(std::uint64_t eight) noexcept {
    return ((eight - 0x0101'0101'0101'0101U) | eight) & 0x8080'8080'8080'8080U;
}

/// The length of the well-formed sequence that `text` begins with, or 0.
[[nodiscard]] constexpr std::size_t utf8_sequence(std::string_view text) noexcept {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const within = [&](std::size_t i, unsigned low, unsigned high) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    unsigned const first = byte(0);
    if (first < 0x80) return first != 0 ? 1 : 0;
    if (first < 0xc2) return 0;  // a continuation, or an overlong form of ASCII
    if (first < 0xe0) return within(1, 0x80, 0xbf) ? 2 : 0;
    if (first < 0xf0) {
        unsigned const low = first == 0xe0 ? 0xa0 : 0x80;   // else overlong
        unsigned const high = first == 0xed ? 0x9f : 0xbf;  // else a surrogate
        return within(1, low, high) && within(2, 0x80, 0xbf) ? 3 : 0;
    }
    if (first > 0xf4) return 0;
    unsigned const low = first == 0xf0 ? 0x90 : 0x80;   // else overlong
    unsigned const high = first == 0xf4 ? 0x8f : 0xbf;  // else above U+10FFFF
    return within(1, low, high) && within(2, 0x80, 0xbf) && within(3, 0x80, 0xbf) ? 4 : 0;
}

}  // namespace detail

/// Where the first byte is that does not belong to UTF-8; `text.npos` if there is none.
[[nodiscard]] constexpr std::size_t find_invalid_utf8(std::string_view text) noexcept {
    char const* const data = text.data();
    std::size_t const size = text.size();
    std::size_t i = 0;
    while (i != size) {
        while (size - i >= 32 && (detail::not_ascii(load<std::uint64_t>(data + i)) |
                                  detail::not_ascii(load<std::uint64_t>(data + i + 8)) |
                                  detail::not_ascii(load<std::uint64_t>(data + i + 16)) |
                                  detail::not_ascii(load<std::uint64_t>(data + i + 24))) == 0)
            i += 32;
        while (size - i >= 8 && detail::not_ascii(load<std::uint64_t>(data + i)) == 0) i += 8;
        if (i == size) break;
        std::size_t const length = detail::utf8_sequence(text.substr(i));
        if (length == 0) return i;
        i += length;
    }
    return text.npos;
}

/// How many characters valid UTF-8 has, as positions in errors count them.
[[nodiscard]] constexpr std::uint32_t count_characters(std::string_view text) noexcept {
    std::uint32_t n = 0;
    for (char const c : text) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
    return n;
}

/// Looks for bytes that are not UTF-8 with what every compiler and machine has. Where much text comes in, another class
/// with this member takes its place: `simdutf_utf8` of pgwire/types/simdutf.hpp.
struct portable_utf8 {
    [[nodiscard]] static constexpr std::size_t find_invalid(std::string_view text) noexcept {
        return find_invalid_utf8(text);
    }
};

/// Whether all of `text` is UTF-8 without a zero byte.
[[nodiscard]] constexpr bool valid_utf8(std::string_view text) noexcept { return find_invalid_utf8(text) == text.npos; }

}  // namespace pgwire
