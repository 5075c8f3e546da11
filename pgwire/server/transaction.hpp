// What ReadyForQuery says of the transaction, for handlers that do not say it themselves.
//
// Floor 4, pure. Followed from the command tags that go out and the errors: an engine that answers BEGIN with the tag
// BEGIN has a transaction block. A handler with a `transaction` hook knows better and is believed.
#pragma once

#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/protocol/sql_scanner.hpp"

#include <string_view>

namespace pgwire {

class transaction_tracker {
public:
    [[nodiscard]] constexpr transaction_status status() const noexcept { return status_; }

    /// A statement was answered with this tag.
    constexpr void on_complete(std::string_view tag, std::string_view text) noexcept {
        switch (tag.empty() ? '\0' : tag[0]) {
        case 'B':
            if (tag == "BEGIN") status_ = transaction_status::in_block;
            return;
        case 'S':
            if (tag == "START TRANSACTION") status_ = transaction_status::in_block;
            return;
        case 'C':
            if (tag == "COMMIT") status_ = transaction_status::idle;
            return;
        case 'R':
            if (tag == "ROLLBACK") on_rollback(text);
            return;
        default: return;
        }
    }

    /// A statement, or a message, failed.
    constexpr void on_error() noexcept {
        if (status_ == transaction_status::in_block) status_ = transaction_status::failed_block;
    }

private:
    /// ROLLBACK TO a savepoint has the same tag as ROLLBACK, and mends a failed block.
    constexpr void on_rollback(std::string_view text) noexcept {
        if (!names_savepoint(text)) status_ = transaction_status::idle;
        else if (status_ == transaction_status::failed_block) status_ = transaction_status::in_block;
    }
    static constexpr bool names_savepoint(std::string_view text) noexcept {
        token_scanner in(text);
        if (!in.accept("ROLLBACK")) return false;
        if (!in.accept("WORK")) static_cast<void>(in.accept("TRANSACTION"));
        return in.accept("TO");
    }

    transaction_status status_ = transaction_status::idle;
};

}  // namespace pgwire
