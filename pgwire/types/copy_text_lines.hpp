// Where the lines of COPY's text format end, in a stream that is cut anywhere.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format".
// A character behind a backslash ends nothing, and a line of `\.` alone ends the data.
#pragma once

#include "pgwire/types/copy_line_ends.hpp"
#include "pgwire/types/copy_text.hpp"
#include "pgwire/types/find_any.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// Looks for ends of lines. It keeps no bytes, only what must be known of those that it has seen.
class copy_text_lines {
public:
    using kind = copy_line_end::kind;
    using found = copy_line_end;

    constexpr copy_text_lines() = default;
    constexpr explicit copy_text_lines(copy_text_options const&) noexcept {}

    /// Does the line end in these bytes, which follow those seen before?
    [[nodiscard]] constexpr found scan(std::string_view bytes) noexcept {
        auto const end = look(bytes);
        is_first_ = end.is != kind::more || (is_first_ && bytes.empty());
        return end;
    }

    /// There are no more bytes: how does the line end that was begun?
    [[nodiscard]] constexpr found finish() noexcept {
        switch (state_) {
        case state::marker:
        case state::marker_carriage_return: return problem(0, copy_problem::marker_not_alone);
        case state::carriage_return: state_ = state::text; return ends_.after_last_carriage_return();
        case state::backslash:  // nothing is behind it: it stays
        case state::text: break;
        }
        state_ = state::text;
        return {kind::line, 0, 0};
    }

    /// Line ends within a line; in this format they are not counted as lines.
    [[nodiscard]] static constexpr std::size_t take_breaks() noexcept { return 0; }
    [[nodiscard]] static constexpr std::size_t breaks_in(std::string_view) noexcept { return 0; }

private:
    using newline = copy_line_ends::newline;
    enum class state : std::uint8_t {
        text,
        carriage_return,         // behind one that ends the line, alone or with a line feed
        backslash,               // behind one
        marker,                  // behind `\.`
        marker_carriage_return,  // behind `\.` and the first half of the line's end
    };

    constexpr found look(std::string_view bytes) noexcept {
        for (std::size_t i = 0;; ++i) {
            if (state_ == state::text) i = find_any(bytes, i, '\n', '\r', '\\');
            if (i == bytes.size()) return {kind::more, i, pending()};
            char const c = bytes[i];
            switch (state_) {
            case state::text:
                if (c == '\n') return ends_.line_feed(i);
                if (c == '\\') {
                    state_ = state::backslash;
                    marker_is_alone_ = is_first_ && i == 0;
                } else {
                    if (auto const end = ends_.carriage_return(i)) return *end;
                    state_ = state::carriage_return;  // it depends on what comes next
                }
                break;
            case state::carriage_return: {
                auto const end = ends_.after_carriage_return(c, i);
                if (end.is == kind::line) state_ = state::text;
                return end;
            }
            case state::backslash: state_ = c == '.' ? state::marker : state::text; break;
            case state::marker:
                if (c != '\n' && c != '\r') return problem(i, copy_problem::marker_not_alone);
                if (ends_.style() == newline::crlf && c == '\r') {
                    state_ = state::marker_carriage_return;
                    break;
                }
                if (ends_.style() != newline::unknown && ends_.style() != (c == '\n' ? newline::lf : newline::cr))
                    return problem(i, copy_problem::marker_newline_style);
                return end_data(i, 3);
            case state::marker_carriage_return:
                if (c == '\n') return end_data(i, 4);
                return problem(i, c == '\r' ? copy_problem::marker_newline_style : copy_problem::marker_not_alone);
            }
        }
    }

    [[nodiscard]] constexpr found end_data(std::size_t at, std::size_t not_text) const noexcept {
        if (!marker_is_alone_) return problem(at, copy_problem::marker_not_alone);
        return {kind::marker, at + 1, not_text};
    }
    /// The byte at `at` is the one that can't be there.
    [[nodiscard]] constexpr found problem(std::size_t at, copy_problem what) const noexcept {
        return {kind::problem, at, pending(), what};
    }
    [[nodiscard]] constexpr std::size_t pending() const noexcept {
        switch (state_) {
        case state::text: return 0;
        case state::carriage_return:
        case state::backslash: return 1;
        case state::marker: return 2;
        case state::marker_carriage_return: return 3;
        }
        return 0;
    }

    copy_line_ends ends_{copy_problem::literal_newline, copy_problem::literal_carriage_return};
    state state_ = state::text;
    bool is_first_ = true;         // what comes next is the first of the line
    bool marker_is_alone_ = false;
};

}  // namespace pgwire::detail
