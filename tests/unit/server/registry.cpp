// Cancelling: who may, whom, and what comes of it.
#include "pgwire/server/registry.hpp"

#include "tests/support/engine.hpp"

#include <set>
#include <thread>

namespace pgwire::test::registry_tests {

namespace {

struct tick {
    int n;
};

/// A statement that never ends by itself: rows for ever, with a pause between them, or without.
struct clockwork {
    struct ticks : cursor<tick> {
        asio::steady_timer timer;
        int n = 0;
        explicit ticks(session_context const& s) : timer(s.executor()) {}
        task<bool> next(writer& out) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(asio::use_awaitable);
            out(tick{++n});
            co_return true;
        }
    };
    journal log = new_journal();
    ticks execute(request const& r) { return ticks(r.session()); }
    void on_cancel() noexcept { *log += 'c'; }
};

struct endless {
    struct flood : cursor<tick> {
        bool next(writer& out) {
            while (out(tick{1})) {}
            return true;
        }
    };
    flood execute(request const&) { return {}; }
};

struct patient {
    command execute(request const& r) {
        r.session().handle().cancel();  // as if from another thread, while this statement runs
        if (r.session().cancelled()) throw sql_error(sqlstates::query_canceled, "I looked");
        return {"OK"};
    }
};

std::string request_for(backend_key_data const& k) { return frame(cancel_request{k.process_id, k.key}); }

/// The key that a session's client was told.
template<class Handler>
std::pair<std::int32_t, std::string> key_of(live_session<Handler> const& one) {
    for (auto const& a : frames(one.login()))
        if (a.tag == 'K') {
            auto const k = *decode<backend_key_data>(a.body);
            return {k.process_id, std::string(k.key.bytes)};
        }
    return {};
}

/// Comes on a connection of its own, to the server of `other`, and cancels.
template<class Handler>
transcript cancel_on_own_connection(live_session<Handler>& other, std::int32_t id, std::string const& key) {
    auto const peer = std::make_shared<memory_peer>();
    peer->input.push_back(request_for({id, {key}}));
    deadlines clock(other.io().get_executor(), std::chrono::milliseconds(1));
    server_options const options;
    bool ended = false;
    session<engine, memory_stream> one(memory_stream(other.io().get_executor(), peer), engine{}, other.sessions(), clock,
                                       options);
    asio::co_spawn(other.io(), one.run(), [&](std::exception_ptr) { ended = true; });
    other.run_until([&ended] { return ended; });
    clock.stop();
    other.settle();
    return {peer->output, ended && peer->closed, 0, {}};
}

}  // namespace

TEST_CASE("process IDs are positive and unique, keys are of the size asked for and differ") {
    registry all;
    std::set<std::int32_t> ids;
    std::set<std::string> keys;
    for (int i = 0; i != 200; ++i) {
        auto const [id, key] = all.add({}, i % 2 == 0 ? 4 : 32);
        CHECK(id > 0);
        CHECK(key.view().size() == (i % 2 == 0 ? 4 : 32));
        ids.insert(id);
        keys.insert(std::string(key.view()));
    }
    CHECK(ids.size() == 200);
    CHECK(keys.size() > 190);
}

TEST_CASE("a running statement is cancelled with its key: 57014, and the connection goes on") {
    for (auto const& first : {startup(), startup({{"user", "a"}}, protocol_3_2)}) {
        clockwork handler;
        live_session<clockwork> one(handler);
        one.enter(first).send({query("run")});
        one.run_until([&] { return rows_in(one.peer().output).size() >= 5; });
        auto const [id, key] = key_of(one);
        auto const requester = cancel_on_own_connection(one, id, key);
        CHECK(requester.has_ended);
        CHECK(requester.output == "");  // never an answer
        one.run_until([&] { return one.peer().output.ends_with("\5I"); });
        CHECK(one.hear().ends_with(" E(57014) Z(I)"));
        CHECK(*handler.log == "c");
        CHECK(one.sessions().cancel(id, key));  // idle now: nothing happens
        CHECK(one.settle().hear() == "");
        one.send({parse("", "again"), bind(), execute("", 1), sync()});
        CHECK(one.run_until_heard("1 2 D s Z(I)") == "1 2 D s Z(I)");
    }
}

TEST_CASE("a statement without pauses is cancelled while its client reads") {
    live_session<endless> one;
    one.enter().peer().send(query("run"));
    one.io().restart();
    for (int i = 0; i != 20; ++i) one.io().run_one_for(std::chrono::milliseconds(1));
    auto const [id, key] = key_of(one);
    CHECK(one.sessions().cancel(id, key));
    one.run_until([&] { return one.peer().output.ends_with("\5I"); });
    CHECK(one.hear().ends_with(" D E(57014) Z(I)"));
}

TEST_CASE("a plain statement may look whether it is cancelled, and the next one is not") {
    live_session<patient> one;
    one.enter().send({query("a"), query("b")});
    CHECK(one.hear() == "E(57014) Z(I) E(57014) Z(I)");
}

TEST_CASE("a cancel for an idle session does nothing, not even to its next statement") {
    live_session<engine> one;
    one.enter();
    auto const [id, key] = key_of(one);
    CHECK(one.sessions().cancel(id, key));
    CHECK(one.settle().hear() == "");
    CHECK(one.send({query("select 2")}).hear() == "T D D C(SELECT 2) Z(I)");
}

TEST_CASE("a cancel between two messages of a cycle does nothing, not even to the next statement") {
    clockwork handler;
    live_session<clockwork> one(handler);
    one.enter().send({parse("", "run"), bind(), flush()});
    auto const [id, key] = key_of(one);
    CHECK(one.sessions().cancel(id, key));
    one.settle();
    CHECK(one.hear() == "1 2");
    one.send({execute("", 2), sync()});
    CHECK(one.run_until_heard("D D s Z(I)") == "D D s Z(I)");
    CHECK(one.sessions().cancel(id, key));  // and this one comes together with the message
    one.send({query("run")});
    one.run_until([&] { return rows_in(one.peer().output).size() >= 12; });
    CHECK(one.hear().starts_with("T D D D"));
    CHECK(*handler.log == "");
}

TEST_CASE("a wrong key cancels nothing, whatever its size") {
    clockwork handler;
    live_session<clockwork> one(handler);
    one.enter().send({query("run")});
    auto const [id, key] = key_of(one);
    auto wrong = key;
    wrong.back() = static_cast<char>(wrong.back() ^ 1);
    for (auto const& k : {wrong, key + key, std::string(256, 'x'), key.substr(0, 3), std::string()})
        CHECK(!one.sessions().cancel(id, k));
    CHECK(!one.sessions().cancel(id + 1, key));
    CHECK(!one.sessions().cancel(0, key));
    CHECK(!one.sessions().cancel(-1, key));
    for (auto const& k : {wrong, std::string(256, 'x')}) CHECK(cancel_on_own_connection(one, id, k).output == "");
    CHECK(*handler.log == "");
    CHECK(one.sessions().cancel(id, key));
}

TEST_CASE("a CancelRequest with an impossible key is dropped without a word") {
    for (std::size_t const size : {std::size_t{0}, std::size_t{3}, std::size_t{257}}) {
        std::string packet(12, '\0');
        store(packet.data(), static_cast<std::uint32_t>(12 + size));
        store(packet.data() + 4, static_cast<std::uint32_t>(startup_code::cancel_request));
        auto const one = run_session(engine{}, {packet + std::string(size, 'k')});
        CHECK(one.has_ended);
        CHECK(one.output == "");
    }
}

TEST_CASE("a session that has ended can't be cancelled") {
    live_session<engine> one;
    one.enter();
    auto const [id, key] = key_of(one);
    one.send({terminate()});
    REQUIRE(one.has_ended());
    CHECK(!one.sessions().cancel(id, key));
}

TEST_CASE("sessions enter, leave and are cancelled from many threads at once") {
    registry all;
    std::vector<std::thread> threads;
    std::atomic<int> mistakes{0};
    for (int t = 0; t != 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i != 300; ++i) {
                auto const [id, key] = all.add({}, 4);
                if (all.cancel(id, key.view())) ++mistakes;  // nobody is there to be cancelled
                all.cancel(id - 1, key.view());
                all.remove(id);
            }
        });
    for (auto& t : threads) t.join();
    CHECK(mistakes == 0);
}

}  // namespace pgwire::test::registry_tests
