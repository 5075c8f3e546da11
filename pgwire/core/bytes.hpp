// Big-endian integers in memory: the protocol's Int8, Int16, Int32 and the types' Int64.
//
// Floor 0, standard library only. The wire's unit is `char`: `std::byte` would need `reinterpret_cast`, which is not
// constexpr. Both functions are one fold expression each, because GCC 12 makes a single `bswap` of a fold and leaves a
// loop a loop.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace pgwire {

/// Reads a big-endian integer of `sizeof(T)` bytes at `p`; that many bytes must be there.
template<std::integral T>
[[nodiscard]] constexpr T load(char const* p) noexcept {
    using word = std::make_unsigned_t<T>;
    return [p]<std::size_t... I>(std::index_sequence<I...>) {
        return static_cast<T>(static_cast<word>(
            (0U | ... | static_cast<word>(static_cast<word>(static_cast<unsigned char>(p[I])) << (8 * (sizeof(T) - 1 - I))))));
    }(std::make_index_sequence<sizeof(T)>{});
}

/// Writes `value` big-endian at `p`, where `sizeof(T)` bytes must be free; returns the end of what was written.
template<std::integral T>
constexpr char* store(char* p, T value) noexcept {
    using word = std::make_unsigned_t<T>;
    auto const bits = static_cast<word>(value);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((p[I] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * (sizeof(T) - 1 - I))))), ...);
    }(std::make_index_sequence<sizeof(T)>{});
    return p + sizeof(T);
}

}  // namespace pgwire
