// A client that speaks TLS to a session on an in-memory stream.
#pragma once

#include "pgwire/tls.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/session_runner.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::test {

[[nodiscard]] inline tls_settings server_settings() {
    return {.certificate = {.text = std::string(certificates::server)},
            .key = {.text = std::string(certificates::server_key)}};
}
[[nodiscard]] inline tls_settings client_settings(std::string_view certificate = {}, std::string_view key = {}) {
    return {.certificate = {.text = std::string(certificate)},
            .key = {.text = std::string(key)},
            .trusted = {.text = std::string(certificates::authority)}};
}

[[nodiscard]] inline std::shared_ptr<memory_peer> network_peer(std::string address = "127.0.0.1") {
    auto peer = std::make_shared<memory_peer>();
    peer->info = {.address = std::move(address), .is_local = true, .is_secure = false};
    return peer;
}

/// What a client has to do so that its side of TLS is an engine.
template<class Handler>
class tls_dialogue {
public:
    explicit tls_dialogue(tls_server const& tls, tls_settings const& mine = client_settings(), Handler handler = {},
                          network const& n = {}, server_options const& options = {})
        : session_(std::move(handler), options, n, network_peer(), tls),
          context_(tls_context::role::client, mine),
          engine_(context_, "localhost") {}

    [[nodiscard]] live_session<Handler, tls_server>& session() noexcept { return session_; }
    [[nodiscard]] tls_engine& engine() noexcept { return engine_; }

    /// Bytes that are not encrypted.
    std::string say_plainly(std::string const& bytes) {
        auto answer = session_.send({bytes}).hear_bytes();
        return answer;
    }
    /// SSLRequest, and its answer.
    std::string ask() { return say_plainly(frame(ssl_request{})); }

    /// The handshake, to its end; false if it has failed on this side.
    bool shake_hands(bool byte_by_byte = false) {
        for (int turns = 0; turns != 50; ++turns) {
            auto const reached = engine_.handshake();
            carry(byte_by_byte);
            if (reached == tls_engine::status::done) return true;
            if (reached != tls_engine::status::starved) return false;
            if (session_.has_ended() && engine_.input().unread().empty()) return false;
        }
        return false;
    }
    /// Sends a text through TLS. @return the answer
    std::string say(std::string_view bytes) {
        REQUIRE(engine_.write(bytes) == tls_engine::status::done);
        carry(false);
        return hear();
    }
    std::string hear() {
        std::string heard;
        std::string room(40'000, '\0');
        for (std::size_t n = 0;;) {
            last_ = engine_.read(room, n);
            if (last_ != tls_engine::status::done) break;
            heard.append(room, 0, n);
        }
        return heard;
    }
    /// How reading has ended.
    [[nodiscard]] tls_engine::status last() const noexcept { return last_; }
    /// Brings what has been written to where it is read.
    void carry(bool byte_by_byte) {
        std::string const bytes(engine_.output().pending());
        engine_.output().clear();
        if (byte_by_byte)
            for (char const c : bytes) session_.peer().send(std::string(1, c));
        else if (!bytes.empty()) session_.peer().send(bytes);
        session_.settle();
        auto const answer = session_.hear_bytes();
        auto const room = engine_.input().prepare(answer.size());
        answer.copy(room.data(), answer.size());
        engine_.input().commit(answer.size());
    }

private:
    live_session<Handler, tls_server> session_;
    tls_context context_;
    tls_engine engine_;
    tls_engine::status last_ = tls_engine::status::starved;
};

}  // namespace pgwire::test
