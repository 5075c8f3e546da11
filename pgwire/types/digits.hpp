// Decimal and hexadecimal digits, and what else the text forms of several types have in common.
//
// Floor 2, standard library only, constexpr throughout (std::to_chars is not, in C++20).
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/bytes.hpp"
#include "pgwire/core/errc.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

namespace pgwire::detail {

[[nodiscard]] constexpr std::string_view trim_front(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return text;
}
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    text = trim_front(text);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Copies text to `p` and returns the end of it.
constexpr char* put(char* p, std::string_view text) noexcept { return std::copy_n(text.data(), text.size(), p); }

/// "00" to "99", one after the other.
inline constexpr auto digit_pairs = [] {
    std::array<char, 200> pairs{};
    for (std::size_t i = 0; i != 100; ++i) {
        pairs[2 * i] = static_cast<char>('0' + i / 10);
        pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return pairs;
}();

/// Two digits; `n` is at most 99.
constexpr char* put_pair(char* p, std::uint32_t n) noexcept {
    char const tens = digit_pairs[2 * n];  // both are read before one is written, so that compilers copy two at once
    char const ones = digit_pairs[2 * n + 1];
    p[0] = tens;
    p[1] = ones;
    return p + 2;
}

/// Four digits; `n` is at most 9999.
constexpr char* put_four(char* p, std::uint32_t n) noexcept { return put_pair(put_pair(p, n / 100), n % 100); }

/// 1, 10, 100, … as far as 64 bits go.
inline constexpr auto powers_of_ten = [] {
    std::array<std::uint64_t, 20> powers{1};
    for (std::size_t i = 1; i != powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

template<std::unsigned_integral T>
[[nodiscard]] constexpr unsigned count_digits(T n) noexcept {
    std::uint64_t const at_least_1 = n | 1U;  // which has as many digits
    // 1233 / 4096 is a little more than log10(2): this is the number of digits, or one less.
    auto const guess = static_cast<unsigned>(std::bit_width(at_least_1)) * 1233 >> 12;
    return guess + (at_least_1 >= powers_of_ten[guess] ? 1 : 0);
}

/// The decimal digits of `n`, at least `width` of them.
template<std::unsigned_integral T>
constexpr char* put_unsigned(char* p, T n, unsigned width = 1) noexcept {
    unsigned const digits = count_digits(n);
    if (digits < width) p = std::fill_n(p, width - digits, '0');
    char* const end = p + digits;
    char* at = end;
    if constexpr (sizeof(T) > 4)
        for (; n > 99'999'999; n /= 100'000'000) {  // eight at a time: the rest is then done with 32 bits
            auto const eight = static_cast<std::uint32_t>(n % 100'000'000);
            at -= 8;
            put_four(put_four(at, eight / 10'000), eight % 10'000);
        }
    auto rest = static_cast<std::uint32_t>(n);
    for (; rest > 99; rest /= 100) {
        at -= 2;
        put_pair(at, rest % 100);
    }
    if (rest > 9) put_pair(at - 2, rest);
    else at[-1] = static_cast<char>('0' + rest);
    return end;
}

/// "00000000"
inline constexpr std::uint64_t eight_zeros = 0x3030'3030'3030'3030U;

/// The eight digits of `n`, which is below 10^8, as numbers: one in each byte, the first in the highest.
[[nodiscard]] constexpr std::uint64_t split_eight(std::uint32_t n) noexcept {
    std::uint64_t const fours = std::uint64_t{n / 10'000} << 32 | n % 10'000;
    std::uint64_t const hundreds = fours * 10'486 >> 20 & 0x0000'007f'0000'007fU;  // of each four: divided by 100
    std::uint64_t const pairs = fours + hundreds * ((1U << 16) - 100);             // moves them up, leaves the rest
    std::uint64_t const tens = pairs * 103 >> 10 & 0x000f'000f'000f'000fU;         // of each pair: divided by 10
    return pairs + tens * ((1U << 8) - 10);
}

/// How many bits the zeros take that `split`, of `split_eight`, begins with; of the digits, `behind` always stay.
[[nodiscard]] constexpr unsigned leading_zeros(std::uint64_t split, unsigned behind = 1) noexcept {
    return static_cast<unsigned>(std::countl_zero(split | std::uint64_t{1} << 8 * (behind - 1))) & 56U;
}

/// The decimal digits of `n`, which is below 10^8. Writes eight bytes, of which those behind the end mean nothing.
constexpr char* put_within_eight(char* p, std::uint32_t n) noexcept {
    auto const split = split_eight(n);
    auto const zeros = leading_zeros(split);
    store(p, (split | eight_zeros) << zeros);
    return p + 8 - zeros / 8;
}

/// The decimal digits of `n`, as `put_unsigned` writes them, but without a branch for each length; eight bytes must be
/// free even if fewer are needed.
template<std::unsigned_integral T>
constexpr char* put_digits(char* p, T n) noexcept {
    constexpr std::uint32_t e8 = 100'000'000;
    if (n < 10) {  // many are
        *p = static_cast<char>('0' + n);
        return p + 1;
    }
    if (n < e8) return put_within_eight(p, static_cast<std::uint32_t>(n));
    p = put_digits(p, n / e8);
    return store(p, split_eight(static_cast<std::uint32_t>(n % e8)) | eight_zeros);
}

template<std::signed_integral T>
constexpr char* put_signed(char* p, T n) noexcept {
    using word = std::make_unsigned_t<std::common_type_t<T, std::int32_t>>;
    auto bits = static_cast<word>(n);
    if (n < 0) {
        *p++ = '-';
        bits = word{0} - bits;
    }
    return put_unsigned(p, bits);
}

/// The same where there is room for every `T`.
template<std::signed_integral T>
    requires(sizeof(T) >= 4)
constexpr char* put_signed_digits(char* p, T n) noexcept {
    using word = std::make_unsigned_t<T>;
    auto const bits = static_cast<word>(n);
    if (n >= 0) return put_digits(p, bits);
    *p = '-';
    return put_digits(p + 1, word{0} - bits);
}

/// The most characters that a decimal integer of type T has, sign included.
template<std::integral T>
inline constexpr std::size_t max_digits = std::numeric_limits<T>::digits10 + 1 + (std::is_signed_v<T> ? 1 : 0);

/// The number that the four digits at `p` spell.
[[nodiscard]] constexpr std::uint32_t read_four(char const* p) noexcept {
    std::uint32_t n = load<std::uint32_t>(p) & 0x0f0f'0f0fU;   // a digit in each byte
    n = (n >> 8 & 0x00ff'00ffU) * 10 + (n & 0x00ff'00ffU);     // a pair in each half
    return (n >> 16) * 100 + (n & 0xffffU);
}

/// The number that eight digits spell, the first of which is in the highest byte; a byte that is 0 counts as one.
[[nodiscard]] constexpr std::uint64_t read_eight(std::uint64_t n) noexcept {
    n &= 0x0f0f'0f0f'0f0f'0f0fU;
    n = (n >> 8 & 0x00ff'00ff'00ff'00ffU) * 10 + (n & 0x00ff'00ff'00ff'00ffU);
    n = (n >> 16 & 0x0000'ffff'0000'ffffU) * 100 + (n & 0x0000'ffff'0000'ffffU);
    return (n >> 32) * 10'000 + (n & 0xffff'ffffU);
}

/// The number that the eight digits at `p` spell.
[[nodiscard]] constexpr std::uint64_t read_eight(char const* p) noexcept { return read_eight(load<std::uint64_t>(p)); }

/// Four to seven bytes, the last in the lowest byte of the result: two loads, which overlap.
[[nodiscard]] constexpr std::uint64_t load_most_of_eight(std::string_view bytes) noexcept {
    std::size_t const behind = bytes.size() - 4;
    return std::uint64_t{load<std::uint32_t>(bytes.data())} << 8 * behind | load<std::uint32_t>(bytes.data() + behind);
}

/// The high bit of each byte of `eight` that is no digit.
[[nodiscard]] constexpr std::uint64_t non_digits(std::uint64_t eight) noexcept {
    constexpr std::uint64_t each = 0x0101'0101'0101'0101U;
    std::uint64_t const low = eight & each * 0x7f;  // so that no sum below reaches into the next byte
    return (eight | (low + each * (0x80 - ('9' + 1))) | ~(low + each * (0x80 - '0'))) & each * 0x80;
}

/// How many digits `text` begins with; it looks at eight at a time.
[[nodiscard]] constexpr std::size_t count_leading_digits(std::string_view text) noexcept {
    std::size_t n = 0;
    for (; text.size() - n >= 8; n += 8)
        if (auto const others = non_digits(load<std::uint64_t>(text.data() + n)); others != 0)
            return n + static_cast<std::size_t>(std::countl_zero(others)) / 8;
    if (n == text.size()) return n;
    if (text.size() >= 4) {
        std::size_t const rest = text.size() - n;
        auto const last = n != 0 ? load<std::uint64_t>(text.data() + text.size() - 8) : load_most_of_eight(text);
        auto const others = non_digits(last << 8 * (8 - rest));  // the zeros shifted in are no digits
        return n + static_cast<std::size_t>(std::countl_zero(others)) / 8;
    }
    while (n != text.size() && is_digit(text[n])) ++n;
    return n;
}

/// The number that these digits, at most 19, spell.
[[nodiscard]] constexpr std::uint64_t read_digits(std::string_view digits) noexcept {
    std::size_t const size = digits.size();
    std::uint64_t n = 0;
    if (size < 4) {
        for (char const c : digits) n = n * 10 + static_cast<std::uint64_t>(c - '0');
        return n;
    }
    if (size < 8) return read_eight(load_most_of_eight(digits));
    std::size_t at = 0;
    for (; size - at >= 8; at += 8) n = n * 100'000'000 + read_eight(digits.data() + at);
    if (at == size) return n;
    std::size_t const known = 8 * (8 - (size - at));  // bits of the last eight that are read already
    return n * powers_of_ten[size - at] + read_eight(load<std::uint64_t>(digits.data() + size - 8) << known >> known);
}

inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (is_digit(c)) return c - '0';
    char const lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The value of a digit in this base, at most 16, or -1.
[[nodiscard]] constexpr int digit_value(char c, unsigned base) noexcept {
    int const value = hex_value(c);
    return value < static_cast<int>(base) ? value : -1;
}

/// A value of fixed width must have just its bytes: PostgreSQL calls too few a protocol violation, too many wrong.
[[nodiscard]] constexpr errc check_width(std::string_view bytes, std::size_t width) noexcept {
    return bytes.size() == width ? errc::none : bytes.size() < width ? errc::insufficient_data : errc::invalid_binary;
}

}  // namespace pgwire::detail
