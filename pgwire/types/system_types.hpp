// The small types of PostgreSQL's own tables: xid, cid, xid8, pg_lsn, tid and "char".
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Object Identifier Types", "pg_lsn Type" and
// "Character Types"; how texts are read since PostgreSQL 16 (15 takes any text for a xid).
#pragma once

#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace pgwire {

/// A transaction's number, which wraps.
enum class xid : std::uint32_t {};
/// A transaction's number, which does not wrap: xid is its lower half.
enum class xid8 : std::uint64_t {};
/// A command's number in its transaction.
enum class cid : std::uint32_t {};
/// A position in the write-ahead log, in bytes: `16/B374D848`.
enum class pg_lsn : std::uint64_t {};

/// Where a row is in its table: `(0,1)`.
struct tid {
    std::uint32_t block = 0;
    std::uint16_t offset = 0;
    friend constexpr auto operator<=>(tid const&, tid const&) = default;
};

/// The type `"char"`, a single byte; 0 is the empty text. (SQL's CHARACTER is `bpchar`.)
struct single_byte_char {
    char value = '\0';
    friend constexpr bool operator==(single_byte_char const&, single_byte_char const&) = default;
};

namespace detail {

/// The binary form of what is an integer `Word` inside.
template<class T, class Word>
struct word_codec {
    static constexpr std::size_t binary_size(T) noexcept { return sizeof(Word); }
    static constexpr char* to_binary(char* p, T v) noexcept { return store(p, static_cast<Word>(v)); }
    static constexpr result<T> from_binary(std::string_view bytes) noexcept {
        if (auto const e = check_width(bytes, sizeof(Word)); e != errc::none) return e;
        return static_cast<T>(load<Word>(bytes.data()));
    }
};

/// Its text is decimal; C's octal and hexadecimal numbers are read too.
template<class T, class Word>
struct counter_codec : word_codec<T, Word> {
    static constexpr std::size_t text_size(T) noexcept { return max_digits<Word>; }
    static constexpr char* to_text(char* p, T v) noexcept { return put_unsigned(p, static_cast<Word>(v)); }
    static constexpr result<T> from_text(std::string_view text) noexcept {
        auto const n = parse_c_unsigned<Word>(text);
        if (!n) return n.error();
        return static_cast<T>(*n);
    }
};

}  // namespace detail

template<>
struct codec<xid> : detail::counter_codec<xid, std::uint32_t> {
    static constexpr type_info type = types::xid;
};
template<>
struct codec<xid8> : detail::counter_codec<xid8, std::uint64_t> {
    static constexpr type_info type = types::xid8;
};
template<>
struct codec<cid> : detail::counter_codec<cid, std::uint32_t> {
    static constexpr type_info type = types::cid;
};

template<>
struct codec<pg_lsn> : detail::word_codec<pg_lsn, std::uint64_t> {
    static constexpr type_info type = types::pg_lsn;

    static constexpr std::size_t text_size(pg_lsn) noexcept { return 17; }
    static constexpr char* to_text(char* p, pg_lsn v) noexcept {
        auto const position = static_cast<std::uint64_t>(v);
        p = put_half(p, static_cast<std::uint32_t>(position >> 32));
        *p++ = '/';
        return put_half(p, static_cast<std::uint32_t>(position));
    }
    /// One to eight hexadecimal digits, `/`, and again; no blanks.
    static constexpr result<pg_lsn> from_text(std::string_view text) noexcept {
        std::uint64_t position = 0;
        for (char const end : {'/', '\0'}) {
            std::size_t digits = 0;
            std::uint32_t half = 0;
            for (; digits != text.size() && detail::hex_value(text[digits]) >= 0; ++digits) {
                if (digits == 8) return errc::invalid_text;
                half = half << 4 | static_cast<std::uint32_t>(detail::hex_value(text[digits]));
            }
            text.remove_prefix(digits);
            if (digits == 0 || (end == '\0' ? !text.empty() : !text.starts_with(end))) return errc::invalid_text;
            position = position << 32 | half;
            if (end != '\0') text.remove_prefix(1);
        }
        return static_cast<pg_lsn>(position);
    }

private:
    static constexpr char* put_half(char* p, std::uint32_t half) noexcept {
        int shift = 28;
        while (shift != 0 && half >> shift == 0) shift -= 4;
        for (; shift >= 0; shift -= 4) *p++ = "0123456789ABCDEF"[half >> shift & 15];
        return p;
    }
};

template<>
struct codec<tid> {
    static constexpr type_info type = types::tid;

    static constexpr std::size_t text_size(tid) noexcept { return 18; }
    static constexpr char* to_text(char* p, tid v) noexcept {
        *p++ = '(';
        p = detail::put_unsigned(p, v.block);
        *p++ = ',';
        p = detail::put_unsigned(p, std::uint32_t{v.offset});
        *p++ = ')';
        return p;
    }
    /// PostgreSQL looks for the first `(` or `,`, then for the next `,`, and is content if numbers of C follow those
    /// (or none, for 0) up to a `,` and a `)`; what stands around does not count.
    static constexpr result<tid> from_text(std::string_view text) noexcept {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        std::size_t const first = text.substr(0, text.find(')')).find_first_of("(,");
        if (first == text.npos) return errc::invalid_text;
        std::size_t const second = text.substr(0, text.find(')')).find(',', first + 1);
        if (second == text.npos) return errc::invalid_text;

        auto const block = detail::scan_integer(text.substr(first + 1));
        auto const number = detail::narrow_unsigned<std::uint32_t>(block);
        if (!block.rest.starts_with(',') || !number) return errc::invalid_text;
        auto const offset = detail::scan_integer(text.substr(second + 1));
        if (!offset.rest.starts_with(')') || offset.wrapped() > std::numeric_limits<std::uint16_t>::max())
            return errc::invalid_text;
        return tid{*number, static_cast<std::uint16_t>(offset.wrapped())};
    }

    static constexpr std::size_t binary_size(tid) noexcept { return 6; }
    static constexpr char* to_binary(char* p, tid v) noexcept { return store(store(p, v.block), v.offset); }
    static constexpr result<tid> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 6); e != errc::none) return e;
        return tid{load<std::uint32_t>(bytes.data()), load<std::uint16_t>(bytes.data() + 4)};
    }
};

template<>
struct codec<single_byte_char> {
    static constexpr type_info type = types::char_;

    static constexpr std::size_t text_size(single_byte_char) noexcept { return 4; }
    /// A byte above 127, which may be a piece of a character, is three octal digits behind a backslash.
    static constexpr char* to_text(char* p, single_byte_char v) noexcept {
        auto const byte = static_cast<unsigned char>(v.value);
        if (byte > 127) {
            *p++ = '\\';
            for (int const shift : {6, 3, 0}) *p++ = static_cast<char>('0' + (byte >> shift & 7));
        } else if (byte != 0) {
            *p++ = v.value;
        }
        return p;
    }
    /// The first byte of any text; of a backslash and three octal digits their byte.
    static constexpr result<single_byte_char> from_text(std::string_view text) noexcept {
        if (text.empty()) return single_byte_char{};
        if (!valid_utf8(text)) return errc::invalid_encoding;
        auto const octal = [](char c) { return c >= '0' && c <= '7'; };
        if (text.size() != 4 || text[0] != '\\' || !std::all_of(text.begin() + 1, text.end(), octal))
            return single_byte_char{text[0]};
        return single_byte_char{static_cast<char>((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'))};
    }

    static constexpr std::size_t binary_size(single_byte_char) noexcept { return 1; }
    static constexpr char* to_binary(char* p, single_byte_char v) noexcept {
        *p = v.value;
        return p + 1;
    }
    static constexpr result<single_byte_char> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 1); e != errc::none) return e;
        return single_byte_char{bytes[0]};
    }
};

}  // namespace pgwire
