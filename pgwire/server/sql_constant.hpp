// Constants of SQL as they are written: a literal, and the casts around it.
//
// Floor 4, pure. Source: PostgreSQL documentation, "Constants", "Type Casts". What is no constant is recognised as that
// and passed over: only who wants its value need refuse it (sql_cast.hpp).
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/syntax_error.hpp"
#include "pgwire/types/numeric.hpp"
#include "pgwire/types/oid.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pgwire {

/// A type as it is written: `int4`, `timestamp (3) with time zone`.
struct written_type {
    std::string name;
    std::uint32_t position = 0;  ///< in characters, the first is 1
};

/// A constant, or what stands where one is expected.
struct sql_constant {
    enum class kind : std::uint8_t {
        literal,
        parameter,   ///< `$1`; `text` is that
        expression,  ///< anything else
    };

    kind what = kind::literal;
    std::optional<std::string> text{};  ///< nothing is NULL
    oid type{};                         ///< of a number or a boolean; zero for a string and NULL, which take any
    std::uint32_t position = 0;         ///< in characters, the first is 1
    std::vector<written_type> casts{};  ///< in the order in which they are made
};

namespace detail {

/// Reads constants and names of types from the tokens of a text.
class constant_reader {
public:
    /// @param in stands where they begin; both must outlive this
    constant_reader(std::string_view text, token_scanner& in) noexcept : text_(text), in_(in) {}

    /// What stands before the next comma or parenthesis that closes.
    /// @throws sql_error 42601
    sql_constant read() {
        sql_constant c;
        c.position = position_of(in_.peek());
        read_with_casts(c);
        auto const t = in_.peek();
        if (is_end(t)) return c;
        bool const goes_on = t.kind == token_kind::symbol || t.kind == token_kind::word;
        if (!goes_on && c.what == kind::literal) throw syntax_error_at(text_, t);
        c.what = kind::expression;
        skip();
        return c;
    }

    /// A type, up to a comma, a parenthesis that closes, or another cast.
    /// @throws sql_error 42601
    written_type read_type() {
        auto const first = in_.peek();
        if (first.kind != token_kind::word && first.kind != token_kind::quoted_identifier)
            throw syntax_error_at(text_, first);
        auto end = first.offset;
        for (auto t = first; belongs_to_type(t); t = in_.peek()) {
            static_cast<void>(in_.next());
            if (t.text == "(") skip_to_parenthesis();
            if (t.text == "[")
                while (!in_.accept("]"))
                    if (auto const inside = in_.next(); inside.kind == token_kind::end)
                        throw syntax_error_at(text_, inside);
            end = in_.position();
        }
        return {std::string(text_.substr(first.offset, end - first.offset)), position_of(first)};
    }

private:
    using kind = sql_constant::kind;

    [[nodiscard]] static bool is_end(token const& t) noexcept {
        return t.kind == token_kind::end || t.text == "," || t.text == ")";
    }
    [[nodiscard]] static bool belongs_to_type(token const& t) noexcept {
        return t.kind == token_kind::word || t.kind == token_kind::quoted_identifier ||
               (t.kind == token_kind::symbol && (t.text == "." || t.text == "(" || t.text == "["));
    }
    [[nodiscard]] std::uint32_t position_of(token const& t) const {
        return count_characters(text_.substr(0, t.offset)) + 1;
    }

    void read_with_casts(sql_constant& c) {
        read_signed(c);
        while (c.what == kind::literal && in_.accept("::")) c.casts.push_back(read_type());
    }
    void read_signed(sql_constant& c) {
        bool negative = false;
        bool has_sign = false;
        for (;; has_sign = true) {
            if (in_.accept("-")) negative = !negative;
            else if (!in_.accept("+")) break;
        }
        read_literal(c);
        if (!has_sign) return;
        if (c.what != kind::literal || c.type == oid{} || c.type == types::bool_.type) c.what = kind::expression;
        else if (negative) *c.text = c.text->starts_with('-') ? c.text->substr(1) : '-' + *c.text;
    }
    void read_literal(sql_constant& c) {
        auto const t = in_.peek();
        if (is_end(t)) throw syntax_error_at(text_, t);
        static_cast<void>(in_.next());
        switch (t.kind) {
        case token_kind::number: return read_number(c, t);
        case token_kind::string: return read_string(c, t);
        case token_kind::parameter:
            c.what = kind::parameter;
            c.text = t.text;
            return;
        case token_kind::word: return read_word(c, t);
        default:
            if (t.text == "(") return read_in_parentheses(c);
            c.what = kind::expression;
            return skip();
        }
    }
    void read_in_parentheses(sql_constant& c) {
        if (depth_ == deepest) {
            c.what = kind::expression;
            return skip_to_parenthesis();
        }
        ++depth_;
        auto inner = read();
        --depth_;
        if (!in_.accept(")")) {  // a comma makes a row of it
            if (in_.peek().kind == token_kind::end) throw syntax_error_at(text_, in_.peek());
            inner.what = kind::expression;
            skip_to_parenthesis();
        }
        inner.position = c.position;
        c = std::move(inner);
    }
    void read_string(sql_constant& c, token const& t) {
        auto value = decode_string(t);
        if (value) {
            c.text = *std::move(value);
        } else if (value.error() == errc::unsupported) {  // bits
            c.what = kind::expression;
        } else {
            throw syntax_error_at(text_, t);
        }
    }
    void read_word(sql_constant& c, token const& t) {
        auto const next = in_.peek();
        if (is_keyword(t, "NULL")) return;
        if (is_keyword(t, "TRUE") || is_keyword(t, "FALSE")) {
            c.text = is_keyword(t, "TRUE") ? "true" : "false";
            c.type = types::bool_.type;
        } else if (is_keyword(t, "CAST") && depth_ != deepest && in_.accept("(")) {
            ++depth_;
            read_cast(c);
            --depth_;
        } else if (next.kind == token_kind::string) {  // DATE '2024-02-29'
            read_string(c, in_.next());
            c.casts.push_back({std::string(t.text), c.position});
        } else {
            c.what = kind::expression;
            skip();
        }
    }
    void read_cast(sql_constant& c) {
        read_with_casts(c);
        if (!in_.accept("AS")) {
            c.what = kind::expression;
            return skip_to_parenthesis();
        }
        c.casts.push_back(read_type());
        if (auto const t = in_.next(); t.text != ")") throw syntax_error_at(text_, t);
    }

    /// Integers are of the smallest type from int4 on that holds them, as in PostgreSQL.
    void read_number(sql_constant& c, token const& t) {
        std::string digits(t.text);
        std::erase(digits, '_');
        int base = 10;
        if (digits.size() > 2 && digits[0] == '0') {
            char const letter = to_lower(digits[1]);
            base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
        }
        auto const* const first = digits.data() + (base == 10 ? 0 : 2);
        auto const* const last = digits.data() + digits.size();
        std::int64_t n = 0;
        auto const [rest, error] = std::from_chars(first, last, n, base);
        if (error == std::errc() && rest == last) {
            c.text = std::to_string(n);
            c.type = n <= INT32_MAX ? types::int4.type : types::int8.type;
        } else if (base == 10 && codec<numeric>::from_text(digits)) {
            c.text = std::move(digits);
            c.type = types::numeric.type;
        } else {
            auto e = syntax_error_at(text_, t);
            e.fields().message = "trailing junk after numeric literal at or near \"" + std::string(t.text) + '"';
            throw e;
        }
    }

    /// To the comma or the parenthesis that ends this.
    void skip() {
        for (auto t = in_.peek(); !is_end(t); t = in_.peek()) {
            if (t.text == ";") throw syntax_error_at(text_, t);
            static_cast<void>(in_.next());
            if (t.text == "(") skip_to_parenthesis();
        }
    }
    /// Behind the parenthesis that closes the one that was read last.
    void skip_to_parenthesis() {
        for (std::size_t open = 1; open != 0;) {
            auto const t = in_.next();
            if (t.kind == token_kind::end || t.text == ";") throw syntax_error_at(text_, t);
            if (t.text == "(") ++open;
            if (t.text == ")") --open;
        }
    }

    static constexpr int deepest = 100;

    std::string_view text_;
    token_scanner& in_;
    int depth_ = 0;  // parentheses that are open
};

}  // namespace detail

}  // namespace pgwire
