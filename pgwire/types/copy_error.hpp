// What may be wrong with the data of a COPY, in PostgreSQL's words, and the context that says where.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY"; the sentences are its servers' own. Shared
// by the decoders of COPY's formats, which have the same members:
//
//     decoder(columns, options)      how many columns a row has
//     feed(chunk), finish()          bytes came; no more will
//     next() -> result<copy_step>    a row, or more bytes are wanted, or all is done
//     row(), line()                  the row's values and its number
//     failure(relation, columns)     what to tell the client after an error
//     context(relation, ...)         where it was, for an error that somebody else found in the row
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/field.hpp"
#include "pgwire/types/value_error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgwire {

/// The longest row that a decoder takes unless it is told otherwise, in bytes: what PostgreSQL can hold in one piece.
inline constexpr std::size_t default_copy_row_limit = 0x3fff'ffff;

/// What a decoder of COPY's data has come to.
enum class copy_step : std::uint8_t {
    row,   ///< a row is there
    more,  ///< all bytes are used up; feed it
    done,  ///< there is nothing after the last row
};

/// What a decoder of COPY's data may find wrong.
enum class copy_problem : std::uint8_t {
    none,
    invalid_encoding,          ///< bytes that are not UTF-8, or a zero byte
    row_too_long,              ///< more bytes than the limit
    // text and CSV
    literal_newline,           ///< a line feed where lines end otherwise
    literal_carriage_return,   ///< a carriage return where lines end otherwise
    marker_not_alone,          ///< something else than `\.` in its line
    marker_newline_style,      ///< `\.` ends in another way than the lines before
    missing_data,              ///< fewer values than columns
    extra_data,                ///< more values than columns
    header_fields,             ///< a header with more or fewer names than there are columns
    header_name,               ///< a header with another name
    unquoted_newline,          ///< in CSV, a line feed where lines end otherwise
    unquoted_carriage_return,  ///< in CSV, a carriage return where lines end otherwise
    unterminated_quote,        ///< in CSV, a quote that nothing closes
    // binary
    unknown_signature,         ///< something else than the format's first bytes
    header_without_flags,      ///< the end of the data in the header's flags
    header_with_oids,          ///< a flag of PostgreSQL 11 and before
    critical_flags,            ///< a flag without whose meaning the rows can't be read
    header_without_length,     ///< the end of the data in the length of the header's extension; or it is negative
    header_length,             ///< the end of the data in the header's extension
    field_count,               ///< more or fewer values than columns
    unexpected_end,            ///< the end of the data in a row
    field_size,                ///< a negative length other than -1
    data_after_trailer,        ///< bytes behind the trailer
};

/// The code that floors 0 to 2 have for it.
[[nodiscard]] constexpr errc to_errc(copy_problem problem) noexcept {
    switch (problem) {
    case copy_problem::none: return errc::none;
    case copy_problem::invalid_encoding: return errc::invalid_encoding;
    case copy_problem::row_too_long: return errc::message_too_large;
    default: return errc::invalid_copy_data;
    }
}

/// The error's message, as far as it depends on nothing else.
[[nodiscard]] constexpr std::string_view message(copy_problem problem) noexcept {
    switch (problem) {
    case copy_problem::none: return message(errc::none);
    case copy_problem::invalid_encoding: return message(errc::invalid_encoding);
    case copy_problem::row_too_long: return "row of COPY data is too long";
    case copy_problem::literal_newline: return "literal newline found in data";
    case copy_problem::literal_carriage_return: return "literal carriage return found in data";
    case copy_problem::marker_not_alone: return "end-of-copy marker is not alone on its line";
    case copy_problem::marker_newline_style: return "end-of-copy marker does not match previous newline style";
    case copy_problem::missing_data: return "missing data for column";
    case copy_problem::extra_data: return "extra data after last expected column";
    case copy_problem::header_fields: return "wrong number of fields in header line";
    case copy_problem::header_name: return "column name mismatch in header line field";
    case copy_problem::unquoted_newline: return "unquoted newline found in data";
    case copy_problem::unquoted_carriage_return: return "unquoted carriage return found in data";
    case copy_problem::unterminated_quote: return "unterminated CSV quoted field";
    case copy_problem::unknown_signature: return "COPY file signature not recognized";
    case copy_problem::header_without_flags: return "invalid COPY file header (missing flags)";
    case copy_problem::header_with_oids: return "invalid COPY file header (WITH OIDS)";
    case copy_problem::critical_flags: return "unrecognized critical flags in COPY file header";
    case copy_problem::header_without_length: return "invalid COPY file header (missing length)";
    case copy_problem::header_length: return "invalid COPY file header (wrong length)";
    case copy_problem::field_count: return "row field count";
    case copy_problem::unexpected_end: return "unexpected EOF in COPY data";
    case copy_problem::field_size: return "invalid field size";
    case copy_problem::data_after_trailer: return "received copy data after EOF marker";
    }
    return message(errc::invalid_copy_data);
}

/// The error's hint; empty where there is none.
[[nodiscard]] constexpr std::string_view hint(copy_problem problem) noexcept {
    switch (problem) {
    case copy_problem::literal_newline: return "Use \"\\n\" to represent newline.";
    case copy_problem::literal_carriage_return: return "Use \"\\r\" to represent carriage return.";
    case copy_problem::unquoted_newline: return "Use quoted CSV field to represent newline.";
    case copy_problem::unquoted_carriage_return: return "Use quoted CSV field to represent carriage return.";
    default: return {};
    }
}

/// The parts of an error that depend on the kind of problem only.
[[nodiscard]] inline diagnostic diagnostic_of(copy_problem problem) {
    diagnostic d;
    d.code = to_sqlstate(to_errc(problem));
    d.message = message(problem);
    d.hint = hint(problem);
    return d;
}

/// The context of an error in a line whose text is not known: `COPY t, line 3`. The first line is 1.
[[nodiscard]] inline std::string copy_context(std::string_view relation, std::uint64_t line) {
    return "COPY " + std::string(relation) + ", line " + std::to_string(line);
}

/// The context of an error in a line: `COPY t, line 3: "1	x"`, with at most 100 bytes of it.
[[nodiscard]] inline std::string copy_context(std::string_view relation, std::uint64_t line, std::string_view text) {
    auto const shown = detail::excerpt(text, 100);
    return copy_context(relation, line) + ": \"" + std::string(shown) + (shown.size() < text.size() ? "...\"" : "\"");
}

/// The context of an error in a value: `COPY t, line 3, column b: "x"`, with at most 100 bytes of it.
[[nodiscard]] inline std::string copy_context(std::string_view relation, std::uint64_t line, std::string_view column,
                                              value const& v) {
    auto const where = copy_context(relation, line) + ", column " + std::string(column);
    if (!v) return where + ": null input";
    auto const shown = detail::excerpt(*v, 100);
    return where + ": \"" + std::string(shown) + (shown.size() < v->size() ? "...\"" : "\"");
}

namespace detail {

/// The bytes that an error about UTF-8 shows: of those that `text` (not empty) begins with, as many as the first one
/// announces. ` 0xe2 0x28`, with the space in front.
[[nodiscard]] inline std::string shown_bytes(std::string_view text) {
    auto const first = static_cast<unsigned char>(text[0]);
    std::size_t const announced = first < 0xc0 || first >= 0xf8 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    std::string shown;
    for (char const c : text.substr(0, announced)) {
        constexpr std::string_view digits = "0123456789abcdef";
        auto const byte = static_cast<unsigned char>(c);
        shown += " 0x";
        shown += digits[byte / 16];
        shown += digits[byte % 16];
    }
    return shown;
}

}  // namespace detail

}  // namespace pgwire
