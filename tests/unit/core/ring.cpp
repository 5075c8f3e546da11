// Things in a ring, and those that come and go while it is visited.
#include "pgwire/core/ring.hpp"

#include "support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pgwire::test::ring_tests {

namespace {

struct bead : detail::ring::member {
    explicit bead(char n) : name(n) {}
    char name;
};

/// The names of those that stand in it.
std::string names_in(detail::ring& all) {
    std::string names;
    all.for_each([&](detail::ring::member& m) { names += static_cast<bead&>(m).name; });
    return names;
}

}  // namespace

TEST_CASE("a ring has its members in the order in which they came, until they leave") {
    detail::ring all;
    CHECK(all.empty());
    bead a('a'), b('b'), c('c');
    for (auto* const one : {&a, &b, &c}) all.add(*one);
    CHECK(names_in(all) == "abc");
    CHECK(names_in(all) == "abc");
    b.leave();
    CHECK_FALSE(b.is_in());
    b.leave();
    CHECK(names_in(all) == "ac");
    { bead const d('d'); }
    all.add(b);
    CHECK(names_in(all) == "acb");
}
TEST_CASE("a member that is destroyed has left") {
    detail::ring all;
    bead a('a');
    all.add(a);
    {
        bead b('b');
        all.add(b);
    }
    CHECK(names_in(all) == "a");
}
TEST_CASE("members outlive their ring") {
    bead a('a');
    {
        detail::ring all;
        all.add(a);
    }
    CHECK_FALSE(a.is_in());
}
TEST_CASE("while a ring is visited members may come, leave and be destroyed; each is visited that is there when its turn comes") {
    detail::ring all;
    std::vector<std::unique_ptr<bead>> beads;
    for (char const name : {'a', 'b', 'c', 'd'}) all.add(*beads.emplace_back(std::make_unique<bead>(name)));
    bead late('x');
    std::string visited;
    all.for_each([&](detail::ring::member& m) {
        auto& one = static_cast<bead&>(m);
        visited += one.name;
        if (one.name == 'a') beads[1].reset();      // one that was to be visited
        if (one.name == 'c') {
            all.add(late);       // not visited this time
            one.leave();         // the one itself
            beads[0].reset();    // one that was visited
        }
    });
    CHECK(visited == "acd");
    CHECK(names_in(all) == "xd");  // who came during the visit stands before those who were visited later
    all.for_each([&](detail::ring::member& m) { m.leave(); });
    CHECK(all.empty());
}

}  // namespace pgwire::test::ring_tests
