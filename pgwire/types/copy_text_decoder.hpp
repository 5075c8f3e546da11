// Reads rows in the text format of COPY from a stream that is cut anywhere.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format"; what is not
// written there as PostgreSQL 15 does it. A line that stands whole in a chunk is read where it stands, and a value
// without escapes is a view of it. Only a line that is cut is kept, and only values with escapes are copied.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/copy_error.hpp"
#include "pgwire/types/copy_text.hpp"
#include "pgwire/types/copy_text_lines.hpp"
#include "pgwire/types/find_any.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

/// The value of a digit, or 16.
[[nodiscard]] constexpr unsigned copy_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

/// A character and how many characters spell it.
struct copy_escape {
    char c = 0;
    std::size_t size = 0;
    friend constexpr bool operator==(copy_escape const&, copy_escape const&) = default;
};

/// What the characters behind a backslash, of which there is one at least, spell.
[[nodiscard]] constexpr copy_escape read_copy_escape(std::string_view text) noexcept {
    auto const number = [text](std::size_t from, std::size_t most, unsigned base) -> copy_escape {
        unsigned sum = 0;
        std::size_t i = from;
        for (; i != text.size() && i != most && copy_digit(text[i]) < base; ++i) sum = sum * base + copy_digit(text[i]);
        return {static_cast<char>(static_cast<unsigned char>(sum)), i};
    };
    switch (text[0]) {
    case 'b': return {'\b', 1};
    case 'f': return {'\f', 1};
    case 'n': return {'\n', 1};
    case 'r': return {'\r', 1};
    case 't': return {'\t', 1};
    case 'v': return {'\v', 1};
    case 'x':
        if (auto const hex = number(1, 3, 16); hex.size != 1) return hex;
        break;
    default:
        if (copy_digit(text[0]) < 8) return number(0, 3, 8);
    }
    return {text[0], 1};
}

}  // namespace detail

/// Hands out the rows of a COPY.
///
///     decoder.feed(chunk);                       // or finish(), when there is none left
///     for (;;) {
///         auto const step = decoder.next();
///         if (!step) throw sql_error(decoder.failure("t", columns));
///         if (*step != copy_step::row) break;
///         use(decoder.row());
///     }
class copy_text_decoder {
public:
    using options_type = copy_text_options;

    /// @param columns how many values a row must have
    /// @param options are copied; the text of NULL must live as long as the decoder
    /// @param row_limit the most bytes that a line may have; a line that is cut is kept up to there, and memory grows
    ///     with what has arrived of it, to at most twice that
    explicit copy_text_decoder(std::size_t columns, copy_text_options const& options = {},
                               std::size_t row_limit = default_copy_row_limit)
        : options_(options), row_limit_(row_limit), values_(columns) {}

    /// The next bytes, cut anywhere. `next` must have asked for them (at the beginning it has), and they must stay
    /// where they are until it asks for more.
    void feed(std::string_view chunk) noexcept { chunk_ = chunk; }

    /// There are no more bytes.
    void finish() noexcept { finished_ = true; }

    /// Goes on to the next row. After `\.` it reads over whatever comes, and is `done` at `finish` only.
    /// @return or an error, which stays: 22P04 `invalid_copy_data`, 22021 `invalid_encoding` (bytes that are not UTF-8,
    ///     or a zero byte, also where an escape spells it), 54000 `message_too_large` (a line above the limit)
    [[nodiscard]] result<copy_step> next() {
        if (problem_ != copy_problem::none) return to_errc(problem_);
        forget_line();
        if (ended_) return nothing_follows();
        if (!std::exchange(line_is_counted_, true)) ++line_;
        auto const found = lines_.scan(chunk_);
        if (found.is != lines::kind::more) return end_line(found);
        auto const kept = keep_rest(found.not_text);
        if (!kept || !finished_) return kept;
        ended_ = true;
        return held_.unread().empty() ? nothing_follows() : end_line(lines_.finish());
    }

    /// The row that `next` found: as many values as there are columns, without escapes. They live until the next call
    /// of `next` or `feed`.
    [[nodiscard]] std::span<value const> row() const noexcept { return values_; }

    /// The number of the row that `next` found, or of the line in which it stopped; the first is 1.
    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
    /// After `missing_data` the first column without a value, from 0; else how many values were found in the line.
    [[nodiscard]] std::size_t column() const noexcept { return found_; }
    /// What is wrong with the data.
    [[nodiscard]] copy_problem problem() const noexcept { return problem_; }
    /// Has `\.` been read, or all of the data?
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// What PostgreSQL says of an error that `next` gave. To be asked for before the bytes that were fed go away.
    /// @param relation the table's name
    /// @param columns those of the rows, for their names
    [[nodiscard]] diagnostic failure(std::string_view relation, std::span<pgwire::column const> columns = {}) const {
        diagnostic d;
        d.code = to_sqlstate(to_errc(problem_));
        d.message = message(problem_);
        d.hint = hint(problem_);
        d.where = context(relation);
        if (problem_ == copy_problem::missing_data)
            d.message += " \"" + std::string(found_ < columns.size() ? columns[found_].name : "") + '"';
        if (problem_ == copy_problem::invalid_encoding) d.message += ':' + detail::shown_bytes(invalid_);
        if (problem_ == copy_problem::row_too_long)
            d.detail = "A row may have " + std::to_string(row_limit_) + " bytes.";
        return d;
    }

    /// The context of an error in the row that `next` found: `COPY t, line 3: "1	x"`. Lives as the row's values do.
    [[nodiscard]] std::string context(std::string_view relation) const {
        return line_is_known_ ? copy_context(relation, line_, text_) : copy_context(relation, line_);
    }
    /// The context of an error in value `i` of it: `COPY t, line 3, column b: "x"`.
    [[nodiscard]] std::string context(std::string_view relation, std::size_t i, std::string_view column_name) const {
        return copy_context(relation, line_, column_name, values_[i]);
    }

private:
    using lines = detail::copy_text_lines;

    void forget_line() noexcept {
        if (line_is_held_) held_.consume(held_.unread().size());
        line_is_held_ = false;
        line_is_known_ = false;
    }

    errc fail(copy_problem problem) noexcept {
        problem_ = problem;
        return to_errc(problem);
    }
    errc fail_encoding(std::string_view from_there) noexcept {
        invalid_ = from_there;
        return fail(copy_problem::invalid_encoding);
    }

    copy_step nothing_follows() noexcept {
        chunk_ = {};
        return finished_ ? copy_step::done : copy_step::more;
    }

    /// The line goes on behind the chunk.
    result<copy_step> keep_rest(std::size_t not_text) {
        if (held_.unread().size() + chunk_.size() - not_text > row_limit_) return fail(copy_problem::row_too_long);
        hold(std::exchange(chunk_, {}));
        return copy_step::more;
    }
    void hold(std::string_view bytes) {
        if (bytes.empty()) return;
        std::copy_n(bytes.data(), bytes.size(), held_.prepare(bytes.size()).data());
        held_.commit(bytes.size());
    }

    /// The line ends in the chunk, well or not.
    result<copy_step> end_line(lines::found const& found) {
        auto line = chunk_.substr(0, found.consumed);
        chunk_.remove_prefix(found.consumed);
        line_is_counted_ = false;
        std::size_t const size = held_.unread().size() + line.size() - found.not_text;
        if (size > row_limit_) return fail(copy_problem::row_too_long);
        if (!held_.unread().empty()) {
            hold(line);
            line = held_.unread();
            line_is_held_ = true;
        }
        text_ = line.substr(0, size);
        if (auto const bad = find_invalid_utf8(text_); bad != text_.npos) return fail_encoding(line.substr(bad));
        if (found.is == lines::kind::problem) return fail(found.what);
        if (found.is == lines::kind::marker) {
            ended_ = true;
            if (text_.empty()) return nothing_follows();
        }
        line_is_known_ = true;
        return split();
    }

    /// Makes values of the line. All of them are looked at even where they are too many: a wrong escape is told first.
    result<copy_step> split() {
        found_ = 0;
        if (values_.empty()) {
            if (text_.empty()) return copy_step::row;
            return fail(copy_problem::extra_data);
        }
        free_ = nullptr;
        std::size_t at = 0;
        for (;; ++at) {
            std::size_t const begin = at;
            value v;
            at = detail::find_any(text_, begin, options_.delimiter, '\\');
            if (at != text_.size() && text_[at] == '\\') {
                at = unescape(v, begin, at);
                if (problem_ != copy_problem::none) return to_errc(problem_);
            } else if (auto const plain = text_.substr(begin, at - begin); plain != options_.null) {
                v = plain;
            }
            if (found_ < values_.size()) values_[found_] = v;
            ++found_;
            if (at == text_.size()) break;
        }
        if (found_ > values_.size()) return fail(copy_problem::extra_data);
        if (found_ < values_.size()) return fail(copy_problem::missing_data);
        return copy_step::row;
    }

    /// Reads the value that begins at `begin` and has its first backslash at `at`, into `v`; returns where it ends.
    std::size_t unescape(value& v, std::size_t begin, std::size_t at) {
        if (free_ == nullptr) free_ = room_for(text_.size() - begin);  // no value is longer than what spells it
        char* to = free_;
        std::size_t end = text_.size();  // of what may spell NULL
        bool suspicious = false;
        for (std::size_t from = begin;;) {
            to = std::copy_n(text_.data() + from, at - from, to);
            if (at == text_.size() || text_[at] != '\\') {
                end = at;
                break;
            }
            if (at + 1 == text_.size()) {  // the last byte of all: it is passed over
                end = at++;
                break;
            }
            auto const escape = detail::read_copy_escape(text_.substr(at + 1));
            suspicious = suspicious || escape.c == 0 || static_cast<unsigned char>(escape.c) > 0x7f;
            *to++ = escape.c;
            from = at + 1 + escape.size;
            at = detail::find_any(text_, from, options_.delimiter, '\\');
        }
        if (text_.substr(begin, end - begin) == options_.null) return at;
        std::string_view const text(free_, static_cast<std::size_t>(to - free_));
        free_ = to;
        if (suspicious)
            if (auto const bad = find_invalid_utf8(text); bad != text.npos) fail_encoding(text.substr(bad));
        v = text;
        return at;
    }
    char* room_for(std::size_t size) {
        if (unescaped_.size() < size) unescaped_.resize(std::max(size, unescaped_.size() * 2));
        return unescaped_.data();
    }

    copy_text_options options_;
    std::size_t row_limit_;
    lines lines_;
    std::string_view chunk_;       // what was fed and not yet read
    receive_buffer held_;          // the beginning of a line that was cut, then all of it
    std::vector<value> values_;    // as many as there are columns
    detail::raw_bytes unescaped_;  // the values of this row that had escapes
    char* free_ = nullptr;         // in there, behind the last of them; null before the first
    std::string_view text_;        // the line without its end
    std::string_view invalid_;     // what is not UTF-8, and what follows it
    std::uint64_t line_ = 0;
    std::size_t found_ = 0;        // values in the line
    copy_problem problem_ = copy_problem::none;
    bool line_is_counted_ = false;
    bool line_is_held_ = false;
    bool line_is_known_ = false;   // whole, and UTF-8
    bool ended_ = false;           // by `\.`, or because all was read
    bool finished_ = false;
};

}  // namespace pgwire
