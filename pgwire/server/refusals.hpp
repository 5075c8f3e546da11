// The errors that a session raises itself, with the SQLSTATEs and the sentences of PostgreSQL.
//
// Floor 4. Each is said here once, whoever finds the fault.
#pragma once

#include "pgwire/core/errc.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/types/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgwire::detail {

/// What a message or a value could not be decoded or encoded for.
[[noreturn, gnu::noinline, gnu::cold]]  // not among what is done for each message
inline void refuse(errc error) { throw sql_error(to_sqlstate(error), std::string(message(error))); }

/// In a failed transaction block only its end is carried out.
[[noreturn]] inline void refuse_in_failed_block() {
    throw sql_error(sqlstates::in_failed_sql_transaction,
                    "current transaction is aborted, commands ignored until end of transaction block");
}

[[noreturn]] inline void refuse_unknown_statement(std::string_view name) {
    throw sql_error(sqlstates::undefined_pstatement,
                    name.empty() ? std::string("unnamed prepared statement does not exist")
                                 : "prepared statement \"" + std::string(name) + "\" does not exist");
}

/// Statements execute each other, on and on.
[[noreturn]] inline void refuse_deeper_statements() {
    throw sql_error(sqlstates::statement_too_complex, "stack depth limit exceeded");
}

/// What the extended protocol has no answer for.
[[noreturn]] inline void refuse_in_extended_query(std::string_view what) {
    throw sql_error(sqlstates::feature_not_supported, std::string(what) + " can only be run by a simple query");
}

/// Portals and the cursors of SQL share their names.
[[noreturn]] inline void refuse_second_cursor(std::string_view name) {
    throw sql_error(sqlstates::duplicate_cursor, "cursor \"" + std::string(name) + "\" already exists");
}

/// The session has as many as it may have. @param what in the plural
[[noreturn]] inline void refuse_one_too_many(std::size_t most, std::string_view what) {
    throw sql_error(sqlstates::configuration_limit_exceeded,
                    "there are " + std::to_string(most) + ' ' + std::string(what) + ", which is the limit of a session")
        .hint("Close those that are not needed any more.");
}

/// What they hold is more than a session may keep.
[[noreturn]] inline void refuse_too_large(std::size_t most, std::string_view what) {
    throw sql_error(sqlstates::configuration_limit_exceeded,
                    std::string(what) + " exceed the limit of " + std::to_string(most) + " bytes")
        .hint("Close those that are not needed any more.");
}

/// A prepared statement would give other columns than its client was told of. Drivers know this error by the routine
/// that PostgreSQL reports it from, and prepare the statement anew.
[[noreturn]] inline void refuse_changed_columns() {
    sql_error error(sqlstates::feature_not_supported, "cached plan must not change result type");
    error.fields().routine = "RevalidateCachedQuery";
    throw error;
}

/// All text that a client sends is UTF-8.
/// @throws sql_error 22021
inline void check_encoding(std::string_view text) {
    if (auto const bad = find_invalid_utf8(text); bad != text.npos) [[unlikely]]
        throw sql_error(sqlstates::character_not_in_repertoire, describe_invalid_utf8(text.substr(bad)));
}

/// Why a statement is given up.
enum class cancel_reason : std::uint8_t { request, timeout, shutdown };

inline constexpr std::string_view shutdown_text = "terminating connection due to administrator command";

[[nodiscard]] inline sql_error canceled(cancel_reason why) {
    if (why == cancel_reason::shutdown) {
        sql_error e(sqlstates::admin_shutdown, std::string(shutdown_text));
        e.fields().severity = severity::fatal;
        return e;
    }
    return {sqlstates::query_canceled, why == cancel_reason::timeout ? "canceling statement due to statement timeout"
                                                                     : "canceling statement due to user request"};
}

[[noreturn, gnu::noinline, gnu::cold]]  // not among what is done for each statement
inline void give_up(cancel_reason why) {
    throw canceled(why);
}

}  // namespace pgwire::detail
