// Big-endian integers in memory, the protocol's Int8, Int16, Int32 and the types' Int64; and short copies.
//
// Floor 0, standard library only. The wire's unit is `char`: `std::byte` would need `reinterpret_cast`, which is not
// constexpr. When the program is compiled, load and store are one fold expression each; when it runs, one move and one
// `bswap`. GCC makes that of the fold too, but only after it has decided which functions are small enough to inline.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <utility>

namespace pgwire {

namespace detail {

#if defined(__GNUC__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define PGWIRE_HAS_BSWAP 1
[[nodiscard]] inline auto bswap(std::unsigned_integral auto n) noexcept {
    using word = decltype(n);
    if constexpr (sizeof(word) == 1) return n;
    else if constexpr (sizeof(word) == 2) return static_cast<word>(__builtin_bswap16(n));
    else if constexpr (sizeof(word) == 4) return static_cast<word>(__builtin_bswap32(n));
    else return static_cast<word>(__builtin_bswap64(n));
}
#endif

/// Copies `N` bytes: all are loaded before one is stored, so that the two copies of a pair don't wait for each other.
template<std::size_t N>
void move_constant(char* to, char const* from) noexcept {
    char bytes[N];
    std::memcpy(bytes, from, N);
    std::memcpy(to, bytes, N);
}

}  // namespace detail

/// Reads a big-endian integer of `sizeof(T)` bytes at `p`; that many bytes must be there.
template<std::integral T>
[[nodiscard]] constexpr T load(char const* p) noexcept {
    using word = std::make_unsigned_t<T>;
#ifdef PGWIRE_HAS_BSWAP
    if (!std::is_constant_evaluated()) {
        word n;
        std::memcpy(&n, p, sizeof n);
        return static_cast<T>(detail::bswap(n));
    }
#endif
    return [p]<std::size_t... I>(std::index_sequence<I...>) {
        return static_cast<T>(static_cast<word>(
            (0U | ... | static_cast<word>(static_cast<word>(static_cast<unsigned char>(p[I])) << (8 * (sizeof(T) - 1 - I))))));
    }(std::make_index_sequence<sizeof(T)>{});
}

/// Reads bytes in whatever order is the quickest, for questions that don't depend on it.
template<std::unsigned_integral T>
[[nodiscard]] constexpr T load_unordered(char const* p) noexcept {
    if (std::is_constant_evaluated()) return load<T>(p);
    T n;
    std::memcpy(&n, p, sizeof n);
    return n;
}

/// Writes `value` big-endian at `p`, where `sizeof(T)` bytes must be free; returns the end of what was written.
template<std::integral T>
constexpr char* store(char* p, T value) noexcept {
    using word = std::make_unsigned_t<T>;
    auto const bits = static_cast<word>(value);
#ifdef PGWIRE_HAS_BSWAP
    if (!std::is_constant_evaluated()) {
        word const n = detail::bswap(bits);
        std::memcpy(p, &n, sizeof n);
        return p + sizeof(T);
    }
#endif
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((p[I] = static_cast<char>(static_cast<unsigned char>(bits >> (8 * (sizeof(T) - 1 - I))))), ...);
    }(std::make_index_sequence<sizeof(T)>{});
    return p + sizeof(T);
}

/// Copies `size` bytes from `from` to `p`, which don't overlap, and returns the end of the copy. Most values are short:
/// those of 8 to 32 bytes are two moves, which overlap, and not a call.
constexpr char* copy_bytes(char* p, char const* from, std::size_t size) noexcept {
    if (std::is_constant_evaluated()) {
        for (std::size_t i = 0; i != size; ++i) p[i] = from[i];
    } else if (size - 16 <= 16) [[likely]] {
        detail::move_constant<16>(p, from);
        detail::move_constant<16>(p + size - 16, from + size - 16);
    } else if (size - 8 < 8) {
        detail::move_constant<8>(p, from);
        detail::move_constant<8>(p + size - 8, from + size - 8);
    } else if (size != 0) {
        std::memcpy(p, from, size);
    }
    return p + size;
}

}  // namespace pgwire

#undef PGWIRE_HAS_BSWAP
