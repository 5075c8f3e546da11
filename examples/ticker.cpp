// A result that never ends: rows arrive as they happen, until Ctrl-C in psql.
//
//     examples/run.sh ticker
//     psql -h 127.0.0.1 -p 5433 --set FETCH_COUNT=1 -c 'SELECT * FROM ticks'
//
// `next` is a coroutine that waits for its timer. While it does, what is written leaves, others are served, and a
// cancel (which is what Ctrl-C in psql sends), a deadline or a client that goes away ends the wait. psql shows rows
// before the last one only if it fetches them with a cursor, hence FETCH_COUNT, and the two layers around the handler.
#include "options.hpp"

#include <pgwire/protocol/sql_scanner.hpp>
#include <pgwire/server.hpp>
#include <pgwire/server/cursor_layer.hpp>
#include <pgwire/server/sql_layer.hpp>

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>

struct tick {
    int n;
    double seconds;  // since the first
};

struct ticks : pgwire::cursor<tick> {
    using clock = std::chrono::steady_clock;

    clock::time_point const begin = clock::now();
    pgwire::asio::steady_timer timer;
    std::chrono::milliseconds period;
    int n = 0;

    ticks(pgwire::session_context const& session, std::chrono::milliseconds each)
        : timer(session.executor(), begin), period(each) {}

    pgwire::task<bool> next(writer& out) {
        co_await timer.async_wait(pgwire::asio::use_awaitable);
        timer.expires_at(timer.expiry() + period);
        tick const now{++n, std::chrono::duration<double>(clock::now() - begin).count()};
        out(now);
        co_return true;
    }
};

struct ticker {
    ticks execute(pgwire::request const& r) { return {r.session(), period_of(r.text)}; }

private:
    /// `SELECT * FROM ticks`, or `ticks(20)` with the milliseconds between them.
    static std::chrono::milliseconds period_of(std::string_view text) {
        int milliseconds = 1'000;
        pgwire::token_scanner in(text);
        bool fits = in.accept("SELECT") && in.accept("*") && in.accept("FROM") && in.accept("TICKS");
        if (fits && in.accept("(")) {
            auto const number = in.next().text;
            auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), milliseconds);
            fits = error == std::errc{} && end == number.data() + number.size() && milliseconds > 0 && in.accept(")");
        }
        if (!fits || in.next().kind != pgwire::token_kind::end)
            throw pgwire::sql_error(pgwire::sqlstates::syntax_error, "there are ticks, and nothing else")
                .position(1)
                .hint("Say \"SELECT * FROM ticks\", or \"ticks(20)\" for one each 20 ms.");
        return std::chrono::milliseconds(milliseconds);
    }
};

int main(int argc, char** argv) {
    auto const options = example::parse(argc, argv, "A result that never ends.");
    return example::serve(argv[0], options, [] { return pgwire::sql_layer<pgwire::cursor_layer<ticker>>(); },
                          "--set FETCH_COUNT=1 -c 'SELECT * FROM ticks'");
}
