// Keeps an engine that blocks off the threads that serve sessions.
//
// Floor 4. What runs long, or waits for a disk or a lock, runs on a pool of the program's own, while the session sleeps
// and its thread serves others:
//
//     pgwire::task<pgwire::command> execute(pgwire::request const& r) {
//         auto job = [&] { return engine.run(r.text); };                  // on the pool
//         auto const changed = co_await pgwire::offload(pool, job);       // back on the session's thread
//         co_return pgwire::command("UPDATE", changed);
//     }
//     using outcome = pgwire::offloaded<table_scan>;                      // a plain cursor, pulled on the pool
//     outcome execute(pgwire::request const&) { return {pool, table_scan(engine)}; }
//
// A job is awaited to its end, come what may, since it works on what belongs to the session: a cancel, or a client that
// goes away, only sets the flag `session_context::cancelled()` and calls `on_cancel`, which is what a job that runs
// long must heed. A cursor is stopped between two calls of its `next`. The session outlives its job, and its socket may
// be gone when that returns.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/net/run_on.hpp"
#include "pgwire/server/cursor.hpp"
#include "pgwire/server/row_writer.hpp"

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

namespace pgwire {

/// Runs `job()` on `pool`, and gives its result, or throws what it has thrown, where it was awaited.
/// @param pool an executor whose threads may block; @param job stays where it is until it is done
/// @param cancelled becomes true if the statement is to be given up meanwhile, for a job that looks at it
template<class Job>
[[nodiscard]] task<std::invoke_result_t<Job&>> offload(asio::any_io_executor pool, Job& job,
                                                       std::atomic<bool>& cancelled) {
    using result_type = std::invoke_result_t<Job&>;
    using kept = std::conditional_t<std::is_void_v<result_type>, std::monostate, result_type>;
    std::optional<kept> made;
    std::exception_ptr failure;
    auto guarded = [&]() noexcept {
        try {
            if constexpr (std::is_void_v<result_type>) {
                job();
                made.emplace();
            } else {
                made.emplace(job());
            }
        } catch (...) {
            failure = std::current_exception();
        }
    };
    co_await detail::run_on(std::move(pool), guarded, cancelled);
    if (failure) std::rethrow_exception(failure);
    if constexpr (!std::is_void_v<result_type>) co_return std::move(*made);
}
template<class Job>
[[nodiscard]] task<std::invoke_result_t<Job&>> offload(asio::any_io_executor pool, Job& job) {
    std::atomic<bool> cancelled{false};
    co_return co_await offload(std::move(pool), job, cancelled);
}

/// A plain cursor that is pulled on a pool, by portions of 64 KiB, or of what it writes in ten milliseconds, into a
/// buffer of its own.
template<class Cursor>
class offloaded : public cursor<typename Cursor::row_type> {
public:
    using typename cursor<typename Cursor::row_type>::writer;
    static constexpr bool writes_whole_pulls = true;  // the session need not look for rows while this waits

    offloaded(asio::any_io_executor pool, Cursor inner) : pool_(std::move(pool)), inner_(std::move(inner)) {}

    [[nodiscard]] std::span<column const> columns() const
        requires requires(Cursor const& c) { c.columns(); }
    {
        return inner_.columns();
    }
    [[nodiscard]] command tag(std::uint64_t rows)
        requires requires(Cursor& c) { c.tag(rows); }
    {
        return inner_.tag(rows);
    }

    task<bool> next(writer& out) {
        auto& outer = detail::writer_access::state(out);
        detail::pull_state portion = outer;
        portion.out = &written_;
        writer into(portion);
        std::atomic<bool> cancelled{false};
        auto pull = [&] {
            auto const end = std::chrono::steady_clock::now() + patience;
            bool more = true;
            do more = inner_.next(into);
            while (more && into.wants_more() && !cancelled && std::chrono::steady_clock::now() < end);
            return more;
        };
        bool more = false;
        std::exception_ptr failure;
        try {
            more = co_await offload(pool_, pull, cancelled);
        } catch (...) {
            failure = std::current_exception();
        }
        outer.out->append(written_.pending());  // also the rows before a failure
        outer.rows = portion.rows;
        written_.clear();
        if (failure) std::rethrow_exception(failure);
        co_return more;
    }

private:
    static constexpr std::chrono::milliseconds patience{10};

    asio::any_io_executor pool_;
    Cursor inner_;
    send_buffer written_;
};

}  // namespace pgwire
