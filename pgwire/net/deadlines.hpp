// Deadlines that cost nothing until they pass: points in time in a list, swept by one coarse timer.
//
// Floor 3. Arming and disarming are a few stores, so a session may do it per query; the price is that a deadline is
// noticed up to one tick late. Not thread-safe: one of these per thread, used on that thread's executor only. It is
// destroyed there too, or when that executor does not run.
#pragma once

#include "pgwire/net/asio.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace pgwire {

class deadlines {
public:
    using clock = std::chrono::steady_clock;

    /// Something that may be due. Calls back at most once per arming, on the executor of the `deadlines` it stands in.
    /// Must not outlive those.
    class entry {
    public:
        using callback = void (*)(void* self) noexcept;

        entry(callback on_due, void* self) noexcept : on_due_(on_due), self_(self) {}
        entry(entry const&) = delete;
        entry& operator=(entry const&) = delete;
        ~entry() { leave(); }

        /// No callback any more.
        void disarm() noexcept { due_ = clock::time_point::max(); }
        [[nodiscard]] bool is_armed() const noexcept { return due_ != clock::time_point::max(); }

    private:
        friend class deadlines;
        void leave() noexcept {
            if (previous_ == nullptr) return;
            previous_->next_ = next_;
            next_->previous_ = previous_;
            next_ = previous_ = nullptr;
        }

        clock::time_point due_ = clock::time_point::max();
        entry* next_ = nullptr;
        entry* previous_ = nullptr;
        callback on_due_;
        void* self_;
    };

    /// @param tick how often to look; a deadline is noticed up to this much late
    explicit deadlines(asio::any_io_executor executor, clock::duration tick = std::chrono::milliseconds(250))
        : timer_(std::move(executor)), tick_(tick) {
        head_.next_ = head_.previous_ = &head_;
    }
    ~deadlines() {
        if (!*over_) *over_ = true;  // where it was stopped, another thread may look at it
        while (head_.next_ != &head_) head_.next_->leave();
        head_.next_ = head_.previous_ = nullptr;
    }

    /// `e` is due in `after` from now, whatever it was before.
    void arm(entry& e, clock::duration after) {
        e.due_ = clock::now() + after;
        if (e.previous_ == nullptr) insert_before(head_, e);
        if (!std::exchange(ticking_, true)) wait();
    }

    /// `e` is due at the next look, whenever that is: costs no look at the clock.
    void arm_for_next_tick(entry& e) {
        e.due_ = clock::time_point::min();
        if (e.previous_ == nullptr) insert_before(head_, e);
        if (!std::exchange(ticking_, true)) wait();
    }

    /// Looks no more; what is armed stays silent.
    void stop() {
        *over_ = true;
        timer_.cancel();
    }

private:
#if defined(__GNUC__)
    [[gnu::noinline]]  // once a tick, but called from where everything is inlined
#endif
    void wait() {
        if (*over_) return;
        timer_.expires_after(tick_);
        timer_.async_wait([this, over = over_](error_code ec) {
            if (!ec && !*over) sweep();  // a tick may be under way when this is stopped, and destroyed
        });
    }
    void sweep() {
        auto const now = clock::now();
        // What is looked at moves to the end of the list first, so that a callback may arm, disarm or destroy any
        // entry; the mark says where this sweep ends.
        entry mark{nullptr, nullptr};
        insert_before(head_, mark);
        while (head_.next_ != &mark) {
            entry& e = *head_.next_;
            e.leave();
            if (e.due_ == clock::time_point::max()) continue;  // disarmed
            if (e.due_ > now) {
                insert_before(head_, e);
                continue;
            }
            e.disarm();
            e.on_due_(e.self_);
        }
        mark.leave();
        ticking_ = head_.next_ != &head_;
        if (ticking_) wait();
    }

    static void insert_before(entry& position, entry& e) noexcept {
        e.next_ = &position;
        e.previous_ = position.previous_;
        position.previous_->next_ = &e;
        position.previous_ = &e;
    }

    asio::steady_timer timer_;
    clock::duration tick_;
    entry head_{nullptr, nullptr};
    bool ticking_ = false;
    std::shared_ptr<bool> over_ = std::make_shared<bool>(false);
};

}  // namespace pgwire
