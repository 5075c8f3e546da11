// Reads rows in the binary format of COPY from a stream that is cut anywhere.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Binary Format"; what is
// not written there as PostgreSQL 18 does it. A row that stands whole in a chunk is read where it stands. Of a row that
// is cut what has come is kept, and no length that it claims makes room for more.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/bytes.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/copy_binary.hpp"
#include "pgwire/types/copy_error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// Hands out the rows of a COPY, as `copy_line_decoder` shows; its values are in their binary forms.
class copy_binary_decoder {
public:
    using options_type = copy_binary_options;

    /// The format of the values that it hands out.
    static constexpr format value_format = format::binary;

    /// @param columns whose values a row must have; errors name them. They are borrowed
    /// @param row_limit the most bytes that a row may have; one that is cut is kept up to there, and memory grows with
    ///     what has arrived of it, to at most twice that
    explicit copy_binary_decoder(std::span<pgwire::column const> columns, copy_binary_options const& = {},
                                 std::size_t row_limit = default_copy_row_limit)
        : row_limit_(row_limit), columns_(columns), fields_(columns.size()), values_(columns.size()) {}
    /// The same for columns of which nothing is known but how many they are.
    explicit copy_binary_decoder(std::size_t columns, copy_binary_options const& = {},
                                 std::size_t row_limit = default_copy_row_limit)
        : row_limit_(row_limit), fields_(columns), values_(columns) {}

    /// The next bytes, cut anywhere. `next` must have asked for them (at the beginning it has), and they must stay
    /// where they are until it asks for more.
    void feed(std::string_view chunk) noexcept { chunk_ = chunk; }

    /// There are no more bytes.
    void finish() noexcept { finished_ = true; }

    /// Goes on to the next row. The data may end without a trailer, as PostgreSQL has it; nothing may stand behind it.
    /// @return or an error, which stays: 22P04 `invalid_copy_data`, 54000 `message_too_large` (a row above the limit)
    [[nodiscard]] result<copy_step> next() {
        if (part_ == part::row) begin_row();
        for (;;) {
            if (problem_ != copy_problem::none) {
                if (is_in_field()) hand_out(column_);
                return to_errc(problem_);
            }
            if (part_ == part::count && !is_held_ && read_whole_row()) return copy_step::row;
            bool const goes_on = part_ < part::count ? read_header() : read_row();
            if (part_ == part::row) return copy_step::row;
            if (goes_on || problem_ != copy_problem::none) continue;
            return finished_ ? copy_step::done : copy_step::more;
        }
    }

    /// The row that `next` found: as many values as there are columns. They live until the next call of `next` or
    /// `feed`.
    [[nodiscard]] std::span<value const> row() const noexcept { return values_; }
    /// After a problem with a value those before it. PostgreSQL tells first what is wrong with these.
    [[nodiscard]] std::span<value const> row_before_problem() const noexcept {
        return row().first(problem_ != copy_problem::none && is_in_field() ? column_ : 0);
    }
    /// A value can't stand for a default in this format.
    [[nodiscard]] static constexpr bool is_default(std::size_t) noexcept { return false; }

    /// The number of the row that `next` found, or in which it stopped; the first is 1.
    [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
    /// In which value it stopped, from 0; after `field_count` how many values the row claims to have.
    [[nodiscard]] std::size_t column() const noexcept { return column_; }
    /// What is wrong with the data.
    [[nodiscard]] copy_problem problem() const noexcept { return problem_; }
    /// Has the trailer been read, or all of the data?
    [[nodiscard]] bool ended() const noexcept { return part_ == part::end; }

    /// What PostgreSQL says of an error that `next` gave.
    /// @param relation the table's name
    [[nodiscard]] diagnostic failure(std::string_view relation) const {
        auto d = diagnostic_of(problem_);
        if (part_ < part::count) return d;  // PostgreSQL has no context before the first row
        d.where = copy_context(relation, line_);
        if (is_in_field())
            d.where += ", column " + std::string(column_ < columns_.size() ? columns_[column_].name : "");
        if (problem_ == copy_problem::field_count)
            d.message += " is " + std::to_string(count_) + ", expected " + std::to_string(values_.size());
        if (problem_ == copy_problem::row_too_long)
            d.detail = "A row may have " + std::to_string(row_limit_) + " bytes.";
        return d;
    }

    /// The context of an error in the row that `next` found: `COPY t, line 3`.
    [[nodiscard]] std::string context(std::string_view relation) const { return copy_context(relation, line_); }
    /// The context of an error in a value of it: `COPY t, line 3, column b`. Binary values are not shown.
    [[nodiscard]] std::string context(std::string_view relation, std::size_t, std::string_view column_name) const {
        return copy_context(relation, line_) + ", column " + std::string(column_name);
    }

private:
    /// What comes next.
    enum class part : std::uint8_t {
        signature,
        flags,
        extension_length,
        extension,
        count,
        field_length,
        field,
        row,
        end
    };

    /// A value: a part of the row.
    struct field {
        std::size_t begin;
        std::int32_t size;  // negative: NULL
    };

    [[nodiscard]] bool is_in_field() const noexcept { return part_ == part::field_length || part_ == part::field; }

    // ---- the bytes of the header or of a row: in the chunk, or kept if they were cut

    [[nodiscard]] char const* bytes() const noexcept { return is_held_ ? held_.unread().data() : chunk_.data(); }

    /// Are there `n` bytes behind those read? Keeps what there is of them, if not, and no byte behind them.
    [[nodiscard]] bool has(std::size_t n) {
        if (!is_held_ && chunk_.size() - read_ >= n) return true;
        is_held_ = true;
        std::size_t const wanted = read_ + n - held_.unread().size();
        auto const piece = chunk_.substr(0, wanted);
        if (!piece.empty()) {
            std::copy_n(piece.data(), piece.size(), held_.prepare(piece.size()).data());
            held_.commit(piece.size());
            chunk_.remove_prefix(piece.size());
        }
        return piece.size() == wanted;
    }
    template<class T>
    [[nodiscard]] T take() noexcept {
        auto const v = load<T>(bytes() + read_);
        read_ += sizeof(T);
        return v;
    }
    /// All that was read is done with.
    void drop() noexcept {
        if (is_held_) held_.consume(held_.unread().size());
        else chunk_.remove_prefix(read_);
        is_held_ = false;
        read_ = 0;
    }

    bool fail(copy_problem problem) noexcept {
        problem_ = problem;
        return false;
    }
    /// There is not enough; if no more comes, that is a problem.
    bool wait(copy_problem problem) noexcept {
        if (finished_) problem_ = problem;
        return false;
    }
    bool go_on(part next) noexcept {
        part_ = next;
        return true;
    }

    // ---- each reads a part if all of it is there: @return whether it was, and was right

    bool read_header() {
        switch (part_) {
        case part::signature: {
            constexpr auto signature = detail::copy_binary_signature;
            if (!has(signature.size())) return wait(copy_problem::unknown_signature);
            if (std::string_view(bytes(), signature.size()) != signature) return fail(copy_problem::unknown_signature);
            read_ = signature.size();
            return go_on(part::flags);
        }
        case part::flags: {
            if (!has(4)) return wait(copy_problem::header_without_flags);
            auto const critical = take<std::uint32_t>() >> 16;
            if ((critical & 1) != 0) return fail(copy_problem::header_with_oids);
            if (critical != 0) return fail(copy_problem::critical_flags);
            return go_on(part::extension_length);
        }
        case part::extension_length: {
            if (!has(4)) return wait(copy_problem::header_without_length);
            auto const length = take<std::int32_t>();
            if (length < 0) return fail(copy_problem::header_without_length);
            extension_ = static_cast<std::size_t>(length);
            drop();
            return go_on(part::extension);
        }
        default: {
            auto const skipped = std::min(extension_, chunk_.size());
            chunk_.remove_prefix(skipped);
            extension_ -= skipped;
            if (extension_ != 0) return wait(copy_problem::header_length);
            begin_row();
            return true;
        }
        }
    }

    void begin_row() noexcept {
        drop();
        ++line_;
        column_ = 0;
        part_ = part::count;
    }
    /// Reads a row that stands whole in the chunk, as most do. @return whether that could be done; if not, nothing is
    /// changed but values, and the slow way tells why
    bool read_whole_row() noexcept {
        char const* p = chunk_.data();
        char const* const end = p + std::min(chunk_.size(), row_limit_);
        if (end - p < 2 || load<std::uint16_t>(p) != values_.size() || values_.size() > 0x7fff) return false;
        p += 2;
        for (auto& v : values_) {
            if (end - p < 4) return false;
            auto const size = load<std::int32_t>(p);
            p += 4;
            if (size == -1) {
                v.reset();
                continue;
            }
            if (size < 0 || end - p < size) return false;
            v = std::string_view(p, static_cast<std::size_t>(size));
            p += size;
        }
        read_ = static_cast<std::size_t>(p - chunk_.data());
        part_ = part::row;
        return true;
    }
    bool read_row() {
        switch (part_) {
        case part::count:
            if (!has(2)) {
                if (finished_) part_ = part::end;
                return false;
            }
            count_ = take<std::int16_t>();
            if (count_ == -1) {
                drop();
                return go_on(part::end);
            }
            column_ = static_cast<std::size_t>(std::max<std::int16_t>(count_, 0));
            if (count_ < 0 || column_ != values_.size()) return fail(copy_problem::field_count);
            column_ = 0;
            break;
        case part::field_length: {
            if (!has(4)) return wait(copy_problem::unexpected_end);
            auto const size = take<std::int32_t>();
            if (size < -1) return fail(copy_problem::field_size);
            fields_[column_] = {read_, size};
            if (size > 0 && (read_ > row_limit_ || static_cast<std::size_t>(size) > row_limit_ - read_))
                return fail(copy_problem::row_too_long);
            part_ = part::field;
            return true;
        }
        case part::field: {
            auto const size = static_cast<std::size_t>(std::max(fields_[column_].size, std::int32_t{0}));
            if (!has(size)) return wait(copy_problem::unexpected_end);
            read_ += size;
            ++column_;
            break;
        }
        default: return chunk_.empty() ? false : fail(copy_problem::data_after_trailer);
        }
        if (column_ != values_.size()) return go_on(part::field_length);
        hand_out(column_);
        return go_on(part::row);
    }
    void hand_out(std::size_t count) noexcept {
        for (std::size_t i = 0; i != count; ++i) {
            auto const& [begin, size] = fields_[i];
            if (size < 0) values_[i].reset();
            else values_[i] = std::string_view(bytes() + begin, static_cast<std::size_t>(size));
        }
    }

    std::size_t row_limit_;
    std::span<pgwire::column const> columns_;  // may be unknown
    std::string_view chunk_;                   // what was fed and not yet dropped or kept
    receive_buffer held_;                      // of the header or of a row that was cut
    std::vector<field> fields_;                // of the row, up to `column_`
    std::vector<value> values_;                // of a whole row
    std::size_t read_ = 0;                     // bytes of the header or of the row
    std::size_t extension_ = 0;                // bytes of the header that are to be read over
    std::uint64_t line_ = 0;
    std::size_t column_ = 0;
    std::int16_t count_ = 0;
    part part_ = part::signature;
    copy_problem problem_ = copy_problem::none;
    bool is_held_ = false;
    bool finished_ = false;
};

}  // namespace pgwire
