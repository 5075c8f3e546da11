// The binary forms of values inside of another value's: elements of arrays, attributes of composites, bounds of ranges.
//
// Floor 2, standard library only, constexpr. Each stands behind its Int32 length, and is taken from a `reader`, which
// sees nothing beyond the value around it.
#pragma once

#include "pgwire/core/errc.hpp"
#include "pgwire/protocol/field.hpp"
#include "pgwire/protocol/reader.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace pgwire::detail {

/// Takes a value as arrays and composites have it: it is NULL if its length is -1. Without a length the reader fails
/// with `insufficient_data`, with one that can't be with `invalid_binary`.
[[nodiscard]] constexpr value take_value(reader& from) noexcept {
    auto const length = from.integer<std::int32_t>();
    if (length == -1) return std::nullopt;
    auto const size = static_cast<std::uint32_t>(length);  // a negative one is very large
    if (size > from.remaining()) {
        from.fail(errc::invalid_binary);
        return std::nullopt;
    }
    return from.bytes(size);
}

/// Takes a value as ranges have it, which is never NULL. If it is not there, the reader fails with `insufficient_data`.
[[nodiscard]] constexpr std::string_view take_bytes(reader& from) noexcept {
    return from.bytes(from.integer<std::uint32_t>());
}

}  // namespace pgwire::detail
