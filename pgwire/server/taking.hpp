// The second coroutine that a session has while a COPY goes in both directions: it reads, and takes the client's data.
//
// Floor 4. The session's own coroutine goes on with pulling and writing, and answers. It must not end the COPY while a
// hook of the other one is at work, and must not end the session while the other one is there at all; a read can't be
// taken back, so after a COPY that failed the last read becomes the session's next one.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/server/cycle.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace pgwire::detail {

/// @tparam Loop the query loop, and @tparam Wire the transport of a session, which must outlive this
template<class Loop, class Wire>
class taking {
public:
    taking(asio::any_io_executor executor, Loop& loop, Wire& wire)
        : loop_(loop), wire_(wire), changed_(std::move(executor), asio::steady_timer::time_point::max()) {}
    taking(taking const&) = delete;
    taking& operator=(taking const&) = delete;

    /// Takes the client's data until its end, or until the COPY is over.
    /// @param progress called after each piece, on the session's executor: `read` all is well, `go_on` the client's
    ///     side is over, maybe with a failure; `close` nobody is there any more
    template<class Progress>
    void begin(Progress progress) {
        auto const executor = changed_.get_executor();
        // Outlives the coroutine, and what that awaits.
        auto const interrupts = std::make_shared<asio::cancellation_signal>();
        interrupts_ = interrupts.get();
        is_running_ = true;
        try {
            asio::co_spawn(executor, run(progress),
                           asio::bind_cancellation_slot(interrupts->slot(), [interrupts](std::exception_ptr const&) {}));
        } catch (...) {  // no memory
            is_running_ = false;
            throw;
        }
    }

    /// Does the coroutine still exist? While it does, nobody else reads.
    [[nodiscard]] bool is_running() const noexcept { return is_running_; }

    /// Interrupts the hook that is awaited, if there is one, and wakes who waits.
    void interrupt() noexcept {
        try {
            if (loop_.is_awaiting_taking()) {
                is_interrupted_ = true;
                interrupts_->emit(asio::cancellation_type::terminal);
            }
            wake();
        } catch (...) {  // then the hook comes to its end
        }
    }

    /// Waits until something has happened.
    [[nodiscard]] task<> wait() {
        error_code ec;
        co_await changed_.async_wait(await_into(ec));
    }

private:
    template<class Progress>
    task<> run(Progress progress) {
        std::exception_ptr failure;
        try {
            step next = step::read;
            while (next == step::read && loop_.is_taking()) {
                next = loop_.take();
                while (next == step::await) {
                    co_await loop_.await_taking();
                    if (std::exchange(is_interrupted_, false)) co_await asio::this_coro::reset_cancellation_state();
                    next = wire_.is_open() ? loop_.take() : step::close;
                }
                if (next == step::close) break;
                progress(next);
                wake();
                if (next != step::read) break;
                bool const open = co_await wire_.read();
                if (!open) next = step::close;
            }
            if (next == step::close && loop_.is_taking()) progress(next);
        } catch (...) {  // no memory: this session ends, and nothing else
            failure = std::current_exception();
        }
        if (failure) progress(step::close);
        is_running_ = false;
        wake();
    }

    void wake() { changed_.cancel(); }

    Loop& loop_;
    Wire& wire_;
    asio::steady_timer changed_;  // never expires: whoever waits, waits for its cancellation
    asio::cancellation_signal* interrupts_ = nullptr;
    bool is_running_ = false;
    bool is_interrupted_ = false;
};

}  // namespace pgwire::detail
