// PREPARE, EXECUTE and DEALLOCATE in one name space with the statements of the protocol.
#include "pgwire/server/cursor_layer.hpp"
#include "pgwire/server/notify_layer.hpp"
#include "pgwire/server/sql_layer.hpp"

#include "tests/support/engine.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::test::sql_prepare_tests {

namespace {

/// A session to ask.
template<class H>
class asked {
public:
    asked() { session_.enter(); }

    std::string send_bytes(script const& messages) { return session_.send(messages).hear_bytes(); }
    std::string send(script const& messages) { return shape(send_bytes(messages)); }
    /// One query after the other.
    std::string ask_bytes(std::vector<std::string_view> const& texts) {
        script messages;
        for (auto const text : texts) messages.push_back(query(text));
        return send_bytes(messages);
    }
    std::string ask(std::vector<std::string_view> const& texts) { return shape(ask_bytes(texts)); }
    /// The error that this text is answered with.
    diagnostic complaint(std::string_view text) { return diagnostics_in(ask_bytes({text})).at(0); }

    [[nodiscard]] H& engine() { return session_.handler().inner(); }
    [[nodiscard]] std::string const& log() { return *engine().log; }
    [[nodiscard]] live_session<sql_layer<H>>& session() { return session_; }

private:
    live_session<sql_layer<H>> session_;
};

/// Looks at everything, and refuses what it is told to.
struct strict_engine : transactional_engine {
    std::string bound;
    std::string refused;

    void check_syntax(std::string_view text) {
        note("check:" + std::string(text));
        if (auto const at = text.find("nonsense"); at != text.npos)
            throw sql_error(sqlstates::syntax_error, "nonsense").position(static_cast<std::uint32_t>(at + 1));
    }
    void on_bind(request const& r, engine_statement const& s) {
        bound = std::string(r.text) + ':' + std::to_string(s.types.size());
    }
    void admit(engine_statement const& s) {
        if (s.word(0) == refused) throw sql_error(sqlstates::feature_not_supported, "no").position(1);
    }
};

/// Tells its columns when it is asked.
struct describing_engine {
    struct made {
        column c{"described", types::int4};
    };
    made prepare(std::string_view, std::span<oid const>) { return {}; }
    std::span<column const> describe(made& s) { return {&s.c, 1}; }
    std::variant<command, rows<std::tuple<int>>> execute(request const&, made&) { return rows(std::tuple(7)); }
};

/// Has no prepare of its own.
struct simple_engine {
    rows<std::tuple<std::string>> execute(request const& r) {
        std::string said(r.text);
        r.parameters.for_each([&said](parameter const& p) { said += '=' + std::string(*p.bytes); });
        return rows(std::tuple(said));
    }
};

/// Waits for a day when it prepares `sleep`, or executes `doze`.
struct sleeper {
    struct made {
        std::string text;
    };
    session_context* context = nullptr;

    void on_start(session_context& c) { context = &c; }
    task<> sleep() {
        asio::steady_timer timer(context->executor(), std::chrono::hours(24));
        co_await timer.async_wait(asio::use_awaitable);
    }
    task<made> prepare(std::string_view text, std::span<oid const>) {
        made m{std::string(text)};
        if (m.text == "sleep") co_await sleep();
        co_return m;
    }
    task<command> execute(request const&, made& m) {
        if (m.text == "doze") co_await sleep();
        co_return command("OK");
    }
};

}  // namespace

#define ENGINES "", engine, async_engine, transactional_engine, async_transactional_engine

TEMPLATE_TEST_CASE("a statement is prepared, executed with values, and forgotten", ENGINES) {
    asked<TestType> session;
    auto const said = session.ask_bytes({"PREPARE s (int, text) AS echo $1 $2", "EXECUTE s(1, 'it''s')",
                                         "execute S (NULL, 2.50)", "DEALLOCATE s", "EXECUTE s(1, 2)"});
    CHECK(shape(said) == "C(PREPARE) Z(I) T D C(SELECT 1) Z(I) T D C(SELECT 1) Z(I) C(DEALLOCATE) Z(I) E(26000) Z(I)");
    CHECK(rows_in(said) == "1|it's;null|2.50");
}

TEMPLATE_TEST_CASE("the tag of EXECUTE is that of the statement", ENGINES) {
    asked<TestType> session;
    CHECK(session.ask({"PREPARE s AS insert 2", "EXECUTE s", "PREPARE r AS select 3", "EXECUTE r"}) ==
          "C(PREPARE) Z(I) C(INSERT 0 2) Z(I) C(PREPARE) Z(I) T D D D C(SELECT 3) Z(I)");
}

TEMPLATE_TEST_CASE("PREPARE and Parse share one set of names", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({query("PREPARE s AS select 1"), parse("s", "select 2"), sync(), parse("r", "echo $1"), sync(),
                        query("PREPARE r AS select 3")}) == "C(PREPARE) Z(I) E(42P05) Z(I) 1 Z(I) E(42P05) Z(I)");
    auto const said =
        session.send_bytes({describe_statement("s"), bind("", "s"), execute(), sync(), query("EXECUTE r('x')")});
    CHECK(shape(said) == "t T 2 D C(SELECT 1) Z(I) T D C(SELECT 1) Z(I)");
    CHECK(rows_in(said) == "1|row;x");
    CHECK(session.send({close_statement("s"), sync(), query("EXECUTE s"), query("DEALLOCATE r"), bind("", "r"),
                        sync()}) == "3 Z(I) E(26000) Z(I) C(DEALLOCATE) Z(I) E(26000) Z(I)");
}

TEMPLATE_TEST_CASE("PREPARE and EXECUTE work in the extended protocol", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({parse("", "PREPARE s (int4) AS echo $1"), describe_statement(), bind(), describe_portal(),
                        execute(), execute(), sync()}) == "1 t n 2 n C(PREPARE) E(55000) Z(I)");
    auto const said = session.send_bytes(
        {parse("", "EXECUTE s(7)"), describe_statement(), bind(), describe_portal(), execute(), execute(), sync()});
    CHECK(shape(said) == "1 t T 2 T D C(SELECT 1) C(SELECT 0) Z(I)");
    CHECK(columns_in(said) == "echo:25;echo:25");
    CHECK(parameter_types_in(said).empty());
    CHECK(rows_in(said) == "7");
}

TEMPLATE_TEST_CASE("what EXECUTE executes may give its rows in portions", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({query("PREPARE s AS select 3"), parse("e", "EXECUTE s"), bind("p", "e"), execute("p", 2),
                        describe_portal("p"), execute("p", 2), execute("p"), sync()}) ==
          "C(PREPARE) Z(I) 1 2 D D s T D C(SELECT 1) C(SELECT 0) Z(I)");
}

TEMPLATE_TEST_CASE("the formats of the columns are those that the portal of EXECUTE was bound with", ENGINES) {
    asked<TestType> session;
    session.send({query("PREPARE s AS select 1"), parse("e", "EXECUTE s"), sync()});
    auto const said =
        session.send_bytes({bind("", "e", {}, {}, {format::binary, format::text}), describe_portal(), execute(),
                            bind("", "e", {}, {}, {format::binary}), describe_portal(), sync()});
    CHECK(shape(said) == "2 T D C(SELECT 1) 2 T Z(I)");
    CHECK(columns_in(said) == "n:23:1 text:25;n:23:1 text:25:1");
    CHECK(rows_in(said) == "\0\0\0\1|row"s);
    CHECK(session.send({bind("", "e", {}, {}, {format::text, format::text, format::text}), sync()}) == "E(08P01) Z(I)");
}

TEMPLATE_TEST_CASE("EXECUTE is looked up when it runs, and described as what is there before", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({parse("e", "EXECUTE s"), describe_statement("e"), bind("", "e"), describe_portal(), execute(),
                        sync()}) == "1 t n 2 n E(26000) Z(I)");
    CHECK(session.send({query("PREPARE s AS select 1"), describe_statement("e"), bind("", "e"), execute(), sync(),
                        query("DEALLOCATE s; PREPARE s AS insert 1"), describe_statement("e"), bind("", "e"), execute(),
                        sync()}) ==
          "C(PREPARE) Z(I) t T 2 D C(SELECT 1) Z(I) C(DEALLOCATE) C(PREPARE) Z(I) t n 2 C(INSERT 0 1) Z(I)");
}

TEMPLATE_TEST_CASE("between Bind and Execute the columns may become more, and too many for their formats", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({query("PREPARE s AS echo"), query("BEGIN"), parse("e", "EXECUTE s"),
                        bind("p", "e", {}, {}, {format::text, format::binary, format::text}), sync(),
                        query("DEALLOCATE s; PREPARE s AS select 1"), execute("p"), sync()}) ==
          "C(PREPARE) Z(I) C(BEGIN) Z(T) 1 2 Z(T) C(DEALLOCATE) C(PREPARE) Z(T) E(08P01) Z(E)");
}

TEMPLATE_TEST_CASE("the number of values must be that of the parameters", ENGINES) {
    asked<TestType> session;
    session.ask({"PREPARE s AS echo $1 $2"});
    auto const few = session.complaint("EXECUTE s(1)");
    CHECK(few.code == sqlstates::syntax_error);
    CHECK(few.message == "wrong number of parameters for prepared statement \"s\"");
    CHECK(few.detail == "Expected 2 parameters but got 1.");
    CHECK(session.complaint("EXECUTE s").detail == "Expected 2 parameters but got 0.");
    CHECK(session.complaint("EXECUTE s(1, 2, 3)").detail == "Expected 2 parameters but got 3.");
    CHECK(session.ask({"PREPARE none AS select 1", "EXECUTE none(1, nosuch)"}) ==
          "C(PREPARE) Z(I) T D C(SELECT 1) Z(I)");  // as PostgreSQL does
    CHECK(session.complaint("EXECUTE nosuch(1)").message == "prepared statement \"nosuch\" does not exist");
}

TEMPLATE_TEST_CASE("a value is one of its parameter's type, or an error that tells where it stands", ENGINES) {
    asked<TestType> session;
    auto const said = session.ask_bytes({"PREPARE s (integer, boolean) AS echo $1 $2", "EXECUTE s(1.5, 'yes')"});
    CHECK(rows_in(said) == "2|true");
    auto const wrong = session.complaint("select 1; EXECUTE s(1, 'é'); select 1");
    CHECK(wrong.code == sqlstates::invalid_text_representation);
    CHECK(wrong.message == "invalid input syntax for type boolean: \"é\"");
    CHECK(wrong.position == 24);
    CHECK(session.complaint("EXECUTE s($1, true)").code == sqlstates::undefined_parameter);
    CHECK(session.complaint("EXECUTE s(1 + 1, true)").code == sqlstates::feature_not_supported);
    CHECK(session.complaint("EXECUTE s(1, E'\\xff')").code == sqlstates::invalid_text_representation);
    session.ask({"PREPARE t AS echo $1"});
    CHECK(session.complaint("EXECUTE t(E'\\xff')").code == sqlstates::character_not_in_repertoire);
}

TEMPLATE_TEST_CASE("an error in what PREPARE prepares tells where it stands in the whole text", ENGINES) {
    asked<TestType> session;
    auto const wrong = session.complaint("select 1; PREPARE \"é\" AS fail prepare");
    CHECK(wrong.code == sqlstates::syntax_error);
    CHECK(wrong.position == 31);
    CHECK(session.send({parse("", "PREPARE s AS fail prepare"), bind(), execute(), sync(), query("EXECUTE s")}) ==
          "1 2 E(42601) Z(I) E(26000) Z(I)");
}

TEMPLATE_TEST_CASE("an error in what EXECUTE executes is the statement's", ENGINES) {
    asked<TestType> session;
    CHECK(
        session.ask({"PREPARE s AS fail row 1", "PREPARE r AS fail", "BEGIN", "EXECUTE s", "ROLLBACK",
                     "EXECUTE r; select 1", "EXECUTE r"}) ==
        "C(PREPARE) Z(I) C(PREPARE) Z(I) C(BEGIN) Z(T) T D E(22012) Z(E) C(ROLLBACK) Z(I) E(22012) Z(I) E(22012) Z(I)");
}

TEMPLATE_TEST_CASE("parameters have the types that PREPARE names, or that the engine finds out", ENGINES) {
    asked<TestType> session;
    auto const said = session.send_bytes(
        {query("PREPARE s (pg_catalog.int4, \"text\", varchar(20), timestamp (3) with time zone, unknown, int[]) AS "
               "echo $1 $2 $3 $4 $5 $6 $7"),
         describe_statement("s"), sync()});
    CHECK(shape(said) == "C(PREPARE) Z(I) t T Z(I)");
    CHECK(parameter_types_in(said) == "23 25 1043 1184 25 1007 25");
    auto const wrong = session.complaint("PREPARE r (int4, nosuch) AS select 1");
    CHECK(wrong.code == sqlstates::undefined_object);
    CHECK(wrong.message == "type \"nosuch\" does not exist");
    CHECK(wrong.position == 18);
}

TEMPLATE_TEST_CASE("a failed block refuses PREPARE and EXECUTE, whatever is in them", ENGINES) {
    asked<TestType> session;
    session.ask({"PREPARE s AS select 1"});
    CHECK(
        session.ask({"BEGIN", "fail", "PREPARE r AS select 1", "PREPARE r (nosuch) AS select 1", "EXECUTE s",
                     "EXECUTE nosuch", "EXECUTE s(a)", "DEALLOCATE s", "PREPARE r select", "ROLLBACK", "EXECUTE s"}) ==
        "C(BEGIN) Z(T) E(22012) Z(E) E(25P02) Z(E) E(25P02) Z(E) E(25P02) Z(E) E(25P02) Z(E) E(25P02) Z(E) E(25P02) "
        "Z(E) E(42601) Z(E) C(ROLLBACK) Z(I) T D C(SELECT 1) Z(I)");
}

TEMPLATE_TEST_CASE("a statement outlives the transaction that it was made in", ENGINES) {
    asked<TestType> session;
    CHECK(
        session.ask({"BEGIN", "PREPARE s AS select 1", "ROLLBACK", "DISCARD PLANS", "EXECUTE s", "DISCARD ALL",
                     "EXECUTE s", "PREPARE s AS select 1", "DEALLOCATE ALL", "EXECUTE s"}) ==
        "C(BEGIN) Z(T) C(PREPARE) Z(T) C(ROLLBACK) Z(I) C(DISCARD PLANS) Z(I) T D C(SELECT 1) Z(I) C(DISCARD ALL) Z(I) "
        "E(26000) Z(I) C(PREPARE) Z(I) C(DEALLOCATE ALL) Z(I) E(26000) Z(I)");
}

TEMPLATE_TEST_CASE("all of it may stand in one Query", ENGINES) {
    asked<TestType> session;
    CHECK(session.ask({"PREPARE s AS select 1; EXECUTE s; DEALLOCATE s; EXECUTE s; select 1"}) ==
          "C(PREPARE) T D C(SELECT 1) C(DEALLOCATE) E(26000) Z(I)");
}

TEMPLATE_TEST_CASE("EXECUTE of COPY is a COPY", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({parse("i", "copy in"), parse("o", "copy out 1"), sync(), query("EXECUTE i; EXECUTE o"),
                        copy_data("a\tb\n"), copy_done()}) == "1 1 Z(I) G C(COPY 1) H d c C(COPY 1) Z(I)");
    CHECK(session.send({parse("", "EXECUTE i"), bind(), execute(), copy_data("a\tb\n"), copy_done(), sync()}) ==
          "1 2 G C(COPY 1) Z(I)");
}

TEMPLATE_TEST_CASE("EXECUTE of an empty statement does nothing", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({parse("e", ""), sync(), query("EXECUTE e; select 1"), parse("", "EXECUTE e"),
                        describe_statement(), bind(), describe_portal(), execute(), execute(), sync()}) ==
          "1 Z(I) C(EXECUTE) T D C(SELECT 1) Z(I) 1 t n 2 n C(EXECUTE) E(55000) Z(I)");
}

TEMPLATE_TEST_CASE("EXECUTE of the session's own statements carries these out", ENGINES) {
    asked<TestType> session;
    session.send({parse("b", "BEGIN"), parse("c", "COMMIT"), parse("h", "SHOW server_encoding"),
                  parse("d", "DEALLOCATE d"), parse("p", "PREPARE made AS select 1"), sync()});
    CHECK(session.ask({"EXECUTE b", "EXECUTE h", "EXECUTE c", "EXECUTE d", "EXECUTE d", "EXECUTE p", "EXECUTE made",
                       "EXECUTE p"}) ==
          "C(BEGIN) Z(T) T D C(SHOW) Z(T) C(COMMIT) Z(I) C(DEALLOCATE) Z(I) E(26000) Z(I) C(PREPARE) Z(I) T D C(SELECT "
          "1) "
          "Z(I) E(42P05) Z(I)");
}

TEMPLATE_TEST_CASE("an EXECUTE may execute an EXECUTE, but not itself", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({parse("e", "EXECUTE s"), parse("s", "select 1"), sync(), query("EXECUTE e"),
                        parse("", "EXECUTE e"), describe_statement(), bind(), execute(), sync()}) ==
          "1 1 Z(I) T D C(SELECT 1) Z(I) 1 t T 2 D C(SELECT 1) Z(I)");
    CHECK(session.send({parse("x", "EXECUTE y"), parse("y", "EXECUTE x"), sync(), query("EXECUTE x"),
                        describe_statement("x"), sync(), query("select 1")}) ==
          "1 1 Z(I) E(54001) Z(I) E(54001) Z(I) T D C(SELECT 1) Z(I)");
}

/// Executes the unnamed statement instead, as long as the text is "again", and does not say so before.
struct restless_engine {
    struct statement {
        [[nodiscard]] static std::string_view stands_for() { return {}; }
        [[nodiscard]] static std::span<column const> columns() { return {}; }
    };
    using outcome = std::variant<command, execute_statement>;

    static statement prepare(std::string_view, std::span<oid const>) { return {}; }
    static outcome execute(request const& r, statement&) {
        if (r.text == "again") return execute_statement{};
        return command{"DONE"};
    }
};

TEST_CASE("a statement that has itself executed comes to an end, whatever it stands for") {
    live_session<restless_engine> session;
    session.enter();
    CHECK(session.send({parse("", "again"), bind(), execute(), sync(), parse("", "done"), parse("a", "again"), bind("", "a"),
                        execute(), sync()})
              .hear() == "1 2 E(54001) Z(I) 1 1 2 C(DONE) Z(I)");
}

/// Its own portals execute a prepared statement.
struct lending_engine : restless_engine {
    static outcome open_portal(std::string_view) { return execute_statement{.name = "s"}; }
};

TEST_CASE("what a handler's own portals execute is counted for each of them") {
    live_session<lending_engine> session;
    session.enter();
    std::string answers = "1 Z(I) ";
    script messages{parse("s", "done"), sync()};
    for (int i = 0; i != 150; ++i) {
        messages.push_back(execute("mine"));
        answers += "C(DONE) ";
    }
    messages.push_back(sync());
    CHECK(session.send(messages).hear() == answers + "Z(I)");
}

TEMPLATE_TEST_CASE("a row of EXECUTEs is none of one behind the other", ENGINES) {
    asked<TestType> session;
    std::string many;
    std::string answers;
    for (int i = 0; i != 300; ++i) {
        many += "EXECUTE s;";
        answers += "T D C(SELECT 1) ";
    }
    CHECK(session.send({parse("s", "select 1"), sync(), query(many)}) == "1 Z(I) " + answers + "Z(I)");
}

TEMPLATE_TEST_CASE("a suspended EXECUTE outlives the statement that it executes", ENGINES) {
    asked<TestType> session;
    CHECK(session.send({query("PREPARE s AS select 3"), query("BEGIN"), parse("", "EXECUTE s"), bind("p"),
                        execute("p", 1), sync(), query("DEALLOCATE s"), execute("p"), sync()}) ==
          "C(PREPARE) Z(I) C(BEGIN) Z(T) 1 2 D s Z(T) C(DEALLOCATE) Z(T) D D C(SELECT 2) Z(T)");
}

TEMPLATE_TEST_CASE("a pipeline with PREPARE and EXECUTE is one transaction", "", transactional_engine,
                   async_transactional_engine) {
    asked<TestType> session;
    CHECK(session.send({parse("", "PREPARE s AS insert 1"), bind(), execute(), parse("", "EXECUTE s"), bind(),
                        execute(), parse("", "fail"), bind(), execute(), parse("", "EXECUTE s"), sync()}) ==
          "1 2 C(PREPARE) 1 2 C(INSERT 0 1) 1 2 E(22012) Z(I)");
    CHECK(session.log() == "begin prepare:insert execute:insert prepare:fail execute:fail rollback");
    CHECK(session.send({parse("", "EXECUTE s"), bind(), execute(), sync()}) == "1 2 C(INSERT 0 1) Z(I)");
    CHECK(session.log().ends_with("rollback begin execute:insert commit"));
}

TEST_CASE("the engine is asked about syntax inside of PREPARE before anything runs") {
    asked<strict_engine> session;
    auto const wrong = session.complaint("insert 1; PREPARE é AS a nonsense; insert 2");
    CHECK(wrong.code == sqlstates::syntax_error);
    CHECK(wrong.position == 26);
    CHECK(session.log() == "check:insert 1 check:a nonsense");
    CHECK(session.send({parse("", "PREPARE s AS nonsense"), sync(), query("BEGIN; fail"),
                        query("PREPARE s AS nonsense"), query("PREPARE s AS select 1")}) ==
          "E(42601) Z(I) C(BEGIN) E(22012) Z(E) E(42601) Z(E) E(25P02) Z(E)");
}

TEST_CASE("the engine sees what EXECUTE binds, and may refuse it, where the statement stands") {
    asked<strict_engine> session;
    session.ask({"select 1;  PREPARE s AS echo $1", "EXECUTE s('x')"});
    CHECK(session.engine().bound == "echo $1:1");
    session.engine().refused = "echo";
    auto const wrong = session.complaint("EXECUTE s('x')");
    CHECK(wrong.code == sqlstates::feature_not_supported);
    CHECK(wrong.position == 25);
    CHECK(session.send({parse("", "EXECUTE s(1)"), bind(), describe_portal(), sync(), parse("", "EXECUTE s(1)"), bind(),
                        execute(), sync()}) == "1 2 E(0A000) Z(I) 1 2 E(0A000) Z(I)");
}

TEST_CASE("an engine that describes statements is asked about the one that EXECUTE executes") {
    asked<describing_engine> session;
    auto const said = session.send_bytes({query("PREPARE s AS anything"), parse("", "EXECUTE s"), describe_statement(),
                                          bind(), describe_portal(), execute(), sync(), parse("", "EXECUTE nosuch"),
                                          describe_statement(), sync()});
    CHECK(shape(said) == "C(PREPARE) Z(I) 1 t T 2 T D C(SELECT 1) Z(I) 1 t n Z(I)");
    CHECK(columns_in(said) == "described:23;described:23");
}

TEST_CASE("an engine without prepare has PREPARE too") {
    live_session<sql_layer<simple_engine>> session;
    auto const said = session.enter()
                          .send({query("PREPARE s AS NOTHING"), query("EXECUTE s"), query("PREPARE r AS VALUE $1"),
                                 query("EXECUTE r(7)")})
                          .hear_bytes();
    CHECK(shape(said) == "C(PREPARE) Z(I) T D C(SELECT 1) Z(I) C(PREPARE) Z(I) T D C(SELECT 1) Z(I)");
    CHECK(rows_in(said) == "NOTHING;VALUE $1=7");
}

TEST_CASE("cursors and notifications stand between PREPARE and the engine") {
    using served = sql_layer<cursor_layer<notify_layer<transactional_engine>>>;
    live_session<served> session(served(std::make_shared<notification_hub>()));
    CHECK(session.enter()
              .send({query("PREPARE s AS select 2"), query("EXECUTE s"), parse("f", "FETCH ALL c"), sync(),
                     query("BEGIN; DECLARE c CURSOR FOR select 2"), query("EXECUTE f"), query("COMMIT")})
              .hear() ==
          "C(PREPARE) Z(I) T D D C(SELECT 2) Z(I) 1 Z(I) C(BEGIN) C(DECLARE CURSOR) Z(T) T D D C(FETCH 2) "
          "Z(T) C(COMMIT) Z(I)");
}

TEST_CASE("PREPARE TRANSACTION is the engine's") {
    asked<engine> session;
    CHECK(session.ask({"PREPARE TRANSACTION 'x'", "PREPARE transaction AS select 1", "EXECUTE transaction"}) ==
          "C(PREPARE) Z(I) C(PREPARE) Z(I) T D C(SELECT 1) Z(I)");
    CHECK(session.log().starts_with("prepare:PREPARE execute:PREPARE prepare:select"));
}

TEST_CASE("what is wrong with PREPARE or EXECUTE is told where it is") {
    asked<engine> session;
    auto const position = [&](std::string_view text) {
        auto const wrong = session.complaint(text);
        CHECK((wrong.code == sqlstates::syntax_error));
        return wrong.position;
    };
    CHECK(position("PREPARE") == 8);
    CHECK(position("PREPARE AS select 1") == 9);
    CHECK(position("PREPARE s") == 10);
    CHECK(position("PREPARE s AS") == 13);
    CHECK(position("PREPARE s() AS select 1") == 11);
    CHECK(position("PREPARE s(int) select 1") == 16);
    CHECK(position("PREPARE s(int,) AS select 1") == 15);
    CHECK(position("PREPARE s(int 4) AS select 1") == 15);
    for (std::string_view const other :
         {"BEGIN", "create table x", "EXECUTE x", "COPY t TO STDOUT", "DECLARE c", "SHOW x"})
        CHECK(position("PREPARE s AS " + std::string(other)) == 14);
    CHECK(position("EXECUTE") == 8);
    CHECK(position("EXECUTE s()") == 11);
    CHECK(position("EXECUTE s(1,)") == 13);
    CHECK(position("EXECUTE s(1") == 12);
    CHECK(position("EXECUTE s(1 2)") == 13);
    CHECK(position("EXECUTE s(1;2)") == 12);
    CHECK(position("EXECUTE s((1;2))") == 13);
    CHECK(position("EXECUTE s(f(1;2))") == 14);
    CHECK(position("EXECUTE s x") == 11);
    CHECK(position("EXECUTE s.x") == 10);
    CHECK(session.complaint("PREPARE \"\" AS select 1").message ==
          "zero-length delimited identifier at or near \"\"\"\"");
}

TEST_CASE("a PREPARE and an EXECUTE can be cancelled, and nothing is left of them") {
    live_session<sql_layer<sleeper>> session;
    auto const cancelled = [&](script const& messages) {
        session.send(messages);
        auto const heard = session.hear();  // of what comes before the statement, sooner or later
        CHECK(session.context().handle().cancel());
        return heard + (heard.empty() ? "" : " ") + session.settle().hear();
    };
    session.enter();
    CHECK(cancelled({query("PREPARE s AS sleep")}) == "E(57014) Z(I)");
    CHECK(cancelled({parse("", "PREPARE s AS sleep"), bind(), execute(), flush(), sync()}) == "1 2 E(57014) Z(I)");
    CHECK(session.send({query("EXECUTE s"), query("PREPARE s AS doze")}).hear() == "E(26000) Z(I) C(PREPARE) Z(I)");
    CHECK(cancelled({query("EXECUTE s")}) == "E(57014) Z(I)");
    CHECK(session.send({query("PREPARE r AS other"), query("EXECUTE r")}).hear() == "C(PREPARE) Z(I) C(OK) Z(I)");
}

TEST_CASE("PREPARE and EXECUTE are answered alike however they come") {
    script const messages{query("PREPARE s (int) AS echo $1; EXECUTE s(1)"),
                          parse("", "EXECUTE s(2)"),
                          bind(),
                          describe_portal(),
                          execute(),
                          parse("", "PREPARE r AS select 2"),
                          bind(),
                          execute(),
                          parse("", "EXECUTE r"),
                          bind(),
                          execute("", 1),
                          execute(),
                          sync(),
                          query("EXECUTE s"),
                          query("DEALLOCATE ALL")};
    std::string const expected =
        "C(PREPARE) T D C(SELECT 1) Z(I) 1 2 T D C(SELECT 1) 1 2 C(PREPARE) 1 2 D s D C(SELECT 1) Z(I) E(42601) Z(I) "
        "C(DEALLOCATE ALL) Z(I)";
    using served = sql_layer<async_transactional_engine>;
    live_session<served> whole;
    CHECK(whole.enter().send(messages).hear() == expected);
    live_session<served> pieces({}, {}, {.write_limit = 7, .hesitates = true});
    pieces.enter();
    for (auto const& byte : one_byte_each(messages)) pieces.send({byte});
    CHECK(pieces.run_until_heard(expected) == expected);
    bare_loop<served> loop;
    CHECK(shape(after_login(loop.run(one_byte_each(messages)))) == expected);
}

}  // namespace pgwire::test::sql_prepare_tests
