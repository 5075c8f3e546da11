// A server as a whole program: threads, signals, until it is told to stop.
//
// Floor 4. Sugar on `server`: one io_context and one thread per `server_options::threads`.
#pragma once

#include "pgwire/server/farewell.hpp"
#include "pgwire/server/server.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <thread>
#include <utility>

namespace pgwire {

namespace detail {

struct nothing_beside {};

/// A thread's event loop; it goes on without work until it is let go.
struct event_loop {
    explicit event_loop(int concurrency_hint) : context(concurrency_hint), work(context.get_executor()) {}

    asio::io_context context;
    asio::executor_work_guard<asio::io_context::executor_type> work;
    std::thread thread;  // not of the first
};

}  // namespace detail

/// Serves until SIGINT or SIGTERM; then what runs has `drain_timeout` to come to its end, or until a second signal.
/// What is still running then is cancelled, and ended a second later at the latest. With one thread, sockets and timers
/// on the sessions' executor have no locks: what other threads have for a session goes through its `session_handle`, or
/// is posted.
/// @param factory makes the handler of each connection
/// @param started called once with the port, when connections are accepted; or with the port and the executor of the
///     first thread: then what it returns, such as what waits for SIGHUP there, lives until the server is told to stop
/// @param wrap what connections are served through, such as a `tls_server`
/// @throws system_error if the address can't be listened on
template<handler_factory Factory, class Started, stream_wrapper Wrapper = plain_streams>
    requires std::invocable<Started&, std::uint16_t> || std::invocable<Started&, std::uint16_t, asio::any_io_executor>
void serve(server_options const& options, Factory factory, Started started, Wrapper wrap = {}) {
    std::list<detail::event_loop> loops;
    // With several threads the first one opens sockets for the others, so theirs need their locks.
    int const hint = options.threads > 1 ? 1 : detail::one_thread_for_io;
    auto& first = loops.emplace_back(hint).context;
    server running(first.get_executor(), options, std::move(factory), std::move(wrap));
    while (loops.size() < options.threads) running.add(loops.emplace_back(hint).context.get_executor());
    detail::farewell end(first.get_executor(), options.drain_timeout);
    running.start();
    auto const say_so = [&] {
        if constexpr (std::invocable<Started&, std::uint16_t>) return started(running.port()), detail::nothing_beside{};
        else return started(running.port(), asio::any_io_executor(first.get_executor()));
    };
    std::optional<decltype(say_so())> beside;
    beside.emplace(detail::elide{say_so});

    end.await([&](detail::farewell::step next) {
        switch (next) {
        case detail::farewell::step::drain:
            for (auto& loop : loops) loop.work.reset();
            beside.reset();
            return running.drain([&] { end.drained(); });
        case detail::farewell::step::shut_down: return running.shut_down();
        case detail::farewell::step::stop: return running.stop();
        }
    });
    for (auto& loop : loops)
        if (&loop.context != &first) loop.thread = std::thread([&io = loop.context] { io.run(); });
    first.run();
    for (auto& loop : loops)
        if (loop.thread.joinable()) loop.thread.join();
    for (auto& loop : loops) {  // what one has left for another that had stopped already
        loop.context.restart();
        loop.context.poll();
    }
}

template<handler_factory Factory>
void serve(server_options const& options, Factory factory) {
    serve(options, std::move(factory), [](std::uint16_t) {});
}
template<handler_factory Factory, stream_wrapper Wrapper>
void serve(server_options const& options, Factory factory, Wrapper wrap) {
    serve(options, std::move(factory), [](std::uint16_t) {}, std::move(wrap));
}

/// Serves `Handler`s that need nothing to be made.
///
///     int main() { pgwire::serve<echo>({.port = 5433}); }
template<std::default_initializable Handler>
void serve(server_options const& options = {}) {
    serve(options, [] { return Handler{}; });
}

// ---- mistakes, and what to do instead

template<class Handler>
    requires(!std::default_initializable<Handler>)
void serve(server_options const& = {}) {
    static_assert(std::default_initializable<Handler>,
                  "pgwire: this handler is not made of nothing; say how each connection's is made:  "
                  "pgwire::serve(options, [&] { return my_handler(engine); })");
}
template<class Handler>
    requires(!handler_factory<Handler>)
void serve(server_options const&, Handler) {
    static_assert(handler_factory<Handler>,
                  "pgwire: serve takes a function that makes a handler for each connection, and not a handler:  "
                  "pgwire::serve(options, [&] { return my_handler(engine); })");
}

}  // namespace pgwire
