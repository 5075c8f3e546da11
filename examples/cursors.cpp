// Tables of a thousand million rows that are stored nowhere: each row is made when a client asks for it.
//
//     examples/run.sh cursors
//     psql -h 127.0.0.1 -p 5433 --set FETCH_COUNT=1000 -c 'SELECT * FROM collatz' | head
//     psql -h 127.0.0.1 -p 5433 -c 'BEGIN; DECLARE c CURSOR FOR SELECT * FROM multiples(3); MOVE 99999 IN c; FETCH 5 c'
//
// The session pulls a cursor, and only as far as the client reads. So one `next` serves them all: a client that takes
// everything, a row limit, after which the portal waits for the next Execute (JDBC's setFetchSize, psql's FETCH_COUNT),
// DECLARE and FETCH, which two layers add, a slow client, and Ctrl-C, between two portions. Memory stays what it is.
//
// `collatz` has rows of a type that is known when the program is compiled, a struct; `multiples(N)` has columns that
// are known only when the statement is.
#include "options.hpp"

#include <pgwire/protocol/sql_scanner.hpp>
#include <pgwire/server.hpp>
#include <pgwire/server/cursor_layer.hpp>
#include <pgwire/server/sql_layer.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

constexpr std::int64_t last_row = 1'000'000'000;

struct collatz_row {
    std::int64_t n;
    int steps;  // halve it, or if it is odd triple it and add one: how often, until it is 1?
};

struct collatz : pgwire::cursor<collatz_row> {
    std::int64_t n = 0;

    /// Rows as long as they are welcome: until the row limit, or until 64 KiB want to be sent first.
    bool next(writer& out) {
        while (n != last_row)
            if (!out({++n, steps_of(static_cast<std::uint64_t>(n))})) break;
        return n != last_row;
    }

private:
    static int steps_of(std::uint64_t i) {
        int steps = 0;
        for (; i != 1; ++steps) i = i % 2 == 0 ? i / 2 : 3 * i + 1;
        return steps;
    }
};

/// Its columns: so many of these. A column borrows its name, which here is a constant.
constexpr std::array<pgwire::column, 9> numbered{{
    {"times_1", pgwire::types::int8}, {"times_2", pgwire::types::int8}, {"times_3", pgwire::types::int8},
    {"times_4", pgwire::types::int8}, {"times_5", pgwire::types::int8}, {"times_6", pgwire::types::int8},
    {"times_7", pgwire::types::int8}, {"times_8", pgwire::types::int8}, {"times_9", pgwire::types::int8},
}};

struct multiples : pgwire::cursor<> {
    std::size_t width;
    std::int64_t n = 0;

    explicit multiples(std::size_t columns) : width(columns) {}

    [[nodiscard]] std::span<pgwire::column const> columns() const { return std::span(numbered).first(width); }

    bool next(writer& out) {
        while (n != last_row) {
            ++n;
            auto row = out.begin_row();
            for (std::size_t i = 1; i <= width; ++i) row.add(n * static_cast<std::int64_t>(i));
            if (!row.end()) break;
        }
        return n != last_row;
    }
};

/// A statement knows its columns before it runs: that is what drivers ask for, and DECLARE.
struct selection {
    std::size_t width = 0;  ///< of multiples; 0: it is collatz

    [[nodiscard]] std::span<pgwire::column const> columns() const {
        if (width == 0) return pgwire::columns_of<collatz_row>;
        return std::span(numbered).first(width);
    }
};

struct mathematician {
    selection prepare(std::string_view text, std::span<pgwire::oid const>) {
        selection s;
        pgwire::token_scanner in(text);
        bool fits = in.accept("SELECT") && in.accept("*") && in.accept("FROM");
        if (fits && in.accept("MULTIPLES")) {
            fits = in.accept("(");
            auto const width = in.next().text;
            auto const [end, error] = std::from_chars(width.data(), width.data() + width.size(), s.width);
            fits = fits && error == std::errc{} && end == width.data() + width.size() && s.width >= 1 &&
                   s.width <= numbered.size() && in.accept(")");
        } else {
            fits = fits && in.accept("COLLATZ");
        }
        if (!fits || in.next().kind != pgwire::token_kind::end)
            throw pgwire::sql_error(pgwire::sqlstates::syntax_error, "there is no such table")
                .position(1)
                .hint("Say \"SELECT * FROM collatz\" or \"SELECT * FROM multiples(3)\", with a number from 1 to 9.");
        return s;
    }

    std::variant<collatz, multiples> execute(pgwire::request const&, selection& s) {
        if (s.width == 0) return collatz();
        return multiples(s.width);
    }
};

int main(int argc, char** argv) {
    auto const options = example::parse(argc, argv, "Tables of a thousand million rows that are stored nowhere.");
    return example::serve(argv[0], options, [] { return pgwire::sql_layer<pgwire::cursor_layer<mathematician>>(); },
                          "--set FETCH_COUNT=1000 -c 'SELECT * FROM collatz' | head");
}
