// Points in time that one timer sweeps.
#include "pgwire/net/deadlines.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <optional>

namespace pgwire::test::deadlines_tests {

namespace {

using std::chrono::milliseconds;

struct counter {
    int calls = 0;
    deadlines::entry entry{[](void* self) noexcept { ++static_cast<counter*>(self)->calls; }, this};
};

void run_for(asio::io_context& io, milliseconds time) {
    io.restart();
    io.run_for(time);
}

}  // namespace

TEST_CASE("a deadline is noticed once, and not before its time") {
    asio::io_context io;
    deadlines clock(io.get_executor(), milliseconds(1));
    counter one;
    clock.arm(one.entry, milliseconds(30));
    run_for(io, milliseconds(5));
    CHECK(one.calls == 0);
    run_for(io, milliseconds(200));
    CHECK(one.calls == 1);
    CHECK(io.stopped());  // nothing ticks any more
}

TEST_CASE("a deadline that is disarmed or moved does not fire at its old time") {
    asio::io_context io;
    deadlines clock(io.get_executor(), milliseconds(1));
    counter disarmed;
    counter moved;
    clock.arm(disarmed.entry, milliseconds(5));
    clock.arm(moved.entry, milliseconds(5));
    disarmed.entry.disarm();
    clock.arm(moved.entry, milliseconds(10'000));
    run_for(io, milliseconds(30));
    CHECK(disarmed.calls == 0);
    CHECK(moved.calls == 0);
    clock.arm(disarmed.entry, milliseconds(2));
    clock.arm(moved.entry, milliseconds(2));
    run_for(io, milliseconds(200));
    CHECK(disarmed.calls == 1);
    CHECK(moved.calls == 1);
}

TEST_CASE("a callback may arm, disarm and destroy any deadline") {
    struct meddler {
        deadlines& clock;
        std::optional<counter> victim;
        counter disarmed;
        int calls = 0;
        deadlines::entry entry{[](void* self) noexcept { static_cast<meddler*>(self)->meddle(); }, this};

        explicit meddler(deadlines& c) : clock(c) {}
        void meddle() {
            victim.reset();
            disarmed.entry.disarm();
            if (++calls < 3) clock.arm(entry, milliseconds(0));
        }
    };
    asio::io_context io;
    deadlines clock(io.get_executor(), milliseconds(1));
    meddler one(clock);
    one.victim.emplace();
    clock.arm(one.entry, milliseconds(0));
    clock.arm(one.victim->entry, milliseconds(0));
    clock.arm(one.disarmed.entry, milliseconds(0));
    run_for(io, milliseconds(500));
    CHECK(one.calls == 3);
    CHECK(one.disarmed.calls == 0);
}

TEST_CASE("a deadline that is destroyed is forgotten, and may outlive what watches it") {
    asio::io_context io;
    counter survivor;
    {
        deadlines clock(io.get_executor(), milliseconds(1));
        {
            counter gone;
            clock.arm(gone.entry, milliseconds(1));
        }
        run_for(io, milliseconds(20));
        clock.arm(survivor.entry, milliseconds(1));
    }
    run_for(io, milliseconds(20));
    CHECK(survivor.calls == 0);
}

TEST_CASE("after stop nothing fires, and nothing keeps the context running") {
    asio::io_context io;
    deadlines clock(io.get_executor(), milliseconds(1));
    counter one;
    clock.arm(one.entry, milliseconds(5));
    clock.stop();
    run_for(io, milliseconds(1'000));
    CHECK(io.stopped());
    CHECK(one.calls == 0);
}

}  // namespace pgwire::test::deadlines_tests
