// The COPY statement as it is written, in its newest and in both of its older forms.
//
//     COPY t [(a, b)] FROM STDIN [[WITH] (FORMAT text, DELIMITER ';', NULL '')]
//     COPY t [(a, b)] TO STDOUT [[WITH] DELIMITER [AS] ';' NULL [AS] '']          of 8.4, which psql's \copy may send
//     COPY [BINARY] t FROM STDIN [USING DELIMITERS ';'] [WITH …]                  of 7.2
//     COPY (SELECT …) TO STDOUT …
//
// What its options mean is said in copy_settings.hpp. Source: PostgreSQL documentation, "COPY".
#pragma once

#include "tokens.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/types/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

/// One of its options.
struct copy_option {
    std::string name;                  ///< in lower case
    std::optional<std::string> value;  ///< if it has one; of a list `*` or nothing
    std::uint32_t position = 0;        ///< in the statement, in characters from 1
    std::vector<std::string> names{};  ///< of a list
};

struct copy_command {
    /// Where the data come from or go to.
    enum class place : unsigned char { client, file, program };

    bool from = false;                 ///< into the table; else out of it
    std::string schema;                ///< may be empty
    std::string table;                 ///< empty if there is a query
    std::vector<std::string> columns;  ///< none: all
    std::string query;                 ///< with blanks before it, so that it stands where it does in the statement
    place with = place::client;
    std::vector<copy_option> options;
};

namespace detail {

class copy_reader : token_reader {
public:
    copy_reader(std::string_view text, std::vector<token> const& tokens) : token_reader(tokens), text_(text) {}

    [[nodiscard]] copy_command read() && {
        expect("COPY");
        if (is("(")) {
            read_query();
            expect("TO");
        } else {
            if (is("BINARY") && !matches(ahead(1), "FROM") && !matches(ahead(1), "TO") && !matches(ahead(1), "(")) {
                add("format", "binary");
                advance();
            }
            read_table();
            c_.from = accept("FROM");
            if (!c_.from) expect("TO");
        }
        read_place();
        if (c_.query.empty()) read_old_delimiters();
        static_cast<void>(accept("WITH"));
        if (accept("(")) read_options();
        else read_old_options();
        if (c_.from && is("WHERE")) {
            add("where", std::nullopt);
            to_end();
        }
        if (!at_end()) fail();
        return std::move(c_);
    }

private:
    [[noreturn]] void fail() const { throw pgwire::syntax_error_at(text_, here()); }
    void expect(std::string_view word) {
        if (!accept(word)) fail();
    }
    [[nodiscard]] std::uint32_t position() const {
        return pgwire::count_characters(text_.substr(0, here().offset)) + 1;
    }
    /// An option that is written here.
    void add(std::string name, std::optional<std::string> value) {
        c_.options.push_back({std::move(name), std::move(value), position()});
    }

    void read_query() {
        advance();
        auto const begin = here().offset;
        if (!is_any({"SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "("})) fail();
        auto end = begin;
        for (std::size_t depth = 1; depth != 0; advance()) {
            if (at_end()) fail();
            if (is("(")) ++depth;
            if (is(")") && --depth == 0) end = here().offset;
        }
        c_.query.assign(pgwire::count_characters(text_.substr(0, begin)), ' ');
        c_.query += text_.substr(begin, end - begin);
    }
    void read_table() {
        c_.table = read_name();
        if (accept(".")) c_.schema = std::exchange(c_.table, read_name());
        if (!accept("(")) return;
        do c_.columns.push_back(read_name());
        while (accept(","));
        expect(")");
    }
    void read_place() {
        if (accept("PROGRAM")) {
            c_.with = copy_command::place::program;
            static_cast<void>(read_string());
        } else if (here().kind == token_kind::string) {
            c_.with = copy_command::place::file;
            advance();
        } else if (!accept("STDIN") && !accept("STDOUT")) {
            fail();
        }
    }

    // ---- options

    void read_old_delimiters() {
        bool const announced = accept("USING");
        if (is("DELIMITERS")) read_old_text("delimiter");
        else if (announced) fail();
    }
    void read_old_options() {
        for (;;) {
            if (is("DELIMITER") || is("NULL") || is("QUOTE") || is("ESCAPE") || is("ENCODING")) {
                read_old_text(lower(here().text));
            } else if (is("BINARY") || is("CSV")) {
                add("format", lower(here().text));
                advance();
            } else if (is("HEADER") || is("FREEZE")) {
                add(lower(here().text), std::nullopt);
                advance();
            } else if (is("FORCE")) {
                read_old_force();
            } else {
                return;
            }
        }
    }
    void read_old_text(std::string name) {
        add(std::move(name), std::nullopt);
        advance();
        static_cast<void>(accept("AS"));
        c_.options.back().value = read_string();
    }
    void read_old_force() {
        auto const begin = position();
        advance();
        bool const negative = accept("NOT");
        std::string name = negative ? "force_not_" : "force_";
        if (!is("NULL") && (negative || !is("QUOTE"))) fail();
        name += lower(here().text);
        advance();
        c_.options.push_back({std::move(name), std::nullopt, begin});
        if (accept("*")) c_.options.back().value = "*";
        else read_names();
    }

    void read_options() {
        do {
            if (here().kind != token_kind::word && here().kind != token_kind::quoted_identifier) fail();
            add(name_of(here()), std::nullopt);
            advance();
            if (is(",") || is(")")) continue;
            if (!accept("(")) {
                c_.options.back().value = read_value();
                continue;
            }
            read_names();
            expect(")");
        } while (accept(","));
        expect(")");
    }
    std::string read_value() {
        if (here().kind == token_kind::string) return read_string();
        if (accept("*")) return "*";
        bool const negative = accept("-");
        if (!negative) static_cast<void>(accept("+"));
        auto const& t = here();
        auto value = t.kind == token_kind::number ? std::string(t.text) : negative ? std::string() : name_of(t);
        if (value.empty()) fail();
        advance();
        return negative ? '-' + value : value;
    }

    // ---- small things

    void read_names() {
        do c_.options.back().names.push_back(read_name());
        while (accept(","));
    }
    std::string read_name() {
        auto const& t = here();
        auto name = t.kind == token_kind::word || t.kind == token_kind::quoted_identifier ? name_of(t) : std::string();
        if (name.empty()) fail();
        advance();
        return name;
    }
    std::string read_string() {
        auto const text = here().kind == token_kind::string ? pgwire::decode_string(here()) : pgwire::errc::invalid_text;
        if (!text) fail();
        advance();
        return *text;
    }
    static std::string lower(std::string_view word) {
        std::string s(word);
        for (char& c : s) c = pgwire::detail::to_lower(c);
        return s;
    }

    std::string_view text_;
    copy_command c_;
};

}  // namespace detail

/// Reads a statement if it is a COPY.
/// @param tokens of `text`
/// @throws pgwire::sql_error 42601 with the position
[[nodiscard]] inline std::optional<copy_command> read_copy(std::string_view text, std::vector<token> const& tokens) {
    if (!pgwire::is_keyword(tokens.front(), "COPY")) return std::nullopt;
    return detail::copy_reader(text, tokens).read();
}

}  // namespace example
