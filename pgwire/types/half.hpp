// IEEE 754's half precision numbers, as pgvector's halfvec holds them.
//
// Floor 2, standard library only, constexpr. C++20 has no such type.
#pragma once

#include <bit>
#include <cstdint>

namespace pgwire {

/// A binary16: a sign, 5 bits of exponent, 10 of fraction; up to 65,504.
struct half {
    std::uint16_t bits = 0;

    constexpr half() = default;
    /// The nearest half; of two as near the one whose last bit is 0. Too large a number becomes infinite.
    constexpr explicit half(float v) noexcept : bits(nearest(std::bit_cast<std::uint32_t>(v))) {}

    [[nodiscard]] static constexpr half from_bits(std::uint16_t bits) noexcept {
        half v;
        v.bits = bits;
        return v;
    }

    /// Exact.
    [[nodiscard]] constexpr explicit operator float() const noexcept {
        std::uint32_t const sign = (bits & 0x8000U) << 16;
        std::uint32_t const exponent = (bits >> 10) & 0x1fU;
        std::uint32_t const fraction = bits & 0x3ffU;
        if (exponent == 0) {  // no leading 1: `fraction` times 2^-24
            float const v = static_cast<float>(fraction) * 0x1p-24F;
            return sign != 0 ? -v : v;
        }
        std::uint32_t const wide = exponent == 31 ? 255 : exponent + 112;
        return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
    }

    [[nodiscard]] constexpr bool is_finite() const noexcept { return (bits & 0x7c00U) != 0x7c00U; }
    [[nodiscard]] constexpr bool is_nan() const noexcept { return (bits & 0x7fffU) > 0x7c00U; }

    /// As numbers: 0 is -0, and NaN is not NaN.
    friend constexpr bool operator==(half a, half b) noexcept { return static_cast<float>(a) == static_cast<float>(b); }

private:
    static constexpr std::uint16_t nearest(std::uint32_t v) noexcept {
        auto const sign = static_cast<std::uint16_t>(v >> 16 & 0x8000U);
        std::uint32_t const magnitude = v & 0x7fff'ffffU;
        auto const with_sign = [&](std::uint32_t rest) { return static_cast<std::uint16_t>(sign | rest); };
        if (magnitude > 0x7f80'0000U) return with_sign(0x7e00U | (magnitude >> 13 & 0x3ffU));  // NaN
        if (magnitude >= 0x4780'0000U) return with_sign(0x7c00U);                              // 65,536 and above
        if (magnitude < 0x3300'0000U) return with_sign(0);                                     // below 2^-25

        // Drop the bits that a half has not; where the exponent is below a half's, also what it then has to shift out.
        std::uint32_t const exponent = magnitude >> 23;
        bool const subnormal = exponent < 113;
        std::uint32_t const dropped = subnormal ? 126 - exponent : 13;
        std::uint32_t const kept = subnormal ? (magnitude & 0x7f'ffffU) | 0x80'0000U : magnitude - (112U << 23);
        std::uint32_t const down = kept >> dropped;
        std::uint32_t const rest = kept & ((1U << dropped) - 1);
        std::uint32_t const middle = 1U << (dropped - 1);
        bool const up = rest > middle || (rest == middle && down % 2 == 1);
        return with_sign(down + (up ? 1 : 0));  // a carry is the next exponent, above 65,519 infinity
    }
};

}  // namespace pgwire
