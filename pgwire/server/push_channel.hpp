// Rows on their way from an engine's thread to a session: one chunk that is being filled, while another one is sent.
//
// Floor 4. The engine's thread waits while both are full, the session's never does: what can't be had at once wakes a
// timer that it awaits. Belongs to both, and to neither: the session may be gone while the engine still comes to its
// end.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/bytes.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/server/command.hpp"
#include "pgwire/server/row_writer.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

namespace pgwire::detail {

/// Encoded rows.
struct row_chunk {
    send_buffer bytes;
    std::uint64_t rows = 0;

    /// Moves as many rows to `out` as are there and as its limit allows.
    void move_to(pull_state& out) {
        auto const count = std::min(rows, out.limit - out.rows);
        auto const pending = bytes.pending();
        std::size_t size = pending.size();
        if (count != rows) {
            size = 0;
            for (std::uint64_t i = 0; i != count; ++i) size += 1 + load<std::uint32_t>(pending.data() + size + 1);
        }
        out.out->append(pending.substr(0, size));
        bytes.consume(size);
        rows -= count;
        out.rows += count;
    }
};

class push_channel : public std::enable_shared_from_this<push_channel> {
public:
    static constexpr std::size_t chunk_size = pull_state::flush_threshold;

    /// What a session waits for.
    enum class portion : std::uint8_t { none, row, chunk };
    /// What it gets. At the end, the rows that come with it are the last ones.
    enum class taken : std::uint8_t { nothing, rows, end };

    // ---- the engine's thread

    /// Hands over an encoded row, as soon as there is room for it.
    /// @return false if nobody wants it
    [[nodiscard]] bool push(std::string_view row) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [this] { return filling_.bytes.size() < chunk_size || !wanted(); });
        if (!wanted()) return false;
        filling_.bytes.append(row);
        ++filling_.rows;
        if (awaited_ != portion::none && has(awaited_)) wake();
        return true;
    }

    /// There are no more rows.
    void end(std::exception_ptr failure, std::optional<command> const& tag) noexcept {
        std::lock_guard const lock(mutex_);
        ended_ = true;
        failure_ = std::move(failure);
        tag_ = tag;
        try {
            if (awaited_ != portion::none) wake();
        } catch (...) {  // no memory: the session waits until it is cancelled
        }
    }

    /// Does anybody want rows? From any thread.
    [[nodiscard]] bool wanted() const noexcept { return !abandoned_.load(std::memory_order_relaxed); }

    // ---- the session's executor

    /// The session that takes the rows is there.
    /// @param sleeper what it waits with, when it waits
    void open(asio::steady_timer& sleeper) {
        std::lock_guard const lock(mutex_);
        home_ = sleeper.get_executor();
        sleeper_ = &sleeper;
    }

    /// Nobody wants rows any more. Whatever the engine does, the session is not looked for any more.
    void abandon() noexcept {
        std::lock_guard const lock(mutex_);
        abandoned_.store(true, std::memory_order_relaxed);
        awaited_ = portion::none;
        home_ = {};  // its context may be gone before the engine is
        sleeper_ = nullptr;
        room_.notify_all();
    }

    /// Exchanges `chunk`, which is empty, for what is there, if that is enough; else wakes the sleeper when it is.
    [[nodiscard]] taken take(row_chunk& chunk, portion least) {
        std::lock_guard const lock(mutex_);
        bool const enough = ended_ || has(least);
        awaited_ = enough ? portion::none : least;
        if (!enough) return taken::nothing;
        std::swap(chunk, filling_);
        room_.notify_all();
        return ended_ ? taken::end : taken::rows;
    }

    // ---- when all has been taken

    void rethrow_failure() const {
        if (failure_) std::rethrow_exception(failure_);
    }
    [[nodiscard]] std::optional<command> const& tag() const noexcept { return tag_; }

private:
    [[nodiscard]] bool has(portion least) const noexcept {
        return least == portion::row ? filling_.rows != 0 : filling_.bytes.size() >= chunk_size;
    }
    void wake() {
        asio::post(home_, [self = shared_from_this()] {
            if (self->sleeper_ != nullptr) self->sleeper_->cancel();
        });
        awaited_ = portion::none;
    }

    std::mutex mutex_;
    std::condition_variable room_;
    row_chunk filling_;
    portion awaited_ = portion::none;
    bool ended_ = false;
    std::atomic<bool> abandoned_{false};  // changes under the mutex
    asio::any_io_executor home_;          // of the session, while it is there
    asio::steady_timer* sleeper_ = nullptr;  // touched there only
    std::exception_ptr failure_;
    std::optional<command> tag_;
};

}  // namespace pgwire::detail
