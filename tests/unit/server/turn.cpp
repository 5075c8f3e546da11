// A turn ends after some pieces, or after some time.
#include "pgwire/server/turn.hpp"

#include "tests/support/catch.hpp"

namespace pgwire::test::turn_tests {

namespace {

using detail::turn;
constexpr turn::clock::time_point begun{};

/// @return how many pieces leave in one turn, each in this time
consteval int pieces_in(turn::clock::duration each) {
    turn t;
    int sent = 1;
    for (auto now = begun; !t.is_over(now); now += each) ++sent;
    return sent;
}

static_assert(pieces_in({}) == turn::pieces);
static_assert(pieces_in(turn::longest / 3) == turn::pieces);
static_assert(pieces_in(turn::longest / 2) == 3);
static_assert(pieces_in(turn::longest) == 2);
static_assert(pieces_in(std::chrono::hours(1)) == 2);

}  // namespace

TEST_CASE("a turn that is over is followed by another one") {
    turn t;
    for (int turns = 0; turns != 3; ++turns) {
        for (int i = 1; i != turn::pieces; ++i) CHECK_FALSE(t.is_over(begun));
        CHECK(t.is_over(begun));
    }
}

}  // namespace pgwire::test::turn_tests
