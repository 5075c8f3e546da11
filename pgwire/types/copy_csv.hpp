// The CSV format of COPY: its options, and which of them are possible.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "CSV Format". A row is a
// line, but line ends between quotes are a part of the value; so are delimiters. The two directions are
// `copy_csv_encoder` and `copy_csv_decoder`.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/copy.hpp"
#include "pgwire/types/copy_options.hpp"

#include <optional>
#include <string_view>

namespace pgwire {

/// COPY's options for the CSV format; by default PostgreSQL's defaults.
struct copy_csv_options {
    char delimiter = ',';     ///< between two values
    std::string_view null{};  ///< what, without quotes, stands for NULL; borrowed
    copy_header header = copy_header::none;
    std::optional<std::string_view> default_marker{};  ///< what, without quotes, stands for the default; borrowed
    char quote = '"';                                  ///< around a value
    std::optional<char> escape{};   ///< in such a value, before one of both; if it isn't said, it is the quote
    copy_columns force_quote{};     ///< written in quotes, whatever is in them; not NULL
    copy_columns force_not_null{};  ///< read as a text also where it is what stands for NULL
    copy_columns force_null{};      ///< read as NULL also where that stands in quotes

    /// What stands before a quote that belongs to the value.
    [[nodiscard]] constexpr char escape_or_quote() const noexcept { return escape.value_or(quote); }

    /// What CopyInResponse and CopyOutResponse say of this format: CSV is text too.
    static constexpr copy_format overall = copy_format::text;
};

/// What PostgreSQL says of options that are not possible, as for `copy_text_options`.
/// @return nothing if the options are possible; 0A000 or 22023
[[nodiscard]] inline std::optional<diagnostic> check(copy_csv_options const& options) {
    if (auto bad = detail::check_copy_characters(options)) return bad;
    if (auto bad = detail::check_copy_byte(options.quote, "quote")) return bad;
    if (options.delimiter == options.quote)
        return detail::refused_option(sqlstates::invalid_parameter_value, "COPY delimiter and quote must be different");
    if (auto bad = detail::check_copy_byte(options.escape_or_quote(), "escape")) return bad;
    return detail::check_copy_markers(options, options.quote);
}

}  // namespace pgwire
