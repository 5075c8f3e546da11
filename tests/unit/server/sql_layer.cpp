// Sessions of an engine that the layer for SQL is around, with plain hooks and with coroutines.
#include "pgwire/server/sql_layer.hpp"

#include "pgwire/server/sql_functions.hpp"
#include "tests/support/engine.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace pgwire::test::sql_layer_tests {

namespace {

template<class H>
using live = live_session<sql_layer<H>>;

/// One query after the other in one session.
template<class H>
std::string ask(live<H>& session, std::vector<std::string_view> const& texts) {
    script messages;
    for (auto const text : texts) messages.push_back(query(text));
    return session.send(messages).hear();
}

template<class H>
std::string answers_of(std::vector<std::string_view> const& texts) {
    live<H> session;
    return ask(session.enter(), texts);
}

/// What SHOW says.
template<class H>
std::string show(live<H>& session, std::string_view name) {
    return rows_in(session.send({query("SHOW " + std::string(name))}).hear_bytes());
}

/// Only what happened in transactions.
template<class H>
std::string calls_of(live<H>& session) {
    std::string calls;
    std::string_view log = *session.handler().inner().log;
    while (!log.empty()) {
        auto const word = log.substr(0, log.find(' '));
        log.remove_prefix(std::min(word.size() + 1, log.size()));
        if (word.find(':') == word.npos) calls += (calls.empty() ? "" : " ") + std::string(word);
    }
    return calls;
}

/// Knows nothing of transactions, statements or columns.
struct simple_engine {
    command execute(request const& r) {
        return r.text == "fail" ? throw sql_error(sqlstates::division_by_zero, "no") : command("OK");
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

/// Takes part in the session.
struct curious_engine : transactional_engine {
    sql_session* session = nullptr;
    std::string asked;

    void on_sql_start(sql_session& s) { session = &s; }
    void check_syntax(std::string_view text) {
        asked = text;
        if (text == "nonsense") throw sql_error(sqlstates::syntax_error, "nonsense");
    }
    outcome execute(request const& r, engine_statement& s) {
        if (s.word(0) == "vacuum" && session->transaction().in_transaction_block())
            throw sql_error(sqlstates::active_sql_transaction, "no");
        if (s.word(0) == "insert" && session->read_only()) throw sql_error(sqlstates::read_only_sql_transaction, "no");
        if (s.word(0) == "configure") session->set(s.word(1), s.word(2), false);
        return engine::execute(r, s);
    }
};

}  // namespace

#define BOTH_ENGINES "", transactional_engine, async_transactional_engine

// ---- transactions

TEMPLATE_TEST_CASE("BEGIN and COMMIT call the hooks that implicit transactions have", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(ask(session.enter(), {"BEGIN", "insert 1", "COMMIT", "begin", "abort"}) ==
          "C(BEGIN) Z(T) C(INSERT 0 1) Z(T) C(COMMIT) Z(I) C(BEGIN) Z(T) C(ROLLBACK) Z(I)");
    CHECK(calls_of(session) == "begin commit begin rollback");
}

TEMPLATE_TEST_CASE("warnings are PostgreSQL's", BOTH_ENGINES) {
    live<TestType> session;
    session.enter();
    auto const said = session.send({query("COMMIT"), query("BEGIN"), query("BEGIN"), query("ROLLBACK")}).hear_bytes();
    CHECK(shape(said) ==
          "N(WARNING 25P01) C(COMMIT) Z(I) C(BEGIN) Z(T) N(WARNING 25001) C(BEGIN) Z(T) C(ROLLBACK) Z(I)");
    CHECK(diagnostics_in(said)[0].message == "there is no transaction in progress");
    CHECK(diagnostics_in(said)[1].message == "there is already a transaction in progress");
    CHECK(calls_of(session) == "begin rollback");
}

TEMPLATE_TEST_CASE("a failed block refuses all but its end", BOTH_ENGINES) {
    CHECK(answers_of<TestType>(
              {"BEGIN", "fail", "insert 1", "SHOW TimeZone", "SET x.y = 1", " ", "COMMIT", "insert 1"}) ==
          "C(BEGIN) Z(T) E(22012) Z(E) E(25P02) Z(E) E(25P02) Z(E) E(25P02) Z(E) I Z(E) C(ROLLBACK) Z(I) C(INSERT 0 1) "
          "Z(I)");
}

TEMPLATE_TEST_CASE("a failed block refuses Parse, Bind, Describe and Execute of all but its end", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(
        session.enter().send({parse("s", "insert 1"), parse("r", "ROLLBACK"), query("BEGIN"), query("fail")}).hear() ==
        "1 1 C(BEGIN) Z(T) E(22012) Z(E)");
    CHECK(
        session.send({parse("", "insert 1"), sync(), bind("", "s"), sync(), describe_statement("s"), sync()}).hear() ==
        "E(25P02) Z(E) E(25P02) Z(E) E(25P02) Z(E)");
    CHECK(session.send({describe_statement("r"), bind("", "r"), describe_portal(), execute(), sync()}).hear() ==
          "t n 2 n C(ROLLBACK) Z(I)");
}

TEST_CASE("a failed block asks the engine about syntax, and about nothing else") {
    live<curious_engine> session;
    CHECK(ask(session.enter(), {"BEGIN", "fail", "nonsense", "insert 1"}) ==
          "C(BEGIN) Z(T) E(22012) Z(E) E(42601) Z(E) E(25P02) Z(E)");
    CHECK(session.handler().inner().asked == "insert 1");
}

TEMPLATE_TEST_CASE("BEGIN among several statements adopts those before it", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(ask(session.enter(), {"insert 1; BEGIN; insert 2", "ROLLBACK"}) ==
          "C(INSERT 0 1) C(BEGIN) C(INSERT 0 2) Z(T) C(ROLLBACK) Z(I)");
    CHECK(calls_of(session) == "begin rollback");
}

TEMPLATE_TEST_CASE("COMMIT among several statements commits, warns, and begins anew", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(ask(session.enter(), {"insert 1; COMMIT; insert 2; fail"}) ==
          "C(INSERT 0 1) N(WARNING 25P01) C(COMMIT) C(INSERT 0 2) E(22012) Z(I)");
    CHECK(calls_of(session) == "begin commit begin rollback");
}

TEMPLATE_TEST_CASE("a block that can't be committed is rolled back", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(ask(session.enter(), {"BEGIN", "SET application_name = 'x'", "defer", "COMMIT"}) ==
          "C(BEGIN) Z(T) C(SET) S(application_name=x) Z(T) C(DEFER) Z(T) E(23503) S(application_name=) Z(I)");
    CHECK(calls_of(session) == "begin commit rollback");
}

TEMPLATE_TEST_CASE("an implicit transaction that can't be committed at COMMIT is rolled back once", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(ask(session.enter(), {"defer; COMMIT; insert 1"}) == "C(DEFER) N(WARNING 25P01) E(23503) Z(I)");
    CHECK(calls_of(session) == "begin commit rollback");
}

TEMPLATE_TEST_CASE("AND CHAIN goes on in a new block", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(ask(session.enter(), {"COMMIT AND CHAIN", "BEGIN", "COMMIT AND CHAIN", "ROLLBACK"}) ==
          "E(25P01) Z(I) C(BEGIN) Z(T) C(COMMIT) Z(T) C(ROLLBACK) Z(I)");
    CHECK(calls_of(session) == "begin commit begin rollback");
}

TEMPLATE_TEST_CASE("savepoints go on to the engine, and ROLLBACK TO revives a failed block", BOTH_ENGINES) {
    live<TestType> session;
    CHECK(ask(session.enter(), {"SAVEPOINT s", "BEGIN", "SAVEPOINT \"s\"", "fail", "ROLLBACK WORK TO s", "RELEASE s",
                                "ROLLBACK TO s", "END"}) ==
          "E(25P01) Z(I) C(BEGIN) Z(T) C(SAVEPOINT) Z(T) E(22012) Z(E) C(ROLLBACK) Z(T) C(RELEASE) Z(T) E(3B001) Z(E) "
          "C(ROLLBACK) Z(I)");
    auto const& log = *session.handler().inner().log;
    CHECK(log.find("execute:SAVEPOINT") != log.npos);
    CHECK(log.find("execute:ROLLBACK") != log.npos);
    CHECK(log.find("execute:RELEASE") != log.npos);
}

TEMPLATE_TEST_CASE("a portal made after a savepoint dies with ROLLBACK TO, an older one lives on", BOTH_ENGINES) {
    live<TestType> session;
    session.enter().send({query("BEGIN"), parse("q", "select 3"), bind("old", "q"), execute("old", 1), sync(),
                          query("SAVEPOINT s"), bind("new", "q"), execute("new", 1), sync(), query("fail")});
    CHECK(session.hear() == "C(BEGIN) Z(T) 1 2 D s Z(T) C(SAVEPOINT) Z(T) 2 D s Z(T) E(22012) Z(E)");
    session.send({execute("old", 1), sync(), query("ROLLBACK TO s"), execute("old", 1), execute("new", 1), sync(),
                  query("ROLLBACK TO s"), query("RELEASE s"), query("fail"), query("ROLLBACK"), execute("old"), sync()});
    CHECK(session.hear() ==
          "E(25P02) Z(E) C(ROLLBACK) Z(T) D s E(34000) Z(E) C(ROLLBACK) Z(T) C(RELEASE) Z(T) E(22012) Z(E) "
          "C(ROLLBACK) Z(I) E(34000) Z(I)");
}

TEST_CASE("a syntax error late in a Query runs nothing, be it the layer's or the engine's") {
    live<curious_engine> session;
    CHECK(ask(session.enter(), {"insert 1; nonsense", "BEGIN; SET", "BEGIN", "insert 1; SHOW", "insert 1; nonsense"}) ==
          "E(42601) Z(I) E(42601) Z(I) C(BEGIN) Z(T) E(42601) Z(E) E(42601) Z(E)");
    CHECK(session.handler().inner().log->find("execute:insert") == std::string::npos);
}

TEST_CASE("AND CHAIN keeps the modes of the block") {
    live<curious_engine> session;
    session.enter();
    ask(session, {"BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", "COMMIT AND CHAIN"});
    CHECK(show(session, "transaction_isolation") == "serializable");
    CHECK(show(session, "transaction_read_only") == "on");
    ask(session, {"ROLLBACK"});
    CHECK(show(session, "transaction_isolation") == "read committed");
    CHECK(show(session, "transaction_read_only") == "off");
}

TEST_CASE("an engine without transactions has blocks in the books only") {
    CHECK(answers_of<simple_engine>({"BEGIN", "SAVEPOINT s", "fail", "work", "ROLLBACK TO s", "work", "COMMIT"}) ==
          "C(BEGIN) Z(T) C(SAVEPOINT) Z(T) E(22012) Z(E) E(25P02) Z(E) C(ROLLBACK) Z(T) C(OK) Z(T) C(COMMIT) Z(I)");
}

TEST_CASE("an engine learns what its transaction may do") {
    live<curious_engine> session;
    CHECK(ask(session.enter(), {"vacuum", "BEGIN", "vacuum", "ROLLBACK", "insert 1; vacuum"}) ==
          "C(VACUUM) Z(I) C(BEGIN) Z(T) E(25001) Z(E) C(ROLLBACK) Z(I) C(INSERT 0 1) E(25001) Z(I)");
    CHECK(ask(session, {"BEGIN READ ONLY", "insert 1", "ROLLBACK", "insert 1", "SET default_transaction_read_only = on",
                        "insert 1", "BEGIN READ WRITE", "insert 1", "COMMIT"}) ==
          "C(BEGIN) Z(T) E(25006) Z(E) C(ROLLBACK) Z(I) C(INSERT 0 1) Z(I) C(SET) S(default_transaction_read_only=on) "
          "Z(I) E(25006) Z(I) "
          "C(BEGIN) Z(T) C(INSERT 0 1) Z(T) C(COMMIT) Z(I)");
}

TEST_CASE("a block begins with the default modes, and ends with them") {
    live<curious_engine> session;
    session.enter();
    CHECK(show(session, "transaction_isolation") == "read committed");
    ask(session, {"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE", "BEGIN"});
    CHECK(show(session, "TRANSACTION ISOLATION LEVEL") == "serializable");
    ask(session, {"SET TRANSACTION READ ONLY"});
    CHECK(show(session, "transaction_read_only") == "on");
    ask(session, {"COMMIT"});
    CHECK(show(session, "transaction_read_only") == "off");
    CHECK(ask(session, {"SET TRANSACTION READ ONLY"}) == "N(WARNING 25P01) C(SET) Z(I)");
}

TEST_CASE("outside of a block a mode is the default, which a transaction at work does not follow") {
    live<curious_engine> session;
    session.enter();
    auto const isolation = [&session] { return show(session, "transaction_isolation"); };
    ask(session, {"SET default_transaction_isolation = serializable"});
    CHECK(isolation() == "serializable");
    ask(session, {"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY, DEFERRABLE"});
    CHECK(isolation() == "repeatable read");
    CHECK(show(session, "transaction_read_only") == "on");
    CHECK(show(session, "transaction_deferrable") == "on");
    ask(session, {"BEGIN", "SET default_transaction_isolation = serializable"});
    CHECK(isolation() == "repeatable read");
    ask(session, {"ROLLBACK"});
    CHECK(isolation() == "repeatable read");
    ask(session, {"BEGIN", "SET LOCAL default_transaction_isolation = serializable", "COMMIT"});
    CHECK(isolation() == "repeatable read");
    ask(session, {"BEGIN", "SET default_transaction_isolation = 'read uncommitted'", "COMMIT"});
    CHECK(isolation() == "read uncommitted");
    ask(session, {"RESET ALL"});
    CHECK(isolation() == "read committed");
    CHECK(ask(session, {"SET default_transaction_read_only = on; insert 1", "insert 1"}) ==
          "C(SET) C(INSERT 0 1) S(default_transaction_read_only=on) Z(I) E(25006) Z(I)");
}

TEST_CASE("a transaction's mode that is set by its name ends with the transaction") {
    live<curious_engine> session;
    session.enter();
    ask(session, {"SET transaction_isolation = serializable"});
    CHECK(show(session, "transaction_isolation") == "read committed");
    ask(session, {"BEGIN", "SET transaction_isolation = serializable"});
    CHECK(show(session, "transaction_isolation") == "serializable");
    ask(session, {"RESET transaction_isolation"});
    CHECK(show(session, "transaction_isolation") == "read committed");
    ask(session, {"SET transaction_isolation = serializable", "COMMIT"});
    CHECK(show(session, "transaction_isolation") == "read committed");
    CHECK(ask(session, {"SET TRANSACTION READ ONLY; insert 1"}) == "C(SET) E(25006) Z(I)");
    CHECK(ask(session, {"insert 1"}) == "C(INSERT 0 1) Z(I)");
}

// ---- settings

TEMPLATE_TEST_CASE("SET is reported, once and before ReadyForQuery", BOTH_ENGINES) {
    CHECK(answers_of<TestType>({"SET application_name = 'a'; SET application_name = 'b'", "SET application_name = 'b'",
                                "SET datestyle TO sql, dmy", "RESET ALL"}) ==
          "C(SET) C(SET) S(application_name=b) Z(I) C(SET) Z(I) C(SET) S(DateStyle=SQL, DMY) Z(I) "
          "C(RESET) S(application_name=) S(DateStyle=ISO, MDY) Z(I)");
}

TEMPLATE_TEST_CASE("SET is undone by ROLLBACK, and by ROLLBACK TO", BOTH_ENGINES) {
    CHECK(answers_of<TestType>({"BEGIN", "SET application_name = 'a'", "SAVEPOINT s", "SET application_name = 'b'",
                                "ROLLBACK TO s", "ROLLBACK"}) ==
          "C(BEGIN) Z(T) C(SET) S(application_name=a) Z(T) C(SAVEPOINT) Z(T) C(SET) S(application_name=b) Z(T) "
          "C(ROLLBACK) S(application_name=a) Z(T) C(ROLLBACK) S(application_name=) Z(I)");
}

TEMPLATE_TEST_CASE("SET among statements that fail later is undone", BOTH_ENGINES) {
    live<TestType> session;
    ask(session.enter(), {"SET application_name = 'a'; fail"});
    CHECK(show(session, "application_name").empty());
    CHECK(session
              .send({parse("", "SET application_name = 'a'"), bind(), execute(), parse("", "fail"), bind(), execute(),
                     sync()})
              .hear()
              .starts_with("1 2 C(SET) 1 2 E(22012)"));
    CHECK(show(session, "application_name").empty());
}

TEMPLATE_TEST_CASE("SET LOCAL ends with its transaction, and needs one", BOTH_ENGINES) {
    CHECK(answers_of<TestType>(
              {"BEGIN", "SET LOCAL application_name = 'a'", "COMMIT", "SET LOCAL application_name = 'a'"}) ==
          "C(BEGIN) Z(T) C(SET) S(application_name=a) Z(T) C(COMMIT) S(application_name=) Z(I) N(WARNING 25P01) C(SET) "
          "Z(I)");
}

TEST_CASE("what a function sets is undone if its statement fails") {
    live<curious_engine> session;
    ask(session.enter(), {"configure my.own 1"});
    CHECK(show(session, "my.own") == "1");
    ask(session, {"BEGIN", "configure my.own 2", "ROLLBACK"});
    CHECK(show(session, "my.own") == "1");
}

TEMPLATE_TEST_CASE("SHOW is described without being executed", BOTH_ENGINES) {
    live<TestType> session;
    session.enter();
    auto const said =
        session.send({parse("", "SHOW TIMEZONE"), describe_statement(), bind(), execute("", 1), execute(), sync()})
            .hear_bytes();
    CHECK(shape(said) == "1 t T 2 D s C(SHOW) Z(I)");
    CHECK(columns_in(said) == "TimeZone:25");
    CHECK(rows_in(said) == "UTC");
    auto const all = session.send({query("SHOW ALL")}).hear_bytes();
    CHECK(columns_in(all) == "name:25 setting:25 description:25");
    CHECK(rows_in(all).find("client_encoding|UTF8|") != std::string::npos);
}

TEMPLATE_TEST_CASE("unknown names and impossible values are refused", BOTH_ENGINES) {
    CHECK(answers_of<TestType>({"SET nosuch = 1", "SHOW nosuch", "RESET nosuch", "SET client_encoding = 'LATIN1'",
                                "SET server_version = '1'", "SET row_security = 1, 2", "SET my.own = 'x'",
                                "SHOW my.other"}) ==
          "E(42704) Z(I) E(42704) Z(I) E(42704) Z(I) E(22023) Z(I) E(55P02) Z(I) E(22023) Z(I) C(SET) Z(I) E(42704) "
          "Z(I)");
}

TEST_CASE("a list of names is quoted where it must be") {
    live<simple_engine> session;
    session.enter();
    ask(session, {"SET search_path TO \"$user\", public, \"Mixed\", 'a\"b'"});
    CHECK(show(session, "search_path") == "\"$user\", public, \"Mixed\", \"a\"\"b\"");
}

TEST_CASE("settings change how values are written") {
    live<simple_engine> session;
    session.enter();
    ask(session, {"SET bytea_output = escape", "SET extra_float_digits = -2", "SET IntervalStyle = iso_8601",
                  "SET DateStyle = ymd", "SET TIME ZONE -3"});
    auto const& style = session.context().style();
    CHECK(style.bytes == bytea_output::escape);
    CHECK(style.extra_float_digits == -2);
    CHECK(style.intervals == interval_style::iso_8601);
    CHECK(style.order == date_order::ymd);
    CHECK(style.utc_offset == -10'800);
    CHECK(style.utc_offset_label.view() == "-03");
    ask(session, {"SET TIME ZONE 'Europe/Berlin'"});
    CHECK(session.context().style().utc_offset == 0);
}

constexpr time_zone dreamland{.offset_at = [](time_zone const&, std::int64_t) noexcept { return 7200; },
                              .offset_of_local = [](time_zone const&, std::int64_t) noexcept { return 7200; },
                              .name = "Nowhere/Dreamland"};

struct traveller : simple_engine {
    void on_sql_start(sql_session& session) {
        session.use_zones([](std::string_view name) {
            return detail::equals_ignoring_case(name, dreamland.name) ? &dreamland : nullptr;
        });
    }
};

TEST_CASE("with a source of zones TimeZone is a region that it knows, and no other") {
    live<traveller> session;
    session.enter(startup({{"user", "alice"}, {"TimeZone", "nowhere/dreamland"}}));
    CHECK(session.context().style().zone == &dreamland);
    ask(session, {"SET TimeZone = 'utc'"});
    CHECK(session.context().style().zone == nullptr);
    CHECK(ask(session, {"SET TimeZone = 'nowhere/dreamland'", "SET TimeZone = 'Europe/Berlin'"}) ==
          "C(SET) S(TimeZone=Nowhere/Dreamland) Z(I) E(22023) Z(I)");
    CHECK(session.context().style().zone == &dreamland);
}

// ---- the startup packet

TEST_CASE("the startup packet sets what RESET returns to") {
    live<simple_engine> session;
    session.enter(startup({{"user", "alice"},
                           {"Application_Name", "first"},
                           {"my.own", "x"},
                           {"options", "-c datestyle=dmy --row-security=off -c a.b=c\\ d"}}));
    CHECK(session.login().find(std::string("application_name\0first", 22)) != std::string::npos);
    CHECK(session.login().find(std::string("DateStyle\0ISO, DMY", 18)) != std::string::npos);
    CHECK(show(session, "my.own") == "x");
    CHECK(show(session, "a.b") == "c d");
    CHECK(show(session, "row_security") == "off");
    CHECK(ask(session, {"SET application_name = 'second'", "RESET application_name"}) ==
          "C(SET) S(application_name=second) Z(I) C(RESET) S(application_name=first) Z(I)");
}

TEST_CASE("a startup packet that can't be obeyed is fatal") {
    auto const refused = [](startup_options const& options) {
        live<simple_engine> session;
        session.enter(startup(options));
        return shape(session.login());
    };
    CHECK(refused({{"user", "alice"}, {"nosuch", "1"}}) == "R(0) E(FATAL 42704)");
    CHECK(refused({{"user", "alice"}, {"client_encoding", "KLINGON"}}) == "R(0) E(FATAL 22023)");
    CHECK(refused({{"user", "alice"}, {"options", "-c nosuch=1"}}) == "R(0) E(FATAL 42704)");
    CHECK(refused({{"user", "alice"}, {"options", "nonsense"}}) == "R(0) E(FATAL 42601)");
}

// ---- what the protocol names

TEMPLATE_TEST_CASE("DEALLOCATE and DISCARD forget prepared statements", BOTH_ENGINES) {
    live<TestType> session;
    session.enter();
    CHECK(session
              .send({parse("s", "insert 1"), parse("r", "insert 1"), sync(), query("DEALLOCATE s"),
                     query("DEALLOCATE s")})
              .hear() == "1 1 Z(I) C(DEALLOCATE) Z(I) E(26000) Z(I)");
    CHECK(session.send({query("SET application_name = 'x'"), query("DISCARD ALL"), bind("", "r"), sync()}).hear() ==
          "C(SET) S(application_name=x) Z(I) C(DISCARD ALL) S(application_name=) Z(I) E(26000) Z(I)");
    CHECK(ask(session,
              {"BEGIN", "DISCARD ALL", "ROLLBACK", "insert 1; DISCARD ALL", "DISCARD PLANS", "DEALLOCATE ALL"}) ==
          "C(BEGIN) Z(T) E(25001) Z(E) C(ROLLBACK) Z(I) C(INSERT 0 1) E(25001) Z(I) C(DISCARD PLANS) Z(I) C(DEALLOCATE "
          "ALL) Z(I)");
}

// ---- around other handlers

TEST_CASE("the layer tells the columns that an engine tells when it is asked") {
    live<describing_engine> session;
    session.enter();
    auto const said = session
                          .send({parse("", "anything"), describe_statement(), parse("", "SHOW TimeZone"),
                                 describe_statement(), sync()})
                          .hear_bytes();
    CHECK(columns_in(said) == "described:23;TimeZone:25");
}

TEST_CASE("layers go around the layer, and it around them") {
    live_session<layer<sql_layer<transactional_engine>>> outside;
    CHECK(outside.enter().send({query("BEGIN"), query("fail"), query("COMMIT")}).hear() ==
          "C(BEGIN) Z(T) E(22012) Z(E) C(ROLLBACK) Z(I)");
    live<layer<transactional_engine>> inside;
    CHECK(ask(inside.enter(), {"BEGIN", "fail", "COMMIT"}) == "C(BEGIN) Z(T) E(22012) Z(E) C(ROLLBACK) Z(I)");
}

// ---- functions

TEST_CASE("functions tell about the session") {
    live<curious_engine> session;
    session.enter(startup({{"user", "alice"}, {"database", "shop"}, {"application_name", "me"}}));
    auto const call = [&](std::string_view name,
                          std::vector<std::optional<std::string_view>> const& arguments = {}) -> std::string {
        for (auto const& f : session_functions) {
            if (f.name != name) continue;
            CHECK(arguments.size() >= f.least);
            CHECK(arguments.size() <= f.most);
            auto const value = f.call(*session.handler().inner().session, arguments);
            if (auto const* const text = std::get_if<std::string>(&value)) return *text;
            if (auto const* const number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
            if (auto const* const truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
            return "null";
        }
        return "no such function";
    };
    CHECK(call("version").starts_with("PostgreSQL 1"));
    CHECK(call("current_user") == "alice");
    CHECK(call("current_database") == "shop");
    CHECK(call("pg_backend_pid") == std::to_string(session.context().process_id()));
    CHECK(call("pg_is_in_recovery") == "false");
    CHECK(call("current_setting", {"application_name"}) == "me");
    CHECK(call("current_setting", {"no.such", "true"}) == "null");
    CHECK_THROWS_AS(call("current_setting", {"no.such"}), sql_error);
    CHECK(call("set_config", {"my.own", "x", "false"}) == "x");
    CHECK(call("current_setting", {"my.own"}) == "x");
    CHECK_THROWS_AS(call("set_config", {"nosuch", "x", "false"}), sql_error);
}

}  // namespace pgwire::test::sql_layer_tests
