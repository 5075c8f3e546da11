// How many queries an address and a user may send in a minute.
#include "tests/support/engine.hpp"

#include "pgwire/server/query_rate_layer.hpp"

#include <memory>
#include <string>

namespace pgwire::test::query_rate_tests {

namespace {

struct engine_that_looks {
    journal log = new_journal();
    command execute(request const&) { return {"OK"}; }
    message_verdict on_message(frontend_message const& m) {
        *log += m.tag;
        return message_verdict::pass;
    }
};

template<class H>
using limited = query_rate_layer<H>;

[[nodiscard]] std::shared_ptr<query_rates> rates(query_limits const& limits) {
    return std::make_shared<query_rates>(limits);
}

struct session_from {
    std::shared_ptr<memory_peer> peer = std::make_shared<memory_peer>();
    live_session<limited<engine_that_looks>> one;

    explicit session_from(std::shared_ptr<query_rates> shared, std::string const& user, std::string const& address,
                          engine_that_looks inner = {})
        : one(limited<engine_that_looks>(std::move(shared), std::move(inner)), {}, {}, with(peer, address)) {
        one.enter(startup({{"user", user}}));
    }
    static std::shared_ptr<memory_peer> with(std::shared_ptr<memory_peer> p, std::string const& address) {
        p->info = {.address = address, .is_local = true, .is_secure = false, .is_unix = address.empty(), .user_id = {}};
        return p;
    }
    std::string ask(script const& messages) { return one.send(messages).hear(); }
};

}  // namespace

TEST_CASE("one query too many is refused, and the session goes on") {
    session_from a(rates({.per_user = {3}}), "alice", "192.0.2.1");
    CHECK(a.ask({query("x"), query("x"), query("x"), query("x")}) == "C(OK) Z(I) C(OK) Z(I) C(OK) Z(I) E(53400) Z(I)");
    CHECK(a.ask({parse("", "x"), bind(), execute(), sync()}) == "1 2 E(53400) Z(I)");
    CHECK(a.ask({parse("", "x"), bind(), sync()}) == "1 2 Z(I)");
}

TEST_CASE("all sessions of a user count together, also those that have ended, and other users are not touched") {
    auto const shared = rates({.per_user = {2}});
    {
        session_from first(shared, "alice", "192.0.2.1");
        CHECK(first.ask({query("x")}) == "C(OK) Z(I)");
    }
    session_from second(shared, "alice", "192.0.2.2"), third(shared, "alice", ""), bob(shared, "bob", "192.0.2.1");
    CHECK(second.ask({query("x")}) == "C(OK) Z(I)");
    CHECK(third.ask({query("x")}) == "E(53400) Z(I)");
    CHECK(bob.ask({query("x"), query("x")}) == "C(OK) Z(I) C(OK) Z(I)");
}

TEST_CASE("all sessions from an address count together, but not those of Unix sockets") {
    auto const shared = rates({.per_address = {1}});
    session_from alice(shared, "alice", "192.0.2.1"), bob(shared, "bob", "192.0.2.1"), far(shared, "bob", "192.0.2.2"),
        near(shared, "bob", "");
    CHECK(alice.ask({query("x")}) == "C(OK) Z(I)");
    CHECK(bob.ask({query("x")}) == "E(53400) Z(I)");
    CHECK(far.ask({query("x")}) == "C(OK) Z(I)");
    CHECK(near.ask({query("x"), query("x")}) == "C(OK) Z(I) C(OK) Z(I)");
}

TEST_CASE("what is refused of a user does not count for its address") {
    auto const shared = rates({.per_address = {4}, .per_user = {2}});
    session_from alice(shared, "alice", "192.0.2.1"), bob(shared, "bob", "192.0.2.1");
    CHECK(alice.ask({query("x"), query("x"), query("x"), query("x"), query("x")}) ==
          "C(OK) Z(I) C(OK) Z(I) E(53400) Z(I) E(53400) Z(I) E(53400) Z(I)");
    CHECK(bob.ask({query("x"), query("x")}) == "C(OK) Z(I) C(OK) Z(I)");
}

TEST_CASE("a handler below hears all messages but those that are refused") {
    engine_that_looks inner;
    session_from a(rates({.per_user = {1}}), "alice", "192.0.2.1", inner);
    a.ask({query("x"), query("x"), parse("", "x"), sync()});
    CHECK(*inner.log == "QPS");
}

}  // namespace pgwire::test::query_rate_tests
