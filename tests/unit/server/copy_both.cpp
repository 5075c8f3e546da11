// COPY in both directions: two sides that run at once, how they end, and what becomes of one when the other fails.
#include "pgwire/server/copy_both.hpp"

#include "pgwire/server/cursor_layer.hpp"
#include "pgwire/server/notify_layer.hpp"
#include "pgwire/server/sql_layer.hpp"
#include "tests/support/session_runner.hpp"

#include <deque>

namespace pgwire::test::copy_both_tests {

namespace {

using namespace std::chrono_literals;

/// What a test and the outcome at work have in common.
struct desk {
    std::deque<std::string> to_send;       ///< what `next` is to give
    bool ends = false;                     ///< when that is given, `next` says so
    bool ends_with_client = true;
    bool fails = false;                    ///< `next` throws
    bool holds_writes = false;             ///< `write` waits
    std::string taken;
    asio::steady_timer* news = nullptr;    ///< what the outcome at work waits for
    asio::steady_timer* release = nullptr;
    int alive = 0;                         ///< outcomes
    bool outlived = false;                 ///< by one of its hooks

    void wake() const {
        if (news != nullptr) news->cancel();
    }
    void send(std::string text) {
        to_send.push_back(std::move(text));
        wake();
    }
    void end() {
        ends = true;
        wake();
    }
    void fail() {
        fails = true;
        wake();
    }
    void let_write() {
        holds_writes = false;
        if (release != nullptr) release->cancel();
    }
};

/// Both sides wait for the test.
class duplex : public copy_both {
public:
    duplex(std::shared_ptr<desk> d, journal log, session_context& session)
        : desk_(std::move(d)), log_(std::move(log)), session_(&session) {
        ++desk_->alive;
    }
    duplex(duplex&&) = default;
    duplex& operator=(duplex&&) = delete;
    ~duplex() {
        if (desk_ == nullptr) return;
        --desk_->alive;
        *log_ += "dropped ";
    }

    task<bool> next(writer& out) {
        guard const at_work(desk_);
        asio::steady_timer news(session_->executor(), 24h);
        desk_->news = &news;
        while (desk_->to_send.empty() && !desk_->ends && !desk_->fails) {
            error_code ec;
            co_await news.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        }
        desk_->news = nullptr;
        if (desk_->fails) throw sql_error(sqlstates::division_by_zero, "division by zero");
        for (bool welcome = true; welcome && !desk_->to_send.empty(); desk_->to_send.pop_front())
            welcome = out(desk_->to_send.front());
        co_return !desk_->ends || !desk_->to_send.empty();
    }
    task<> write(std::string_view piece) {
        guard const at_work(desk_);
        if (piece.find('!') != piece.npos) throw sql_error(sqlstates::bad_copy_file_format, "bad data");
        asio::steady_timer release(session_->executor(), 24h);
        desk_->release = &release;
        while (desk_->holds_writes) {
            error_code ec;
            co_await release.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        }
        desk_->release = nullptr;
        desk_->taken += piece;
    }
    task<> finish() {
        *log_ += "finish ";
        if (desk_->ends_with_client) desk_->end();
        co_return;
    }
    command done() {
        *log_ += "done ";
        return {"COPY", desk_->taken.size()};
    }

private:
    /// Stands on a hook's stack: when that ends, its outcome must still be there.
    struct guard {
        explicit guard(std::shared_ptr<desk> d) : on_desk(std::move(d)) {}
        guard(guard const&) = delete;
        guard& operator=(guard const&) = delete;
        ~guard() {
            if (on_desk->alive == 0) on_desk->outlived = true;
        }
        std::shared_ptr<desk> on_desk;
    };

    std::shared_ptr<desk> desk_;
    journal log_;
    session_context* session_;
};

/// No hook awaits. Gives back every whole line.
class echo : public copy_both {
public:
    bool next(writer& out) {
        for (auto end = left_.find('\n'); end != left_.npos; end = left_.find('\n')) {
            out(std::string_view(left_).substr(0, end + 1));
            left_.erase(0, end + 1);
            ++lines_;
        }
        return !ended_;
    }
    void write(std::string_view piece) {
        if (piece.find('!') != piece.npos) throw sql_error(sqlstates::bad_copy_file_format, "bad data");
        left_ += piece;
    }
    void finish() { ended_ = true; }
    command done() { return {"ECHO", lines_}; }

private:
    std::string left_;
    bool ended_ = false;
    std::uint64_t lines_ = 0;
};

/// The same, but its `write` and its `finish` await.
class slow_echo : public copy_both {
public:
    bool next(writer& out) {
        echo_.next(inner(out));
        return !ended_;
    }
    task<> write(std::string_view piece) {
        co_await pause();
        echo_.write(piece);
    }
    task<> finish() {
        co_await pause();
        ended_ = true;
    }
    command done() { return echo_.done(); }

private:
    static writer& inner(writer& out) { return out; }
    static task<> pause() {
        auto const executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
    }
    echo echo_;
    bool ended_ = false;
};

/// Gives as much as it can get rid of, and takes no notice of what it is given.
struct flood : copy_both {
    std::size_t* given;
    explicit flood(std::size_t& counter) : given(&counter) {}
    bool next(writer& out) {
        bool welcome = true;
        while (welcome) {
            welcome = out(std::string_view("a line of some length\n"));
            ++*given;
        }
        return true;
    }
    void write(std::string_view) {}
    void finish() {}
    command done() { return "FLOOD"; }
};

/// Has nothing to give, and does not say so.
struct silent : copy_both {
    bool next(writer&) { return true; }
    void write(std::string_view) {}
    void finish() {}
    command done() { return "SILENT"; }
};

struct count {
    int n;
};

struct handler {
    std::shared_ptr<desk> on_desk = std::make_shared<desk>();
    std::shared_ptr<std::size_t> given = std::make_shared<std::size_t>(0);
    session_context* session = nullptr;
    journal log = new_journal();
    static constexpr bool knows_the_end = true;

    using outcome = std::variant<duplex, echo, slow_echo, flood, silent, command, rows<count>>;
    struct statement {
        std::string text;
        std::vector<column> described;
        [[nodiscard]] std::span<column const> columns() const { return described; }
    };
    statement prepare(std::string_view text, std::span<oid const>) const {
        statement s{std::string(text), {}};
        if (text == "rows") s.described.assign(columns_of<count>.begin(), columns_of<count>.end());
        return s;
    }
    outcome execute(request const& r, statement& s) {
        if (s.text == "duplex") return duplex(on_desk, log, r.session());
        if (s.text == "echo") return echo();
        if (s.text == "slow echo") return slow_echo();
        if (s.text == "flood") return flood(*given);
        if (s.text == "silent") return silent();
        if (s.text == "rows") return rows(count{1});
        return command("OK");
    }
    void on_cancel() noexcept { *log += "cancel "; }
    void on_stop() noexcept { *log += "stop "; }
};

/// The data of all CopyData messages.
std::string copied(std::string_view bytes) {
    std::string all;
    for (auto const& a : frames(bytes))
        if (a.tag == 'd') all += a.body;
    return all;
}

}  // namespace

// ---- data both ways

TEST_CASE("COPY in both directions gives back what it is given, however it is cut") {
    for (auto const* const text : {"echo", "slow echo"}) {
        auto const heard = conversation(handler{}, {query(text), copy_data("one\ntw"), copy_data(""), copy_data("o\n"),
                                                    copy_done(), query("insert")});
        CHECK(shape(heard) == "W d d c C(ECHO 2) Z(I) C(OK) Z(I)");
        CHECK(copied(heard) == "one\ntwo\n");
    }
}

TEST_CASE("CopyBothResponse says text and no columns, and leaves at once") {
    live_session<handler> one;
    one.enter().send({query("duplex")});
    auto const heard = one.hear_bytes();
    auto const all = frames(heard);
    REQUIRE(shape(heard) == "W");
    auto const m = decode<copy_both_response>(all.at(0).body);
    REQUIRE(m);
    CHECK(m->overall == copy_format::text);
    CHECK(m->column_formats.size() == 0);
}

TEST_CASE("while next is awaited, what the client sends is written; while write is awaited, next goes on") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex")});
    CHECK(one.hear() == "W");
    one.send({copy_data("a")});
    CHECK(h.on_desk->taken == "a");
    h.on_desk->send("1");
    CHECK(one.settle().hear() == "d");
    h.on_desk->holds_writes = true;
    one.send({copy_data("b"), copy_data("c")});
    CHECK(h.on_desk->taken == "a");
    h.on_desk->send("2");
    CHECK(one.settle().hear() == "d");
    h.on_desk->send("3");
    h.on_desk->send("4");
    CHECK(one.settle().hear() == "d d");
    h.on_desk->let_write();
    one.settle();
    CHECK(h.on_desk->taken == "abc");
    one.send({copy_done()});
    CHECK(one.hear() == "c C(COPY 3) Z(I)");
    CHECK(*h.log == "finish done dropped ");
    CHECK(one.send({query("insert")}).hear() == "C(OK) Z(I)");
}

TEST_CASE("data in both directions may come one byte at a time") {
    handler h;
    h.on_desk->to_send = {"1", "2", "3"};
    auto const slow = run_session(h, {startup(), query("duplex"), copy_data("a longer piece"), copy_done(), query("insert")},
                                  {.byte_by_byte = true, .write_limit = 3, .hesitates = true});
    CHECK(slow.has_ended);
    CHECK(shape(after_login(slow.output)) == "W d d d c C(COPY 14) Z(I) C(OK) Z(I)");
    CHECK(h.on_desk->taken == "a longer piece");
    CHECK(h.on_desk->alive == 0);
}

TEST_CASE("COPY in both directions among several statements goes on with the next one") {
    CHECK(answers(handler{}, {query("insert; echo; rows; echo; insert"), copy_data("x\n"), copy_done(),
                              copy_data("y\n"), copy_done()}) ==
          "C(OK) W d c C(ECHO 1) T D C(SELECT 1) W d c C(ECHO 1) C(OK) Z(I)");
}

TEST_CASE("what a client has sent behind its CopyDone waits until the COPY is over") {
    handler h;
    h.on_desk->ends_with_client = false;
    live_session<handler> one(h);
    one.enter().send({query("duplex"), copy_data("a"), copy_done(), query("insert"), query("rows")});
    CHECK(one.hear() == "W");
    h.on_desk->send("1");
    CHECK(one.settle().hear() == "d");
    h.on_desk->end();
    CHECK(one.settle().hear() == "c C(COPY 1) Z(I) C(OK) Z(I) T D C(SELECT 1) Z(I)");
}

// ---- the ends

TEST_CASE("the server may end first: the client's data is still taken") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex")});
    h.on_desk->send("1");
    h.on_desk->end();
    CHECK(one.settle().hear() == "W d c");
    one.send({copy_data("a")}).send({copy_data("b")});
    CHECK(h.on_desk->taken == "ab");
    CHECK(one.hear() == "");
    CHECK(one.send({copy_done()}).hear() == "C(COPY 2) Z(I)");
    CHECK(*h.log == "finish done dropped ");
}

TEST_CASE("the client may end first: the server's data still comes") {
    handler h;
    h.on_desk->ends_with_client = false;
    live_session<handler> one(h);
    one.enter().send({query("duplex"), copy_done()});
    CHECK(one.hear() == "W");
    CHECK(*h.log == "finish ");
    h.on_desk->send("1");
    CHECK(one.settle().hear() == "d");
    h.on_desk->end();
    CHECK(one.settle().hear() == "c C(COPY 0) Z(I)");
}

TEST_CASE("a plain next that gives nothing ends with the client") {
    CHECK(answers(handler{}, {query("silent"), copy_data("x"), copy_data("y"), copy_done(), query("insert")}) ==
          "W c C(SILENT) Z(I) C(OK) Z(I)");
}

// ---- failures

TEST_CASE("an error in next interrupts a write that awaits, and is what the client is told") {
    for (bool const holds : {false, true}) {
        handler h;
        h.on_desk->holds_writes = holds;
        live_session<handler> one(h);
        one.enter().send({query("duplex"), copy_data("a")});
        CHECK(one.hear() == "W");
        h.on_desk->fail();
        CHECK(one.settle().hear() == "E(22012) Z(I)");
        CHECK(h.on_desk->alive == 0);
        CHECK(!h.on_desk->outlived);
        CHECK(*h.log == "dropped ");
        one.send({copy_data("late"), copy_done(), query("insert")});  // what is left of it is dropped
        CHECK(one.hear() == "C(OK) Z(I)");
        CHECK(h.on_desk->taken == (holds ? "" : "a"));
    }
}

TEST_CASE("an error in write interrupts a next that awaits, and is what the client is told") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex"), copy_data("a")});
    h.on_desk->send("1");
    CHECK(one.settle().hear() == "W d");
    one.send({copy_data("!"), copy_data("late"), copy_done(), query("insert")});
    CHECK(one.hear() == "E(22P04) Z(I) C(OK) Z(I)");
    CHECK(*h.log == "cancel dropped ");
    CHECK(h.on_desk->alive == 0);
    CHECK(!h.on_desk->outlived);
}

TEST_CASE("an error in a plain write is found by a plain next that waits") {
    live_session<handler> one;
    one.enter().send({query("echo")});
    CHECK(one.hear() == "W");
    CHECK(one.send({copy_data("a\n")}).hear() == "d");
    CHECK(one.send({copy_data("!"), copy_data("x")}).hear() == "E(22P04) Z(I)");
    CHECK(one.send({copy_data("late\n"), copy_done(), query("echo"), copy_data("x\n"), copy_done()}).hear() ==
          "W d c C(ECHO 1) Z(I)");
}

TEST_CASE("the server may have ended when the client's data fails") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex")});
    h.on_desk->end();
    CHECK(one.settle().hear() == "W c");
    CHECK(one.send({copy_data("!")}).hear() == "E(22P04) Z(I)");
}

TEST_CASE("a message cut in its middle by the failure of a COPY is dropped to its end") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex"), header_of('d', 24) + "0123456789"});
    CHECK(one.hear() == "W");
    h.on_desk->fail();
    CHECK(one.settle().hear() == "E(22012) Z(I)");
    CHECK(one.send({"0123456789" + query("insert")}).hear() == "C(OK) Z(I)");
}

TEST_CASE("a client that has no more to say than an error is answered may say the next thing") {
    handler h;
    live_session<handler> one(h);
    for (int i = 0; i != 3; ++i) {
        if (i == 0) one.enter();
        one.send({query("duplex"), copy_data("a")});
        CHECK(one.hear() == "W");
        h.on_desk->fail();
        CHECK(one.settle().hear() == "E(22012) Z(I)");
        h.on_desk->fails = false;
    }
    CHECK(one.send({sync()}).hear() == "Z(I)");  // what the documentation has a client send then
    one.peer().hang_up();
    CHECK(one.run_until_ended());
}

TEST_CASE("a session that idles after a COPY that failed gets its notices, and is sent away in time") {
    handler h;
    live_session<handler> one(h, {.idle_timeout = 50ms});
    one.enter().send({query("duplex")});
    h.on_desk->fail();
    CHECK(one.settle().hear() == "W E(22012) Z(I)");
    CHECK(one.context().handle().notify("channel", "payload"));
    CHECK(one.settle().hear() == "A(channel,payload)");
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "E(FATAL 57P05)");
}

TEST_CASE("whatever is neither CopyData nor CopyDone nor Terminate is an error, and the connection is lost") {
    for (auto const& other : {query("insert"), sync(), flush(), copy_fail("no"), parse("", "x"), bind(), execute(),
                              std::string("z\0\0\0\4", 5), header_of('Q', 0x3ffffffe) + "x"}) {
        for (auto const* const text : {"duplex", "echo"}) {
            handler h;
            live_session<handler> one(h);
            one.enter().send({query(text), copy_data("a\n")});
            CHECK(one.hear().starts_with("W"));
            one.send({other, query("insert")});
            auto const heard = one.hear_bytes();
            CHECK(shape(heard) == "E(FATAL 08P01)");
            CHECK(message_in(heard) == "invalid standby message type \""s + other[0] + '"');
            CHECK(one.run_until_ended());
            CHECK(h.on_desk->alive == 0);
        }
    }
}

TEST_CASE("Terminate amid a COPY ends the session") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex"), copy_data("a"), terminate()});
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "W");
    CHECK(h.log->ends_with("dropped stop "));
}

// ---- from outside

TEST_CASE("a cancel ends both sides, whichever of them awaits something") {
    for (bool const writes : {false, true}) {
        handler h;
        h.on_desk->holds_writes = writes;
        live_session<handler> one(h);
        one.enter().send({query("duplex"), copy_data("a")});
        CHECK(one.hear() == "W");
        CHECK(one.context().handle().cancel());
        CHECK(one.settle().hear() == "E(57014) Z(I)");
        CHECK(*h.log == "cancel dropped ");
        CHECK(!h.on_desk->outlived);
        CHECK(one.send({copy_data("late"), copy_done(), query("insert")}).hear() == "C(OK) Z(I)");
        CHECK(h.on_desk->taken == (writes ? "" : "a"));
    }
}

TEST_CASE("a cancel ends a COPY that waits for its client") {
    live_session<handler> one;
    one.enter().send({query("silent"), copy_data("a")});
    CHECK(one.hear() == "W");
    CHECK(one.context().handle().cancel());
    CHECK(one.settle().hear() == "E(57014) Z(I)");
    CHECK(one.send({query("insert")}).hear() == "C(OK) Z(I)");
}

TEST_CASE("a statement's deadline ends a COPY in both directions") {
    for (auto const* const text : {"duplex", "silent"}) {
        handler h;
        live_session<handler> one(h, {.statement_timeout = 5ms});
        one.enter().send({query(text)});
        CHECK(one.run_until_heard("W E(57014) Z(I)") == "W E(57014) Z(I)");
        CHECK(h.on_desk->alive == 0);
    }
}

TEST_CASE("a client that goes away ends both sides") {
    for (bool const writes : {false, true}) {
        for (bool const closes : {false, true}) {
            handler h;
            h.on_desk->holds_writes = writes;
            live_session<handler> one(h);
            one.enter().send({query("duplex"), copy_data("a")});
            if (closes) {
                one.close();
            } else {
                one.peer().gone = true;
                one.peer().hang_up();
            }
            CHECK(one.run_until_ended());
            CHECK(h.log->ends_with("dropped stop "));
            CHECK(h.on_desk->alive == 0);
            CHECK(!h.on_desk->outlived);
        }
    }
    live_session<handler> waiting;
    waiting.enter().send({query("silent"), copy_data("a")});
    waiting.peer().hang_up();
    CHECK(waiting.run_until_ended());
}

TEST_CASE("a server that stops waits for the COPY to end") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex"), copy_data("a")});
    one.drain();
    h.on_desk->send("1");
    CHECK(one.settle().hear() == "W d");
    one.send({copy_done()});
    CHECK(one.run_until_ended());
    CHECK(one.hear() == "c C(COPY 1) Z(I) E(FATAL 57P01)");
}

TEST_CASE("a context may be destroyed while both sides wait") {
    for (auto const* const text : {"silent", "flood", "slow echo"}) {
        live_session<handler> one;
        one.enter();
        one.peer().stalled = text == "flood"sv;
        one.send({query(text), copy_data("a")});
        CHECK(!one.has_ended());
    }
}

TEST_CASE("a connection may fail anywhere in a COPY in both directions") {
    for (auto const* const text : {"echo", "slow echo"})
        CHECK(fail_every_operation(handler{}, {startup(), query(text), copy_data("one\n"), copy_data("two\n"), copy_done()},
                                   {.byte_by_byte = true, .write_limit = 20, .hesitates = true}) > 10);
}

// ---- backpressure

TEST_CASE("a client that does not read is not given more than fits, and is still listened to") {
    handler h;
    live_session<handler> one(h);
    one.enter();
    one.peer().stalled = true;
    one.send({query("flood")});
    for (int i = 0; i != 20; ++i) one.settle();
    auto const given = *h.given;
    CHECK(given > 0);
    CHECK(given < 10'000);  // a buffer full
    one.send({copy_data("a"), copy_done()});
    CHECK(*h.given == given);
    one.peer().resume();
    CHECK(one.run_until([&] { return *h.given > given; }));
    CHECK(one.context().handle().cancel());
    CHECK(one.run_until([&] { return one.peer().output.ends_with("\5I"); }));
}

TEST_CASE("a sink that is slow is not given more than it has taken") {
    handler h;
    h.on_desk->holds_writes = true;
    live_session<handler> one(h);
    one.enter().send({query("duplex")});
    for (int i = 0; i != 10; ++i) one.send({copy_data(std::string(4000, 'x'))});
    CHECK(one.peer().input.size() >= 8);  // nobody reads
    h.on_desk->let_write();
    one.settle();
    CHECK(one.peer().input.empty());
    CHECK(h.on_desk->taken.size() == 40'000);
}

TEST_CASE("a piece of a gigabyte is taken in both directions as it comes") {
    handler h;
    live_session<handler> one(h);
    one.enter().send({query("duplex"), header_of('d', 0x3ffffffe) + "begin"});
    for (int i = 0; i != 10; ++i) one.send({std::string(4096, 'x')});
    CHECK(h.on_desk->taken.size() == 5 + 10 * 4096);
    one.peer().gone = true;
    one.peer().hang_up();
    CHECK(one.run_until_ended());
}

// ---- the extended protocol, and layers

TEST_CASE("in the extended protocol COPY in both directions is 0A000, and describes no columns") {
    auto const heard = conversation(handler{}, {parse("", "echo"), describe_statement(), bind(), execute(), sync(),
                                                query("echo"), copy_done()});
    CHECK(shape(heard) == "1 t n 2 E(0A000) Z(I) W c C(ECHO 0) Z(I)");
    CHECK(message_in(heard) == "a COPY in both directions can only be run by a simple query");
}

TEST_CASE("layers pass COPY in both directions through") {
    using layered = sql_layer<cursor_layer<notify_layer<handler>>>;
    live_session<layered> one{layered(std::make_shared<notification_hub>())};
    one.enter().send({query("BEGIN; SET a.b = 'c'; echo; COMMIT"), copy_data("x\n"), copy_done()});
    CHECK(one.hear() == "C(BEGIN) C(SET) W d c C(ECHO 1) C(COMMIT) Z(I)");
    one.send({query("DECLARE c CURSOR FOR echo")});
    CHECK(one.hear().starts_with("E("));
    one.send({query("BEGIN"), query("slow echo"), copy_data("!"), query("ROLLBACK")});
    CHECK(one.hear() == "C(BEGIN) Z(T) W E(22P04) Z(E) C(ROLLBACK) Z(I)");
}

}  // namespace pgwire::test::copy_both_tests
