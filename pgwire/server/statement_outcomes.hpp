// Outcomes that concern the session's prepared statements and portals: the handler says what is to be done, the session
// does it.
//
// Floor 4. For engines that have such statements in their language, as SQL has PREPARE, EXECUTE, DEALLOCATE and FETCH.
// They are of one name space with the protocol's Parse, Bind and Close.
#pragma once

#include "pgwire/core/oid.hpp"
#include "pgwire/server/command.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgwire {

/// The outcome of DEALLOCATE and of DISCARD: the session forgets protocol objects, then answers with the tag.
struct forget {
    std::optional<std::string> statement;  ///< this prepared statement; 26000 if there is none
    bool all_statements = false;
    std::optional<std::uint64_t> portals_after{};  ///< those made after so many were made in the session; 0: all
    std::optional<std::string> portal{};           ///< this one, which is there and not at work
    command done{"DEALLOCATE"};
};

/// The outcome of PREPARE: the session has the handler prepare a statement, as for a Parse, then answers with the tag.
struct prepare_statement {
    std::string name;          ///< 42P05 if there is one already
    std::string_view text;     ///< a part of the request's text, or what lives as long
    std::uint32_t before = 0;  ///< characters before it in the request's text, from where errors' positions count
    std::vector<oid> types{};  ///< of its parameters; zero for those that the handler is to find out
    command done{"PREPARE"};
};

/// The texts of values; nothing is NULL.
using value_texts = std::vector<std::optional<std::string>>;

/// The outcome of EXECUTE: the portal at work becomes one of that statement, bound to these values, and is executed.
struct execute_statement {
    std::string name;  ///< 26000 if there is none
    /// Gives the values for parameters of these types: 42601 if they are not as many, and what it throws. Not called if
    /// the statement has no parameters.
    std::function<value_texts(std::span<oid const> types)> values{};
    command done{"EXECUTE"};  ///< the answer if there is nothing in the statement
};

/// The outcome of FETCH and MOVE from a portal that Bind has made: the session executes it, and answers with its rows.
/// Rows are counted by the tag; a row limit of Execute does not suspend this.
struct fetch_portal {
    std::string name;           ///< of a portal that is there
    std::uint64_t skipped = 0;  ///< rows that nobody is to see
    std::uint64_t wanted = 0;   ///< and how many after these
    bool moves = false;         ///< MOVE: nobody is to see those either
};

namespace detail {

/// What the session does itself.
template<class T>
concept statement_task =
    std::same_as<T, forget> || std::same_as<T, prepare_statement> || std::same_as<T, execute_statement>;

/// May an outcome of this type be a `Task`?
template<class Outcome, class Task>
inline constexpr bool may_be = std::same_as<Outcome, Task>;
template<class... T, class Task>
inline constexpr bool may_be<std::variant<T...>, Task> = (std::same_as<T, Task> || ...);

}  // namespace detail

}  // namespace pgwire
