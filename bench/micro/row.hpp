// The rows that are encoded and decoded in memory.
#pragma once

#include "pgwire/types.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace pgwire::bench {

struct row {
    std::int64_t id;
    double price;
    std::string_view name;
    timestamp when;
};

inline constexpr std::size_t count = 1024;

/// Ordinary numbers: their texts are of many lengths.
inline std::vector<row> make_rows() {
    std::vector<row> rows;
    std::uint64_t random = 1;
    for (std::size_t i = 0; i != count; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        rows.push_back({static_cast<std::int64_t>(random >> 24), static_cast<double>(random >> 40) / 100,
                        "sixteen bytes ok", {static_cast<std::int64_t>(random >> 14)}});
    }
    return rows;
}

}  // namespace pgwire::bench
