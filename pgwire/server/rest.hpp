// When a session rests, which then has no buffers, no query loop and no coroutine: its client has sent nothing from one
// tick of the clock to the next, or nothing yet since it has logged in.
//
// Floor 4, pure. Per query it costs two stores; the ticks end when a session sleeps.
#pragma once

#include <cstdint>

namespace pgwire::detail {

class rest {
public:
    enum class advice : std::uint8_t {
        nothing,
        look_again,  ///< at the next tick
        sleep,       ///< cancel the read
    };

    /// A read of a client that is waited for begins.
    void begin() noexcept { state_ = state::awake; }
    /// It begins with little hope: the next tick decides.
    void tire() noexcept {
        if (state_ == state::awake) state_ = state::tired;
    }
    /// It is over.
    void end() noexcept { state_ = state::none; }

    [[nodiscard]] advice on_tick(bool may_sleep) noexcept {
        bool const is_tired = state_ == state::tired;
        if (state_ != state::awake && !is_tired) return advice::nothing;
        state_ = is_tired && may_sleep ? state::falling_asleep : state::tired;
        return state_ == state::tired ? advice::look_again : advice::sleep;
    }
    [[nodiscard]] bool is_asleep() const noexcept { return state_ == state::asleep; }
    /// The read is over. Was it cancelled for sleep? Then that begins.
    [[nodiscard]] bool take_sleep() noexcept {
        if (state_ != state::falling_asleep) return false;
        state_ = state::asleep;
        return true;
    }

private:
    enum class state : std::uint8_t {
        none,            // no such read is pending
        awake,           // one is
        tired,           // one is, since the last tick
        falling_asleep,  // it is being cancelled
        asleep,          // the session rests; something to read is waited for
    };

    state state_ = state::none;
};

}  // namespace pgwire::detail
