// bytea.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Binary Data Types": the hex form `\x0aff` and the
// escape form `a\\b\001` are both read, `bytea_output` says which one is written.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire {

/// Bytes that are borrowed. Only to be sent, since the text form has to be decoded into memory of its own: receive a
/// `std::vector<std::byte>`.
struct bytea_view {
    std::string_view bytes;
    friend constexpr bool operator==(bytea_view const&, bytea_view const&) = default;
};

namespace detail {

[[nodiscard]] constexpr char as_char(char c) noexcept { return c; }
[[nodiscard]] constexpr char as_char(std::byte b) noexcept { return static_cast<char>(b); }

/// Printable ASCII stands for itself in the escape form.
[[nodiscard]] constexpr bool stands_for_itself(char c) noexcept { return c >= ' ' && c <= '~' && c != '\\'; }

constexpr char* put_hex(char* p, auto bytes) noexcept {
    *p++ = '\\';
    *p++ = 'x';
    for (auto const b : bytes) {
        auto const byte = static_cast<unsigned char>(as_char(b));
        *p++ = hex_digits[byte >> 4];
        *p++ = hex_digits[byte & 15];
    }
    return p;
}

constexpr char* put_escaped(char* p, auto bytes) noexcept {
    for (auto const b : bytes) {
        char const c = as_char(b);
        if (stands_for_itself(c)) {
            *p++ = c;
            continue;
        }
        *p++ = '\\';
        if (c == '\\') {
            *p++ = '\\';
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        for (int const shift : {6, 3, 0}) *p++ = static_cast<char>('0' + ((byte >> shift) & 7));
    }
    return p;
}

/// Reads the digits behind `\x`, between whose pairs there may be blanks.
[[nodiscard]] constexpr errc read_hex(std::string_view text, auto&& take) {
    for (std::size_t i = 0; i != text.size();) {
        char const c = text[i];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            ++i;
            continue;
        }
        int const high = hex_value(c);
        int const low = i + 1 != text.size() ? hex_value(text[i + 1]) : -1;
        if (high < 0 || low < 0) return errc::invalid_hexadecimal;
        take(static_cast<unsigned char>(high * 16 + low));
        i += 2;
    }
    return errc::none;
}

/// What PostgreSQL says of such digits, after `read_hex` has refused them.
[[nodiscard]] inline std::string describe_hex(std::string_view text) {
    std::size_t taken = 0;  // of digits
    for (; !text.empty(); text.remove_prefix(1)) {
        char const c = text.front();
        bool const blank = taken % 2 == 0 && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
        if (blank) continue;
        if (hex_value(c) < 0) return "invalid hexadecimal digit: \"" + std::string(first_character(text)) + '"';
        ++taken;
    }
    return "invalid hexadecimal data: odd number of digits";
}

/// Reads text, in which bytes that are not ASCII are those of its characters.
[[nodiscard]] constexpr errc read_escaped(std::string_view text, auto&& take) {
    if (!valid_utf8(text)) return errc::invalid_encoding;
    auto const octal = [&](std::size_t i, char highest) {
        return i < text.size() && text[i] >= '0' && text[i] <= highest;
    };
    for (std::size_t i = 0; i != text.size();) {
        if (text[i] != '\\') {
            take(static_cast<unsigned char>(text[i++]));
        } else if (octal(i + 1, '3') && octal(i + 2, '7') && octal(i + 3, '7')) {
            take(static_cast<unsigned char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0')));
            i += 4;
        } else if (i + 1 != text.size() && text[i + 1] == '\\') {
            take(static_cast<unsigned char>('\\'));
            i += 2;
        } else {
            return errc::invalid_text;
        }
    }
    return errc::none;
}

/// Sends bytes. `View` makes a range of `char` or `std::byte` of a `T`.
template<class T, auto View>
struct bytea_encoder {
    static constexpr type_info type = types::bytea;

    static constexpr std::size_t text_size(T const& v, text_style const& style) noexcept {
        std::size_t const size = View(v).size();
        bool const hex = style.bytes == bytea_output::hex;
        if (size > max_int32_length) return unencodable;
        return hex ? 2 + size * 2 : size * 4;
    }
    static constexpr char* to_text(char* p, T const& v, text_style const& style) noexcept {
        return style.bytes == bytea_output::hex ? put_hex(p, View(v)) : put_escaped(p, View(v));
    }
    static constexpr std::size_t binary_size(T const& v) noexcept { return View(v).size(); }
    static constexpr char* to_binary(char* p, T const& v) noexcept {
        auto const bytes = View(v);
        return std::transform(bytes.begin(), bytes.end(), p, [](auto b) { return as_char(b); });
    }
    static constexpr errc refusal(T const&) noexcept { return errc::message_too_large; }
};

inline constexpr auto bytes_member = [](auto const& v) noexcept { return v.bytes; };
inline constexpr auto as_byte_span = [](auto const& v) noexcept { return std::span<std::byte const>(v); };

}  // namespace detail

template<>
struct codec<bytea_view> : detail::bytea_encoder<bytea_view, detail::bytes_member> {};

/// Only to be sent.
template<>
struct codec<std::span<std::byte const>>
    : detail::bytea_encoder<std::span<std::byte const>, detail::as_byte_span> {};

template<>
struct codec<std::vector<std::byte>> : detail::bytea_encoder<std::vector<std::byte>, detail::as_byte_span> {
    static value_complaint explain(std::string_view text, text_style const&) {
        if (!text.starts_with("\\x")) return {"invalid input syntax for type bytea", {}};
        return {detail::describe_hex(text.substr(2)), {}};
    }
    static result<std::vector<std::byte>> from_text(std::string_view text) {
        std::vector<std::byte> v;
        bool const hex = text.starts_with("\\x");
        v.reserve(hex ? text.size() / 2 - 1 : text.size());
        auto const take = [&](unsigned char byte) { v.push_back(std::byte{byte}); };
        errc const error = hex ? detail::read_hex(text.substr(2), take) : detail::read_escaped(text, take);
        if (error != errc::none) return error;
        return v;
    }
    static result<std::vector<std::byte>> from_binary(std::string_view bytes) {
        std::vector<std::byte> v(bytes.size());
        std::transform(bytes.begin(), bytes.end(), v.begin(), [](char c) { return static_cast<std::byte>(c); });
        return v;
    }
};

}  // namespace pgwire
