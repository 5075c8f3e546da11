// A stream that counts its bytes.
//
// Floor 3. It stands around a socket and below TLS, so that what is counted is what the network sees.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/net/stream.hpp"

#include PGWIRE_ASIO_HEADER(associated_allocator.hpp)
#include PGWIRE_ASIO_HEADER(associated_cancellation_slot.hpp)
#include PGWIRE_ASIO_HEADER(associated_executor.hpp)
#include PGWIRE_ASIO_HEADER(async_result.hpp)

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace pgwire {

/// Of all the streams that share it. From any thread.
struct stream_counters {
    std::atomic<std::uint64_t> received{0};
    std::atomic<std::uint64_t> sent{0};
};

template<stream Next>
class counted_stream {
public:
    counted_stream(Next next, std::shared_ptr<stream_counters> counters)
        : next_(std::move(next)), counters_(std::move(counters)) {}

    [[nodiscard]] auto get_executor() { return next_.get_executor(); }

    template<class Token>
    auto async_read_some(asio::mutable_buffer room, Token&& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [](auto handler, counted_stream* self, asio::mutable_buffer r) {
                auto& next = self->next_;
                next.async_read_some(r, counting<decltype(handler)>{self, std::move(handler)});
            },
            token, this, room);
    }
    std::size_t write_some(asio::const_buffer bytes, error_code& ec) {
        auto const n = next_.write_some(bytes, ec);
        counters_->sent.fetch_add(n, std::memory_order_relaxed);
        return n;
    }
    template<class Token>
    auto async_wait_writable(Token&& token) {
        return next_.async_wait_writable(std::forward<Token>(token));
    }
    template<class Token>
        requires resting_stream<Next>
    auto async_wait_readable(Token&& token) {
        return next_.async_wait_readable(std::forward<Token>(token));
    }
    void cancel() noexcept
        requires resting_stream<Next>
    {
        next_.cancel();
    }
    void release_memory() noexcept
        requires resting_stream<Next>
    {
        next_.release_memory();
    }
    [[nodiscard]] bool has_hung_up() { return next_.has_hung_up(); }
    void close() { next_.close(); }
    [[nodiscard]] peer_info peer() { return next_.peer(); }

    [[nodiscard]] Next& next_layer() noexcept { return next_; }

private:
    /// Run where its handler is.
    template<class Handler>
    struct counting {
        counted_stream* self;
        Handler handler;

        void operator()(error_code ec, std::size_t n) {
            self->counters_->received.fetch_add(n, std::memory_order_relaxed);
            std::move(handler)(ec, n);
        }

        using executor_type = asio::associated_executor_t<Handler, decltype(std::declval<Next&>().get_executor())>;
        [[nodiscard]] executor_type get_executor() const noexcept {
            return asio::get_associated_executor(handler, self->next_.get_executor());
        }
        using allocator_type = asio::associated_allocator_t<Handler>;
        [[nodiscard]] allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler); }
        using cancellation_slot_type = asio::associated_cancellation_slot_t<Handler>;
        [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
            return asio::get_associated_cancellation_slot(handler);
        }
    };

    Next next_;
    std::shared_ptr<stream_counters> counters_;
};

}  // namespace pgwire
