// Implicit transactions through the handler's three hooks, and what ReadyForQuery says.
#include "tests/support/engine.hpp"

namespace pgwire::test::transactions_tests {

namespace {

/// Knows by itself in which state its transaction is.
struct opinionated : engine {
    transaction_status status = transaction_status::idle;

    [[nodiscard]] transaction_status transaction() const { return status; }
    outcome execute(request const& r, engine_statement& s) {
        if (s.word(0) == "enter") status = transaction_status::in_block;
        if (s.word(0) == "leave") status = transaction_status::idle;
        if (s.word(0) == "begin") return command{"BEGIN"};
        return engine::execute(r, s);
    }
};

/// Its hooks fail where the statement before said so.
struct failing_transactions : engine {
    bool fails_to_begin = false;
    bool fails_to_roll_back = false;

    void begin_implicit() {
        note("begin");
        if (fails_to_begin) throw std::runtime_error("no transaction");
    }
    void commit_implicit() { commit(); }
    void rollback_implicit() {
        note("rollback");
        if (fails_to_roll_back) throw std::runtime_error("no rollback");
    }
};

/// As the engine's, and also tells when its session is over.
struct farewell : transactional_engine {
    static constexpr bool knows_the_end = true;
    void on_stop() noexcept { note("stop"); }
};

script const insert_twice{parse("s", "insert 1"), bind("", "s"), execute(), bind("", "s"), execute()};

}  // namespace

#define BOTH_TRANSACTIONAL "", transactional_engine, async_transactional_engine

TEMPLATE_TEST_CASE("an implicit transaction begins with the first Execute and is committed at Sync", BOTH_TRANSACTIONAL) {
    TestType handler;
    auto messages = insert_twice;
    messages.push_back(sync());
    CHECK(answers(handler, messages) == "1 2 C(INSERT 0 1) 2 C(INSERT 0 1) Z(I)");
    CHECK(*handler.log == "prepare:insert begin execute:insert execute:insert commit");
}

TEMPLATE_TEST_CASE("a Sync with nothing before it commits nothing", BOTH_TRANSACTIONAL) {
    TestType handler;
    CHECK(answers(handler, {parse("", "insert 1"), bind(), describe_portal(), sync(), sync()}) == "1 2 n Z(I) Z(I)");
    CHECK(*handler.log == "prepare:insert");
}

TEMPLATE_TEST_CASE("a Query of several statements is one transaction, of one statement it needs none", BOTH_TRANSACTIONAL) {
    TestType handler;
    CHECK(answers(handler, {query("insert 1; insert 2"), query("insert 3;")}) ==
          "C(INSERT 0 1) C(INSERT 0 2) Z(I) C(INSERT 0 3) Z(I)");
    CHECK(*handler.log ==
          "begin prepare:insert execute:insert prepare:insert execute:insert commit prepare:insert execute:insert");
}

TEMPLATE_TEST_CASE("an error rolls the implicit transaction back", BOTH_TRANSACTIONAL) {
    TestType handler;
    CHECK(answers(handler, {query("insert 1; fail; insert 2")}) == "C(INSERT 0 1) E(22012) Z(I)");
    CHECK(*handler.log == "begin prepare:insert execute:insert prepare:fail execute:fail rollback");
    auto messages = insert_twice;
    messages.insert(messages.end(), {execute("nobody"), execute(), sync()});
    CHECK(answers(handler, messages) == "1 2 C(INSERT 0 1) 2 C(INSERT 0 1) E(34000) Z(I)");
    CHECK(*handler.log == "prepare:insert begin execute:insert execute:insert rollback");
}

TEMPLATE_TEST_CASE("each cycle has a transaction of its own", BOTH_TRANSACTIONAL) {
    TestType handler;
    CHECK(answers(handler, {parse("", "fail"), bind(), execute(), sync(), parse("", "insert 1"), bind(), execute(),
                            sync()}) == "1 2 E(22012) Z(I) 1 2 C(INSERT 0 1) Z(I)");
    CHECK(*handler.log == "prepare:fail begin execute:fail rollback prepare:insert begin execute:insert commit");
}

TEMPLATE_TEST_CASE("a deferred constraint that fails at Sync is an error before its ReadyForQuery", BOTH_TRANSACTIONAL) {
    TestType handler;
    CHECK(answers(handler, {parse("", "defer"), bind(), execute(), sync(), query("insert 1")}) ==
          "1 2 C(DEFER) E(23503) Z(I) C(INSERT 0 1) Z(I)");
    CHECK(handler.log->starts_with("prepare:defer begin execute:defer commit rollback"));
    CHECK(answers(handler, {query("defer; insert 1"), query("insert 2")}) ==
          "C(DEFER) E(23503) Z(I) C(INSERT 0 2) Z(I)");  // the last tag waits for the commit
}

TEMPLATE_TEST_CASE("BEGIN inside a text adopts the statements before it", BOTH_TRANSACTIONAL) {
    TestType handler;
    CHECK(answers(handler, {query("insert 1; begin; insert 2"), query("commit")}) ==
          "C(INSERT 0 1) C(BEGIN) C(INSERT 0 2) Z(T) C(COMMIT) Z(I)");
    CHECK(*handler.log == "begin prepare:insert execute:insert prepare:begin execute:begin prepare:insert execute:insert "
                          "prepare:commit execute:commit");
}

TEMPLATE_TEST_CASE("inside a block there are no implicit transactions", BOTH_TRANSACTIONAL) {
    TestType handler;
    CHECK(answers(handler, {query("begin"), query("insert 1; insert 2"), parse("", "insert 3"), bind(), execute(), sync(),
                            query("fail"), query("rollback")}) ==
          "C(BEGIN) Z(T) C(INSERT 0 1) C(INSERT 0 2) Z(T) 1 2 C(INSERT 0 3) Z(T) E(22012) Z(E) C(ROLLBACK) Z(I)");
    CHECK(handler.log->find("commit") == std::string::npos);
    CHECK(handler.log->find(" begin ") == std::string::npos);
    CHECK(handler.log->find(" rollback") == std::string::npos);
}

TEST_CASE("BEGIN, an error and ROLLBACK in one text leave a failed block") {
    CHECK(answers(engine{}, {query("begin; fail; rollback")}) == "C(BEGIN) E(22012) Z(E)");
}

TEST_CASE("in a failed block an empty query is still an empty query") {
    CHECK(answers(engine{}, {query("begin"), query("fail"), query(" ;"), query("rollback")}) ==
          "C(BEGIN) Z(T) E(22012) Z(E) I Z(E) C(ROLLBACK) Z(I)");
}

TEST_CASE("any error fails a block, also one of the protocol") {
    CHECK(answers(engine{}, {query("begin"), bind("", "nobody"), sync(), query("rollback")}) ==
          "C(BEGIN) Z(T) E(26000) Z(E) C(ROLLBACK) Z(I)");
    CHECK(answers(engine{}, {query("begin"), frame_of('S', "x"), query("rollback")}) ==
          "C(BEGIN) Z(T) E(08P01) Z(E) C(ROLLBACK) Z(I)");
}

TEST_CASE("a ROLLBACK to a savepoint mends a failed block") {
    CHECK(answers(engine{}, {query("begin"), query("fail"), query("rollback to s"), query("commit")}) ==
          "C(BEGIN) Z(T) E(22012) Z(E) C(ROLLBACK) Z(T) C(COMMIT) Z(I)");
}

TEST_CASE("a handler that knows its transaction is believed") {
    CHECK(answers(opinionated{}, {query("begin"), query("enter"), query("leave")}) ==
          "C(BEGIN) Z(I) C(ENTER) Z(T) C(LEAVE) Z(I)");
}

TEST_CASE("a Query in the middle of a pipeline does not end the pipeline's transaction") {
    transactional_engine handler;
    CHECK(answers(handler, {parse("", "insert 1"), bind(), execute(), query("insert 2"), sync()}) ==
          "1 2 C(INSERT 0 1) C(INSERT 0 2) Z(T) Z(I)");
    CHECK(*handler.log == "prepare:insert begin execute:insert prepare:insert execute:insert commit");
}

TEST_CASE("a transaction that can't be begun is an error, and nothing is executed") {
    failing_transactions handler;
    handler.fails_to_begin = true;
    CHECK(answers(handler, {parse("", "insert 1"), bind(), execute(), sync(), query("insert 1; insert 2")}) ==
          "1 2 E(XX000) Z(I) E(XX000) Z(I)");
    CHECK(*handler.log == "prepare:insert begin begin");
}

TEST_CASE("a rollback that fails is not told to a client that has its error already") {
    failing_transactions handler;
    handler.fails_to_roll_back = true;
    CHECK(answers(handler, {parse("", "fail"), bind(), execute(), sync(), query("insert 1")}) ==
          "1 2 E(22012) Z(I) C(INSERT 0 1) Z(I)");
    CHECK(handler.log->starts_with("prepare:fail begin execute:fail rollback"));
}

TEST_CASE("an implicit transaction is rolled back when its client leaves, or must") {
    for (auto const& end : {terminate(), std::string(), frame_of('y', ""), header_of('S', 3)}) {
        farewell handler;
        auto messages = insert_twice;
        messages.push_back(end);
        static_cast<void>(conversation(handler, messages));
        CHECK(*handler.log == "prepare:insert begin execute:insert execute:insert rollback stop");
    }
}

}  // namespace pgwire::test::transactions_tests
