// Rows as the session pulls them: batches, pauses, what leaves when, and how much stands in memory.
#include "tests/support/engine.hpp"

#include <numeric>

namespace pgwire::test::cursors_tests {

namespace {

struct tick {
    int n;
};

/// Each row comes when the test says so.
struct ticker {
    struct ticks : cursor<tick> {
        asio::steady_timer timer;
        std::shared_ptr<asio::steady_timer*> signal;
        journal log;
        int n = 0;
        ticks(session_context const& session, std::shared_ptr<asio::steady_timer*> s, journal l)
            : timer(session.executor(), asio::steady_timer::time_point::max()), signal(std::move(s)), log(std::move(l)) {}
        task<bool> next(writer& out) {
            *log += "p";
            *signal = &timer;
            error_code ec;
            co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
            out(tick{++n});
            co_return n < 1000;
        }
    };
    std::shared_ptr<asio::steady_timer*> signal = std::make_shared<asio::steady_timer*>(nullptr);
    journal log = new_journal();

    ticks execute(request const& r) { return {r.session(), signal, log}; }
};

/// Writes as many rows in each pull as the session welcomes, and counts the pulls.
template<bool Async>
struct batches {
    struct numbers : cursor<tick> {
        int n = 0;
        int count;
        int* pulls;
        numbers(int c, int* p) : count(c), pulls(p) {}
        bool fill(writer& out) {
            ++*pulls;
            while (n != count)
                if (!out(tick{++n})) break;
            return n != count;
        }
        bool next(writer& out)
            requires(!Async)
        {
            return fill(out);
        }
        task<bool> next(writer& out)
            requires(Async)
        {
            co_return fill(out);
        }
    };
    int count = 0;
    std::shared_ptr<int> pulls = std::make_shared<int>(0);
    numbers execute(request const&) { return {count, pulls.get()}; }
};

/// Writes rows that are not welcome.
struct pushy {
    struct two_at_once : cursor<tick> {
        bool next(writer& out) {
            out(tick{1});
            out(tick{2});
            return true;
        }
    };
    two_at_once execute(request const&) { return {}; }
};

struct tagged : cursor<tick> {
    bool next(writer& out) { return out(tick{1}), false; }
    [[nodiscard]] command tag(std::uint64_t n) const { return {"FETCH", n}; }
};

/// One of four kinds of outcome.
struct various {
    struct kind {
        char letter;
        [[nodiscard]] std::span<column const> columns() const {
            static constexpr std::array one{column{"n", types::int4}};
            return letter == 'c' ? std::span<column const>() : one;
        }
    };
    using outcome = std::variant<rows<tick>, command, tagged, engine::selected>;
    kind prepare(std::string_view text, std::span<oid const>) { return {text.at(0)}; }
    outcome execute(request const&, kind& k) {
        if (k.letter == 'r') return rows{tick{7}};
        if (k.letter == 't') return tagged{};
        return command{"CREATE TABLE"};
    }
};

struct from_range {
    auto execute(request const&) { return rows{std::vector<tick>{{1}, {2}, {3}}}; }
};
struct from_tuple {
    auto execute(request const&) { return rows{std::tuple<int, std::optional<std::string_view>>{1, std::nullopt}}; }
};

/// Its columns change after the statement was prepared.
struct shifting {
    struct prepared {
        std::vector<column> described{column{"a", types::int4}};
        [[nodiscard]] std::span<column const> columns() const { return described; }
    };
    struct other : cursor<> {
        std::vector<column> now{column{"a", types::text}};
        [[nodiscard]] std::span<column const> columns() const { return now; }
        bool next(writer& out) {
            auto values = out.begin_row();
            values.add(std::string_view("x"));
            values.end();
            return false;
        }
    };
    prepared prepare(std::string_view, std::span<oid const>) { return {}; }
    other execute(request const&, prepared&) { return {}; }
};

struct without_columns {
    struct empty_rows : cursor<> {
        int left = 2;
        [[nodiscard]] static std::span<column const> columns() { return {}; }
        bool next(writer& out) {
            out.begin_row().end();
            return --left != 0;
        }
    };
    static constexpr bool simple_protocol_only = true;
    empty_rows execute(request const&) { return {}; }
};

}  // namespace

TEST_CASE("rows leave when their source suspends, one by one") {
    ticker handler;
    live_session<ticker> one(handler);
    one.enter();
    CHECK(one.send({query("run")}).hear() == "T");
    for (int i = 0; i != 3; ++i) {
        (*handler.signal)->cancel();
        CHECK(one.settle().hear() == "D");
    }
}

TEST_CASE("rows of a pipeline leave while their source suspends, but not before something must") {
    ticker handler;
    live_session<ticker> one(handler);
    one.enter();
    one.send({parse("", "run"), bind(), execute("", 2)});
    (*handler.signal)->cancel();
    one.settle();
    CHECK(one.hear() == "1 2 D");
    (*handler.signal)->cancel();
    CHECK(one.settle().hear() == "");
    CHECK(one.send({flush()}).hear() == "D s");
    CHECK(one.send({execute("", 1)}).hear() == "");
    (*handler.signal)->cancel();
    CHECK(one.settle().send({sync()}).hear() == "D s Z(I)");
}

TEST_CASE("a source whose client has gone is not pulled any more") {
    ticker handler;
    live_session<ticker> one(handler);
    one.enter().send({query("run")});
    one.peer().fail_at = one.peer().operations;  // the next write fails
    for (int i = 0; i != 5 && !one.has_ended(); ++i) {
        (*handler.signal)->cancel();
        one.settle();
    }
    CHECK(one.has_ended());
    CHECK(handler.log->size() <= 3);
}

TEMPLATE_TEST_CASE_SIG("a source may write many rows in a pull, and no more than the client asked for", "",
                       ((bool Async), Async), false, true) {
    batches<Async> handler;
    handler.count = 10;
    CHECK(answers(handler, {parse("", "x"), bind(), execute("", 4), execute("", 6), execute(), sync()}) ==
          "1 2 D D D D s D D D D D D s C(SELECT 0) Z(I)");
    CHECK(answers(handler, {parse("", "x"), bind(), execute("", 9), execute(), sync()}) ==
          "1 2 D D D D D D D D D s D C(SELECT 1) Z(I)");
    *handler.pulls = 0;
    static_cast<void>(run_session(handler, {startup(), query("x")}));
    CHECK(*handler.pulls == 1);
}

TEST_CASE("a portal is suspended even if its source wrote rows that were not welcome") {
    CHECK(answers(pushy{}, {parse("", "x"), bind(), execute("", 1), sync()}).ends_with("s Z(I)"));
}

TEMPLATE_TEST_CASE_SIG("a large result leaves in pieces, and does not stand in memory", "", ((bool Async), Async), false,
                       true) {
    batches<Async> handler;
    handler.count = 200'000;
    auto const peer = std::make_shared<memory_peer>();
    live_session<batches<Async>> one(handler, {}, {}, peer);
    one.enter();
    peer->send(parse("", "x") + test::bind() + execute() + sync());
    REQUIRE(one.run_until([&] { return peer->output.size() > 1'000'000 && peer->output.ends_with("\5I"); }));
    CHECK(*std::max_element(peer->writes.begin(), peer->writes.end()) < 128 * 1024);
    auto const heard = one.hear_bytes();
    auto const all = frames(heard);
    CHECK(std::count_if(all.begin(), all.end(), [](answer const& a) { return a.tag == 'D'; }) == 200'000);
}

TEST_CASE("a client that does not read slows its source down") {
    batches<false> handler;
    handler.count = 1'000'000'000;
    live_session<batches<false>> one(handler);
    one.enter().peer().stalled = true;
    one.send({query("x")});
    auto const pulls = *handler.pulls;
    CHECK(pulls < 10);
    one.settle();
    CHECK(*handler.pulls == pulls);
}

TEST_CASE("a result that never ends lets other sessions work") {
    batches<false> handler;
    handler.count = 1'000'000'000;
    live_session<batches<false>> one(handler);
    one.enter().peer().send(query("x"));
    bool other = false;
    asio::post(one.io(), [&] { asio::post(one.io(), [&] { asio::post(one.io(), [&] { other = true; }); }); });
    CHECK(one.run_until([&] { return other; }));
    CHECK(*handler.pulls < 20);
}

TEST_CASE("a handler may have several kinds of outcome") {
    CHECK(answers(various{}, {query("r; t; c")}) == "T D C(SELECT 1) T D C(FETCH 1) C(CREATE TABLE) Z(I)");
    CHECK(answers(various{}, {parse("", "t"), bind(), describe_portal(), execute(), sync()}) ==
          "1 2 T D C(FETCH 1) Z(I)");
    CHECK(answers(various{}, {parse("", "c"), bind(), describe_portal(), execute("", 1), sync()}) ==
          "1 2 n C(CREATE TABLE) Z(I)");
}

TEST_CASE("columns of rows are described without running them") {
    CHECK(columns_in(conversation(from_range{}, {parse("", "x"), describe_statement(), sync()})) == "n:23");
    CHECK(columns_in(conversation(from_tuple{}, {parse("", "x"), describe_statement(), sync()})) ==
          "column1:23 column2:25");
    CHECK(rows_in(conversation(from_range{}, {query("x")})) == "1;2;3");
    CHECK(rows_in(conversation(from_tuple{}, {query("x")})) == "1|null");
}

TEST_CASE("the cached plan must not change its result type: 0A000") {
    CHECK(answers(shifting{}, {parse("", "x"), bind(), execute(), sync()}) == "1 2 E(0A000) Z(I)");
    CHECK(answers(shifting{}, {query("x")}) == "T D C(SELECT 1) Z(I)");
}

TEST_CASE("rows without columns are described in the simple protocol, as rows they are") {
    CHECK(conversation(without_columns{}, {query("select")}) ==
          std::string("T\0\0\0\6\0\0" "D\0\0\0\6\0\0" "D\0\0\0\6\0\0" "C\0\0\0\xDSELECT 2\0" "Z\0\0\0\5I", 41));
}

}  // namespace pgwire::test::cursors_tests
