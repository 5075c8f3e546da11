// Half precision numbers, to and from floats.
#include "pgwire/types/half.hpp"

#include <cstdint>
#include <limits>

namespace pgwire::test {

static_assert(half(1.0F).bits == 0x3c00 && half(-2.0F).bits == 0xc000 && half(-0.0F).bits == 0x8000);
static_assert(half(65504.0F).bits == 0x7bff && half(65519.996F).bits == 0x7bff, "the largest");
static_assert(half(65520.0F).bits == 0x7c00 && half(-1e38F).bits == 0xfc00, "too large");
static_assert(half(2049.0F).bits == half(2048.0F).bits && half(2051.0F).bits == half(2052.0F).bits, "to even");
static_assert(half(0x1p-14F).bits == 0x0400 && half(0x1.ffcp-15F).bits == 0x0400 && half(0x1.ff8p-15F).bits == 0x03ff);
static_assert(half(0x1p-24F).bits == 1 && half(0x1p-25F).bits == 0 && half(0x1.000002p-25F).bits == 1, "the smallest");
static_assert(half(0x1.8p-24F).bits == 2 && half(-0x1p-149F).bits == 0x8000);
static_assert(half(std::numeric_limits<float>::quiet_NaN()).is_nan() && !half(1.0F).is_nan());
static_assert(!half(std::numeric_limits<float>::infinity()).is_finite() && half::from_bits(0x7bff).is_finite());

constexpr bool every_half_survives() {
    for (std::uint32_t bits = 0; bits < 0x7c00; bits += 7)
        if (half(static_cast<float>(half::from_bits(static_cast<std::uint16_t>(bits)))).bits != bits) return false;
    return true;
}
static_assert(every_half_survives());

}  // namespace pgwire::test
