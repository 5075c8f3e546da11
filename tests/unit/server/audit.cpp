// What an audit is told of each connection.
#include "tests/support/engine.hpp"

#include "pgwire/auth/password.hpp"
#include "pgwire/server/audit_layer.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace pgwire::test::audit_tests {

namespace {

/// Writes events down.
struct notebook {
    journal log = new_journal();

    void operator()(audit_event const& e) noexcept {
        constexpr std::string_view names[] = {"connected", "authenticated", "refused", "disconnected"};
        *log += std::string(names[static_cast<std::size_t>(e.what)]) + '(' + e.who.user;
        if (e.why != nullptr) *log += ' ' + std::string(e.why->code.view()) + ' ' + e.why->message;
        CHECK(e.duration >= std::chrono::nanoseconds(0));
        *log += ") ";
    }
};

struct guarded {
    struct check {
        bool operator()(std::string_view password) const { return password == "secret"; }
    };
    auto authenticate(login_info const&) { return cleartext_login(check{}); }
    command execute(request const&) { return {"OK"}; }
};
/// Has all the hooks that the audit has, too.
struct talkative : guarded {
    journal log = new_journal();
    void on_connect(login_info const&) noexcept { *log += "connect "; }
    void on_refused(login_info const&, diagnostic const& d) noexcept { *log += std::string(d.code.view()) + ' '; }
    task<> on_start(session_context&) {
        *log += "start ";
        co_return;
    }
};

template<class H>
using audited = audit_layer<H, notebook>;

template<class H = guarded>
std::string events_of(script const& messages, H const& inner = {}) {
    asio::io_context io;
    registry sessions;
    deadlines clock(io.get_executor(), std::chrono::milliseconds(1));
    auto const peer = std::make_shared<memory_peer>();
    peer->input.push_back(joined(messages));
    notebook const notes;
    server_options const options;
    {
        session<audited<H>, memory_stream> one(memory_stream(io.get_executor(), peer), audited<H>(notes, inner),
                                               sessions, clock, options);
        asio::co_spawn(io, one.run(), [&clock](std::exception_ptr const&) { clock.stop(); });
        io.run();
    }
    return *notes.log;
}

[[nodiscard]] std::string password(std::string_view text) { return frame(password_message{text}); }

}  // namespace

TEST_CASE("an audit sees who came, was let in, and left") {
    CHECK(events_of({startup(), password("secret"), query("x"), terminate()}) ==
          "connected() authenticated(alice) disconnected(alice) ");
}

TEST_CASE("an audit sees why somebody was not let in") {
    CHECK(events_of({startup(), password("guess")}) ==
          "connected() refused(alice 28P01 password authentication failed for user \"alice\") disconnected(alice) ");
    CHECK(events_of({startup()}) ==
          "connected() refused(alice 08006 the connection was closed during authentication) disconnected(alice) ");
    CHECK(events_of({"GET / HTTP/1.1\r\n\r\n"}) ==
          "connected() refused( 08P01 invalid length of startup packet) disconnected() ");
    CHECK(events_of({startup({})}).starts_with("connected() refused( 28000 no PostgreSQL user name"));
    CHECK(events_of({startup({{"user", "alice"}}, protocol_version{2, 0})}).starts_with("connected() refused( 0A000 "));
    CHECK(events_of({}) == "connected() disconnected() ");
    CHECK(events_of({frame(cancel_request{1, {"keys"}})}) == "connected() disconnected() ");
}

TEST_CASE("an audit takes nothing away from the handler") {
    talkative one;
    CHECK(events_of({startup(), password("secret"), terminate()}, one) ==
          "connected() authenticated(alice) disconnected(alice) ");
    CHECK(*one.log == "connect start ");
    talkative other;
    events_of({startup(), password("guess")}, other);
    CHECK(*other.log == "connect 28P01 ");
}

}  // namespace pgwire::test::audit_tests
