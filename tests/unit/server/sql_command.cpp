// Which statements are a session's own, and what they say.
#include "pgwire/server/sql_command.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>

namespace pgwire::test::sql_command_tests {

namespace {

using kind = sql_command::kind;

kind kind_of(std::string_view text) { return parse_sql_command(text).what; }

/// `name=value,value`
std::string setting_in(std::string_view text) {
    auto const c = parse_sql_command(text);
    std::string s = (c.local ? "local " : "") + c.name + '=';
    for (auto const& v : c.values) s += (&v == c.values.data() ? "" : ",") + v;
    return s + (c.to_default ? "default" : "");
}

/// The error, with its position.
std::string mistake_in(std::string_view text) {
    try {
        static_cast<void>(parse_sql_command(text));
    } catch (sql_error const& e) {
        CHECK(e.code() == sqlstates::syntax_error);
        return std::to_string(e.fields().position) + ' ' + e.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("what is not the session's own belongs to the engine") {
    for (std::string_view const text :
         {"SELECT 1", "INSERT INTO t VALUES (1)", "settle", "\"SET\" x = 1", "CLOSE c", "COMMIT PREPARED 'x'",
          "ROLLBACK PREPARED 'x'", "START SLAVE", "(SELECT 1)", ""})
        CHECK(kind_of(text) == kind::none);
}

TEST_CASE("SET takes its name and values in all spellings") {
    CHECK(setting_in("SET work_mem = '4MB'") == "work_mem=4MB");
    CHECK(setting_in("set Work_Mem to 4096") == "work_mem=4096");
    CHECK(setting_in("SET SESSION a.b = on") == "a.b=on");
    CHECK(setting_in("SET LOCAL x TO DEFAULT") == "local x=default");
    CHECK(setting_in("SET x = -3, +2.5, E'it\\'s', \"Name\", WORD") == "x=-3,2.5,it's,Name,word");
    CHECK(setting_in("SET TIME ZONE 'UTC'") == "TimeZone=UTC");
    CHECK(setting_in("SET TIME ZONE LOCAL") == "TimeZone=default");
    CHECK(setting_in("SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE") == "TimeZone=-08:00");
    CHECK(setting_in("SET NAMES 'utf8'") == "client_encoding=utf8");
    CHECK(setting_in("SET NAMES") == "client_encoding=default");
    CHECK(setting_in("SET SESSION AUTHORIZATION DEFAULT") == "session_authorization=default");
    CHECK(setting_in("SET ROLE none") == "role=none");
}

TEST_CASE("SHOW and RESET have names, phrases and ALL") {
    CHECK(parse_sql_command("SHOW TimeZone").name == "timezone");
    CHECK(parse_sql_command("SHOW TIME ZONE").name == "TimeZone");
    CHECK(parse_sql_command("SHOW TRANSACTION ISOLATION LEVEL").name == "transaction_isolation");
    CHECK(parse_sql_command("SHOW my.own").name == "my.own");
    CHECK(kind_of("SHOW ALL") == kind::show_all);
    CHECK(kind_of("RESET ALL") == kind::reset_all);
    CHECK(parse_sql_command("RESET SESSION AUTHORIZATION").name == "session_authorization");
}

TEST_CASE("the words of transactions have their synonyms") {
    for (std::string_view const text : {"BEGIN", "begin work", "BEGIN TRANSACTION READ ONLY", "START TRANSACTION"})
        CHECK(kind_of(text) == kind::begin);
    for (std::string_view const text : {"COMMIT", "END", "commit work", "END TRANSACTION", "COMMIT AND NO CHAIN"})
        CHECK(kind_of(text) == kind::commit);
    for (std::string_view const text : {"ROLLBACK", "ABORT", "ROLLBACK WORK", "abort transaction"})
        CHECK(kind_of(text) == kind::rollback);
    for (std::string_view const text :
         {"ROLLBACK TO s", "ROLLBACK WORK TO SAVEPOINT s", "rollback transaction to \"s\""}) {
        CHECK(kind_of(text) == kind::rollback_to);
        CHECK(parse_sql_command(text).name == "s");
    }
    CHECK(parse_sql_command("RELEASE s").name == "s");
    CHECK(parse_sql_command("RELEASE SAVEPOINT s").name == "s");
    CHECK(parse_sql_command("RELEASE savepoint").name == "savepoint");
    CHECK(parse_sql_command("COMMIT AND CHAIN").chain);
    CHECK_FALSE(parse_sql_command("COMMIT AND NO CHAIN").chain);
    CHECK(parse_sql_command("START TRANSACTION").tag == "START TRANSACTION");
}

TEST_CASE("BEGIN says the modes of its transaction") {
    auto const modes = parse_sql_command("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY NOT DEFERRABLE").modes;
    CHECK(modes.isolation == "repeatable read");
    CHECK(modes.read_only == true);
    CHECK(modes.deferrable == false);
    CHECK(parse_sql_command("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE").modes.read_only == false);
    CHECK(kind_of("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE") == kind::set_transaction);
}

TEST_CASE("DEALLOCATE, DISCARD and CLOSE ALL say what is to be forgotten") {
    CHECK(parse_sql_command("DEALLOCATE PREPARE \"S\"").name == "S");
    CHECK(parse_sql_command("DEALLOCATE prepare").name == "prepare");
    CHECK(kind_of("DEALLOCATE ALL") == kind::deallocate_all);
    CHECK(parse_sql_command("DISCARD TEMPORARY").tag == "DISCARD TEMP");
    CHECK(kind_of("DISCARD ALL") == kind::discard_all);
    CHECK(parse_sql_command("CLOSE ALL").tag == "CLOSE CURSOR ALL");
}

TEST_CASE("a mistake is told with its position in characters") {
    CHECK(mistake_in("SET") == "4 syntax error at end of input");
    CHECK(mistake_in("SET x 1") == "7 syntax error at or near \"1\"");
    CHECK(mistake_in("SET \"žluť\" 1") == "12 syntax error at or near \"1\"");
    CHECK(mistake_in("BEGIN IMMEDIATE") == "7 syntax error at or near \"IMMEDIATE\"");
    CHECK(mistake_in("COMMIT now") == "8 syntax error at or near \"now\"");
    CHECK(mistake_in("SHOW") == "5 syntax error at end of input");
    CHECK(mistake_in("SET x = 'open") == "9 syntax error at or near \"'open\"");
    CHECK(mistake_in("DISCARD x") == "9 syntax error at or near \"x\"");
}

}  // namespace pgwire::test::sql_command_tests
