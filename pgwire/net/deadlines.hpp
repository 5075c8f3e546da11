// Deadlines that cost nothing until they pass: points in time in a list, swept by one coarse timer.
//
// Floor 3. Arming and disarming are a few stores, so a session may do it per query; the price is that a deadline is
// noticed up to one tick late. Not thread-safe: one of these per thread, used on that thread's executor only. It is
// destroyed there too, or when that executor does not run.
#pragma once

#include "pgwire/core/ring.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/net/when_ready.hpp"

#include <chrono>
#include <memory>
#include <utility>

namespace pgwire {

class deadlines {
public:
    using clock = std::chrono::steady_clock;

    /// Something that may be due. Calls back at most once per arming, on the executor of the `deadlines` it stands in.
    /// Must not outlive those.
    class entry : detail::ring::member {
    public:
        using callback = void (*)(void* self) noexcept;

        entry(callback on_due, void* self) noexcept : on_due_(on_due), self_(self) {}

        /// No callback any more.
        void disarm() noexcept { due_ = clock::time_point::max(); }
        [[nodiscard]] bool is_armed() const noexcept { return due_ != clock::time_point::max(); }

    private:
        friend class deadlines;

        clock::time_point due_ = clock::time_point::max();
        callback on_due_;
        void* self_;
    };

    /// @param tick how often to look; a deadline is noticed up to this much late
    explicit deadlines(asio::any_io_executor executor, clock::duration tick = std::chrono::milliseconds(250))
        : timer_(std::move(executor)), tick_(tick) {}
    deadlines(deadlines const&) = delete;
    deadlines& operator=(deadlines const&) = delete;
    ~deadlines() {
        if (*self_ != nullptr) *self_ = nullptr;  // where it was stopped, another thread may look at it
    }

    /// `e` is due in `after` from now, whatever it was before. Where there is no memory for a tick, it is noticed after
    /// something is armed again.
    void arm(entry& e, clock::duration after) noexcept {
        e.due_ = clock::now() + after;
        if (!e.is_in()) entries_.add(e);
        if (!ticking_) wait();
    }

    /// `e` is due at the next look, whenever that is: costs no look at the clock.
    void arm_for_next_tick(entry& e) noexcept {
        e.due_ = clock::time_point::min();
        if (!e.is_in()) entries_.add(e);
        if (!ticking_) wait();
    }

    /// Looks no more; what is armed stays silent.
    void stop() {
        *self_ = nullptr;
        timer_.cancel();
    }

private:
#if defined(__GNUC__)
    [[gnu::noinline]]  // once a tick, but called from where everything is inlined
#endif
    void wait() noexcept {
        if (*self_ == nullptr) return;
        try {
            timer_.expires_after(tick_);
            timer_.async_wait(detail::when_ready(self_, [](void* self, error_code ec) {
                auto* const there = *static_cast<deadlines**>(self);
                if (!ec && there != nullptr) there->sweep();  // a tick may be under way when this is stopped and destroyed
            }));
            ticking_ = true;
        } catch (...) {  // no memory
        }
    }
    void sweep() noexcept {
        auto const now = clock::now();
        entries_.for_each([now](detail::ring::member& m) {
            auto& e = static_cast<entry&>(m);
            if (e.due_ > now && e.is_armed()) return;
            e.leave();
            if (!e.is_armed()) return;
            e.disarm();
            e.on_due_(e.self_);
        });
        ticking_ = false;
        if (!entries_.empty()) wait();
    }

    asio::steady_timer timer_;
    clock::duration tick_;
    detail::ring entries_;
    bool ticking_ = false;
    std::shared_ptr<deadlines*> self_ = std::make_shared<deadlines*>(this);  // null when it is over
};

}  // namespace pgwire
