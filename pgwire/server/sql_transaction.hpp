// The books of a session's transaction: what BEGIN, COMMIT, ROLLBACK and savepoints do, and how they are answered.
//
// Floor 4, pure: it says what has to be done and does nothing. Source: PostgreSQL documentation, "Transactions",
// "Multiple Statements in a Simple Query" and "Pipelining"; warnings as its servers give them.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/sql_command.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// What has to be done for a BEGIN, COMMIT or ROLLBACK, in this order.
struct transaction_plan {
    enum class call : std::uint8_t { none, begin, commit, rollback };

    sqlstate warning = sqlstates::successful_completion;
    std::string_view warning_text{};
    bool leaves = false;          ///< the block is over, whether or not the first call succeeds
    std::array<call, 2> calls{};  ///< of the engine
    bool enters = false;          ///< there is a block afterwards
    std::string_view tag{};
};

/// What a savepoint remembers of a session.
struct savepoint_mark {
    std::size_t settings = 0;   ///< the mark of its settings
    std::uint64_t portals = 0;  ///< how many had been made
};

class transaction_book {
public:
    using kind = sql_command::kind;

    /// What ReadyForQuery says.
    [[nodiscard]] transaction_status status() const noexcept { return status_; }
    [[nodiscard]] bool failed() const noexcept { return status_ == transaction_status::failed_block; }
    /// Is a transaction open that nobody began with BEGIN?
    [[nodiscard]] bool implicit() const noexcept { return implicit_; }
    [[nodiscard]] bool idle() const noexcept { return status_ == transaction_status::idle && !implicit_; }

    /// May what is being executed not be alone in its transaction? Then VACUUM and its like are refused with 25001.
    [[nodiscard]] bool in_transaction_block() const noexcept {
        return status_ != transaction_status::idle || (implicit_ && statements_ > 1);
    }

    void begin_implicit() noexcept {
        implicit_ = true;
        statements_ = 0;
    }
    void end_implicit() noexcept { implicit_ = false; }
    /// A statement is about to be executed.
    void on_statement() noexcept { ++statements_; }
    /// A statement, or a message, has failed.
    void on_error() noexcept {
        if (status_ == transaction_status::in_block) status_ = transaction_status::failed_block;
    }

    /// Does a failed block refuse this statement?
    [[nodiscard]] bool refuses(kind what) const noexcept {
        return failed() && what != kind::commit && what != kind::rollback && what != kind::rollback_to;
    }

    // ---- BEGIN, COMMIT, ROLLBACK

    /// @throws sql_error 25P01 for AND CHAIN outside of a block
    [[nodiscard]] transaction_plan plan(sql_command const& c) const {
        transaction_plan p;
        p.tag = c.tag;
        if (c.what == kind::begin) plan_begin(p);
        else plan_end(p, c);
        return p;
    }
    /// Its calls are about to be made.
    void before(transaction_plan const& p) noexcept {
        if (!p.leaves) return;
        status_ = transaction_status::idle;
        savepoints_.clear();
    }
    /// Its calls were made.
    void after(transaction_plan const& p) noexcept {
        if (!p.enters) return;
        status_ = transaction_status::in_block;
        implicit_ = false;
    }

    // ---- savepoints

    /// May this SAVEPOINT, RELEASE or ROLLBACK TO be carried out?
    /// @throws sql_error 25P01 outside of a block, 3B001 if there is no such savepoint
    void check_savepoint(sql_command const& c) const {
        if (status_ == transaction_status::idle)
            throw sql_error(sqlstates::no_active_sql_transaction,
                            std::string(c.what == kind::savepoint ? "SAVEPOINT"
                                        : c.what == kind::release ? "RELEASE SAVEPOINT"
                                                                  : "ROLLBACK TO SAVEPOINT") +
                                " can only be used in transaction blocks");
        if (c.what != kind::savepoint && find(c.name) == savepoints_.size())
            throw sql_error(sqlstates::s_e_invalid_specification, "savepoint \"" + c.name + "\" does not exist");
    }
    /// It was carried out.
    /// @param now what a new savepoint remembers
    /// @return what ROLLBACK TO returns to; otherwise `now`
    savepoint_mark on_savepoint(sql_command const& c, savepoint_mark now) {
        auto const keep = [this](std::size_t n) {
            savepoints_.erase(savepoints_.begin() + static_cast<std::ptrdiff_t>(n), savepoints_.end());
        };
        if (c.what == kind::savepoint) {
            savepoints_.push_back({c.name, now});
            return now;
        }
        auto const at = find(c.name);
        if (c.what == kind::release) return keep(at), now;
        keep(at + 1);
        status_ = transaction_status::in_block;
        return savepoints_[at].mark;
    }
    /// What the last savepoint remembers; zeros if there is none.
    [[nodiscard]] savepoint_mark last_mark() const noexcept {
        return savepoints_.empty() ? savepoint_mark{} : savepoints_.back().mark;
    }

private:
    struct savepoint {
        std::string name;
        savepoint_mark mark;
    };

    void plan_begin(transaction_plan& p) const {
        p.enters = true;
        if (status_ != transaction_status::idle) {
            p.warning = sqlstates::active_sql_transaction;
            p.warning_text = "there is already a transaction in progress";
        } else if (!implicit_) {  // otherwise it adopts what is open
            p.calls[0] = transaction_plan::call::begin;
        }
    }
    void plan_end(transaction_plan& p, sql_command const& c) const {
        bool const keeps = c.what == kind::commit && !failed();
        auto const end = keeps ? transaction_plan::call::commit : transaction_plan::call::rollback;
        p.tag = keeps ? "COMMIT" : "ROLLBACK";
        if (status_ != transaction_status::idle) {
            p.leaves = true;
            p.calls[0] = end;
            if (c.chain) p.calls[1] = transaction_plan::call::begin;
            p.enters = c.chain;
            return;
        }
        if (c.chain)
            throw sql_error(sqlstates::no_active_sql_transaction,
                            std::string(p.tag) + " AND CHAIN can only be used in transaction blocks");
        p.warning = sqlstates::no_active_sql_transaction;
        p.warning_text = "there is no transaction in progress";
        if (implicit_) p.calls = {end, transaction_plan::call::begin};
    }

    /// The last savepoint of this name, or how many there are.
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        for (auto i = savepoints_.size(); i != 0; --i)
            if (savepoints_[i - 1].name == name) return i - 1;
        return savepoints_.size();
    }

    transaction_status status_ = transaction_status::idle;
    bool implicit_ = false;
    std::size_t statements_ = 0;  // executed since begin_implicit
    std::vector<savepoint> savepoints_;
};

}  // namespace pgwire
