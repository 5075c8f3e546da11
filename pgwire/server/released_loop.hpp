// A session's query loop, which is there when it is needed: not before the login, and not while the session rests.
//
// Floor 4. Of a loop between two cycles only the prepared statements are worth keeping, most of the time; and those are
// worth it for a client, who believes that they are there.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/protocol/limits.hpp"
#include "pgwire/server/query_loop.hpp"
#include "pgwire/server/session_context.hpp"

#include <memory>

namespace pgwire::detail {

template<class Handler>
class released_loop {
public:
    using loop = query_loop<Handler>;

    /// The loop; where there is none, one that goes on where the last one was.
    loop& make(Handler& handler, session_context& context, receive_buffer& in, send_buffer& out,
               message_limits const& limits) {
        if (loop_ == nullptr) {
            loop_ = std::make_unique<loop>(handler, context, in, out, limits);
            if (statements_ != nullptr) loop_->swap_statements(*statements_);
            statements_.reset();
        }
        return *loop_;
    }

    /// Gives it back, if nothing is in it that can't be kept elsewhere. Where there is no memory for that, it stays.
    void release() noexcept {
        if (loop_ == nullptr || !loop_->is_replaceable()) return;
        try {
            if (loop_->has_statements()) {
                statements_ = std::make_unique<typename loop::kept_statements>();
                loop_->swap_statements(*statements_);
            }
            loop_.reset();
        } catch (...) {
        }
    }

    [[nodiscard]] explicit operator bool() const noexcept { return loop_ != nullptr; }
    [[nodiscard]] loop* operator->() const noexcept { return loop_.get(); }
    [[nodiscard]] loop& operator*() const noexcept { return *loop_; }

    [[nodiscard]] bool is_at_work() const noexcept { return loop_ != nullptr && loop_->is_at_work(); }
    [[nodiscard]] bool is_taking() const noexcept { return loop_ != nullptr && loop_->is_taking(); }
    /// Before the login, and where there was none: idle.
    [[nodiscard]] transaction_status transaction() const {
        return loop_ != nullptr ? loop_->transaction() : transaction_status::idle;
    }

private:
    std::unique_ptr<loop> loop_;
    std::unique_ptr<typename loop::kept_statements> statements_;  // while there is no loop
};

}  // namespace pgwire::detail
