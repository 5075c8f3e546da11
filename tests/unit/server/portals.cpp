// How long portals live, and what executing one again does.
#include "tests/support/engine.hpp"

#include <climits>

namespace pgwire::test::portals_tests {

namespace {

/// A Parse and a Bind of the portal `name`.
std::string portal_of(std::string_view text, std::string_view name = {}) { return parse("", text) + bind(name); }

}  // namespace

TEMPLATE_TEST_CASE("a row limit suspends a portal, and each Execute's tag counts its own rows", "", engine, async_engine) {
    CHECK(answers(TestType{}, {portal_of("select 3"), execute("", 1), execute("", 1), execute("", 5), sync()}) ==
          "1 2 D s D s D C(SELECT 1) Z(I)");
    CHECK(answers(TestType{}, {portal_of("select 3"), execute("", 2), execute(), sync()}) ==
          "1 2 D D s D C(SELECT 1) Z(I)");
}

TEMPLATE_TEST_CASE("hitting the limit exactly suspends, and the next Execute finds no rows", "", engine, async_engine) {
    CHECK(answers(TestType{}, {portal_of("select 2"), execute("", 2), execute("", 2), sync()}) ==
          "1 2 D D s C(SELECT 0) Z(I)");
}

TEST_CASE("a row limit that is negative or zero is none, and the largest one is no capacity") {
    for (auto const limit : {0, -1, INT_MIN, INT_MAX})
        CHECK(answers(engine{}, {portal_of("select 2"), execute("", limit), sync()}) == "1 2 D D C(SELECT 2) Z(I)");
}

TEST_CASE("a row limit does not matter to a statement without rows") {
    CHECK(answers(engine{}, {portal_of("insert 3"), execute("", 1), sync()}) == "1 2 C(INSERT 0 3) Z(I)");
}

TEST_CASE("a finished SELECT can be executed again and has no more rows") {
    engine handler;
    CHECK(answers(handler, {portal_of("select 1"), execute(), execute(), execute("", 1), sync()}) ==
          "1 2 D C(SELECT 1) C(SELECT 0) C(SELECT 0) Z(I)");
    CHECK(*handler.log == "prepare:select execute:select");
}

TEMPLATE_TEST_CASE("executing a finished INSERT portal again is 55000 and does not run it again", "", engine,
                   async_engine) {
    TestType handler;
    CHECK(answers(handler, {portal_of("insert 1", "p"), execute("p"), execute("p"), sync()}) ==
          "1 2 C(INSERT 0 1) E(55000) Z(I)");
    CHECK(*handler.log == "prepare:insert execute:insert");
}

TEMPLATE_TEST_CASE("a suspended portal is gone after a Sync outside a block", "", engine, async_engine) {
    CHECK(answers(TestType{}, {portal_of("select 3", "p"), execute("p", 1), sync(), execute("p"), sync()}) ==
          "1 2 D s Z(I) E(34000) Z(I)");
    CHECK(answers(TestType{}, {portal_of("select 3"), execute("", 1), sync(), execute(), sync()}) ==
          "1 2 D s Z(I) E(34000) Z(I)");
}

TEMPLATE_TEST_CASE("inside a block portals survive Sync, until the transaction ends", "", engine, async_engine) {
    CHECK(answers(TestType{}, {query("begin"), portal_of("select 3", "p"), execute("p", 1), sync(), execute("p", 1), sync(),
                               query("commit"), execute("p"), sync()}) ==
          "C(BEGIN) Z(T) 1 2 D s Z(T) D s Z(T) C(COMMIT) Z(I) E(34000) Z(I)");
    CHECK(answers(TestType{}, {query("begin"), portal_of("select 3", "p"), execute("p", 1), portal_of("rollback"),
                               execute(), execute("p"), sync()}) ==
          "C(BEGIN) Z(T) 1 2 D s 1 2 C(ROLLBACK) E(34000) Z(I)");
}

TEST_CASE("the unnamed portal dies by a Bind of it and by a Query, a named one survives a Query inside a block") {
    CHECK(answers(engine{}, {query("begin"), portal_of("select 2"), bind("p"), sync(), query("select 0"), execute(), sync(),
                             query("rollback")}) ==
          "C(BEGIN) Z(T) 1 2 2 Z(T) T C(SELECT 0) Z(T) E(34000) Z(E) C(ROLLBACK) Z(I)");
    CHECK(answers(engine{}, {query("begin"), portal_of("select 2"), bind("p"), sync(), query("select 0"), execute("p"),
                             sync()}) == "C(BEGIN) Z(T) 1 2 2 Z(T) T C(SELECT 0) Z(T) D D C(SELECT 2) Z(T)");
    CHECK(answers(engine{}, {portal_of("select 2"), execute("", 1), portal_of("select 1"), execute(), sync()}) ==
          "1 2 D s 1 2 D C(SELECT 1) Z(I)");
}

TEST_CASE("a portal's name can't be given twice: 42P03; the unnamed portal is replaced") {
    CHECK(answers(engine{}, {portal_of("select 1", "p"), bind("p"), sync()}) == "1 2 E(42P03) Z(I)");
    CHECK(answers(engine{}, {portal_of("select 1"), bind(), execute(), sync()}) == "1 2 2 D C(SELECT 1) Z(I)");
    CHECK(answers(engine{}, {portal_of("select 1", "p"), close_portal("p"), bind("p"), execute("p"), sync()}) ==
          "1 2 3 2 D C(SELECT 1) Z(I)");
}

TEMPLATE_TEST_CASE("closing a statement does not close its portals", "", engine, async_engine) {
    CHECK(answers(TestType{}, {parse("s", "select 2"), bind("p", "s"), execute("p", 1), close_statement("s"), execute("p"),
                               sync()}) == "1 2 D s 3 D C(SELECT 1) Z(I)");
}

TEMPLATE_TEST_CASE("a portal keeps its statement when the unnamed one is parsed anew", "", engine, async_engine) {
    CHECK(answers(TestType{}, {parse("", "select 2"), bind("p"), parse("", "insert 7"), execute("p"), bind(), execute(),
                               sync()}) == "1 2 1 D D C(SELECT 2) 2 C(INSERT 0 7) Z(I)");
    CHECK(answers(TestType{}, {parse("", "select 2"), bind("p"), parse("", "fail prepare"), sync(), execute("p"), sync()}) ==
          "1 2 E(42601) Z(I) E(34000) Z(I)");
}

TEST_CASE("portals are executed in turns") {
    CHECK(answers(engine{}, {parse("s", "select 2"), bind("a", "s"), bind("b", "s"), execute("a", 1), execute("b", 1),
                             execute("a"), execute("b"), sync()}) ==
          "1 2 2 D s D s D C(SELECT 1) D C(SELECT 1) Z(I)");
}

TEMPLATE_TEST_CASE("in a failed block a portal is 25P02, and gone after the rollback", "", engine, async_engine) {
    CHECK(answers(TestType{}, {query("begin"), portal_of("select 2", "p"), execute("p", 1), sync(), query("fail"),
                               execute("p"), sync(), query("rollback"), execute("p"), sync()}) ==
          "C(BEGIN) Z(T) 1 2 D s Z(T) E(22012) Z(E) E(25P02) Z(E) C(ROLLBACK) Z(I) E(34000) Z(I)");
}

TEST_CASE("Close works in a failed block") {
    CHECK(answers(engine{}, {query("begin"), parse("s", "select 1"), sync(), query("fail"), close_statement("s"),
                             close_portal("p"), sync()}) == "C(BEGIN) Z(T) 1 Z(T) E(22012) Z(E) 3 3 Z(E)");
}

TEST_CASE("a portal's cursor is destroyed when the portal is closed, ends, or its session does") {
    struct counted : cursor<std::tuple<int>> {
        journal log;
        bool owns = true;
        explicit counted(journal l) : log(std::move(l)) {}
        counted(counted&& o) noexcept : log(o.log), owns(std::exchange(o.owns, false)) {}
        ~counted() {
            if (owns) *log += "x";
        }
        bool next(writer& out) { return out(1), true; }
    };
    struct endless {
        journal log = new_journal();
        auto execute(request const&) { return counted(log); }
    };
    endless handler;
    auto const with = [&handler](script messages) {
        messages.insert(messages.begin(), startup());
        handler.log->clear();
        static_cast<void>(run_session(handler, messages));
        return *handler.log;
    };
    script const suspended{parse("", "a"), bind("p"), execute("p", 1)};
    CHECK(with({suspended[0], suspended[1]}) == "");
    CHECK(with(suspended) == "x");
    live_session<endless> one(handler);
    one.enter().send(suspended);
    handler.log->clear();
    one.send({close_portal("p")});
    CHECK(*handler.log == "x");
    one.send({bind("p"), execute("p", 1), sync()});
    CHECK(*handler.log == "xx");
}

}  // namespace pgwire::test::portals_tests
