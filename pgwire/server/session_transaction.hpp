// A session's transaction: what ReadyForQuery says of it, and when one must be opened around statements that have none.
//
// Floor 4, pure. Statements up to a Sync, and those of one simple query, are one transaction by themselves, if their
// handler has the three hooks; a BEGIN among them makes a block of it. Source: PostgreSQL documentation, "Extended
// Query" and "Multiple Statements in a Simple Query".
#pragma once

#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/hooks.hpp"
#include "pgwire/server/transaction.hpp"

#include <string_view>
#include <utility>

namespace pgwire::detail {

template<class Handler>
class session_transaction {
public:
    explicit session_transaction(Handler& handler) noexcept : handler_(handler) {}

    /// Of the explicit block: the handler's word, or what the commands have made of it.
    [[nodiscard]] transaction_status status() const {
        if constexpr (has_transaction<Handler>) return std::as_const(handler_).transaction();
        else return tracker_.status();
    }
    /// What ReadyForQuery says: amid a pipeline an implicit transaction may still be open.
    [[nodiscard]] transaction_status announced() const {
        return implicit_open_ ? transaction_status::in_block : status();
    }

    /// Must one be opened now, since nobody has? Never around a simple query of one statement.
    [[nodiscard]] bool must_begin(bool single_simple_query) const {
        if constexpr (has_transactions<Handler>)
            return !implicit_open_ && !single_simple_query && status() == transaction_status::idle;
        else return false;
    }
    /// Is an implicit one open? Then it ends with the cycle, or with an error.
    [[nodiscard]] bool is_implicit() const noexcept { return has_transactions<Handler> && implicit_open_; }
    void begun() noexcept { implicit_open_ = true; }
    void ended() noexcept { implicit_open_ = false; }

    /// A statement is answered with this tag.
    void on_tag([[maybe_unused]] std::string_view tag, [[maybe_unused]] std::string_view text) {
        if constexpr (!has_transaction<Handler>) tracker_.on_complete(tag, text);
    }
    /// The statement is done; a block that has begun in an implicit transaction adopts it.
    void on_complete() {
        if (status() == transaction_status::in_block) implicit_open_ = false;
    }
    void on_error() noexcept { tracker_.on_error(); }

private:
    Handler& handler_;
    transaction_tracker tracker_;
    bool implicit_open_ = false;  // begin_implicit was called, and neither commit_ nor rollback_implicit
};

}  // namespace pgwire::detail
