// Rows that a cursor has given and that may be asked for once more, or later: encoded as they would be sent.
//
// Floor 4. They are in the formats in which they were pulled; a FETCH that wants others has them converted. All cursors
// of a session together may keep so many bytes: what would be more is refused with 53400, as PostgreSQL refuses what
// exceeds its temp_file_limit.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/bytes.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/protocol/result_set.hpp"
#include "pgwire/server/convert_value.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/row_writer.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/result_formats.hpp"
#include "pgwire/types/row_builder.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::detail {

/// What the cursors of a session keep, in bytes.
struct kept_budget {
    std::size_t limit = 0;
    std::size_t used = 0;
    std::size_t held = 0;  // of what the client has sent, by all cursors: also those that are closed and fetched from

    [[nodiscard]] std::size_t left() const noexcept { return used < limit ? limit - used : 0; }
};

class kept_rows {
public:
    explicit kept_rows(std::shared_ptr<kept_budget> budget) noexcept : budget_(std::move(budget)) {}
    kept_rows(kept_rows const&) = delete;
    kept_rows& operator=(kept_rows const&) = delete;
    ~kept_rows() { clear(); }

    [[nodiscard]] std::size_t count() const noexcept { return ends_.size(); }

    /// The formats of rows to come: a copy of those that a client asks for. Of rows that are there they don't change.
    void use_formats(result_formats const& wanted, std::size_t columns) {
        if (count() != 0) return;
        formats_.clear();
        for (std::size_t i = 0; i != columns; ++i) formats_.push_back(wanted[i]);
    }
    /// How values of rows to come are written as text; of rows that are there, how they were.
    void use_style(text_style const& style) noexcept {
        if (count() == 0) style_ = style;
    }
    [[nodiscard]] text_style const& style() const noexcept { return style_; }
    [[nodiscard]] result_formats formats() const { return result_formats(std::span<format const>(formats_)); }

    /// Takes rows: whole DataRow messages in these formats.
    /// @throws sql_error 53400
    void append(std::string_view rows) {
        std::size_t n = 0;
        for (auto left = rows; !left.empty(); ++n) left.remove_prefix(frame_size(left));
        auto const size = rows.size() + n * sizeof(std::size_t);
        if (size > budget_->left())
            throw sql_error(sqlstates::configuration_limit_exceeded,
                            "the rows that cursors keep exceed the limit of " + std::to_string(budget_->limit) +
                                " bytes")
                .hint("Close cursors that are not needed, or declare them without SCROLL and WITH HOLD.");
        budget_->used += size;
        used_ += size;
        bytes_.append(rows);
        auto at = ends_.empty() ? 0 : ends_.back();
        while (at != bytes_.size()) ends_.push_back(at += frame_size(std::string_view(bytes_).substr(at)));
    }

    /// Writes row `i`, which is there, in the formats that `to` wants.
    /// @throws sql_error 0A000 if a column of a type that is not known here would have to be converted
    void write(std::size_t i, pull_state& to, std::span<column const> columns) const {
        auto const begin = i == 0 ? 0 : ends_[i - 1];
        auto const frame = std::string_view(bytes_).substr(begin, ends_[i] - begin);
        if (are_formats(to.formats) && style_ == *to.style) to.out->append(frame);
        else convert(frame.substr(header), to, columns);
        ++to.rows;
    }

    void clear() noexcept {
        budget_->used -= std::exchange(used_, 0);
        std::string().swap(bytes_);
        std::vector<std::size_t>().swap(ends_);
    }

private:
    static constexpr std::size_t header = 5;

    static std::size_t frame_size(std::string_view rows) noexcept {
        return 1 + static_cast<std::size_t>(load<std::uint32_t>(rows.data() + 1));
    }
    [[nodiscard]] bool are_formats(result_formats const& wanted) const {
        for (std::size_t i = 0; i != formats_.size(); ++i)
            if (formats_[i] != wanted[i]) return false;
        return true;
    }
    /// Text may be in another style than it was.
    static bool is_as_wanted(format wanted, format has, oid type) noexcept {
        return wanted == has && (has == format::binary || !follows_style(type));
    }
    void convert(std::string_view body, pull_state& to, std::span<column const> columns) const {
        auto const row = decode<data_row>(body);
        if (!row) refuse(row.error());
        row_builder out(*to.out, to.formats, *to.style);
        out.begin();
        std::size_t i = 0;
        for (auto const& v : row->values) {
            if (!v) out.add_null();
            else if (is_as_wanted(out.next_format(), formats_[i], columns[i].type)) out.add_value(*v);
            else add_converted(out, columns[i].type, *v, formats_[i], style_);
            ++i;
        }
        if (auto const done = out.end(); !done) refuse(done.error());
    }

    std::shared_ptr<kept_budget> budget_;
    std::vector<format> formats_;
    text_style style_;
    std::string bytes_;
    std::vector<std::size_t> ends_;  // of each row in them
    std::size_t used_ = 0;           // of the budget
};

}  // namespace pgwire::detail
