// What a session consists of, and what happens to it while its coroutine is suspended, or is not there: deadlines pass,
// messages come from elsewhere, the server is told to stop.
//
// Floor 4. All of it runs on the stream's executor; session.hpp has the coroutine.
#pragma once

#include "pgwire/net/deadlines.hpp"
#include "pgwire/net/when_ready.hpp"
#include "pgwire/server/admission.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/options.hpp"
#include "pgwire/server/registry.hpp"
#include "pgwire/server/released_loop.hpp"
#include "pgwire/server/rest.hpp"
#include "pgwire/server/taking.hpp"
#include "pgwire/server/transport.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire::detail {

template<class Handler, stream Stream>
class session_state {
public:
    session_state(session_state const&) = delete;
    session_state& operator=(session_state const&) = delete;

    /// Ends the session: its pending operation fails, a hook that is awaited is asked to give up, and `run` comes to
    /// its end. On its executor only.
    void close() noexcept {
        wire_.close();
        interrupt_taking();
        if (!awaiting_ && !entering_) return;
        context_.mailbox()->cancel_now(cancel_reason::request);
        interrupt();
    }

    /// Ends the session as soon as its client waits for nothing: 57P01. On its executor only.
    void drain() noexcept {
        draining_ = true;
        if (waiting_) dismiss(sqlstates::admin_shutdown, shutdown_text);
        else if (entering_) close();
    }
    /// The same, and what runs is cancelled: its client is told the same. On its executor only.
    void shut_down() noexcept {
        drain();
        if (waiting_ || entering_ || !loop_.is_at_work()) return;
        context_.mailbox()->cancel_now(cancel_reason::shutdown);
        interrupt();
    }

protected:
    using milliseconds = std::chrono::milliseconds;
    using taking = detail::taking<query_loop<Handler>, transport<Stream>>;
    static constexpr bool copies_both = may_copy_both<outcome_type<Handler>>;

    session_state(Stream connected, Handler handler, registry& sessions, deadlines& clock, server_options const& options,
                  asio::cancellation_signal* interrupts, admission::place* place)
        : wire_(std::move(connected)),
          context_(wire_.next_layer().get_executor(), wire_.output()),
          handler_(std::move(handler)),
          sessions_(sessions),
          clock_(clock),
          options_(options),
          interrupts_(interrupts),
          place_(place) {
        context_.login().peer = wire_.next_layer().peer();
        context_.limit_kept(options.per_session);
        context_.set_limits({options.statement_timeout, options.idle_timeout, options.idle_in_transaction_timeout});
        context_.attach(std::make_shared<session_mailbox>(context_.executor(), this, [](void* self) {
            static_cast<session_state*>(self)->on_mail();
        }));
    }
    ~session_state() {
        context_.mailbox()->close();
        if (context_.process_id() != 0) sessions_.remove(context_.process_id());
    }

    query_loop<Handler>& make_loop() {
        return loop_.make(handler_, context_, wire_.input(), wire_.output(), options_.limits);
    }

    // ---- rest

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

    // ---- deadlines, and a client that goes away

    /// A statement that has not come to its end at once has a deadline from now on.
    void watch_statement() {
        auto const most = context_.limits().statement;
        if (most == milliseconds::zero() || !loop_->is_at_work()) return;
        if (std::exchange(watched_, loop_->statement_number()) == loop_->statement_number()) return;
        clock_.arm(deadline_, most);
    }
    /// A cycle is over, and how long the next one may keep us waiting depends on the transaction.
    [[gnu::noinline]] void begin_waiting() {
        deadline_.disarm();
        if (draining_) return drain();
        auto const& limits = context_.limits();
        auto const most = loop_->transaction() == transaction_status::idle ? limits.idle : limits.idle_in_transaction;
        if (most != milliseconds::zero()) clock_.arm(deadline_, most);
    }
    void on_deadline() noexcept {
        if (!waiting_) {
            if (!loop_.is_at_work() || watched_ != loop_->statement_number()) return;
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
        write_from_outside();
    }

    /// Sends an idle client away.
    void dismiss(sqlstate code, std::string_view text) noexcept {
        try {
            make_loop().fatal(code, text);
            wire_.try_write();
        } catch (...) {  // no memory for words
        }
        wire_.close();
    }

    // ---- from elsewhere

    /// Rows that a cursor has written leave when it suspends: what is posted here runs only then.
    void flush_soon() {
        if (flush_posted_) return;
        asio::post(context_.executor(), [this, alive = std::weak_ptr<session_mailbox>(context_.mailbox())] {
            auto const mailbox = alive.lock();
            if (mailbox == nullptr || mailbox->session() == nullptr) return;
            flush_posted_ = false;
            if (awaiting_ || loop_.is_taking()) write_from_outside();
        });
        flush_posted_ = true;
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
        if (awaiting_ && !loop_->is_interruptible()) return;
        if constexpr (has_on_cancel<Handler>)
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
            if (write_from_outside()) return;
        } catch (...) {
        }
        close();  // no memory: this session ends, and nothing else
    }

    /// Writes while the session's coroutine is suspended, without a coroutine.
    /// @return false if there is no memory to wait with: what is left leaves with what is written next
    bool write_from_outside() noexcept {
        if (writing_outside_) return true;
        try {
            if (wire_.try_write()) {
                if (rest_.is_asleep()) release_memory();
                return true;
            }
            wire_.next_layer().async_wait_writable(
                when_ready_at_last(context_.mailbox(), [](void* mailbox, error_code ec) {
                    auto* const session = static_cast<session_mailbox*>(mailbox)->session();
                    if (session != nullptr) static_cast<session_state*>(session)->on_writable(ec);
                }));
            return writing_outside_ = true;
        } catch (...) {
            return false;
        }
    }
    void on_writable(error_code ec) noexcept {
        writing_outside_ = false;
        if (ec) return;
        if (!write_from_outside() && waiting_) return close();  // nothing is written next
        if (waiting_ && context_.mailbox()->was_used()) deliver();
    }

    void interrupt_taking() noexcept {
        if constexpr (copies_both)
            if (taking_) taking_->interrupt();
    }

    template<void (session_state::*OnDue)() noexcept>
    [[nodiscard]] deadlines::entry entry() noexcept {
        return {[](void* self) noexcept { (static_cast<session_state*>(self)->*OnDue)(); }, this};
    }

    transport<Stream> wire_;
    session_context context_;  // outlives the handler, which may keep it
    Handler handler_;
    released_loop<Handler> loop_;
    registry& sessions_;
    deadlines& clock_;
    server_options const& options_;
    asio::cancellation_signal* interrupts_;  // while a coroutine runs
    admission::place* place_;
    deadlines::entry deadline_ = entry<&session_state::on_deadline>();  // of a statement, or of waiting for one
    deadlines::entry last_deadline_ = entry<&session_state::close>();   // of the login, of writing, of the last words
    deadlines::entry watch_ = entry<&session_state::on_watch>();
    deadlines::entry resting_ = entry<&session_state::on_rest>();
    [[no_unique_address]] std::conditional_t<copies_both, std::optional<taking>, nothing> taking_;
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

}  // namespace pgwire::detail
