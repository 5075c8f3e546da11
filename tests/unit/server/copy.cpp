// COPY in and out, in both query protocols: what is sent when, and what comes of errors.
#include "pgwire/server/sql_layer.hpp"
#include "tests/support/engine.hpp"

namespace pgwire::test::copy_tests {

#define ALL_ENGINES "", engine, async_engine, transactional_engine, async_transactional_engine

namespace {

/// The bytes of all CopyData messages.
std::string copied_out(std::string_view bytes) {
    std::string all;
    for (auto const& a : frames(bytes))
        if (a.tag == 'd') all += a.body;
    return all;
}

/// Its sink may be dropped with the session, and not before.
template<class Engine>
struct ending : Engine {
    static constexpr bool knows_the_end = true;
};

std::string run_copy_in() { return parse("", "copy in") + bind() + execute(); }

}  // namespace

// ---- in

TEMPLATE_TEST_CASE("COPY in a simple query takes data until CopyDone", ALL_ENGINES) {
    TestType handler;
    CHECK(answers(handler, {query("copy in"), copy_data("1\tone\n2\t"), copy_data(""), copy_data("two\n"), copy_done()}) ==
          "G C(COPY 2) Z(I)");
    CHECK(handler.log->ends_with("copied:1\tone\n2\ttwo\n"));
}

TEMPLATE_TEST_CASE("COPY in the extended protocol takes data until CopyDone, then messages again", ALL_ENGINES) {
    CHECK(answers(TestType{}, {run_copy_in(), copy_data("x\n"), copy_done(), sync(), query("insert 1")}) ==
          "1 2 G C(COPY 1) Z(I) C(INSERT 0 1) Z(I)");
}

TEST_CASE("CopyInResponse says text or binary, and how many columns there are") {
    auto const output = conversation(engine{}, {query("copy in"), copy_done()});
    auto const all = frames(output);
    auto const m = decode<copy_in_response>(all.at(0).body);
    REQUIRE(m);
    CHECK(m->overall == copy_format::text);
    CHECK(m->column_formats.size() == 2);
}

TEMPLATE_TEST_CASE("CopyInResponse leaves at once, also in the extended protocol", "", engine, async_engine) {
    live_session<TestType> one;
    one.enter();
    CHECK(one.send({run_copy_in()}).hear() == "1 2 G");
    CHECK(one.send({copy_data("a\n")}).hear() == "");
    CHECK(one.send({copy_done(), sync()}).hear() == "C(COPY 1) Z(I)");
}

TEMPLATE_TEST_CASE("Flush and Sync during COPY are ignored", ALL_ENGINES) {
    CHECK(answers(TestType{}, {query("copy in"), sync(), flush(), copy_data("x\n"), sync(), copy_done()}) ==
          "G C(COPY 1) Z(I)");
    CHECK(answers(TestType{}, {run_copy_in(), sync(), copy_data("x\n"), copy_done(), sync()}) == "1 2 G C(COPY 1) Z(I)");
}

TEMPLATE_TEST_CASE("CopyFail is 57014, and what was taken is dropped", ALL_ENGINES) {
    TestType handler;
    CHECK(answers(handler, {query("copy in"), copy_data("x\n"), copy_fail("no more"), query("insert 1")}) ==
          "G E(57014) Z(I) C(INSERT 0 1) Z(I)");
    CHECK(handler.log->find(" dropped") != std::string::npos);
    CHECK(message_in(conversation(handler, {query("copy in"), copy_fail("no more")})) == "COPY from stdin failed: no more");
    CHECK(answers(TestType{}, {run_copy_in(), copy_fail("no"), parse("", "insert 1"), bind(), execute(), sync()}) ==
          "1 2 G E(57014) Z(I)");
}

TEMPLATE_TEST_CASE("an error in the data ends the COPY, and what still comes of it is dropped", ALL_ENGINES) {
    CHECK(answers(TestType{}, {query("copy in"), copy_data("a\n!"), copy_data("b\n"), copy_done(), query("insert 1")}) ==
          "G E(22P04) Z(I) C(INSERT 0 1) Z(I)");
    CHECK(answers(TestType{}, {run_copy_in(), copy_data("a!"), copy_data("b\n"), copy_done(), sync(), query("insert 1")}) ==
          "1 2 G E(22P04) Z(I) C(INSERT 0 1) Z(I)");
}

TEST_CASE("a Sync sent with the Execute is swallowed by the COPY, the one behind the data is answered") {
    CHECK(answers(engine{}, {run_copy_in(), sync(), copy_data("a\n"), copy_done(), sync()}) == "1 2 G C(COPY 1) Z(I)");
    CHECK(answers(engine{}, {run_copy_in(), sync(), copy_data("!"), copy_done(), sync()}) == "1 2 G E(22P04) Z(I)");
}

TEMPLATE_TEST_CASE("any other message during COPY is an error, and the connection is lost", ALL_ENGINES) {
    for (auto const& other : {query("insert 1"), terminate(), parse("", "x"), bind(), execute()})
        CHECK(answers(ending<TestType>{}, {query("copy in"), copy_data("a\n"), other, query("insert 2")}) ==
              "G E(08P01) E(FATAL 08P01)");
    CHECK(message_in(conversation(ending<engine>{}, {query("copy in"), query("x")})) ==
          "unexpected message type 0x51 during COPY from stdin");
}

TEST_CASE("a message that may not come during COPY is refused before its body has come") {
    live_session<engine> one;
    one.enter().send({query("copy in")});
    CHECK(one.hear() == "G");
    one.send({std::string("Q\x3f\xff\xff\xfe", 5) + "x"});
    CHECK(one.hear() == "E(08P01) E(FATAL 08P01)");
    CHECK(one.run_until_ended());
}

TEST_CASE("a COPY that failed can't be gone on with, also if its portal is older than a savepoint") {
    live_session<sql_layer<engine>> one;
    one.enter().send({query("BEGIN"), parse("", "copy in"), bind("c"), sync(), query("SAVEPOINT s"), execute("c"),
                      copy_fail("no"), sync(), query("ROLLBACK TO s"), execute("c"), sync()});
    CHECK(one.hear() ==
          "C(BEGIN) Z(T) 1 2 Z(T) C(SAVEPOINT) Z(T) G E(57014) Z(E) C(ROLLBACK) Z(T) E(55000) Z(E)");
}

TEST_CASE("an unknown type during COPY is an error, and the connection is lost") {
    CHECK(answers(ending<engine>{}, {query("copy in"), std::string("z\0\0\0\4", 5)}) == "G E(08P01) E(FATAL 08P01)");
}

TEMPLATE_TEST_CASE("COPY among several statements goes on with the next one", ALL_ENGINES) {
    TestType handler;
    CHECK(answers(handler, {query("insert 1; copy in; insert 2; copy in; insert 3"), copy_data("a\n"), copy_done(),
                            copy_data(std::string(20'000, 'x') + '\n'), copy_done()}) ==
          "C(INSERT 0 1) G C(COPY 1) C(INSERT 0 2) G C(COPY 1) C(INSERT 0 3) Z(I)");
}

TEMPLATE_TEST_CASE("COPY data outside of a COPY is ignored", ALL_ENGINES) {
    CHECK(answers(TestType{}, {copy_data("x"), copy_done(), copy_fail("x"), query("insert 1")}) == "C(INSERT 0 1) Z(I)");
}

TEST_CASE("a COPY that is finished can't be executed again") {
    CHECK(answers(engine{}, {run_copy_in(), copy_data("a\n"), copy_done(), execute(), sync()}) ==
          "1 2 G C(COPY 1) E(55000) Z(I)");
    CHECK(answers(engine{}, {parse("", "copy out 1"), bind(), execute(), execute(), sync()}) ==
          "1 2 H d c C(COPY 1) E(55000) Z(I)");
}

TEMPLATE_TEST_CASE("a piece of a gigabyte is taken as it comes, and does not stand in memory", "", engine, async_engine) {
    struct counting : TestType {};  // its sink keeps all, so the data is small and its header is not
    live_session<counting> one;
    one.enter().send({query("copy in")});
    CHECK(one.hear() == "G");
    one.send({std::string("d\x3f\xff\xff\xfe", 5) + "row\n"});
    for (int i = 0; i != 100; ++i) one.send({std::string(4095, 'x') + '\n'});
    CHECK(one.hear() == "");
    one.peer().hang_up();
    CHECK(one.run_until_ended());
}

TEMPLATE_TEST_CASE("a client that leaves during COPY ends the session, and what was taken is dropped", ALL_ENGINES) {
    TestType handler;
    live_session<TestType> one(handler);
    one.enter().send({query("copy in"), copy_data("a\n")});
    one.peer().hang_up();
    CHECK(one.run_until_ended());
    CHECK(handler.log->find(" dropped") != std::string::npos);
    CHECK(handler.log->find("copied") == std::string::npos);
}

TEST_CASE("a transaction around a COPY is committed when it is done, and rolled back when it fails") {
    transactional_engine handler;
    CHECK(answers(handler, {query("insert 1; copy in"), copy_data("a\n"), copy_done()}) == "C(INSERT 0 1) G C(COPY 1) Z(I)");
    CHECK(*handler.log == "begin prepare:insert execute:insert prepare:copy execute:copy copied:a\n commit");
    CHECK(answers(handler, {query("insert 1; copy in"), copy_fail("")}) == "C(INSERT 0 1) G E(57014) Z(I)");
    CHECK(*handler.log == "begin prepare:insert execute:insert prepare:copy execute:copy dropped rollback");
}

// ---- out

TEMPLATE_TEST_CASE("COPY out is one CopyData per row, CopyDone and a tag that counts them", ALL_ENGINES) {
    auto const simple = conversation(TestType{}, {query("copy out 3"), query("copy out 0")});
    CHECK(shape(simple) == "H d d d c C(COPY 3) Z(I) H c C(COPY 0) Z(I)");
    CHECK(copied_out(simple) == "3\ta\\tb\n2\ta\\tb\n1\ta\\tb\n");
    CHECK(answers(TestType{}, {parse("", "copy out 2"), bind(), execute(), sync()}) == "1 2 H d d c C(COPY 2) Z(I)");
}

TEMPLATE_TEST_CASE("a row limit does not matter to COPY", ALL_ENGINES) {
    CHECK(answers(TestType{}, {parse("", "copy out 3"), bind(), execute("", 1), sync()}) == "1 2 H d d d c C(COPY 3) Z(I)");
}

TEMPLATE_TEST_CASE("an error midway ends COPY out without a CopyDone", ALL_ENGINES) {
    CHECK(answers(TestType{}, {query("copy out 2 fail"), query("insert 1")}) ==
          "H d d E(22012) Z(I) C(INSERT 0 1) Z(I)");
    CHECK(answers(TestType{}, {parse("", "copy out 2 fail"), bind(), execute(), execute(), sync()}) ==
          "1 2 H d d E(22012) Z(I)");
}

TEMPLATE_TEST_CASE("Describe of a COPY is NoData", ALL_ENGINES) {
    for (auto const* const text : {"copy in", "copy out 1"})
        CHECK(answers(TestType{}, {parse("", text), describe_statement(), bind(), describe_portal(), sync()}) ==
              "1 t n 2 n Z(I)");
}

TEMPLATE_TEST_CASE("COPY out among several statements goes on with the next one", ALL_ENGINES) {
    CHECK(answers(TestType{}, {query("copy out 1; insert 1; copy out 1")}) ==
          "H d c C(COPY 1) C(INSERT 0 1) H d c C(COPY 1) Z(I)");
}

TEST_CASE("a client that does not read slows COPY out down") {
    live_session<engine> one;
    one.enter();
    one.peer().stalled = true;
    one.send({query("copy out 100000")});
    for (int i = 0; i != 20; ++i) one.settle();
    auto const before = one.peer().output.size();
    one.peer().resume();
    one.run_until([&] { return one.peer().output.size() > before && one.peer().output.ends_with("\5I"); });
    auto const output = one.hear_bytes();
    auto const all = frames(output);
    CHECK(all.size() == 100'004);
}

// ---- faults

TEMPLATE_TEST_CASE("a connection may fail anywhere in a COPY", ALL_ENGINES) {
    CHECK(fail_every_operation(TestType{},
                               {startup(), query("insert 1; copy in; copy out 3"), copy_data("a\n"), copy_done(),
                                run_copy_in(), copy_data("b\n"), copy_done(), sync()},
                               {.write_limit = 20, .hesitates = true}) > 10);
}

TEMPLATE_TEST_CASE("a cancel ends a COPY", "", engine, async_engine) {
    live_session<TestType> one;
    one.enter().send({query("copy in"), copy_data("a\n")});
    CHECK(one.hear() == "G");
    CHECK(one.context().handle().cancel());
    one.settle();
    one.send({copy_data("b\n"), copy_done(), query("insert 1")});
    CHECK(one.hear() == "E(57014) Z(I) C(INSERT 0 1) Z(I)");
}

}  // namespace pgwire::test::copy_tests
