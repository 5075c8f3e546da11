// Looks for bytes that are not UTF-8 with simdutf, which does it with vectors: several times faster than what every
// machine has, where the text is not ASCII.
//
// Floor 2. Includes simdutf, which is looked for as <simdutf.h>; only who asks for this header needs it.
#pragma once

#include "pgwire/types/utf8.hpp"

#include <simdutf.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace pgwire {

/// Takes the place of `portable_utf8`:
///
///     copy_line_decoder<detail::copy_csv_format, simdutf_utf8> decoder(columns);
struct simdutf_utf8 {
    /// Where the first byte is that does not belong to UTF-8, or that is zero; `text.npos` if there is none.
    [[nodiscard]] static std::size_t find_invalid(std::string_view text) noexcept {
        if (text.size() < worth_a_call) return find_invalid_utf8(text);
        auto const found = simdutf::validate_utf8_with_errors(text.data(), text.size());
        auto const valid = text.substr(0, found.error == simdutf::SUCCESS ? text.size() : found.count);
        // A zero byte is UTF-8, but none that PostgreSQL takes.
        auto const* const zero = std::memchr(valid.data(), 0, valid.size());
        if (zero != nullptr) return static_cast<std::size_t>(static_cast<char const*>(zero) - valid.data());
        return valid.size() == text.size() ? text.npos : valid.size();
    }

private:
    static constexpr std::size_t worth_a_call = 64;  // bytes
};

}  // namespace pgwire
