// The way in: negotiation, authentication, and what a client is told at the start.
#include "tests/support/engine.hpp"

#include <algorithm>

namespace pgwire::test::login_tests {

namespace {

struct greeter {
    journal log = new_journal();

    command execute(request const&) { return {"OK"}; }
    void on_start(session_context& session) {
        auto const& who = session.login();
        *log += who.user + '/' + who.database + '/' + std::to_string(who.protocol_minor);
    }
};

/// Lets in whom it likes.
struct doorman : greeter {
    authentication authenticate(login_info const& who) {
        *log += '?';
        if (who.user == "crash") throw std::runtime_error("a secret");
        if (who.user == "error") throw sql_error(sqlstates::invalid_password, "no");
        return who.user == "alice" ? authentication::trust : authentication::reject;
    }
    void on_error(diagnostic& d, std::string_view) { d.severity = severity::error; }  // it is FATAL all the same
};

struct slow_doorman : greeter {
    task<authentication> authenticate(login_info const& who) {
        co_await async_engine::suspend();
        co_return who.user == "alice" ? authentication::trust : authentication::reject;
    }
    task<> on_start(session_context& session) {
        co_await async_engine::suspend();
        greeter::on_start(session);
    }
};

/// Fails when the session starts.
struct inhospitable : greeter {
    bool crash = false;
    void on_start(session_context&) {
        if (crash) throw std::runtime_error("a secret");
        throw sql_error(sqlstates::undefined_database, "no such database");
    }
};

struct talkative : greeter {
    void on_start(session_context& session) {
        diagnostic d;
        d.severity = severity::notice;
        d.code = sqlstates::successful_completion;
        d.message = "hello";
        session.notice(d);
        session.set_parameter("server_version", "99.9");
        session.set_parameter("motto", "none");
    }
};

/// The login's answers, whichever way the bytes come.
template<class Handler = greeter>
std::string login_with(script const& messages, Handler const& handler = {}, server_options const& options = {},
                       peer_info const* from = nullptr) {
    auto const one = run_session(handler, messages, {}, options, from);
    auto const slow =
        run_session(handler, messages, {.byte_by_byte = true, .write_limit = 7, .hesitates = true}, options, from);
    CHECK(one.has_ended);
    CHECK(slow.has_ended);
    // process IDs count up and keys are random, so only their shape is the same
    CHECK(shape(slow.output) == shape(one.output));
    return one.output;
}

/// Without the ParameterStatus messages.
std::string without_parameters(std::string_view output) {
    std::string all;
    for (auto const& a : frames(output))
        if (a.tag != 'S') all += (all.empty() ? "" : " ") + shape({a.body.data() - 5, a.body.size() + 5});
    return all;
}

std::string parameter_in(std::string_view output, std::string_view name) {
    std::string found = "none";
    for (auto const& a : frames(output))
        if (auto const m = decode<parameter_status>(a.body); a.tag == 'S' && m && m->name == name) found = m->value;
    return found;
}

backend_key_data key_in(std::string_view output) {
    for (auto const& a : frames(output))
        if (a.tag == 'K') return *decode<backend_key_data>(a.body);
    return {};
}

constexpr peer_info far_away() { return {}; }

}  // namespace

TEST_CASE("a login is answered by AuthenticationOk, parameters, a key and ReadyForQuery") {
    auto const output = login_with({startup()});
    CHECK(without_parameters(output) == "R(0) K Z(I)");
    auto const all = frames(output);
    CHECK(all.front().tag == 'R');
    CHECK(all[all.size() - 2].tag == 'K');
    CHECK(key_in(output).process_id > 0);
}

TEST_CASE("the parameters that PostgreSQL reports are reported once each") {
    auto const output = login_with({startup({{"user", "alice"}, {"application_name", "test"}})});
    for (auto const name : {"application_name", "client_encoding", "DateStyle", "default_transaction_read_only",
                            "in_hot_standby", "integer_datetimes", "IntervalStyle", "is_superuser", "scram_iterations",
                            "search_path", "server_encoding", "server_version", "session_authorization",
                            "standard_conforming_strings", "TimeZone"})
        CHECK(parameter_in(output, name) != "none");
    auto const all = frames(output);
    CHECK(std::count_if(all.begin(), all.end(), [](answer const& a) { return a.tag == 'S'; }) == 15);
    CHECK(parameter_in(output, "application_name") == "test");
    CHECK(parameter_in(output, "session_authorization") == "alice");
    CHECK(parameter_in(output, "client_encoding") == "UTF8");
}

TEST_CASE("on_start may change parameters and send notices, before the session is ready") {
    auto const output = login_with({startup()}, talkative{});
    CHECK(without_parameters(output) == "R(0) N(00000) K Z(I)");
    CHECK(parameter_in(output, "server_version") == "99.9");
    CHECK(parameter_in(output, "motto") == "none");
}

// ---- negotiation

TEST_CASE("protocol 3.2 gets a key of 32 bytes, 3.0 and 3.1 one of 4, and nobody a NegotiateProtocolVersion") {
    for (int const minor : {0, 1, 2}) {
        auto const output = login_with({startup({{"user", "alice"}}, {3, static_cast<std::uint16_t>(minor)})});
        CHECK(without_parameters(output) == "R(0) K Z(I)");
        CHECK(key_in(output).key.bytes.size() == (minor == 2 ? 32 : 4));
    }
}

TEST_CASE("a newer minor version, or an unknown option of the protocol, is negotiated once, before authentication") {
    auto const newer = login_with({startup({{"user", "alice"}}, {3, 9999})});
    CHECK(without_parameters(newer) == "v(3.2) R(0) K Z(I)");
    CHECK(frames(newer).front().body.substr(0, 4) == "\0\3\0\2"sv);  // the whole word of the version
    CHECK(key_in(newer).key.bytes.size() == 32);
    CHECK(without_parameters(login_with({startup({{"_pq_.b", "1"}, {"user", "alice"}, {"_pq_.a", ""}}, {3, 0})})) ==
          "v(3.0 _pq_.b _pq_.a) R(0) K Z(I)");
    CHECK(without_parameters(login_with({startup({{"user", "alice"}, {"_pq_.test_protocol_negotiation", ""}}, {3, 9999})})) ==
          "v(3.2 _pq_.test_protocol_negotiation) R(0) K Z(I)");
}

TEST_CASE("another major version is FATAL 0A000") {
    CHECK(login_with({startup({{"user", "alice"}}, {2, 0})}) ==
          "EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.2\n\0"sv);  // as that client expects it
    for (auto const version : {protocol_version{4, 0}, protocol_version{1000, 1}}) {
        auto const output = login_with({startup({{"user", "alice"}}, version)});
        CHECK(shape(output) == "E(FATAL 0A000)");
        CHECK(message_in(output) == "unsupported frontend protocol " + std::to_string(version.major) + '.' +
                                        std::to_string(version.minor) + ": server supports 3.0 to 3.2");
    }
}

TEST_CASE("encryption is declined with N, each kind may be asked once, in any order") {
    auto const ssl = frame(ssl_request{});
    auto const gss = frame(gssenc_request{});
    auto const ask = [](script const& requests) {
        live_session<greeter> one;
        std::string heard;
        for (auto const& r : requests) heard += one.send({r}).hear_bytes();
        heard += std::string(without_parameters(one.send({startup()}).hear_bytes()));
        return heard;
    };
    CHECK(ask({}) == "R(0) K Z(I)");
    CHECK(ask({ssl}) == "NR(0) K Z(I)");
    CHECK(ask({gss}) == "NR(0) K Z(I)");
    CHECK(ask({ssl, gss}) == "NNR(0) K Z(I)");
    CHECK(ask({gss, ssl}) == "NNR(0) K Z(I)");
    for (auto const& third : {ssl, gss}) {
        live_session<greeter> one;
        CHECK(one.send({ssl}).send({gss}).hear_bytes() == "NN");
        CHECK(one.send({third}).hear() == "E(FATAL 0A000)");
        CHECK(one.has_ended());
    }
}

TEST_CASE("what stands behind an SSLRequest before its answer is refused: FATAL 08P01") {
    for (auto const& request : {frame(ssl_request{}), frame(gssenc_request{})}) {
        auto const one = run_session(greeter{}, {request, startup()});
        CHECK(one.has_ended);
        REQUIRE(one.output.starts_with('N'));
        CHECK(shape(std::string_view(one.output).substr(1)) == "E(FATAL 08P01)");
        CHECK(shape(run_session(greeter{}, {request + "x"}).output.substr(1)) == "E(FATAL 08P01)");
    }
}

// ---- the startup packet

TEST_CASE("startup and queries in one segment work, and so does a startup in single bytes") {
    auto const output = login_with({startup(), query("a"), query("b")});
    CHECK(shape(after_login(output)) == "C(OK) Z(I) C(OK) Z(I)");
}

TEST_CASE("the database is the user's name if none is given, and of duplicate names the last one counts") {
    greeter handler;
    static_cast<void>(run_session(handler, {startup()}));
    static_cast<void>(run_session(handler, {startup({{"user", "a"}, {"database", "x"}, {"user", "b"}, {"database", "y"}},
                                                    protocol_3_2)}));
    CHECK(*handler.log == "alice/alice/0b/y/2");
}

TEST_CASE("names of users and databases are cut after 63 bytes") {
    greeter handler;
    static_cast<void>(
        run_session(handler, {startup({{"user", std::string(100, 'u')}, {"database", std::string(64, 'd')}})}));
    CHECK(*handler.log == std::string(63, 'u') + '/' + std::string(63, 'd') + "/0");
}

TEST_CASE("other parameters of the startup packet are kept, found without regard to case, the last of them") {
    struct curious : greeter {
        void on_start(session_context& session) {
            *log = std::string(session.login().option("datestyle")) + '/' +
                   std::string(session.login().option("DATESTYLE")) + '/' +
                   std::string(session.login().option("nothing"));
        }
    };
    curious handler;
    static_cast<void>(
        run_session(handler, {startup({{"user", "a"}, {"DateStyle", "ISO"}, {"DateStyle", "German"}})}));
    CHECK(*handler.log == "German/German/");
}

TEST_CASE("a startup without a user is FATAL 28000") {
    CHECK(shape(login_with({startup({})})) == "E(FATAL 28000)");
    CHECK(shape(login_with({startup({{"user", ""}})})) == "E(FATAL 28000)");
    CHECK(shape(login_with({startup({{"database", "x"}})})) == "E(FATAL 28000)");
}

TEST_CASE("a startup packet without its terminator is FATAL 08P01") {
    auto const body_to_packet = [](std::string const& body) {
        std::string length(4, '\0');
        store(length.data(), static_cast<std::uint32_t>(body.size() + 4));
        return length + body;
    };
    for (auto const& rest : {"user\0alice\0"s, "user\0alice"s, "user\0"s, ""s, "user\0alice\0\0x"s})
        CHECK(shape(login_with({body_to_packet("\0\3\0\0"s + rest), query("a")})) == "E(FATAL 08P01)");
}

TEST_CASE("a startup packet may have 10004 bytes, and one more closes without a word") {
    auto const with_length = [](std::size_t length) {
        auto const fixed = startup({{"user", "alice"}, {"x", ""}}).size();
        return startup({{"user", "alice"}, {"x", std::string(length - fixed, 'x')}});
    };
    CHECK(with_length(10'004).size() == 10'004);
    CHECK(without_parameters(login_with({with_length(10'004)})) == "R(0) K Z(I)");
    CHECK(login_with({with_length(10'005)}) == "");
}

TEST_CASE("garbage closes without a word") {
    CHECK(login_with({"GET / HTTP/1.1\r\n\r\n"}) == "");
    CHECK(login_with({"\0\0\0\0"s}) == "");
    CHECK(login_with({"\0\0\0\7\0\3\0"s}) == "");
    CHECK(login_with({"\xff\xff\xff\xff\0\3\0\0"s}) == "");
    CHECK(login_with({query("a")}) == "");
    CHECK(login_with({""}) == "");
}

TEST_CASE("a frame near one gigabyte is not accepted before authentication") {
    live_session<greeter> one;
    one.send({"\x3f\xff\xff\xfe"s});
    CHECK(one.hear() == "");
    CHECK(one.has_ended());
}

// ---- authentication

TEST_CASE("without authentication only this machine is trusted") {
    auto const somewhere = peer_info{.address = "192.0.2.1", .is_local = false, .is_secure = false};
    auto const output = login_with<greeter>({startup(), query("a")}, {}, {}, &somewhere);
    CHECK(shape(output) == "E(FATAL 28000)");
    CHECK(message_in(output) ==
          "no entry for host \"192.0.2.1\", user \"alice\", database \"alice\", no encryption");
}

TEST_CASE("a handler that authenticates decides for itself who enters, from anywhere") {
    auto const somewhere = far_away();
    CHECK(without_parameters(login_with({startup()}, doorman{}, {}, &somewhere)) == "R(0) K Z(I)");
    CHECK(without_parameters(login_with({startup()}, slow_doorman{}, {}, &somewhere)) == "R(0) K Z(I)");
    CHECK(shape(login_with({startup({{"user", "bob"}}), query("a")}, doorman{})) == "E(FATAL 28000)");
    CHECK(shape(login_with({startup({{"user", "bob"}}), query("a")}, slow_doorman{})) == "E(FATAL 28000)");
}

TEST_CASE("no failure before authentication is complete leads to ReadyForQuery") {
    CHECK(shape(login_with({startup({{"user", "error"}}), query("a"), sync()}, doorman{})) == "E(FATAL 28P01)");
    auto const crashed = login_with({startup({{"user", "crash"}}), query("a"), sync()}, doorman{});
    CHECK(shape(crashed) == "E(FATAL XX000)");
    CHECK(crashed.find("secret") == std::string::npos);
    doorman handler;
    static_cast<void>(run_session(handler, {startup({{"user", "bob"}}), startup(), query("a")}));
    CHECK(*handler.log == "?");  // asked once, and never started
}

TEST_CASE("a session that fails to start is FATAL after AuthenticationOk") {
    CHECK(shape(login_with({startup(), query("a")}, inhospitable{})) == "R(0) E(FATAL 3D000)");
    inhospitable handler;
    handler.crash = true;
    CHECK(shape(login_with({startup(), query("a")}, handler)) == "R(0) E(FATAL XX000)");
}

TEST_CASE("a name that is not UTF-8 is refused") {
    CHECK(shape(login_with({startup({{"user", "\xff"}})})) == "E(FATAL 22021)");
}

TEST_CASE("each connection authenticates for itself") {
    doorman handler;
    live_session<doorman> one(handler);
    live_session<doorman> two(handler);
    one.send({startup({{"user", "bob"}})});
    two.enter(startup({{"user", "alice"}}));
    CHECK(one.hear() == "E(FATAL 28000)");
    CHECK(two.send({query("a")}).hear() == "C(OK) Z(I)");
}

// ---- deadlines

TEST_CASE("a client that does not log in in time is closed without a word") {
    for (auto const& sent : {""s, "\0"s, startup().substr(0, 19)}) {
        live_session<greeter> one({}, {.login_timeout = std::chrono::milliseconds(5)});
        one.send({sent});
        CHECK(one.run_until_ended());
        CHECK(one.hear() == "");
    }
}

TEST_CASE("a client that sends a byte now and then is closed in time all the same") {
    live_session<greeter> one({}, {.login_timeout = std::chrono::milliseconds(20)});
    auto const begin = std::chrono::steady_clock::now();
    auto next = begin;
    CHECK(one.run_until([&] {
        if (std::chrono::steady_clock::now() > next && !one.has_ended()) {
            one.peer().send("\0"s);
            next += std::chrono::milliseconds(12);
        }
        return one.has_ended();
    }));
    CHECK(one.peer().output.empty());
}

TEST_CASE("the login's deadline does not matter once the client is in") {
    live_session<greeter> one({}, {.login_timeout = std::chrono::milliseconds(5)});
    one.enter();
    one.run_until([wake = std::chrono::steady_clock::now() + std::chrono::milliseconds(20)] {
        return std::chrono::steady_clock::now() > wake;
    });
    CHECK(!one.has_ended());
    CHECK(one.send({query("a")}).hear() == "C(OK) Z(I)");
}

}  // namespace pgwire::test::login_tests
