// Accounts in memory that several sessions share, with BEGIN, savepoints, and 40001 where two of them collide.
//
//     examples/run.sh transactions
//     psql -h 127.0.0.1 -p 5433 -c 'deposit 100 to ada' -c 'begin' -c 'withdraw 30 from ada' -c 'commit' -c 'accounts'
//
// A handler with these three hooks has transactions: begin_implicit, commit_implicit and rollback_implicit are called
// around what is one transaction by itself, and with `sql_layer` around it also for BEGIN, COMMIT and ROLLBACK, which
// are answered as PostgreSQL does, warnings and failed blocks included. What is left for an engine is what is below:
// what a transaction sees, what it changes, and when that may be kept.
//
// Each transaction works on the state of its beginning. Of two that have changed the same account the second one fails
// to commit, with the SQLSTATE that tells clients to try again; try it with two psql. (What was only read is not
// compared: this is what PostgreSQL calls REPEATABLE READ.)
#include "options.hpp"

#include <pgwire/protocol/sql_literal.hpp>
#include <pgwire/server.hpp>
#include <pgwire/server/sql_layer.hpp>

#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using balances = std::map<std::string, std::int64_t, std::less<>>;

/// A state of all accounts, which never changes: a change makes another one. So to begin a transaction, and to set a
/// savepoint, is to remember a pointer.
using snapshot = std::shared_ptr<balances const>;

/// What the sessions share, on several threads.
class bank {
public:
    [[nodiscard]] snapshot now() const {
        std::lock_guard const lock(mutex_);
        return now_;
    }

    /// Makes the accounts that differ between `before` and `after` what they are in `after`: all of them, or none.
    /// @throws sql_error 40001 if somebody else has changed one of them since `before`
    void change(balances const& before, balances const& after) {
        std::lock_guard const lock(mutex_);
        auto next = std::make_shared<balances>(*now_);
        for (auto const& [name, balance] : after) {
            if (balance == of(before, name)) continue;
            if (of(*now_, name) != of(before, name))
                throw pgwire::sql_error(pgwire::sqlstates::t_r_serialization_failure,
                                        "could not serialize access due to concurrent update")
                    .detail("The account \"" + name + "\" was changed by another session.")
                    .hint("The transaction might succeed if retried.");
            (*next)[name] = balance;
        }
        now_ = std::move(next);
    }

    static std::int64_t of(balances const& all, std::string_view name) {
        auto const found = all.find(name);
        return found == all.end() ? 0 : found->second;
    }

private:
    mutable std::mutex mutex_;
    snapshot now_ = std::make_shared<balances>();
};

struct account {
    std::string name;
    std::int64_t balance;
};

/// One session.
class teller {
public:
    explicit teller(bank& of) : bank_(&of) {}

    void begin_implicit() {
        before_ = after_ = bank_->now();
        savepoints_.clear();
    }
    void commit_implicit() {
        if (after_ != before_) bank_->change(*before_, *after_);
        rollback_implicit();
    }
    void rollback_implicit() { before_ = after_ = nullptr; }

    /// Every statement answers with the accounts that it is about.
    pgwire::rows<std::vector<account>> execute(pgwire::request const& r) {
        if (before_) return carry_out(r);
        begin_implicit();  // nobody does around a Query of one statement: most engines need no help there
        try {
            auto done = carry_out(r);
            commit_implicit();
            return done;
        } catch (...) {
            rollback_implicit();
            throw;
        }
    }

private:
    using answer = pgwire::rows<std::vector<account>>;
    static constexpr std::int64_t most = 1'000'000'000'000;

    answer carry_out(pgwire::request const& r) {
        // sql_layer has carried out what a savepoint means to the session, and passes it on for the engine's part.
        auto const c = pgwire::parse_sql_command(r.text);
        if (c.what != pgwire::sql_command::kind::none) return savepoint(c);
        pgwire::token_scanner in(r.text);
        if (in.accept("ACCOUNTS") && in.peek().kind == pgwire::token_kind::end) return all();
        if (in.accept("DEPOSIT")) return move(in, "TO", 1);
        if (in.accept("WITHDRAW")) return move(in, "FROM", -1);
        throw beg_your_pardon();
    }

    [[nodiscard]] answer all() const {
        std::vector<account> rows;
        for (auto const& [name, balance] : *after_) rows.push_back({name, balance});
        return answer(std::move(rows));
    }

    /// `… 30 to ada`
    answer move(pgwire::token_scanner& in, std::string_view preposition, int sign) {
        auto const number = in.next().text;
        std::int64_t amount = 0;
        auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), amount);
        bool const good = error == std::errc{} && end == number.data() + number.size() && in.accept(preposition);
        auto const name = pgwire::decode_identifier(in.next());
        if (!good || !name || in.next().kind != pgwire::token_kind::end) throw beg_your_pardon();

        auto const balance = bank::of(*after_, *name);
        if (sign < 0 ? amount > balance : amount > most - balance)  // in a block this fails the block
            throw pgwire::sql_error(pgwire::sqlstates::check_violation,
                                    '"' + *name + (sign < 0 ? "\" has not so much money" : "\" has too much money"));
        auto changed = std::make_shared<balances>(*after_);
        (*changed)[*name] = balance + sign * amount;
        after_ = std::move(changed);
        return answer({{*name, balance + sign * amount}});
    }

    answer savepoint(pgwire::sql_command const& c) {
        using kind = pgwire::sql_command::kind;
        if (c.what == kind::savepoint) {
            savepoints_.emplace_back(c.name, after_);
            return answer({});
        }
        auto at = savepoints_.size() - 1;  // there is one of this name, and the last one counts
        while (savepoints_[at].first != c.name) --at;
        if (c.what == kind::rollback_to) after_ = savepoints_[at].second;
        savepoints_.resize(c.what == kind::rollback_to ? at + 1 : at);
        return answer({});
    }

    static pgwire::sql_error beg_your_pardon() {
        return pgwire::sql_error(pgwire::sqlstates::syntax_error, "I beg your pardon?")
            .position(1)
            .hint("Say \"accounts\", \"deposit 30 to NAME\" or \"withdraw 30 from NAME\".");
    }

    bank* bank_;
    snapshot before_;  // what was there when the transaction began; without one, nothing
    snapshot after_;   // what it has made of that
    std::vector<std::pair<std::string, snapshot>> savepoints_;
};

int main(int argc, char** argv) {
    auto const options = example::parse(argc, argv, "Accounts in memory, with transactions.");
    bank shared;
    return example::serve(argv[0], options, [&shared] { return pgwire::sql_layer<teller>(shared); },
                          "-c 'deposit 100 to ada' -c 'accounts'");
}
