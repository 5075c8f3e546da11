// A comparison that tells nothing by its time.
//
// Floor 0.
#pragma once

#include <cstddef>
#include <string_view>

namespace pgwire {

/// Are they equal? How long that takes tells their sizes, and nothing else.
[[nodiscard]] constexpr bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    unsigned char differences = 0;
    for (std::size_t i = 0; i != a.size(); ++i) {
        auto const x = static_cast<unsigned char>(a[i]), y = static_cast<unsigned char>(b[i]);
        differences = static_cast<unsigned char>(differences | (x ^ y));
    }
    return differences == 0;
}

}  // namespace pgwire
