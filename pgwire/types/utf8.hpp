// Is this text UTF-8, as PostgreSQL wants it?
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Character Set Support"; Unicode, table
// 3-7. No overlong forms, no surrogates, nothing above U+10FFFF, and no zero byte, which PostgreSQL's text can't hold.
#pragma once

#include "pgwire/core/bytes.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgwire {

namespace detail {

/// Not 0 if one of these 8 bytes is not from 1 to 127, in whichever order they are. Subtracting 1 sets the high bit of
/// a zero byte, and borrows only where it does so.
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

/// What a byte does to a reader of UTF-8, which is in one of nine states: six bits for each, where it goes from there.
/// A state is the number of the bit at which its six begin; so reading a byte is a shift, without a branch.
enum utf8_state : std::uint64_t {
    utf8_character = 0,    // a character may begin
    utf8_one = 6,          // one more continuation, …
    utf8_two = 12,
    utf8_three = 18,
    utf8_after_e0 = 24,    // two more, of which the first is not any
    utf8_after_ed = 30,
    utf8_after_f0 = 36,    // three more, likewise
    utf8_after_f4 = 42,
    utf8_wrong = 48,       // it stays
};

inline constexpr auto utf8_steps = [] {
    std::array<std::uint64_t, 256> steps{};
    for (unsigned byte = 0; byte != 256; ++byte) {
        auto& step = steps[byte];
        for (unsigned from = 0; from <= utf8_wrong; from += 6) step |= std::uint64_t{utf8_wrong} << from;
        auto const goes = [&](utf8_state from, utf8_state to) { step ^= (std::uint64_t{utf8_wrong} ^ to) << from; };
        if (byte != 0 && byte < 0x80) goes(utf8_character, utf8_character);
        if (byte >= 0xc2 && byte < 0xe0) goes(utf8_character, utf8_one);
        if (byte >= 0xe0 && byte < 0xf0)
            goes(utf8_character, byte == 0xe0 ? utf8_after_e0 : byte == 0xed ? utf8_after_ed : utf8_two);
        if (byte >= 0xf0 && byte <= 0xf4)
            goes(utf8_character, byte == 0xf0 ? utf8_after_f0 : byte == 0xf4 ? utf8_after_f4 : utf8_three);
        if (byte < 0x80 || byte >= 0xc0) continue;
        goes(utf8_one, utf8_character);
        goes(utf8_two, utf8_one);
        goes(utf8_three, utf8_two);
        goes(byte < 0xa0 ? utf8_after_ed : utf8_after_e0, utf8_one);
        goes(byte < 0x90 ? utf8_after_f4 : utf8_after_f0, utf8_two);
    }
    return steps;
}();

/// Reads a byte.
[[nodiscard]] constexpr std::uint64_t utf8_step(std::uint64_t state, char c) noexcept {
    return utf8_steps[static_cast<unsigned char>(c)] >> (state & 63);
}

/// Where the first byte is that does not belong to UTF-8, if that is not before the character around `near`.
[[nodiscard]] constexpr std::size_t find_invalid_utf8_near(std::string_view text, std::size_t near) noexcept {
    for (int back = 0; back != 4 && near != 0 && static_cast<unsigned char>(text[near - 1]) >= 0x80; ++back) {
        --near;
        if (static_cast<unsigned char>(text[near]) >= 0xc0) break;
    }
    while (near != text.size()) {
        auto const length = utf8_sequence(text.substr(near));
        if (length == 0) return near;
        near += length;
    }
    return text.npos;
}

}  // namespace detail

/// Where the first byte is that does not belong to UTF-8; `text.npos` if there is none.
[[nodiscard]] constexpr std::size_t find_invalid_utf8(std::string_view text) noexcept {
    constexpr std::size_t block = 16;
    char const* const data = text.data();
    std::size_t const size = text.size();
    std::size_t i = 0;
    std::uint64_t state = detail::utf8_character;
    while (size - i >= block) {
        if ((state & 63) == detail::utf8_character) {
            while (size - i >= 32 && (detail::not_ascii(load_unordered<std::uint64_t>(data + i)) |
                                      detail::not_ascii(load_unordered<std::uint64_t>(data + i + 8)) |
                                      detail::not_ascii(load_unordered<std::uint64_t>(data + i + 16)) |
                                      detail::not_ascii(load_unordered<std::uint64_t>(data + i + 24))) == 0)
                i += 32;
            if (size - i < block) break;
            if ((detail::not_ascii(load_unordered<std::uint64_t>(data + i)) |
                 detail::not_ascii(load_unordered<std::uint64_t>(data + i + 8))) == 0) {
                i += block;
                continue;
            }
        }
        for (std::size_t n = 0; n != block; ++n) state = detail::utf8_step(state, data[i + n]);
        if ((state & 63) == detail::utf8_wrong) return detail::find_invalid_utf8_near(text, i);
        i += block;
    }
    if (size - i >= 8 && (state & 63) == detail::utf8_character &&
        detail::not_ascii(load_unordered<std::uint64_t>(data + i)) == 0)
        i += 8;
    std::size_t const rest = i;
    for (; i != size; ++i) state = detail::utf8_step(state, data[i]);
    return (state & 63) == detail::utf8_character ? text.npos : detail::find_invalid_utf8_near(text, rest);
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

namespace detail {

/// Most values are short and ASCII: at most 16 bytes are seen by two loads, which overlap.
[[nodiscard]] constexpr bool is_short_ascii(std::string_view text) noexcept {
    std::size_t const size = text.size();
    char const* const data = text.data();
    if (size > 16 || size < 4) return false;
    if (size >= 8)
        return (not_ascii(load_unordered<std::uint64_t>(data)) |
                not_ascii(load_unordered<std::uint64_t>(data + size - 8))) == 0;
    std::uint64_t const both =
        std::uint64_t{load_unordered<std::uint32_t>(data)} << 32 | load_unordered<std::uint32_t>(data + size - 4);
    return not_ascii(both) == 0;
}

/// As many bytes, if there are, as the first one says that its character has; 1 where it says nothing.
[[nodiscard]] constexpr std::string_view first_character(std::string_view text) noexcept {
    auto const first = text.empty() ? 0U : static_cast<unsigned char>(text[0]);
    return text.substr(0, first >= 0xF8 || first < 0xC0 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2);
}

}  // namespace detail

/// Whether all of `text` is UTF-8 without a zero byte.
[[nodiscard]] constexpr bool valid_utf8(std::string_view text) noexcept {
    return detail::is_short_ascii(text) || find_invalid_utf8(text) == text.npos;
}

/// What PostgreSQL says of bytes that are no UTF-8.
[[nodiscard]] inline std::string describe_invalid_utf8(std::string_view from_the_wrong_byte_on) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string said = "invalid byte sequence for encoding \"UTF8\":";
    for (char const c : detail::first_character(from_the_wrong_byte_on)) {
        auto const byte = static_cast<unsigned char>(c);
        said += {' ', '0', 'x', digits[byte >> 4], digits[byte & 15U]};
    }
    return said;
}

}  // namespace pgwire
