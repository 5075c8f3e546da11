// What a handler is: the hooks it may have, how they are found, and what a mistake in one is answered with.
//
// Floor 4. A handler is a class with an `execute`; every other hook is optional, and found by its name. A hook with the
// right name and the wrong signature is never ignored: a static_assert names the hook and the signature expected. Any
// hook but on_stop, on_cancel, on_error, on_message, transaction, admit, on_bind and check_syntax may be a plain
// function or a coroutine (`task<T>`).
//
//     Outcome execute(request const&)                      // a statement; where there is a prepare:
//     Outcome execute(request const&, Statement&)
//     Statement prepare(std::string_view text, std::span<oid const> types)     // Parse
//     std::span<column const> describe(Statement&)         // its columns, where neither it nor the outcome's type tells
//     void admit(Statement const&)                         // before Bind, Describe and Execute; throws to refuse
//     void on_bind(request const&[, Statement const&])     // Bind: a look at the values; throws to refuse them
//     void check_syntax(std::string_view text)             // of each statement of a Query of several, before the first
//                                                          // of them runs; throws to refuse
//     function_result call_function(function_call const&)  // FunctionCall; without it 0A000
//     message_verdict on_message(frontend_message const&)  // every message but a COPY's data, before anything is done with
//                                                          // it: pass it on, answer it (session_context::send), throw
//     void begin_implicit(), commit_implicit(), rollback_implicit()   // around what is one transaction by itself
//     transaction_status transaction() const               // what ReadyForQuery says
//     authentication authenticate(login_info const&)       // after the startup packet; or a conversation (auth.hpp)
//     void on_connect(login_info const&) noexcept          // first of all: where it comes from is known, and no more
//     void on_refused(login_info const&, diagnostic const&) noexcept  // it was not let in: why. Nothing follows
//     void on_start(session_context&), on_stop() noexcept  // after authentication, at the end
//     void on_ready() noexcept                             // all is answered, with ReadyForQuery
//     void on_cancel() noexcept                            // somebody cancels the statement at work
//     void on_error(diagnostic&, std::string_view cause)   // before an error leaves: mask it, log it; `cause` is the
//                                                          // text of an exception that the client is not told of
//
// A `Statement` may have `std::span<oid const> parameters() const`, the types of its parameters, and
// `std::span<column const> columns() const`, its result's columns, empty if it has none; and, where it may be an
// EXECUTE, `std::string_view stands_for() const`, the name of the prepared statement that it executes, or empty.
#pragma once

#include "pgwire/auth/conversation.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/core/fixed_string.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/protocol/function_call.hpp"
#include "pgwire/protocol/message.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/protocol/sql_splitter.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/request.hpp"
#include "pgwire/server/session_context.hpp"
#include "pgwire/types/columns.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire {

/// A function's result in the format that the call asks for; nothing is NULL.
using function_result = std::optional<std::string>;

/// A message as it has come; the views live until the hook returns.
struct frontend_message {
    char tag = 0;           ///< its type
    std::string_view body;  ///< all behind the length

    /// What it says, if it is an `M`, such as `query` or `bind`.
    template<message_type M>
    [[nodiscard]] result<M> as() const {
        if (tag != M::tag) return errc::unknown_message_type;
        return decode<M>(body);
    }
};

/// What becomes of a message that a handler has seen.
enum class message_verdict : std::uint8_t {
    pass,      ///< the session acts on it
    answered,  ///< the handler has; ReadyForQuery still ends the cycle of a Query, a FunctionCall, a Sync
};

/// How a client has to prove who it is.
enum class authentication : std::uint8_t {
    trust,   ///< not at all
    reject,  ///< it may not enter
};

namespace detail {

/// The statement of a handler without `prepare`.
struct no_statement {};

// Does `H` say this name at all, whatever its signature? Then a class that inherits it from two sides is ambiguous.
#define PGWIRE_DETAIL_HOOK(NAME)                                                                                       \
    struct says_##NAME {                                                                                               \
        int NAME;                                                                                                      \
    };                                                                                                                 \
    template<class H>                                                                                                  \
    struct probe_##NAME : H, says_##NAME {};                                                                           \
    template<class H>                                                                                                  \
    concept names_##NAME = !requires { &probe_##NAME<H>::NAME; };

PGWIRE_DETAIL_HOOK(execute)
PGWIRE_DETAIL_HOOK(prepare)
PGWIRE_DETAIL_HOOK(describe)
PGWIRE_DETAIL_HOOK(admit)
PGWIRE_DETAIL_HOOK(on_bind)
PGWIRE_DETAIL_HOOK(check_syntax)
PGWIRE_DETAIL_HOOK(call_function)
PGWIRE_DETAIL_HOOK(on_message)
PGWIRE_DETAIL_HOOK(begin_implicit)
PGWIRE_DETAIL_HOOK(commit_implicit)
PGWIRE_DETAIL_HOOK(rollback_implicit)
PGWIRE_DETAIL_HOOK(transaction)
PGWIRE_DETAIL_HOOK(on_connect)
PGWIRE_DETAIL_HOOK(authenticate)
PGWIRE_DETAIL_HOOK(on_refused)
PGWIRE_DETAIL_HOOK(on_start)
PGWIRE_DETAIL_HOOK(on_stop)
PGWIRE_DETAIL_HOOK(on_cancel)
PGWIRE_DETAIL_HOOK(on_error)
PGWIRE_DETAIL_HOOK(on_ready)
#undef PGWIRE_DETAIL_HOOK

/// `T`, or a `task<T>`.
template<class R, class T>
concept plain_or_task = std::same_as<awaited<R>, T>;

// ---- the hooks with the signatures they must have

template<class H>
concept has_prepare = requires(H& h, std::string_view text, std::span<oid const> types) { h.prepare(text, types); };

template<class H>
struct statement_of {
    using type = no_statement;
    static constexpr bool async = false;
};
template<has_prepare H>
struct statement_of<H> {
    using result = decltype(std::declval<H&>().prepare(std::string_view(), std::span<oid const>()));
    using type = awaited<result>;
    static constexpr bool async = is_task<result>;
};

/// What `prepare` makes; `no_statement` where there is none.
template<class H>
using statement_type = typename statement_of<H>::type;

template<class H>
concept executes_text = requires(H& h, request const& r) { h.execute(r); };
template<class H>
concept executes_statement = requires(H& h, request const& r, statement_type<H>& s) { h.execute(r, s); };

template<class H>
struct outcome_of {  // stands in where execute is wrong, so that one mistake gives one error
    using type = command;
    static constexpr bool async = false;
};
template<class H>
    requires(!has_prepare<H> && executes_text<H>)
struct outcome_of<H> {
    using result = decltype(std::declval<H&>().execute(std::declval<request const&>()));
    using type = awaited<result>;
    static constexpr bool async = is_task<result>;
};
template<class H>
    requires(has_prepare<H> && executes_statement<H>)
struct outcome_of<H> {
    using result = decltype(std::declval<H&>().execute(std::declval<request const&>(), std::declval<statement_type<H>&>()));
    using type = awaited<result>;
    static constexpr bool async = is_task<result>;
};

/// What `execute` returns.
template<class H>
using outcome_type = typename outcome_of<H>::type;

template<class H>
concept has_describe = requires(H& h, statement_type<H>& s) {
    { h.describe(s) } -> plain_or_task<std::span<column const>>;
};
template<class H>
concept has_admit = requires(H& h, statement_type<H> const& s) {
    { h.admit(s) } -> std::same_as<void>;
};
template<class H>
concept has_on_bind = (has_prepare<H> && requires(H& h, request const& r, statement_type<H> const& s) {
    { h.on_bind(r, s) } -> std::same_as<void>;
}) || (!has_prepare<H> && requires(H& h, request const& r) {
    { h.on_bind(r) } -> std::same_as<void>;
});
template<class H>
concept has_check_syntax = requires(H& h, std::string_view text) {
    { h.check_syntax(text) } -> std::same_as<void>;
};
template<class H>
concept has_call_function = requires(H& h, function_call const& call) {
    { h.call_function(call) } -> plain_or_task<function_result>;
};
template<class H>
concept has_on_message = requires(H& h, frontend_message const& m) {
    { h.on_message(m) } -> std::same_as<message_verdict>;
};
template<class H>
concept has_begin_implicit = requires(H& h) {
    { h.begin_implicit() } -> plain_or_task<void>;
};
template<class H>
concept has_commit_implicit = requires(H& h) {
    { h.commit_implicit() } -> plain_or_task<void>;
};
template<class H>
concept has_rollback_implicit = requires(H& h) {
    { h.rollback_implicit() } -> plain_or_task<void>;
};
template<class H>
concept has_transaction = requires(H const& h) {
    { h.transaction() } -> std::same_as<transaction_status>;
};
/// A verdict, or a conversation that leads to one.
template<class T>
concept authentication_type = std::same_as<T, authentication> || is_conversation<T>;
template<class H>
concept has_authenticate = requires(H& h, login_info const& login) {
    requires authentication_type<awaited<decltype(h.authenticate(login))>>;
};
template<class H>
concept has_on_connect = requires(H& h, login_info const& login) {
    { h.on_connect(login) } noexcept -> std::same_as<void>;
};
template<class H>
concept has_on_refused = requires(H& h, login_info const& login, diagnostic const& why) {
    { h.on_refused(login, why) } noexcept -> std::same_as<void>;
};
template<class H>
concept has_on_start = requires(H& h, session_context& session) {
    { h.on_start(session) } -> plain_or_task<void>;
};
template<class H>
concept has_on_stop = requires(H& h) {
    { h.on_stop() } noexcept -> std::same_as<void>;
};
template<class H>
concept has_on_cancel = requires(H& h) {
    { h.on_cancel() } noexcept -> std::same_as<void>;
};
/// A layer that has portals of its own, cursors of SQL, has `Outcome open_portal(std::string_view name)`: what Execute
/// of a portal gives that the session does not have. It throws 34000 if there is none.
template<class H>
concept opens_portals = requires(H& h, std::string_view name) {
    { h.open_portal(name) } -> std::same_as<outcome_type<H>>;
};
template<class H>
concept has_on_error = requires(H& h, diagnostic& d, std::string_view cause) {
    { h.on_error(d, cause) } -> std::same_as<void>;
};

template<class H>
concept has_on_ready = requires(H& h) {
    { h.on_ready() } noexcept -> std::same_as<void>;
};

template<class S>
concept tells_columns = requires(S const& s) {
    { s.columns() } -> std::convertible_to<std::span<column const>>;
};
/// An EXECUTE: its columns are those of the prepared statement of this name; empty for other statements.
template<class S>
concept stands_for_another = requires(S const& s) {
    { s.stands_for() } -> std::convertible_to<std::string_view>;
};
template<class S>
concept tells_parameters = requires(S const& s) {
    { s.parameters() } -> std::convertible_to<std::span<oid const>>;
};

/// Does the handler leave out the extended protocol? It says so with `static constexpr bool simple_protocol_only =
/// true;`
template<class H>
inline constexpr bool simple_protocol_only = false;
template<class H>
    requires requires { H::simple_protocol_only; }
inline constexpr bool simple_protocol_only<H> = H::simple_protocol_only;

/// How the texts of simple queries are cut into statements: `using splitter = pgwire::whole_text;` says they are not.
template<class H>
struct splitter_of {
    using type = sql_splitter;
};
template<class H>
    requires requires { typename H::splitter; }
struct splitter_of<H> {
    using type = typename H::splitter;
};

/// What a wrapping handler wraps: see layer.hpp.
template<class H>
concept wraps_handler = requires { typename H::inner_handler; };

template<class H>
consteval bool check_execute() {
    static_assert(names_execute<H>, "pgwire: the handler has no execute; it needs:  "
                                    "Outcome execute(pgwire::request const&)");
    static_assert(!names_prepare<H> || has_prepare<H>,
                  "pgwire: the handler's prepare does not fit; expected:  Statement prepare(std::string_view text, "
                  "std::span<pgwire::oid const> types)  (or pgwire::task<Statement>; is it public?)");
    if constexpr (names_execute<H> && (!names_prepare<H> || has_prepare<H>)) {
        if constexpr (has_prepare<H>) {
            static_assert(!std::is_void_v<statement_type<H>>,
                          "pgwire: the handler's prepare returns nothing; it returns the statement that execute gets");
            if constexpr (!std::is_void_v<statement_type<H>>) {
                constexpr bool fits = executes_statement<H>;
                static_assert(fits, "pgwire: the handler has a prepare, so execute must be:  "
                                    "Outcome execute(pgwire::request const&, Statement&)");
                if constexpr (fits) return outcome_check<outcome_type<H>>::run();
            }
        } else {
            constexpr bool fits = executes_text<H>;
            static_assert(fits, "pgwire: the handler's execute does not fit; expected:  "
                                "Outcome execute(pgwire::request const&)  (or pgwire::task<Outcome>; is it public?)");
            if constexpr (fits) return outcome_check<outcome_type<H>>::run();
        }
    }
    return false;
}

template<class H>
consteval void check_optional_hooks() {
    static_assert(!names_describe<H> || has_describe<H>,
                  "pgwire: the handler's describe does not fit; expected:  "
                  "std::span<pgwire::column const> describe(Statement&)");
    static_assert(!names_admit<H> || has_admit<H>,
                  "pgwire: the handler's admit does not fit; expected:  void admit(Statement const&)");
    static_assert(!names_on_bind<H> || has_on_bind<H>,
                  "pgwire: the handler's on_bind does not fit; expected:  void on_bind(pgwire::request const&, "
                  "Statement const&),  or without prepare  void on_bind(pgwire::request const&)");
    static_assert(!names_check_syntax<H> || has_check_syntax<H>,
                  "pgwire: the handler's check_syntax does not fit; expected:  void check_syntax(std::string_view text)");
    static_assert(!names_call_function<H> || has_call_function<H>,
                  "pgwire: the handler's call_function does not fit; expected:  "
                  "pgwire::function_result call_function(pgwire::function_call const&)");
    static_assert(!names_on_message<H> || has_on_message<H>,
                  "pgwire: the handler's on_message does not fit; expected:  "
                  "pgwire::message_verdict on_message(pgwire::frontend_message const&)");
    static_assert(!names_begin_implicit<H> || has_begin_implicit<H>,
                  "pgwire: the handler's begin_implicit does not fit; expected:  void begin_implicit()");
    static_assert(!names_commit_implicit<H> || has_commit_implicit<H>,
                  "pgwire: the handler's commit_implicit does not fit; expected:  void commit_implicit()");
    static_assert(!names_rollback_implicit<H> || has_rollback_implicit<H>,
                  "pgwire: the handler's rollback_implicit does not fit; expected:  void rollback_implicit()");
    static_assert(names_begin_implicit<H> == names_commit_implicit<H> &&
                      names_begin_implicit<H> == names_rollback_implicit<H>,
                  "pgwire: begin_implicit, commit_implicit and rollback_implicit go together: have all three or none");
    static_assert(!names_transaction<H> || has_transaction<H>,
                  "pgwire: the handler's transaction does not fit; expected:  "
                  "pgwire::transaction_status transaction() const");
    static_assert(!names_authenticate<H> || has_authenticate<H>,
                  "pgwire: the handler's authenticate does not fit; expected:  "
                  "pgwire::authentication authenticate(pgwire::login_info const&)  or one that returns a conversation, "
                  "such as pgwire::scram_server");
    static_assert(!names_on_connect<H> || has_on_connect<H>,
                  "pgwire: the handler's on_connect does not fit; expected:  "
                  "void on_connect(pgwire::login_info const&) noexcept");
    static_assert(!names_on_refused<H> || has_on_refused<H>,
                  "pgwire: the handler's on_refused does not fit; expected:  "
                  "void on_refused(pgwire::login_info const&, pgwire::diagnostic const&) noexcept");
    static_assert(!names_on_start<H> || has_on_start<H>,
                  "pgwire: the handler's on_start does not fit; expected:  void on_start(pgwire::session_context&)  or  "
                  "void on_start(pgwire::session_handle const&)");
    static_assert(!names_on_stop<H> || has_on_stop<H>,
                  "pgwire: the handler's on_stop does not fit; expected:  void on_stop() noexcept");
    static_assert(!names_on_cancel<H> || has_on_cancel<H>,
                  "pgwire: the handler's on_cancel does not fit; expected:  void on_cancel() noexcept");
    static_assert(!names_on_error<H> || has_on_error<H>,
                  "pgwire: the handler's on_error does not fit; expected:  "
                  "void on_error(pgwire::diagnostic&, std::string_view cause)");
    static_assert(!names_on_ready<H> || has_on_ready<H>,
                  "pgwire: the handler's on_ready does not fit; expected:  void on_ready() noexcept");
}

template<class H>
consteval void check_describable() {
    constexpr bool known = simple_protocol_only<H> || has_static_columns<outcome_type<H>> || has_describe<H> ||
                           tells_columns<statement_type<H>>;
    static_assert(known, "pgwire: the columns of what execute returns are not known before it runs; give the statement "
                         "that prepare makes a  std::span<pgwire::column const> columns() const,  or the handler a  "
                         "describe,  or leave the extended protocol out with  static constexpr bool "
                         "simple_protocol_only = true");
    static_assert(!has_describe<H> || !(has_static_columns<outcome_type<H>> || tells_columns<statement_type<H>>),
                  "pgwire: the handler's describe would never be asked: the columns are known already, from the type that "
                  "execute returns or from the statement's columns(); remove one of the two");
    constexpr bool executes_others = may_be<outcome_type<H>, execute_statement>;
    static_assert(!executes_others || stands_for_another<statement_type<H>>,
                  "pgwire: execute may return a pgwire::execute_statement; then the statement that prepare makes must "
                  "say so before:  std::string_view stands_for() const,  the name of the statement that it executes, or "
                  "empty");
}

/// Looks at every hook of `H`, and of what it wraps. The first mistake is the first error that the compiler prints.
template<class H>
consteval bool check_handler() {
    static_assert(std::is_class_v<H>, "pgwire: a handler is a class or a struct");
    if constexpr (std::is_class_v<H>) {
        static_assert(!std::is_final_v<H>, "pgwire: a handler can't be final, since its hooks could not be looked for: "
                                           "remove the word `final`");
        if constexpr (!std::is_final_v<H>) {
            if constexpr (wraps_handler<H>) static_cast<void>(check_handler<typename H::inner_handler>());
            if constexpr (constexpr bool fits = check_execute<H>(); fits) {
                check_optional_hooks<H>();
                check_describable<H>();
            }
        }
    }
    return true;
}

template<class H>
consteval bool names_hook(std::string_view name) {
    return (name == "execute" && names_execute<H>) || (name == "prepare" && names_prepare<H>) ||
           (name == "describe" && names_describe<H>) || (name == "admit" && names_admit<H>) ||
           (name == "on_bind" && names_on_bind<H>) || (name == "check_syntax" && names_check_syntax<H>) ||
           (name == "call_function" && names_call_function<H>) || (name == "on_message" && names_on_message<H>) ||
           (name == "begin_implicit" && names_begin_implicit<H>) ||
           (name == "commit_implicit" && names_commit_implicit<H>) ||
           (name == "rollback_implicit" && names_rollback_implicit<H>) ||
           (name == "transaction" && names_transaction<H>) || (name == "authenticate" && names_authenticate<H>) ||
           (name == "on_connect" && names_on_connect<H>) || (name == "on_refused" && names_on_refused<H>) ||
           (name == "on_start" && names_on_start<H>) || (name == "on_stop" && names_on_stop<H>) ||
           (name == "on_cancel" && names_on_cancel<H>) || (name == "on_error" && names_on_error<H>) ||
           (name == "on_ready" && names_on_ready<H>);
}

}  // namespace detail

/// A class whose hooks all fit. Where it is not, the compiler says which hook, and what was expected.
template<class H>
concept handler = detail::check_handler<H>();

/// Does the session find all these hooks in `H`? A misspelt optional hook is a plain member function that nothing can
/// see; whoever wants to be sure writes
///
///     static_assert(pgwire::has_hooks<my_handler, "prepare", "on_start">);
template<class H, fixed_string... Names>
inline constexpr bool has_hooks = (detail::names_hook<H>(Names.view()) && ...);

}  // namespace pgwire
