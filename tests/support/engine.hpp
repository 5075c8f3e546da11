// An engine for tests: a handler with a small language of its own, once with plain hooks and once with coroutines.
//
//     select N        N rows of the columns n (int4) and text
//     echo …          one row of as many text columns as there are parameters, which are its values
//     insert N        answers INSERT 0 N
//     begin, commit, rollback, rollback to …   answer their tags
//     fail            fails when it is executed, with 22012
//     fail prepare    fails when it is prepared, with 42601 at character 6
//     fail row N      writes N rows and half of one more, then fails with 22012
//     crash           throws what is no sql_error
//     defer           answers DEFER; commit_implicit will fail, with 23503
//     set NAME VALUE  sets a parameter that clients are told of
//     notice          sends a notice
//     copy in         takes the client's data, and fails with 22P04 when a `!` comes
//     copy out N      gives N rows of text; copy out N fail: then fails with 22012
//     other words     answer themselves
#pragma once

#include "pgwire/server.hpp"
#include "tests/support/session_runner.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::test {

struct engine_statement {
    std::vector<std::string> words;
    std::vector<oid> types;
    std::vector<column> described;

    [[nodiscard]] std::span<oid const> parameters() const { return types; }
    [[nodiscard]] std::span<column const> columns() const { return described; }

    [[nodiscard]] std::string_view word(std::size_t i) const { return i < words.size() ? words[i] : std::string_view(); }
    [[nodiscard]] long number(std::size_t i) const { return i < words.size() ? std::stol(words[i]) : 1; }
};

/// What both engines have in common: all but the kind of their functions.
class engine_core {
public:
    journal log = new_journal();

protected:
    void note(std::string_view what) const { *log += (log->empty() ? "" : " ") + std::string(what); }

    [[nodiscard]] engine_statement make_statement(std::string_view text, std::span<oid const> declared) const {
        engine_statement s;
        std::size_t at = 0;
        while ((at = text.find_first_not_of(' ', at)) != text.npos) {
            auto const end = std::min(text.find(' ', at), text.size());
            s.words.emplace_back(text.substr(at, end - at));
            at = end;
        }
        note("prepare:" + std::string(s.word(0)));
        if (s.word(1) == "prepare") throw std::move(sql_error(sqlstates::syntax_error, "no such statement").position(6));
        s.types.assign(declared.begin(), declared.end());
        if (auto const used = count_parameters(text); s.types.size() < used) s.types.resize(used);
        for (oid& type : s.types)
            if (type == oid{}) type = types::text.type;
        if (s.word(0) == "copy") return s;
        if (s.word(0) == "echo") s.described.assign(s.types.size(), column{"echo", types::text});
        if (s.word(0) == "select" || s.word(1) == "row")
            s.described = {column{"n", types::int4}, column{"text", types::text}};
        return s;
    }

    [[nodiscard]] command run_command(request const& r, engine_statement const& s) {
        auto const verb = s.word(0);
        if (verb == "fail") throw sql_error(sqlstates::division_by_zero, "division by zero");
        if (verb == "crash") throw std::runtime_error("a secret");
        if (verb == "set") r.session().set_parameter(s.word(1), s.word(2));
        if (verb == "notice") {
            diagnostic d;
            d.severity = severity::notice;
            d.code = sqlstates::warning;
            d.message = "note";
            r.session().notice(d);
        }
        if (verb == "defer") fails_to_commit_ = true;
        if (verb == "insert") return {"INSERT 0", static_cast<std::uint64_t>(s.number(1))};
        std::string tag(verb);
        for (char& c : tag) c = static_cast<char>(c - (c >= 'a' && c <= 'z' ? 'a' - 'A' : 0));
        return std::string_view(tag);
    }

    void commit() {
        note("commit");
        if (std::exchange(fails_to_commit_, false))
            throw sql_error(sqlstates::foreign_key_violation, "a deferred constraint is violated");
    }

    /// Writes row `n` of a `select`, of a `fail row`, or of an `echo`; says whether there are more.
    static bool write_row(row_writer<dynamic_row>& out, request const& r, engine_statement const& s, long n) {
        if (s.word(0) == "echo") {
            auto row = out.begin_row();
            r.parameters.for_each([&row](parameter const& p) {
                if (p.bytes) row.add_bytes(*p.bytes);
                else row.add_null();
            });
            row.end();
            return false;
        }
        bool const fails = s.word(0) == "fail";
        auto const count = s.number(fails ? 2 : 1);
        if (n == count && !fails) return false;
        auto row = out.begin_row();
        row.add(static_cast<std::int32_t>(n + 1));
        if (n == count) throw sql_error(sqlstates::division_by_zero, "division by zero");
        row.add(std::string_view("row")).end();
        return fails || n + 1 != count;
    }

    bool fails_to_commit_ = false;
};

/// What `copy in` does with the data: counts it.
class engine_sink : public copy_in {
public:
    explicit engine_sink(journal log) : log_(std::move(log)) { columns = 2; }
    engine_sink(engine_sink&& other) = default;
    ~engine_sink() {
        if (log_) *log_ += " dropped";
    }

protected:
    void take(std::string_view piece) {
        if (piece.find('!') != piece.npos) throw sql_error(sqlstates::bad_copy_file_format, "a row that is none");
        taken_ += piece;
    }
    command end() {
        *log_ += " copied:" + taken_;
        log_.reset();
        return {"COPY", static_cast<std::uint64_t>(std::count(taken_.begin(), taken_.end(), '\n'))};
    }

private:
    journal log_;
    std::string taken_;
};

/// What `copy out` gives.
class engine_source : public copy_out {
public:
    explicit engine_source(engine_statement const& s) : left_(s.number(2)), fails_(s.word(3) == "fail") { columns = 2; }

protected:
    bool give(writer& out) {
        if (left_ == 0) {
            if (fails_) throw sql_error(sqlstates::division_by_zero, "division by zero");
            return false;
        }
        auto row = out.rows();
        row.begin();
        row.add(left_--).add(std::string_view("a\tb"));
        row.end();
        return left_ != 0 || fails_;
    }

private:
    long left_;
    bool fails_;
};

/// Every hook is a plain function.
struct engine : engine_core {
    struct selected : cursor<> {
        request r;
        engine_statement const* s;
        long n = 0;

        selected(request const& asked, engine_statement const& prepared) : r(asked), s(&prepared) {}
        [[nodiscard]] std::span<column const> columns() const { return s->described; }
        bool next(writer& out) { return write_row(out, r, *s, n++); }
    };
    struct sink : engine_sink {
        using engine_sink::engine_sink;
        void write(std::string_view piece) { take(piece); }
        command finish() { return end(); }
    };
    struct source : engine_source {
        using engine_source::engine_source;
        bool next(writer& out) { return give(out); }
    };
    using outcome = std::variant<selected, command, sink, source>;

    engine_statement prepare(std::string_view text, std::span<oid const> declared) { return make_statement(text, declared); }
    outcome execute(request const& r, engine_statement& s) {
        note("execute:" + std::string(s.word(0)));
        if (!s.described.empty()) return selected(r, s);
        if (s.word(0) == "copy" && s.word(1) == "in") return sink(log);
        if (s.word(0) == "copy") return source(s);
        return run_command(r, s);
    }
};

/// Every hook is a coroutine that suspends.
struct async_engine : engine_core {
    struct selected : cursor<> {
        request r;
        engine_statement const* s;
        long n = 0;

        selected(request const& asked, engine_statement const& prepared) : r(asked), s(&prepared) {}
        [[nodiscard]] std::span<column const> columns() const { return s->described; }
        task<bool> next(writer& out) {
            co_await asio::post(r.session().executor(), asio::use_awaitable);
            co_return write_row(out, r, *s, n++);
        }
    };
    struct sink : engine_sink {
        using engine_sink::engine_sink;
        task<> write(std::string_view piece) {
            co_await suspend();
            take(piece);
        }
        task<command> finish() {
            co_await suspend();
            co_return end();
        }
    };
    struct source : engine_source {
        using engine_source::engine_source;
        task<bool> next(writer& out) {
            co_await suspend();
            co_return give(out);
        }
    };
    using outcome = std::variant<selected, command, sink, source>;

    task<engine_statement> prepare(std::string_view text, std::span<oid const> declared) {
        co_await suspend();
        co_return make_statement(text, declared);
    }
    task<outcome> execute(request const& r, engine_statement& s) {
        note("execute:" + std::string(s.word(0)));
        co_await suspend();
        if (!s.described.empty()) {
            outcome made(std::in_place_type<selected>, r, s);
            co_return made;
        }
        if (s.word(0) == "copy" && s.word(1) == "in") {
            outcome made(std::in_place_type<sink>, log);
            co_return made;
        }
        if (s.word(0) == "copy") {
            outcome made(std::in_place_type<source>, s);
            co_return made;
        }
        outcome made(run_command(r, s));
        co_return made;
    }

    static task<> suspend() { 
        auto const executor = co_await asio::this_coro::executor;
        co_await asio::post(executor, asio::use_awaitable);
    }
};

/// With implicit transactions.
struct transactional_engine : engine {
    void begin_implicit() { note("begin"); }
    void commit_implicit() { commit(); }
    void rollback_implicit() { note("rollback"); }
};

struct async_transactional_engine : async_engine {
    task<> begin_implicit() {
        co_await suspend();
        note("begin");
    }
    task<> commit_implicit() {
        co_await suspend();
        commit();
    }
    task<> rollback_implicit() {
        co_await suspend();
        note("rollback");
    }
};

}  // namespace pgwire::test
