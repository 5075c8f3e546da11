// text, varchar, bpchar (SQL's CHARACTER) and name as text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Character Types". The bytes are the same in both
// formats. What comes in must be UTF-8 without zero bytes (22021); what goes out is the caller's.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire {

/// A text whose column is `varchar`, not `text`. Like the others it borrows.
struct varchar {
    std::string_view text;
    friend constexpr bool operator==(varchar const&, varchar const&) = default;
};
/// A text whose column is `bpchar`, blank-padded CHARACTER; the padding is the caller's.
struct bpchar {
    std::string_view text;
    friend constexpr bool operator==(bpchar const&, bpchar const&) = default;
};
/// A text whose column is `name`, an identifier of at most 63 bytes. What is received as a longer text is cut, what is
/// sent is not.
struct name {
    std::string_view text;
    friend constexpr bool operator==(name const&, name const&) = default;
};

namespace detail {

/// Sends a text as it is. `View` makes a `std::string_view` of a `T`.
template<class T, auto View>
struct text_encoder {
    static constexpr std::size_t text_size(T const& v) noexcept { return View(v).size(); }
    static constexpr char* to_text(char* p, T const& v) noexcept {
        std::string_view const text = View(v);
        return copy_bytes(p, text.data(), text.size());
    }
    static constexpr std::size_t binary_size(T const& v) noexcept { return View(v).size(); }
    static constexpr char* to_binary(char* p, T const& v) noexcept { return to_text(p, v); }
};

/// And receives it, if it is UTF-8.
template<class T, auto View>
struct text_codec : text_encoder<T, View> {
    static constexpr result<T> from_text(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        if constexpr (requires { T{text}; }) return T{text};
        else return T{std::string(text)};
    }
    static constexpr result<T> from_binary(std::string_view bytes) { return from_text(bytes); }
};

inline constexpr auto as_view = [](auto const& v) noexcept { return std::string_view(v); };
inline constexpr auto text_member = [](auto const& v) noexcept { return std::string_view(v.text); };

}  // namespace detail

template<>
struct codec<std::string_view> : detail::text_codec<std::string_view, detail::as_view> {
    static constexpr type_info type = types::text;
};
template<>
struct codec<std::string> : detail::text_codec<std::string, detail::as_view> {
    static constexpr type_info type = types::text;
};
/// Up to its NUL; only to be sent.
template<>
struct codec<char const*> : detail::text_encoder<char const*, detail::as_view> {
    static constexpr type_info type = types::text;
};
/// A literal, up to its NUL; only to be sent.
template<std::size_t N>
struct codec<char[N]> : detail::text_encoder<char[N], detail::as_view> {
    static constexpr type_info type = types::text;
};
template<>
struct codec<varchar> : detail::text_codec<varchar, detail::text_member> {
    static constexpr type_info type = types::varchar;
};
template<>
struct codec<bpchar> : detail::text_codec<bpchar, detail::text_member> {
    static constexpr type_info type = types::bpchar;
};
template<>
struct codec<name> : detail::text_encoder<name, detail::text_member> {
    static constexpr type_info type = types::name;
    static constexpr std::size_t longest = 63;

    /// Cuts a longer text at the end of a character, as PostgreSQL does.
    static constexpr result<name> from_text(std::string_view text) noexcept {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        std::size_t end = std::min(text.size(), longest);
        while (end != 0 && end != text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
        return name{text.substr(0, end)};
    }
    /// @return or `invalid_encoding`, `name_too_long`
    static constexpr result<name> from_binary(std::string_view bytes) noexcept {
        if (!valid_utf8(bytes)) return errc::invalid_encoding;
        if (bytes.size() > longest) return errc::name_too_long;
        return name{bytes};
    }
};

}  // namespace pgwire
