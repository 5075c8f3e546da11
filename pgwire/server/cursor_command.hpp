// DECLARE, FETCH, MOVE and CLOSE as statements. Whatever begins otherwise belongs to the engine.
//
// Floor 4, pure. Source: PostgreSQL documentation, "SQL Commands": DECLARE, FETCH, MOVE, CLOSE; errors as its servers
// give them, but for names that are reserved words, which are taken.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/sql_command.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace pgwire {

struct cursor_command {
    enum class kind : std::uint8_t {
        none,  ///< it is the engine's
        declare,
        fetch,
        move,
        close,
    };
    /// From where FETCH and MOVE count.
    enum class direction : std::uint8_t {
        forward,   ///< so many rows, or so many back if less than 0
        absolute,  ///< one row, by its number; from the end if less than 0
        relative,  ///< one row, so many further
    };
    static constexpr std::int64_t all = std::numeric_limits<std::int64_t>::max();

    kind what = kind::none;
    std::string name;
    direction from = direction::forward;
    std::int64_t count = 1;     ///< `all`, or at most 2^31 up and down; backward is less than 0
    bool backward = false;      ///< BACKWARD was said, which differs where the count is 0
    std::size_t query = 0;      ///< where DECLARE's query begins in the text, in bytes
    bool binary = false;
    bool scrolls = false;
    bool holds = false;         ///< WITH HOLD
};

namespace detail {

class cursor_parser {
    using kind = cursor_command::kind;
    using direction = cursor_command::direction;

public:
    explicit cursor_parser(std::string_view text) noexcept : text_(text), in_(text) {}

    cursor_command parse() {
        if (in_.accept("DECLARE")) {
            c_.what = kind::declare;
            read_declare();
            return std::move(c_);
        }
        if (in_.accept("FETCH")) {
            c_.what = kind::fetch;
            read_position();
        } else if (in_.accept("MOVE")) {
            c_.what = kind::move;
            read_position();
        } else if (in_.accept("CLOSE")) {
            c_.what = kind::close;
        } else {
            return {};
        }
        read_name();
        if (auto const t = in_.next(); t.kind != token_kind::end) fail(t);
        return std::move(c_);
    }

private:
    void read_declare() {
        read_name();
        bool forward = false;
        bool asensitive = false;
        bool insensitive = false;
        while (!in_.accept("CURSOR")) {
            if (in_.accept("NO")) expect("SCROLL"), forward = true;
            else if (in_.accept("SCROLL")) c_.scrolls = true;
            else if (in_.accept("BINARY")) c_.binary = true;
            else if (in_.accept("ASENSITIVE")) asensitive = true;
            else if (in_.accept("INSENSITIVE")) insensitive = true;
            else fail(in_.next());
        }
        if (in_.accept("WITH")) expect("HOLD"), c_.holds = true;
        else if (in_.accept("WITHOUT")) expect("HOLD");
        expect("FOR");
        auto const first = in_.peek();
        c_.query = first.offset;
        for (auto const word : {"INSERT", "UPDATE", "DELETE", "MERGE"})
            if (is_keyword(first, word)) fail(first);
        if (first.kind == token_kind::end) fail(first);
        if (c_.scrolls && forward)
            throw sql_error(sqlstates::invalid_cursor_definition, "cannot specify both SCROLL and NO SCROLL");
        if (asensitive && insensitive)
            throw sql_error(sqlstates::invalid_cursor_definition, "cannot specify both ASENSITIVE and INSENSITIVE");
    }

    /// What stands before the cursor's name. Most of these words may be that name.
    void read_position() {
        auto const first = in_.peek();
        bool const is_number = first.kind == token_kind::number || first.text == "+" || first.text == "-";
        if (is_number) {
            c_.count = read_number();
        } else if (in_.accept("ALL")) {
            c_.count = cursor_command::all;
        } else if (auto after = in_; after.next().kind == token_kind::word && after.peek().kind != token_kind::end) {
            read_direction();
        }
        if (!in_.accept("FROM")) static_cast<void>(in_.accept("IN"));
    }
    void read_direction() {
        if (in_.accept("NEXT")) return;
        if (in_.accept("PRIOR")) c_.count = -1;
        else if (in_.accept("FIRST")) is(direction::absolute, 1);
        else if (in_.accept("LAST")) is(direction::absolute, -1);
        else if (in_.accept("ABSOLUTE")) is(direction::absolute, read_number());
        else if (in_.accept("RELATIVE")) is(direction::relative, read_number());
        else if (in_.accept("FORWARD")) c_.count = read_count();
        else if (in_.accept("BACKWARD")) c_.backward = true, c_.count = -read_count();
    }
    void is(direction from, std::int64_t count) {
        c_.from = from;
        c_.count = count;
    }
    std::int64_t read_count() {
        if (in_.accept("ALL")) return cursor_command::all;
        auto const t = in_.peek();
        return t.kind == token_kind::number || t.text == "+" || t.text == "-" ? read_number() : 1;
    }
    std::int64_t read_number() {
        bool const negative = in_.accept("-");
        if (!negative) static_cast<void>(in_.accept("+"));
        auto const t = in_.next();
        std::int32_t n = 0;
        auto const* const end = t.text.data() + t.text.size();
        auto const read = std::from_chars(t.text.data(), end, n);
        if (t.kind != token_kind::number || read.ec != std::errc() || read.ptr != end) fail(t);
        return negative ? -std::int64_t{n} : n;
    }

    void read_name() {
        auto const t = in_.next();
        auto name = decode_identifier(t);
        if (!name || name->empty()) fail(t);
        c_.name = *std::move(name);
    }
    void expect(std::string_view keyword) {
        if (!in_.accept(keyword)) fail(in_.next());
    }
    [[noreturn]] void fail(token const& t) const {
        auto e = syntax_error_at(text_, t);
        if (t.text == "\"\"") e.fields().message = "zero-length delimited identifier at or near \"\"\"\"";
        throw e;
    }

    std::string_view text_;
    token_scanner in_;
    cursor_command c_;
};

}  // namespace detail

/// Reads a statement, without its semicolon. Of DECLARE's query no more than the first word is looked at.
/// @return of kind `none` if it is not one of these
/// @throws sql_error 42601 with the position, if it begins like one and goes on otherwise; 42P11 for options that
///     contradict each other
[[nodiscard]] inline cursor_command parse_cursor_command(std::string_view text) {
    return detail::cursor_parser(text).parse();
}

}  // namespace pgwire
