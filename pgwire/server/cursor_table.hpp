// A session's open cursors by name, and what ends them: their transaction, a savepoint, somebody's wish.
//
// Floor 4. Source: PostgreSQL documentation, DECLARE, CLOSE, SAVEPOINT.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/server/open_cursor.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/row_writer.hpp"
#include "pgwire/server/sql_command.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::detail {

/// A cursor WITH HOLD is about to be pulled for its rows.
template<class H>
void begin_hold_pull(open_cursor<H>& c) {
    auto const& session = c.request().session();
    if (session.cancelled()) [[unlikely]] give_up(session.why_cancelled());
    c.begin_pull(nullptr, pull_state::no_limit);
}
/// Pulls all that it has left; none of it needs to be awaited.
template<class H>
void hold_now(open_cursor<H>& c) {
    c.begin_hold();
    while (!c.is_exhausted()) {
        begin_hold_pull(c);
        c.end_pull(c.pull());
    }
    c.end_hold();
}
template<class H>
task<> hold_async(open_cursor<H>& c) {
    c.begin_hold();
    while (!c.is_exhausted()) {
        begin_hold_pull(c);
        bool more = false;
        if (c.must_await()) {
            more = co_await c.pull_async();
        } else {
            more = c.pull();
        }
        c.end_pull(more);
    }
    c.end_hold();
}

template<class H>
class cursor_table {
public:
    using open_cursor = detail::open_cursor<H>;
    using pointer = std::shared_ptr<open_cursor>;

    [[nodiscard]] std::size_t size() const noexcept { return cursors_.size(); }
    [[nodiscard]] bool empty() const noexcept { return cursors_.empty(); }

    /// The cursor of this name, or null.
    [[nodiscard]] pointer find(std::string_view name) const {
        auto const found = cursors_.find(name);
        return found == cursors_.end() ? nullptr : found->second;
    }
    /// @throws sql_error 34000
    [[nodiscard]] pointer get(std::string_view name) const {
        auto found = find(name);
        if (!found) throw sql_error(sqlstates::undefined_cursor, "cursor \"" + std::string(name) + "\" does not exist");
        return found;
    }
    /// The number of a new cursor.
    [[nodiscard]] std::uint64_t count() noexcept { return ++made_; }
    void add(std::string const& name, pointer opened) { cursors_.emplace(name, std::move(opened)); }
    /// @return whether there was one
    bool close(std::string_view name) {
        auto const found = cursors_.find(name);
        if (found == cursors_.end()) return false;
        found->second->drop();
        cursors_.erase(found);
        return true;
    }
    void close_all() noexcept {
        drop_if([](open_cursor const&) { return true; });
    }

    // ---- transactions: those that outlive theirs belong to none

    /// One that is to outlive the transaction and has rows to pull yet, or null.
    [[nodiscard]] open_cursor* next_to_hold() const noexcept {
        for (auto const& [name, one] : cursors_)
            if (one->must_be_held()) return one.get();
        return nullptr;
    }
    /// The rows of those that outlive it are kept: the engine must have nothing else open when it commits.
    void before_commit() noexcept {
        savepoints_.clear();
        drop_if([](open_cursor const& one) { return !one.is_detached(); });
    }
    void after_commit() noexcept {
        for (auto const& [name, one] : cursors_) one->hold();
    }
    void begin() noexcept { savepoints_.clear(); }
    void roll_back() noexcept {
        savepoints_.clear();
        drop_after(0);
    }
    /// Whatever fails, fails the block, or what has been done of it since the last savepoint.
    void on_error() noexcept { drop_after(savepoints_.empty() ? 0 : savepoints_.back().cursors); }

    // ---- savepoints, which sql_layer has found to exist

    void before_savepoint(sql_command const& c) {
        if (c.what != sql_command::kind::rollback_to) return;
        while (!savepoints_.empty() && savepoints_.back().name != c.name) savepoints_.pop_back();
        on_error();
    }
    void after_savepoint(sql_command const& c) {
        if (c.what == sql_command::kind::savepoint) savepoints_.push_back({c.name, made_});
        if (c.what != sql_command::kind::release) return;
        while (!savepoints_.empty() && savepoints_.back().name != c.name) savepoints_.pop_back();
        if (!savepoints_.empty()) savepoints_.pop_back();
    }

private:
    struct savepoint {
        std::string name;
        std::uint64_t cursors = 0;  // how many had been made
    };

    /// Those end that were made after so many.
    void drop_after(std::uint64_t made) noexcept {
        drop_if([made](open_cursor const& one) { return one.number() > made && !one.is_held(); });
    }
    template<class Unwanted>
    void drop_if(Unwanted unwanted) noexcept {
        for (auto at = cursors_.begin(); at != cursors_.end();) {
            if (!unwanted(*at->second)) {
                ++at;
                continue;
            }
            at->second->drop();
            at = cursors_.erase(at);
        }
    }

    std::map<std::string, pointer, std::less<>> cursors_;
    std::uint64_t made_ = 0;  // of the session
    std::vector<savepoint> savepoints_;
};

}  // namespace pgwire::detail
