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

TEST_CASE("an idle connection has used a few kilobytes") {
    bare_loop<engine> one;
    static_cast<void>(one.run({parse("", "echo $1"), test::bind("", "", {"x"}), execute(), sync()}));
    CHECK(one.input().capacity() <= 16'384);
    CHECK(one.output().capacity() <= 16'384);
}

}  // namespace pgwire::test::limits_tests
