// Reads rows in the CSV format of COPY from a stream that is cut anywhere.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "CSV Format"; what is not
// written there as PostgreSQL 18 does it.
#pragma once

#include "pgwire/types/copy_csv.hpp"
#include "pgwire/types/copy_csv_lines.hpp"
#include "pgwire/types/copy_line_decoder.hpp"
#include "pgwire/types/find_any.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace pgwire {

namespace detail {

/// Makes values of a line.
struct copy_csv_format {
    using options_type = copy_csv_options;
    using lines = copy_csv_lines;

    template<class Utf8>
    static copy_problem split(copy_csv_options const& options, std::string_view line, copy_fields& fields) {
        for (std::size_t at = 0;; ++at) {
            std::size_t const begin = at;
            if (at != line.size() && line[at] == options.quote) {
                // Most quoted values end with the next quote, and so does their field.
                at = find_any(line, begin + 1, options.quote, options.escape_or_quote());
                bool const closes = at != line.size() && line[at] == options.quote;
                if (closes && (at + 1 == line.size() || line[at + 1] == options.delimiter)) {
                    fields.add(line.substr(begin + 1, at - begin - 1));
                    if (++at == line.size()) return copy_problem::none;
                    continue;
                }
                at = begin;
            } else {
                at = find_any(line, begin, options.delimiter, options.quote);
            }
            if (at == line.size() || line[at] == options.delimiter) {
                fields.add_plain(options, line.substr(begin, at - begin));
            } else {
                at = unquote(options, line, begin, at, fields);
                if (at == line.npos) return copy_problem::unterminated_quote;
            }
            if (at == line.size()) return copy_problem::none;
        }
    }

    /// What the options FORCE_NOT_NULL and FORCE_NULL make of a row's values.
    static void force(copy_csv_options const& options, std::span<value> values) noexcept {
        auto const is_asked_for = [](copy_columns const& c) { return c.all || !c.which.empty(); };
        if (!is_asked_for(options.force_not_null) && !is_asked_for(options.force_null)) return;
        for (std::size_t i = 0; i != values.size(); ++i) {
            auto& v = values[i];
            if (!v && options.force_not_null.contains(i)) v = options.null;
            else if (v == options.null && options.force_null.contains(i)) v.reset();
        }
    }

private:
    /// Reads the value that begins at `begin` and has its first quote at `at`; returns where it ends, or `npos` if
    /// nothing closes a quote.
    static std::size_t unquote(copy_csv_options const& options, std::string_view line, std::size_t begin,
                               std::size_t at, copy_fields& fields) {
        char const quote = options.quote;
        char const escape = options.escape_or_quote();
        char* to = std::copy_n(line.data() + begin, at - begin, fields.room(line.size() - begin));
        while (at != line.size() && line[at] != options.delimiter) {
            std::size_t from = at + 1;  // behind the quote
            for (;; from = at) {
                at = find_any(line, from, quote, escape);
                to = std::copy_n(line.data() + from, at - from, to);
                if (at == line.size()) return line.npos;
                bool const escapes =
                    line[at] == escape && at + 1 != line.size() && (line[at + 1] == escape || line[at + 1] == quote);
                if (!escapes && line[at] == quote) break;
                *to++ = escapes ? line[at + 1] : line[at];
                at += escapes ? 2 : 1;
            }
            from = at + 1;
            at = find_any(line, from, options.delimiter, quote);
            to = std::copy_n(line.data() + from, at - from, to);
        }
        fields.add(fields.keep(to));
        return at;
    }
};

}  // namespace detail

/// Hands out the rows of a COPY, as `copy_line_decoder` shows.
using copy_csv_decoder = copy_line_decoder<detail::copy_csv_format>;

}  // namespace pgwire
