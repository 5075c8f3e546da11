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

/// Those of the table that the servers have: rows of it, from all over.
inline std::vector<row> make_sales() {
    constexpr std::int64_t new_year = 820'540'800'000'000;  // 2026, in microseconds from 2000
    std::vector<row> rows;
    for (std::int64_t i = 1; rows.size() != count; i += 976)
        rows.push_back({i, static_cast<double>(i) / 100, "sixteen bytes ok", {new_year + i * 1'000'000}});
    return rows;
}

}  // namespace pgwire::bench
