// The simple query protocol: a statement, or several, in one message.
//
// Floor 1. Source: PostgreSQL documentation, "Simple Query" and "Message Formats".
#pragma once

#include "pgwire/protocol/message.hpp"

namespace pgwire {

/// Query (frontend): run this text.
struct query {
    static constexpr char tag = 'Q';

    std::string_view text;

    using layout = fields<&query::text>;
    friend constexpr bool operator==(query const&, query const&) = default;
};

/// EmptyQueryResponse (backend): in place of CommandComplete, for a text without a statement.
struct empty_query_response {
    static constexpr char tag = 'I';

    using layout = fields<>;
    friend constexpr bool operator==(empty_query_response const&, empty_query_response const&) = default;
};

/// CommandComplete (backend): a statement is done. The tag is a word or two, with the number of rows where there is
/// one: `SELECT 5`, `INSERT 0 1`, `CREATE TABLE`.
struct command_complete {
    static constexpr char tag = 'C';

    std::string_view command_tag;

    using layout = fields<&command_complete::command_tag>;
    friend constexpr bool operator==(command_complete const&, command_complete const&) = default;
};

/// What ReadyForQuery says of the session's transaction.
enum class transaction_status : char {
    idle = 'I',         ///< not in a transaction block
    in_block = 'T',     ///< in a transaction block
    failed_block = 'E'  ///< in a block that has failed: nothing but its end is accepted
};

/// ReadyForQuery (backend): the backend waits for the next cycle.
struct ready_for_query {
    static constexpr char tag = 'Z';

    transaction_status status = transaction_status::idle;

    using layout = fields<&ready_for_query::status>;
    friend constexpr bool operator==(ready_for_query const&, ready_for_query const&) = default;
};

/// Terminate (frontend): goodbye.
struct terminate {
    static constexpr char tag = 'X';

    using layout = fields<>;
    friend constexpr bool operator==(terminate const&, terminate const&) = default;
};

}  // namespace pgwire
