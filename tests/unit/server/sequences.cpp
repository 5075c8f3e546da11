// Statements with several results: rows, data and tags one after the other, as BASE_BACKUP gives them.
#include "pgwire/server/sequence.hpp"

#include "pgwire/server/cursor_layer.hpp"
#include "pgwire/server/notify_layer.hpp"
#include "pgwire/server/sql_layer.hpp"
#include "tests/support/session_runner.hpp"

namespace pgwire::test::sequences_tests {

namespace {

using namespace std::chrono_literals;

struct place {
    std::string_view recptr;
    int tli;
};
/// The tag of such rows has no number.
struct places : rows<place> {
    using rows<place>::rows;
    static command tag(std::uint64_t) { return "SELECT"; }
};
struct numbers : cursor<> {
    column described{"n", types::int4};
    int left;
    explicit numbers(int n) : left(n) {}
    [[nodiscard]] std::span<column const> columns() const { return {&described, 1}; }
    bool next(writer& out) {
        if (left == 0) return false;
        if (left == 13) throw sql_error(sqlstates::division_by_zero, "division by zero");
        auto row = out.begin_row();
        row.add(left--).end();
        return left != 0;
    }
};
struct lines : copy_out {
    int left;
    explicit lines(int n) : left(n) {}
    bool next(writer& out) {
        for (bool welcome = true; welcome && left != 0; --left) welcome = out("a line\n");
        return left != 0;
    }
};
struct sink : copy_in {
    journal log;
    explicit sink(journal l) : log(std::move(l)) {}
    void write(std::string_view piece) { *log += piece; }
    command finish() { return {"COPY", 1}; }
};
struct both : copy_both {
    journal log;
    bool ended = false;
    explicit both(journal l) : log(std::move(l)) {}
    bool next(writer& out) {
        if (ended) out("end");
        return !ended;
    }
    void write(std::string_view piece) { *log += piece; }
    void finish() { ended = true; }
    command done() { return "NOBODY SEES"; }
};
/// The same outcomes, awaiting.
template<class Base>
struct waiting : Base {
    using Base::Base;
    task<bool> next(typename Base::writer& out) {
        auto const executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        co_return Base::next(out);
    }
};
struct waiting_sink : sink {
    using sink::sink;
    task<> write(std::string_view piece) {
        auto const executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        sink::write(piece);
    }
    task<command> finish() { co_return sink::finish(); }
};

/// Its parts are told by the letters of a text.
template<class Numbers, class Lines, class Sink>
class parts : public sequence<places, Numbers, command, Lines, Sink, both> {
public:
    using part = typename sequence<places, Numbers, command, Lines, Sink, both>::part;

    parts(journal log, std::string_view text) : log_(std::move(log)), left_(text) {}
    parts(parts&&) = default;
    ~parts() {
        if (log_) *log_ += " dropped";
    }
    command done() { return left_.empty() && fails_at_end_ ? throw sql_error(sqlstates::division_by_zero, "") : "ALL"; }

protected:
    std::optional<part> give() {
        if (left_.empty()) return std::nullopt;
        char const kind = left_.front();
        left_.remove_prefix(1);
        switch (kind) {
        case 'p': return part(std::in_place_type<places>, place{"0/2000028", 1});
        case 'n': return part(std::in_place_type<Numbers>, 2);
        case '0': return part(std::in_place_type<Numbers>, 0);
        case 'f': return part(std::in_place_type<Numbers>, 14);
        case 'c': return part(command("PART"));
        case 'o': return part(std::in_place_type<Lines>, 2);
        case 'O': return part(std::in_place_type<Lines>, 100'000);
        case 'i': return part(std::in_place_type<Sink>, log_);
        case 'b': return part(std::in_place_type<both>, log_);
        case 'e': fails_at_end_ = true; return part(command("PART"));
        default: throw sql_error(sqlstates::syntax_error, "no such part");
        }
    }

private:
    journal log_;
    std::string_view left_;
    bool fails_at_end_ = false;
};
struct plain : parts<numbers, lines, sink> {
    using parts::parts;
    std::optional<part> next_part() { return give(); }
};
struct awaiting : parts<waiting<numbers>, waiting<lines>, waiting_sink> {
    using parts::parts;
    task<std::optional<part>> next_part() {
        auto const executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
        co_return give();
    }
};

/// `parts …` and `slow parts …` answer with a sequence, everything else is a command.
struct handler {
    journal log = new_journal();
    static constexpr bool knows_the_end = true;
    struct statement {
        std::string text;
        static std::span<column const> columns() { return {}; }
    };
    using outcome = std::variant<command, plain, awaiting>;

    static statement prepare(std::string_view text, std::span<oid const>) { return {std::string(text)}; }
    outcome execute(request const&, statement& s) {
        std::string_view const text = s.text;
        if (text.starts_with("parts")) return plain(log, text.substr(std::min<std::size_t>(text.size(), 6)));
        if (text.starts_with("slow parts")) return awaiting(log, text.substr(std::min<std::size_t>(text.size(), 11)));
        return command("OK");
    }
};

struct only_sequences {
    journal log = new_journal();
    static constexpr bool knows_the_end = true;
    plain execute(request const& r) { return plain(log, r.text); }
};

/// Transactions of its own around them.
struct transactional : handler {
    void begin_implicit() const { *log += " begin"; }
    void commit_implicit() const { *log += " commit"; }
    void rollback_implicit() const { *log += " rollback"; }
};

std::string run(std::string_view letters, script const& more = {}) {
    std::string both_ways;
    for (auto const* const how : {"parts ", "slow parts "}) {
        script all{query(std::string(how) + std::string(letters))};
        all.insert(all.end(), more.begin(), more.end());
        auto const heard = answers(handler{}, all);
        if (!both_ways.empty()) CHECK(heard == both_ways);
        both_ways = heard;
    }
    return both_ways;
}

}  // namespace

TEST_CASE("the parts of a sequence are answered one after the other, and one tag ends them") {
    CHECK(run("ppop") == "T D C(SELECT) T D C(SELECT) H d d c T D C(SELECT) C(ALL) Z(I)");  // as BASE_BACKUP
    CHECK(run("n0c") == "T D D C(SELECT 2) T C(SELECT 0) C(PART) C(ALL) Z(I)");
    CHECK(run("") == "C(ALL) Z(I)");
}

TEST_CASE("the tags of COPYs are not sent in a sequence") {
    CHECK(run("i", {copy_data("x"), copy_done()}) == "G C(ALL) Z(I)");
    CHECK(run("bc", {copy_data("x"), copy_done()}) == "W d c C(PART) C(ALL) Z(I)");  // as START_REPLICATION
    CHECK(run("ibpib", {copy_data("x"), copy_done(), copy_data("y"), copy_done(), copy_data("z"), copy_done(), copy_done()}) ==
          "G W d c T D C(SELECT) G W d c C(ALL) Z(I)");
}

TEST_CASE("a sequence among several statements goes on with the next one") {
    handler h;
    CHECK(answers(h, {query("a; parts pc; slow parts i; b"), copy_data("x"), copy_done(), query("c")}) ==
          "C(OK) T D C(SELECT) C(PART) C(ALL) G C(ALL) C(OK) Z(I) C(OK) Z(I)");
    CHECK(h.log->ends_with("dropped"));
}

TEST_CASE("an error in a part, or in asking for one, ends the sequence") {
    CHECK(run("nfn", {query("x")}) == "T D D C(SELECT 2) T D E(22012) Z(I) C(OK) Z(I)");
    CHECK(run("c?c", {query("x")}) == "C(PART) E(42601) Z(I) C(OK) Z(I)");
    CHECK(run("e", {query("x")}) == "C(PART) E(22012) Z(I) C(OK) Z(I)");
    CHECK(run("ic", {copy_fail("no"), query("x")}) == "G E(57014) Z(I) C(OK) Z(I)");
}

TEST_CASE("a sequence is one statement of its transaction") {
    transactional h;
    CHECK(answers(h, {query("a; parts pi"), copy_data("x"), copy_done()}) == "C(OK) T D C(SELECT) G C(ALL) Z(I)");
    CHECK(*h.log == " beginx commit dropped");
    CHECK(answers(h, {query("a; parts pf")}) == "C(OK) T D C(SELECT) T D E(22012) Z(I)");
    CHECK(*h.log == " begin dropped rollback");
}

TEST_CASE("each part of a sequence waits for a client that does not read") {
    for (auto const* const text : {"parts OO", "slow parts OO"}) {
        live_session<handler> one;
        one.enter();
        one.peer().stalled = true;
        one.send({query(text)});
        for (int i = 0; i != 20; ++i) one.settle();
        CHECK(one.hear() == "");
        one.peer().resume();
        REQUIRE(one.run_until([&] { return one.peer().output.size() > 200'000 * 12; }));
        CHECK(one.settle().hear_bytes().ends_with("C\0\0\0\x08" "ALL\0Z\0\0\0\5I"sv));
        CHECK(*std::max_element(one.peer().writes.begin(), one.peer().writes.end()) < 100'000);
    }
}

TEST_CASE("a cancel ends a sequence, also between two parts") {
    live_session<handler> one;
    one.enter().send({query("parts ib"), copy_data("x")});
    CHECK(one.hear() == "G");
    CHECK(one.context().handle().cancel());
    one.settle();
    CHECK(one.send({copy_done(), query("x")}).hear() == "E(57014) Z(I) C(OK) Z(I)");
    one.send({query("parts ib"), copy_done()});
    CHECK(one.hear() == "G W");
    CHECK(one.context().handle().cancel());
    CHECK(one.settle().hear() == "E(57014) Z(I)");
}

TEST_CASE("in the extended protocol a sequence is 0A000, and describes no columns") {
    auto const heard = conversation(handler{}, {parse("", "parts pp"), describe_statement(), bind(), execute(), sync()});
    CHECK(shape(heard) == "1 t n 2 E(0A000) Z(I)");
    CHECK(message_in(heard) == "a statement with several results can only be run by a simple query");
}

TEST_CASE("a handler may answer everything with sequences") {
    CHECK(answers(only_sequences{}, {query("p; c"), parse("", "p"), describe_statement(), sync()}) ==
          "T D C(SELECT) C(ALL) C(PART) C(ALL) Z(I) 1 t n Z(I)");
}

TEST_CASE("layers pass sequences through") {
    using layered = sql_layer<cursor_layer<notify_layer<handler>>>;
    live_session<layered> one{layered(std::make_shared<notification_hub>())};
    one.enter().send({query("BEGIN; parts pb; slow parts n; COMMIT"), copy_data("x"), copy_done()});
    one.settle();
    CHECK(one.hear() == "C(BEGIN) T D C(SELECT) W d c C(ALL) T D D C(SELECT 2) C(ALL) C(COMMIT) Z(I)");
    CHECK(one.send({query("BEGIN; DECLARE c CURSOR FOR parts p")}).hear().starts_with("C(BEGIN) E("));
}

TEST_CASE("a connection may fail anywhere in a sequence") {
    for (auto const* const text : {"parts pnibc", "slow parts pnibc"})
        CHECK(fail_every_operation(handler{}, {startup(), query(text), copy_data("x"), copy_done(), copy_data("y"), copy_done()},
                                   {.byte_by_byte = true, .write_limit = 20, .hesitates = true}) > 10);
}

}  // namespace pgwire::test::sequences_tests
