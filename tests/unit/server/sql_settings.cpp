// Values of settings: how they are spelt, and how transactions undo them.
#include "pgwire/server/sql_settings.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace pgwire::test::sql_settings_tests {

namespace {

/// What SHOW says after SET, or the SQLSTATE.
std::string after_setting(std::string_view name, std::string_view given) {
    sql_settings s;
    try {
        s.set(name, given);
        return s.at(name).value;
    } catch (sql_error const& e) {
        return std::string(e.code().view());
    }
}

std::string changes_in(sql_settings& s) {
    std::string all;
    s.take_changes([&](sql_settings::entry const& e) { all += std::string(e.name()) + '=' + e.value + ' '; });
    return all;
}

}  // namespace

TEST_CASE("a setting's value is kept in its one spelling") {
    CHECK(after_setting("ROW_SECURITY", "No") == "off");
    CHECK(after_setting("row_security", "maybe") == "22023");
    CHECK(after_setting("bytea_output", "ESCAPE") == "escape");
    CHECK(after_setting("bytea_output", "octal") == "22023");
    CHECK(after_setting("extra_float_digits", "3") == "3");
    CHECK(after_setting("extra_float_digits", "4") == "22023");
    CHECK(after_setting("extra_float_digits", "many") == "22023");
    CHECK(after_setting("application_name", "Any thing") == "Any thing");
    CHECK(after_setting("standard_conforming_strings", "off") == "0A000");
    CHECK(after_setting("server_version", "18") == "55P02");
    CHECK(after_setting("nosuch", "1") == "42704");
}

TEST_CASE("times and sizes are told in their largest unit") {
    CHECK(after_setting("statement_timeout", "0") == "0");
    CHECK(after_setting("statement_timeout", "5000") == "5s");
    CHECK(after_setting("statement_timeout", "1500 ms") == "1500ms");
    CHECK(after_setting("statement_timeout", "120min") == "2h");
    CHECK(after_setting("work_mem", "8192") == "8MB");
    CHECK(after_setting("work_mem", "1TB") == "1TB");
    CHECK(after_setting("work_mem", "2TB") == "22023");
    CHECK(after_setting("work_mem", "4 apples") == "22023");
    CHECK(after_setting("statement_timeout", "-1") == "22023");
}

TEST_CASE("DateStyle keeps what a value leaves out") {
    CHECK(after_setting("DateStyle", "German") == "German, DMY");
    CHECK(after_setting("DateStyle", "dmy") == "ISO, DMY");
    CHECK(after_setting("DateStyle", "sql, european") == "SQL, DMY");
    CHECK(after_setting("DateStyle", "Postgres, YMD") == "Postgres, YMD");
    CHECK(after_setting("DateStyle", "Klingon") == "22023");
}

TEST_CASE("the character set is UTF8, in any of its spellings") {
    CHECK(after_setting("client_encoding", "utf-8") == "UTF8");
    CHECK(after_setting("client_encoding", "UNICODE") == "UTF8");
    CHECK(after_setting("client_encoding", "SQL_ASCII") == "SQL_ASCII");
    CHECK(after_setting("client_encoding", "LATIN1") == "22023");
}

TEST_CASE("a time zone is UTC, a distance, or a name") {
    CHECK(after_setting("TimeZone", "utc") == "UTC");
    CHECK(after_setting("TimeZone", "-3.5") == "<-03:30>+03:30");
    CHECK(after_setting("TimeZone", "2") == "<+02>-02");
    CHECK(after_setting("TimeZone", "GMT-2") == "GMT-2");
    CHECK(after_setting("TimeZone", "Europe/Berlin") == "Europe/Berlin");
    CHECK(after_setting("TimeZone", "nosuch") == "22023");
    CHECK(after_setting("TimeZone", "GMT-999") == "22023");
    CHECK(detail::parse_zone("GMT-02:30")->offset == 9000);  // POSIX counts west
    CHECK(detail::parse_zone("<+05>-5")->offset == 18'000);
    CHECK(detail::parse_zone("5")->offset == 18'000);
    CHECK_FALSE(detail::parse_zone("America/New_York")->offset.has_value());
}

TEST_CASE("a name with a dot is a setting of one's own") {
    CHECK(after_setting("my.own", "x") == "x");
    CHECK(after_setting("My.deep.own", "") == "");
    CHECK(after_setting("my.", "x") == "42602");
    CHECK(after_setting("my.2", "x") == "42602");
    CHECK(after_setting(".own", "x") == "42602");
    sql_settings s;
    CHECK(s.find("my.own") == nullptr);
    CHECK_THROWS_AS(s.at("my.own"), sql_error);
}

TEST_CASE("rolling back undoes what was set, and says so") {
    sql_settings s;
    s.set("application_name", "kept");
    s.commit();
    CHECK(changes_in(s) == "application_name=kept ");
    s.set("application_name", "a");
    s.set("application_name", "b");
    s.set("my.own", "x");
    s.rollback();
    CHECK(s.at("application_name").value == "kept");
    CHECK(s.at("my.own").value.empty());
    CHECK(changes_in(s) == "application_name=kept my.own= ");
    CHECK(changes_in(s).empty());
}

TEST_CASE("rolling back to a mark undoes what was set since") {
    sql_settings s;
    s.set("application_name", "a");
    auto const mark = s.now();
    s.set("application_name", "b");
    s.set("row_security", "off");
    s.rollback_to(mark);
    CHECK(s.at("application_name").value == "a");
    CHECK(s.at("row_security").value == "on");
    s.commit();
    CHECK(s.at("application_name").value == "a");
}

TEST_CASE("what is set locally ends with the transaction") {
    sql_settings s;
    s.set("application_name", "session");
    s.set("application_name", "local", true);
    CHECK(s.at("application_name").value == "local");
    s.commit();
    CHECK(s.at("application_name").value == "session");

    s.set("application_name", "local", true);
    s.set("application_name", "later");
    s.commit();
    CHECK(s.at("application_name").value == "later");
}

TEST_CASE("resetting returns to what the session began with") {
    sql_settings s;
    s.start_with("application_name", "first");
    s.start_with("DateStyle", "dmy");
    s.set("application_name", "second");
    s.set("row_security", "off");
    s.set("my.own", "x");
    s.reset("application_name");
    CHECK(s.at("application_name").value == "first");
    s.reset_all();
    CHECK(s.at("DateStyle").value == "ISO, DMY");
    CHECK(s.at("row_security").value == "on");
    CHECK(s.at("my.own").value.empty());
    CHECK_THROWS_AS(s.reset("server_version"), sql_error);
}

TEST_CASE("settings that are moved keep their names and values") {
    sql_settings s;
    s.set("my.own", "x");
    auto const* const before = s.find("my.own");
    sql_settings const moved(std::move(s));
    CHECK(&moved.all().back() == before);
    CHECK(moved.all().back().name() == "my.own");
}

}  // namespace pgwire::test::sql_settings_tests
