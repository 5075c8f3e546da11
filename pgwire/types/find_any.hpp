// The first of a few characters in a text, eight bytes at a time.
//
// Floor 2, standard library only, constexpr. For formats in which most bytes are plain and a few end or escape
// something.
#pragma once

#include "pgwire/core/bytes.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// The high bit of each of the eight bytes that is `c`, and no other bit.
[[nodiscard]] constexpr std::uint64_t equal_bytes(std::uint64_t eight, char c) noexcept {
    constexpr std::uint64_t low_bits = 0x7f7f'7f7f'7f7f'7f7fU;
    std::uint64_t const x = eight ^ (0x0101'0101'0101'0101U * static_cast<unsigned char>(c));
    return ~(((x & low_bits) + low_bits) | x | low_bits);
}

/// Where in `text`, from `from` on, the first of the characters `c` is; the size of `text` if none of them is there.
template<class... Char>
[[nodiscard]] constexpr std::size_t find_any(std::string_view text, std::size_t from, Char... c) noexcept {
    char const* const data = text.data();
    std::size_t const size = text.size();
    std::size_t i = from;
    for (; size - i >= 8; i += 8) {
        auto const eight = load<std::uint64_t>(data + i);
        std::uint64_t const found = (equal_bytes(eight, c) | ...);
        if (found != 0) return i + static_cast<std::size_t>(std::countl_zero(found)) / 8;  // the first byte is on top
    }
    while (i != size && ((data[i] != c) && ...)) ++i;
    return i;
}

}  // namespace pgwire::detail
