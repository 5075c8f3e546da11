// A cursor that DECLARE has opened: what the engine has made of its query, held with all that this may point into.
//
// Floor 4. `cursor_layer` has them by name; FETCH and MOVE pull them. Source: PostgreSQL documentation, DECLARE, FETCH.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/server/cursor_command.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/outcome.hpp"
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

/// Which rows a FETCH or a MOVE is about.
struct fetch_range {
    std::uint64_t skipped = 0;
    std::uint64_t wanted = 0;
};

template<class H>
class open_cursor {
    using inner_outcome = outcome_type<H>;

public:
    static constexpr bool pulls_async = detail::pulls_async<inner_outcome>;

    /// @param number of all cursors of the session
    open_cursor(cursor_command const& c, std::uint64_t number, std::shared_ptr<declared_query<H>> query,
                request const& r)
        : name_(c.name),
          number_(number),
          is_binary_(c.binary),
          query_(std::move(query)),
          values_(r.parameters),
          request_{query_->text, values_.view(), r.context} {}
    open_cursor(open_cursor const&) = delete;
    open_cursor& operator=(open_cursor const&) = delete;

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
        return visit_outcome(*outcome_, [this]<class O>(O const& outcome) {
            if constexpr (cursor_type<O>) columns_ = std::make_shared<column_list>(columns_of_cursor(outcome));
            return cursor_type<O>;
        });
    }
    /// The engine must have nothing open any more. A FETCH may still share the rest of this.
    void drop() noexcept { outcome_.reset(); }

    [[nodiscard]] std::shared_ptr<column_list const> const& columns() const noexcept { return columns_; }

    /// Which rows come next for this FETCH or MOVE.
    /// @throws sql_error 55000 if they lie behind
    [[nodiscard]] fetch_range find(cursor_command const& c) {
        check_usable();
        auto const reached = static_cast<std::int64_t>(position_) + (is_past_end_ ? 1 : 0);
        auto const n = c.count;
        bool const reads_again = c.what == cursor_command::kind::fetch && n == 0 && (is_on_row() || c.backward);
        bool const goes_back = c.from == cursor_command::direction::absolute
                                   ? n <= reached && (n != 0 || reached != 0)
                                   : n < 0 || reads_again;
        if (goes_back) {
            has_failed_ = true;
            throw sql_error(sqlstates::object_not_in_prerequisite_state, "cursor can only scan forward")
                .hint("Declare it with SCROLL option to enable backward scan.");
        }
        auto const rows = static_cast<std::uint64_t>(n);
        if (n == 0) return {};
        switch (c.from) {
        case cursor_command::direction::absolute: return {rows - 1 - static_cast<std::uint64_t>(reached), 1};
        case cursor_command::direction::relative: return {rows - 1, 1};
        default: return {0, rows};
        }
    }
    /// Is there a row that was fetched last?
    [[nodiscard]] bool is_on_row() const noexcept { return position_ != 0 && !is_past_end_; }

    // ---- pulling

    [[nodiscard]] bool is_exhausted() const noexcept { return is_exhausted_; }
    /// More rows were wanted than there are.
    void run_out() noexcept { is_past_end_ = true; }

    /// @param to the writer of the rows; null: nobody is to see them
    /// @throws sql_error 34000 if the cursor was closed meanwhile, 55000 if it has failed
    void begin_pull(pull_state const* to, std::uint64_t limit) {
        check_usable();
        pull_.out = to != nullptr ? to->out : &unseen_;
        pull_.formats = to != nullptr ? to->formats : result_formats();
        pull_.style = &request_.session().style();
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
    /// @return how many rows it was
    std::uint64_t end_pull(bool more) noexcept {
        has_failed_ = false;
        is_exhausted_ = !more;
        position_ += pull_.rows;
        unseen_.clear();
        return pull_.rows;
    }

private:
    void check_usable() const {
        if (!outcome_) throw sql_error(sqlstates::undefined_cursor, "cursor \"" + name_ + "\" does not exist");
        if (has_failed_)
            throw sql_error(sqlstates::object_not_in_prerequisite_state, "portal \"" + name_ + "\" cannot be run");
    }

    std::string name_;
    std::uint64_t number_;
    bool is_binary_;
    std::shared_ptr<declared_query<H>> query_;
    owned_parameters values_;
    pgwire::request request_;
    std::optional<inner_outcome> outcome_;
    std::shared_ptr<column_list const> columns_;
    send_buffer unseen_;  // what MOVE passes over
    pull_state pull_;
    writer_slot writer_;
    std::uint64_t position_ = 0;  // how many rows it has given
    bool is_past_end_ = false;    // further than the last one
    bool is_exhausted_ = false;   // it has no more to give
    bool has_failed_ = false;
};

/// One FETCH or MOVE, and how far it has come.
template<class H>
class fetching {
public:
    fetching(std::shared_ptr<open_cursor<H>> from, fetch_range range) : from_(std::move(from)), range_(range) {}

    [[nodiscard]] open_cursor<H>& from() const noexcept { return *from_; }
    /// How many rows it has given so far.
    [[nodiscard]] std::uint64_t given() const noexcept { return given_; }

    /// Is there something to pull?
    [[nodiscard]] bool goes_on() const noexcept {
        if (range_.skipped + range_.wanted == 0) return false;
        if (from_->is_exhausted()) from_->run_out();
        return !from_->is_exhausted();
    }
    /// @param to what the rows are written with; null if nobody is to see them
    void begin_pull(pull_state const* to) {
        if (range_.skipped != 0) return from_->begin_pull(nullptr, range_.skipped);
        from_->begin_pull(to, to == nullptr ? range_.wanted : std::min(range_.wanted, to->limit - to->rows));
    }
    void end_pull(bool more, pull_state* to) noexcept {
        auto const rows = from_->end_pull(more);
        auto& left = range_.skipped != 0 ? range_.skipped : range_.wanted;
        if (&left == &range_.wanted) {
            given_ += rows;
            if (to != nullptr) to->rows += rows;
        }
        left -= std::min(rows, left);
    }

private:
    std::shared_ptr<open_cursor<H>> from_;
    fetch_range range_;
    std::uint64_t given_ = 0;
};

/// The rows of a FETCH.
template<class H>
class cursor_rows : public cursor<> {
public:
    explicit cursor_rows(fetching<H> f) : fetching_(std::move(f)), columns_(fetching_.from().columns()) {}

    [[nodiscard]] std::span<column const> columns() const noexcept { return columns_->all(); }
    [[nodiscard]] command tag(std::uint64_t) const noexcept { return {"FETCH", fetching_.given()}; }
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
        fetching_.begin_pull(&to);
        fetching_.end_pull(fetching_.from().pull(), &to);
        return fetching_.goes_on();
    }
    task<bool> next_async(pull_state& to) {
        if (!fetching_.goes_on()) co_return false;
        fetching_.begin_pull(&to);
        bool more = false;
        if (fetching_.from().must_await()) {
            more = co_await fetching_.from().pull_async();
        } else {
            more = fetching_.from().pull();
        }
        fetching_.end_pull(more, &to);
        co_return fetching_.goes_on();
    }

    fetching<H> fetching_;
    std::shared_ptr<column_list const> columns_;
};

}  // namespace pgwire::detail
