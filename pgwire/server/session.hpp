// One client's session: login, then the query loop, as one coroutine over a stream.
//
// Floor 4. The coroutine suspends for a read, for a write that would block, and inside hooks that await; never per
// message and never per row. All of it runs on the stream's executor.
#pragma once

#include "pgwire/net/deadlines.hpp"
#include "pgwire/server/login.hpp"
#include "pgwire/server/query_loop.hpp"
#include "pgwire/server/transport.hpp"

#include <memory>
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
          handler_(std::move(handler)),
          context_(wire_.next_layer().get_executor(), wire_.output()),
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
            co_await serve();
            if constexpr (detail::has_on_stop<Handler>) handler_.on_stop();
        }
        wire_.try_write();  // an error that is the last word; whoever does not read it will not get it
        wire_.close();
    }

    /// Ends the session: its pending operation fails, and `run` comes to its end. On its executor only.
    void close() noexcept { wire_.close(); }

private:
    task<> serve() {
        for (;;) {
            step const next = loop_.advance();
            if (next == step::read) {
                if (loop_.must_flush() && !wire_.try_write()) {
                    bool const open = co_await wire_.write();
                    if (!open) co_return;
                }
                if (!wire_.is_open()) co_return;
                auto const room = wire_.input().prepare();
                waiting_ = loop_.is_idle();
                error_code ec;
                std::size_t const n = co_await wire_.next_layer().async_read_some(
                    asio::mutable_buffer(room.data(), room.size()), detail::await_into(ec));
                waiting_ = false;
                if (!wire_.received(ec, n)) co_return;
            } else if (next == step::await) {
                awaiting_ = true;
                auto flush_on_suspension = [this] { flush_soon(); };
                co_await loop_.await_hook(flush_on_suspension);
                awaiting_ = false;
            } else if (next == step::flush) {
                bool const open = co_await wire_.write();
                if (!open) co_return;
                co_await asio::post(context_.executor(), asio::use_awaitable);  // others have their turn
            } else {
                if (next == step::abort && !loop_.must_flush()) wire_.output().clear();
                co_return;
            }
        }
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
    void on_mail() {
        if (context_.cancelled()) {
            if (waiting_) context_.mailbox()->reset_cancel();  // too late
            else if constexpr (detail::has_on_cancel<Handler>) handler_.on_cancel();
        }
        if (!waiting_) return;
        context_.mailbox()->collect(wire_.output());
        write_from_outside();
    }

    /// Writes while the session's coroutine is suspended, without a coroutine.
    void write_from_outside() {
        if (wire_.try_write()) return;
        wire_.next_layer().async_wait_writable(
            [this, alive = std::weak_ptr<detail::session_mailbox>(context_.mailbox())](error_code ec) {
                auto const mailbox = alive.lock();
                if (!ec && mailbox != nullptr && !mailbox->is_closed()) write_from_outside();
            });
    }

    transport<Stream> wire_;
    Handler handler_;
    session_context context_;
    query_loop<Handler> loop_;
    registry& sessions_;
    deadlines& clock_;
    server_options const& options_;
    deadlines::entry deadline_{[](void* self) noexcept { static_cast<session*>(self)->close(); }, this};
    bool waiting_ = false;   // for the client, between two cycles
    bool awaiting_ = false;  // a hook
    bool flush_posted_ = false;
};

}  // namespace pgwire
