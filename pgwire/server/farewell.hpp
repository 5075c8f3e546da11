// How a whole program of a server ends: at a signal, with patience first.
//
// Floor 4. No template: a program has one.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/net/when_ready.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace pgwire::detail {

/// The end of a server, in three steps: what runs may come to its end, it is cancelled, nothing is waited for any more.
class farewell {
public:
    enum class step : std::uint8_t { drain, shut_down, stop };

    /// @param patience how long the first step may take, unless there is a second signal; the second one takes a second
    farewell(asio::io_context::executor_type const& home, std::chrono::milliseconds patience)
        : signals_(home, SIGINT, SIGTERM), timer_(home), patience_(patience) {}

    /// Begins at the first signal.
    void await(std::function<void(step)> what) {
        take_ = std::move(what);
        await_signal();
    }
    /// All sessions have ended.
    void drained() {
        timer_.cancel();
        signals_.cancel();
        take_(step::stop);
    }

private:
    void await_signal() {
        signals_.async_wait([this](error_code ec, int) {
            if (!std::exchange(begun_, true)) begin();
            else if (!ec) take_(step::stop);  // somebody is impatient
        });
    }
    void begin() {
        wait(patience_);
        await_signal();
        take_(step::drain);
    }
    void wait(std::chrono::milliseconds time) {
        timer_.expires_after(time);
        timer_.async_wait(when_ready({std::shared_ptr<void>(), this}, [](void* self, error_code ec) {
            if (!ec) static_cast<farewell*>(self)->lose_patience();
        }));
    }
    void lose_patience() {
        if (std::exchange(cancelled_, true)) return take_(step::stop);
        take_(step::shut_down);
        wait(last_words);
    }

    static constexpr std::chrono::seconds last_words{1};

    asio::basic_signal_set<asio::io_context::executor_type> signals_;
    asio::steady_timer timer_;
    std::chrono::milliseconds patience_;
    std::function<void(step)> take_;
    bool begun_ = false;
    bool cancelled_ = false;
};

}  // namespace pgwire::detail
