// One client's session: login, then the query loop, as one coroutine over a stream (and a second one, taking.hpp, while a
// COPY in both directions lasts).
//
// Floor 4. The coroutine suspends for a write that would block and inside hooks that await, never per message and never
// per row; while nothing but reads are waited for it is not even entered. All of it runs on the stream's executor.
#pragma once

#include "pgwire/net/deadlines.hpp"
#include "pgwire/server/admission.hpp"
#include "pgwire/server/login.hpp"
#include "pgwire/server/query_loop.hpp"
#include "pgwire/server/rest.hpp"
#include "pgwire/server/taking.hpp"
#include "pgwire/server/transport.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire {

/// A session of a `Handler` over a `Stream`. It stays where it is made: the handler may be told where its context is.
template<class Handler, stream Stream = socket_stream>
class session {
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
        : wire_(std::move(connected)),
          context_(wire_.next_layer().get_executor(), wire_.output()),
          handler_(std::move(handler)),
          loop_(handler_, context_, wire_.input(), wire_.output(), options.limits),
          sessions_(sessions),
          clock_(clock),
          options_(options),
          interrupts_(interrupts),
          place_(place) {
        context_.login().peer = wire_.next_layer().peer();
        context_.limit_kept(options.per_session);
        context_.set_limits({options.statement_timeout, options.idle_timeout, options.idle_in_transaction_timeout});
        context_.attach(std::make_shared<detail::session_mailbox>(context_.executor(), this, [](void* self) {
            static_cast<session*>(self)->on_mail();
        }));
    }
    session(Stream, Handler, registry&, deadlines&, server_options const&&, asio::cancellation_signal* = nullptr,
            admission::place* = nullptr) = delete;  // options that are gone before it
    session(session const&) = delete;
    session& operator=(session const&) = delete;
    ~session() {
        context_.mailbox()->close();
        if (context_.process_id() != 0) sessions_.remove(context_.process_id());
    }

    [[nodiscard]] Handler& handler() noexcept { return handler_; }
    [[nodiscard]] session_context& context() noexcept { return context_; }

    /// The other end is a proxy, which says first whom it speaks for. Before `run`.
    void expect_proxy_header() noexcept { is_behind_proxy_ = true; }

    /// Serves the client until it leaves, or has to. Never throws.
    task<> run() {
        bool const entered = co_await enter();
        if (std::exchange(interrupted_, false)) co_await asio::this_coro::reset_cancellation_state();
        if (entered) {
            loop_.start();
            std::exception_ptr failure;
            try {
                co_await serve();
            } catch (...) {  // no memory: what must be done at the end is done
                failure = std::current_exception();
            }
            if (std::exchange(interrupted_, false)) co_await asio::this_coro::reset_cancellation_state();
            if constexpr (copies_both) co_await stop_taking();
            co_await loop_.leave();
            if constexpr (detail::has_on_stop<Handler>) handler_.on_stop();
        }
        clock_.arm(last_deadline_, options_.close_timeout);
        bool const heard = co_await wire_.write();  // the last words
        static_cast<void>(heard);
        last_deadline_.disarm();
        wire_.close();
        if constexpr (copies_both) co_await end_taking();
    }

    /// Ends the session: its pending operation fails, a hook that is awaited is asked to give up, and `run` comes to
    /// its end. On its executor only.
    void close() noexcept {
        wire_.close();
        interrupt_taking();
        if (!awaiting_ && !entering_) return;
        context_.mailbox()->cancel_now(detail::cancel_reason::request);
        interrupt();
    }

    /// Ends the session as soon as its client waits for nothing: 57P01. On its executor only.
    void drain() noexcept {
        draining_ = true;
        if (waiting_) dismiss(sqlstates::admin_shutdown, detail::shutdown_text);
        else if (entering_) close();
    }
    /// The same, and what runs is cancelled: its client is told the same. On its executor only.
    void shut_down() noexcept {
        drain();
        if (waiting_ || entering_ || !loop_.is_at_work()) return;
        context_.mailbox()->cancel_now(detail::cancel_reason::shutdown);
        interrupt();
    }

private:
    using milliseconds = std::chrono::milliseconds;
    using taking = detail::taking<query_loop<Handler>, transport<Stream>>;
    static constexpr bool copies_both = detail::may_copy_both<detail::outcome_type<Handler>>;

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
        step next = advance();
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
                break;
            case step::await: {
                if (loop_.must_flush() && !wire_.try_write()) {  // what is answered does not wait for the hook
                    bool const open = co_await write();
                    if (!open) co_return;
                }
                watch_statement();
                clock_.arm_for_next_tick(watch_);
                awaiting_ = true;
                auto flush_on_suspension = [this, flushes = !loop_.writes_whole_pulls()]() mutable {
                    if (std::exchange(flushes, true) && !wire_.output().empty()) flush_soon();
                    return wire_.is_open();
                };
                co_await loop_.await_hook(flush_on_suspension);
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
                co_await asio::post(context_.executor(), asio::use_awaitable);  // others have their turn
                if (!wire_.is_open()) co_return;
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

    /// Runs what has come, and writes what must leave.
    step advance() {
        step const next = loop_.advance();
        if (next != step::read || !loop_.must_flush()) return next;
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
            try {
                bool const may_sleep = self->rest_.take_sleep();
                if (may_sleep && ec == asio::error::operation_aborted && self->wire_.is_open())
                    return self->sleep(std::move(*this));
                self->wait_for_nothing();
                if (self->wire_.received(ec, n)) next = self->advance();
                if (next == step::read) return self->read(std::move(*this));
            } catch (...) {  // no memory: this session ends, and nothing else
                self->wait_for_nothing();
                next = step::close;
            }
            std::move(done)(next);
        }

        /// There is something to read for a session that sleeps, or it was closed meanwhile: as if nothing had been read.
        void operator()(error_code) { (*this)(error_code(), 0); }
    };

    void wait_for_nothing() noexcept {
        rest_.end();
        waiting_ = false;
    }

    template<class Handle>
    [[gnu::flatten]]  // with what Asio does to begin a read, once per query
    void read(Handle&& handle) {
        waiting_ = loop_.is_idle();
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

    void on_rest() noexcept {
        if constexpr (resting_stream<Stream>) {
            bool const has_all_left = !writing_outside_ && wire_.output().empty();
            auto const next = rest_.on_tick(has_all_left && wire_.input().unread().empty());
            if (next == detail::rest::advice::look_again) clock_.arm_for_next_tick(resting_);
            if (next == detail::rest::advice::sleep) wire_.next_layer().cancel();
        }
    }
    void release_memory() noexcept {
        wire_.release_memory();
        context_.mailbox()->release_memory();
    }
    template<class Handle>
    void sleep(Handle&& handle) {
        if constexpr (resting_stream<Stream>) {
            release_memory();
            wire_.next_layer().async_wait_readable(std::forward<Handle>(handle));
        }
    }

    // ---- a COPY in both directions

    /// A second coroutine reads from now on.
    void begin_taking() {
        if constexpr (copies_both) {
            if (!taking_) taking_.emplace(context_.executor(), loop_, wire_);
            taking_->begin([this](step progress) {
                if (progress == step::close) return close();
                if (!wire_.output().empty()) flush_soon();
                if (loop_.has_taking_failed() && awaiting_ && !interrupted_) interrupt();
            });
        }
    }
    // Templates, so that they are made only where they are called: clang 14 makes members whose requirements are not met, too.

    /// There is nothing to do here until that has got on. @return false at the end of the connection
    template<class = void>
    task<bool> wait_for_client() {
        if (!loop_.is_taking()) taking_->interrupt();
        watch_statement();
        bool open = co_await write();
        clock_.arm_for_next_tick(watch_);
        while (open && !loop_.may_advance()) {
            co_await taking_->wait();
            open = wire_.is_open();
        }
        watch_.disarm();
        co_return open;
    }
    void interrupt_taking() noexcept {
        if constexpr (copies_both)
            if (taking_) taking_->interrupt();
    }
    /// The hooks of its side come to their end.
    template<class = void>
    task<> stop_taking() {
        loop_.stop_taking();
        interrupt_taking();
        while (loop_.is_awaiting_taking()) co_await taking_->wait();
    }
    /// That one comes to its end by itself.
    template<class = void>
    task<> end_taking() {
        if (!taking_) co_return;
        waiting_ = loop_.is_idle() && wire_.is_open();
        if (waiting_) {
            if (context_.mailbox()->was_used()) deliver();
            if (context_.was_limited() || draining_) begin_waiting();
        }
        while (taking_->is_running()) co_await taking_->wait();
        waiting_ = false;
    }

    // ---- deadlines, and a client that goes away

    /// A statement that has not come to its end at once has a deadline from now on.
    void watch_statement() {
        auto const most = context_.limits().statement;
        if (most == milliseconds::zero() || !loop_.is_at_work()) return;
        if (std::exchange(watched_, loop_.statement_number()) == loop_.statement_number()) return;
        clock_.arm(deadline_, most);
    }
    /// A cycle is over, and how long the next one may keep us waiting depends on the transaction.
    [[gnu::noinline]] void begin_waiting() {
        deadline_.disarm();
        if (draining_) return drain();
        auto const& limits = context_.limits();
        auto const most = loop_.transaction() == transaction_status::idle ? limits.idle : limits.idle_in_transaction;
        if (most != milliseconds::zero()) clock_.arm(deadline_, most);
    }
    void on_deadline() noexcept {
        if (!waiting_) {
            if (watched_ != loop_.statement_number() || !loop_.is_at_work()) return;
            context_.time_out();
            interrupt();
        } else if (loop_.transaction() == transaction_status::idle) {
            dismiss(sqlstates::idle_session_timeout, "terminating connection due to idle-session timeout");
        } else {
            dismiss(sqlstates::idle_in_transaction_session_timeout,
                    "terminating connection due to idle-in-transaction timeout");
        }
    }
    /// Is the client still there, for whom a hook works? If so, what it was answered before that leaves now at the
    /// latest.
    void on_watch() noexcept {
        if (!awaiting_ && !loop_.is_taking()) return;
        if (wire_.next_layer().has_hung_up()) return close();
        clock_.arm_for_next_tick(watch_);
        try {
            write_from_outside();
        } catch (...) {  // no memory: it leaves later
        }
    }

    /// Sends an idle client away.
    void dismiss(sqlstate code, std::string_view text) noexcept {
        try {
            loop_.fatal(code, text);
            wire_.try_write();
        } catch (...) {  // no memory for words
        }
        wire_.close();
    }

    // ---- from elsewhere

    /// Rows that a cursor has written leave when it suspends: what is posted here runs only then.
    void flush_soon() {
        if (std::exchange(flush_posted_, true)) return;
        asio::post(context_.executor(), [this, alive = std::weak_ptr<detail::session_mailbox>(context_.mailbox())] {
            auto const mailbox = alive.lock();
            if (mailbox == nullptr || mailbox->is_closed()) return;
            flush_posted_ = false;
            if (awaiting_ || loop_.is_taking()) write_from_outside();
        });
    }

    /// Somebody left a message, or wants to cancel. Between two cycles it leaves at once, else before ReadyForQuery.
    void on_mail() noexcept {
        if (waiting_) return deliver();
        if (!context_.cancelled()) return;
        if (loop_.is_at_work()) interrupt();
        else context_.mailbox()->forget_cancel();
    }

    /// The statement at work is to be given up; that it is cancelled has been noted.
    void interrupt() noexcept {
        if (awaiting_ && !loop_.is_interruptible()) return;
        if constexpr (detail::has_on_cancel<Handler>)
            if (!entering_) handler_.on_cancel();
        interrupt_taking();
        if ((!awaiting_ && !entering_) || interrupts_ == nullptr) return;
        interrupted_ = true;
        try {
            interrupts_->emit(asio::cancellation_type::terminal);
        } catch (...) {  // then the hook comes to its end
        }
    }

    /// Sends what is in the mailbox to an idle client. A cancel comes too late. While the client does not read, the
    /// mailbox keeps it: that has a limit.
    [[gnu::noinline]] void deliver() noexcept {
        if (writing_outside_) return context_.mailbox()->forget_cancel();
        try {
            context_.mailbox()->collect(wire_.output());
            write_from_outside();
        } catch (...) {  // no memory: this session ends, and nothing else
            close();
        }
    }

    /// Writes while the session's coroutine is suspended, without a coroutine.
    void write_from_outside() {
        if (writing_outside_) return;
        if (wire_.try_write()) {
            if (rest_.is_asleep()) release_memory();
            return;
        }
        writing_outside_ = true;
        wire_.next_layer().async_wait_writable(
            [this, alive = std::weak_ptr<detail::session_mailbox>(context_.mailbox())](error_code ec) {
                auto const mailbox = alive.lock();
                if (mailbox == nullptr || mailbox->is_closed()) return;
                writing_outside_ = false;
                if (ec) return;
                write_from_outside();
                if (waiting_ && context_.mailbox()->was_used()) deliver();
            });
    }

    template<void (session::*OnDue)() noexcept>
    [[nodiscard]] deadlines::entry entry() noexcept {
        return {[](void* self) noexcept { (static_cast<session*>(self)->*OnDue)(); }, this};
    }

    transport<Stream> wire_;
    session_context context_;  // outlives the handler, which may keep it
    Handler handler_;
    query_loop<Handler> loop_;
    registry& sessions_;
    deadlines& clock_;
    server_options const& options_;
    asio::cancellation_signal* interrupts_;
    admission::place* place_;
    bool is_behind_proxy_ = false;
    deadlines::entry deadline_ = entry<&session::on_deadline>();     // of a statement, or of waiting for one
    deadlines::entry last_deadline_ = entry<&session::close>();      // of the login, of writing, of the last words
    deadlines::entry watch_ = entry<&session::on_watch>();
    deadlines::entry resting_ = entry<&session::on_rest>();
    [[no_unique_address]] std::conditional_t<copies_both, std::optional<taking>, detail::nothing> taking_;
    std::uint32_t watched_ = 0;       // the number of the statement that has a deadline
    bool waiting_ = false;            // for the client, between two cycles
    bool awaiting_ = false;           // a hook
    bool interrupted_ = false;        // the hook: a signal was emitted
    bool entering_ = false;           // it logs in
    bool draining_ = false;
    bool flush_posted_ = false;
    bool writing_outside_ = false;
    detail::rest rest_;
};

}  // namespace pgwire
