// A statement that is given up while its hook awaits: somebody cancels it, its client goes away, or it takes too long.
// And sessions that are sent away: because they idle, or because the server stops.
#include "pgwire/server/sql_layer.hpp"
#include "tests/support/engine.hpp"

namespace pgwire::test::interrupts_tests {

namespace {

using namespace std::chrono_literals;

/// Each hook waits for a day when its name comes first in the statement: `prepare`, `describe`, `execute`, `next`,
/// `write`, `finish`.
struct sleeper {
    struct made {
        std::string text;
        std::vector<column> described;
    };
    struct sleepy_rows : cursor<> {
        sleeper* owner;
        made const* s;
        int n = 0;
        sleepy_rows(sleeper& o, made const& m) : owner(&o), s(&m) {}
        [[nodiscard]] std::span<column const> columns() const { return s->described; }
        task<bool> next(writer& out) {
            if (n == 2) co_await owner->sleep("next", *s);
            auto row = out.begin_row();
            row.add(++n).end();
            co_return true;
        }
    };
    struct sleepy_sink : copy_in {
        sleeper* owner;
        made const* s;
        sleepy_sink(sleeper& o, made const& m) : owner(&o), s(&m) {}
        task<> write(std::string_view) { co_await owner->sleep("write", *s); }
        task<command> finish() {
            co_await owner->sleep("finish", *s);
            co_return command("COPY", 0);
        }
    };
    using outcome = std::variant<sleepy_rows, sleepy_sink, command>;

    journal log = new_journal();
    session_context* context = nullptr;
    bool swallows = false;
    std::string_view now{};

    void on_start(session_context& c) { context = &c; }

    task<> sleep(std::string_view place, made const& s) {
        if (!s.text.starts_with(place)) co_return;
        asio::steady_timer timer(context->executor(), 24h);
        *log += std::string(place) + ' ';
        error_code ec;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        if (ec && !swallows) throw system_error(ec);
    }
    task<made> prepare(std::string_view text, std::span<oid const>) {
        made m{std::string(text), {}};
        if (text.starts_with("next") || text.starts_with("describe")) m.described = {column{"n", types::int4}};
        co_await sleep("prepare", m);
        co_return m;
    }
    task<std::span<column const>> describe(made& m) {
        co_await sleep("describe", m);
        co_return std::span<column const>(m.described);
    }
    task<outcome> execute(request const&, made& m) {
        co_await sleep("execute", m);
        if (m.text.starts_with("next")) {
            outcome rows(std::in_place_type<sleepy_rows>, *this, m);
            co_return rows;
        }
        if (m.text.starts_with("write") || m.text.starts_with("finish")) {
            outcome sink(std::in_place_type<sleepy_sink>, *this, m);
            co_return sink;
        }
        outcome done(command("OK"));
        co_return done;
    }
    void on_stop() noexcept { *log += "stop "; }
    void on_cancel() noexcept { *log += "cancel "; }
};

/// Its transactions begin and end when the test says so, and what is between them waits for a day.
struct slow_transactions {
    journal log = new_journal();
    std::shared_ptr<std::optional<asio::steady_timer>> timer = std::make_shared<std::optional<asio::steady_timer>>();
    session_context* context = nullptr;

    void on_start(session_context& c) { context = &c; }
    task<> wait(std::string_view what) {
        timer->emplace(context->executor(), 24h);
        *log += std::string(what) + ' ';
        error_code ec;
        co_await (*timer)->async_wait(asio::redirect_error(asio::use_awaitable, ec));
        timer->reset();  // the test's handler outlives the context
        asio::cancellation_state const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) *log += "interrupted ";
    }
    void go_on() const { (*timer)->cancel(); }

    task<command> execute(request const&) {
        co_await wait("execute");
        co_return command("OK");
    }
    task<> begin_implicit() { co_await wait("begin"); }
    task<> commit_implicit() { co_await wait("commit"); }
    void rollback_implicit() { *log += "rollback "; }
};

/// Never lets anybody in.
struct hanging_login {
    journal log = new_journal();
    command execute(request const&) { return {"OK"}; }
    task<authentication> authenticate(login_info const&) {
        asio::steady_timer timer(co_await asio::this_coro::executor, 24h);
        co_await timer.async_wait(asio::use_awaitable);
        co_return authentication::trust;
    }
};

script run(std::string_view place) {
    if (place == "prepare") return {parse("", "prepare"), sync()};
    if (place == "describe") return {parse("", "describe"), describe_statement(), sync()};
    if (place == "write") return {query("write"), copy_data("x")};
    if (place == "finish") return {query("finish"), copy_done()};
    return {query(place)};
}

std::string before(std::string_view place) {
    if (place == "describe") return "1 ";
    if (place == "next") return "T D D ";
    if (place == "write" || place == "finish") return "G ";
    return "";
}

struct endless {
    struct flood : cursor<> {
        column described{"n", types::int4};
        [[nodiscard]] std::span<column const> columns() const { return {&described, 1}; }
        bool next(writer& out) {
            for (bool welcome = true; welcome;) {
                auto row = out.begin_row();
                row.add(1);
                welcome = row.end();
            }
            return true;
        }
    };
    static constexpr bool simple_protocol_only = true;
    flood execute(request const&) { return {}; }
};
constexpr std::array<std::string_view, 6> places{"prepare", "describe", "execute", "next", "write", "finish"};

}  // namespace

TEST_CASE("a cancel interrupts every hook that awaits: 57014, and the connection goes on") {
    for (auto const place : places) {
        INFO(place);
        sleeper handler;
        live_session<sleeper> one(handler);
        one.enter().send(run(place));
        one.settle();
        CHECK(*handler.log == std::string(place) + ' ');
        auto heard = one.hear();
        CHECK(one.context().handle().cancel());
        one.settle();
        if (!heard.empty()) heard += ' ';
        heard += one.hear();
        CHECK(heard == before(place) + "E(57014) Z(I)");
        CHECK(*handler.log == std::string(place) + " cancel ");
        CHECK(one.send({query("more"), query("next")}).hear() == "C(OK) Z(I) T D D");  // nothing of it is left
        one.peer().gone = true;
        CHECK(one.run_until_ended());
    }
}

TEST_CASE("a hook that swallows its interruption goes on no further than to the next row") {
    sleeper handler;
    handler.swallows = true;
    live_session<sleeper> one(handler);
    one.enter().send({query("next")});
    CHECK(one.hear() == "T D D");
    CHECK(one.context().handle().cancel());
    CHECK(one.settle().hear() == "D E(57014) Z(I)");
    CHECK(one.send({query("more")}).hear() == "C(OK) Z(I)");
}

TEST_CASE("a cancel while a transaction begins is not lost, and does not interrupt that") {
    slow_transactions handler;
    live_session<slow_transactions> one(handler);
    one.enter().send({parse("", "x"), bind(), execute(), sync()});
    CHECK(one.context().handle().cancel());
    one.settle();
    CHECK(*handler.log == "begin ");
    handler.go_on();
    CHECK(one.settle().hear() == "1 2 E(57014) Z(I)");
    CHECK(*handler.log == "begin rollback ");
}

TEST_CASE("a COMMIT is not interrupted, neither an implicit one nor the layer's") {
    {
        slow_transactions handler;
        live_session<slow_transactions> one(handler);
        one.enter().send({parse("", "x"), bind(), execute(), sync()});
        handler.go_on();
        one.settle();
        handler.go_on();
        one.settle();
        CHECK(*handler.log == "begin execute commit ");
        CHECK(one.context().handle().cancel());
        one.settle();
        handler.go_on();
        CHECK(one.settle().hear() == "1 2 C(OK) Z(I)");
    }
    slow_transactions handler;
    live_session<sql_layer<slow_transactions>> one(sql_layer<slow_transactions>(handler), {});
    one.enter().send({query("BEGIN")});
    handler.go_on();
    CHECK(one.settle().hear() == "C(BEGIN) Z(T)");
    one.send({query("COMMIT")});
    CHECK(one.context().handle().cancel());
    one.settle();
    CHECK(*handler.log == "begin commit ");
    handler.go_on();
    CHECK(one.settle().hear() == "C(COMMIT) Z(I)");
    CHECK(*handler.log == "begin commit ");
}

TEST_CASE("a Query of many statements is cancelled between two of them") {
    struct looking {
        int n = 0;
        command execute(request const& r) {
            if (++n == 2) r.session().handle().cancel();
            return {"OK"};
        }
    };
    live_session<looking> one;
    one.enter().send({query("a; b; c; d"), query("e")});
    CHECK(one.hear() == "C(OK) C(OK) E(57014) Z(I) C(OK) Z(I)");
}

TEST_CASE("a hook of the login that hangs is interrupted when its session ends") {
    live_session<hanging_login> one({}, {.login_timeout = 20ms});
    one.send({startup()});
    CHECK(!one.has_ended());
    CHECK(one.run_until_ended());
}

TEST_CASE("a client that goes away while a hook awaits is noticed, and its statement given up") {
    for (auto const place : places) {
        INFO(place);
        sleeper handler;
        live_session<sleeper> one(handler);
        one.enter().send(run(place));
        one.peer().gone = true;
        CHECK(one.run_until_ended());
        CHECK(*handler.log == std::string(place) + " cancel stop ");
    }
}

TEST_CASE("a statement that takes too long is 57014, and the connection goes on") {
    for (auto const place : places) {
        INFO(place);
        sleeper handler;
        live_session<sleeper> one(handler, {.statement_timeout = 20ms});
        one.enter().send(run(place));
        one.run_until([&] { return one.peer().output.ends_with("\5I") && one.peer().output.find("57014") != std::string::npos; });
        CHECK(message_in(after_login(one.peer().output)) == "canceling statement due to statement timeout");
        CHECK(one.hear().ends_with("E(57014) Z(I)"));
        CHECK(one.send({query("more")}).hear() == "C(OK) Z(I)");
    }
}

TEST_CASE("a plain cursor that never ends has a deadline too") {
    live_session<endless> one({}, {.statement_timeout = 20ms});
    one.enter().peer().send(query("run"));
    one.run_until([&] { return one.peer().output.size() > 1000 && one.peer().output.ends_with("\5I"); });
    CHECK(one.hear().ends_with(" D E(57014) Z(I)"));
}

TEST_CASE("the deadline of a statement does not hit the next one") {
    sleeper handler;
    live_session<sleeper> one(handler, {.statement_timeout = 60ms});
    one.enter();
    auto const end = std::chrono::steady_clock::now() + 200ms;
    while (std::chrono::steady_clock::now() < end) CHECK(one.send({query("more")}).hear() == "C(OK) Z(I)");
}

TEST_CASE("each statement of a pipeline has the whole time") {
    sleeper handler;
    live_session<sleeper> one(handler, {.statement_timeout = 300ms});
    one.enter();
    asio::steady_timer timer(one.io());
    for (int i = 0; i != 4; ++i) {
        one.send({query("execute")});
        timer.expires_after(100ms);
        bool over = false;
        timer.async_wait([&](error_code) { over = true; });
        one.run_until([&] { return over; });
        CHECK(one.context().handle().cancel());
        CHECK(one.run_until_heard("E(57014) Z(I)") == "E(57014) Z(I)");
    }
    CHECK(message_in(after_login(one.peer().output)) == "canceling statement due to user request");
}

TEST_CASE("an idle client is sent away: 57P05") {
    live_session<engine> one({}, {.idle_timeout = 20ms});
    one.enter().send({query("insert 1")});
    CHECK(one.hear() == "C(INSERT 0 1) Z(I)");
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "E(FATAL 57P05)");
}

TEST_CASE("a client that idles in a transaction is sent away: 25P03, and its transaction rolled back") {
    transactional_engine handler;
    live_session<transactional_engine> one(handler, {.idle_in_transaction_timeout = 20ms});
    one.enter().send({query("begin")});
    CHECK(one.hear() == "C(BEGIN) Z(T)");
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "E(FATAL 25P03)");
    CHECK(handler.log->ends_with("rollback"));
}

TEST_CASE("a client that idles outside of a transaction may do so as long as only transactions have a deadline") {
    live_session<engine> one({}, {.idle_in_transaction_timeout = 5ms});
    one.enter();
    for (int i = 0; i != 20; ++i) one.io().run_one_for(2ms);
    CHECK(one.send({query("insert 1")}).hear() == "C(INSERT 0 1) Z(I)");
}

TEST_CASE("a client that does not read is disconnected at the deadline of writing") {
    live_session<engine> one({}, {.close_timeout = 20ms, .write_timeout = 20ms});
    one.enter();
    one.peer().stalled = true;
    one.send({query("select 100000")});
    CHECK(one.run_until_ended());
}

// ---- draining

TEST_CASE("draining tells an idle client 57P01 and ends its session") {
    live_session<engine> one;
    one.enter();
    one.drain();
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "E(FATAL 57P01)");
}

TEST_CASE("draining lets a statement come to its end") {
    live_session<async_engine> one;
    one.enter().peer().send(query("select 3; insert 1"));
    one.io().restart();
    for (int i = 0; i != 3; ++i) one.io().poll_one();
    one.drain();
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "T D D D C(SELECT 3) C(INSERT 0 1) Z(I) E(FATAL 57P01)");
}

TEST_CASE("a drained session in the midst of a cycle goes on until its Sync") {
    live_session<engine> one;
    one.enter().send({parse("", "insert 1"), bind(), flush()});
    one.drain();
    one.send({execute(), sync()});
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "1 2 C(INSERT 0 1) Z(I) E(FATAL 57P01)");
}

TEST_CASE("shutting down cancels what a hook awaits: the client is told 57P01, and the session ends") {
    for (auto const place : places) {
        INFO(place);
        sleeper handler;
        live_session<sleeper> one(handler);
        one.enter().send(run(place));
        one.shut_down();
        CHECK(one.run_until_ended());
        CHECK(one.hear().ends_with("E(FATAL 57P01)"));
        CHECK(message_in(after_login(one.peer().output)) == "terminating connection due to administrator command");
        CHECK(*handler.log == std::string(place) + " cancel stop ");
    }
}

TEST_CASE("shutting down ends a plain cursor that never does") {
    live_session<endless> one;
    one.enter().peer().send(query("run"));
    one.io().restart();
    for (int i = 0; i != 10; ++i) one.io().poll_one();
    one.shut_down();
    CHECK(one.run_until_ended());
    CHECK(one.hear().ends_with(" D E(FATAL 57P01)"));
}

TEST_CASE("draining does not wait for a client that has not logged in") {
    live_session<engine> one;
    one.send({std::string("\0\0", 2)});
    one.drain();
    CHECK(one.run_until_ended());
    CHECK(one.peer().output.empty());
}

}  // namespace pgwire::test::interrupts_tests
