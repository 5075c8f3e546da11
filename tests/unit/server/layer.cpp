// Handlers that wrap handlers.
#include "tests/support/engine.hpp"

namespace pgwire::test::layer_tests {

namespace {

template<class H>
struct unchanged : layer<H> {
    using layer<H>::layer;
};

/// Answers one statement itself and leaves the others to the handler inside.
template<class H>
struct answers_ping : layer<H> {
    using layer<H>::layer;
    engine::outcome execute(request const& r, engine_statement& s) {
        if (s.word(0) == "ping") return command{"PONG"};
        return this->inner().execute(r, s);
    }
};

template<class H>
struct masks : layer<H> {
    using layer<H>::layer;
    void on_error(diagnostic& d, std::string_view cause) {
        if constexpr (has_hooks<H, "on_error">) this->inner().on_error(d, cause);
        d.message = '<' + d.message + '>';
    }
};

struct remarks : engine {
    void on_error(diagnostic& d, std::string_view) { d.message += '!'; }
};

script const everything{
    query("begin; select 2; insert 1"),
    parse("s", "select 3") + test::bind("p", "s") + describe_portal("p") + execute("p", 2) + execute("p") + sync(),
    query("fail row 2") + query("rollback"),
    parse("", "fail prepare") + sync() + query("set a 1; fail") + query("notice"),
};

}  // namespace

TEMPLATE_TEST_CASE("a layer that changes nothing answers as the handler inside it", "", transactional_engine,
                   async_transactional_engine) {
    TestType plain;
    auto const expected = conversation(plain, everything);
    unchanged<unchanged<TestType>> wrapped;
    CHECK((conversation(wrapped, everything) == expected));
    auto const& log = wrapped.inner().inner().log;
    log->clear();
    bare_loop<unchanged<unchanged<TestType>>> loop(wrapped);
    CHECK((after_login(loop.run(everything)) == expected));
    CHECK(*log == *plain.log);
}

TEST_CASE("a layer overrides what it changes and forwards the rest") {
    CHECK(answers(answers_ping<unchanged<engine>>{}, {query("ping; insert 1; select 1")}) ==
          "C(PONG) C(INSERT 0 1) T D C(SELECT 1) Z(I)");
    CHECK(message_in(conversation(masks<remarks>{}, {query("fail")})) == "<division by zero!>");
    CHECK(message_in(conversation(masks<unchanged<remarks>>{}, {query("fail")})) == "<division by zero!>");
    CHECK(message_in(conversation(masks<engine>{}, {query("fail")})) == "<division by zero>");
}

TEST_CASE("a layer is made from what its handler is made from") {
    struct greeting {
        std::string text;
        explicit greeting(std::string t) : text(std::move(t)) {}
        command execute(request const&) { return std::string_view(text); }
    };
    CHECK(answers(unchanged<unchanged<greeting>>("HELLO"), {query("x")}) == "C(HELLO) Z(I)");
}

}  // namespace pgwire::test::layer_tests
