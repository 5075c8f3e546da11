// How other threads reach a session: a weak handle with a mailbox behind it.
//
// Floor 4. A session lives on one executor and is touched by nothing else; whoever wants something of it leaves a
// message here and posts one wake-up. The mailbox holds encoded messages, so that the session only has to send them.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/protocol/asynchronous.hpp"
#include "pgwire/protocol/diagnostics.hpp"
#include "pgwire/server/refusals.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// What a session shares with its handles. Outlives the session as long as there are handles.
class session_mailbox {
public:
    using wake_function = void (*)(void* session);

    session_mailbox(asio::any_io_executor home, void* session, wake_function wake)
        : home_(std::move(home)), session_(session), wake_(wake) {}

    /// The session is gone; letters are refused from now on. Called on the session's executor.
    void close() {
        std::lock_guard const lock(mutex_);
        session_ = nullptr;
    }

    /// The session, or null if it is gone. On the session's executor, which is the only one that it can end on.
    [[nodiscard]] void* session() {
        std::lock_guard const lock(mutex_);
        return session_;
    }

    /// Encodes a message into the mailbox and wakes the session. From any thread.
    /// @return false if the session has ended, the message can't be encoded, or too much is waiting already, since the
    ///     client does not read
    template<class Message>
    static bool deliver(std::shared_ptr<session_mailbox> const& self, Message const& message) {
        std::lock_guard const lock(self->mutex_);
        if (self->session_ == nullptr) return false;
        if (self->letters_.size() > most_waiting) {
            self->has_refused_ = true;
            return false;
        }
        if (!encode(self->letters_, message)) return false;
        self->used_.store(true, std::memory_order_relaxed);
        wake_locked(self);
        return true;
    }

    /// Asks the session to give up what it is doing. From any thread.
    static bool cancel(std::shared_ptr<session_mailbox> const& self) {
        std::lock_guard const lock(self->mutex_);
        if (self->session_ == nullptr) return false;
        self->cancel_now(cancel_reason::request);
        wake_locked(self);
        return true;
    }

    /// The same, by the session itself and at once.
    void cancel_now(cancel_reason why) noexcept {
        why_.store(why, std::memory_order_relaxed);
        cancelled_.store(true, std::memory_order_relaxed);
        used_.store(true, std::memory_order_relaxed);
    }
    [[nodiscard]] cancel_reason why_cancelled() const noexcept { return why_.load(std::memory_order_relaxed); }

    /// Is there a letter, or was there a cancel? Cheap; on the session's executor.
    [[nodiscard]] bool was_used() const noexcept { return used_.load(std::memory_order_relaxed); }

    /// Moves the letters into `out`, whole messages, and forgets a cancel: what it was for is over, and the next
    /// statement must not be hit. On the session's executor.
    void collect(send_buffer& out) {
        std::shared_ptr<void> waiting;
        void (*on_room)(void*) noexcept = nullptr;
        {
            std::lock_guard const lock(mutex_);
            out.append(letters_.pending());
            if (letters_.capacity() > largest_kept) letters_.release();
            else letters_.clear();
            forget_cancel();
            used_.store(false, std::memory_order_relaxed);
            if (std::exchange(has_refused_, false)) {
                waiting = who_waits_.lock();
                on_room = on_room_;
            }
        }
        if (waiting != nullptr) on_room(waiting.get());
    }

    /// Gives back what letters took, if there are none. On the session's executor.
    void release_memory() noexcept {
        std::lock_guard const lock(mutex_);
        if (letters_.empty()) letters_.release();
    }

    /// `on_room(who)` is called on the session's executor as soon as there is room again for what was refused. One may
    /// wait. From any thread; `on_room` may deliver.
    void call_when_there_is_room(std::weak_ptr<void> who, void (*on_room)(void*) noexcept) {
        std::lock_guard const lock(mutex_);
        who_waits_ = std::move(who);
        on_room_ = on_room;
    }

    /// What is cancelled is over.
    void forget_cancel() noexcept { cancelled_.store(false, std::memory_order_relaxed); }
    [[nodiscard]] bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

private:
    static void wake_locked(std::shared_ptr<session_mailbox> const& self) {
        if (self->wake_pending_) return;
        asio::post(self->home_, [self] {
            void* session = nullptr;
            {
                std::lock_guard const lock(self->mutex_);
                self->wake_pending_ = false;
                session = self->session_;
            }
            if (session != nullptr) self->wake_(session);  // it can only end on this executor
        });
        self->wake_pending_ = true;
    }

    static constexpr std::size_t most_waiting = 1'048'576;  // bytes
    static constexpr std::size_t largest_kept = 65'536;

    asio::any_io_executor home_;
    std::mutex mutex_;
    void* session_;  // null once it has ended
    wake_function wake_;
    send_buffer letters_;
    bool wake_pending_ = false;
    bool has_refused_ = false;  // a letter, since too many were waiting
    std::weak_ptr<void> who_waits_;
    void (*on_room_)(void*) noexcept = nullptr;
    std::atomic<bool> used_{false};
    std::atomic<bool> cancelled_{false};
    std::atomic<cancel_reason> why_{cancel_reason::request};
};

}  // namespace detail

/// A weak reference to a session. Copies are cheap; all members may be called from any thread, at any time, also when
/// the session has ended: then they return false.
class session_handle {
public:
    session_handle() = default;
    explicit session_handle(std::weak_ptr<detail::session_mailbox> mailbox) : mailbox_(std::move(mailbox)) {}

    /// Sends a notice. It arrives at once if the session is idle, else before its next ReadyForQuery.
    /// A severity that is an error's becomes NOTICE.
    /// @return false also when a megabyte is waiting for a client that does not read; so with `notify`
    bool notice(diagnostic fields) const {
        make_notice(fields);
        return deliver(notice_response{diagnostic_view(fields).fields()});
    }

    /// Sends a notification on `channel`, as NOTIFY does; `sender` is the process ID that the client is told.
    bool notify(std::string_view channel, std::string_view payload, std::int32_t sender = 0) const {
        return deliver(notification_response{sender, channel, payload});
    }

    /// Cancels the statement that the session is working on, if there is one.
    bool cancel() const {
        auto const mailbox = mailbox_.lock();
        return mailbox != nullptr && detail::session_mailbox::cancel(mailbox);
    }

    /// For those who keep what is refused: see `session_mailbox`.
    void call_when_there_is_room(std::weak_ptr<void> who, void (*on_room)(void*) noexcept) const {
        if (auto const mailbox = mailbox_.lock()) mailbox->call_when_there_is_room(std::move(who), on_room);
    }

private:
    template<class Message>
    bool deliver(Message const& message) const {
        auto const mailbox = mailbox_.lock();
        return mailbox != nullptr && detail::session_mailbox::deliver(mailbox, message);
    }

    std::weak_ptr<detail::session_mailbox> mailbox_;
};

}  // namespace pgwire
