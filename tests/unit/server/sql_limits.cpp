// The deadlines of a session of SQL are settings: SET statement_timeout and its kin.
#include "pgwire/server/sql_layer.hpp"
#include "tests/support/engine.hpp"

#include <chrono>
#include <string>

namespace pgwire::test::sql_limits_tests {

namespace {

using namespace std::chrono_literals;

/// `wait` takes a day, and so does `work`, which says in its own words that it was interrupted.
struct waiting_engine {
    task<command> execute(request const& r) {
        if (r.text != "wait" && r.text != "work") co_return command("OK");
        asio::steady_timer timer(r.session().executor(), 24h);
        error_code ec;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        if (r.text == "work") throw sql_error(sqlstates::query_canceled, "interrupted");
        if (ec) throw system_error(ec);
        co_return command("OK");
    }
};

using live = live_session<sql_layer<waiting_engine>>;

}  // namespace

TEST_CASE("SET statement_timeout gives the statements that follow a deadline, and 0 takes it away") {
    live one;
    one.enter();
    CHECK(one.send({query("SET statement_timeout = '20ms'")}).hear() == "C(SET) Z(I)");
    one.send({query("wait")});
    CHECK(one.run_until_heard("E(57014) Z(I)") == "E(57014) Z(I)");
    CHECK(message_in(after_login(one.peer().output)) == "canceling statement due to statement timeout");
    CHECK(one.send({query("more")}).hear() == "C(OK) Z(I)");

    CHECK(one.send({query("SET statement_timeout = 0")}).hear() == "C(SET) Z(I)");
    one.send({query("wait")});
    for (int i = 0; i != 10; ++i) one.io().run_one_for(20ms);
    CHECK(one.hear().empty());
    one.context().handle().cancel();
    CHECK(one.run_until_heard("E(57014) Z(I)") == "E(57014) Z(I)");
    CHECK(one.peer().output.find("canceling statement due to user request") != std::string::npos);
}
TEST_CASE("why a statement was given up is what the client is told, in whatever words the engine says that it was") {
    live one;
    one.enter();
    one.send({query("SET statement_timeout = '20ms'"), query("work")});
    CHECK(one.run_until_heard("C(SET) Z(I) E(57014) Z(I)") == "C(SET) Z(I) E(57014) Z(I)");
    CHECK(message_in(after_login(one.peer().output)) == "canceling statement due to statement timeout");
}
TEST_CASE("a deadline that is set in a transaction ends with its ROLLBACK, one that is LOCAL also with its COMMIT") {
    live one;
    one.enter();
    one.send({query("BEGIN"), query("SET statement_timeout = '20ms'"), query("ROLLBACK")});
    CHECK(one.context().limits().statement == 0ms);
    one.send({query("BEGIN"), query("SET LOCAL statement_timeout = '1min'")});
    CHECK(one.context().limits().statement == 60s);
    one.send({query("COMMIT")});
    CHECK(one.context().limits().statement == 0ms);
    one.send({query("SET statement_timeout = '1min'"), query("RESET ALL")});
    CHECK(one.context().limits().statement == 0ms);
}
TEST_CASE("SHOW says the deadlines that the server gives, and RESET goes back to them") {
    live one({}, {.statement_timeout = 90s, .idle_timeout = 1h, .idle_in_transaction_timeout = 1500ms});
    one.enter();
    CHECK(rows_in(one.send({query("SHOW statement_timeout")}).hear_bytes()) == "90s");
    CHECK(rows_in(one.send({query("SHOW idle_session_timeout")}).hear_bytes()) == "1h");
    CHECK(rows_in(one.send({query("SHOW idle_in_transaction_session_timeout")}).hear_bytes()) == "1500ms");
    one.send({query("SET statement_timeout = 5"), query("RESET statement_timeout")});
    CHECK(one.context().limits().statement == 90s);
}
TEST_CASE("SET idle_session_timeout sends a client away that idles for longer, and 0 lets it stay") {
    live one;
    one.enter();
    one.send({query("SET idle_session_timeout = 10")});
    one.send({query("SET idle_session_timeout = 0")});
    for (int i = 0; i != 10; ++i) one.io().run_one_for(20ms);
    CHECK(one.hear() == "C(SET) Z(I) C(SET) Z(I)");
    one.send({query("SET idle_session_timeout = 10")});
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "C(SET) Z(I) E(FATAL 57P05)");
}
TEST_CASE("SET idle_in_transaction_session_timeout holds in transactions only") {
    live one;
    one.enter();
    one.send({query("SET idle_in_transaction_session_timeout = 10")});
    for (int i = 0; i != 10; ++i) one.io().run_one_for(20ms);
    CHECK(one.hear() == "C(SET) Z(I)");
    one.send({query("BEGIN")});
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "C(BEGIN) Z(T) E(FATAL 25P03)");
}
TEST_CASE("a deadline may come with the startup packet") {
    live one;
    one.enter(startup({{"user", "alice"}, {"options", "-c statement_timeout=7s"}}));
    CHECK(one.context().limits().statement == 7s);
}

}  // namespace pgwire::test::sql_limits_tests
