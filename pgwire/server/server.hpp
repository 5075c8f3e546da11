// A server: listens, and gives each connection a session with a handler of its own.
//
// Floor 4. It runs on the executors that it is given and owns no thread and no signal, so that it fits into a program
// that has an event loop already. Connections are dealt out to the executors in turn, and a session never leaves its
// own.
#pragma once

#include "pgwire/core/ring.hpp"
#include "pgwire/net/deadlines.hpp"
#include "pgwire/net/listener.hpp"
#include "pgwire/net/strands.hpp"
#include "pgwire/net/stream.hpp"
#include "pgwire/net/when_ready.hpp"
#include "pgwire/server/admission.hpp"
#include "pgwire/server/options.hpp"
#include "pgwire/server/registry.hpp"
#include "pgwire/server/session.hpp"

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgwire {

/// Makes a handler for each connection: `Handler operator()()`. Called on the connection's thread; what it carries is
/// what the handlers share, and must be ready to be used by several threads if there are several.
template<class F>
concept handler_factory = std::copy_constructible<F> && requires(F& make) { make(); } &&
                          std::is_class_v<std::remove_cvref_t<std::invoke_result_t<F&>>>;

/// What connections are served through: `stream_type<S>` is what becomes of a stream `S`, which `operator()` makes it.
/// Called from any of the server's threads. Connections that stay as they are:
struct plain_streams {
    template<stream Stream>
    using stream_type = Stream;

    template<stream Stream>
    [[nodiscard]] Stream operator()(Stream connected) const {
        return connected;
    }
};

template<class W>
concept stream_wrapper = std::copy_constructible<W> && requires(W const& wrap, socket_stream connected) {
    { wrap(std::move(connected)) } -> std::same_as<typename W::template stream_type<socket_stream>>;
};

namespace detail {

/// What a server and its sessions share. Sessions keep it alive.
template<class Handler, class Factory, class Executor, stream_wrapper Wrapper>
class server_state : public std::enable_shared_from_this<server_state<Handler, Factory, Executor, Wrapper>> {
public:
    using socket_type = basic_socket_stream<Executor>;
    using stream_type = typename Wrapper::template stream_type<socket_type>;
    using session_type = session<Handler, stream_type>;
    using acceptor_type = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

    server_state(server_options const& options, Factory factory, Wrapper wrap)
        : options_(options),
          server_version_(options.server_version),
          factory_(std::move(factory)),
          wrap_(std::move(wrap)),
          admission_(options.admission) {
        read_proxies(options.proxies);
        options_.server_version = server_version_;  // what the views of the caller's point to may be gone
        options_.address = options_.unix_socket = options_.proxies = {};
    }

    /// @throws std::logic_error once there may be connections
    void add(Executor where) {
        if (is_open_) throw std::logic_error("pgwire: executors are added before the server is started");
        seats_.emplace_back(std::move(where));
        next_seat_ = seats_.begin();
    }
    Executor const& home() const noexcept { return seats_.front().executor; }
    void open() noexcept { is_open_ = true; }

    /// One connection, for the next executor.
    void accept(acceptor_type& from, error_code& ec) {
        auto const next = std::next(next_seat_) == seats_.end() ? seats_.begin() : std::next(next_seat_);
        auto& where = *next;
        typename socket_type::socket connected(where.executor);
        from.accept(connected, ec);
        if (ec) return;
        next_seat_ = next;
        auto begun = [self = this->shared_from_this(), &where, stream = wrap_(socket_type(std::move(connected)))]() mutable {
            begin(self, where, std::move(stream));
        };
        sessions_at_work_.fetch_add(1, std::memory_order_relaxed);
        try {
            asio::dispatch(where.executor, std::move(begun));
        } catch (...) {
            has_left();
            throw;
        }
    }

    /// Tells all sessions to end when their clients wait for nothing; the first executor calls `on_drained` when there is
    /// none any more. To be called by it, or when it does not run.
    void drain(std::function<void()> on_drained) {
        on_drained_ = std::move(on_drained);
        post(seats_.front(), &server_state::begin_draining);
        post_to_all(&server_state::drain_sessions);
    }
    /// Tells those that are left what for, and cancels what they run.
    void shut_down() { post_to_all(&server_state::shut_down_sessions); }
    /// Ends all sessions, each on its own executor.
    void stop() { post_to_all(&server_state::close_sessions); }

private:
    class connection;

    /// What belongs to one executor.
    struct seat {
        explicit seat(Executor e) : executor(std::move(e)), clock(executor) {}

        Executor executor;
        deadlines clock;
        ring connections;
        bool draining = false;
        bool stopped = false;
    };

    // What is to be done on an executor is posted in one shape: each costs what Asio has to compile for it.

    using errand = void (server_state::*)(seat&);
    void post(seat& where, errand what) {
        asio::post(where.executor, [self = this->shared_from_this(), &where, what] { ((*self).*what)(where); });
    }
    void post_to_all(errand what) {
        for (auto& s : seats_) post(s, what);
    }
    template<class Tell>
    static void tell_all(seat& s, Tell tell) {
        s.connections.for_each([&](ring::member& one) { tell(static_cast<connection&>(one).session()); });
    }

    void begin_draining(seat&) {
        draining_.store(true);
        if (sessions_at_work_.load() == 0) drained();
    }
    void drain_sessions(seat& s) {
        s.draining = true;
        tell_all(s, [](session_type& one) { one.drain(); });
    }
    void shut_down_sessions(seat& s) {
        tell_all(s, [](session_type& one) { one.shut_down(); });
    }
    void close_sessions(seat& s) {
        s.stopped = true;
        s.clock.stop();
        tell_all(s, [](session_type& one) { one.close(); });
    }
    void end_draining(seat&) { drained(); }

    /// A connection that is served: all there is of it while its session rests. Shared by what waits for it.
    class connection : public ring::member, public std::enable_shared_from_this<connection> {
    public:
        connection(std::shared_ptr<server_state> server, seat& where, std::string_view counted_address)
            : server_(std::move(server)), seat_(where), place_(server_->admission_, counted_address) {}

        [[nodiscard]] bool is_heard() const noexcept { return place_.on_arrival() != admission::verdict::unheard; }
        [[nodiscard]] session_type& session() noexcept { return *session_; }
        session_type& make_session(stream_type connected) {
            session_.emplace(std::move(connected), server_->factory_(), server_->sessions_, seat_.clock, server_->options_,
                             nullptr, &place_);
            seat_.connections.add(*this);
            return *session_;
        }

        /// A coroutine serves it, until its session rests or ends.
        static void serve(std::shared_ptr<connection> const& self) noexcept {
            try {
                // Outlives the coroutine, and what that awaits.
                auto interrupts = std::make_unique<asio::cancellation_signal>();
                auto const slot = interrupts->slot();
                self->session_->interrupt_by(interrupts.get());
                auto go_on = [self, kept = std::move(interrupts)](std::exception_ptr const&) { rest_or_end(self); };
                asio::co_spawn(self->seat_.executor, self->session_->run_until_rest(),
                               asio::bind_cancellation_slot(slot, std::move(go_on)));
            } catch (...) {  // no memory for a coroutine
                self->end();
            }
        }

    private:
        static void rest_or_end(std::shared_ptr<connection> const& self) noexcept {
            self->session_->interrupt_by(nullptr);  // the signal ends with the coroutine
            if constexpr (resting_stream<stream_type>) {
                try {
                    if (self->session_->is_resting()) {
                        self->session_->async_wake(when_ready_at_last(self, [](void* woken, error_code) {
                            serve(static_cast<connection*>(woken)->shared_from_this());
                        }));
                        return;
                    }
                } catch (...) {  // no memory to wait with
                }
            }
            self->end();
        }
        void end() noexcept {
            if (!session_) return;
            session_->give_up();
            this->leave();
            session_.reset();
            server_->has_left();
        }

        std::shared_ptr<server_state> server_;
        seat& seat_;
        admission::place place_;
        std::optional<session_type> session_;
    };

    static void begin(std::shared_ptr<server_state> const& self, seat& s, stream_type connected) noexcept {
        try {
            auto const from = connected.peer();
            bool const is_gone = from.address.empty() && !from.is_unix;
            if (!is_gone && !s.stopped && !s.draining) {
                bool const is_proxy = self->is_proxy(from.address);
                auto const one = std::make_shared<connection>(self, s, is_proxy ? std::string_view() : from.address);
                if (one->is_heard()) {
                    auto& made = one->make_session(std::move(connected));
                    if (is_proxy) made.expect_proxy_header();
                    return connection::serve(one);
                }
            }
        } catch (...) {  // out of memory, or a factory that failed: this connection ends, the others don't
        }
        self->has_left();
    }
    void has_left() noexcept {
        if (sessions_at_work_.fetch_sub(1) != 1 || !draining_.load()) return;
        try {
            post(seats_.front(), &server_state::end_draining);
        } catch (...) {  // no memory: who drains a server has patience for some time only
        }
    }

    void read_proxies(std::string_view list) {
        while (!list.empty()) {
            auto const end = std::min(list.find(','), list.size());
            proxies_.push_back(unmapped(asio::ip::make_address(list.substr(0, end))).to_string());
            list.remove_prefix(std::min(end + 1, list.size()));
        }
    }
    [[nodiscard]] bool is_proxy(std::string_view address) const {
        return std::find(proxies_.begin(), proxies_.end(), address) != proxies_.end();
    }

    void drained() {
        if (auto done = std::exchange(on_drained_, nullptr)) done();
    }

    server_options options_;
    std::string server_version_;
    Factory factory_;
    Wrapper wrap_;
    admission admission_;
    std::vector<std::string> proxies_;
    registry sessions_;
    std::list<seat> seats_;
    typename std::list<seat>::iterator next_seat_;  // that was dealt to last
    bool is_open_ = false;
    std::atomic<std::size_t> sessions_at_work_{0};
    std::atomic<bool> draining_{false};
    std::function<void()> on_drained_;  // on the first executor
};

}  // namespace detail

/// Serves `Handler`s, as many as there are connections.
///
///     asio::io_context io;
///     pgwire::server server(io.get_executor(), {.port = 5433}, [&engine] { return my_handler(engine); });
///     server.start();
///     io.run();
///
/// @tparam Executor deduced; one that is known, such as that of an io_context, or a strand on it, costs less per read
///     than an any_io_executor, which a `server<Factory>` that is a member of something may be made with
/// @tparam Wrapper deduced; what connections are served through, such as `tls_server`
template<handler_factory Factory, class Executor = asio::any_io_executor, stream_wrapper Wrapper = plain_streams>
class server {
public:
    using handler_type = std::remove_cvref_t<std::invoke_result_t<Factory&>>;
    static_assert(detail::check_handler<handler_type>());

    /// @param where an executor that one thread at a time runs: that of an io_context with one thread, or a strand
    server(Executor where, server_options const& options, Factory factory, Wrapper wrap = {})
        : server(options, std::move(factory), std::move(wrap)) {
        add(std::move(where));
    }

    /// @param where executors to deal connections out to, such as `strands(io, 16)`; connections are accepted on the
    ///     first
    server(std::vector<Executor> where, server_options const& options, Factory factory, Wrapper wrap = {})
        : server(options, std::move(factory), std::move(wrap)) {
        if (where.empty()) throw std::invalid_argument("pgwire: a server needs an executor");
        for (auto& e : where) add(std::move(e));
    }

    server(server const&) = delete;
    server& operator=(server const&) = delete;
    ~server() { stop(); }

    /// One more executor to deal connections out to.
    /// @throws std::logic_error after `start`
    void add(Executor where) { state_->add(std::move(where)); }

    /// Listens. Returns at once; connections are accepted when the executors run. From the thread of the first
    /// executor, or when it does not run.
    /// @throws system_error if an address is not one, is in use, or may not be listened on; std::logic_error if it has
    ///     been started before
    void start() {
        if (std::exchange(started_, true) || stopped_) throw std::logic_error("pgwire: a server can be started once");
        state_->open();
        auto const& home = state_->home();
        if (!address_.empty()) {
            asio::ip::tcp::endpoint const endpoint(asio::ip::make_address(address_), port_);
            tcp_.emplace(home, endpoint, state_).start();
        }
#if PGWIRE_HAS_UNIX_SOCKETS
        if (!unix_path_.empty()) {
            asio::local::stream_protocol::endpoint const endpoint(unix_path_);
            unix_.emplace(home, endpoint, state_).start();
        }
#endif
    }

    /// The TCP port that it listens on; 0 if none.
    [[nodiscard]] std::uint16_t port() const { return tcp_ ? tcp_->port() : std::uint16_t{0}; }

    /// Accepts no more and lets what runs come to its end: a session whose client waits for nothing is told 57P01 and
    /// ended, the others as soon as that is so. Who can't wait that long calls `stop` later. From the thread of the
    /// first executor, or when it does not run.
    /// @param on_drained called on the first executor when the last session has ended
    void drain(std::function<void()> on_drained = [] {}) {
        close_listeners();
        state_->drain(std::move(on_drained));
    }

    /// Cancels what is still running after `drain`: clients are told 57P01. What does not heed a cancel goes on, until
    /// `stop`. From the thread of the first executor, or when it does not run.
    void shut_down() { state_->shut_down(); }

    /// Accepts no more and ends all sessions. From the thread of the first executor, or when it does not run.
    void stop() {
        if (std::exchange(stopped_, true)) return;
        close_listeners();
        state_->stop();
    }

private:
    server(server_options const& options, Factory factory, Wrapper wrap)
        : address_(options.address),
          port_(options.port),
          unix_path_(options.unix_socket),
          state_(std::make_shared<state>(options, std::move(factory), std::move(wrap))) {}

    void close_listeners() {
        if (tcp_) tcp_->close();
#if PGWIRE_HAS_UNIX_SOCKETS
        if (unix_) unix_->close();
#endif
    }

    using state = detail::server_state<handler_type, Factory, Executor, Wrapper>;

    std::string address_;
    std::uint16_t port_;
    std::string unix_path_;
    std::shared_ptr<state> state_;
    std::optional<listener> tcp_;
#if PGWIRE_HAS_UNIX_SOCKETS
    std::optional<listener> unix_;
#endif
    bool started_ = false;
    bool stopped_ = false;
};

}  // namespace pgwire
