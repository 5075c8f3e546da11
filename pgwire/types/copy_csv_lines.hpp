// Where the lines of COPY's CSV format end, in a stream that is cut anywhere.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "COPY", "File Formats", "CSV Format".
// Between quotes nothing ends a line, and a backslash and a period are a value like another, as of PostgreSQL 18.
#pragma once

#include "pgwire/types/copy_csv.hpp"
#include "pgwire/types/copy_line_ends.hpp"
#include "pgwire/types/find_any.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace pgwire::detail {

/// Looks for ends of lines. It keeps no bytes, only what must be known of those that it has seen.
class copy_csv_lines {
public:
    using kind = copy_line_end::kind;
    using found = copy_line_end;

    constexpr explicit copy_csv_lines(copy_csv_options const& options = {}) noexcept
        : quote_(options.quote), escape_(options.escape_or_quote()) {}

    /// Does the line end in these bytes, which follow those seen before?
    [[nodiscard]] constexpr found scan(std::string_view bytes) noexcept {
        if (starts_) {
            counted_ = ends_.style() == copy_line_ends::newline::lf ? '\n' : '\r';
            starts_ = in_quotes_ = escaped_ = false;
        }
        auto const end = look(bytes);
        if (end.is != kind::more) starts_ = true;
        return end;
    }

    /// There are no more bytes: how does the line end that was begun?
    [[nodiscard]] constexpr found finish() noexcept {
        starts_ = true;
        if (!after_carriage_return_) return {kind::line, 0, 0};
        after_carriage_return_ = false;
        return ends_.after_last_carriage_return();
    }

    /// How many line ends between quotes have been seen since it was asked last: they count as lines too. In the first
    /// line, before it is known how lines end, PostgreSQL counts carriage returns.
    [[nodiscard]] constexpr std::size_t take_breaks() noexcept { return std::exchange(breaks_, 0); }
    /// How many of them are in this text, a part of the line that was scanned last.
    [[nodiscard]] constexpr std::size_t breaks_in(std::string_view text) const noexcept {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), counted_));
    }

private:
    constexpr found look(std::string_view bytes) noexcept {
        if (after_carriage_return_ && !bytes.empty()) return end_after_carriage_return(bytes[0], 0);
        for (std::size_t i = 0;; ++i) {
            if (!escaped_)  // else the next character tells what it was
                i = in_quotes_ ? find_any(bytes, i, quote_, escape_, counted_) : find_any(bytes, i, quote_, '\n', '\r');
            if (i == bytes.size()) return {kind::more, i, after_carriage_return_ ? 1U : 0U};
            char const c = bytes[i];
            look_at_quotes(c);
            if (in_quotes_) {
                breaks_ += c == counted_ ? 1U : 0U;
                continue;
            }
            if (c == '\n') return ends_.line_feed(i);
            if (c != '\r') continue;
            if (auto const end = ends_.carriage_return(i)) return *end;
            after_carriage_return_ = true;  // it depends on what comes next
            if (++i == bytes.size()) return {kind::more, i, 1};
            return end_after_carriage_return(bytes[i], i);
        }
    }
    /// Two quotes in a row close and open; so an escape matters only where it is another character.
    constexpr void look_at_quotes(char c) noexcept {
        if (escape_ != quote_ && in_quotes_ && c == escape_) escaped_ = !escaped_;
        if (c == quote_ && !escaped_) in_quotes_ = !in_quotes_;
        if (escape_ == quote_ || c != escape_) escaped_ = false;
    }
    constexpr found end_after_carriage_return(char c, std::size_t at) noexcept {
        after_carriage_return_ = false;
        return ends_.after_carriage_return(c, at);
    }

    copy_line_ends ends_{copy_problem::unquoted_newline, copy_problem::unquoted_carriage_return};
    char quote_;
    char escape_;
    char counted_ = '\r';
    std::size_t breaks_ = 0;
    bool starts_ = true;  // what comes next is the first of a line
    bool in_quotes_ = false;
    bool escaped_ = false;                // behind an escape between quotes
    bool after_carriage_return_ = false;  // that ends the line, alone or with a line feed
};

}  // namespace pgwire::detail
