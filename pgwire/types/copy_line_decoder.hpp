// What the decoders of COPY's text and CSV formats have in common: lines, their header, and what is wrong with them.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY". A line that stands whole in a chunk is read
// where it stands, and a value without escapes is a view of it. Only a line that is cut is kept, and only values with
// escapes are copied.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/copy_error.hpp"
#include "pgwire/types/copy_fields.hpp"
#include "pgwire/types/copy_line_ends.hpp"
#include "pgwire/types/copy_options.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// Hands out the rows of a COPY. Its name is `copy_text_decoder` or `copy_csv_decoder`.
///
///     decoder.feed(chunk);                       // or finish(), when there is none left
///     for (;;) {
///         auto const step = decoder.next();
///         if (!step) throw sql_error(decoder.failure("t"));
///         if (*step != copy_step::row) break;
///         use(decoder.row());
///     }
///
/// @tparam Format finds ends of lines and takes lines apart
/// @tparam Utf8 looks for bytes that are not UTF-8, as `portable_utf8` does
template<class Format, class Utf8 = portable_utf8>
class copy_line_decoder {
public:
    using options_type = typename Format::options_type;

    /// The format of the values that it hands out.
    static constexpr format value_format = format::text;

    /// @param columns whose values a row must have; errors name them, and a header may have to. They are borrowed
    /// @param options are copied; what they borrow must live as long as the decoder
    /// @param row_limit the most bytes that a line may have; a line that is cut is kept up to there, and memory grows
    ///     with what has arrived of it, to at most twice that
    explicit copy_line_decoder(std::span<pgwire::column const> columns, options_type const& options = {},
                               std::size_t row_limit = default_copy_row_limit)
        : options_(options),
          row_limit_(row_limit),
          columns_(columns),
          lines_(options),
          fields_(columns.size()),
          header_(options.header) {}
    /// The same for columns of which nothing is known but how many they are; such a decoder can't match a header.
    explicit copy_line_decoder(std::size_t columns, options_type const& options = {},
                               std::size_t row_limit = default_copy_row_limit)
        : options_(options), row_limit_(row_limit), lines_(options), fields_(columns), header_(options.header) {}

    /// The next bytes, cut anywhere. `next` must have asked for them (at the beginning it has), and they must stay
    /// where they are until it asks for more.
    void feed(std::string_view chunk) noexcept { chunk_ = chunk; }

    /// There are no more bytes.
    void finish() noexcept { finished_ = true; }

    /// Goes on to the next row.
    /// @return or an error, which stays: 22P04 `invalid_copy_data`, 22021 `invalid_encoding` (bytes that are not UTF-8,
    ///     or a zero byte), 54000 `message_too_large` (a line above the limit)
    [[nodiscard]] result<copy_step> next() {
        for (;;) {
            if (problem_ != copy_problem::none) return to_errc(problem_);
            forget_line();
            if (ended_) return nothing_follows();
            if (!std::exchange(line_is_counted_, true)) first_line_ = ++line_;
            auto found = lines_.scan(chunk_);
            line_ += lines_.take_breaks();
            if (found.is == kind::more) {
                if (!keep_rest(found.not_text)) continue;
                if (!finished_) return copy_step::more;
                ended_ = true;
                if (held_.unread().empty() && header_ == copy_header::none) return copy_step::done;
                found = lines_.finish();
            }
            if (end_line(found)) return copy_step::row;
        }
    }

    /// The row that `next` found: as many values as there are columns, without escapes. They live until the next call
    /// of `next` or `feed`.
    [[nodiscard]] std::span<value const> row() const noexcept { return fields_.values(); }
    /// Does value `i` of the row, which is the marker then, stand for the column's default?
    [[nodiscard]] bool is_default(std::size_t i) const noexcept { return fields_.is_default(i); }

    /// After `missing_data` the values that there are. PostgreSQL tells first what is wrong with these.
    [[nodiscard]] std::span<value const> row_before_problem() const noexcept {
        return problem_ == copy_problem::missing_data ? row().first(column_) : row().first(0);
    }

    /// The number of the line in which the row ends that `next` found, or in which it stopped; the first is 1.
    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
    /// After `missing_data` the first column without a value, after `header_name` the first with another name, from 0;
    /// else how many values were found in the line.
    [[nodiscard]] std::size_t column() const noexcept { return column_; }
    /// What is wrong with the data.
    [[nodiscard]] copy_problem problem() const noexcept { return problem_; }
    /// Has `\.` been read, or all of the data?
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// What PostgreSQL says of an error that `next` gave. To be asked for before the bytes that were fed go away.
    /// @param relation the table's name
    [[nodiscard]] diagnostic failure(std::string_view relation) const {
        auto d = diagnostic_of(problem_);
        d.where = context(relation);
        switch (problem_) {
        case copy_problem::missing_data: d.message += quoted(name_of(column_)); break;
        case copy_problem::invalid_encoding: d.message += ':' + detail::shown_bytes(invalid_); break;
        case copy_problem::row_too_long: d.detail = "A row may have " + std::to_string(row_limit_) + " bytes."; break;
        case copy_problem::header_fields:
            d.message += ": got " + std::to_string(column_) + ", expected " + std::to_string(fields_.values().size());
            break;
        case copy_problem::header_name: {
            auto const& given = row()[column_];
            d.message += ' ' + std::to_string(column_ + 1) + ": got" +
                         (given ? quoted(*given) : " null value (" + quoted(options_.null).substr(1) + ')') +
                         ", expected" + quoted(name_of(column_));
            break;
        }
        default: break;
        }
        return d;
    }

    /// The context of an error in the row that `next` found: `COPY t, line 3: "1	x"`. Lives as the row's values
    /// do.
    [[nodiscard]] std::string context(std::string_view relation) const {
        return line_is_known_ ? copy_context(relation, line_, text_) : copy_context(relation, line_);
    }
    /// The context of an error in value `i` of it: `COPY t, line 3, column b: "x"`.
    [[nodiscard]] std::string context(std::string_view relation, std::size_t i, std::string_view column_name) const {
        return copy_context(relation, line_, column_name, row()[i]);
    }

private:
    using kind = detail::copy_line_end::kind;

    [[nodiscard]] static std::string quoted(std::string_view name) { return " \"" + std::string(name) + '"'; }
    [[nodiscard]] std::string_view name_of(std::size_t i) const noexcept {
        return i < columns_.size() ? columns_[i].name : std::string_view();
    }

    void forget_line() noexcept {
        if (line_is_held_) held_.consume(held_.unread().size());
        line_is_held_ = false;
        line_is_known_ = false;
    }

    bool fail(copy_problem problem) noexcept {
        problem_ = problem;
        return false;
    }

    copy_step nothing_follows() noexcept {
        chunk_ = {};
        return finished_ ? copy_step::done : copy_step::more;
    }

    /// The line goes on behind the chunk. @return whether it may
    bool keep_rest(std::size_t not_text) {
        if (held_.unread().size() + chunk_.size() - not_text > row_limit_) return fail_length();
        hold(std::exchange(chunk_, {}));
        return true;
    }
    void hold(std::string_view bytes) {
        if (bytes.empty()) return;
        std::copy_n(bytes.data(), bytes.size(), held_.prepare(bytes.size()).data());
        held_.commit(bytes.size());
    }

    /// The line ends in the chunk, well or not. @return whether it is a row
    bool end_line(detail::copy_line_end const& found) {
        auto line = chunk_.substr(0, found.consumed);
        chunk_.remove_prefix(found.consumed);
        line_is_counted_ = false;
        std::size_t const size = held_.unread().size() + line.size() - found.not_text;
        if (size > row_limit_) return fail_length();
        if (!held_.unread().empty()) {
            hold(line);
            line = held_.unread();
            line_is_held_ = true;
        }
        text_ = line.substr(0, size);
        if (auto const bad = Utf8::find_invalid(text_); bad != text_.npos) {
            line_ -= lines_.breaks_in(text_.substr(bad));
            return fail_encoding(line.substr(bad));
        }
        if (found.is == kind::problem) return fail(found.what);
        line_is_known_ = true;
        if (found.is == kind::marker) ended_ = true;
        if (header_ != copy_header::none) {
            if (std::exchange(header_, copy_header::none) == copy_header::match) match_header();
            return false;
        }
        return found.is != kind::marker && split() && check_count();
    }
    /// It depends on how the data are cut when that is found; so the line is told in which the row begins.
    bool fail_length() noexcept {
        line_ = first_line_;
        return fail(copy_problem::row_too_long);
    }
    bool fail_encoding(std::string_view from_there) noexcept {
        invalid_ = from_there;
        return fail(copy_problem::invalid_encoding);
    }

    /// Makes values of the line.
    bool split() {
        fields_.clear();
        if (fields_.values().empty()) return text_.empty() || fail(copy_problem::extra_data);
        auto const problem = Format::template split<Utf8>(options_, text_, fields_);
        column_ = fields_.found();
        if (problem == copy_problem::invalid_encoding) return fail_encoding(fields_.invalid());
        return problem == copy_problem::none || fail(problem);
    }
    bool check_count() {
        if (fields_.found() > fields_.values().size()) return fail(copy_problem::extra_data);
        if constexpr (requires { Format::force(options_, fields_.values()); })
            Format::force(options_, fields_.values().first(fields_.found()));
        return fields_.found() == fields_.values().size() || fail(copy_problem::missing_data);
    }
    void match_header() {
        if (!split()) return;
        if (fields_.found() != fields_.values().size()) return static_cast<void>(fail(copy_problem::header_fields));
        for (column_ = 0; column_ != fields_.found(); ++column_)
            if (row()[column_] != name_of(column_)) return static_cast<void>(fail(copy_problem::header_name));
    }

    options_type options_;
    std::size_t row_limit_;
    std::span<pgwire::column const> columns_;  // may be unknown
    typename Format::lines lines_;
    detail::copy_fields fields_;
    copy_header header_;            // what the next line must be
    std::string_view chunk_;        // what was fed and not yet read
    receive_buffer held_;           // the beginning of a line that was cut, then all of it
    std::string_view text_;         // the line without its end
    std::string_view invalid_;      // what is not UTF-8, and what follows it
    std::uint64_t first_line_ = 0;  // of the row, which in CSV may have several
    std::uint64_t line_ = 0;
    std::size_t column_ = 0;
    copy_problem problem_ = copy_problem::none;
    bool line_is_counted_ = false;
    bool line_is_held_ = false;
    bool line_is_known_ = false;  // whole, and UTF-8
    bool ended_ = false;          // by `\.`, or because all was read
    bool finished_ = false;
};

}  // namespace pgwire
