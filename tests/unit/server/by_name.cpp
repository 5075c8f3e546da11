// Things that are found by their names.
#include "pgwire/server/by_name.hpp"

#include "support/catch.hpp"

#include <string>

namespace pgwire::test::by_name_tests {

TEST_CASE("things stay where they are while others come and go") {
    detail::by_name<std::string> all;
    auto const b = all.add("b");
    auto* const where = &all.thing(b);
    *where = "B";
    for (char n = '0'; n <= '9'; ++n) all.add(std::string(1, n));
    for (char n = '0'; n <= '9'; ++n) all.erase(all.find(std::string(1, n)));
    CHECK(all.size() == 1);
    CHECK(&all.thing(all.find("b")) == where);
    CHECK(*where == "B");
    CHECK(all.name(all.find("b")) == "b");
    CHECK(all.find("a") == all.end());
}
TEST_CASE("what is erased is destroyed, and so is all that is left") {
    static int alive = 0;
    struct counted {
        counted() { ++alive; }
        counted(counted const&) = delete;
        counted& operator=(counted const&) = delete;
        ~counted() { --alive; }
    };
    {
        detail::by_name<counted> all, others;
        all.add("a");
        all.add("b");
        CHECK(alive == 2);
        CHECK(all.erase(all.begin()) == all.find("b"));
        CHECK(alive == 1);
        all.swap(others);
        CHECK(all.empty());
        CHECK(others.size() == 1);
    }
    CHECK(alive == 0);
}

}  // namespace pgwire::test::by_name_tests
