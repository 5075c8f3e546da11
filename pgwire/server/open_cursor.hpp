// A cursor that DECLARE has opened: what the engine has made of its query, held with all that this may point into.
//
// Floor 4. `cursor_layer` has them by name; FETCH and MOVE (fetching.hpp) pull them. Rows go from the engine straight
// to the client, except that those of a SCROLL cursor are kept as they are pulled, and so are those that one WITH HOLD
// has left when its transaction is committed. Source: PostgreSQL documentation, DECLARE, FETCH.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/server/cursor_command.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/kept_rows.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/owned_parameters.hpp"
#include "pgwire/server/request.hpp"
#include "pgwire/server/row_writer.hpp"
#include "pgwire/server/statements.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::detail {

/// Columns with their names.
class column_list {
public:
    explicit column_list(std::span<column const> told) : columns_(told.begin(), told.end()) {
        names_.reserve(told.size());
        for (column& c : columns_) c.name = names_.emplace_back(c.name);
    }
    column_list(column_list const&) = delete;
    column_list& operator=(column_list const&) = delete;

    [[nodiscard]] std::span<column const> all() const noexcept { return columns_; }

private:
    std::vector<std::string> names_;
    std::vector<column> columns_;
};

/// DECLARE's query, and what the engine has prepared. The DECLARE shares it with the cursors that it opens.
template<class H>
struct declared_query {
    std::string text;
    std::uint32_t before = 0;               ///< characters before it in the DECLARE
    std::optional<statement_type<H>> made{};
};

[[noreturn]] inline void refuse_backward() {
    throw sql_error(sqlstates::object_not_in_prerequisite_state, "cursor can only scan forward")
        .hint("Declare it with SCROLL option to enable backward scan.");
}

/// Which rows a FETCH or a MOVE is about: it passes over some, goes back over others, and then gives what is wanted.
struct fetch_range {
    std::uint64_t skipped = 0;
    std::uint64_t returned = 0;
    std::uint64_t wanted = 0;
    bool backward = false;   ///< those that are wanted
    bool stands_on = false;  ///< it is only about the row that the cursor is on: there is one
};

template<class H>
class open_cursor {
    using inner_outcome = outcome_type<H>;

public:
    static constexpr bool pulls_async = detail::pulls_async<inner_outcome>;

    /// @param number of all cursors of the session
    /// @param budget for the rows that are kept
    open_cursor(cursor_command const& c, std::uint64_t number, std::shared_ptr<declared_query<H>> query,
                request const& r, std::shared_ptr<kept_budget> budget)
        : name_(c.name),
          number_(number),
          is_binary_(c.binary),
          scrolls_(c.scrolls),
          holds_(c.holds),
          keeps_(c.scrolls),
          query_(std::move(query)),
          values_(r.parameters),
          request_{query_->text, values_.view(), r.context},
          budget_(budget),
          kept_(std::move(budget)) {
        held_ = sizeof(*this) + name_.capacity() + query_->text.capacity() + values_.size_in_bytes();
        budget_->held += held_;
    }
    open_cursor(open_cursor const&) = delete;
    open_cursor& operator=(open_cursor const&) = delete;
    ~open_cursor() { budget_->held -= held_; }

    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }
    /// BINARY: the format of its rows where FETCH does not say it, in the simple protocol.
    [[nodiscard]] format default_format() const noexcept { return is_binary_ ? format::binary : format::text; }
    /// The query's, for the engine.
    [[nodiscard]] pgwire::request const& request() const noexcept { return request_; }

    /// Takes what the engine answers the query with, which `make` returns.
    /// @return whether these are rows
    template<class Make>
    [[nodiscard]] bool open(Make make) {
        outcome_.emplace(elide{std::move(make)});
        is_open_ = visit_outcome(*outcome_, [this]<class O>(O const& outcome) {
            if constexpr (cursor_type<O>) columns_ = std::make_shared<column_list>(columns_of_cursor(outcome));
            return gives_rows(outcome);
        });
        if (is_open_) kept_.use_formats(result_formats(default_format()), columns_->all().size());
        return is_open_;
    }
    /// The engine must have nothing open any more. A FETCH may still share the rest of this.
    void drop() noexcept {
        is_open_ = false;
        is_exhausted_ = false;
        outcome_.reset();
        kept_.clear();
    }

    [[nodiscard]] bool is_open() const noexcept { return is_open_; }

    [[nodiscard]] std::shared_ptr<column_list const> const& columns() const noexcept { return columns_; }

    // ---- WITH HOLD

    /// Is the commit of its transaction to have its rows pulled?
    [[nodiscard]] bool must_be_held() const noexcept { return holds_ && outcome_ && !has_failed_; }
    /// From now on all rows are kept: those that are left are about to be pulled.
    void begin_hold() noexcept {
        if (!std::exchange(keeps_, true)) passed_before_ = position_;
    }
    /// They were pulled: nothing of the engine is needed any more.
    void end_hold() noexcept { outcome_.reset(); }
    [[nodiscard]] bool is_detached() const noexcept { return is_open_ && !outcome_; }
    /// Its transaction is committed.
    void hold() noexcept { is_held_ = true; }
    /// Does it belong to no transaction?
    [[nodiscard]] bool is_held() const noexcept { return is_held_; }

    // ---- where it stands

    /// Which rows come next for this FETCH or MOVE. A cursor that scrolls may be moved by that.
    /// @throws sql_error 55000 if they lie behind, in a cursor that does not scroll
    [[nodiscard]] fetch_range find(cursor_command const& c) {
        check_usable();
        return scrolls_ ? find_anywhere(c) : find_ahead(c);
    }
    /// Is there a row that was fetched last?
    [[nodiscard]] bool is_on_row() const noexcept { return position_ != 0 && !is_past_end_; }
    /// Are there rows before it?
    [[nodiscard]] bool has_previous() const noexcept { return location() > 1; }
    /// Goes back over so many rows, or before the first.
    void go_back(std::uint64_t rows) noexcept {
        if (rows == 0) return;
        position_ = location() - std::min(location(), rows);
        is_past_end_ = false;
    }
    void go_to_start() noexcept { go_back(location()); }
    /// More rows were wanted than there are.
    void run_out() noexcept { is_past_end_ = true; }

    // ---- rows that are kept

    /// How many rows after this one are there already?
    [[nodiscard]] std::uint64_t kept_ahead() const noexcept {
        return keeps_ && is_open_ && !is_past_end_ ? kept_.count() - (position_ - passed_before_) : 0;
    }
    /// Passes over rows that are kept.
    void pass(std::uint64_t rows) noexcept { position_ += rows; }
    /// Writes the row that it is on, which is kept.
    void write_current(pull_state& to) const {
        kept_.write(static_cast<std::size_t>(position_ - passed_before_ - 1), to, columns_->all());
    }

    // ---- pulling

    [[nodiscard]] bool is_exhausted() const noexcept { return is_exhausted_; }

    /// @param to the writer of the rows; null: nobody is to see them
    /// @throws sql_error 34000 if the cursor was closed meanwhile, 55000 if it has failed
    void begin_pull(pull_state const* to, std::uint64_t limit) {
        check_usable();
        if (to != nullptr && (keeps_ || holds_)) kept_.use_formats(to->formats, columns_->all().size());
        kept_.use_style(request_.session().style());
        pull_.out = keeps_ || to == nullptr ? &unseen_ : to->out;
        pull_.formats = keeps_ ? kept_.formats() : to != nullptr ? to->formats : result_formats(default_format());
        pull_.style = keeps_ ? &kept_.style() : &request_.session().style();
        pull_.columns = columns_->all().size();
        pull_.rows = 0;
        pull_.limit = limit;
        has_failed_ = true;  // unless the pull returns
    }
    /// Must it be awaited?
    [[nodiscard]] bool must_await() const {
        return visit_outcome(*outcome_, []<class O>(O const&) { return detail::pulls_async<O>; });
    }
    [[nodiscard]] bool pull() {
        return visit_outcome(*outcome_, [this]<class O>(O& outcome) -> bool {
            if constexpr (cursor_type<O> && !detail::pulls_async<O>)
                return outcome.next(writer_.template emplace<writer_type<O>>(pull_));
            else throw std::bad_variant_access();  // not reached: `open` and `must_await` say so
        });
    }
    [[nodiscard]] task<bool> pull_async() {
        return visit_outcome(*outcome_, [this]<class O>(O& outcome) -> task<bool> {
            if constexpr (cursor_type<O> && detail::pulls_async<O>)
                return outcome.next(writer_.template emplace<writer_type<O>>(pull_));
            else throw std::bad_variant_access();
        });
    }
    /// What a pull has come to.
    struct pulled_over {
        std::uint64_t rows = 0;  ///< over so many it has gone; over none that are kept
        std::size_t unseen = 0;  ///< bytes of rows that are kept, or dropped
    };
    /// @throws sql_error 53400 if the rows that are kept are too many
    pulled_over end_pull(bool more) {
        auto const unseen = unseen_.size();
        if (keeps_) kept_.append(unseen_.pending());
        unseen_.clear();
        has_failed_ = false;
        is_exhausted_ = !more;
        if (keeps_) return {.unseen = unseen};
        position_ += pull_.rows;
        return {pull_.rows, unseen};
    }

private:
    using direction = cursor_command::direction;

    void check_usable() const {
        if (!is_open_) throw sql_error(sqlstates::undefined_cursor, "cursor \"" + name_ + "\" does not exist");
        if (has_failed_)
            throw sql_error(sqlstates::object_not_in_prerequisite_state, "portal \"" + name_ + "\" cannot be run");
    }

    /// Before the first row it is 0, after the last one more than that one's number.
    [[nodiscard]] std::uint64_t location() const noexcept { return position_ + (is_past_end_ ? 1 : 0); }

    [[nodiscard]] fetch_range find_ahead(cursor_command const& c) {
        auto const reached = static_cast<std::int64_t>(location());
        auto const n = c.count;
        bool const reads_again = c.what == cursor_command::kind::fetch && n == 0 && (is_on_row() || c.backward);
        bool const goes_back = c.from == direction::absolute ? n <= reached && (n != 0 || reached != 0)
                                                             : n < 0 || reads_again;
        if (goes_back) {
            has_failed_ = true;
            refuse_backward();
        }
        auto const rows = static_cast<std::uint64_t>(n);
        if (n == 0) return {.stands_on = is_on_row()};
        switch (c.from) {
        case direction::absolute: return {.skipped = rows - 1 - static_cast<std::uint64_t>(reached), .wanted = 1};
        case direction::relative: return {.skipped = rows - 1, .wanted = 1};
        default: return {.wanted = rows};
        }
    }
    [[nodiscard]] fetch_range find_anywhere(cursor_command const& c) {
        bool const back = c.count < 0;
        auto const rows = static_cast<std::uint64_t>(back ? -c.count : c.count);
        if (c.from == direction::absolute) {
            if (back) return {.skipped = pull_state::no_limit, .returned = rows - 1, .wanted = 1, .backward = true};
            go_to_start();
            return rows == 0 ? fetch_range() : fetch_range{.skipped = rows - 1, .wanted = 1};
        }
        if (rows == 0) {
            if (!is_on_row() || c.what == cursor_command::kind::move) return {.stands_on = is_on_row()};
            go_back(1);  // to give the row once more
            return {.wanted = 1};
        }
        if (c.from == direction::forward) return {.wanted = rows, .backward = back};
        if (back) return {.returned = rows - 1, .wanted = 1, .backward = true};
        return {.skipped = rows - 1, .wanted = 1};
    }

    std::string name_;
    std::uint64_t number_;
    bool is_binary_;
    bool scrolls_;
    bool holds_;
    bool keeps_;  // rows that are pulled
    std::shared_ptr<declared_query<H>> query_;
    owned_parameters values_;
    pgwire::request request_;
    std::optional<inner_outcome> outcome_;
    std::shared_ptr<column_list const> columns_;
    std::size_t held_ = 0;  // of what the client has sent, in bytes
    std::shared_ptr<kept_budget> budget_;
    kept_rows kept_;
    send_buffer unseen_;  // what MOVE passes over, and what is to be kept
    pull_state pull_;
    writer_slot writer_;
    std::uint64_t position_ = 0;       // the number of the row that it is on
    std::uint64_t passed_before_ = 0;  // how many rows it has given before it began to keep them
    bool is_open_ = false;
    bool is_held_ = false;
    bool is_past_end_ = false;    // further than the last row
    bool is_exhausted_ = false;   // the engine has no more to give
    bool has_failed_ = false;
};

}  // namespace pgwire::detail
