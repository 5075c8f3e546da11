// The text format of COPY: its options, and which of them are possible.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format". A row is a
// line; values stand between delimiters, with backslashes before what would be taken for something else. The two
// directions are `copy_text_encoder` and `copy_text_decoder`.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/copy.hpp"
#include "pgwire/types/copy_options.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pgwire {

/// COPY's options for the text format; by default PostgreSQL's defaults.
struct copy_text_options {
    char delimiter = '\t';            ///< between two values; any of ASCII but those that `check` refuses
    std::string_view null = "\\N";    ///< what stands for NULL; borrowed
    copy_header header = copy_header::none;
    std::optional<std::string_view> default_marker{};  ///< what stands for the column's default; borrowed

    /// What CopyInResponse and CopyOutResponse say of this format.
    static constexpr copy_format overall = copy_format::text;
};

/// What PostgreSQL says of options that are not possible: a decoder or an encoder with such options works, and what it
/// reads or writes is not what was meant.
/// @return nothing if the options are possible; 0A000 or 22023
[[nodiscard]] inline std::optional<diagnostic> check(copy_text_options const& options) {
    if (auto bad = detail::check_copy_characters(options)) return bad;
    // Each of these means something behind a backslash.
    constexpr std::string_view meaningful = "\\.abcdefghijklmnopqrstuvwxyz0123456789";
    if (meaningful.find(options.delimiter) != meaningful.npos)
        return detail::refused_option(sqlstates::invalid_parameter_value,
                                      std::string("COPY delimiter cannot be \"") + options.delimiter + '"');
    return detail::check_copy_markers(options, 0);
}

}  // namespace pgwire
