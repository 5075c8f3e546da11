// How large messages may be, and how much memory a client can make a session use.
#include "tests/support/engine.hpp"

namespace pgwire::test::limits_tests {

TEST_CASE("small messages may have 10000 bytes, and one more closes without a word") {
    for (char const tag : "CDEHSXcf"sv) {
        auto const allowed = answers(engine{}, {frame_of(tag, std::string(9'996, 'x')), sync()});
        CHECK((allowed == "E(08P01) Z(I)" || allowed == "" || allowed == "Z(I)" || allowed == "E(08P01) Z(I) Z(I)"));
        CHECK(answers(engine{}, {query("insert 1"), header_of(tag, 10'001), sync()}) == "C(INSERT 0 1) Z(I)");
    }
    auto const name = std::string(9'994, 'x');
    CHECK(answers(engine{}, {close_portal(name), sync()}) == "3 Z(I)");
    CHECK(answers(engine{}, {close_portal(name + 'x'), sync()}) == "");
}

TEST_CASE("small messages are limited where messages are dropped, too") {
    CHECK(answers(engine{}, {execute("nobody"), header_of('D', 10'001), sync()}) == "E(34000)");
}

TEST_CASE("the limits can be set") {
    server_options options;
    options.limits.large = 100;
    options.limits.small = 20;
    CHECK(answers(engine{}, {query(std::string(95, ' ')), query(std::string(96, ' '))}, options) == "I Z(I)");
    CHECK(answers(engine{}, {close_portal(std::string(14, 'x')), close_portal(std::string(15, 'x'))}, options) == "3");
}

TEST_CASE("memory grows with what has arrived, not with what was announced") {
    for (char const tag : "QPBF"sv) {
        bare_loop<engine> one;
        static_cast<void>(one.run({header_of(tag, 0x3fff'fffe) + std::string(100'000, 'x')}));
        CHECK(!one.has_ended());
        CHECK(one.input().capacity() < 400'000);
    }
}

TEST_CASE("a large message that is dropped does not stand in memory") {
    bare_loop<engine> one;
    static_cast<void>(one.run({execute("nobody"), header_of('B', 0x3fff'fffe)}));
    for (int i = 0; i != 100; ++i) static_cast<void>(one.run({std::string(60'000, 'x')}));
    CHECK(one.input().capacity() < 200'000);
    bare_loop<engine> copy;
    static_cast<void>(copy.run({header_of('d', 0x3fff'fffe)}));
    for (int i = 0; i != 100; ++i) static_cast<void>(copy.run({std::string(60'000, 'x')}));
    CHECK(copy.input().capacity() < 200'000);
}

// ---- what one session may keep

TEST_CASE("a session has so many prepared statements with a name, and no more") {
    server_options options;
    options.per_session.statements = 2;
    CHECK(answers(engine{},
                  {parse("a", "echo 1"), parse("b", "echo 2"), parse("", "echo 3"), sync(), parse("c", "echo 4"), sync(),
                   close_statement("a"), parse("c", "echo 4"), sync(), parse("", "echo 5"), sync()},
                  options) == "1 1 1 Z(I) E(53400) Z(I) 3 1 Z(I) 1 Z(I)");
    options.per_session.statements = 0;
    CHECK(answers(engine{}, {parse("a", "echo 1"), parse("b", "echo 2"), parse("c", "echo 3"), sync()}, options) ==
          "1 1 1 Z(I)");
}

TEST_CASE("a session has so many portals with a name, and no more") {
    server_options options;
    options.per_session.portals = 2;
    script const three{parse("", "echo $1"), test::bind("a", "", {"x"}), test::bind("b", "", {"y"}), test::bind("", "", {"z"})};
    auto const then = [&](script const& more) {
        script all = three;
        all.insert(all.end(), more.begin(), more.end());
        all.push_back(sync());
        return answers(engine{}, all, options);
    };
    CHECK(then({}) == "1 2 2 2 Z(I)");
    CHECK(then({test::bind("c", "", {"x"})}) == "1 2 2 2 E(53400) Z(I)");
    CHECK(then({close_portal("b"), test::bind("c", "", {"x"})}) == "1 2 2 2 3 2 Z(I)");
    CHECK(then({sync(), test::bind("c", "", {"x"}), test::bind("d", "", {"x"})}) == "1 2 2 2 Z(I) 2 2 Z(I)");
}

TEST_CASE("what has a name counts by its bytes, until it is closed") {
    server_options options;
    options.per_session.memory = 10'000;
    std::string const text = "echo " + std::string(4'000, 'x');
    std::string const large(4'000, 'y');
    CHECK(answers(engine{}, {parse("a", text), parse("b", text), parse("c", text), sync()}, options) ==
          "1 1 E(53400) Z(I)");
    script again{parse("a", text)};
    for (int i = 0; i != 4; ++i) again.insert(again.end(), {parse("b", text), close_statement("b")});
    for (int i = 0; i != 4; ++i)
        again.insert(again.end(), {parse("", "echo $1"), test::bind("p", "", {large}), close_portal("p")});
    again.push_back(sync());
    std::string expected = "1";
    for (int i = 0; i != 4; ++i) expected += " 1 3";
    for (int i = 0; i != 4; ++i) expected += " 1 2 3";
    CHECK(answers(engine{}, again, options) == expected + " Z(I)");
    CHECK(answers(engine{},
                  {parse("", "echo $1"), test::bind("p", "", {large}), test::bind("q", "", {large}),
                   test::bind("r", "", {large}), sync(), parse("", "echo $1"), test::bind("r", "", {large}), sync()},
                  options) == "1 2 2 E(53400) Z(I) 1 2 Z(I)");  // portals end with their transaction
    // a portal holds its statement, whatever becomes of that one's name
    std::string const asks = "echo $1 " + std::string(4'000, 'z');
    script hidden;
    for (std::string const name : {"p", "q", "r"})
        hidden.insert(hidden.end(), {parse("", asks), test::bind(name, "", {"1"})});
    hidden.push_back(sync());
    CHECK(answers(engine{}, hidden, options) == "1 2 1 2 1 E(53400) Z(I)");
    hidden.clear();
    for (std::string const name : {"p", "q", "r"})
        hidden.insert(hidden.end(), {parse("s", asks), test::bind(name, "s", {"1"}), close_statement("s")});
    hidden.push_back(sync());
    CHECK(answers(engine{}, hidden, options) == "1 2 3 1 E(53400) Z(I)");
    // what a large text has taken is not a small one's
    std::string const longer = "echo " + std::string(20'000, 'x');
    CHECK(answers(engine{}, {query(longer), parse("a", "echo 1"), sync()}, options).ends_with(" Z(I) 1 Z(I)"));
    options.per_session.memory = 3'000;
    CHECK(answers(engine{}, {parse("", text), test::bind("", "", {}), execute(), sync()}, options) ==
          "1 2 C(ECHO) Z(I)");
}

TEST_CASE("an idle connection has used a few kilobytes") {
    bare_loop<engine> one;
    static_cast<void>(one.run({parse("", "echo $1"), test::bind("", "", {"x"}), execute(), sync()}));
    CHECK(one.input().capacity() <= 16'384);
    CHECK(one.output().capacity() <= 16'384);
}

}  // namespace pgwire::test::limits_tests
