// One client's session: login, then the query loop, as one coroutine over a stream (and a second one, taking.hpp, while a
// COPY in both directions lasts).
//
// Floor 4. The coroutine suspends for a write that would block and inside hooks that await, never per message and never
// per row; while nothing but reads are waited for it is not even entered, and when the session rests it has ended. All
// of it runs on the stream's executor.
#pragma once

#include "pgwire/net/deadlines.hpp"
#include "pgwire/server/admission.hpp"
#include "pgwire/server/login.hpp"
#include "pgwire/server/query_loop.hpp"
#include "pgwire/server/session_state.hpp"
#include "pgwire/server/taking.hpp"
#include "pgwire/server/transport.hpp"
#include "pgwire/server/turn.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <type_traits>
#include <utility>

namespace pgwire {

/// A session of a `Handler` over a `Stream`. It stays where it is made: the handler may be told where its context is.
template<class Handler, stream Stream = socket_stream>
class session : detail::session_state<Handler, Stream> {
    using base = detail::session_state<Handler, Stream>;
    using typename base::milliseconds;
    using typename base::taking;

    using base::awaiting_;
    using base::begin_waiting;
    using base::clock_;
    using base::context_;
    using base::copies_both;
    using base::deliver;
    using base::draining_;
    using base::entering_;
    using base::flush_soon;
    using base::handler_;
    using base::interrupt;
    using base::interrupt_taking;
    using base::interrupted_;
    using base::interrupts_;
    using base::last_deadline_;
    using base::loop_;
    using base::make_loop;
    using base::on_rest;
    using base::options_;
    using base::place_;
    using base::release_memory;
    using base::rest_;
    using base::resting_;
    using base::sessions_;
    using base::taking_;
    using base::waiting_;
    using base::watch_;
    using base::watch_statement;
    using base::watched_;
    using base::wire_;

public:
    /// @param connected a stream that has just been accepted
    /// @param sessions where the session is found by those who cancel it; must outlive it
    /// @param clock watches the deadlines; must outlive it, and run on the stream's executor
    /// @param options must outlive it
    /// @param interrupts the signal whose slot the coroutine that awaits `run` was spawned with: so a hook is
    ///     interrupted that awaits an operation of Asio's, when its statement is cancelled; must outlive the session.
    ///     Without it such a hook comes to its end.
    /// @param place among the server's connections, which may be one too many; must outlive it. Without it nothing is
    ///     counted.
    session(Stream connected, Handler handler, registry& sessions, deadlines& clock, server_options const& options,
            asio::cancellation_signal* interrupts = nullptr, admission::place* place = nullptr)
        : base(std::move(connected), std::move(handler), sessions, clock, options, interrupts, place) {}
    session(Stream, Handler, registry&, deadlines&, server_options const&&, asio::cancellation_signal* = nullptr,
            admission::place* = nullptr) = delete;  // options that are gone before it

    [[nodiscard]] Handler& handler() noexcept { return handler_; }
    [[nodiscard]] session_context& context() noexcept { return context_; }

    // These are for its executor only.
    using base::close;
    using base::drain;
    using base::shut_down;

    /// The other end is a proxy, which says first whom it speaks for. Before `run`.
    void expect_proxy_header() noexcept { is_behind_proxy_ = true; }

    /// Serves the client until it leaves, or has to. Never throws.
    task<> run() {
        co_await run_until_rest();
        if constexpr (resting_stream<Stream>) {
            while (is_resting()) {
                error_code ignored;
                bool woken = false;
                try {
                    co_await async_wake(detail::await_into(ignored));
                    woken = true;
                } catch (...) {  // no memory to wait with
                    give_up();
                }
                if (woken) co_await run_until_rest();
            }
        }
    }

    // The same in pieces, for a server of many clients that say nothing: none of them has a coroutine then.

    /// Serves the client until the session rests, or ends; when it rests, `async_wake` must follow. Never throws.
    task<> run_until_rest() {
        bool entered = is_resting();
        if (!entered) entered = co_await enter();
        if (std::exchange(interrupted_, false)) co_await asio::this_coro::reset_cancellation_state();
        if (entered) {
            std::exception_ptr failure;
            try {
                co_await serve();
            } catch (...) {  // no memory: what must be done at the end is done
                failure = std::current_exception();
            }
            if (std::exchange(interrupted_, false)) co_await asio::this_coro::reset_cancellation_state();
            if (is_resting()) co_return;
            if constexpr (copies_both) co_await stop_taking();
            if (loop_) co_await loop_->leave();
            if constexpr (detail::has_on_stop<Handler>) handler_.on_stop();
        }
        clock_.arm(last_deadline_, options_.close_timeout);
        bool const heard = co_await wire_.write();  // the last words
        static_cast<void>(heard);
        last_deadline_.disarm();
        wire_.close();
        if constexpr (copies_both) co_await end_taking();
    }

    /// Has `run_until_rest` come to its end since there is nothing to do, and not since the session has ended?
    [[nodiscard]] bool is_resting() const noexcept { return rest_.is_asleep(); }
    /// Gives back what a session that rests does not need, and waits until there is something to do: `void(error_code)`,
    /// whatever the error. Then `run_until_rest` goes on.
    template<class Token>
    auto async_wake(Token&& token)
        requires resting_stream<Stream>
    {
        release_memory();
        if constexpr (copies_both) taking_.reset();
        loop_.release();
        watched_ = 0;
        return wire_.next_layer().async_wait_readable(std::forward<Token>(token));
    }
    /// Ends a session that rests, where there is no memory to go on with. Nothing, if it has ended.
    void give_up() noexcept {
        if (!is_resting()) return;
        wait_for_nothing();
        wire_.close();
        if constexpr (detail::has_on_stop<Handler>) handler_.on_stop();
    }

    /// The signal of the coroutine that awaits `run_until_rest`, if each has its own.
    void interrupt_by(asio::cancellation_signal* interrupts) noexcept { interrupts_ = interrupts; }

private:
    /// What the login needs is given back when it is over.
    task<bool> enter() {
        clock_.arm(last_deadline_, options_.login_timeout);
        login<Handler, Stream> entrance(wire_, handler_, context_, sessions_, options_, place_);
        entering_ = true;
        bool const entered = co_await entrance.run(is_behind_proxy_);
        entering_ = false;
        last_deadline_.disarm();
        co_return entered;
    }

    /// The coroutine is entered for what must be awaited: a hook, a write that would block. As long as there is nothing
    /// but messages to read and to answer, `read_and_answer` stays out of it.
    task<> serve() {
        detail::turn turn;
        step next = begin();
        for (;;) {
            switch (next) {
            case step::read:
                if constexpr (copies_both) {
                    if (taking_ && taking_->is_running()) {  // its last read is ours: it can't be taken back
                        co_await end_taking();
                        next = wire_.is_open() ? advance() : step::close;
                        break;
                    }
                }
                next = co_await read_and_answer();
                turn = {};
                break;
            case step::await: {
                if (loop_->must_flush() && !wire_.try_write()) {  // what is answered does not wait for the hook
                    bool const open = co_await write();
                    if (!open) co_return;
                }
                watch_statement();
                clock_.arm_for_next_tick(watch_);
                awaiting_ = true;
                auto flush_on_suspension = [this, flushes = !loop_->writes_whole_pulls()]() mutable {
                    if (std::exchange(flushes, true) && !wire_.output().empty()) flush_soon();
                    return wire_.is_open();
                };
                co_await loop_->await_hook(flush_on_suspension);
                awaiting_ = false;
                watch_.disarm();
                if (std::exchange(interrupted_, false)) co_await asio::this_coro::reset_cancellation_state();
                if (!wire_.is_open()) co_return;
                next = advance();
                break;
            }
            case step::flush: {
                watch_statement();
                bool const open = co_await write();
                if (!open) co_return;
                if (turn.is_over(detail::turn::clock::now())) {
                    co_await asio::post(context_.executor(), asio::use_awaitable);  // others have theirs
                    if (!wire_.is_open()) co_return;
                }
                next = advance();
                break;
            }
            case step::take:
                static_cast<void>(wire_.try_write());  // the client may wait for it, or leave without having waited
                begin_taking();
                next = advance();
                break;
            case step::wait:
                if constexpr (copies_both) {
                    bool const open = co_await wait_for_client();
                    if (!open) co_return;
                    next = advance();
                }
                break;
            default: co_return;
            }
        }
    }

    /// Begins, or goes on as if nothing had been read.
    step begin() {
        wait_for_nothing();
        if (!wire_.is_open()) return step::close;
        make_loop();
        if (is_new_) loop_->start();
        return advance();
    }

    /// Runs what has come, and writes what must leave.
    step advance() {
        step const next = loop_->advance();
        if (next != step::read || !loop_->must_flush()) return next;
        if (!wire_.try_write()) return step::flush;
        return wire_.is_open() ? step::read : step::close;
    }

    /// Writes all there is. The deadline is one for some bytes to leave, not for all of them.
    task<bool> write() {
        while (!wire_.try_write()) {
            if (options_.write_timeout != milliseconds::zero()) clock_.arm(last_deadline_, options_.write_timeout);
            co_await wire_.wait_writable();
            last_deadline_.disarm();
        }
        co_return wire_.is_open();
    }

    // ---- reading

    /// Reads, and answers, until something else than a read is next: that is its result.
    auto read_and_answer() {
        auto const begin = [this](auto&& done) {
            read(answering<std::remove_cvref_t<decltype(done)>>{this, std::forward<decltype(done)>(done)});
            if (!std::exchange(is_new_, false)) return;
            rest_.tire();  // many log in and say nothing for long: they rest at once
            on_rest();
        };
        return asio::async_initiate<asio::use_awaitable_t<> const, void(step)>(begin, asio::use_awaitable);
    }

    /// The completion handler of a read.
    template<class Done>
    struct answering {
        session* self;
        Done done;

        void operator()(error_code ec, std::size_t n) {
            step next = step::close;
            bool const may_sleep = self->rest_.take_sleep();
            if (may_sleep && ec == asio::error::operation_aborted && self->wire_.is_open())
                return std::move(done)(next);  // the coroutine ends: it rests
            try {
                self->wait_for_nothing();
                if (self->wire_.received(ec, n)) next = self->advance();
                if (next == step::read) return self->read(std::move(*this));
            } catch (...) {  // no memory: this session ends, and nothing else
                self->wait_for_nothing();
                next = step::close;
            }
            std::move(done)(next);
        }
    };

    void wait_for_nothing() noexcept {
        rest_.end();
        waiting_ = false;
    }

    template<class Handle>
    [[gnu::flatten]]  // with what Asio does to begin a read, once per query
    void read(Handle&& handle) {
        waiting_ = loop_->is_idle();
        if (waiting_) {
            wire_.release_what_is_large();
            if (context_.mailbox()->was_used()) [[unlikely]] deliver();  // came while a write was waited for
            if (context_.was_limited() || draining_) [[unlikely]] begin_waiting();
            if constexpr (resting_stream<Stream>) {
                rest_.begin();
                if (!resting_.is_armed()) [[unlikely]] clock_.arm_for_next_tick(resting_);
            }
        }
        auto const room = wire_.input().prepare();
        wire_.next_layer().async_read_some(asio::mutable_buffer(room.data(), room.size()), std::forward<Handle>(handle));
    }

    // ---- a COPY in both directions

    /// A second coroutine reads from now on.
    void begin_taking() {
        if constexpr (copies_both) {
            if (!taking_) taking_.emplace(context_.executor(), *loop_, wire_);
            taking_->begin([this](step progress) {
                if (progress == step::close) return close();
                if (!wire_.output().empty()) flush_soon();
                if (loop_->has_taking_failed() && awaiting_ && !interrupted_) interrupt();
            });
        }
    }
    // Templates, so that they are made only where they are called: clang 14 makes members whose requirements are not met, too.

    /// There is nothing to do here until that has got on. @return false at the end of the connection
    template<class = void>
    task<bool> wait_for_client() {
        if (!loop_->is_taking()) taking_->interrupt();
        watch_statement();
        bool open = co_await write();
        clock_.arm_for_next_tick(watch_);
        while (open && !loop_->may_advance()) {
            co_await taking_->wait();
            open = wire_.is_open();
        }
        watch_.disarm();
        co_return open;
    }
    /// The hooks of its side come to their end.
    template<class = void>
    task<> stop_taking() {
        if (!taking_) co_return;
        loop_->stop_taking();
        interrupt_taking();
        while (loop_->is_awaiting_taking()) co_await taking_->wait();
    }
    /// That one comes to its end by itself.
    template<class = void>
    task<> end_taking() {
        if (!taking_) co_return;
        waiting_ = loop_->is_idle() && wire_.is_open();
        if (waiting_) {
            if (context_.mailbox()->was_used()) deliver();
            if (context_.was_limited() || draining_) begin_waiting();
        }
        while (taking_->is_running()) co_await taking_->wait();
        waiting_ = false;
    }

    bool is_behind_proxy_ = false;
    bool is_new_ = true;  // as yet it has waited for nothing but the login
};

}  // namespace pgwire
