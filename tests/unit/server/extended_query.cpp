// The extended query protocol: statements, Bind's checks, Describe.
#include "tests/support/engine.hpp"

namespace pgwire::test::extended_query_tests {

namespace {

constexpr format text = format::text;
constexpr format binary = format::binary;

/// A Bind whose list of parameters is given as bytes.
std::string bind_raw(std::string_view from_formats) { return frame_of('B', "\0\0"s + std::string(from_formats)); }

/// What a session answers before the client says Sync.
template<class Handler>
std::string heard_at_once(script const& messages) {
    live_session<Handler> one;
    one.enter();
    return one.send(messages).hear();
}

}  // namespace

TEMPLATE_TEST_CASE("Parse, Bind, Describe, Execute and Sync are answered in order", "", engine, async_engine) {
    auto const output =
        conversation(TestType{}, {parse("", "select 2"), bind(), describe_portal(), execute(), sync()});
    CHECK(shape(output) == "1 2 T D D C(SELECT 2) Z(I)");
    CHECK(rows_in(output) == "1|row;2|row");
}

TEMPLATE_TEST_CASE("nothing is delivered before Flush, Sync or an error", "", engine, async_engine) {
    live_session<TestType> one;
    one.enter();
    CHECK(one.send({parse("s", "select 1"), bind("p", "s")}).hear() == "");
    CHECK(one.send({flush()}).hear() == "1 2");
    CHECK(one.send({describe_statement("s")}).hear() == "");
    CHECK(one.send({execute("p")}).hear().find('C') == std::string::npos);
    one.send({sync()});
    CHECK(one.hear().ends_with("C(SELECT 1) Z(I)"));
    CHECK(one.send({parse("t", "select 1"), bind("", "nobody")}).hear() == "1 E(26000)");
}

TEMPLATE_TEST_CASE("an error is delivered at once, and everything up to the Sync is dropped undecoded", "", engine,
                   async_engine) {
    live_session<TestType> one;
    one.enter();
    CHECK(one.send({parse("", "fail"), bind(), execute()}).hear() == "1 2 E(22012)");
    for (char const tag : "QFPBDECHdcf"sv) CHECK(one.send({frame_of(tag, "not a body")}).hear() == "");
    CHECK(one.send({sync()}).hear() == "Z(I)");
    CHECK(one.send({query("insert 1")}).hear() == "C(INSERT 0 1) Z(I)");
    CHECK(answers(TestType{}, {execute("nobody"), frame_of('Q', "x"), frame_of('d', "y"), sync(), sync()}) ==
          "E(34000) Z(I) Z(I)");
}

TEST_CASE("a failed Bind discards messages until Sync") {
    engine handler;
    CHECK(answers(handler, {parse("", "insert 1"), bind("", "", {"x"}), execute(), sync()}) == "1 E(08P01) Z(I)");
    CHECK(*handler.log == "prepare:insert");
}

TEST_CASE("Terminate is honoured while messages are dropped") {
    CHECK(answers(engine{}, {execute("nobody"), terminate(), sync()}) == "E(34000)");
}

TEST_CASE("there is exactly one ReadyForQuery for each Sync") {
    CHECK(answers(engine{}, {sync(), sync(), parse("", "fail prepare"), parse("", "fail prepare"), sync(), sync()}) ==
          "Z(I) Z(I) E(42601) Z(I) Z(I)");
}

TEST_CASE("an error inside Sync is followed by its ReadyForQuery, and nothing is dropped") {
    CHECK(answers(engine{}, {frame_of('S', "x"), parse("", "insert 1"), bind(), execute(), sync()}) ==
          "E(08P01) Z(I) 1 2 C(INSERT 0 1) Z(I)");
}

TEST_CASE("after an error a body that is dropped may come in many pieces") {
    CHECK(answers(engine{}, {execute("nobody"), frame_of('P', std::string(100'000, 'x')), sync(), query("insert 1")}) ==
          "E(34000) Z(I) C(INSERT 0 1) Z(I)");
}

// ---- statements

TEMPLATE_TEST_CASE("the unnamed statement survives Sync", "", engine, async_engine) {
    CHECK(answers(TestType{}, {parse("", "insert 1"), sync(), bind(), execute(), sync(), bind(), execute(), sync()}) ==
          "1 Z(I) 2 C(INSERT 0 1) Z(I) 2 C(INSERT 0 1) Z(I)");
}

TEMPLATE_TEST_CASE("the unnamed statement is replaced by the next Parse, and gone if that fails", "", engine,
                   async_engine) {
    CHECK(answers(TestType{}, {parse("", "insert 1"), parse("", "insert 2"), bind(), execute(), sync()}) ==
          "1 1 2 C(INSERT 0 2) Z(I)");
    for (auto const bad : {"fail prepare", "a; b", "\xff"})
        CHECK(answers(TestType{}, {parse("", "insert 1"), sync(), parse("", bad), sync(), bind(), sync()}).ends_with(
            "Z(I) E(26000) Z(I)"));
}

TEST_CASE("the unnamed statement is destroyed by any Query, even an empty one") {
    for (auto const any : {"insert 1", "", "fail prepare"})
        CHECK(answers(engine{}, {parse("", "insert 2"), sync(), query(any), bind(), sync()}).ends_with("E(26000) Z(I)"));
}

TEST_CASE("the unnamed statement is destroyed by Close") {
    CHECK(answers(engine{}, {parse("", "insert 1"), close_statement(), bind(), sync()}) == "1 3 E(26000) Z(I)");
}

TEMPLATE_TEST_CASE("a named statement lives until it is closed", "", engine, async_engine) {
    CHECK(answers(TestType{}, {parse("s", "insert 1"), sync(), query("fail"), parse("", "fail prepare"), sync(),
                               bind("", "s"), execute(), sync(), close_statement("s"), bind("", "s"), sync()}) ==
          "1 Z(I) E(22012) Z(I) E(42601) Z(I) 2 C(INSERT 0 1) Z(I) 3 E(26000) Z(I)");
}

TEMPLATE_TEST_CASE("a statement's name can't be given twice: 42P05, and the first one stays", "", engine, async_engine) {
    CHECK(answers(TestType{}, {parse("s", "insert 1"), parse("s", "insert 2"), sync(), bind("", "s"), execute(), sync()}) ==
          "1 E(42P05) Z(I) 2 C(INSERT 0 1) Z(I)");
}

TEST_CASE("a missing statement is 26000 and a missing portal 34000") {
    CHECK(answers(engine{}, {bind("", "s"), sync(), describe_statement("s"), sync(), bind(), sync()}) ==
          "E(26000) Z(I) E(26000) Z(I) E(26000) Z(I)");
    CHECK(answers(engine{}, {execute("p"), sync(), describe_portal("p"), sync(), execute(), sync()}) ==
          "E(34000) Z(I) E(34000) Z(I) E(34000) Z(I)");
}

TEST_CASE("closing what does not exist is no error") {
    CHECK(answers(engine{}, {close_statement("s"), close_portal("p"), close_statement(), close_portal(), sync()}) ==
          "3 3 3 3 Z(I)");
}

TEST_CASE("a Parse with several statements is 42601") {
    auto const output = conversation(engine{}, {parse("", "insert 1; insert 2"), sync()});
    CHECK(shape(output) == "E(42601) Z(I)");
    CHECK(message_in(output) == "cannot insert multiple commands into a prepared statement");
    CHECK(answers(engine{}, {parse("", " ;; insert 1 ; -- one\n"), sync()}) == "1 Z(I)");
}

TEMPLATE_TEST_CASE("an empty statement has no columns and is answered by EmptyQueryResponse", "", engine, async_engine) {
    TestType handler;
    CHECK(answers(handler, {parse("", " -- nothing"), describe_statement(), bind(), describe_portal(), execute(),
                            execute(), sync()}) == "1 t n 2 n I I Z(I)");
    CHECK(*handler.log == "");
}

// ---- Bind

TEST_CASE("parameter formats are none, one or one each; another number is 08P01") {
    auto const with = [](std::vector<format> const& formats) {
        return answers(engine{}, {parse("", "echo $1 $2 $3"), bind("", "", {"a", {}, "c"}, formats), execute(), sync()});
    };
    CHECK(with({}) == "1 2 D C(SELECT 1) Z(I)");
    CHECK(with({binary}) == "1 2 D C(SELECT 1) Z(I)");
    CHECK(with({text, binary, text}) == "1 2 D C(SELECT 1) Z(I)");
    CHECK(with({text, binary}) == "1 E(08P01) Z(I)");
    CHECK(with({text, text, text, text}) == "1 E(08P01) Z(I)");
}

TEST_CASE("one parameter format without parameters is legal") {
    CHECK(answers(engine{}, {parse("", "insert 1"), bind("", "", {}, {binary}), execute(), sync()}) ==
          "1 2 C(INSERT 0 1) Z(I)");
}

TEST_CASE("an unknown parameter format is 22023 at Bind") {
    CHECK(answers(engine{}, {parse("", "echo $1"), bind("", "", {"a"}, {format{2}}), sync()}) == "1 E(22023) Z(I)");
}

TEST_CASE("an unknown result format is 22023, but only at Execute") {
    CHECK(answers(engine{}, {parse("", "select 1"), bind("", "", {}, {}, {format{2}}), execute(), sync()}) ==
          "1 2 E(22023) Z(I)");
}

TEST_CASE("two result formats for three columns are 08P01") {
    auto const with = [](std::vector<format> const& formats) {
        return answers(engine{}, {parse("", "echo $1 $2 $3"), bind("", "", {"a", "b", "c"}, {}, formats), sync()});
    };
    CHECK(with({text, text}) == "1 E(08P01) Z(I)");
    CHECK(with({text, text, binary, text}) == "1 E(08P01) Z(I)");
    CHECK(with({binary}) == "1 2 Z(I)");
    CHECK(with({text, binary, text}) == "1 2 Z(I)");
}

TEST_CASE("result formats for a statement without rows do not matter") {
    CHECK(answers(engine{}, {parse("", "insert 1"), bind("", "", {}, {}, {binary}), execute(), sync()}) ==
          "1 2 C(INSERT 0 1) Z(I)");
}

TEST_CASE("each column is sent in the format that Bind asked for, and Describe says so") {
    auto const output = conversation(engine{}, {parse("", "select 1"), bind("", "", {}, {}, {binary, text}),
                                                describe_statement(), describe_portal(), execute(), sync()});
    CHECK(columns_in(output) == "n:23 text:25;n:23:1 text:25");
    CHECK(rows_in(output) == "\0\0\0\1|row"sv);
}

TEST_CASE("more or fewer values than the statement has parameters are 08P01") {
    auto const output = conversation(engine{}, {parse("s", "echo $1 $2"), bind("", "s", {"a"}), sync()});
    CHECK(shape(output) == "1 E(08P01) Z(I)");
    CHECK(message_in(output) ==
          "bind message supplies 1 parameters, but prepared statement \"s\" requires 2");
    CHECK(answers(engine{}, {parse("", "echo $1"), bind("", "", {"a", "b"}), sync()}) == "1 E(08P01) Z(I)");
}

TEST_CASE("a value's length may be -1 for NULL; every other negative one, and one beyond the message, is 08P01") {
    auto const with = [](std::string_view length_and_value) {
        return shape(conversation(
            engine{}, {parse("", "echo $1"), bind_raw("\0\0\0\1"s + std::string(length_and_value) + "\0\0"s), execute(),
                       sync()}));
    };
    CHECK(with("\xff\xff\xff\xff"sv) == "1 2 D C(SELECT 1) Z(I)");
    CHECK(with("\0\0\0\1x"sv) == "1 2 D C(SELECT 1) Z(I)");
    CHECK(with("\xff\xff\xff\xfe"sv) == "1 E(08P01) Z(I)");
    CHECK(with("\x80\0\0\0"sv) == "1 E(08P01) Z(I)");
    CHECK(with("\x7f\xff\xff\xff"sv) == "1 E(08P01) Z(I)");
    CHECK(with("\0\0\0\4x"sv) == "1 E(08P01) Z(I)");
}

TEST_CASE("65535 parameters are parsed, bound and described") {
    std::vector<oid> const types(65'535, types::text.type);
    std::vector<value> const values(65'535, "x");
    bare_loop<engine> one;
    auto const output = one.run({parse("", "echo", types), test::bind("", "", values), describe_statement(), execute(), sync()});
    CHECK(shape(after_login(output)) == "1 2 t T D C(SELECT 1) Z(I)");
    for (auto const& a : frames(after_login(output)))
        if (a.tag == 't' || a.tag == 'T' || a.tag == 'D') CHECK(a.body.substr(0, 2) == "\xff\xff");
}

TEST_CASE("text parameters that are no UTF-8 are 22021, and the connection goes on") {
    for (auto const bytes : {"\xff"sv, "\xc0\x80"sv, "\xed\xa0\x80"sv, "a\0b"sv})
        for (auto const f : {text, binary})
            CHECK(answers(engine{}, {parse("", "echo $1", {types::text.type}), bind("", "", {bytes}, {f}), sync(),
                                     query("insert 1")}) == "1 E(22021) Z(I) C(INSERT 0 1) Z(I)");
}

TEST_CASE("binary parameters of other types may be any bytes") {
    CHECK(answers(engine{}, {parse("", "echo $1", {types::bytea.type}), bind("", "", {"\xff\0"sv}, {binary}), sync()}) ==
          "1 2 Z(I)");
}

TEST_CASE("a bound text is what the client sent, quotes and all") {
    auto const output =
        conversation(engine{}, {parse("", "echo $1 $2"), bind("", "", {"it''s 'quoted'", "\\'"}), execute(), sync()});
    CHECK(rows_in(output) == "it''s 'quoted'|\\'");
}

TEST_CASE("a request's values outlive the message that brought them") {
    script messages{parse("", "echo $1")};
    for (int i = 0; i != 20; ++i) messages.push_back(bind("p" + std::to_string(i), "", {"value " + std::to_string(i)}));
    messages.push_back(frame_of('D', "P\0"sv));
    for (int i = 0; i != 20; ++i) messages.push_back(execute("p" + std::to_string(i)));
    messages.erase(messages.begin() + 21);
    messages.push_back(sync());
    auto const output = conversation(engine{}, messages);
    std::string expected;
    for (int i = 0; i != 20; ++i) expected += (i == 0 ? "value " : ";value ") + std::to_string(i);
    CHECK(rows_in(output) == expected);
}

// ---- Describe

TEMPLATE_TEST_CASE("Describe of a statement tells parameters and columns, of a portal the columns", "", engine,
                   async_engine) {
    auto const output = conversation(TestType{}, {parse("", "echo $1 $2", {oid{23}}), describe_statement(),
                                                  bind("", "", {"1", "2"}), describe_portal(), sync()});
    CHECK(shape(output) == "1 t T 2 T Z(I)");
    CHECK(parameter_types_in(output) == "23 25");
    CHECK(columns_in(output) == "echo:25 echo:25;echo:25 echo:25");
}

TEST_CASE("Describe of a statement with parameters and no columns is NoData") {
    CHECK(answers(engine{}, {parse("", "insert $1"), describe_statement(), bind("", "", {"1"}), describe_portal(), sync()}) ==
          "1 t n 2 n Z(I)");
}

TEST_CASE("Describe never executes") {
    engine handler;
    CHECK(answers(handler, {parse("", "select 1"), describe_statement(), bind(), describe_portal(), sync()}) ==
          "1 t T 2 T Z(I)");
    CHECK(*handler.log == "prepare:select");
}

TEST_CASE("RowDescription comes from Describe only, never out of Execute") {
    CHECK(answers(engine{}, {parse("", "select 1"), bind(), execute(), execute(), sync()}) ==
          "1 2 D C(SELECT 1) C(SELECT 0) Z(I)");
}

TEST_CASE("Describe and Close of something that is neither statement nor portal is 08P01") {
    CHECK(answers(engine{}, {frame_of('D', "X\0"sv), sync(), frame_of('C', "\0\0"sv), sync()}) ==
          "E(08P01) Z(I) E(08P01) Z(I)");
}

// ---- malformed messages

TEST_CASE("a body that is too short or too long is 08P01, and never reads the next message") {
    for (auto const& message : {parse("s", "echo $1", {oid{25}}), bind("p", "t", {"x"}, {text}, {text}),
                                describe_statement("t"), execute("p", 1), close_statement("t")}) {
        std::string_view const body = std::string_view(message).substr(5);
        for (std::size_t n = 0; n != body.size(); ++n)
            CHECK(answers(engine{}, {parse("t", "echo $1"), frame_of(message[0], body.substr(0, n)), sync()}) ==
                  "1 E(08P01) Z(I)");
        CHECK(answers(engine{}, {parse("t", "echo $1"), frame_of(message[0], std::string(body) + 'x'), sync()}) ==
              "1 E(08P01) Z(I)");
    }
    CHECK(heard_at_once<engine>({frame_of('H', "x")}) == "E(08P01)");
}

// ---- pipelines

TEST_CASE("a pipeline of a hundred statements is one read and one write") {
    script messages;
    for (int i = 0; i != 100; ++i) messages.insert(messages.end(), {bind("", "s"), execute()});
    messages.push_back(sync());
    constexpr std::chrono::hours never_resting{1};
    live_session<engine> one({}, {}, {}, std::make_shared<memory_peer>(), {}, never_resting);
    one.enter().send({parse("s", "insert 1"), sync()});
    one.send(messages);  // a first one makes room for the others
    auto const before = one.peer().writes.size();
    one.send(messages);
    CHECK(one.peer().writes.size() == before + 1);
}

TEMPLATE_TEST_CASE("cycles of a pipeline fail one by one", "", engine, async_engine) {
    CHECK(answers(TestType{}, {parse("", "insert 1"), bind(), execute(), sync(), parse("", "fail"), bind(), execute(),
                               parse("", "insert 2"), bind(), execute(), sync(), parse("", "insert 3"), bind(),
                               execute(), sync()}) ==
          "1 2 C(INSERT 0 1) Z(I) 1 2 E(22012) Z(I) 1 2 C(INSERT 0 3) Z(I)");
}

}  // namespace pgwire::test::extended_query_tests
