// How the lines of COPY's text and CSV formats end: the first one says how all of them must.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "COPY", "File Formats". What is in a
// line is for `copy_text_lines` and `copy_csv_lines`, which look for ends in a stream that is cut anywhere.
#pragma once

#include "pgwire/types/copy_error.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace pgwire::detail {

/// What is found in the bytes behind those seen before.
struct copy_line_end {
    enum class kind : std::uint8_t {
        more,     ///< the line goes on
        line,     ///< here it ends
        marker,   ///< here it ends, and so do the data
        problem,  ///< it can't go on; see `what`
    };

    kind is = kind::more;
    std::size_t consumed = 0;  ///< bytes that belong to the line and to its end
    /// How many of the last bytes of the line, also of those seen in an earlier piece, are not its text but the end of
    /// it or the marker. Where the line goes on: how many might be.
    std::size_t not_text = 0;
    copy_problem what = copy_problem::none;

    friend constexpr bool operator==(copy_line_end const&, copy_line_end const&) = default;
};

/// How lines end, once the first one has.
class copy_line_ends {
public:
    enum class newline : std::uint8_t { unknown, lf, cr, crlf };

    /// @param line_feed and @param carriage_return what to say of one that is not how lines end
    constexpr copy_line_ends(copy_problem line_feed, copy_problem carriage_return) noexcept
        : line_feed_(line_feed), carriage_return_(carriage_return) {}

    [[nodiscard]] constexpr newline style() const noexcept { return style_; }

    /// A line feed stands at `at`.
    constexpr copy_line_end line_feed(std::size_t at) noexcept {
        if (style_ == newline::cr || style_ == newline::crlf) return problem(at, 0, line_feed_);
        style_ = newline::lf;
        return {copy_line_end::kind::line, at + 1, 1};
    }
    /// A carriage return stands at `at`; nothing if it depends on what comes next.
    [[nodiscard]] constexpr std::optional<copy_line_end> carriage_return(std::size_t at) const noexcept {
        if (style_ == newline::lf) return problem(at, 0, carriage_return_);
        if (style_ == newline::cr) return copy_line_end{copy_line_end::kind::line, at + 1, 1};
        return std::nullopt;
    }
    /// What came next is `c`, at `at`.
    constexpr copy_line_end after_carriage_return(char c, std::size_t at) noexcept {
        if (c != '\n' && style_ == newline::crlf) return problem(at, 1, carriage_return_);
        style_ = c == '\n' ? newline::crlf : newline::cr;
        return c == '\n' ? copy_line_end{copy_line_end::kind::line, at + 1, 2}
                         : copy_line_end{copy_line_end::kind::line, at, 1};
    }
    /// Nothing came next.
    constexpr copy_line_end after_last_carriage_return() noexcept { return after_carriage_return('\0', 0); }

private:
    /// The byte at `at` is the one that can't be there.
    [[nodiscard]] static constexpr copy_line_end problem(std::size_t at, std::size_t not_text,
                                                         copy_problem what) noexcept {
        return {copy_line_end::kind::problem, at, not_text, what};
    }

    copy_problem line_feed_;
    copy_problem carriage_return_;
    newline style_ = newline::unknown;
};

}  // namespace pgwire::detail
