// A connection that fails at any moment: the session ends, its handler with it, and nothing else happens.
#include "tests/support/engine.hpp"

namespace pgwire::test::faults_tests {

namespace {

script const representative{
    startup(),
    query("begin; select 2; insert 1"),
    parse("s", "select 3") + test::bind("p", "s") + describe_portal("p") + execute("p", 2) + flush(),
    execute("p") + parse("", "echo $1") + test::bind("", "", {"value"}) + execute() + sync(),
    query("fail row 2"),
    parse("", "x") + test::bind("", "", {"too many"}) + sync(),
    query("rollback") + terminate(),
};

}  // namespace

TEMPLATE_TEST_CASE("a session survives the failure of any operation of its stream", "", transactional_engine,
                   async_transactional_engine) {
    TestType const handler;
    network n;
    n.write_limit = 50;
    n.hesitates = true;
    CHECK(fail_every_operation(handler, representative, n) > 20);
    n.hesitates = false;
    n.byte_by_byte = true;
    CHECK(fail_every_operation(handler, representative, n) > 200);
}

TEMPLATE_TEST_CASE("a session may be closed from outside at any moment", "", transactional_engine,
                   async_transactional_engine) {
    auto const bytes = one_byte_each(representative);
    for (std::size_t n = 0; n < bytes.size(); n += 5) {
        TestType handler;
        live_session<TestType> one(handler);
        for (std::size_t i = 0; i != n; ++i) one.peer().send(bytes[i]);
        one.settle();
        if (one.has_ended()) break;
        one.close();
        CHECK(one.run_until_ended());
        CHECK(handler.log.use_count() == 1);
    }
}

}  // namespace pgwire::test::faults_tests
