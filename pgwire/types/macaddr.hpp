// macaddr and macaddr8: hardware addresses of 6 and of 8 bytes.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "macaddr", "macaddr8". The server reads a macaddr
// with C's sscanf in seven formats, one after the other, and so do we; a macaddr8 it reads by itself.
#pragma once

#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgwire {

/// Six bytes (EUI-48) in the order in which they are written.
struct macaddr {
    std::array<unsigned char, 6> bytes{};
    friend constexpr auto operator<=>(macaddr const&, macaddr const&) = default;
};

/// Eight bytes (EUI-64) in the order in which they are written.
struct macaddr8 {
    std::array<unsigned char, 8> bytes{};
    friend constexpr auto operator<=>(macaddr8 const&, macaddr8 const&) = default;
};

namespace detail {

/// The eight bytes of an address of six: FF FE goes into the middle.
[[nodiscard]] constexpr macaddr8 widen(std::array<unsigned char, 6> const& six) noexcept {
    return {{six[0], six[1], six[2], 0xFF, 0xFE, six[3], six[4], six[5]}};
}

/// How a macaddr may be spelt: up to `width` digits for a byte (0: any number), and what stands behind each but the
/// last.
struct macaddr_spelling {
    std::size_t width;
    std::string_view separators;  ///< a blank for none
};
inline constexpr std::array macaddr_spellings{
    macaddr_spelling{0, ":::::"}, macaddr_spelling{0, "-----"}, macaddr_spelling{2, "  :  "},
    macaddr_spelling{2, "  -  "}, macaddr_spelling{2, " . . "}, macaddr_spelling{2, " - - "},
    macaddr_spelling{2, "     "},
};

/// The six numbers, which may be more than a byte; nothing if the text is not spelt so.
[[nodiscard]] constexpr std::optional<std::array<std::uint32_t, 6>> scan_macaddr(std::string_view text,
                                                                                 macaddr_spelling const& as) noexcept {
    std::array<std::uint32_t, 6> numbers{};
    for (std::size_t i = 0; i != 6; ++i) {
        if (i != 0 && as.separators[i - 1] != ' ') {
            if (!text.starts_with(as.separators[i - 1])) return std::nullopt;
            text.remove_prefix(1);
        }
        auto const number = scan_hex(text, as.width);
        if (!number) return std::nullopt;
        numbers[i] = *number;
    }
    return trim_front(text).empty() ? std::optional(numbers) : std::nullopt;
}

template<class T>
struct macaddr_codec {
    static constexpr std::size_t width = sizeof(T::bytes);

    static constexpr std::size_t text_size(T const&) noexcept { return width * 3 - 1; }
    static constexpr char* to_text(char* p, T const& v) noexcept {
        for (std::size_t i = 0; i != width; ++i) {
            if (i != 0) *p++ = ':';
            *p++ = hex_digits[v.bytes[i] >> 4];
            *p++ = hex_digits[v.bytes[i] & 15];
        }
        return p;
    }
    static constexpr std::size_t binary_size(T const&) noexcept { return width; }
    static constexpr char* to_binary(char* p, T const& v) noexcept {
        return std::transform(v.bytes.begin(), v.bytes.end(), p, [](unsigned char b) { return static_cast<char>(b); });
    }
    static constexpr result<T> from_binary(std::string_view bytes) noexcept {
        if (auto const e = check_width(bytes, width); e != errc::none) return e;
        T v;
        std::transform(bytes.begin(), bytes.end(), v.bytes.begin(),
                       [](char c) { return static_cast<unsigned char>(c); });
        return v;
    }
};

}  // namespace detail

template<>
struct codec<macaddr> : detail::macaddr_codec<macaddr> {
    static constexpr type_info type = types::macaddr;

    /// `08:00:2b:01:02:03`, `08-00-2b-01-02-03`, `08002b:010203`, `08002b-010203`, `0800.2b01.0203`, `0800-2b01-0203`,
    /// `08002b010203`.
    /// @return or `invalid_text`; `out_of_range` where a number is more than a byte
    static constexpr result<macaddr> from_text(std::string_view text) noexcept {
        for (auto const& spelling : detail::macaddr_spellings) {
            auto const numbers = detail::scan_macaddr(text, spelling);
            if (!numbers) continue;
            macaddr v;
            for (std::size_t i = 0; i != 6; ++i) {
                if ((*numbers)[i] > 255) return errc::out_of_range;
                v.bytes[i] = static_cast<unsigned char>((*numbers)[i]);
            }
            return v;
        }
        return errc::invalid_text;
    }
};

template<>
struct codec<macaddr8> : detail::macaddr_codec<macaddr8> {
    static constexpr type_info type = types::macaddr8;

    /// Six or eight pairs of digits, with blanks around, and between any two of them one and the same of `:`, `-` and
    /// `.`. Six are widened.
    /// PostgreSQL does not look at a single character behind the last pair, or behind its separator; nor do we.
    static constexpr result<macaddr8> from_text(std::string_view text) noexcept {
        text = detail::trim_front(text);
        macaddr8 v;
        std::size_t count = 0;
        char separator = '\0';
        while (text.size() >= 2) {
            int const high = detail::hex_value(text[0]);
            int const low = detail::hex_value(text[1]);
            if (count == 8 || high < 0 || low < 0) return errc::invalid_text;
            v.bytes[count++] = static_cast<unsigned char>(high * 16 + low);
            text.remove_prefix(2);
            if (text.starts_with(':') || text.starts_with('-') || text.starts_with('.')) {
                if (separator != '\0' && separator != text.front()) return errc::invalid_text;
                separator = text.front();
                text.remove_prefix(1);
            }
            if ((count == 6 || count == 8) && !text.empty() && detail::is_space(text.front())) {
                text = detail::trim_front(text);
                if (!text.empty()) return errc::invalid_text;
            }
        }
        if (!valid_utf8(text)) return errc::invalid_encoding;
        if (count == 8) return v;
        if (count != 6) return errc::invalid_text;
        return detail::widen({v.bytes[0], v.bytes[1], v.bytes[2], v.bytes[3], v.bytes[4], v.bytes[5]});
    }
    /// Six bytes are widened too.
    static constexpr result<macaddr8> from_binary(std::string_view bytes) noexcept {
        if (bytes.size() != 6) return macaddr_codec::from_binary(bytes);
        return detail::widen(codec<macaddr>::from_binary(bytes)->bytes);
    }
};

}  // namespace pgwire
