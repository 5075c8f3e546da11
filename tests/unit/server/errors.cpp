// What clients are told when something goes wrong, in each hook, and when the session ends.
#include "tests/support/engine.hpp"

namespace pgwire::test::errors_tests {

namespace {

enum class place { nowhere, prepare, describe, admit, begin, execute, next, commit };

[[noreturn]] void fail_with(bool crash) {
    if (crash) throw std::runtime_error("a secret");
    throw sql_error(sqlstates::division_by_zero, "division by zero");
}

struct empty_statement {};

/// One row, whatever is asked; fails in one place, the same in both engines.
struct failing_core {
    place where = place::nowhere;
    bool crash = false;
    journal log = new_journal();

    void at(place here) const {
        if (here == where) fail_with(crash);
    }
    void on_error(diagnostic& d, std::string_view cause) const { *log += std::string(d.code.view()) + ":" + std::string(cause) + ' '; }
    void admit(empty_statement const&) const { at(place::admit); }
};

inline constexpr std::array one_column{column{"n", types::int4}};

struct failing : failing_core {
    struct one_row : cursor<> {
        failing const* owner;
        explicit one_row(failing const& o) : owner(&o) {}
        [[nodiscard]] std::span<column const> columns() const { return one_column; }
        bool next(writer& out) {
            auto values = out.begin_row();
            values.add(1);
            owner->at(place::next);
            values.end();
            return false;
        }
    };
    empty_statement prepare(std::string_view, std::span<oid const>) { return at(place::prepare), empty_statement{}; }
    std::span<column const> describe(empty_statement&) { return at(place::describe), one_column; }
    one_row execute(request const&, empty_statement&) { return at(place::execute), one_row(*this); }
    void begin_implicit() { at(place::begin); }
    void commit_implicit() { at(place::commit); }
    void rollback_implicit() {}
};

struct failing_async : failing_core {
    struct one_row : cursor<> {
        failing_async const* owner;
        explicit one_row(failing_async const& o) : owner(&o) {}
        [[nodiscard]] std::span<column const> columns() const { return one_column; }
        task<bool> next(writer& out) {
            auto values = out.begin_row();
            values.add(1);
            co_await async_engine::suspend();
            owner->at(place::next);
            values.end();
            co_return false;
        }
    };
    task<empty_statement> prepare(std::string_view, std::span<oid const>) {
        co_await async_engine::suspend();
        at(place::prepare);
        co_return empty_statement{};
    }
    task<std::span<column const>> describe(empty_statement&) {
        co_await async_engine::suspend();
        at(place::describe);
        co_return std::span<column const>(one_column);
    }
    task<one_row> execute(request const&, empty_statement&) {
        co_await async_engine::suspend();
        at(place::execute);
        one_row made(*this);
        co_return made;
    }
    task<> begin_implicit() {
        co_await async_engine::suspend();
        at(place::begin);
    }
    task<> commit_implicit() {
        co_await async_engine::suspend();
        at(place::commit);
    }
    task<> rollback_implicit() { co_await async_engine::suspend(); }
};

/// Says everything that an error can say.
struct eloquent {
    diagnostic said;
    command execute(request const&) { throw sql_error(said); }
};

struct masked : engine {
    void on_error(diagnostic& d, std::string_view) {
        d.message = "something went wrong";
        d.detail = "";
    }
};

struct thrower {
    int what = 0;
    command execute(request const&) {
        if (what == 1) throw std::bad_alloc();
        if (what == 2) throw 42;
        throw sql_error(sqlstates::admin_shutdown, "the end").fatal();
    }
};

struct half_rows {
    struct broken : cursor<> {
        int n = 0;
        [[nodiscard]] std::span<column const> columns() const { return one_column; }
        bool next(writer& out) {
            auto values = out.begin_row();
            values.add(n++);
            if (n == 3) values.add(n);
            values.end();
            return true;
        }
    };
    static constexpr bool simple_protocol_only = true;
    auto execute(request const&) { return broken{}; }
};

struct far_away {
    struct row {
        int n;
        timestamp when;
    };
    auto execute(request const&) { return rows{row{1, {timestamp::minus_infinity + 1}}}; }
};

}  // namespace

TEST_CASE("a value that its type can't hold is an error that names the column") {
    auto const output = conversation(far_away{}, {query("x")});
    CHECK(shape(output) == "T E(22008) Z(I)");
    CHECK(output.find("The value of column \"when\" can't be sent.") != output.npos);
}

TEST_CASE("all fields of a sql_error reach the client") {
    eloquent handler;
    handler.said = {.severity = severity::error, .code = sqlstates::check_violation, .message = "message",
                    .detail = "detail", .hint = "hint", .position = 3, .internal_position = 4,
                    .internal_query = "select", .where = "where", .schema = "schema", .table = "table",
                    .column = "column", .data_type = "type", .constraint = "constraint", .file = "file.c", .line = 5,
                    .routine = "routine"};
    auto const output = conversation(handler, {query("x")});
    REQUIRE(shape(output) == "E(23514) Z(I)");
    auto const told = diagnostics_in(output).at(0);
    CHECK(told.severity == severity::error);
    CHECK(told.message == "message");
    CHECK(told.detail == "detail");
    CHECK(told.hint == "hint");
    CHECK(told.position == 3);
    CHECK(told.internal_position == 4);
    CHECK(told.internal_query == "select");
    CHECK(told.where == "where");
    CHECK(told.schema == "schema");
    CHECK(told.table == "table");
    CHECK(told.column == "column");
    CHECK(told.data_type == "type");
    CHECK(told.constraint == "constraint");
    CHECK(told.file == "file.c");
    CHECK(told.line == 5);
    CHECK(told.routine == "routine");
    auto const body = std::string(frames(output)[0].body);
    CHECK(body.starts_with("SERROR\0VERROR\0C23514\0Mmessage\0"sv));
    CHECK(body.ends_with("\0\0"sv));
}

TEST_CASE("a text with a NUL is sent up to it") {
    eloquent handler;
    handler.said.message = "before\0after"s;
    CHECK(message_in(conversation(handler, {query("x")})) == "before");
}

TEMPLATE_TEST_CASE("an error in any hook is told once, and the session goes on", "", failing, failing_async) {
    TestType handler;
    script const messages{parse("", "x"), describe_statement(), bind(), execute(), sync()};
    std::vector<std::pair<place, std::string_view>> const expected{
        {place::nowhere, "1 t T 2 D C(SELECT 1) Z(I)"}, {place::prepare, "E Z(I)"},  {place::describe, "1 E Z(I)"},
        {place::admit, "1 E Z(I)"},                     {place::begin, "1 t T 2 E Z(I)"},
        {place::execute, "1 t T 2 E Z(I)"},             {place::next, "1 t T 2 E Z(I)"},
        {place::commit, "1 t T 2 D C(SELECT 1) E Z(I)"},
    };
    for (bool const crash : {false, true}) {
        for (auto const& [where, shape_of_it] : expected) {
            handler.where = where;
            handler.crash = crash;
            auto told = std::string(shape_of_it);
            if (where != place::nowhere) told.replace(told.find("E Z"), 1, crash ? "E(XX000)" : "E(22012)");
            auto twice = messages;
            twice.insert(twice.end(), messages.begin(), messages.end());
            CHECK(answers(handler, twice) == told + ' ' + told);
        }
    }
}

TEMPLATE_TEST_CASE("an error in any hook of a simple query is told once", "", failing, failing_async) {
    TestType handler;
    for (auto const where : {place::prepare, place::admit, place::begin, place::execute}) {
        handler.where = where;
        CHECK(answers(handler, {query("x; y"), sync()}) == "E(22012) Z(I) Z(I)");
    }
    handler.where = place::next;
    CHECK(answers(handler, {query("x; y"), sync()}) == "T E(22012) Z(I) Z(I)");
    handler.where = place::commit;
    CHECK(answers(handler, {query("x; y"), sync()}) == "T D C(SELECT 1) T D E(22012) Z(I) Z(I)");
}

TEMPLATE_TEST_CASE("an exception that is no sql_error is an internal error, whose text only on_error gets", "", failing,
                   failing_async) {
    TestType handler;
    handler.where = place::execute;
    handler.crash = true;
    auto const output = conversation(handler, {query("x")});
    CHECK(shape(output) == "E(XX000) Z(I)");
    CHECK(message_in(output) == "internal error");
    CHECK(output.find("secret") == std::string::npos);
    CHECK(*handler.log == "XX000:a secret ");
}

TEST_CASE("on_error may change what the client is told") {
    auto const output = conversation(masked{}, {query("fail")});
    CHECK(shape(output) == "E(22012) Z(I)");
    CHECK(message_in(output) == "something went wrong");
}

TEST_CASE("out of memory is 53200, and what is no exception class is an internal error") {
    CHECK(answers(thrower{1}, {query("x"), query("x")}) == "E(53200) Z(I) E(53200) Z(I)");
    CHECK(answers(thrower{2}, {query("x"), query("x")}) == "E(XX000) Z(I) E(XX000) Z(I)");
}

TEST_CASE("a FATAL error is the last word: no ReadyForQuery follows, and nothing is executed") {
    CHECK(answers(thrower{3}, {query("x; y"), query("z"), sync()}) == "E(FATAL 57P01)");
    CHECK(answers(thrower{3}, {parse("", "x"), bind(), execute(), sync(), query("z")}) == "1 2 E(FATAL 57P01)");
}

TEMPLATE_TEST_CASE("a statement that fails between its rows leaves whole rows and no half one", "", engine, async_engine) {
    auto const output = conversation(TestType{}, {query("fail row 2"), query("select 1")});
    CHECK(shape(output) == "T D D E(22012) Z(I) T D C(SELECT 1) Z(I)");
    CHECK(rows_in(output) == "1|row;2|row;1|row");
    CHECK(answers(TestType{}, {parse("", "fail row 1"), bind(), execute(), execute(), sync()}) == "1 2 D E(22012) Z(I)");
}

TEST_CASE("a row with more values than columns is an internal error and is not sent") {
    CHECK(answers(half_rows{}, {query("x"), query("x")}) == "T D D E(XX000) Z(I) T D D E(XX000) Z(I)");
}

TEST_CASE("an unknown message type is FATAL 08P01 and closes, before its length is looked at") {
    auto const output = conversation(engine{}, {sync(), "z"s, query("insert 1")});
    CHECK(shape(output) == "Z(I) E(FATAL 08P01)");
    CHECK(message_in(output) == "invalid frontend message type 122");
    CHECK(answers(engine{}, {frame_of('\xff', "")}) == "E(FATAL 08P01)");
    CHECK(answers(engine{}, {frame_of('p', "secret\0"sv)}) == "E(FATAL 08P01)");
}

TEST_CASE("an unknown message type is FATAL even where messages are dropped") {
    CHECK(answers(engine{}, {execute("nobody"), frame_of('1', ""), sync()}) == "E(34000) E(FATAL 08P01)");
}

TEST_CASE("an impossible length closes without a word, and takes no answer back") {
    for (std::uint32_t const length : {0u, 3u, 0x8000'0000u, 0xffff'ffffu, 0x3fff'ffffu}) {
        CHECK(answers(engine{}, {query("insert 1"), header_of('Q', length), query("insert 2")}) == "C(INSERT 0 1) Z(I)");
        CHECK(answers(engine{}, {execute("nobody"), header_of('P', length), sync()}) == "E(34000)");
    }
}

}  // namespace pgwire::test::errors_tests
