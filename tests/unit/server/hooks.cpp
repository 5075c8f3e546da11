// The hooks that look before something is done: at the values of a Bind, and at the statements of a Query.
#include "pgwire/server/check_values.hpp"
#include "tests/support/engine.hpp"

namespace pgwire::test::hooks_tests {

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

/// Adds two int4, in text; function 2 returns NULL, and function 3 fails.
template<class Engine>
struct calling : Engine {
    function_result call_function(function_call const& call) {
        if (call.function == oid{3}) throw sql_error(sqlstates::division_by_zero, "division by zero");
        if (call.function == oid{2}) return std::nullopt;
        int sum = 0;
        for (auto const& v : call.arguments) sum += *decode_value<std::int32_t>(v, format::text);
        return std::to_string(sum);
    }
};
struct async_calling : engine {
    task<function_result> call_function(function_call const& call) {
        co_await async_engine::suspend();
        function_result made(std::to_string(call.arguments.size()));
        co_return made;
    }
};

std::string call(std::uint32_t function, std::vector<value> const& arguments) {
    return frame(function_call{oid{function}, {}, std::span<value const>(arguments), format::text});
}

/// Sees all messages, answers the query `secret` itself, and refuses the statement `evil` in whatever message.
struct watching : engine {
    message_verdict on_message(frontend_message const& m) {
        note(std::string(1, m.tag));
        if (m.body.find("evil") != m.body.npos) throw sql_error(sqlstates::insufficient_privilege, "no");
        if (auto const q = m.as<pgwire::query>(); q && q->text == "secret") return message_verdict::answered;
        return message_verdict::pass;
    }
};
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

    auto const nothing = conversation(checking{}, {parse("", "echo $1", {types::int4.type}), bind("", "", {""}), sync()});
    CHECK(diagnostics_in(nothing).at(0).where == "unnamed portal parameter $1 = ''");
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

TEMPLATE_TEST_CASE("a FunctionCall is a hook's, and is answered by its result and ReadyForQuery", "", calling<engine>,
                   calling<async_engine>) {
    auto const output = conversation(TestType{}, {call(1, {"20", "22"}), call(2, {}), query("insert 1")});
    CHECK(shape(output) == "V Z(I) V Z(I) C(INSERT 0 1) Z(I)");
    auto const all = frames(output);
    CHECK(decode<function_call_response>(all.at(0).body)->result == value("42"));
    CHECK(decode<function_call_response>(all.at(2).body)->result == value());
    CHECK(answers(async_calling{}, {call(1, {"x", "y"})}) == "V Z(I)");
}

TEST_CASE("a FunctionCall that fails is answered by its error and ReadyForQuery, and dropped while messages are") {
    CHECK(answers(calling<engine>{}, {call(3, {}), call(1, {}), bind("", "nobody"), call(1, {}), sync()}) ==
          "E(22012) Z(I) V Z(I) E(26000) Z(I)");
    CHECK(answers(engine{}, {call(1, {})}) == "E(0A000) Z(I)");
    CHECK(answers(calling<engine>{}, {query("begin"), query("fail"), call(1, {}), query("rollback")}) ==
          "C(BEGIN) Z(T) E(22012) Z(E) E(25P02) Z(E) C(ROLLBACK) Z(I)");
}

TEST_CASE("a handler that wants every message sees it before anything is done with it, and may refuse it") {
    watching handler;
    CHECK(answers(handler, {query("insert 1"), parse("", "evil"), bind(), sync(), parse("", "x"), sync(), query("evil")}) ==
          "C(INSERT 0 1) Z(I) E(42501) Z(I) 1 Z(I) E(42501) Z(I)");
    CHECK(*handler.log == "Q prepare:insert execute:insert P S P prepare:x S Q");
}

TEST_CASE("a message that a handler has answered is not acted on, and its cycle ends all the same") {
    watching handler;
    CHECK(answers(handler, {query("secret"), query("insert 1")}) == "Z(I) C(INSERT 0 1) Z(I)");
    CHECK(handler.log->find("prepare:secret") == std::string::npos);
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

}  // namespace pgwire::test::hooks_tests
