// Engines that call back for each row, on a pool of their own.
#include "pgwire/server/pushed.hpp"

#include "pgwire/server/cursor_layer.hpp"
#include "pgwire/server/sql_layer.hpp"
#include "tests/support/engine.hpp"

#include PGWIRE_ASIO_HEADER(strand.hpp)
#include PGWIRE_ASIO_HEADER(thread_pool.hpp)

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <semaphore>
#include <thread>

namespace pgwire::test::pushed_tests {

namespace {

using namespace std::chrono_literals;

struct pair {
    int n;
    std::string_view text;
};

/// Its engine is a function of the sink: the test's.
template<class Row = pair>
struct pushing {
    using engine_function = std::function<void(row_sink<Row>&)>;

    std::shared_ptr<asio::thread_pool> pool = std::make_shared<asio::thread_pool>(2);  // joined by the last copy
    engine_function run;

    explicit pushing(engine_function f) : run(std::move(f)) {}
    pushed<Row> execute(request const&) { return {pool->get_executor(), run}; }
};

/// What the test sees of an engine that runs.
struct progress {
    std::atomic<int> pushed{0};
    std::atomic<bool> begun{false};
    std::atomic<bool> refused{false};
    std::atomic<bool> ended{false};
    std::binary_semaphore go_on{0};
};

/// Pushes `count` rows, as fast as they are taken.
auto counting_to(int count, std::shared_ptr<progress> seen = std::make_shared<progress>()) {
    return [count, seen](row_sink<pair>& rows) {
        for (int n = 1; n <= count && !seen->refused; ++n) {
            seen->refused = !rows({n, "x"});
            ++seen->pushed;
        }
        seen->ended = true;
    };
}
/// Says nothing until it is told to; then pushes a row, until one is refused.
auto hesitating(std::shared_ptr<progress> seen) {
    return [seen](row_sink<pair>& rows) {
        seen->begun = true;
        while (!seen->refused) {
            seen->go_on.acquire();
            seen->refused = !rows({++seen->pushed, "x"});
        }
        seen->ended = true;
    };
}

constexpr std::size_t row_size = 7 + 4 + 5 + 4 + 1;  // at most, with five digits
/// What an engine may be ahead of its client: both chunks, the send buffer, and the row in hand.
constexpr int most_ahead = 3 * (65'536 + row_size) / (7 + 4 + 1 + 4 + 1);

}  // namespace

TEST_CASE("an engine pushes rows from a thread of the pool, and they are counted") {
    auto const home = std::this_thread::get_id();
    live_session<pushing<>> one(pushing<>([home](row_sink<pair>& rows) {
        rows({1, std::this_thread::get_id() == home ? "home" : "pool"});
        rows({2, "two"});
    }));
    one.enter().send({query("x")});
    one.run_until([&] { return one.peer().output.ends_with("\5I") && one.peer().output.find("SELECT") != std::string::npos; });
    auto const output = one.hear_bytes();
    CHECK(shape(output) == "T D D C(SELECT 2) Z(I)");
    CHECK(rows_in(output) == "1|pool;2|two");
    one.send({query("x")});
    CHECK(one.run_until_heard("T D D C(SELECT 2) Z(I)") == "T D D C(SELECT 2) Z(I)");
}

TEST_CASE("an engine may push no row at all") {
    live_session<pushing<>> one(pushing<>([](row_sink<pair>&) {}));
    one.enter().send({query("x"), parse("", "x"), bind(), execute(), execute(), sync()});
    auto const expected = "T C(SELECT 0) Z(I) 1 2 C(SELECT 0) C(SELECT 0) Z(I)";
    CHECK(one.run_until_heard(expected) == expected);
}

TEST_CASE("rows that were pushed beyond a row limit wait for the next Execute") {
    live_session<pushing<>> one(pushing<>(counting_to(7)));
    one.enter().send({parse("", "x"), bind(), execute("", 2), execute("", 1), execute("", 4), execute("", 5), sync()});
    auto const expected = "1 2 D D s D s D D D D s C(SELECT 0) Z(I)";
    one.run_until([&] { return one.peer().output.find("SELECT") != std::string::npos; });
    auto const output = one.hear_bytes();
    CHECK(shape(output) == expected);
    CHECK(rows_in(output) == "1|x;2|x;3|x;4|x;5|x;6|x;7|x");
}

TEST_CASE("a large result arrives whole and in order, in portions") {
    live_session<pushing<>> one(pushing<>(counting_to(100'000)));
    one.enter().send({query("x")});
    one.run_until([&] { return one.peer().output.ends_with("SELECT 100000\0Z\0\0\0\5I"sv); });
    auto const output = one.hear_bytes();
    int n = 0;
    bool in_order = true;
    for (auto const& a : frames(output))
        if (a.tag == 'D') in_order = in_order && a.body.substr(6).starts_with(std::to_string(++n));
    CHECK(n == 100'000);
    CHECK(in_order);
    CHECK(*std::max_element(one.peer().writes.begin(), one.peer().writes.end()) < 200'000);
}

TEST_CASE("pushed rows have the formats that Bind asked for, also one for each column") {
    live_session<pushing<>> one(pushing<>(counting_to(1)));
    one.enter().send({parse("", "x"), bind({}, {}, {}, {}, {format::binary, format::text}), execute(),
                      bind({}, {}, {}, {}, {format::binary}), execute(), bind(), execute(), sync()});
    auto const expected = "1 2 D C(SELECT 1) 2 D C(SELECT 1) 2 D C(SELECT 1) Z(I)";
    one.run_until([&] { return one.peer().output.size() > one.login().size() && one.peer().output.ends_with("\5I"); });
    auto const output = one.hear_bytes();
    CHECK(shape(output) == expected);
    CHECK(rows_in(output) == "\0\0\0\1|x;\0\0\0\1|x;1|x"s);
}

TEST_CASE("what an engine throws fails its statement, after the rows before it") {
    live_session<pushing<>> one(pushing<>([](row_sink<pair>& rows) {
        rows({1, "x"});
        throw sql_error(sqlstates::division_by_zero, "no");
    }));
    one.enter().send({query("x"), parse("", "x"), bind(), execute("", 1), sync(), query("x")});
    // Whether the engine has failed already when its row is sent, no client can see.
    auto const expected = "T D E(22012) Z(I) 1 2 D s Z(I) T D E(22012) Z(I)";
    CHECK(one.run_until_heard(expected) == expected);

    live_session<pushing<>> other(pushing<>([](row_sink<pair>&) { throw std::runtime_error("secret"); }));
    other.enter().send({query("x")});
    CHECK(other.run_until_heard("T E(XX000) Z(I)") == "T E(XX000) Z(I)");
}

TEST_CASE("a row that can't be written fails the statement, and nothing is thrown through the engine") {
    struct picky {
        date when;
    };
    auto const seen = std::make_shared<progress>();
    live_session<pushing<picky>> one(pushing<picky>([seen](row_sink<picky>& rows) {
        rows({date{0}});
        seen->refused = !rows({date{2'147'483'646}});  // no calendar has it
        seen->ended = !rows({date{0}});
    }));
    one.enter().send({query("x")});
    CHECK(one.run_until_heard("T D E(22008) Z(I)") == "T D E(22008) Z(I)");
    CHECK(seen->refused);
    CHECK(seen->ended);
}

TEST_CASE("a client that does not read holds the engine") {
    auto const seen = std::make_shared<progress>();
    live_session<pushing<>> one(pushing<>(counting_to(90'000, seen)));
    one.enter();
    one.peer().stalled = true;
    one.send({query("x")});
    for (int i = 0; i != 50; ++i) one.io().run_one_for(1ms);
    CHECK(seen->pushed > 0);
    CHECK(seen->pushed < most_ahead);
    CHECK(!seen->ended);
    one.peer().resume();
    CHECK(one.run_until([&] { return one.peer().output.ends_with("SELECT 90000\0Z\0\0\0\5I"sv); }));
    CHECK(seen->ended);
}

TEST_CASE("a suspended portal holds the engine, and closing it ends it") {
    auto const seen = std::make_shared<progress>();
    live_session<pushing<>> one(pushing<>(counting_to(90'000, seen)));
    one.enter().send({parse("", "x"), bind("p"), execute("p", 2), flush()});
    CHECK(one.run_until_heard("1 2 D D s") == "1 2 D D s");
    for (int i = 0; i != 50; ++i) one.io().run_one_for(1ms);
    CHECK(seen->pushed < most_ahead);
    CHECK(!seen->refused);
    one.send({close_portal("p"), sync()});
    CHECK(one.run_until_heard("3 Z(I)") == "3 Z(I)");
    CHECK(one.run_until([&] { return seen->ended.load(); }));
    CHECK(seen->refused);
    CHECK(seen->pushed < most_ahead);
}

TEST_CASE("all rows leave that are there, although the engine has not yet another one") {
    auto const seen = std::make_shared<progress>();
    pushing<> const handler([seen](row_sink<pair>& rows) {
        for (;;) {
            for (int i = 0; i != 3; ++i)
                if (!rows({++seen->pushed, "x"})) return;
            seen->go_on.acquire();
        }
    });
    live_session<pushing<>> one(handler);
    one.enter().send({query("x")});
    CHECK(one.run_until_heard("T D D D") == "T D D D");
    for (int i = 0; i != 5; ++i) {
        seen->go_on.release();
        CHECK(one.run_until_heard("D D D") == "D D D");
    }
    CHECK(seen->pushed == 18);
    one.close();
    CHECK(one.run_until_ended());
    seen->go_on.release();
}

TEST_CASE("the columns are told although the first row takes long") {
    auto const seen = std::make_shared<progress>();
    pushing<> const handler(hesitating(seen));
    live_session<pushing<>> one(handler);
    one.enter().send({query("x")});
    CHECK(one.run_until_heard("T") == "T");
    CHECK(seen->pushed == 0);
    one.close();
    CHECK(one.run_until_ended());
    seen->go_on.release();
}

TEST_CASE("a cancel does not wait for an engine that says nothing, which is told with its next row") {
    auto const seen = std::make_shared<progress>();
    pushing<> const handler(hesitating(seen));
    live_session<pushing<>> one(handler);
    one.enter().send({query("x")});
    CHECK(one.run_until([&] { return seen->begun.load(); }));
    CHECK(one.context().handle().cancel());
    one.run_until([&] { return one.peer().output.ends_with("\5I") && one.peer().output.find("57014") != std::string::npos; });
    CHECK(one.hear() == "T E(57014) Z(I)");
    CHECK(!seen->refused);
    seen->go_on.release();
    CHECK(one.run_until([&] { return seen->ended.load(); }));
    CHECK(seen->pushed == 1);
}

TEST_CASE("an engine that can be asked to stop need not wait for a row to learn that it should") {
    auto const seen = std::make_shared<progress>();
    live_session<pushing<>> one(pushing<>([seen](row_sink<pair>& rows) {
        seen->begun = true;
        while (rows.wanted()) std::this_thread::sleep_for(1ms);
        seen->ended = true;
    }));
    one.enter().send({query("x")});
    CHECK(one.run_until([&] { return seen->begun.load(); }));
    CHECK(one.context().handle().cancel());
    one.run_until([&] { return one.peer().output.ends_with("\5I") && one.peer().output.find("57014") != std::string::npos; });
    CHECK(one.hear() == "T E(57014) Z(I)");
    CHECK(one.run_until([&] { return seen->ended.load(); }));
}

TEST_CASE("a cancel ends an unlimited stream of rows") {
    auto const seen = std::make_shared<progress>();
    live_session<pushing<>> one(pushing<>(counting_to(2'000'000'000, seen)));
    one.enter().send({query("x")});
    one.run_until([&] { return one.peer().writes.size() > 5; });
    CHECK(one.context().handle().cancel());
    CHECK(one.run_until([&] { return seen->ended.load() && one.peer().output.ends_with("\5I"); }));
    CHECK(seen->refused);
    CHECK(shape(one.hear_bytes()).ends_with("D E(57014) Z(I)"));
}

TEST_CASE("a session that is stopped, or whose client leaves, does not wait for its engine") {
    for (bool const leaves : {false, true}) {
        auto const seen = std::make_shared<progress>();
        pushing<> const handler(hesitating(seen));
        live_session<pushing<>> one(handler);
        one.enter().send({query("x")});
        CHECK(one.run_until([&] { return seen->begun.load(); }));
        if (leaves) one.peer().gone = true;
        else one.close();
        CHECK(one.run_until_ended());
        CHECK(!seen->refused);
        seen->go_on.release();
    }
}

TEST_CASE("an engine that waits for room comes to its end when its session does, or its context") {
    auto const seen = std::make_shared<progress>();
    asio::thread_pool pool(1);
    {
        pushing<> handler(counting_to(90'000, seen));
        handler.pool = {&pool, [](auto*) {}};
        live_session<pushing<>> one(handler);
        one.enter().send({parse("", "x"), bind("p"), execute("p", 2), flush()});
        CHECK(one.run_until_heard("1 2 D D s") == "1 2 D D s");
    }
    pool.join();
    CHECK(seen->refused);
    CHECK(seen->ended);
}

TEST_CASE("a pool that is stopped before the engine has begun fails the statement") {
    pushing<> handler(counting_to(1));
    auto const seen = std::make_shared<progress>();
    handler.pool = std::make_shared<asio::thread_pool>(1);
    asio::post(*handler.pool, [seen] { seen->go_on.acquire(); });
    live_session<pushing<>> one(handler);
    one.enter().send({query("x")});
    handler.pool->stop();
    seen->go_on.release();
    handler.pool->join();
    one.handler().pool.reset();
    handler.pool.reset();
    CHECK(one.run_until_heard("T E(57P01) Z(I)") == "T E(57P01) Z(I)");
}

namespace {

/// Columns that are known at run time, a function that can only be moved, and a tag of its own.
struct returning {
    struct statement {
        std::vector<column> described{{"n", types::int4}, {"text", types::text}};
        [[nodiscard]] std::span<column const> columns() const { return described; }
    };

    std::shared_ptr<asio::thread_pool> pool = std::make_shared<asio::thread_pool>(1);
    std::shared_ptr<std::atomic<int>> alive = std::make_shared<std::atomic<int>>(0);

    statement prepare(std::string_view, std::span<oid const>) { return {}; }
    pushed<> execute(request const& r, statement& s) {
        struct lease {
            std::shared_ptr<std::atomic<int>> count;
            explicit lease(std::shared_ptr<std::atomic<int>> c) : count(std::move(c)) { ++*count; }
            ~lease() { --*count; }
        };
        bool const is_short = r.text == "short";
        return {pool->get_executor(), s.columns(),
                [held = std::make_unique<lease>(alive), is_short](auto& rows) -> command {
                    rows.begin_row().add(1).add(std::string_view("one")).end();
                    auto abandoned = rows.begin_row();
                    abandoned.add(2);
                    static_cast<void>(rows.begin_row());
                    auto last = rows.begin_row();
                    last.add_bytes(last.next_format() == format::text ? "3" : "\0\0\0\3"sv);
                    if (!is_short) last.add_null();
                    last.end();
                    return {"INSERT 0", 2};
                }};
    }
};

}  // namespace

TEST_CASE("an engine whose columns are known at run time pushes value by value, and may tell a tag") {
    returning handler;
    live_session<returning> one(handler);
    one.enter().send({query("x")});
    one.run_until([&] { return one.peer().output.ends_with("\5I") && one.peer().output.find("INSERT") != std::string::npos; });
    CHECK(*handler.alive == 0);
    auto const output = one.hear_bytes();
    CHECK(shape(output) == "T D D C(INSERT 0 2) Z(I)");
    CHECK(rows_in(output) == "1|one;3|null");
    one.send({parse("", "short"), bind({}, {}, {}, {}, {format::binary}), execute(), sync()});
    CHECK(one.run_until_heard("1 2 D E(XX000) Z(I)") == "1 2 D E(XX000) Z(I)");
}

TEST_CASE("on a strand of the pool, an engine has come to its end before the next statement begins") {
    struct one_at_a_time {
        std::shared_ptr<asio::thread_pool> pool = std::make_shared<asio::thread_pool>(4);
        asio::any_io_executor engine = asio::make_strand(pool->get_executor());
        std::shared_ptr<std::atomic<int>> at_work = std::make_shared<std::atomic<int>>(0);

        pushed<pair> execute(request const&) {
            return {engine, [busy = at_work](auto& rows) {
                        if (++*busy != 1) throw sql_error(sqlstates::object_in_use, "two at a time");
                        for (int n = 0; n != 20'000 && rows({n, "x"}); ++n) {}
                        std::this_thread::sleep_for(1ms);
                        --*busy;
                    }};
        }
    };
    live_session<one_at_a_time> one;
    one.enter();
    for (int i = 0; i != 20; ++i) {
        one.send({parse("", "x"), bind("p"), execute("p", 1), close_portal("p"), sync()});
        auto const expected = "1 2 D s 3 Z(I)";
        CHECK(one.run_until_heard(expected) == expected);
    }
}

namespace {

/// For the layers of SQL: a SELECT pushes, all else is a command.
struct selecting {
    struct made {
        bool has_rows;
        [[nodiscard]] std::span<column const> columns() const {
            return has_rows ? std::span<column const>(columns_of<pair>) : std::span<column const>();
        }
    };
    using outcome = std::variant<pushed<pair>, command>;

    std::shared_ptr<asio::thread_pool> pool = std::make_shared<asio::thread_pool>(1);

    made prepare(std::string_view text, std::span<oid const>) { return {text.starts_with("select")}; }
    outcome execute(request const&, made& m) {
        if (m.has_rows) return pushed<pair>(pool->get_executor(), counting_to(1'000));
        return command("OK");
    }
};

}  // namespace

TEST_CASE("a cursor of DECLARE fetches and skips what is pushed, as long as the rows are wanted in one format") {
    live_session<sql_layer<cursor_layer<selecting>>> one;
    one.enter().send({query("BEGIN; DECLARE c CURSOR FOR select"), query("FETCH 2 c; MOVE 500 c; FETCH 1 c")});
    one.run_until([&] { return one.peer().output.ends_with("FETCH 1\0Z\0\0\0\5T"sv); });
    CHECK(rows_in(one.hear_bytes()) == "1|x;2|x;503|x");
    one.send({parse("", "FETCH 1 c"), bind({}, {}, {}, {}, {format::binary}), execute(), sync()});
    CHECK(one.run_until_heard("1 2 E(0A000) Z(E)") == "1 2 E(0A000) Z(E)");
}

TEST_CASE("many sessions pull from engines on one pool") {
    auto const pool = std::make_shared<asio::thread_pool>(3);
    std::vector<std::unique_ptr<live_session<pushing<>>>> all;
    for (int i = 0; i != 8; ++i) {
        pushing<> handler(counting_to(3'000));
        handler.pool = pool;
        all.push_back(std::make_unique<live_session<pushing<>>>(handler));
        all.back()->enter().send({query("x")});
    }
    for (auto const& one : all)
        CHECK(one->run_until([&] { return one->peer().output.ends_with("SELECT 3000\0Z\0\0\0\5I"sv); }));
}

}  // namespace pgwire::test::pushed_tests
