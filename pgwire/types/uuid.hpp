// uuid.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "UUID Type".
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace pgwire {

/// 16 bytes in the order in which they are written.
struct uuid {
    std::array<unsigned char, 16> bytes{};
    friend constexpr auto operator<=>(uuid const&, uuid const&) = default;
};

template<>
struct codec<uuid> {
    static constexpr type_info type = types::uuid;

    static constexpr std::size_t text_size(uuid const&) noexcept { return 36; }
    static constexpr char* to_text(char* p, uuid const& v) noexcept {
        for (std::size_t i = 0; i != 16; ++i) {
            if (i == 4 || i == 6 || i == 8 || i == 10) *p++ = '-';
            *p++ = detail::hex_digits[v.bytes[i] >> 4];
            *p++ = detail::hex_digits[v.bytes[i] & 15];
        }
        return p;
    }
    /// 32 hexadecimal digits in any case, with a hyphen after any group of four, and perhaps in braces.
    static constexpr result<uuid> from_text(std::string_view text) noexcept {
        if (text.starts_with('{')) {
            if (!text.ends_with('}')) return errc::invalid_text;
            text = text.substr(1, text.size() - 2);
        }
        uuid v;
        std::size_t at = 0;
        for (std::size_t i = 0; i != 16; ++i) {
            if (text.size() - at < 2) return errc::invalid_text;
            int const high = detail::hex_value(text[at]);
            int const low = detail::hex_value(text[at + 1]);
            if (high < 0 || low < 0) return errc::invalid_text;
            v.bytes[i] = static_cast<unsigned char>(high * 16 + low);
            at += 2;
            if (i % 2 == 1 && i != 15 && at != text.size() && text[at] == '-') ++at;
        }
        if (at != text.size()) return errc::invalid_text;
        return v;
    }

    static constexpr std::size_t binary_width = 16;
    static constexpr std::size_t binary_size(uuid const&) noexcept { return 16; }
    static constexpr char* to_binary(char* p, uuid const& v) noexcept {
        for (auto const byte : v.bytes) *p++ = static_cast<char>(byte);
        return p;
    }
    static constexpr result<uuid> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 16); e != errc::none) return e;
        uuid v;
        std::transform(bytes.begin(), bytes.end(), v.bytes.begin(),
                       [](char c) { return static_cast<unsigned char>(c); });
        return v;
    }
};

}  // namespace pgwire
