// What the options of COPY's formats have in common.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "Parameters"; the sentences are its
// servers' own. An option that only some formats have is a member of their options alone.
#pragma once

#include "pgwire/core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// COPY's option HEADER.
enum class copy_header : std::uint8_t {
    none,   ///< the data begin with the first row
    line,   ///< the first line has the columns' names; a decoder reads over it
    match,  ///< a decoder makes sure that they are the names of its columns
};

/// Some columns of a COPY, by their number: what its options FORCE_QUOTE, FORCE_NULL and FORCE_NOT_NULL say.
struct copy_columns {
    bool all = false;
    std::span<bool const> which{};  ///< true for each that is meant; borrowed, and may be shorter than the row

    [[nodiscard]] constexpr bool contains(std::size_t i) const noexcept {
        return all || (i < which.size() && which[i]);
    }
};

namespace detail {

[[nodiscard]] inline diagnostic refused_option(sqlstate code, std::string text) {
    diagnostic d;
    d.code = code;
    d.message = std::move(text);
    return d;
}

/// An option that must be one byte of ASCII, such as `delimiter`.
[[nodiscard]] inline std::optional<diagnostic> check_copy_byte(char c, std::string_view name) {
    if (c > 0 && static_cast<unsigned char>(c) <= 0x7f) return std::nullopt;
    return refused_option(sqlstates::feature_not_supported,
                          "COPY " + std::string(name) + " must be a single one-byte character");
}

[[nodiscard]] inline bool has_line_end(std::string_view text) { return text.find_first_of("\r\n") != text.npos; }

/// What the formats of lines refuse, whatever else they have: first the delimiter and the ends of lines.
template<class Options>
[[nodiscard]] std::optional<diagnostic> check_copy_characters(Options const& options) {
    constexpr auto invalid = sqlstates::invalid_parameter_value;
    if (auto bad = check_copy_byte(options.delimiter, "delimiter")) return bad;
    if (options.delimiter == '\n' || options.delimiter == '\r')
        return refused_option(invalid, "COPY delimiter cannot be newline or carriage return");
    if (has_line_end(options.null))
        return refused_option(invalid, "COPY null representation cannot use newline or carriage return");
    if (options.default_marker && has_line_end(*options.default_marker))
        return refused_option(invalid, "COPY default representation cannot use newline or carriage return");
    return std::nullopt;
}

/// Then what stands for a value. @param quote or 0, if the format has none
template<class Options>
[[nodiscard]] std::optional<diagnostic> check_copy_markers(Options const& options, char quote) {
    auto const check = [&](std::string_view marker, sqlstate code,
                           std::string const& name) -> std::optional<diagnostic> {
        if (marker.find(options.delimiter) != marker.npos)
            return refused_option(code, "COPY delimiter character must not appear in the " + name + " specification");
        if (quote != 0 && marker.find(quote) != marker.npos)
            return refused_option(code, "CSV quote character must not appear in the " + name + " specification");
        return std::nullopt;
    };
    if (auto bad = check(options.null, sqlstates::invalid_parameter_value, "NULL")) return bad;
    if (!options.default_marker) return std::nullopt;
    if (auto bad = check(*options.default_marker, sqlstates::feature_not_supported, "DEFAULT")) return bad;
    if (*options.default_marker == options.null)
        return refused_option(sqlstates::feature_not_supported,
                              "NULL specification and DEFAULT specification cannot be the same");
    return std::nullopt;
}

}  // namespace detail

}  // namespace pgwire
