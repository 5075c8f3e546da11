// FETCH and MOVE at work: from where a cursor stands, over the rows between, to those that are wanted.
//
// Floor 4. Source: PostgreSQL documentation, FETCH, MOVE; positions and counts as measured on its servers.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/server/command.hpp"
#include "pgwire/server/cursor.hpp"
#include "pgwire/server/open_cursor.hpp"
#include "pgwire/server/row_writer.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/result_formats.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace pgwire::detail {

/// One FETCH or MOVE, and how far it has come. While it `goes_on` it is to be pulled if it `must_pull`, and asked to
/// `give` the rows that are there.
template<class H>
class fetching {
public:
    /// @param moves whether it is a MOVE, whose rows nobody is to see
    fetching(std::shared_ptr<open_cursor<H>> from, fetch_range range, bool moves)
        : from_(std::move(from)), range_(range), moves_(moves), given_(range.stands_on ? 1 : 0) {}

    [[nodiscard]] open_cursor<H>& from() const noexcept { return *from_; }
    [[nodiscard]] bool moves() const noexcept { return moves_; }
    /// How many rows it has given so far, or a MOVE would have.
    [[nodiscard]] std::uint64_t given() const noexcept { return given_; }

    /// Is there more to be done? Passes over what is there already.
    [[nodiscard]] bool goes_on() noexcept {
        if (range_.skipped != 0) {
            auto const there = std::min(range_.skipped, from_->kept_ahead());
            from_->pass(there);
            range_.skipped -= there;
            if (range_.skipped != 0 && !from_->is_exhausted()) return true;
            if (range_.skipped != 0) from_->run_out();
            range_.skipped = 0;
        }
        from_->go_back(std::exchange(range_.returned, 0));
        if (range_.wanted == 0 || has_next()) return range_.wanted != 0;
        if (range_.backward) from_->go_to_start();
        else from_->run_out();
        return false;
    }
    [[nodiscard]] bool must_pull() const noexcept {
        if (range_.skipped != 0 || !from_->is_open()) return true;  // which is refused, if it was closed meanwhile
        return !range_.backward && from_->kept_ahead() == 0;
    }
    /// @param to what the rows are written with
    void begin_pull(pull_state const& to) {
        if (range_.skipped != 0) from_->begin_pull(nullptr, range_.skipped);
        else if (moves_) from_->begin_pull(nullptr, range_.wanted);
        else from_->begin_pull(&to, std::min(range_.wanted, to.limit - to.rows));
    }
    void end_pull(bool more, pull_state& to) {
        auto const [rows, unseen] = from_->end_pull(more);
        if (moves_ || range_.skipped != 0) to.unseen += unseen;
        auto& left = range_.skipped != 0 ? range_.skipped : range_.wanted;
        if (&left == &range_.wanted) {
            given_ += rows;
            if (!moves_) to.rows += rows;
        }
        left -= std::min(rows, left);
    }
    /// Gives rows that are kept, as many as are welcome.
    void give(pull_state& to) {
        if (range_.skipped != 0) return;
        for (bool welcome = true; welcome && range_.wanted != 0; --range_.wanted, ++given_) {
            if (range_.backward ? !from_->has_previous() : from_->kept_ahead() == 0) return;
            if (range_.backward) from_->go_back(1);
            else from_->pass(1);
            if (moves_) continue;
            from_->write_current(to);
            welcome = to.wants_more();
        }
    }

private:
    [[nodiscard]] bool has_next() const noexcept {
        if (range_.backward) return from_->has_previous();
        return from_->kept_ahead() != 0 || !from_->is_exhausted();
    }

    std::shared_ptr<open_cursor<H>> from_;
    fetch_range range_;
    bool moves_;
    std::uint64_t given_;
};

/// FETCH and MOVE from a portal that Bind has made, which only goes forward, and does not know where it is.
/// @throws sql_error 55000, 0A000
[[nodiscard]] inline fetch_portal fetch_bound(cursor_command const& c) {
    if (c.count < 0) refuse_backward();
    if (c.count == 0 || c.from == cursor_command::direction::absolute)
        throw sql_error(sqlstates::feature_not_supported,
                        "a portal that Bind has made can't be asked for a row by its number, or once more");
    auto const rows = static_cast<std::uint64_t>(c.count);
    bool const is_relative = c.from == cursor_command::direction::relative;
    return {.name = c.name,
            .skipped = is_relative ? rows - 1 : 0,
            .wanted = is_relative ? 1 : rows,
            .moves = c.what == cursor_command::kind::move};
}

/// The rows of a FETCH, or none but their number of a MOVE; or those of the protocol's Execute, which answers as for a
/// SELECT.
template<class H>
class cursor_rows : public cursor<>, public may_be_silent {
public:
    explicit cursor_rows(fetching<H> f, std::string_view verb)
        : fetching_(std::move(f)), columns_(fetching_.from().columns()), verb_(verb) {}

    [[nodiscard]] bool is_silent() const noexcept { return fetching_.moves(); }
    [[nodiscard]] std::span<column const> columns() const noexcept {
        return is_silent() ? std::span<column const>() : columns_->all();
    }
    [[nodiscard]] command tag(std::uint64_t rows) const noexcept {
        return {verb_, is_silent() ? fetching_.given() : rows};
    }
    [[nodiscard]] result_formats simple_formats() const noexcept {
        return result_formats(fetching_.from().default_format());
    }

    auto next(writer& out) {
        if constexpr (open_cursor<H>::pulls_async) return next_async(writer_access::state(out));
        else return next_now(writer_access::state(out));
    }

private:
    bool next_now(pull_state& to) {
        if (!fetching_.goes_on()) return false;
        if (fetching_.must_pull()) {
            fetching_.begin_pull(to);
            fetching_.end_pull(fetching_.from().pull(), to);
        }
        fetching_.give(to);
        return fetching_.goes_on();
    }
    task<bool> next_async(pull_state& to) {
        if (!fetching_.goes_on()) co_return false;
        if (fetching_.must_pull()) {
            fetching_.begin_pull(to);
            bool more = false;
            if (fetching_.from().must_await()) {
                more = co_await fetching_.from().pull_async();
            } else {
                more = fetching_.from().pull();
            }
            fetching_.end_pull(more, to);
        }
        fetching_.give(to);
        co_return fetching_.goes_on();
    }

    fetching<H> fetching_;
    std::shared_ptr<column_list const> columns_;
    std::string_view verb_;
};

}  // namespace pgwire::detail
