// How a whole program of a server ends: at a signal, with patience first.
//
// Floor 4. No template: a program has one.
#pragma once

#include "pgwire/net/asio.hpp"

#include <chrono>
#include <csignal>
#include <functional>
#include <utility>

namespace pgwire::detail {

/// The end of a server, in three steps: what runs may come to its end, it is cancelled, nothing is waited for any more.
class farewell {
public:
    struct steps {
        std::function<void()> drain, shut_down, stop;
    };

    /// @param patience how long the first step may take, unless there is a second signal; the second one takes a second
    farewell(asio::any_io_executor const& home, std::chrono::milliseconds patience)
        : signals_(home, SIGINT, SIGTERM), timer_(home), patience_(patience) {}

    /// Begins at the first signal.
    void await(steps what) {
        steps_ = std::move(what);
        await_signal();
    }
    /// All sessions have ended.
    void drained() {
        timer_.cancel();
        signals_.cancel();
        steps_.stop();
    }

private:
    void await_signal() {
        signals_.async_wait([this](error_code ec, int) {
            if (!std::exchange(begun_, true)) begin();
            else if (!ec) steps_.stop();  // somebody is impatient
        });
    }
    void begin() {
        wait(patience_);
        await_signal();
        steps_.drain();
    }
    void wait(std::chrono::milliseconds time) {
        timer_.expires_after(time);
        timer_.async_wait([this](error_code ec) {
            if (ec) return;
            if (std::exchange(cancelled_, true)) return steps_.stop();
            steps_.shut_down();
            wait(last_words);
        });
    }

    static constexpr std::chrono::seconds last_words{1};

    asio::signal_set signals_;
    asio::steady_timer timer_;
    std::chrono::milliseconds patience_;
    steps steps_;
    bool begun_ = false;
    bool cancelled_ = false;
};

}  // namespace pgwire::detail
