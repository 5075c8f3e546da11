// Where the lines of COPY's text format end, in a stream that is cut anywhere.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format".
// The first end of line says how all of them must look. A character behind a backslash ends nothing, and `\.` ends the
// data.
#pragma once

#include "pgwire/types/copy_error.hpp"
#include "pgwire/types/find_any.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// Looks for ends of lines. It keeps no bytes, only what must be known of those that it has seen.
class copy_text_lines {
public:
    enum class kind : std::uint8_t {
        more,     ///< the line goes on
        line,     ///< here it ends
        marker,   ///< here it ends, and so do the data
        problem,  ///< it can't go on; see `what`
    };

    struct found {
        kind is = kind::more;
        std::size_t consumed = 0;  ///< bytes that belong to the line and to its end
        /// How many of the last bytes of the line, also of those seen in an earlier piece, are not its text but the end
        /// of it or the marker. Where the line goes on: how many might be.
        std::size_t not_text = 0;
        copy_problem what = copy_problem::none;

        friend constexpr bool operator==(found const&, found const&) = default;
    };

    /// Does the line end in these bytes, which follow those seen before?
    [[nodiscard]] constexpr found scan(std::string_view bytes) noexcept {
        for (std::size_t i = 0;; ++i) {
            if (state_ == state::text) i = find_any(bytes, i, '\n', '\r', '\\');
            if (i == bytes.size()) return {kind::more, i, pending()};
            char const c = bytes[i];
            switch (state_) {
            case state::text:
                if (c == '\n') return line_feed(i);
                if (c == '\\') {
                    state_ = state::backslash;
                    break;
                }
                if (ends_ == ends::lf) return problem(i, copy_problem::literal_carriage_return);
                if (ends_ == ends::cr) return {kind::line, i + 1, 1};
                state_ = state::carriage_return;  // it depends on what comes next
                break;
            case state::carriage_return:
                if (c != '\n' && ends_ == ends::crlf) return problem(i, copy_problem::literal_carriage_return);
                state_ = state::text;
                ends_ = c == '\n' ? ends::crlf : ends::cr;
                return c == '\n' ? found{kind::line, i + 1, 2} : found{kind::line, i, 1};
            case state::backslash: state_ = c == '.' ? state::marker : state::text; break;
            case state::marker:
                if (c != '\n' && c != '\r') return problem(i, copy_problem::marker_corrupt);
                if (ends_ == ends::crlf && c == '\r') {
                    state_ = state::marker_carriage_return;
                    break;
                }
                if (ends_ != ends::unknown && ends_ != (c == '\n' ? ends::lf : ends::cr))
                    return problem(i, copy_problem::marker_newline_style);
                return {kind::marker, i + 1, 3};
            case state::marker_carriage_return:
                if (c == '\n') return {kind::marker, i + 1, 4};
                return problem(i, c == '\r' ? copy_problem::marker_newline_style : copy_problem::marker_corrupt);
            }
        }
    }

    /// There are no more bytes: how does the line end that was begun?
    [[nodiscard]] constexpr found finish() noexcept {
        switch (state_) {
        case state::marker:
        case state::marker_carriage_return: return problem(0, copy_problem::marker_corrupt);
        case state::carriage_return:
            if (ends_ == ends::crlf) return problem(0, copy_problem::literal_carriage_return);
            state_ = state::text;
            ends_ = ends::cr;
            return {kind::line, 0, 1};
        case state::backslash:  // nothing is behind it: it stays
        case state::text: break;
        }
        state_ = state::text;
        return {kind::line, 0, 0};
    }

private:
    enum class ends : std::uint8_t { unknown, lf, cr, crlf };
    enum class state : std::uint8_t {
        text,
        carriage_return,         // behind one that ends the line, alone or with a line feed
        backslash,               // behind one
        marker,                  // behind `\.`
        marker_carriage_return,  // behind `\.` and the first half of the line's end
    };

    constexpr found line_feed(std::size_t at) noexcept {
        if (ends_ == ends::cr || ends_ == ends::crlf) return problem(at, copy_problem::literal_newline);
        ends_ = ends::lf;
        return {kind::line, at + 1, 1};
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

    ends ends_ = ends::unknown;
    state state_ = state::text;
};

}  // namespace pgwire::detail
