// One client's session: login, then the query loop, as one coroutine over a stream.
//
// Floor 4. The coroutine suspends for a write that would block and inside hooks that await, never per message and never
// per row; while nothing but reads are waited for it is not even entered. All of it runs on the stream's executor.
#pragma once

#include "pgwire/net/deadlines.hpp"
#include "pgwire/server/login.hpp"
#include "pgwire/server/query_loop.hpp"
#include "pgwire/server/transport.hpp"

#include <cstddef>
#include <exception>
#include <memory>
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
    session(Stream connected, Handler handler, registry& sessions, deadlines& clock, server_options const& options)
        : wire_(std::move(connected)),
          context_(wire_.next_layer().get_executor(), wire_.output()),
          handler_(std::move(handler)),
          loop_(handler_, context_, wire_.input(), wire_.output(), options.limits),
          sessions_(sessions),
          clock_(clock),
          options_(options) {
        context_.login().peer = wire_.next_layer().peer();
        context_.attach(std::make_shared<detail::session_mailbox>(context_.executor(), this, [](void* self) {
            static_cast<session*>(self)->on_mail();
        }));
    }
    session(session const&) = delete;
    session& operator=(session const&) = delete;
    ~session() {
        context_.mailbox()->close();
        if (context_.process_id() != 0) sessions_.remove(context_.process_id());
    }

    [[nodiscard]] Handler& handler() noexcept { return handler_; }
    [[nodiscard]] session_context& context() noexcept { return context_; }

    /// Serves the client until it leaves, or has to. Never throws.
    task<> run() {
        clock_.arm(deadline_, options_.login_timeout);
        login<Handler, Stream> entrance(wire_, handler_, context_, sessions_, options_);
        bool const entered = co_await entrance.run();
        deadline_.disarm();
        if (entered) {
            loop_.start();
            std::exception_ptr failure;
            try {
                co_await serve();
            } catch (...) {  // no memory: what must be done at the end is done
                failure = std::current_exception();
            }
            co_await loop_.leave();
            if constexpr (detail::has_on_stop<Handler>) handler_.on_stop();
        }
        clock_.arm(deadline_, options_.close_timeout);
        bool const heard = co_await wire_.write();  // the last words
        static_cast<void>(heard);
        deadline_.disarm();
        wire_.close();
    }

    /// Ends the session: its pending operation fails, a hook that is awaited is asked to give up, and `run` comes to its
    /// end. On its executor only.
    void close() noexcept {
        if (awaiting_) static_cast<void>(context_.handle().cancel());
        wire_.close();
    }

private:
    /// The coroutine is entered for what must be awaited: a hook, a write that would block. As long as there is nothing but
    /// messages to read and to answer, `read_and_answer` stays out of it.
    task<> serve() {
        step next = advance();
        for (;;) {
            switch (next) {
            case step::read: next = co_await read_and_answer(); break;
            case step::await: {
                if (loop_.must_flush() && !wire_.try_write()) {  // what is answered does not wait for the hook
                    bool const open = co_await wire_.write();
                    if (!open) co_return;
                }
                awaiting_ = true;
                auto flush_on_suspension = [this] {
                    if (!wire_.output().empty()) flush_soon();
                    return wire_.is_open();
                };
                co_await loop_.await_hook(flush_on_suspension);
                awaiting_ = false;
                next = advance();
                break;
            }
            case step::flush: {
                bool const open = co_await wire_.write();
                if (!open) co_return;
                co_await asio::post(context_.executor(), asio::use_awaitable);  // others have their turn
                next = advance();
                break;
            }
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
                self->waiting_ = false;
                if (self->wire_.received(ec, n)) next = self->advance();
                if (next == step::read) return self->read(std::move(*this));
            } catch (...) {  // no memory: this session ends, and nothing else
                next = step::close;
            }
            std::move(done)(next);
        }
    };

    template<class Handle>
    void read(Handle&& handle) {
        auto const room = wire_.input().prepare();
        waiting_ = loop_.is_idle();
        if (waiting_ && context_.mailbox()->was_used()) [[unlikely]] deliver();  // came while a write was waited for
        wire_.next_layer().async_read_some(asio::mutable_buffer(room.data(), room.size()), std::forward<Handle>(handle));
    }

    /// Rows that a cursor has written leave when it suspends: what is posted here runs only then.
    void flush_soon() {
        if (std::exchange(flush_posted_, true)) return;
        asio::post(context_.executor(), [this, alive = std::weak_ptr<detail::session_mailbox>(context_.mailbox())] {
            auto const mailbox = alive.lock();
            if (mailbox == nullptr || mailbox->is_closed()) return;
            flush_posted_ = false;
            if (awaiting_) write_from_outside();
        });
    }

    /// Somebody left a message, or wants to cancel. Between two cycles it leaves at once, else before ReadyForQuery.
    void on_mail() noexcept {
        if (!waiting_) {
            if (!context_.cancelled()) return;
            if (!loop_.is_at_work()) return context_.mailbox()->forget_cancel();
            if constexpr (detail::has_on_cancel<Handler>) handler_.on_cancel();
            return;
        }
        deliver();
    }

    /// Sends what is in the mailbox to an idle client. A cancel comes too late. While the client does not read, the
    /// mailbox keeps it: that has a limit.
    void deliver() noexcept {
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
        if (writing_outside_ || wire_.try_write()) return;
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

    transport<Stream> wire_;
    session_context context_;  // outlives the handler, which may keep it
    Handler handler_;
    query_loop<Handler> loop_;
    registry& sessions_;
    deadlines& clock_;
    server_options options_;
    deadlines::entry deadline_{[](void* self) noexcept { static_cast<session*>(self)->close(); }, this};
    bool waiting_ = false;   // for the client, between two cycles
    bool awaiting_ = false;  // a hook
    bool flush_posted_ = false;
    bool writing_outside_ = false;
};

}  // namespace pgwire
