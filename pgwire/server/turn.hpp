// How long a session that has much to send keeps its thread.
//
// Floor 4, pure. To give way after each piece would cost a look for what is ready, up to a tenth of a row in binary.
#pragma once

#include <chrono>

namespace pgwire::detail {

class turn {
public:
    using clock = std::chrono::steady_clock;
    static constexpr int pieces = 4;  ///< of some 63 KiB
    static constexpr auto longest = std::chrono::microseconds(500);  ///< from the end of the first piece

    /// One more piece has left. @return whether others have their turn now, and then a new one begins
    [[nodiscard]] constexpr bool is_over(clock::time_point now) noexcept {
        if (sent_ == 0) ends_ = now + longest;
        if (++sent_ != pieces && now < ends_) return false;
        sent_ = 0;
        return true;
    }

private:
    int sent_ = 0;
    clock::time_point ends_{};
};

}  // namespace pgwire::detail
