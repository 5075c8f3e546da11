// Runs whole sessions, and the query loop alone, against a scripted client.
#pragma once

#include "pgwire/server.hpp"
#include "tests/support/backend.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/frontend.hpp"
#include "tests/support/memory_stream.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::test {

/// What a handler writes down for its test. A handler with a member `journal log` is run with an empty one each time.
using journal = std::shared_ptr<std::string>;
[[nodiscard]] inline journal new_journal() { return std::make_shared<std::string>(); }

/// How the network treats a script.
struct network {
    bool byte_by_byte = false;            ///< every read gives one byte
    std::size_t write_limit = unlimited;  ///< see memory_peer
    bool hesitates = false;
    std::size_t fail_at = unlimited;
    error_code fail_with = asio::error::connection_reset;
};

/// A session that runs while its test looks on.
template<class Handler, stream_wrapper Wrapper = plain_streams>
class live_session {
public:
    explicit live_session(Handler handler = {}, server_options const& options = {}, network const& n = {},
                          std::shared_ptr<memory_peer> peer = std::make_shared<memory_peer>(), Wrapper wrap = {},
                          std::chrono::milliseconds tick = std::chrono::milliseconds(1))
        : options_(options), clock_(io_.get_executor(), tick), peer_(std::move(peer)) {
        peer_->write_limit = n.write_limit;
        peer_->hesitates = n.hesitates;
        peer_->fail_at = n.fail_at;
        peer_->fail_with = n.fail_with;
        peer_->stays = true;
        running_.emplace(wrap(memory_stream(io_.get_executor(), peer_)), std::move(handler), sessions_, clock_, options_,
                         &interrupts_);
        asio::co_spawn(io_, running_->run(), asio::bind_cancellation_slot(interrupts_.slot(), [this](std::exception_ptr failure) {
                           has_thrown_ = failure != nullptr;
                           running_.reset();
                           clock_.stop();
                       }));
    }

    [[nodiscard]] memory_peer& peer() noexcept { return *peer_; }
    [[nodiscard]] session_context& context() noexcept { return running_->context(); }
    [[nodiscard]] Handler& handler() noexcept { return running_->handler(); }
    [[nodiscard]] registry& sessions() noexcept { return sessions_; }
    [[nodiscard]] asio::io_context& io() noexcept { return io_; }
    void close() noexcept { running_->close(); }
    void drain() noexcept { running_->drain(); }
    void shut_down() noexcept { running_->shut_down(); }

    [[nodiscard]] bool has_ended() const noexcept { return !running_.has_value(); }
    [[nodiscard]] bool has_thrown() const noexcept { return has_thrown_; }

    /// The client sends, and the session does all that it can do at once.
    live_session& send(script const& messages) {
        peer_->send(joined(messages));
        return settle();
    }
    live_session& settle() {
        io_.restart();
        io_.poll();
        return *this;
    }
    /// Logs in; what that was answered is not heard again.
    live_session& enter(std::string const& first = startup()) {
        send({first});
        login_ = hear_bytes();
        return *this;
    }
    [[nodiscard]] std::string const& login() const noexcept { return login_; }

    /// What has been answered since it was asked last.
    [[nodiscard]] std::string hear_bytes() {
        auto const news = peer_->output.substr(heard_);
        heard_ = peer_->output.size();
        return news;
    }
    [[nodiscard]] std::string hear() { return shape(hear_bytes()); }

    /// Lets the session run until `done()`; a test that waits for longer than some seconds has failed.
    template<class Done>
    bool run_until(Done done) {
        auto const give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!done() && std::chrono::steady_clock::now() < give_up) {
            io_.restart();
            io_.run_one_for(std::chrono::milliseconds(20));
        }
        return done();
    }
    bool run_until_ended() {
        return run_until([this] { return has_ended(); });
    }
    /// Lets the session run until it has answered this, which is then heard.
    std::string run_until_heard(std::string_view expected) {
        run_until([&] { return has_ended() || shape(std::string_view(peer_->output).substr(heard_)) == expected; });
        return hear();
    }

private:
    asio::cancellation_signal interrupts_;  // outlives what the context still holds
    asio::io_context io_;
    server_options options_;
    registry sessions_;
    deadlines clock_;
    std::shared_ptr<memory_peer> peer_;
    std::optional<session<Handler, typename Wrapper::template stream_type<memory_stream>>> running_;
    bool has_thrown_ = false;
    std::size_t heard_ = 0;
    std::string login_;
};

/// What came of a script.
struct transcript {
    std::string output;
    bool has_ended = false;  ///< within some seconds
    std::size_t operations = 0;
    std::vector<std::size_t> writes;
};

/// Runs a session, login included, until the client has sent all of `messages` and closed the connection.
template<class Handler>
[[nodiscard]] transcript run_session(Handler const& prototype, script const& messages, network const& n = {},
                                     server_options const& options = {}, peer_info const* from = nullptr) {
    auto const peer = std::make_shared<memory_peer>();
    if (from != nullptr) peer->info = *from;
    if (n.byte_by_byte) {
        auto const bytes = one_byte_each(messages);
        peer->input.assign(bytes.begin(), bytes.end());
    } else {
        peer->input.push_back(joined(messages));
    }
    live_session<Handler> one(prototype, options, n, peer);
    peer->hang_up();
    bool const ended = one.run_until_ended() && !one.has_thrown() && peer->closed;
    return {peer->output, ended, peer->operations, peer->writes};
}

/// Runs the query loop with no connection at all. Between reads, all bytes that it has consumed are scribbled over.
template<class Handler>
class bare_loop {
public:
    explicit bare_loop(Handler handler = {}, message_limits const& limits = {})
        : handler_(std::move(handler)), context_(io_.get_executor(), out_), loop_(handler_, context_, in_, out_, limits) {
        loop_.start();
    }

    /// @return what was answered since the last time
    std::string run(script const& chunks) {
        std::string answered;
        auto next = chunks.begin();
        for (;;) {
            step wanted = ended_ ? step::close : loop_.advance();
            if (wanted == step::take) continue;
            if (wanted == step::wait) wanted = take();
            if (wanted == step::await) {
                auto go_on = [] { return true; };
                asio::co_spawn(io_, loop_.await_hook(go_on), asio::detached);
                io_.restart();
                io_.run();
                continue;
            }
            ended_ = wanted == step::close;
            answered += out_.pending();
            out_.consume(out_.size());
            if (ended_ || (wanted == step::read && next == chunks.end())) return answered;
            if (wanted == step::read) receive(*next++);
        }
    }
    [[nodiscard]] bool has_ended() const noexcept { return ended_; }
    [[nodiscard]] session_context& context() noexcept { return context_; }
    [[nodiscard]] receive_buffer const& input() const noexcept { return in_; }
    [[nodiscard]] send_buffer const& output() const noexcept { return out_; }

private:
    /// The client's side of a COPY in both directions.
    step take() {
        if constexpr (detail::may_copy_both<detail::outcome_type<Handler>>) {
            while (!loop_.may_advance()) {
                if (step const wanted = loop_.take(); wanted != step::await) return wanted;
                asio::co_spawn(io_, loop_.await_taking(), asio::detached);
                io_.restart();
                io_.run();
            }
        }
        return step::go_on;
    }
    void receive(std::string_view bytes) {
        char const* const unread = in_.unread().data();
        if (begin_ != nullptr) std::fill(begin_, begin_ + (unread - begin_), '\xDB');  // what is consumed
        auto const room = in_.prepare(bytes.size());
        begin_ = room.data() - in_.unread().size();
        std::fill(room.begin(), room.end(), '\xDB');
        std::copy(bytes.begin(), bytes.end(), room.begin());
        in_.commit(bytes.size());
    }

    asio::io_context io_;
    Handler handler_;
    send_buffer out_;
    receive_buffer in_;
    session_context context_;
    query_loop<Handler> loop_;
    char* begin_ = nullptr;  // of what the receive buffer holds, consumed or not
    bool ended_ = false;
};

/// What a session answers to `messages` after its login, as bytes. The script is run in four ways, which must not
/// differ: all at once and one byte at a time, each as a session and in the query loop alone. The handler is a copy of
/// `prototype` in each.
template<class Handler>
[[nodiscard]] std::string conversation(Handler const& prototype, script const& messages,
                                       server_options const& options = {}) {
    auto const log = [&]() -> std::string {
        if constexpr (requires { *prototype.log; }) return std::exchange(*prototype.log, {});
        else return {};
    };
    log();
    script with_login = messages;
    with_login.insert(with_login.begin(), startup());

    auto const session = run_session(prototype, with_login, {}, options);
    auto const expected = std::string(after_login(session.output));
    auto const expected_log = log();
    CHECK(session.has_ended);

    auto const slow = run_session(prototype, with_login,
                                  {.byte_by_byte = true, .write_limit = 7, .hesitates = true}, options);
    CHECK(slow.has_ended);
    CHECK(shape(after_login(slow.output)) == shape(expected));
    CHECK((after_login(slow.output) == expected));
    CHECK(log() == expected_log);

    for (bool const byte_by_byte : {false, true}) {
        bare_loop<Handler> loop(prototype, options.limits);
        loop.context().limit_kept(options.per_session);
        auto const output = loop.run(byte_by_byte ? one_byte_each(messages) : script{joined(messages)});
        CHECK(shape(after_login(output)) == shape(expected));
        CHECK((after_login(output) == expected));
        if constexpr (!requires { prototype.knows_the_end; }) CHECK(log() == expected_log);
        else log();
    }
    if constexpr (requires { *prototype.log; }) *prototype.log = expected_log;
    return expected;
}

/// The same in short.
template<class Handler>
[[nodiscard]] std::string answers(Handler const& prototype, script const& messages, server_options const& options = {}) {
    return shape(conversation(prototype, messages, options));
}

/// Runs the script again and again, and fails one operation after the other: each time the session must end, and its
/// handler with it. A handler with a member `journal log` is counted by its owners.
/// @return how many operations there were
template<class Handler>
std::size_t fail_every_operation(Handler const& prototype, script const& messages, network n) {
    for (auto const failure : {error_code(asio::error::connection_reset), error_code(asio::error::eof)}) {
        for (n.fail_at = 0;; ++n.fail_at) {
            n.fail_with = failure;
            auto const owners = [&]() -> long {
                if constexpr (requires { prototype.log.use_count(); }) return prototype.log.use_count();
                else return 0;
            };
            auto const before = owners();
            auto const one = run_session(prototype, messages, n);
            INFO("operation " << n.fail_at << " of " << one.operations);
            REQUIRE(one.has_ended);
            REQUIRE(owners() == before);
            if (one.operations <= n.fail_at) break;  // it failed none
        }
    }
    return n.fail_at;
}

}  // namespace pgwire::test
