// What a program does when it is told to read its files again: SIGHUP.
#pragma once

#include <pgwire/net/asio.hpp>

#include <csignal>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <utility>

namespace example {

/// Calls `reload` at each SIGHUP, as long as it lives. What that throws is said, and changes nothing.
class on_hangup {
public:
    on_hangup(pgwire::asio::any_io_executor const& where, std::function<void()> reload)
        : shared_(std::make_shared<shared>(where, std::move(reload))) {
        wait(shared_);
    }

private:
    struct shared {
        shared(pgwire::asio::any_io_executor const& where, std::function<void()> f)
            : hangup(where, SIGHUP), reload(std::move(f)) {}

        pgwire::asio::signal_set hangup;
        std::function<void()> reload;
    };

    static void wait(std::shared_ptr<shared> const& self) {
        self->hangup.async_wait([weak = std::weak_ptr(self)](pgwire::error_code ended, int) {
            auto const alive = weak.lock();
            if (ended || alive == nullptr) return;
            try {
                alive->reload();
                std::cout << "the files were read again" << std::endl;
            } catch (std::exception const& e) {
                std::cerr << "nothing has changed: " << e.what() << std::endl;
            }
            wait(alive);
        });
    }

    std::shared_ptr<shared> shared_;
};

}  // namespace example
