// What bounds PostgreSQL's arrays, and other values that hold many.
//
// Floor 2, standard library only. Source: its servers' answers to values that claim more.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pgwire::detail {

/// The largest piece of memory that its server gives, in bytes: it bounds what a value may claim to hold.
inline constexpr std::uint32_t max_allocation = 0x3fff'ffff;

/// Pointers to its elements are what an array needs first.
inline constexpr std::int64_t max_array_elements = max_allocation / 8;

/// Of an array.
inline constexpr std::size_t max_dimensions = 6;

}  // namespace pgwire::detail
