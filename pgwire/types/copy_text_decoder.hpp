// Reads rows in the text format of COPY from a stream that is cut anywhere.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format"; what is not
// written there as PostgreSQL 18 does it.
#pragma once

#include "pgwire/types/copy_line_decoder.hpp"
#include "pgwire/types/copy_text.hpp"
#include "pgwire/types/copy_text_lines.hpp"
#include "pgwire/types/find_any.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pgwire {

namespace detail {

/// The value of a digit, or 16.
[[nodiscard]] constexpr unsigned copy_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

/// A character and how many characters spell it.
struct copy_escape {
    char c = 0;
    std::size_t size = 0;
    friend constexpr bool operator==(copy_escape const&, copy_escape const&) = default;
};

/// What the characters behind a backslash, of which there is one at least, spell.
[[nodiscard]] constexpr copy_escape read_copy_escape(std::string_view text) noexcept {
    auto const number = [text](std::size_t from, std::size_t most, unsigned base) -> copy_escape {
        unsigned sum = 0;
        std::size_t i = from;
        for (; i != text.size() && i != most && copy_digit(text[i]) < base; ++i) sum = sum * base + copy_digit(text[i]);
        return {static_cast<char>(static_cast<unsigned char>(sum)), i};
    };
    switch (text[0]) {
    case 'b': return {'\b', 1};
    case 'f': return {'\f', 1};
    case 'n': return {'\n', 1};
    case 'r': return {'\r', 1};
    case 't': return {'\t', 1};
    case 'v': return {'\v', 1};
    case 'x':
        if (auto const hex = number(1, 3, 16); hex.size != 1) return hex;
        break;
    default:
        if (copy_digit(text[0]) < 8) return number(0, 3, 8);
    }
    return {text[0], 1};
}

/// Makes values of a line. All of them are looked at even where they are too many: a wrong escape is told first.
struct copy_text_format {
    using options_type = copy_text_options;
    using lines = copy_text_lines;

    template<class Utf8>
    static copy_problem split(copy_text_options const& options, std::string_view line, copy_fields& fields) {
        for (std::size_t at = 0;; ++at) {
            std::size_t const begin = at;
            at = find_any(line, begin, options.delimiter, '\\');
            if (at == line.size() || line[at] != '\\') {
                fields.add_plain(options, line.substr(begin, at - begin));
            } else {
                at = unescape<Utf8>(options, line, begin, at, fields);
                if (!fields.invalid().empty()) return copy_problem::invalid_encoding;
            }
            if (at == line.size()) return copy_problem::none;
        }
    }

private:
    /// Reads the value that begins at `begin` and has its first backslash at `at`; returns where it ends.
    template<class Utf8>
    static std::size_t unescape(copy_text_options const& options, std::string_view line, std::size_t begin,
                                std::size_t at, copy_fields& fields) {
        char* const text = fields.room(line.size() - begin);  // no value is longer than what spells it
        char* to = text;
        std::size_t end = line.size();  // of what may spell NULL
        bool suspicious = false;
        for (std::size_t from = begin;;) {
            to = std::copy_n(line.data() + from, at - from, to);
            if (at == line.size() || line[at] != '\\') {
                end = at;
                break;
            }
            if (at + 1 == line.size()) {  // the last byte of all: it is passed over
                end = at++;
                break;
            }
            auto const escape = read_copy_escape(line.substr(at + 1));
            suspicious = suspicious || escape.c == 0 || static_cast<unsigned char>(escape.c) > 0x7f;
            *to++ = escape.c;
            from = at + 1 + escape.size;
            at = find_any(line, from, options.delimiter, '\\');
        }
        if (fields.add_if_marker(options, line.substr(begin, end - begin))) return at;
        auto const made = fields.keep(to);
        fields.add(made);
        if (suspicious)
            if (auto const bad = Utf8::find_invalid(made); bad != made.npos) fields.set_invalid(made.substr(bad));
        return at;
    }
};

}  // namespace detail

/// Hands out the rows of a COPY, as `copy_line_decoder` shows. After `\.` it reads over whatever comes, and is done at
/// `finish` only. Bytes that are not UTF-8, and zero bytes, are refused also where an escape spells them.
using copy_text_decoder = copy_line_decoder<detail::copy_text_format>;

}  // namespace pgwire
