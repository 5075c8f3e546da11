// Any client, against a session on an engine that can do a little of everything.
//
// An input is: a byte of flags (1: with a startup packet, on a whole session with its stream; otherwise the query loop
// alone), a byte that says into how large pieces the rest is cut, then the client's bytes. It is run twice, in one piece
// and cut, which must not differ. With flag 2 a whole session is disturbed while it runs, by cancels and notifications;
// then it is run once, and must come to its end.
#include "pgwire/server.hpp"
#include "pgwire/server/sql_cast.hpp"
#include "tests/support/backend.hpp"
#include "tests/support/memory_stream.hpp"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace pgwire;

void require(bool condition) {
    if (!condition) std::abort();
}

/// The first letter of a statement says what it does, its length how much.
struct engine {
    struct statement {
        char kind = 0;
        std::vector<oid> types;
        std::vector<column> described;
        std::string executes;
        [[nodiscard]] std::string_view stands_for() const { return executes; }
        [[nodiscard]] std::span<oid const> parameters() const { return types; }
        [[nodiscard]] std::span<column const> columns() const { return described; }
    };
    /// As many rows as the statement is long; every other kind fails in the middle of the last.
    struct dynamic_rows : cursor<> {
        std::span<column const> all;
        std::string_view text;
        std::size_t n = 0;
        bool fails = false;

        [[nodiscard]] std::span<column const> columns() const { return all; }
        bool next(writer& out) {
            if (n == text.size()) return false;
            auto values = out.begin_row();
            values.add(static_cast<std::int32_t>(++n));
            if (fails && n == text.size()) throw sql_error(sqlstates::division_by_zero, "division by zero");
            values.add(text).end();
            return true;
        }
    };
    /// Takes all that comes but a `!`.
    struct sink : copy_in {
        std::size_t taken = 0;
        void write(std::string_view piece) {
            if (piece.find('!') != piece.npos) throw sql_error(sqlstates::bad_copy_file_format, "bad data");
            taken += piece.size();
        }
        command finish() { return {"COPY", taken}; }
    };
    struct waiting_sink : sink {
        task<> write(std::string_view piece) {
            auto const executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, asio::use_awaitable);
            sink::write(piece);
        }
    };
    struct lines : copy_out {
        std::string_view text;
        explicit lines(std::string_view t) : text(t) {}
        bool next(writer& out) {
            out(text);
            text.remove_prefix(1);
            if (text.starts_with('!')) throw sql_error(sqlstates::division_by_zero, "division by zero");
            return !text.empty();
        }
    };
    struct waiting_rows : dynamic_rows {
        explicit waiting_rows(dynamic_rows r) : dynamic_rows(r) {}
        task<bool> next(writer& out) {
            auto const executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, asio::use_awaitable);
            co_return dynamic_rows::next(out);
        }
    };
    /// Takes what a sink takes, and gives one line when it has all.
    struct duplex : copy_both {
        std::size_t taken = 0;
        bool ended = false;
        bool next(writer& out) {
            if (ended) out("the end\n");
            return !ended;
        }
        void write(std::string_view piece) {
            if (piece.find('!') != piece.npos) throw sql_error(sqlstates::bad_copy_file_format, "bad data");
            taken += piece.size();
        }
        void finish() { ended = true; }
        command done() const { return {"COPY", taken}; }
    };
    struct waiting_duplex : duplex {
        task<> write(std::string_view piece) {
            auto const executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, asio::use_awaitable);
            duplex::write(piece);
        }
    };
    /// A part for each letter of its text.
    struct several : sequence<command, lines, waiting_sink, waiting_duplex> {
        std::string_view text;
        explicit several(std::string_view t) : text(t) {}
        std::optional<part> next_part() {
            if (text.empty()) return std::nullopt;
            char const kind = text.front();
            text.remove_prefix(1);
            switch (kind) {
            case 'e': throw sql_error(sqlstates::division_by_zero, "division by zero");
            case 'i': return waiting_sink();
            case 'o': return lines("a part");
            case 'u': return waiting_duplex();
            default: return command("PART");
            }
        }
        static command done() { return "ALL"; }
    };
    using outcome = std::variant<command, dynamic_rows, waiting_rows, forget, prepare_statement, execute_statement,
                                 sink, waiting_sink, lines, duplex, waiting_duplex, several>;

    statement prepare(std::string_view text, std::span<oid const> types) {
        statement s;
        s.kind = text.at(0);
        s.types.assign(types.begin(), types.end());
        if (auto const used = count_parameters(text); s.types.size() < used) s.types.resize(used);
        for (oid& type : s.types)
            if (type == oid{}) type = types::text.type;
        if (s.kind == 'n') s.executes = text.substr(1, 1);
        if (s.kind == 'p') throw sql_error(sqlstates::syntax_error, "syntax error");
        if (s.kind == 'r' || s.kind == 'w' || s.kind == 'f')
            s.described = {column{"n", types::int4}, column{"text", types::text}};
        return s;
    }
    outcome execute(request const& r, statement& s) {
        r.parameters.for_each([](parameter const& p) {
            if (p.bytes && !p.bytes->empty()) require(p.bytes->front() == p.bytes->at(0));
        });
        dynamic_rows rows{{}, s.described, r.text, 0, s.kind == 'f'};
        switch (s.kind) {
        case 'r':
        case 'f': return rows;
        case 'w': return waiting_rows(rows);
        case 'e': throw sql_error(sqlstates::division_by_zero, "division by zero");
        case 'x': throw std::runtime_error("a secret");
        case 'b': open_ = false; return command{"BEGIN"};  // the block adopts what is open
        case 'c': return command{"COMMIT"};
        case 'k': return command{"ROLLBACK"};
        case 'd': return forget{.statement = std::nullopt, .all_statements = true, .portals_after = 0, .done = {"DISCARD ALL"}};
        case 'g': return forget{.statement = std::string(r.text.substr(1)), .done = {"DEALLOCATE"}};
        case 'm':
            if (r.text.size() < 3) return command{"OK"};
            return prepare_statement{.name = std::string(r.text.substr(1, 1)), .text = r.text.substr(2), .before = 2};
        case 'n':
            return execute_statement{
                .name = s.executes,
                .values = [constants = constants_in(r.text.substr(s.executes.size() + 1))](std::span<oid const> types) {
                    return values_of(constants, types, {});
                }};
        case 's': r.session().set_parameter("a", r.text); return command{"SET"};
        case 'i': return sink();
        case 'j': return waiting_sink();
        case 'o': return lines(r.text);
        case 'u': return duplex();
        case 'v': return waiting_duplex();
        case 'q': return several(r.text);
        default: return command{"OK"};
        }
    }
    void begin_implicit() {
        require(!open_);
        open_ = true;
    }
    void commit_implicit() {
        require(open_);
        open_ = false;
    }
    void rollback_implicit() { open_ = false; }

private:
    static std::vector<sql_constant> constants_in(std::string_view text) {
        std::vector<sql_constant> all;
        token_scanner in(text);
        detail::constant_reader reader(text, in);
        if (in.peek().kind == token_kind::end) return all;
        do all.push_back(reader.read());
        while (in.accept(","));
        return all;
    }

    bool open_ = false;
};

constexpr message_limits limits{.startup = 2'000, .authentication = 1'000, .small = 2'000, .large = 100'000};

/// The answers to a client's messages, taken one by one.
class answers {
public:
    explicit answers(std::string_view output) : all_(test::frames(output)) {
        for (auto const& a : all_) require(is_valid(a));
    }

    /// Takes answers up to one of these types, or an error.
    /// @return its type
    char until(std::string_view types) {
        while (at_ != all_.size()) {
            char const tag = all_[at_++].tag;
            if (types.find(tag) != std::string_view::npos) return tag;
            if (tag == 'E') return tag;
        }
        return 0;
    }
    [[nodiscard]] char next() const { return at_ == all_.size() ? '\0' : all_[at_].tag; }
    [[nodiscard]] bool done() const { return at_ == all_.size(); }
    [[nodiscard]] bool last_is_fatal() const {
        auto const e = decode<error_response>(all_.back().body);
        return all_.back().tag == 'E' && e && e->fields.severity == "FATAL";
    }

private:
    static bool is_valid(test::answer const& a) {
        bool valid = false;
        backend_messages::for_each([&]<class M>() {
            if (a.tag == M::tag && decode<M>(a.body)) valid = true;
        });
        return valid;
    }

    std::vector<test::answer> all_;
    std::size_t at_ = 0;
};

/// Follows the client's messages and what each was answered: one ReadyForQuery for each Query, FunctionCall and Sync that
/// is not dropped, and nothing between an error and the next of them.
void check(std::string_view input, std::string_view output) {
    answers answered(output);
    require(answered.until("Z") == 'Z');
    bool skipping = false;
    char copying = 0;  // the message that has begun it
    bool both_ways = false;
    auto const after_query = [&] {
        char const ended_by = answered.until("ZGW");
        copying = ended_by == 'G' || ended_by == 'W' ? 'Q' : '\0';
        both_ways = ended_by == 'W';
        if (ended_by != 'E') return;
        while (answered.next() == 'S') answered.until("S");
        require(answered.until("Z") == 'Z');
    };
    auto const after_execute = [&](std::string_view types) {
        char const ended_by = answered.until(types);
        copying = ended_by == 'G' ? 'E' : '\0';
        skipping = ended_by == 'E';
    };
    auto const after_copy = [&] { copying == 'Q' ? after_query() : after_execute("C"); };
    // What may not come during a COPY fails it, and then the session; one in both directions only that.
    auto const end = [&](bool during_copy) {
        require(!during_copy || both_ways || answered.until("") == 'E');
        require(answered.until("") == 'E' && answered.done() && answered.last_is_fatal());
    };
    while (!input.empty()) {
        char const tag = input[0];
        auto const type = frame_types<sender::frontend>[static_cast<unsigned char>(tag)];
        if (type.limit == frame_type::size::unknown) return end(copying != 0);
        if (input.size() < 5) break;
        auto const length = load<std::uint32_t>(input.data() + 1);
        if (length < 4 || length > (type.limit == frame_type::size::small ? limits.small : limits.large)) break;
        if (length > input.size() - 1) {  // its beginning may be enough: of a piece that fails, of what may not come
            if (copying != 0 && tag == 'd' && input.find('!', 5) != input.npos) after_copy();
            else if (copying != 0 && tag != 'd' && type.limit == frame_type::size::large) return end(true);
            break;
        }
        auto const body = input.substr(5, length - 4);
        input.remove_prefix(length + 1);
        if (skipping && tag != 'S' && tag != 'X') continue;
        if (copying != 0 && both_ways) {
            if (tag == 'd' && body.find('!') == body.npos) continue;
            if (tag == 'd' || tag == 'c') {
                after_copy();
                continue;
            }
            require(tag == 'X' || (answered.until("") == 'E' && answered.last_is_fatal()));
            require(answered.done());
            return;
        }
        if (copying != 0) {
            if (tag == 'S' || tag == 'H' || (tag == 'd' && body.find('!') == body.npos)) continue;
            if (tag == 'd' || tag == 'c' || tag == 'f') {
                after_copy();
                continue;
            }
            return end(true);
        }
        switch (tag) {
        case 'X': require(answered.done()); return;
        case 'Q': after_query(); break;
        case 'F':
        case 'S':
            skipping = false;
            if (answered.until("Z") == 'E') {
                while (answered.next() == 'S') answered.until("S");
                require(answered.until("Z") == 'Z');
            }
            break;
        case 'P': skipping = answered.until("1") == 'E'; break;
        case 'B': skipping = answered.until("2") == 'E'; break;
        case 'C': skipping = answered.until("3") == 'E'; break;
        case 'D': skipping = answered.until("Tn") == 'E'; break;
        case 'E': after_execute("CIsG"); break;
        case 'H':
            skipping = !body.empty();
            if (skipping) require(answered.until("") == 'E');
            break;
        default: break;  // what is left of a COPY
        }
    }
    require(answered.done());
}


/// The query loop alone. @return its answers
std::string run_loop(std::string_view input, std::size_t piece, std::size_t& synced) {
    asio::io_context io;
    engine handler;
    receive_buffer in;
    send_buffer out;
    session_context context(io.get_executor(), out);
    query_loop<engine> loop(handler, context, in, out, limits);
    std::string output;
    loop.start();
    for (;;) {
        step wanted = loop.advance();
        if (wanted == step::take) continue;
        while (wanted == step::wait && !loop.may_advance()) {
            step const taking = loop.take();
            if (taking != step::await) {
                if (taking != step::go_on) wanted = taking;
                continue;
            }
            asio::co_spawn(io, loop.await_taking(), asio::detached);
            io.restart();
            io.run();
        }
        if (wanted == step::await) {
            auto go_on = [] { return true; };
            asio::co_spawn(io, loop.await_hook(go_on), asio::detached);
            io.restart();
            io.run();
            continue;
        }
        require(in.capacity() <= 16'384 + 4 * input.size());
        require(out.capacity() <= 1'000'000 + 16 * input.size());
        output += out.pending();
        out.consume(out.size());
        if (wanted == step::close) {
            synced = 0;
            return output;
        }
        if (wanted != step::read) continue;
        if (input.empty()) break;
        auto const n = std::min(piece, input.size());
        auto const room = in.prepare(n);
        std::fill(room.begin(), room.end(), '\xDB');
        std::copy_n(input.data(), n, room.data());
        in.commit(n);
        input.remove_prefix(n);
    }
    synced = 1;  // it waits for more
    return output;
}

/// A whole session. @param disturbed by others, at every turn
/// @return its answers, without what is random in them
std::string run_session(std::string_view input, std::size_t piece, bool disturbed = false) {
    asio::cancellation_signal interrupts;
    asio::io_context io;
    registry sessions;
    deadlines clock(io.get_executor());
    server_options options;
    options.limits = limits;
    auto const peer = std::make_shared<test::memory_peer>();
    for (auto rest = input; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
        peer->input.emplace_back(rest.substr(0, piece));
    bool ended = false;
    {
        session<engine, test::memory_stream> one(test::memory_stream(io.get_executor(), peer), engine{}, sessions, clock,
                                                 options, &interrupts);
        auto const at_end = [&](std::exception_ptr failure) {
            require(failure == nullptr);
            ended = true;
            clock.stop();
        };
        asio::co_spawn(io, one.run(), asio::bind_cancellation_slot(interrupts.slot(), at_end));
        if (disturbed) {
            auto const handle = one.context().handle();
            for (std::size_t turn = 0; !ended && turn != 10'000; ++turn) {
                if (turn % 3 == 0) handle.notify("channel", "payload");
                if (turn % (1 + piece) == 0) handle.cancel();
                io.poll_one();
            }
        }
        io.run();
    }
    require(ended && peer->closed);
    std::string output;
    for (auto const& a : test::frames(peer->output))
        if (a.tag != 'K') output += a.tag + std::string(a.body) + '\n';
    return output;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size < 2) return 0;
    bool const whole_session = (data[0] & 1) != 0;
    std::size_t const piece = 1 + data[1] % 64;
    std::string_view const input(reinterpret_cast<char const*>(data) + 2, size - 2);
    if (whole_session && (data[0] & 2) != 0) {
        auto const output = run_session(input, piece, true);
        return 0;
    }
    if (whole_session) {
        // What follows a request for encryption is refused if it was sent without waiting, so there it does matter.
        auto const code = input.substr(std::min<std::size_t>(4, input.size()), 4);
        bool const asks_for_encryption = code == "\x04\xd2\x16\x2f" || code == "\x04\xd2\x16\x30";
        require(run_session(input, size) == run_session(input, piece) || asks_for_encryption);
        return 0;
    }
    std::size_t waits = 0;
    std::size_t waits_cut = 0;
    auto const output = run_loop(input, size, waits);
    require(output == run_loop(input, piece, waits_cut));
    require(waits == waits_cut);
    check(input, output);
    return 0;
}
