// An idle session gives its buffers back, and nobody notices.
#include "pgwire/server/reported_parameters.hpp"
#include "tests/support/engine.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::test::rest_tests {

using namespace std::string_view_literals;

/// A session that is logged in, and rests.
class resting_session : public live_session<engine> {
public:
    explicit resting_session(server_options const& options = {}) : live_session({}, options) {
        enter();
        REQUIRE(peer().rests == 1);  // at once: many log in and say nothing for long
    }
    bool rest() {
        auto const before = peer().rests;
        return run_until([&] { return has_ended() || peer().rests > before; }) && !has_ended();
    }
};

TEST_CASE("an idle session gives its memory back, and answers when it is asked") {
    resting_session one;
    for (int i = 0; i != 3; ++i) {
        CHECK(one.send({query("echo x")}).hear() == answers(engine{}, {query("echo x")}));
        CHECK(one.rest());
    }
    CHECK(one.hear().empty());
}

TEST_CASE("half a message is not lost, however long the other half takes") {
    resting_session one;
    auto const all = query("echo x");
    one.send({all.substr(0, 9)});
    auto const before = one.peer().rests;
    auto const end = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
    one.run_until([end] { return std::chrono::steady_clock::now() > end; });
    CHECK(one.peer().rests == before);
    CHECK(one.send({all.substr(9)}).hear() == answers(engine{}, {all}));
}

TEST_CASE("a session that rests is told of what happens") {
    SECTION("the client leaves") {
        resting_session one;
        one.peer().hang_up();
        CHECK(one.run_until_ended());
    }
    SECTION("the client says that it leaves") {
        resting_session one;
        one.send({terminate()});
        CHECK(one.run_until_ended());
        CHECK(one.hear().empty());
    }
    SECTION("the server closes it") {
        resting_session one;
        one.close();
        CHECK(one.run_until_ended());
    }
    SECTION("the server is told to stop") {
        resting_session one;
        one.drain();
        CHECK(one.run_until_ended());
        CHECK(one.hear() == "E(FATAL 57P01)");
    }
    SECTION("it has been idle for too long") {
        server_options options;
        options.idle_timeout = std::chrono::milliseconds(50);
        resting_session one(options);
        CHECK(one.run_until_ended());
        CHECK(one.hear() == "E(FATAL 57P05)");
    }
    SECTION("a notification comes") {
        resting_session one;
        one.context().handle().notify("channel", "hello", 7);
        auto const before = one.peer().rests;
        CHECK(one.run_until_heard("A(channel,hello)") == "A(channel,hello)");
        CHECK(one.peer().rests == before + 1);  // it sleeps on, and gives back what that took
        CHECK(one.send({query("echo x")}).hear() == answers(engine{}, {query("echo x")}));
    }
}

/// The messages are answered as those of a session that never rests.
void check_rested(script const& messages, server_options const& options = {}) {
    resting_session one(options);
    std::string heard;
    for (auto const& m : messages) {
        heard += one.send({m}).hear_bytes();
        CHECK(one.rest());
    }
    CHECK(shape(heard) == answers(engine{}, messages, options));
}

TEST_CASE("what a client has made is there when its session has rested") {
    SECTION("statements, and how many there are") {
        server_options options;
        options.per_session.statements = 2;
        check_rested({parse("s", "select 3") + parse("", "echo $1") + sync(),
                      test::bind("", "s") + execute("", 2) + sync(),
                      test::bind("", "", {"value"}) + execute() + sync(),
                      parse("s", "select 1") + sync(),
                      parse("t", "select 1") + sync(),
                      parse("u", "select 1") + sync(),
                      close_statement("s") + sync(),
                      test::bind("", "s") + execute() + sync(),
                      parse("u", "select 1") + test::bind("", "u") + execute() + sync(),
                      query("echo x"),
                      test::bind("", "t") + execute() + sync()},
                     options);
    }
    SECTION("a transaction, and its portals") {
        check_rested({query("begin"),
                      parse("s", "select 3") + test::bind("p", "s") + execute("p", 1) + sync(),
                      execute("p", 1) + sync(),
                      query("fail"),
                      query("select 1"),
                      query("rollback"),
                      execute("p", 1) + sync()});
    }
    SECTION("what is to be dropped of a COPY that failed") {
        auto const data = copy_data(std::string(100, '!') + std::string(100'000, 'x'));
        resting_session one;
        auto heard = one.send({query("copy in"), data.substr(0, 1000)}).hear_bytes();
        CHECK(shape(heard) == "G E(22P04) Z(I)");
        CHECK(one.rest());
        heard += one.send({data.substr(1000, 500)}).hear_bytes();
        CHECK(one.rest());
        heard += one.send({data.substr(1500), query("echo x")}).hear_bytes();
        CHECK(shape(heard) == answers(engine{}, {query("copy in"), data, query("echo x")}));
    }
}

TEST_CASE("a session that has rested has the limits that it had") {
    server_options options;
    options.idle_timeout = std::chrono::milliseconds(150);
    options.idle_in_transaction_timeout = std::chrono::milliseconds(50);
    resting_session one(options);
    CHECK(one.send({query("begin")}).hear() == "C(BEGIN) Z(T)");
    CHECK(one.rest());
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "E(FATAL 25P03)");
}

// ---- the parameters that it keeps

class told {
public:
    void begin(std::vector<std::pair<std::string_view, std::string_view>> const& settings) { all_.begin(settings); }
    void set(std::string_view name, std::string_view setting) { all_.set(name, setting); }
    std::string report() {
        std::string said;
        if (all_.have_changed())
            all_.report([&said](std::string_view name, std::string_view setting) {
                said.append(said.empty() ? "" : " ").append(name).append("=").append(setting);
            });
        return said;
    }
    std::string_view get(std::string_view name) const { return all_.get(name); }

private:
    detail::reported_parameters all_;
};

TEST_CASE("a client is told all parameters once, and then what has changed") {
    told one;
    one.set("a", "1");
    one.set("Bee", "");
    one.set("bEE", "2");
    CHECK(one.report() == "a=1 Bee=2");
    CHECK(one.report().empty());
    one.set("A", "10");
    one.set("c", "3");
    CHECK(one.get("BEE") == "2");
    CHECK(one.get("a") == "10");
    CHECK(one.report() == "a=10 c=3");
}

TEST_CASE("parameters that a session begins with are as if they had been set one by one") {
    told one;
    one.begin({{"DateStyle", "ISO\0of which nobody hears"sv}, {"my.own", ""}, {"TimeZone", "UTC"}});
    CHECK(one.get("datestyle") == "ISO");
    one.set("timezone", "Europe/Berlin");
    CHECK(one.report() == "DateStyle=ISO my.own= TimeZone=Europe/Berlin");
    one.set("my.own", "1");
    CHECK(one.report() == "my.own=1");

    told other;
    other.set("my.own", "2");
    other.begin({{"My.Own", "3"}, {"TimeZone", "UTC"}});
    CHECK(other.report() == "my.own=3 TimeZone=UTC");
}

TEST_CASE("a parameter that is what it was before is not told again") {
    told one;
    one.set("a", "1");
    one.set("b", "2");
    one.report();
    one.set("a", "5");
    one.set("a", "1");
    one.set("b", "3");
    CHECK(one.report() == "b=3");
    one.set("c", one.get("b"));  // a view of what is being changed
    CHECK(one.report() == "c=3");
    one.set("a", one.get("c"));
    CHECK(one.report() == "a=3");
    one.set("b", "4\0of which nobody hears"sv);
    CHECK(one.report() == "b=4");
    CHECK(one.get("nothing").empty());
}

TEST_CASE("names of PostgreSQL's own parameters are found however they are spelt") {
    told one;
    one.set("TimeZone", "UTC");
    one.set("timezone\x7f", "another");
    one.set("\x7f", "1");
    one.set("datestyle", "ISO");
    one.set("search_path", "");
    CHECK(one.get("TIMEZONE") == "UTC");
    CHECK(one.report() == "TimeZone=UTC timezone\x7f=another \x7f=1 datestyle=ISO search_path=");
    one.set("timezone", "Europe/Berlin");
    one.set("DateStyle", "German");
    one.set("\x7f", "22");
    CHECK(one.report() == "TimeZone=Europe/Berlin \x7f=22 datestyle=German");
    CHECK(one.get("search_path").empty());
    CHECK(one.get("timezone\x7f") == "another");
}

}  // namespace pgwire::test::rest_tests
