// LISTEN, NOTIFY and UNLISTEN between sessions, with plain hooks and with coroutines, with transactions and without.
#include "pgwire/server/notify_layer.hpp"

#include "pgwire/server/sql_layer.hpp"
#include "tests/support/engine.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::test::notify_layer_tests {

namespace {

template<class H>
using served = sql_layer<notify_layer<H>>;

/// Sessions of one server, in one thread: a hub, a registry, an io_context.
template<class H, class Handler = served<H>>
class house {
public:
    explicit house(std::shared_ptr<notification_hub> hub = std::make_shared<notification_hub>())
        : hub_(std::move(hub)) {}

    class guest {
    public:
        explicit guest(house& h) : house_(h) {
            peer_->stays = true;
            running_.emplace(memory_stream(h.io_.get_executor(), peer_), Handler(h.hub_), h.sessions_, h.clock_,
                             h.options_);
            asio::co_spawn(h.io_, running_->run(), [this](std::exception_ptr) { running_.reset(); });
            send({startup()});
            static_cast<void>(hear_bytes());
        }

        /// One query after the other, and all that is heard meanwhile.
        std::string ask(std::initializer_list<std::string_view> texts) { return shape(ask_bytes(texts)); }
        std::string ask_bytes(std::initializer_list<std::string_view> texts) {
            for (auto const text : texts) send({query(text)});
            return hear_bytes();
        }
        void ask_quietly(std::string_view text) { send({query(text)}); }
        guest& send(script const& messages) {
            peer_->send(joined(messages));
            house_.settle();
            return *this;
        }
        [[nodiscard]] std::string hear() { return shape(hear_bytes()); }
        [[nodiscard]] std::string hear_bytes() {
            auto const news = peer_->output.substr(heard_);
            heard_ = peer_->output.size();
            return news;
        }
        void leave() {
            peer_->hang_up();
            house_.settle();
        }
        [[nodiscard]] bool has_left() const { return !running_.has_value(); }
        [[nodiscard]] memory_peer& peer() { return *peer_; }
        [[nodiscard]] session_context& context() { return running_->context(); }
        [[nodiscard]] auto& layer() { return running_->handler().inner(); }
        [[nodiscard]] auto& engine() { return layer().inner(); }

    private:
        house& house_;
        std::shared_ptr<memory_peer> peer_ = std::make_shared<memory_peer>();
        std::optional<session<Handler, memory_stream>> running_;
        std::size_t heard_ = 0;
    };

    guest& enter() { return guests_.emplace_back(*this); }
    /// The last one who came leaves, and nothing of it remains.
    void see_off() {
        guests_.back().leave();
        guests_.pop_back();
    }
    void settle() {
        io_.restart();
        io_.poll();
    }
    [[nodiscard]] notification_hub& hub() { return *hub_; }
    [[nodiscard]] asio::io_context& io() { return io_; }

private:
    std::shared_ptr<notification_hub> hub_;
    asio::io_context io_;
    server_options options_;
    registry sessions_;
    deadlines clock_{io_.get_executor(), std::chrono::milliseconds(1)};
    std::deque<guest> guests_;
};

/// Says `tell CHANNEL PAYLOAD` as a function would; `tell and fail` fails afterwards; `channels` gives a row for each.
struct telling_engine : transactional_engine {
    struct listed : cursor<std::tuple<std::string_view>> {
        std::vector<std::string> names;
        std::size_t at = 0;

        explicit listed(channel_set const& all) : names(all.begin(), all.end()) {}
        bool next(writer& out) {
            while (at != names.size()) out(std::tuple<std::string_view>(names[at++]));
            return false;
        }
    };
    using outcome = detail::add_outcomes<engine::outcome, listed>::type;

    session_notifications* notifications = nullptr;

    void on_notifications(session_notifications& n) { notifications = &n; }
    engine_statement prepare(std::string_view text, std::span<oid const> declared) {
        auto s = make_statement(text, declared);
        if (s.word(0) == "channels") s.described = {column{"channel", types::text}};
        return s;
    }
    outcome execute(request const& r, engine_statement& s) {
        if (s.word(0) == "channels") return listed(notifications->channels());
        if (s.word(0) == "tell") notifications->notify(s.word(1), s.word(2));
        if (s.word(3) == "fail") throw sql_error(sqlstates::division_by_zero, "division by zero");
        auto made = engine::execute(r, s);
        return std::visit([]<class T>(T&& one) { return outcome(std::forward<T>(one)); }, std::move(made));
    }
};

/// Knows nothing of transactions, statements or columns.
struct simple_engine {
    command execute(request const& r) {
        return r.text == "fail" ? throw sql_error(sqlstates::division_by_zero, "no") : command("OK");
    }
};

/// Tells its columns when it is asked.
template<bool Async>
struct describing_engine {
    struct made {
        column c{"described", types::int4};
    };
    made prepare(std::string_view, std::span<oid const>) { return {}; }
    auto describe(made& s) {
        if constexpr (Async) return describe_later(s);
        else return std::span<column const>(&s.c, 1);
    }
    task<std::span<column const>> describe_later(made& s) {
        co_await async_engine::suspend();
        co_return std::span<column const>(&s.c, 1);
    }
    std::variant<command, rows<std::tuple<int>>> execute(request const&, made&) { return rows(std::tuple(7)); }
};

/// The payloads of all notifications in what a session was sent.
std::vector<std::string> payloads_in(std::string const& bytes) {
    std::vector<std::string> all;
    for (auto const& a : frames(bytes))
        if (a.tag == 'A') all.emplace_back(decode<notification_response>(a.body)->payload);
    return all;
}

}  // namespace

#define ALL_ENGINES "", engine, async_engine, transactional_engine, async_transactional_engine
#define WITH_TRANSACTIONS "", transactional_engine, async_transactional_engine

// ---- the rules of delivery

TEMPLATE_TEST_CASE("a session hears itself, just before ReadyForQuery", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    CHECK(a.ask({"LISTEN here", "NOTIFY here, 'it''s me'", "notify HERE", "NOTIFY \"HERE\", 'another'"}) ==
          "C(LISTEN) Z(I) C(NOTIFY) A(here,it's me) Z(I) C(NOTIFY) A(here,) Z(I) C(NOTIFY) Z(I)");
}

TEMPLATE_TEST_CASE("an idle session hears at once, and who has said it", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    auto& b = h.enter();
    auto& c = h.enter();
    a.ask({"LISTEN x"});
    b.ask({"LISTEN x", "LISTEN y"});
    CHECK(c.ask({"NOTIFY x, '1'", "NOTIFY y, '2'"}) == "C(NOTIFY) Z(I) C(NOTIFY) Z(I)");
    CHECK(a.hear() == "A(x,1)");
    auto const heard = b.hear_bytes();
    CHECK(shape(heard) == "A(x,1) A(y,2)");
    CHECK(c.context().process_id() != a.context().process_id());
    for (auto const& m : frames(heard))
        CHECK(decode<notification_response>(m.body)->process_id == c.context().process_id());
}

TEMPLATE_TEST_CASE("LISTEN and UNLISTEN take effect at commit", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"BEGIN", "LISTEN x"});
    h.hub().notify("x", "too early");
    CHECK(h.hub().count_listeners("x") == 0);
    CHECK(a.ask({"COMMIT"}) == "C(COMMIT) Z(I)");
    h.hub().notify("x", "now");
    h.settle();
    CHECK(a.ask({"BEGIN", "UNLISTEN x"}) == "A(x,now) C(BEGIN) Z(T) C(UNLISTEN) Z(T)");
    CHECK(h.hub().count_listeners("x") == 1);
    CHECK(a.ask({"COMMIT", "NOTIFY x"}) == "C(COMMIT) Z(I) C(NOTIFY) Z(I)");
    CHECK(h.hub().count_listeners("x") == 0);
}

TEMPLATE_TEST_CASE("NOTIFY is sent at commit, in order, and the same only once", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    auto& b = h.enter();
    b.ask({"LISTEN x", "LISTEN y"});
    a.ask({"BEGIN", "NOTIFY x, '1'", "NOTIFY y, '1'", "NOTIFY x, '1'", "NOTIFY x, '2'", "NOTIFY y, '1'", "NOTIFY x"});
    CHECK(b.hear().empty());
    a.ask({"COMMIT"});
    CHECK(b.hear() == "A(x,1) A(y,1) A(x,2) A(x,)");
    a.ask({"NOTIFY x, '1'", "NOTIFY x, '1'"});
    CHECK(b.hear() == "A(x,1) A(x,1)");
}

TEMPLATE_TEST_CASE("many notifications of one transaction are sent once, too", WITH_TRANSACTIONS) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"LISTEN x", "BEGIN"});
    std::string expected;
    for (int round = 0; round != 2; ++round)
        for (int i = 0; i != 40; ++i) a.ask({"NOTIFY x, '" + std::to_string(i) + "'"});
    for (int i = 0; i != 40; ++i) expected += " A(x," + std::to_string(i) + ")";
    CHECK(a.ask({"COMMIT"}) == "C(COMMIT)" + expected + " Z(I)");
}

TEMPLATE_TEST_CASE("ROLLBACK drops what was said and what would have been heard", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    CHECK(a.ask({"LISTEN old", "BEGIN", "LISTEN x", "UNLISTEN old", "NOTIFY old", "ROLLBACK"}) ==
          "C(LISTEN) Z(I) C(BEGIN) Z(T) C(LISTEN) Z(T) C(UNLISTEN) Z(T) C(NOTIFY) Z(T) C(ROLLBACK) Z(I)");
    CHECK(a.ask({"NOTIFY x", "NOTIFY old"}) == "C(NOTIFY) Z(I) C(NOTIFY) A(old,) Z(I)");
}

TEMPLATE_TEST_CASE("statements of one Query, and those up to a Sync, are said together or not at all", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    auto& b = h.enter();
    a.ask({"LISTEN x"});
    b.ask({"LISTEN x"});
    CHECK(a.ask({"NOTIFY x, '1'; NOTIFY x, '1'; NOTIFY x, '2'; insert 1; NOTIFY x, '1'"}) ==
          "C(NOTIFY) C(NOTIFY) C(NOTIFY) C(INSERT 0 1) C(NOTIFY) A(x,1) A(x,2) Z(I)");
    CHECK(a.ask({"NOTIFY x, 'lost'; LISTEN y; fail"}) == "C(NOTIFY) C(LISTEN) E(22012) Z(I)");
    CHECK(h.hub().count_listeners("y") == 0);
    auto const one = [](std::string_view text) { return parse("", text) + bind() + execute(); };
    a.send({one("NOTIFY x, 'p1'"), one("insert 1"), one("NOTIFY x, 'p2'"), sync(), one("NOTIFY x, 'p3'"), sync()});
    CHECK(a.hear() == "1 2 C(NOTIFY) 1 2 C(INSERT 0 1) 1 2 C(NOTIFY) A(x,p1) A(x,p2) Z(I) 1 2 C(NOTIFY) A(x,p3) Z(I)");
    CHECK(a.send({one("NOTIFY x, 'lost'"), one("fail"), sync()}).hear() == "1 2 C(NOTIFY) 1 2 E(22012) Z(I)");
    CHECK(b.hear() == "A(x,1) A(x,2) A(x,p1) A(x,p2) A(x,p3)");
}

TEMPLATE_TEST_CASE("what can't be committed was not said", WITH_TRANSACTIONS) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"LISTEN x"});
    CHECK(a.ask({"BEGIN", "NOTIFY x", "LISTEN y", "defer", "COMMIT"}) ==
          "C(BEGIN) Z(T) C(NOTIFY) Z(T) C(LISTEN) Z(T) C(DEFER) Z(T) E(23503) Z(I)");
    CHECK(a.ask({"NOTIFY x, 'lost'; NOTIFY y; defer"}) == "C(NOTIFY) C(NOTIFY) E(23503) Z(I)");
    CHECK(a.ask({"NOTIFY y", "NOTIFY x, 'heard'"}) == "C(NOTIFY) Z(I) C(NOTIFY) A(x,heard) Z(I)");
}

TEMPLATE_TEST_CASE("a session in a transaction hears nothing until that is over", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    auto& b = h.enter();
    b.ask({"LISTEN x"});
    for (std::string_view const end : {"COMMIT", "ROLLBACK"}) {
        b.ask({"BEGIN"});
        a.ask({"NOTIFY x, 'held'", "NOTIFY x, 'back'"});
        CHECK(b.ask({"insert 1"}) == "C(INSERT 0 1) Z(T)");
        CHECK(b.ask({end}) == "C(" + std::string(end) + ") A(x,held) A(x,back) Z(I)");
    }
    b.ask({"BEGIN", "fail"});
    a.ask({"NOTIFY x, 'held'"});
    CHECK(b.hear().empty());
    CHECK(b.ask({"COMMIT"}) == "C(ROLLBACK) A(x,held) Z(I)");
}

TEMPLATE_TEST_CASE("a transaction that says goodbye does not hear what it was spared", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    auto& b = h.enter();
    b.ask({"LISTEN x", "LISTEN y", "BEGIN"});
    a.ask({"NOTIFY x, 'held'", "NOTIFY y, 'held'"});
    CHECK(b.ask({"UNLISTEN x", "NOTIFY x, 'own'", "COMMIT"}) ==
          "C(UNLISTEN) Z(T) C(NOTIFY) Z(T) C(COMMIT) A(y,held) Z(I)");
    b.ask({"BEGIN"});
    a.ask({"NOTIFY y, 'held'"});
    CHECK(b.ask({"UNLISTEN *", "COMMIT"}) == "C(UNLISTEN) Z(T) C(COMMIT) Z(I)");
    b.ask({"LISTEN y", "BEGIN"});
    a.ask({"NOTIFY y, 'held'"});
    CHECK(b.ask({"UNLISTEN y", "LISTEN y", "COMMIT"}) == "C(UNLISTEN) Z(T) C(LISTEN) Z(T) C(COMMIT) A(y,held) Z(I)");
}

TEMPLATE_TEST_CASE("a busy session hears before its ReadyForQuery", "", async_engine, async_transactional_engine) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"LISTEN x"});
    a.peer().send(query("select 2"));
    h.io().restart();
    auto const is_at_work = [&] { return a.engine().log->ends_with("execute:select"); };
    while (!is_at_work() && h.io().poll_one() != 0) {}
    REQUIRE(is_at_work());
    h.hub().notify("x", "meanwhile");
    h.settle();
    CHECK(a.hear() == "T D D C(SELECT 2) A(x,meanwhile) Z(I)");
}

TEMPLATE_TEST_CASE("ROLLBACK TO drops what came after the savepoint", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"LISTEN x", "BEGIN", "NOTIFY x, '1'", "SAVEPOINT s", "NOTIFY x, '2'", "NOTIFY x, '1'", "LISTEN y"});
    a.ask({"ROLLBACK TO s", "NOTIFY x, '3'", "SAVEPOINT t", "NOTIFY x, '4'", "NOTIFY x, '3'", "RELEASE t"});
    CHECK(a.ask({"NOTIFY x, '4'", "COMMIT"}) == "C(NOTIFY) Z(T) C(COMMIT) A(x,1) A(x,3) A(x,4) Z(I)");
    CHECK(h.hub().count_listeners("y") == 0);
    a.ask({"BEGIN", "SAVEPOINT s", "NOTIFY x, '1'", "SAVEPOINT s", "NOTIFY x, '2'", "fail", "ROLLBACK TO s"});
    CHECK(a.ask({"NOTIFY x, '3'", "RELEASE s", "ROLLBACK TO s", "NOTIFY x, '4'", "COMMIT"}) ==
          "C(NOTIFY) Z(T) C(RELEASE) Z(T) C(ROLLBACK) Z(T) C(NOTIFY) Z(T) C(COMMIT) A(x,4) Z(I)");
}

TEMPLATE_TEST_CASE("an engine sees savepoints only if it has transactions, and nothing of NOTIFY", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"BEGIN", "SAVEPOINT s", "ROLLBACK TO s", "NOTIFY x", "COMMIT"});
    bool const has_transactions = has_hooks<TestType, "begin_implicit">;
    CHECK(*a.engine().log == (has_transactions ? "begin prepare:SAVEPOINT execute:SAVEPOINT prepare:ROLLBACK "
                                                 "execute:ROLLBACK commit"
                                               : ""));
}

TEMPLATE_TEST_CASE("UNLISTEN ends it for one channel or for all", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"LISTEN x", "LISTEN x", "LISTEN y", "LISTEN z", "UNLISTEN x", "UNLISTEN unknown"});
    CHECK(a.ask({"NOTIFY x", "NOTIFY y"}) == "C(NOTIFY) Z(I) C(NOTIFY) A(y,) Z(I)");
    CHECK(a.ask({"UNLISTEN *", "NOTIFY y", "NOTIFY z"}) == "C(UNLISTEN) Z(I) C(NOTIFY) Z(I) C(NOTIFY) Z(I)");
}

TEMPLATE_TEST_CASE("DISCARD ALL ends it for all", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"LISTEN x", "LISTEN y"});
    a.layer().on_discard_all();
    CHECK(a.ask({"NOTIFY x", "NOTIFY y"}) == "C(NOTIFY) Z(I) C(NOTIFY) Z(I)");
}

TEMPLATE_TEST_CASE("a session that has ended is forgotten", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    auto& b = h.enter();
    a.ask({"LISTEN x", "LISTEN y"});
    b.ask({"LISTEN x", "BEGIN", "NOTIFY x, 'unsaid'"});
    CHECK(h.hub().count_listeners("x") == 2);
    b.leave();
    REQUIRE(b.has_left());
    CHECK(h.hub().count_listeners("x") == 1);
    CHECK(a.ask({"NOTIFY x, 'alone'"}) == "C(NOTIFY) A(x,alone) Z(I)");
    a.leave();
    CHECK(h.hub().count_listeners("x") + h.hub().count_listeners("y") == 0);
    h.hub().notify("x", "nobody");
}

// ---- statements

TEST_CASE("a channel is an identifier of at most 63 bytes") {
    house<engine> h;
    auto& a = h.enter();
    std::string const longest(63, 'x');
    auto const said = a.ask_bytes({"LISTEN " + longest + "yz"});
    CHECK(shape(said) == "N(42622) C(LISTEN) Z(I)");
    CHECK(message_in(said) == "identifier \"" + longest + "yz\" will be truncated to \"" + longest + '"');
    CHECK(a.ask({"NOTIFY " + longest}) == "C(NOTIFY) A(" + longest + ",) Z(I)");
    std::string umlauts;
    for (int i = 0; i != 32; ++i) umlauts += "ü";
    CHECK(a.ask({"LISTEN \"" + umlauts + '"', "NOTIFY " + umlauts.substr(0, 62)}) ==
          "N(42622) C(LISTEN) Z(I) C(NOTIFY) A(" + umlauts.substr(0, 62) + ",) Z(I)");
    CHECK(a.ask({"LISTEN \"A \"\"b\"", "NOTIFY U&\"\\0041 \"\"b\""}) == "C(LISTEN) Z(I) C(NOTIFY) A(A \"b,) Z(I)");
}

TEST_CASE("a payload is a string of less than 8000 bytes") {
    house<engine> h;
    auto& a = h.enter();
    a.ask({"LISTEN x"});
    CHECK(a.ask({"NOTIFY x, E'a\\tb'", "NOTIFY x, $$it's$$", "NOTIFY x, U&'\\0041'", "NOTIFY x, ''"}) ==
          "C(NOTIFY) A(x,a\tb) Z(I) C(NOTIFY) A(x,it's) Z(I) C(NOTIFY) A(x,A) Z(I) C(NOTIFY) A(x,) Z(I)");
    std::string const longest(7'999, 'x');
    CHECK(a.ask({"NOTIFY x, '" + longest + "'"}) == "C(NOTIFY) A(x," + longest + ") Z(I)");
    auto const said = a.ask_bytes({"NOTIFY x, '" + longest + "y'"});
    CHECK(shape(said) == "E(22023) Z(I)");
    CHECK(message_in(said) == "payload string too long");
    auto const bad = a.ask_bytes({"NOTIFY x, E'\\xff'"});
    CHECK(shape(bad) == "E(22021) Z(I)");
    CHECK(message_in(bad) == "invalid byte sequence for encoding \"UTF8\": 0xff");
}

TEST_CASE("a wrong statement is an error in PostgreSQL's words, with its position") {
    struct wrong {
        std::string_view text;
        std::string_view message;
        std::uint32_t position;
    };
    static constexpr wrong all[] = {
        {"LISTEN", "syntax error at end of input", 7},
        {"LISTEN 'x'", "syntax error at or near \"'x'\"", 8},
        {"LISTEN a.b", "syntax error at or near \".\"", 9},
        {"LISTEN a b", "syntax error at or near \"b\"", 10},
        {"LISTEN *", "syntax error at or near \"*\"", 8},
        {"LISTEN \"\"", "zero-length delimited identifier at or near \"\"\"\"", 8},
        {"LISTEN $1", "syntax error at or near \"$1\"", 8},
        {"UNLISTEN", "syntax error at end of input", 9},
        {"UNLISTEN * x", "syntax error at or near \"x\"", 12},
        {"NOTIFY", "syntax error at end of input", 7},
        {"NOTIFY a,", "syntax error at end of input", 10},
        {"NOTIFY a, 5", "syntax error at or near \"5\"", 11},
        {"NOTIFY a, 'x' 'y'", "syntax error at or near \"'y'\"", 15},
        {"NOTIFY a, B'01'", "syntax error at or near \"B'01'\"", 11},
        {"NOTIFY a, N'01'", "syntax error at or near \"N\"", 11},
        {"NOTIFY ü, 'ü", "unterminated quoted string at or near \"'ü\"", 11},
        {"NOTIFY a, E'\\x", "unterminated quoted string at or near \"E'\\x\"", 11},
        {"NOTIFY a, $x$abc", "unterminated dollar-quoted string at or near \"$x$abc\"", 11},
        {"NOTIFY \"abc", "unterminated quoted identifier at or near \"\"abc\"", 8},
    };
    for (auto const& w : all) {
        INFO(w.text);
        try {
            static_cast<void>(parse_notify_command(w.text));
            FAIL("was accepted");
        } catch (sql_error const& e) {
            CHECK(e.code() == sqlstates::syntax_error);
            CHECK(e.fields().message == w.message);
            CHECK(e.fields().position == w.position);
        }
    }
    for (std::string_view const engines : {"", "SELECT 1", "listener", "\"LISTEN\" x", "'NOTIFY'"})
        CHECK(parse_notify_command(engines).what == notify_command::kind::none);
}

TEMPLATE_TEST_CASE("a failed block looks at the syntax and refuses", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"BEGIN", "fail"});
    CHECK(a.ask({"LISTEN x", "NOTIFY x, 5", "UNLISTEN *", "ROLLBACK"}) ==
          "E(25P02) Z(E) E(42601) Z(E) E(25P02) Z(E) C(ROLLBACK) Z(I)");
    CHECK(a.ask({"insert 1; NOTIFY x, 5"}) == "E(42601) Z(I)");
}

TEMPLATE_TEST_CASE("statements have no columns and no parameters", ALL_ENGINES) {
    house<TestType> h;
    auto& a = h.enter();
    a.ask({"LISTEN x"});
    a.send({parse("", "NOTIFY x, 'd'"), describe_statement(), bind(), describe_portal(), execute(), sync()});
    CHECK(a.hear() == "1 t n 2 n C(NOTIFY) A(x,d) Z(I)");
    a.send({parse("n", "NOTIFY x, 'd'"), bind("", "n"), execute(), bind("", "n"), execute(), sync()});
    CHECK(a.hear() == "1 2 C(NOTIFY) 2 C(NOTIFY) A(x,d) Z(I)");
    a.send({parse("", "select 1"), describe_statement(), bind(), execute()});
    a.send({parse("", "echo $1"), describe_statement(), sync()});
    CHECK(a.hear() == "1 t T 2 D C(SELECT 1) 1 t T Z(I)");
}

// ---- engines

TEST_CASE("an engine says something itself, and knows what is listened to") {
    house<telling_engine> h;
    auto& a = h.enter();
    CHECK(a.ask({"LISTEN x", "tell x 1", "tell x 2 fail"}) == "C(LISTEN) Z(I) C(TELL) A(x,1) Z(I) E(22012) Z(I)");
    CHECK(a.ask({"BEGIN", "tell x 3", "NOTIFY x, '3'", "tell x 4", "LISTEN y", "channels", "COMMIT"}) ==
          "C(BEGIN) Z(T) C(TELL) Z(T) C(NOTIFY) Z(T) C(TELL) Z(T) C(LISTEN) Z(T) T D C(SELECT 1) Z(T) C(COMMIT) A(x,3) "
          "A(x,4) Z(I)");
    CHECK(rows_in(a.ask_bytes({"channels"})) == "x;y");
    auto const said = a.ask_bytes({"tell"});
    CHECK(shape(said) == "E(22023) Z(I)");
    CHECK(message_in(said) == "channel name cannot be empty");
    auto const other = a.ask_bytes({"tell " + std::string(64, 'x')});
    CHECK(message_in(other) == "channel name too long");
    CHECK(a.ask({"NOTIFY x, 'well'"}) == "C(NOTIFY) A(x,well) Z(I)");
}

TEST_CASE("an engine that knows nothing of statements may be inside") {
    house<simple_engine> h;
    auto& a = h.enter();
    CHECK(a.ask({"LISTEN x", "anything", "BEGIN", "NOTIFY x, '1'", "SAVEPOINT s", "NOTIFY x, '2'", "fail"}) ==
          "C(LISTEN) Z(I) C(OK) Z(I) C(BEGIN) Z(T) C(NOTIFY) Z(T) C(SAVEPOINT) Z(T) C(NOTIFY) Z(T) E(22012) Z(E)");
    CHECK(a.ask({"ROLLBACK TO s", "COMMIT"}) == "C(ROLLBACK) Z(T) C(COMMIT) A(x,1) Z(I)");
    a.send({parse("", "anything"), describe_statement(), bind(), execute(), sync()});
    CHECK(a.hear() == "1 t n 2 C(OK) Z(I)");
}

TEMPLATE_TEST_CASE("an engine that is asked for its columns may be inside", "", describing_engine<false>,
                   describing_engine<true>) {
    house<TestType> h;
    auto& a = h.enter();
    a.send({parse("", "what"), describe_statement(), bind(), execute()});
    a.send({parse("", "LISTEN x"), describe_statement(), sync()});
    auto const said = a.hear_bytes();
    CHECK(shape(said) == "1 t T 2 D C(SELECT 1) 1 t n Z(I)");
    CHECK(columns_in(said) == "described:23");
}

TEMPLATE_TEST_CASE("without the layer for SQL every implicit transaction is one", "", engine,
                   async_transactional_engine) {
    auto const hub = std::make_shared<notification_hub>();
    live_session<notify_layer<TestType>> one(notify_layer<TestType>{hub});
    one.enter().send({query("LISTEN x"), query("NOTIFY x, '1'; NOTIFY x, '1'"), query("NOTIFY x; fail")});
    CHECK(one.hear() == "C(LISTEN) Z(I) C(NOTIFY) C(NOTIFY) A(x,1) Z(I) C(NOTIFY) E(22012) Z(I)");
    one.send({query("insert 2"), terminate()}).settle();
    CHECK(one.hear() == "C(INSERT 0 2) Z(I)");
    CHECK(one.has_ended());
    CHECK(hub->count_listeners("x") == 0);
}

// ---- limits

TEST_CASE("who has too much waiting loses the rest, and is told so") {
    house<transactional_engine> h(std::make_shared<notification_hub>(1'000));
    auto& a = h.enter();
    auto& b = h.enter();
    a.ask({"LISTEN x", "BEGIN"});
    b.ask({"LISTEN x"});
    CHECK(h.hub().queue_usage() == 0);
    std::string const payload(300, 'x');
    for (int i = 0; i != 5; ++i) h.hub().notify("x", payload + std::to_string(i));
    h.settle();
    CHECK(payloads_in(b.hear_bytes()).size() == 5);
    CHECK(h.hub().queue_usage() == 1);
    auto const said = a.ask_bytes({"COMMIT"});
    CHECK(payloads_in(said) == std::vector{payload + "0", payload + "1", payload + "2"});
    CHECK(shape(said).ends_with("N(WARNING 54000) Z(I)"));
    CHECK(h.hub().queue_usage() == 0);
    CHECK(a.ask({"NOTIFY x, 'heard'"}) == "C(NOTIFY) A(x,heard) Z(I)");
}

TEST_CASE("what a client does not read waits for it, in order") {
    house<engine> h;
    auto& a = h.enter();
    a.ask({"LISTEN x"});
    a.peer().stalled = true;
    std::string const payload(7'000, 'x');
    constexpr std::size_t many = 500;  // 3.5 MB: more than a session's mailbox takes
    for (std::size_t i = 0; i != many; ++i) h.hub().notify("x", std::to_string(i) + payload);
    h.settle();
    CHECK(h.hub().queue_usage() > 0.1);
    a.peer().resume();
    h.settle();
    auto const heard = payloads_in(a.hear_bytes());
    REQUIRE(heard.size() == many);
    for (std::size_t i = 0; i != many; ++i) CHECK(heard[i] == std::to_string(i) + payload);
    CHECK(h.hub().queue_usage() == 0);
}

TEST_CASE("what comes faster than a session gets its turn is heard, too, with nothing else to wake it") {
    house<engine> h;
    auto& a = h.enter();
    auto& b = h.enter();
    a.ask({"LISTEN x"});
    b.ask({"LISTEN x", "BEGIN"});
    std::string const payload(7'000, 'x');
    constexpr std::size_t many = 500;  // 3.5 MB: more than a session's mailbox takes
    for (std::size_t i = 0; i != many; ++i) h.hub().notify("x", std::to_string(i) + payload);
    h.settle();
    CHECK(payloads_in(a.hear_bytes()).size() == many);
    CHECK(b.hear() == "");
    CHECK(payloads_in(b.ask_bytes({"COMMIT"})).size() == many);
    CHECK(h.hub().queue_usage() == 0);
}

// ---- threads

namespace {

/// Has everything been heard that each sender has said while it was listened to, in its order? A payload is
/// `SENDER:NUMBER`.
bool without_gaps(std::vector<std::string> const& heard) {
    std::map<std::string, int, std::less<>> next;
    return std::all_of(heard.begin(), heard.end(), [&next](std::string const& payload) {
        auto const colon = payload.find(':');
        int const number = std::stoi(payload.substr(colon + 1));
        auto const [at, is_first] = next.try_emplace(payload.substr(0, colon), number);
        return at->second++ == number;
    });
}

}  // namespace

TEST_CASE("threads notify sessions that come and go: nobody misses anything, and all hear it in the same order") {
    constexpr int senders = 3;
    constexpr int each = 50'000;
    constexpr int rooms = 2;
    auto const hub = std::make_shared<notification_hub>(1'000'000'000);
    std::atomic<int> ready{0};
    std::atomic<int> silent{0};  // senders that have said all
    std::atomic<int> left{0};    // rooms that say nothing more
    std::atomic<bool> gaps{false};
    std::vector<std::string> heard[rooms];
    int said[rooms] = {};

    auto const run_room = [&](int room) {
        house<engine> h(hub);
        auto& stays = h.enter();
        stays.ask({"LISTEN all"});
        for (++ready; ready != rooms;) std::this_thread::yield();
        while (silent != senders) {
            auto& goes = h.enter();
            goes.ask({"LISTEN all", "LISTEN other"});
            for (int i = 0; i != 5; ++i) {
                auto const mine = "NOTIFY all, 'room " + std::to_string(room) + ':';
                goes.ask_quietly(mine + std::to_string(said[room]++) + '\'');
                goes.ask_quietly("BEGIN; NOTIFY other, 'x:" + std::to_string(i) + "'");
                goes.ask_quietly(mine + std::to_string(said[room]++) + "'; COMMIT");
            }
            auto all = payloads_in(goes.hear_bytes());
            std::erase_if(all, [](std::string const& payload) { return payload.starts_with("x:"); });
            if (!without_gaps(all)) gaps = true;
            h.see_off();
        }
        for (++left; left != rooms;) std::this_thread::yield();
        do h.settle();
        while (hub->queue_usage() != 0);
        h.settle();
        heard[room] = payloads_in(stays.hear_bytes());
    };
    std::vector<std::thread> threads;
    for (int room = 0; room != rooms; ++room) threads.emplace_back(run_room, room);
    for (int sender = 0; sender != senders; ++sender)
        threads.emplace_back([&, sender] {
            while (ready != rooms) std::this_thread::yield();
            auto const name = std::to_string(sender) + ':';
            for (int i = 0; i != each; ++i) hub->notify("all", name + std::to_string(i));
            ++silent;
        });
    for (auto& t : threads) t.join();

    CHECK_FALSE(gaps);
    CHECK(said[0] > 0);
    CHECK(said[1] > 0);
    CHECK(heard[0].size() == static_cast<std::size_t>(senders * each + said[0] + said[1]));
    CHECK(without_gaps(heard[0]));
    CHECK((heard[0] == heard[1]));
    CHECK(hub->count_listeners("all") + hub->count_listeners("other") == 0);
}

}  // namespace pgwire::test::notify_layer_tests
