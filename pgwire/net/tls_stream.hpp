// A stream that may become encrypted: plain until its handshake, TLS from then on.
//
// Floor 3. It is read and written like the stream below it. Whoever writes offers the same bytes again until they are
// taken, which is when their records have left: so there is never more than one piece of 64 KiB in here.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/net/stream.hpp"
#include "pgwire/net/tls_context.hpp"
#include "pgwire/net/tls_engine.hpp"
#include "pgwire/net/tls_info.hpp"

#include PGWIRE_ASIO_HEADER(associated_allocator.hpp)
#include PGWIRE_ASIO_HEADER(associated_cancellation_slot.hpp)
#include PGWIRE_ASIO_HEADER(associated_executor.hpp)
#include PGWIRE_ASIO_HEADER(async_result.hpp)

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

template<stream Next>
class tls_stream {
public:
    /// @param context for its handshake; without one it stays plain
    explicit tls_stream(Next next, std::shared_ptr<tls_context const> context = {})
        : next_(std::move(next)), context_(std::move(context)) {}

    /// Could it be encrypted, and is not yet?
    [[nodiscard]] bool may_handshake() const noexcept { return context_ != nullptr && engine_ == nullptr; }

    /// Encrypts the stream from here on, as the server or the client that the context is for. Nobody else reads or
    /// writes meanwhile.
    /// @param received what has been read of the other side's handshake already
    /// @param is_direct the connection begins with it: then both sides must agree on the protocol
    /// @param server_name of a client: whom it wants to talk to
    /// @return false if it has failed, and `tls_failure` says why: then the stream is to be closed
    [[nodiscard]] task<bool> handshake(std::string_view received = {}, bool is_direct = false,
                                       std::string server_name = {}) {
        using status = tls_engine::status;
        try {
            engine_ = std::make_unique<tls_engine>(*context_, server_name);
        } catch (tls_error const& e) {
            failure_ = e.what();
        }
        if (engine_ == nullptr) co_return false;
        auto& in = engine_->input();
        std::copy(received.begin(), received.end(), in.prepare(received.size()).begin());
        in.commit(received.size());
        for (status reached = engine_->handshake(); reached != status::done; reached = engine_->handshake()) {
            bool const sent = co_await flush();
            if (reached != status::starved) co_return fail(engine_->reason());
            if (!sent) co_return fail("the connection was lost");
            auto const room = in.prepare();
            error_code ec;
            std::size_t const n =
                co_await next_.async_read_some(asio::mutable_buffer(room.data(), room.size()), detail::await_into(ec));
            in.commit(n);
            if (ec) co_return fail("the other side has closed the connection");
        }
        bool const sent = co_await flush();
        if (!sent) co_return fail("the connection was lost");
        is_established_ = true;
        is_direct_ = is_direct;
        bool const is_wrong = is_direct && engine_->info().protocol != tls_protocol;
        if (is_wrong) co_return fail("no application protocol was asked for");
        co_return true;
    }

    /// What is known of its encryption, put together anew each time; nothing, as long as there is none.
    [[nodiscard]] tls_info tls() const {
        if (!is_established_) return {};
        auto known = engine_->info();
        known.is_direct = is_direct_;
        return known;
    }
    /// Why the handshake has failed.
    [[nodiscard]] std::string const& tls_failure() const noexcept { return failure_; }

    [[nodiscard]] auto get_executor() { return next_.get_executor(); }

    template<class Token>
    auto async_read_some(asio::mutable_buffer room, Token&& token) {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [](auto handler, tls_stream* self, asio::mutable_buffer r) { self->begin_read(std::move(handler), r); },
            token, this, room);
    }

    /// What it takes may have to be offered again, until all of it has been encrypted and has left: then it says so.
    std::size_t write_some(asio::const_buffer bytes, error_code& ec) {
        if (engine_ == nullptr) return next_.write_some(bytes, ec);
        ec = broken_;
        if (!ec && encrypted_ == 0) {
            auto const n = std::min(bytes.size(), largest_write);
            if (engine_->write({static_cast<char const*>(bytes.data()), n}) == tls_engine::status::done) encrypted_ = n;
            else ec = broken_ = asio::error::connection_reset;
        }
        if (!ec) flush_now(ec);
        return ec ? 0 : std::exchange(encrypted_, 0);
    }

    template<class Token>
    auto async_wait_writable(Token&& token) {
        return next_.async_wait_writable(std::forward<Token>(token));
    }

    /// Of the stream below: what has been received and not been read is to be read first, until a read has to wait.
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
        if (engine_ == nullptr) return;
        if (engine_->input().unread().empty()) engine_->input().release();
        if (engine_->output().empty()) engine_->output().release();
    }

    [[nodiscard]] bool has_hung_up() { return next_.has_hung_up(); }

    void close() {
        if (std::exchange(is_established_, false)) {
            error_code ignored = broken_;
            engine_->close();
            flush_now(ignored);
        }
        next_.close();
    }

    [[nodiscard]] peer_info peer() {
        peer_info known = next_.peer();
        known.is_secure = known.is_secure || is_established_;
        return known;
    }

    [[nodiscard]] Next& next_layer() noexcept { return next_; }

private:
    static constexpr std::size_t largest_write = 65'536;  // bytes that are encrypted at once: four records
    static constexpr std::size_t largest_kept = 16'384;   // of the output, while nothing is to be sent

    /// A read of the stream below, whose bytes are decrypted. It is run where its handler is.
    template<class Handler>
    class read_operation {
    public:
        read_operation(tls_stream& self, asio::mutable_buffer room, Handler handler)
            : self_(&self), room_(room), handler_(std::move(handler)) {}

        void start() { read_into(self_->engine_->input().prepare()); }
        void operator()(error_code ec, std::size_t received) {
            std::size_t n = 0;
            self_->engine_->input().commit(received);
            if (!ec && self_->decrypt(room_, ec, n)) {
                std::span<char> room;
                try {
                    room = self_->engine_->input().prepare();
                } catch (std::bad_alloc const&) {
                    ec = asio::error::no_memory;
                }
                if (!ec) return read_into(room);
            }
            std::move(handler_)(ec, n);
        }

        using executor_type = asio::associated_executor_t<Handler, decltype(std::declval<Next&>().get_executor())>;
        [[nodiscard]] executor_type get_executor() const noexcept {
            return asio::get_associated_executor(handler_, self_->next_.get_executor());
        }
        using allocator_type = asio::associated_allocator_t<Handler>;
        [[nodiscard]] allocator_type get_allocator() const noexcept { return asio::get_associated_allocator(handler_); }
        using cancellation_slot_type = asio::associated_cancellation_slot_t<Handler>;
        [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
            return asio::get_associated_cancellation_slot(handler_);
        }

    private:
        void read_into(std::span<char> room) {
            auto& next = self_->next_;
            next.async_read_some(asio::mutable_buffer(room.data(), room.size()), std::move(*this));
        }

        tls_stream* self_;
        asio::mutable_buffer room_;
        Handler handler_;
    };

    template<class Handler>
    void begin_read(Handler handler, asio::mutable_buffer room) {
        if (engine_ == nullptr) return next_.async_read_some(room, std::move(handler));
        error_code ec;
        std::size_t n = 0;
        if (decrypt(room, ec, n)) return read_operation<Handler>(*this, room, std::move(handler)).start();
        auto const where = asio::get_associated_executor(handler, next_.get_executor());
        asio::post(where, [h = std::move(handler), ec, n]() mutable { std::move(h)(ec, n); });
    }

    /// @return whether more bytes of the other side are needed
    bool decrypt(asio::mutable_buffer room, error_code& ec, std::size_t& n) {
        auto const reached = engine_->read({static_cast<char*>(room.data()), room.size()}, n);
        if (!engine_->output()
                 .empty()) {  // an answer of the protocol's own; what does not leave now does with the next write
            error_code ignored = broken_;
            flush_now(ignored);
            if (engine_->output().size() > 2 * largest_write) {  // it asks, and does not listen
                ec = asio::error::connection_reset;
                return false;
            }
        }
        switch (reached) {
        case tls_engine::status::done: return false;
        case tls_engine::status::starved:
            if (engine_->output().empty() && engine_->output().capacity() > largest_kept) engine_->output().release();
            return true;
        case tls_engine::status::closed: ec = asio::error::eof; return false;
        case tls_engine::status::failed: ec = asio::error::connection_reset; return false;
        }
        return false;
    }

    /// What has failed once is not tried again: nobody knows how much of it has left.
    void flush_now(error_code& ec) {
        auto& out = engine_->output();
        while (!ec && !out.empty()) {
            auto const bytes = out.pending();
            out.consume(next_.write_some(asio::const_buffer(bytes.data(), bytes.size()), ec));
        }
        if (ec && ec != asio::error::would_block && ec != asio::error::try_again) broken_ = ec;
    }
    task<bool> flush() {
        for (;;) {
            error_code ec;
            flush_now(ec);
            if (ec != asio::error::would_block && ec != asio::error::try_again) co_return !ec;
            error_code lost;
            co_await next_.async_wait_writable(detail::await_into(lost));
            if (lost) co_return false;
        }
    }
    bool fail(std::string_view why) {
        failure_ = why;
        return false;
    }

    Next next_;
    std::shared_ptr<tls_context const> context_;
    std::unique_ptr<tls_engine> engine_;
    std::string failure_;
    std::size_t encrypted_ = 0;  // bytes at the front of what is being written: encrypted, and not all of it has left
    error_code broken_;          // why nothing can be written any more
    bool is_established_ = false;
    bool is_direct_ = false;
};

}  // namespace pgwire
