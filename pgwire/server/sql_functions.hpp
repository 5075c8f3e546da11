// The functions with which SQL asks about its session: version(), current_database(), current_setting(), …
//
// Floor 4. An engine registers them in its own way, each with a pointer to the session that it is told of:
//
//     for (auto const& f : pgwire::session_functions) engine.add_function(f.name, f.least, f.most, …);
//
// Source: PostgreSQL documentation, "System Information Functions" and "Configuration Settings Functions".
#pragma once

#include "pgwire/server/sql_session.hpp"
#include "pgwire/types/oid.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace pgwire {

/// NULL, a text, a number, a truth.
using session_value = std::variant<std::monostate, std::string, std::int64_t, bool>;
/// The arguments as text; nothing for NULL.
using session_arguments = std::span<std::optional<std::string_view> const>;

struct session_function {
    std::string_view name;
    std::size_t least;  ///< arguments
    std::size_t most;
    type_info type;  ///< of what it gives
    /// @throws sql_error such as 42704
    session_value (*call)(sql_session& session, session_arguments arguments);
};

namespace detail {

[[nodiscard]] inline session_value setting_or_null(sql_session& s, session_arguments a) {
    if (!a[0]) return {};
    bool const missing_ok = a.size() == 2 && a[1] && codec<bool>::from_text(*a[1]) == result<bool>(true);
    if (missing_ok && s.settings().find(*a[0]) == nullptr) return {};
    return s.settings().at(*a[0]).value;
}
[[nodiscard]] inline session_value set_config(sql_session& s, session_arguments a) {
    if (!a[0]) throw sql_error(sqlstates::null_value_not_allowed, "SET requires parameter name");
    bool const local = a[2] && codec<bool>::from_text(*a[2]) == result<bool>(true);
    s.set(*a[0], a[1].value_or(std::string_view()), local);
    return s.settings().at(*a[0]).value;
}
[[nodiscard]] inline session_value user_of(sql_session& s, session_arguments) { return s.context().login().user; }
[[nodiscard]] inline session_value database_of(sql_session& s, session_arguments) {
    return s.context().login().database;
}
[[nodiscard]] inline session_value encoding_name(sql_session&, session_arguments) { return std::string("UTF8"); }

}  // namespace detail

inline constexpr std::array session_functions{
    session_function{"version", 0, 0, types::text,
                     [](sql_session& s, session_arguments) -> session_value {
                         return "PostgreSQL " + s.settings().at("server_version").value;
                     }},
    session_function{"current_user", 0, 0, types::name, detail::user_of},
    session_function{"session_user", 0, 0, types::name, detail::user_of},
    session_function{"current_role", 0, 0, types::name, detail::user_of},
    session_function{"current_database", 0, 0, types::name, detail::database_of},
    session_function{"current_catalog", 0, 0, types::name, detail::database_of},
    session_function{"current_schema", 0, 0, types::name,
                     [](sql_session&, session_arguments) -> session_value { return std::string("public"); }},
    session_function{
        "pg_backend_pid", 0, 0, types::int4,
        [](sql_session& s, session_arguments) -> session_value { return std::int64_t{s.context().process_id()}; }},
    session_function{"current_setting", 1, 2, types::text, detail::setting_or_null},
    session_function{"set_config", 3, 3, types::text, detail::set_config},
    session_function{"inet_client_addr", 0, 0, types::inet,
                     [](sql_session& s, session_arguments) -> session_value {
                         auto const& address = s.context().login().peer.address;
                         if (address.empty()) return {};
                         return address;
                     }},
    session_function{"pg_is_in_recovery", 0, 0, types::bool_,
                     [](sql_session&, session_arguments) -> session_value { return false; }},
    session_function{
        "pg_client_encoding", 0, 0, types::name,
        [](sql_session& s, session_arguments) -> session_value { return s.settings().at("client_encoding").value; }},
    session_function{"getdatabaseencoding", 0, 0, types::name, detail::encoding_name},
    // There are no locks to give back; drivers' pools say it whenever a connection returns to them.
    session_function{"pg_advisory_unlock_all", 0, 0, types::void_,
                     [](sql_session&, session_arguments) -> session_value { return std::string(); }},
};

}  // namespace pgwire
