// SQLite's errors in PostgreSQL's words: SQLSTATE, message, position.
//
// Constraints, locks and the like have a code of their own in SQLite. A mistake in a statement has only a message.
#pragma once

#include "sqlite_text.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/server/sql_command.hpp"

#include <sqlite3.h>

#include <optional>
#include <string>
#include <string_view>

namespace example {

namespace detail {

struct known_message {
    std::string_view begins;  // SQLite's message; what follows is the subject
    pgwire::sqlstate code;
    std::string_view said;  // PostgreSQL's, with the subject in place of $; empty: SQLite's own
};

// clang-format off
inline constexpr known_message known_messages[] = {
    {"incomplete input", pgwire::sqlstates::syntax_error, "syntax error at end of input"},
    {"unrecognized token: ", pgwire::sqlstates::syntax_error, "syntax error at or near $"},
    {"no such table: ", pgwire::sqlstates::undefined_table, "relation \"$\" does not exist"},
    {"no such view: ", pgwire::sqlstates::undefined_table, "view \"$\" does not exist"},
    {"no such column: ", pgwire::sqlstates::undefined_column, "column \"$\" does not exist"},
    {"no such function: ", pgwire::sqlstates::undefined_function, "function $ does not exist"},
    {"wrong number of arguments to function ", pgwire::sqlstates::undefined_function, "function $ does not exist"},
    {"no such savepoint: ", pgwire::sqlstates::s_e_invalid_specification, "savepoint \"$\" does not exist"},
    {"no such index: ", pgwire::sqlstates::undefined_object, "index \"$\" does not exist"},
    {"no such trigger: ", pgwire::sqlstates::undefined_object, "trigger \"$\" does not exist"},
    {"no such collation sequence: ", pgwire::sqlstates::undefined_object, "collation \"$\" does not exist"},
    {"ambiguous column name: ", pgwire::sqlstates::ambiguous_column, "column reference \"$\" is ambiguous"},
    {"duplicate column name: ", pgwire::sqlstates::duplicate_column, "column \"$\" specified more than once"},
    {"misuse of aggregate", pgwire::sqlstates::grouping_error, ""},
    {"misuse of window function", pgwire::sqlstates::windowing_error, ""},
    {"foreign key mismatch", pgwire::sqlstates::invalid_foreign_key, ""},
    {"integer overflow", pgwire::sqlstates::numeric_value_out_of_range, "integer out of range"},
    {"malformed JSON", pgwire::sqlstates::invalid_text_representation, "invalid input syntax for type json"},
    {"cannot VACUUM from within", pgwire::sqlstates::active_sql_transaction,
     "VACUUM cannot run inside a transaction block"},
    {"cannot VACUUM - SQL", pgwire::sqlstates::object_in_use, ""},
    {"cannot modify ", pgwire::sqlstates::wrong_object_type, ""},
    {"too many ", pgwire::sqlstates::program_limit_exceeded, ""},
    {"Expression tree is too large", pgwire::sqlstates::statement_too_complex, ""},
    {"parser stack overflow", pgwire::sqlstates::statement_too_complex, ""},
    {"string or blob too big", pgwire::sqlstates::program_limit_exceeded, ""},
    {"sub-select returns ", pgwire::sqlstates::syntax_error, ""},
    {"SELECTs to the left and right", pgwire::sqlstates::syntax_error, ""},
    {"all VALUES must have the same", pgwire::sqlstates::syntax_error, "VALUES lists must all be the same length"},
    {"no tables specified", pgwire::sqlstates::syntax_error, "SELECT * with no tables specified is not valid"},
    {"variable number must be", pgwire::sqlstates::program_limit_exceeded, "there are too many parameters"},
    {"row value misused", pgwire::sqlstates::syntax_error, ""},
};
// clang-format on

[[nodiscard]] inline pgwire::sqlstate state_of(int code) {
    namespace s = pgwire::sqlstates;
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return s::unique_violation;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return s::foreign_key_violation;
    case SQLITE_CONSTRAINT_NOTNULL: return s::not_null_violation;
    case SQLITE_CONSTRAINT_CHECK: return s::check_violation;
    case SQLITE_CONSTRAINT_TRIGGER: return s::raise_exception;
    case SQLITE_CONSTRAINT_DATATYPE: return s::datatype_mismatch;
    case SQLITE_BUSY_SNAPSHOT: return s::t_r_serialization_failure;
    default: break;
    }
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return s::integrity_constraint_violation;
    case SQLITE_BUSY: return s::lock_not_available;
    case SQLITE_LOCKED: return s::object_in_use;
    case SQLITE_READONLY: return s::read_only_sql_transaction;
    case SQLITE_INTERRUPT: return s::query_canceled;
    case SQLITE_TOOBIG: return s::program_limit_exceeded;
    case SQLITE_FULL: return s::disk_full;
    case SQLITE_NOMEM: return s::out_of_memory;
    case SQLITE_IOERR: return s::io_error;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return s::data_corrupted;
    case SQLITE_AUTH: return s::insufficient_privilege;
    case SQLITE_MISMATCH: return s::datatype_mismatch;
    default: return s::internal_error;
    }
}

/// Where a name stands in a statement: in characters from 1, or 0.
[[nodiscard]] inline std::uint32_t find_name(std::string_view text, std::string_view name) {
    name = name.substr(name.rfind('.') + 1);
    pgwire::token_scanner in(text);
    for (auto t = in.next(); t.kind != pgwire::token_kind::end; t = in.next()) {
        auto const found = pgwire::decode_identifier(t);
        if (found && pgwire::is_keyword(*found, name)) return pgwire::count_characters(text.substr(0, t.offset)) + 1;
    }
    return 0;
}

/// `t.a` of "… constraint failed: t.a", or all of "t.a, t.b".
inline void name_constraint(pgwire::diagnostic& d, std::string_view subject) {
    auto const dot = subject.find('.');
    if (dot == subject.npos) return;
    d.table = subject.substr(0, dot);
    if (subject.find(',') == subject.npos) d.column = subject.substr(dot + 1);
}

[[nodiscard]] inline std::string words_of(pgwire::diagnostic& d, std::string_view said) {
    auto const colon = said.find(": ");
    auto const subject = colon == said.npos ? std::string_view{} : said.substr(colon + 2);
    namespace s = pgwire::sqlstates;
    if (d.code == s::unique_violation) {
        name_constraint(d, subject);
        return "duplicate key value violates unique constraint on " + std::string(subject);
    }
    if (d.code == s::not_null_violation) {
        name_constraint(d, subject);
        return "null value in column \"" + d.column + "\" of relation \"" + d.table + "\" violates not-null constraint";
    }
    if (d.code == s::check_violation) {
        d.constraint = subject;
        return "new row violates check constraint \"" + std::string(subject) + '"';
    }
    if (d.code == s::foreign_key_violation) return "insert, update or delete violates foreign key constraint";
    if (d.code == s::t_r_serialization_failure) return "could not serialize access due to concurrent update";
    if (d.code == s::query_canceled) return "canceling statement due to user request";
    return std::string(said);
}

[[nodiscard]] inline pgwire::sql_error syntax_error_near(std::string_view text, std::size_t offset) {
    auto t = pgwire::token_scanner(text.substr(offset)).next();
    t.offset += offset;
    return pgwire::syntax_error_at(text, t);
}

/// What has only a message: finds the code, and where in the text the error is.
inline void explain(pgwire::diagnostic& d, std::string_view said, std::string_view text, int offset) {
    namespace s = pgwire::sqlstates;
    d.message = said;
    std::string_view subject;
    for (auto const& known : known_messages) {
        if (!said.starts_with(known.begins)) continue;
        subject = said.substr(known.begins.size());
        if (known.begins.starts_with("wrong")) subject = subject.substr(0, subject.rfind('('));
        d.code = known.code;
        if (!known.said.empty()) {
            d.message = known.said;
            if (auto const at = d.message.find('$'); at != std::string::npos) d.message.replace(at, 1, subject);
        }
        break;
    }
    if (said.ends_with(" already exists") || said.find("already a") != said.npos) d.code = s::duplicate_table;
    if (said.starts_with("table ") && said.ends_with(" already exists"))
        d.message = "relation \"" + std::string(said.substr(6, said.size() - 21)) + "\" already exists";
    if (auto const at = said.find(" has no column named "); at != said.npos) {
        d.code = s::undefined_column;
        subject = said.substr(at + 21);
        d.message = "column \"" + std::string(subject) + "\" of relation \"" + std::string(said.substr(6, at - 6)) +
                    "\" does not exist";
    }
    if (said.find(" values for ") != said.npos || said.ends_with(" values were supplied")) d.code = s::syntax_error;

    bool const at_end = said == "incomplete input";
    if (at_end) d.position = pgwire::count_characters(text) + 1;
    else if (offset >= 0) d.position = pgwire::count_characters(text.substr(0, static_cast<std::size_t>(offset))) + 1;
    else if (!subject.empty()) d.position = find_name(text, subject);
}

}  // namespace detail

/// The connection's last error.
/// @param statement for the position, which is one in the client's text; may be empty
[[nodiscard]] inline pgwire::sql_error sqlite_error(sqlite3* db, sqlite_text const& statement) {
    if (db == nullptr) return {pgwire::sqlstates::out_of_memory, "out of memory"};
    std::string_view const said = sqlite3_errmsg(db);
    int offset = sqlite3_error_offset(db);
    if (offset >= 0) offset = static_cast<int>(statement.in_client(static_cast<std::size_t>(offset)));
    if (offset >= 0 && said.starts_with("near \""))  // SQLite's word may be none that the client has written
        return detail::syntax_error_near(statement.client(), static_cast<std::size_t>(offset));
    pgwire::diagnostic d;
    d.code = detail::state_of(sqlite3_extended_errcode(db));
    if (d.code == pgwire::sqlstates::internal_error) detail::explain(d, said, statement.client(), offset);
    else d.message = detail::words_of(d, said);
    return pgwire::sql_error(std::move(d));
}
[[nodiscard]] inline pgwire::sql_error sqlite_error(sqlite3* db, std::string_view text) {
    return sqlite_error(db, sqlite_text(text));
}

}  // namespace example
