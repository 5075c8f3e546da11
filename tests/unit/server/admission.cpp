// How many may come, from where, and how often they may come and fail.
#include "tests/support/engine.hpp"

#include "pgwire/auth/oauth.hpp"
#include "pgwire/auth/password.hpp"
#include "pgwire/server/admission.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pgwire::test::admission_tests {

namespace {

using verdict = admission::verdict;
using std::chrono::seconds;

/// A handler that asks for a password.
struct guarded {
    struct check {
        bool operator()(std::string_view password) const { return password == "secret"; }
    };
    auto authenticate(login_info const&) { return cleartext_login(check{}); }
    command execute(request const&) { return {"OK"}; }
};

/// A session that has a place, or not.
template<class Handler>
std::string told(admission& house, std::string_view address, script const& messages) {
    asio::io_context io;
    registry sessions;
    deadlines clock(io.get_executor(), std::chrono::milliseconds(1));
    auto const peer = std::make_shared<memory_peer>();
    peer->info = {
        .address = std::string(address), .is_local = true, .is_secure = false, .is_unix = false, .user_id = {}};
    peer->input.push_back(joined(messages));
    admission::place place(house, address);
    server_options const options;
    session<Handler, memory_stream> one(memory_stream(io.get_executor(), peer), Handler{}, sessions, clock, options, nullptr,
                                        &place);
    asio::co_spawn(io, one.run(), [&clock](std::exception_ptr const&) { clock.stop(); });
    io.run();
    return shape(peer->output);
}

/// What a handler sees of a client that came through a proxy.
struct witness {
    static inline std::string seen;
    authentication authenticate(login_info const& who) {
        seen = who.peer.address + (who.peer.is_local ? " local" : " far");
        return authentication::trust;
    }
    command execute(request const&) { return {"OK"}; }
};
[[nodiscard]] std::string seen_through(std::string const& header, bool proxy_is_local = true,
                                       admission* house = nullptr) {
    asio::io_context io;
    registry sessions;
    deadlines clock(io.get_executor(), std::chrono::milliseconds(1));
    auto const peer = std::make_shared<memory_peer>();
    peer->info = {.address = proxy_is_local ? "127.0.0.1" : "10.0.0.1",
                  .is_local = proxy_is_local,
                  .is_secure = false,
                  .is_unix = false,
                  .user_id = {}};
    for (char const c : header) peer->input.emplace_back(1, c);
    peer->input.push_back(startup() + terminate());
    admission own;
    admission::place place(house == nullptr ? own : *house);
    server_options const options;
    session<witness, memory_stream> one(memory_stream(io.get_executor(), peer), {}, sessions, clock, options, nullptr,
                                        &place);
    one.expect_proxy_header();
    witness::seen = "nobody";
    asio::co_spawn(io, one.run(), [&clock](std::exception_ptr const&) { clock.stop(); });
    io.run();
    return witness::seen;
}

[[nodiscard]] std::string password(std::string_view text) { return frame(password_message{text}); }

}  // namespace

TEST_CASE("places are counted in total, by address and by user, and are free again when somebody leaves") {
    admission house({.connections = 5, .per_address = 2, .per_user = 1, .entering = 0});
    std::deque<admission::place> places;
    CHECK(places.emplace_back(house, "192.0.2.1").on_arrival() == verdict::welcome);
    CHECK(places.emplace_back(house, "192.0.2.1").on_arrival() == verdict::welcome);
    CHECK(admission::place(house, "192.0.2.1").on_arrival() == verdict::full_address);
    CHECK(places.emplace_back(house, "192.0.2.2").on_arrival() == verdict::welcome);
    CHECK(places.emplace_back(house, "").on_arrival() == verdict::welcome);  // Unix sockets have no address
    CHECK(places.emplace_back(house, "").on_arrival() == verdict::welcome);
    CHECK(admission::place(house, "").on_arrival() == verdict::full);
    CHECK(places[0].logged_in("alice") == verdict::welcome);
    CHECK(places[1].logged_in("alice") == verdict::full_user);
    CHECK(places[2].logged_in("bob") == verdict::welcome);
    places.pop_front();
    CHECK(places[2].logged_in("alice") == verdict::welcome);
    CHECK(admission::place(house, "192.0.2.1").on_arrival() == verdict::welcome);
}

TEST_CASE("a user comes so often in a minute, from wherever") {
    admission house({.user_arrivals = {2}});
    for (char const* address : {"10.0.0.1", "10.0.0.2"}) {
        admission::place place(house, address);
        CHECK(place.logged_in("alice") == verdict::welcome);
    }
    admission::place third(house, "10.0.0.3"), bobs(house, "10.0.0.1");
    CHECK(third.logged_in("alice") == verdict::user_too_often);
    CHECK(bobs.logged_in("bob") == verdict::welcome);
    admission other({.user_arrivals = {1}});
    CHECK(told<engine>(other, "127.0.0.1", {startup(), terminate()}).ends_with("Z(I)"));
    CHECK(told<engine>(other, "127.0.0.2", {startup(), terminate()}) == "E(FATAL 53400)");
}

TEST_CASE("who is not yet authenticated has places of its own") {
    admission house({.entering = 2});
    admission::place first(house, "192.0.2.1"), second(house, "192.0.2.2");
    CHECK(admission::place(house, "192.0.2.3").on_arrival() == verdict::unheard);
    CHECK(first.logged_in("alice") == verdict::welcome);
    CHECK(admission::place(house, "192.0.2.3").on_arrival() == verdict::welcome);
    admission other({.entering_per_address = 2});
    admission::place one(other, "192.0.2.1"), two(other, "192.0.2.1");
    CHECK(admission::place(other, "192.0.2.1").on_arrival() == verdict::unheard);
    CHECK(admission::place(other, "192.0.2.2").on_arrival() == verdict::welcome);
    CHECK(one.logged_in("alice") == verdict::welcome);
    CHECK(admission::place(other, "192.0.2.1").on_arrival() == verdict::welcome);
}

TEST_CASE("addresses of IPv6 count by their network, and mapped ones as those of IPv4") {
    for (auto const& [one, other, is_same] :
         {std::tuple("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
          std::tuple("2001:db8:1:2::1", "2001:db8:1:3::1", false), std::tuple("2001:db8::1", "2001:db8:0:0:5::", true),
          std::tuple("2001:db8::1:0:0:0:1", "2001:db8::1", false), std::tuple("2001:db8:0:1::", "2001:db8::", false),
          std::tuple("::1", "::2", true), std::tuple("fe80::1%eth0", "fe80::2%eth1", true),
          std::tuple("::ffff:192.0.2.1", "192.0.2.1", true), std::tuple("192.0.2.1", "192.0.2.2", false)}) {
        INFO(one << " and " << other);
        admission house({.per_address = 1});
        admission::place const first(house, one);
        CHECK((admission::place(house, other).on_arrival() == verdict::full_address) == is_same);
    }
}

TEST_CASE("a meter lets so many through at once, and then one each sixtieth of a minute, or whatever its limit is") {
    detail::rate_meter meter;
    rate_limit const limit{6};
    auto now = detail::rate_meter::clock::now();
    auto const pass = [&] {
        if (meter.is_spent(limit, now)) return false;
        meter.spend(limit, now);
        return true;
    };
    for (int i = 0; i != 6; ++i) CHECK(pass());
    CHECK_FALSE(pass());
    now += seconds(9);
    CHECK_FALSE(pass());
    now += seconds(1);
    CHECK(pass());
    CHECK_FALSE(pass());
    CHECK_FALSE(meter.is_full(now));
    now += seconds(60);
    CHECK(meter.is_full(now));
    for (int i = 0; i != 6; ++i) CHECK(pass());
    CHECK_FALSE(pass());
    meter = {};
    for (int i = 0; i != 1000; ++i) {
        CHECK_FALSE(meter.is_spent({}, now));
        meter.spend({}, now);
    }
}

TEST_CASE("an address comes so often, and no more") {
    admission house({.arrivals = {3}});
    for (int i = 0; i != 3; ++i) CHECK(admission::place(house, "192.0.2.1").on_arrival() == verdict::welcome);
    CHECK(admission::place(house, "192.0.2.1").on_arrival() == verdict::too_often);
    CHECK(admission::place(house, "192.0.2.2").on_arrival() == verdict::welcome);
}

TEST_CASE("who fails too often is not asked again, from there, or at all") {
    admission house({.failures = {2}, .user_failures = {3}});
    script const wrong{startup(), password("guess")}, right{startup(), password("secret"), terminate()};
    CHECK(told<guarded>(house, "192.0.2.1", wrong) == "R(3) E(FATAL 28P01)");
    CHECK(told<guarded>(house, "192.0.2.1", {startup()}) == "R(3)");  // has not answered, so has not failed
    CHECK(told<guarded>(house, "192.0.2.1", {startup(), query("x")}) == "R(3) E(FATAL 08P01)");
    CHECK(told<guarded>(house, "192.0.2.1", right) == "E(FATAL 53400)");
    CHECK(told<guarded>(house, "192.0.2.2", right).starts_with("R(3) R(0)"));
    CHECK(told<guarded>(house, "192.0.2.2", wrong) == "R(3) E(FATAL 28P01)");
    CHECK(told<guarded>(house, "192.0.2.3", right) == "E(FATAL 53400)");  // the user has failed three times
    CHECK(told<guarded>(house, "192.0.2.3", {startup({{"user", "bob"}}), password("secret"), terminate()})
              .starts_with("R(3) R(0)"));
}

TEST_CASE(
    "a token that is not good is a failure, told or not; to ask where to get one is none, and a check that throws is "
    "one") {
    struct by_token {
        struct validator {
            bool operator()(std::string_view token, std::string_view) const {
                if (token == "throw") throw std::runtime_error("no JWT");
                return token == "good";
            }
        };
        auto authenticate(login_info const& who) { return oauth_login({"https://issuer", ""}, who.user, validator{}); }
        command execute(request const&) { return {"OK"}; }
    };
    auto const token = [](std::string_view t) {
        return frame(sasl_initial_response{oauthbearer, value(make_oauth_response(t))});
    };
    script const discovery{startup(), token(""), frame_of('p', "\1")}, probe{startup(), token("bad")},
        thrown{startup(), token("throw")}, good{startup(), token("good"), terminate()};
    admission house({.failures = {2}});
    for (int i = 0; i != 5; ++i) CHECK(told<by_token>(house, "192.0.2.1", discovery) == "R(10) R(11) E(FATAL 28000)");
    CHECK(told<by_token>(house, "192.0.2.1", probe) == "R(10) R(11)");
    CHECK(told<by_token>(house, "192.0.2.1", good).starts_with("R(10) R(0)"));
    CHECK(told<by_token>(house, "192.0.2.1", thrown) == "R(10) E(FATAL XX000)");
    CHECK(told<by_token>(house, "192.0.2.1", good) == "E(FATAL 53400)");
}

TEST_CASE("who is one too many is told so before it is asked for anything, or when it is known who it is") {
    admission house({.connections = 1, .per_user = 1});
    CHECK(told<guarded>(house, "192.0.2.1", {startup(), password("secret"), terminate()}).starts_with("R(3) R(0)"));
    admission::place taken(house, "192.0.2.2");
    CHECK(told<guarded>(house, "192.0.2.1", {startup(), password("secret")}) == "E(FATAL 53300)");
    admission other({.per_user = 1});
    admission::place alice(other, "192.0.2.2");
    CHECK(alice.logged_in("alice") == verdict::welcome);
    CHECK(told<guarded>(other, "192.0.2.1", {startup(), password("secret")}) == "R(3) E(FATAL 53300)");
}

TEST_CASE("a million wrong keys are mostly not looked at") {
    admission house({.wrong_cancels = {60}});
    registry sessions;
    int looked_at = 0;
    for (int i = 0; i != 1'000'000; ++i) {
        admission::place guesser(house, "192.0.2.1");
        if (!guesser.may_cancel()) continue;
        ++looked_at;
        if (!sessions.cancel(i, "keys")) guesser.cancel_failed();
    }
    CHECK(looked_at >= 60);
    CHECK(looked_at < 200);
    CHECK(admission::place(house, "192.0.2.2").may_cancel());
}

TEST_CASE("a proxy says whom it speaks for, and is not mistaken for its clients") {
    auto const block = [](char command, char family, std::string_view rest) {
        return "\r\n\r\n\0\r\nQUIT\n"s + command + family + '\0' + static_cast<char>(rest.size()) + std::string(rest);
    };
    CHECK(seen_through("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n") == "192.0.2.1 far");
    CHECK(seen_through("PROXY TCP6 2001:DB8::0:1 ::1 1 2\r\n") == "2001:db8::1 far");
    CHECK(seen_through("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n") == "192.0.2.1 far");
    CHECK(seen_through("PROXY TCP4 127.0.0.1 10.0.0.1 1 2\r\n") == "127.0.0.1 local");
    CHECK(seen_through("PROXY TCP4 127.0.0.1 10.0.0.1 1 2\r\n", false) == "127.0.0.1 far");  // that is the proxy's own
    CHECK(seen_through("PROXY UNKNOWN\r\n") == " far");
    CHECK(seen_through(block('\x21', '\x31', std::string(216, 'x'))) == " far");
    CHECK(seen_through(block('\x20', '\0', "")) == "127.0.0.1 local");
    CHECK(seen_through("PROXY TCP4 999.0.2.1 10.0.0.1 1 2\r\n") == "nobody");
    CHECK(seen_through("") == "nobody");  // a client that is no proxy
    admission house({.per_address = 1});
    admission::place const taken(house, "192.0.2.1");
    CHECK(seen_through("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n", true, &house) == "nobody");
    CHECK(seen_through("PROXY TCP4 192.0.2.2 10.0.0.1 1 2\r\n", true, &house) == "192.0.2.2 far");
}

TEST_CASE("what is remembered of addresses is bounded") {
    admission house({.failures = {10}});
    for (int i = 0; i != 200'000; ++i) {
        admission::place one(house, std::to_string(i % 251) + '.' + std::to_string(i / 251 % 251) + '.' +
                                        std::to_string(i / 63001) + ".1");
        one.login_failed("alice");
    }
    CHECK(house.remembered() <= 65'536);
    CHECK(admission::place(house, "192.0.2.1").on_arrival() == verdict::welcome);
}

}  // namespace pgwire::test::admission_tests
