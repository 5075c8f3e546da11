// What a client is told without having asked: notices, notifications, parameters that changed.
#include "tests/support/engine.hpp"

#include <thread>

namespace pgwire::test::notices_tests {

namespace {

diagnostic note(std::string text) {
    diagnostic d;
    d.severity = severity::notice;
    d.code = sqlstates::warning;
    d.message = std::move(text);
    return d;
}

/// Gives its handle away.
struct reachable : engine {
    std::shared_ptr<session_handle> handle = std::make_shared<session_handle>();
    void on_start(session_handle const& h) { *handle = h; }
};

/// Sends messages to its own session while it works.
struct busy {
    command execute(request const& r) {
        auto const handle = r.session().handle();
        handle.notify("channel", "payload", 7);
        handle.notice(note("from afar"));
        r.session().notice(note("from here"));
        return {"OK"};
    }
};

inline constexpr std::array two_columns{column{"a", types::int4}, column{"b", types::int4}};

/// Says something in the middle of a row.
struct interrupting {
    struct one_row : cursor<> {
        session_context* session;
        explicit one_row(session_context& s) : session(&s) {}
        [[nodiscard]] std::span<column const> columns() const { return two_columns; }
        bool next(writer& out) {
            auto values = out.begin_row();
            values.add(1);
            session->notice(note("wait"));
            values.add(2);
            values.end();
            return false;
        }
    };
    static constexpr bool simple_protocol_only = true;
    one_row execute(request const& r) { return one_row(r.session()); }
};

}  // namespace

TEST_CASE("a notice comes before what its statement answers next") {
    auto const output = conversation(engine{}, {query("notice; insert 1")});
    CHECK(shape(output) == "N(01000) C(NOTICE) C(INSERT 0 1) Z(I)");
    CHECK(message_in(output) == "note");
}

TEST_CASE("a notice in the middle of a row does not break the row") {
    auto const output = conversation(interrupting{}, {query("x")});
    CHECK(frames(output).size() == 5);
    CHECK(rows_in(output) == "1|2");
    CHECK(output.find("wait") != output.npos);
}

TEST_CASE("a changed parameter is told just before ReadyForQuery, once, with its last value") {
    CHECK(answers(engine{}, {query("set a 1; set a 2; insert 1"), query("insert 2"), query("set a 2"), query("set a 3")}) ==
          "C(SET) C(SET) C(INSERT 0 1) S(a=2) Z(I) C(INSERT 0 2) Z(I) C(SET) Z(I) C(SET) S(a=3) Z(I)");
    CHECK(answers(engine{}, {parse("", "set a 1"), bind(), execute(), bind(), execute(), sync()}) ==
          "1 2 C(SET) 2 C(SET) S(a=1) Z(I)");
}

TEST_CASE("an idle client hears of notices and notifications at once") {
    reachable handler;
    live_session<reachable> one(handler);
    one.enter();
    CHECK(handler.handle->notify("channel", "payload", 7));
    CHECK(one.settle().hear() == "A(channel,payload)");
    CHECK(handler.handle->notice(note("hello")));
    CHECK(handler.handle->notify("other", ""));
    CHECK(one.settle().hear() == "N(01000) A(other,)");
    CHECK(one.send({query("insert 1")}).hear() == "C(INSERT 0 1) Z(I)");
}

TEST_CASE("a busy client hears of notifications just before ReadyForQuery") {
    live_session<busy> one;
    one.enter();
    CHECK(one.send({query("x")}).hear() == "N(01000) C(OK) A(channel,payload) N(01000) Z(I)");
    CHECK(one.send({parse("", "x"), bind(), execute(), flush()}).hear() == "1 2 N(01000) C(OK)");
}

TEST_CASE("a message from elsewhere never stands inside of another") {
    reachable handler;
    live_session<reachable> one(handler);
    one.enter();
    for (char const c : query("select 2")) {
        handler.handle->notify("c", "p");
        one.peer().send(std::string(1, c));
        one.settle();
    }
    auto const heard = one.hear_bytes();
    auto const all = frames(heard);
    CHECK(all.back().tag == 'Z');
    for (auto const& a : all) CHECK("ATDCZ"sv.find(a.tag) != std::string_view::npos);
}

TEST_CASE("a client that does not read gets its messages when it reads again, in order") {
    reachable handler;
    live_session<reachable> one(handler);
    one.enter();
    one.peer().stalled = true;
    handler.handle->notify("a", "");
    one.settle();
    handler.handle->notify("b", "");
    one.send({query("insert 1")});
    handler.handle->notify("c", "");
    CHECK(one.settle().hear() == "");
    one.peer().resume();
    one.settle();
    auto const heard = one.hear();
    CHECK(heard == "A(a,) C(INSERT 0 1) A(b,) Z(I) A(c,)");
}

TEST_CASE("letters to a client that never reads are refused when a megabyte waits, and it does not grow") {
    reachable handler;
    live_session<reachable> one(handler);
    one.enter();
    one.peer().stalled = true;
    std::string const payload(10'000, 'x');
    int taken = 0;
    for (int i = 0; i != 1'000; ++i) {
        taken += handler.handle->notify("c", payload) ? 1 : 0;
        one.settle();
    }
    CHECK(taken < 300);
    auto const waits = one.peer().operations;
    one.settle();
    CHECK(one.peer().operations - waits < 3);
    one.peer().resume();
    one.settle();
    auto const heard = one.hear_bytes();
    CHECK(frames(heard).size() == static_cast<std::size_t>(taken));
    CHECK(handler.handle->notify("c", payload));
}

TEST_CASE("a handle may be used from any thread, also when its session has ended") {
    reachable handler;
    live_session<reachable> one(handler);
    one.enter();
    auto const handle = *handler.handle;
    std::atomic<bool> done{false};
    std::thread sender([&] {
        for (int i = 0; i != 200; ++i) {
            handle.notify("c", std::to_string(i));
            if (i % 10 == 0) handle.cancel();
        }
        done = true;
    });
    while (!done) one.send({query("insert 1")});
    sender.join();
    one.settle();
    auto const heard = one.hear_bytes();
    auto const all = frames(heard);
    CHECK(std::count_if(all.begin(), all.end(), [](answer const& a) { return a.tag == 'A'; }) == 200);
    one.send({terminate()});
    REQUIRE(one.has_ended());
    CHECK(!handle.notify("c", ""));
    CHECK(!handle.notice(note("")));
    CHECK(!handle.cancel());
    CHECK(!session_handle().cancel());
}

TEST_CASE("a notification that can't be encoded is refused and harms nobody") {
    reachable handler;
    live_session<reachable> one(handler);
    one.enter();
    CHECK(!handler.handle->notify("a\0b"sv, ""));
    CHECK(one.settle().hear() == "");
}

}  // namespace pgwire::test::notices_tests
