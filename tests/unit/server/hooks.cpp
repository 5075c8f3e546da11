// The hooks that look before something is done: at the values of a Bind, and at the statements of a Query.
#include "pgwire/server/check_values.hpp"
#include "tests/support/engine.hpp"

namespace pgwire::test {

namespace {

struct checking : engine {
    void on_bind(request const& r, engine_statement const& s) {
        note("bind:" + std::string(s.word(0)));
        check_values(r.parameters);
    }
    void check_syntax(std::string_view text) {
        note("check:" + std::string(text.substr(0, text.find(' '))));
        if (text.starts_with("nonsense")) throw std::move(sql_error(sqlstates::syntax_error, "nonsense")).position(1);
    }
};

/// Without statements of its own.
struct plain_checking {
    command execute(request const&) { return {"OK"}; }
    void on_bind(request const& r) { check_values(r.parameters); }
};

/// SQLSTATE and text of the first error; nothing if there is none.
std::string error_in(std::string_view output) {
    auto const all = diagnostics_in(output);
    return all.empty() ? std::string() : std::string(all.front().code.view()) + ' ' + all.front().message;
}

std::string bound_as(type_info const& type, std::string_view value, std::string_view portal = "") {
    return error_in(conversation(checking{}, {parse("", "echo $1", {type.type}), bind(portal, "", {value}), sync()}));
}

}  // namespace

TEST_CASE("a value that is none of its type is refused at Bind, in PostgreSQL's words") {
    CHECK(bound_as(types::int4, "x") == "22P02 invalid input syntax for type integer: \"x\"");
    CHECK(bound_as(types::int2, "40000") == "22003 value \"40000\" is out of range for type smallint");
    CHECK(bound_as(types::bool_, "perhaps") == "22P02 invalid input syntax for type boolean: \"perhaps\"");
    CHECK(bound_as(types::float8, "1e999") == "22003 \"1e999\" is out of range for type double precision");
    CHECK(bound_as(types::uuid, "") == "22P02 invalid input syntax for type uuid: \"\"");
    CHECK(bound_as(types::date, "noday") == "22007 invalid input syntax for type date: \"noday\"");
    CHECK(bound_as(types::int4, "7") == "");
    CHECK(bound_as(types::point, "whatever is not known here") == "");
}

TEST_CASE("the error of a value names its parameter and its portal") {
    auto const context = [](std::string_view portal) {
        auto const output = conversation(
            checking{}, {parse("", "echo $1 $2", {types::text.type, types::int4.type}), bind(portal, "", {"a", "b"}), sync()});
        return diagnostics_in(output).at(0).where;
    };
    CHECK(context("") == "unnamed portal parameter $2 = '...'");
    CHECK(context("p") == "portal \"p\" parameter $2 = '...'");
}

TEST_CASE("values are looked at once, at Bind, and nothing is executed if one is refused") {
    checking handler;
    CHECK(answers(handler, {parse("", "echo $1", {types::int4.type}), bind("", "", {"1"}), execute(), execute(), sync()}) ==
          "1 2 D C(SELECT 1) C(SELECT 0) Z(I)");
    CHECK(*handler.log == "prepare:echo bind:echo execute:echo");
    CHECK(answers(handler, {parse("", "echo $1", {types::int4.type}), bind("", "", {"x"}), execute(), sync()}) ==
          "1 E(22P02) Z(I)");
    CHECK(*handler.log == "prepare:echo bind:echo");
    CHECK(answers(plain_checking{}, {parse("", "x $1", {types::int4.type}), bind("", "", {"x"}), sync()}) ==
          "1 E(22P02) Z(I)");
}

TEST_CASE("a NULL is a value of every type") {
    CHECK(answers(checking{}, {parse("", "echo $1", {types::int4.type}), bind("", "", {std::nullopt}), sync()}) ==
          "1 2 Z(I)");
}

TEST_CASE("a syntax error anywhere in a Query is found before anything of it runs") {
    checking handler;
    auto const output = conversation(handler, {query("insert 1; insert 2; /* \xc3\xa4 */ nonsense")});
    CHECK(shape(output) == "E(42601) Z(I)");
    CHECK(diagnostics_in(output).at(0).position == 29);
    CHECK(*handler.log == "check:insert check:insert check:nonsense");
}

TEST_CASE("a Query of one statement is left to prepare") {
    checking handler;
    CHECK(answers(handler, {query("insert 1;")}) == "C(INSERT 0 1) Z(I)");
    CHECK(*handler.log == "prepare:insert execute:insert");
}

TEST_CASE("positions count from the beginning of the client's text, whenever the error is found") {
    struct pointing {
        struct made {};
        made prepare(std::string_view, std::span<oid const>) { return {}; }
        command execute(request const&, made&) {
            throw std::move(sql_error(sqlstates::undefined_column, "where?")).position(3);
        }
    };
    auto const position = [](script const& messages) {
        auto const output = conversation(pointing{}, messages);
        return diagnostics_in(output).at(0).position;
    };
    CHECK(position({query("x y")}) == 3);
    CHECK(position({query("-- \xe2\x82\xac\nx y")}) == 8);
    CHECK(position({parse("", "  x y"), bind(), execute(), sync()}) == 5);
}

}  // namespace pgwire::test
