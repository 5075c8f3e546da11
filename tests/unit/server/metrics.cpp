// What a server counts of itself.
#include "tests/support/engine.hpp"

#include "pgwire/server/metrics_layer.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace pgwire::test::metrics_tests {

namespace {

struct engine_that_fails : engine {
    journal ready = new_journal();
    void on_ready() noexcept { *ready += '.'; }
};

using counted = metrics_layer<engine_that_fails>;
using streams = counted_streams<plain_streams>;

struct measured {
    std::shared_ptr<server_metrics> metrics = std::make_shared<server_metrics>();
    engine_that_fails inner;

    std::size_t sent = 0;

    transcript run(script const& messages) {
        auto const peer = std::make_shared<memory_peer>();
        peer->input.push_back(joined(messages));
        live_session<counted, streams> one(counted(metrics, inner), {}, {}, peer, streams(*metrics));
        CHECK(metrics->open == 0);
        if (messages.size() == 1 && messages[0] == startup()) CHECK((one.settle(), metrics->open == 1));
        one.settle();
        peer->hang_up();
        CHECK(one.run_until_ended());
        sent += peer->output.size();
        return {peer->output, true, 0, {}};
    }
};

}  // namespace

TEST_CASE("connections, queries, errors and bytes are counted") {
    measured m;
    script const all{startup(),     query("select 2"), parse("", "select 3"), bind(), execute("", 1), execute(), sync(),
                     query("fail"), terminate()};
    m.run(all);
    m.run({startup(), query("select 1"), terminate()});
    CHECK(m.metrics->connections == 2);
    CHECK(m.metrics->logins == 2);
    CHECK(m.metrics->open == 0);
    CHECK(m.metrics->queries == 5);
    CHECK(m.metrics->errors.all().size() == 1);
    CHECK(m.metrics->traffic->sent == m.sent);
    CHECK(m.metrics->traffic->received ==
          joined(all).size() + joined({startup(), query("select 1"), terminate()}).size());
    std::uint64_t cycles = 0;
    for (std::size_t i = 0; i <= duration_histogram::bounds.size(); ++i) cycles += m.metrics->cycles.count(i);
    CHECK(cycles == 4);
    CHECK(m.metrics->cycles.sum() > 0);
    CHECK(*m.inner.ready == "......");  // two logins, and four cycles
}

TEST_CASE("logins that come to nothing are counted by their SQLSTATE") {
    measured m;
    m.run({startup({})});
    m.run({"GET / HTTP/1.1\r\n\r\n"});
    CHECK(m.metrics->connections == 2);
    CHECK(m.metrics->logins == 0);
    CHECK(m.metrics->refusals.all() == std::map<std::string, std::uint64_t, std::less<>>{{"08P01", 1}, {"28000", 1}});
}

TEST_CASE("a connection is open until it ends") {
    measured m;
    m.run({startup()});
    CHECK(m.metrics->connections == 1);
    CHECK(m.metrics->open == 0);
}

TEST_CASE("a histogram puts a duration where it belongs") {
    duration_histogram h;
    for (auto const us : {1, 100, 101, 250, 10'000'000, 10'000'001, 2'000'000'000})
        h.add(std::chrono::microseconds(us));
    CHECK(h.count(0) == 2);
    CHECK(h.count(1) == 2);
    CHECK(h.count(15) == 1);
    CHECK(h.count(16) == 2);
    CHECK(h.sum() == 0.000452 + 2020.000001);
}

TEST_CASE("codes that an engine makes up do not take all memory") {
    sqlstate_counters c;
    for (int i = 0; i != 2000; ++i) {
        auto const digits = std::to_string(10'000 + i);
        c.add(sqlstate::parse(digits));
    }
    auto const all = c.all();
    CHECK(all.size() <= 501);
    CHECK(all.at("other") == 1500);
}

}  // namespace pgwire::test::metrics_tests
