// So many rows of so many columns, which are known when the statement is: `GRID 100 5000`. All else is the echo.
#include "bench/load/echo_handler.hpp"

#include <pgwire/protocol/sql_scanner.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace {

constexpr std::size_t most_columns = 1600;  // as many as a table of PostgreSQL's may have

constexpr auto columns = [] {
    std::array<pgwire::column, most_columns> all;
    all.fill({"n", pgwire::types::int4});
    return all;
}();

struct grid : pgwire::cursor<> {
    std::size_t width;
    std::int64_t left;

    grid(std::size_t of_columns, std::int64_t of_rows) : width(of_columns), left(of_rows) {}

    [[nodiscard]] std::span<pgwire::column const> columns() const { return std::span(::columns).first(width); }

    bool next(writer& out) {
        while (left != 0) {
            --left;
            auto row = out.begin_row();
            for (std::size_t i = 0; i != width; ++i) row.add(static_cast<std::int32_t>(i));
            if (!row.end()) break;
        }
        return left != 0;
    }
};

struct selection {
    std::size_t width = 0;  // 0: the echo
    std::int64_t height = 0;

    [[nodiscard]] std::span<pgwire::column const> columns() const {
        if (width == 0) return pgwire::columns_of<bench::line>;
        return std::span(::columns).first(width);
    }
};

struct rectangle {
    selection prepare(std::string_view text, std::span<pgwire::oid const>) {
        selection s;
        pgwire::token_scanner in(text);
        auto const number = [&in](auto& n) {
            auto const digits = in.next().text;
            return std::from_chars(digits.data(), digits.data() + digits.size(), n).ec == std::errc();
        };
        if (!in.accept("GRID")) return s;
        if (!number(s.width) || !number(s.height) || s.width == 0 || s.width > most_columns || s.height < 0)
            throw pgwire::sql_error(pgwire::sqlstates::syntax_error, "say GRID, the number of columns, and of rows");
        return s;
    }

    std::variant<pgwire::rows<bench::line>, grid> execute(pgwire::request const& r, selection& s) {
        if (s.width != 0) return grid(s.width, s.height);
        return pgwire::rows{bench::line{1, r.text}};
    }
};

}  // namespace

int main(int argc, char** argv) { bench::serve<rectangle>(argc, argv); }
