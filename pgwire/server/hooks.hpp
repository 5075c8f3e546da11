// The hooks that the query loop calls, by name: which of them a handler has as coroutines.
//
// Floor 4, types only. A plain hook is called where it is needed; one that returns a `task` must be awaited, and the
// query loop, which does no I/O, leaves that to whoever drives it.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/outcome.hpp"

#include <cstdint>
#include <utility>

namespace pgwire::detail {

enum class hook : std::uint8_t {
    none,
    begin,
    prepare,
    describe,
    execute,
    pull,
    call,
    copy_write,
    copy_finish,
    part,
    commit,
    rollback,
};

/// Does the handler have all three hooks of implicit transactions? (check_handler makes sure that it is all or none.)
template<class H>
inline constexpr bool has_transactions = has_begin_implicit<H>;

template<class H, hook Which>
inline constexpr bool is_coroutine = false;
template<class H>
inline constexpr bool is_coroutine<H, hook::prepare> = statement_of<H>::async;
template<class H>
inline constexpr bool is_coroutine<H, hook::execute> = outcome_of<H>::async;
template<class H>
inline constexpr bool is_coroutine<H, hook::pull> = pulls_async<outcome_type<H>>;
template<class H>
inline constexpr bool is_coroutine<H, hook::copy_write> = writes_async<outcome_type<H>>;
template<class H>
inline constexpr bool is_coroutine<H, hook::copy_finish> = finishes_async<outcome_type<H>>;
template<class H>
inline constexpr bool is_coroutine<H, hook::part> = parts_async<outcome_type<H>>;
template<has_call_function H>
inline constexpr bool is_coroutine<H, hook::call> =
    is_task<decltype(std::declval<H&>().call_function(std::declval<function_call const&>()))>;
template<has_describe H>
inline constexpr bool is_coroutine<H, hook::describe> =
    is_task<decltype(std::declval<H&>().describe(std::declval<statement_type<H>&>()))>;
template<has_begin_implicit H>
inline constexpr bool is_coroutine<H, hook::begin> = is_task<decltype(std::declval<H&>().begin_implicit())>;
template<has_commit_implicit H>
inline constexpr bool is_coroutine<H, hook::commit> = is_task<decltype(std::declval<H&>().commit_implicit())>;
template<has_rollback_implicit H>
inline constexpr bool is_coroutine<H, hook::rollback> = is_task<decltype(std::declval<H&>().rollback_implicit())>;

}  // namespace pgwire::detail
