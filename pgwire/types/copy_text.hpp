// The text format of COPY: its options, and which of them are possible.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format". A row is a
// line; values stand between delimiters, with backslashes before what would be taken for something else. The two
// directions are `copy_text_encoder` and `copy_text_decoder`.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/copy.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// COPY's options for the text format; by default PostgreSQL's defaults.
struct copy_text_options {
    char delimiter = '\t';            ///< between two values; any of ASCII but those that `check` refuses
    std::string_view null = "\\N";    ///< what stands for NULL; borrowed

    /// What CopyInResponse and CopyOutResponse say of this format.
    static constexpr copy_format overall = copy_format::text;
};

/// What PostgreSQL says of options that are not possible: a decoder or an encoder with such options works, and what it
/// reads or writes is not what was meant.
/// @return nothing if the options are possible; 0A000 or 22023
[[nodiscard]] inline std::optional<diagnostic> check(copy_text_options const& options) {
    auto const refuse = [](sqlstate code, std::string text) {
        diagnostic d;
        d.code = code;
        d.message = std::move(text);
        return d;
    };
    if (options.delimiter <= 0 || static_cast<unsigned char>(options.delimiter) > 0x7f)
        return refuse(sqlstates::feature_not_supported, "COPY delimiter must be a single one-byte character");
    if (options.delimiter == '\n' || options.delimiter == '\r')
        return refuse(sqlstates::invalid_parameter_value, "COPY delimiter cannot be newline or carriage return");
    if (options.null.find_first_of("\r\n") != options.null.npos)
        return refuse(sqlstates::invalid_parameter_value,
                      "COPY null representation cannot use newline or carriage return");
    // Each of these means something behind a backslash.
    constexpr std::string_view meaningful = "\\.abcdefghijklmnopqrstuvwxyz0123456789";
    if (meaningful.find(options.delimiter) != meaningful.npos)
        return refuse(sqlstates::invalid_parameter_value,
                      std::string("COPY delimiter cannot be \"") + options.delimiter + '"');
    if (options.null.find(options.delimiter) != options.null.npos)
        return refuse(sqlstates::invalid_parameter_value,
                      "COPY delimiter character must not appear in the NULL specification");
    return std::nullopt;
}

}  // namespace pgwire
