// What a client is told when something goes wrong, or is worth a word: an error or a notice with all its fields.
//
// Floor 0, standard library only. Source: PostgreSQL documentation, "Error and Notice Message Fields".
#pragma once

#include "pgwire/core/sqlstate.hpp"

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// How bad it is. `error`, `fatal` and `panic` are errors, the others are notices.
enum class severity : std::uint8_t { error, fatal, panic, warning, notice, debug, info, log };

/// The severity as it stands on the wire, not translated.
[[nodiscard]] constexpr std::string_view to_string(severity s) noexcept {
    switch (s) {
    case severity::error: return "ERROR";
    case severity::fatal: return "FATAL";
    case severity::panic: return "PANIC";
    case severity::warning: return "WARNING";
    case severity::notice: return "NOTICE";
    case severity::debug: return "DEBUG";
    case severity::info: return "INFO";
    case severity::log: return "LOG";
    }
    return "ERROR";
}

/// An error or a notice that owns its texts. Empty texts and zero numbers are fields that are not sent.
struct diagnostic {
    pgwire::severity severity = pgwire::severity::error;
    sqlstate code = sqlstates::internal_error;
    std::string message;
    std::string detail;             ///< more of what happened
    std::string hint;               ///< what to do about it
    std::uint32_t position = 0;     ///< where in the statement, in characters, the first is 1
    std::uint32_t internal_position = 0;
    std::string internal_query;     ///< a statement that the server made itself, which `internal_position` points into
    std::string where;              ///< the context, innermost first, a line each
    std::string schema;
    std::string table;
    std::string column;
    std::string data_type;
    std::string constraint;
    std::string file;               ///< where the server's source reports it
    std::uint32_t line = 0;
    std::string routine;
};

/// Makes an error's severity, and its `XX000` if that is the code, those of a notice.
inline void make_notice(diagnostic& d) noexcept {
    if (d.severity > severity::panic) return;
    d.severity = severity::notice;
    if (d.code == sqlstates::internal_error) d.code = sqlstates::successful_completion;
}

/// Thrown by a handler's hook to fail the statement; the client sees these fields.
///
///     throw pgwire::sql_error{pgwire::sqlstates::undefined_table, "relation \"t\" does not exist"}.position(15);
class sql_error : public std::exception {
public:
    sql_error(sqlstate code, std::string message) {
        fields_.code = code;
        fields_.message = std::move(message);
    }
    explicit sql_error(diagnostic fields) : fields_(std::move(fields)) {}

    [[nodiscard]] char const* what() const noexcept override { return fields_.message.c_str(); }
    [[nodiscard]] sqlstate code() const noexcept { return fields_.code; }
    [[nodiscard]] diagnostic const& fields() const noexcept { return fields_; }
    [[nodiscard]] diagnostic& fields() noexcept { return fields_; }

    /// FATAL ends the session once the client has been told.
    sql_error&& fatal() && { fields_.severity = severity::fatal; return std::move(*this); }
    sql_error&& detail(std::string text) && { fields_.detail = std::move(text); return std::move(*this); }
    sql_error&& hint(std::string text) && { fields_.hint = std::move(text); return std::move(*this); }
    /// Where in the statement's text, in characters, the first is 1.
    sql_error&& position(std::uint32_t character) && { fields_.position = character; return std::move(*this); }
    sql_error&& where(std::string text) && { fields_.where = std::move(text); return std::move(*this); }

private:
    diagnostic fields_;
};

}  // namespace pgwire
