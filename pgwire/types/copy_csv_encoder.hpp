// Writes rows in the CSV format of COPY, value by value, straight into the send buffer.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "CSV Format".
#pragma once

#include "pgwire/types/copy_csv.hpp"
#include "pgwire/types/copy_line_encoder.hpp"
#include "pgwire/types/find_any.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pgwire {

namespace detail {

/// Puts quotes around what would be taken for something else.
class copy_csv_escaper {
public:
    using options_type = copy_csv_options;

    explicit copy_csv_escaper(copy_csv_options const& options) noexcept : options_(options) {}

    /// Must the values of this column be changed, whatever they are?
    [[nodiscard]] bool forces(std::size_t column) const noexcept { return options_.force_quote.contains(column); }

    /// A row of this value alone would end the data for readers of before PostgreSQL 18.
    [[nodiscard]] bool is_mistakable(std::string_view text) const noexcept {
        return text == "\\." && options_.null != text;
    }

    /// How many bytes quotes and escapes would add to a value.
    [[nodiscard]] std::size_t count(char const* p, char const* end, bool forced) const noexcept {
        std::string_view const text(p, static_cast<std::size_t>(end - p));
        auto const special = find_any(text, 0, options_.delimiter, options_.quote, '\n', '\r');
        if (special == text.size() && !forced && text != options_.null) [[likely]]
            return 0;
        auto const is_escaped = [this](char c) { return escapes(c); };
        return 2 + static_cast<std::size_t>(std::count_if(p, end, is_escaped));
    }
    /// Moves a value, with quotes around it and all its escapes, so that it ends at `to`, which is behind its end by
    /// what they take.
    void spread(char const* begin, char const* from, char* to) const noexcept {
        *--to = options_.quote;
        while (from != begin) {
            char const c = *--from;
            *--to = c;
            if (escapes(c)) *--to = options_.escape_or_quote();
        }
        *--to = options_.quote;
    }

private:
    [[nodiscard]] bool escapes(char c) const noexcept { return c == options_.quote || c == options_.escape_or_quote(); }

    copy_csv_options options_;
};

}  // namespace detail

/// Writes one line after the other into the open part of a send buffer.
using copy_csv_encoder = copy_line_encoder<detail::copy_csv_escaper>;

}  // namespace pgwire
