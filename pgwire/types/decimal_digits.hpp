// What algorithms give that find the shortest digits of a float. See `float_text.hpp`.
//
// Floor 2, standard library only.
#pragma once

#include <cstdint>

namespace pgwire {

/// `digits` × 10^`exponent`, which is above 0. `digits` has at most 17 and does not end in 0.
struct decimal_digits {
    std::uint64_t digits = 0;
    int exponent = 0;
    friend constexpr bool operator==(decimal_digits const&, decimal_digits const&) = default;
};

}  // namespace pgwire
