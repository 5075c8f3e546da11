// Reads a jsonpath and writes it in the one spelling that PostgreSQL gives to it.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "The SQL/JSON Path Language", of version 18; the
// spelling is that of the server's jsonpath_out: keys and strings in quotes, parentheses where operators need them, and
// around a whole that is an operator. Whether the pattern of a like_regex is a regular expression is not checked.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/jsonb_text.hpp"
#include "pgwire/types/jsonpath_lexer.hpp"
#include "pgwire/types/numeric.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::detail {

/// A part of a path, written already but for the parentheses that depend on where it stands.
struct jsonpath_part {
    std::string head;            // a primary, or an operator with its operands
    std::string tail;            // the accessors behind it
    int priority = 6;            // of the operator; 6 is none
    bool bracketed = false;      // the head is an operator, which may need parentheses
    bool number = false;         // the head is a number
    bool predicate = false;      // true, false or unknown, not a value
    bool delimited = false;      // a predicate that `!` may stand before
    bool parenthesised = false;  // a predicate in parentheses

    [[nodiscard]] std::string text(bool brackets) && {
        bool const enclosed = (brackets && bracketed) || (number && !tail.empty());
        if (enclosed) head.insert(0, 1, '(').append(1, ')');
        return std::move(head) + tail;
    }
};

/// Reads by recursion, whose depth is limited.
class jsonpath_parser {
public:
    explicit jsonpath_parser(std::string_view text)
        : lexer_(text), size_limit_(text.size() * max_jsonb_growth + max_jsonb_extra) {}

    /// @return or `invalid_text` if there is nothing, `syntax_error`, `untranslatable`, `out_of_range`, `unsupported`,
    ///     `too_deep`, `message_too_large`
    [[nodiscard]] result<std::string> parse() {
        advance();
        if (error_ == errc::none && at(token::end)) return errc::invalid_text;
        bool const strict = take_word("strict");
        if (!strict) take_word("lax");
        auto path = expression(0);
        if (!at(token::end)) fail();
        if (error_ != errc::none) return error_;
        return (strict ? "strict " : "") + std::move(path).text(true);
    }

private:
    using token = jsonpath_token::what;
    static constexpr int max_operators = 10'000;  // in one expression: each writes anew what stands before it
    static constexpr int max_depth = 500;  // where PostgreSQL has room for thousands

    void fail(errc why = errc::syntax_error) {
        if (error_ == errc::none) error_ = why;
        token_ = {};
    }
    void advance() {
        if (error_ != errc::none) return;
        auto next = lexer_.next();
        if (next) token_ = *std::move(next);
        else fail(next.error());
    }
    [[nodiscard]] bool at(token kind) const { return token_.kind == kind; }
    [[nodiscard]] bool at(std::string_view symbol) const { return at(token::symbol) && token_.text == symbol; }
    [[nodiscard]] bool at_word(std::string_view word) const { return at(token::word) && is_keyword(token_.text, word); }
    bool take(std::string_view symbol) {
        bool const there = at(symbol);
        if (there) advance();
        return there;
    }
    bool take_word(std::string_view word) {
        bool const there = at_word(word);
        if (there) advance();
        return there;
    }
    void expect(std::string_view symbol) {
        if (!take(symbol)) fail();
    }
    [[nodiscard]] static bool is_keyword(std::string_view text, std::string_view word) {
        bool const exact = word == "null" || word == "true" || word == "false";
        return exact ? text == word : equals_ignoring_case(text, word);
    }
    [[nodiscard]] static std::string quoted(std::string_view text) {
        std::string s(6 * text.size() + 2, '\0');
        s.resize(static_cast<std::size_t>(put_json_string(s.data(), text) - s.data()));
        return s;
    }
    [[nodiscard]] std::string take_text() {
        auto text = std::move(token_.text);
        advance();
        return text;
    }
    [[nodiscard]] std::string take_string() {
        if (!at(token::string)) return fail(), std::string();
        return quoted(take_text());
    }
    /// In PostgreSQL's spelling.
    [[nodiscard]] std::string take_number() {
        auto const d = decimal::parse(token_.text);
        if (!d) return fail(d.error()), std::string();
        size_ += numeric_text_size(*d);
        if (size_ > size_limit_) return fail(errc::message_too_large), std::string();
        std::string s(numeric_text_size(*d), '\0');
        s.resize(static_cast<std::size_t>(put_numeric_text(s.data(), *d) - s.data()));
        advance();
        return s;
    }

    struct infix {
        std::string_view symbol, written;
        int priority;
    };
    [[nodiscard]] infix const* operator_here() const {
        static constexpr std::array<infix, 14> all{{{"||", "||", 0},
                                                    {"&&", "&&", 1},
                                                    {"==", "==", 2},
                                                    {"!=", "!=", 2},
                                                    {"<>", "!=", 2},
                                                    {"<", "<", 2},
                                                    {"<=", "<=", 2},
                                                    {">", ">", 2},
                                                    {">=", ">=", 2},
                                                    {"+", "+", 3},
                                                    {"-", "-", 3},
                                                    {"*", "*", 4},
                                                    {"/", "/", 4},
                                                    {"%", "%", 4}}};
        for (auto const& o : all)
            if (at(o.symbol)) return &o;
        return nullptr;
    }

    /// Operators of this priority and above, and what they combine.
    [[nodiscard]] jsonpath_part expression(int least) {
        if (++depth_ > max_depth) fail(errc::too_deep);
        auto left = error_ == errc::none ? unary() : jsonpath_part{};
        for (int operators = 0; error_ == errc::none; ++operators) {
            if (operators == max_operators) fail(errc::too_deep);
            if (least <= 2 && (at_word("starts") || at_word("like_regex"))) {
                if (left.predicate) fail();
                left = at_word("starts") ? starts_with(std::move(left)) : like_regex(std::move(left));
                continue;
            }
            auto const* const o = operator_here();
            if (o == nullptr || o->priority < least) break;
            advance();
            auto right = expression(o->priority + 1);
            bool const logical = o->priority < 2;
            if (left.predicate != logical || right.predicate != logical) fail();
            left = combine(std::move(left), *o, std::move(right));
        }
        --depth_;
        return left;
    }
    [[nodiscard]] static jsonpath_part combine(jsonpath_part left, infix const& o, jsonpath_part right) {
        jsonpath_part whole;
        bool const right_brackets = right.priority <= o.priority;
        bool const left_brackets = left.priority <= o.priority;
        whole.head = std::move(left).text(left_brackets);
        whole.head.append(1, ' ').append(o.written).append(1, ' ').append(std::move(right).text(right_brackets));
        whole.priority = o.priority;
        whole.bracketed = true;
        whole.predicate = o.priority <= 2;
        return whole;
    }
    [[nodiscard]] jsonpath_part starts_with(jsonpath_part left) {
        advance();
        if (!take_word("with")) fail();
        if (!at(token::string) && !at(token::variable)) fail();
        jsonpath_part right;
        right.head = at(token::variable) ? '$' + quoted(take_text()) : take_string();
        return combine(std::move(left), {"", "starts with", 2}, std::move(right));
    }
    [[nodiscard]] jsonpath_part like_regex(jsonpath_part left) {
        advance();
        jsonpath_part whole;
        whole.head = std::move(left).text(true) + " like_regex " + take_string();
        if (take_word("flag")) {
            if (!at(token::string)) fail();
            std::string const given = take_text();
            constexpr std::string_view known = "ismxq";
            if (given.find_first_not_of(known) != given.npos) fail();
            bool const expanded = given.find('x') != given.npos && given.find('q') == given.npos;
            if (expanded) fail(errc::unsupported);
            std::string flags;
            for (char const c : known)
                if (given.find(c) != given.npos) flags += c;
            if (!flags.empty()) whole.head += " flag \"" + flags + '"';
        }
        whole.bracketed = whole.predicate = true;
        return whole;
    }

    [[nodiscard]] jsonpath_part unary() {
        if (at("!")) return negation();
        if (!at("+") && !at("-")) return accessors(primary());
        char const sign = token_.text.front();
        advance();
        auto operand = expression(5);
        if (operand.predicate) fail();
        if (operand.number && operand.tail.empty()) {
            if (sign == '+') return operand;
            if (operand.head.starts_with('-')) operand.head.erase(0, 1);
            else if (operand.head.find_first_not_of("0.") != std::string::npos) operand.head.insert(0, 1, '-');
            return operand;
        }
        jsonpath_part whole;
        whole.head = sign + std::move(operand).text(operand.priority <= 5);
        whole.priority = 5;
        whole.bracketed = true;
        return whole;
    }
    [[nodiscard]] jsonpath_part negation() {
        advance();
        auto operand = primary();
        if (!operand.delimited) fail();
        jsonpath_part whole;
        whole.head = "!(" + std::move(operand).text(false) + ')';
        whole.predicate = true;
        return whole;
    }
    [[nodiscard]] jsonpath_part primary() {
        jsonpath_part part;
        if (take("(")) {
            part = expression(0);
            expect(")");
            part.delimited = part.parenthesised = part.predicate;
        } else if (at_word("exists")) {
            advance();
            expect("(");
            auto inner = expression(0);
            if (inner.predicate) fail();
            expect(")");
            part.head = "exists (" + std::move(inner).text(false) + ')';
            part.predicate = part.delimited = true;
        } else if (take("$")) {
            part.head = "$";
        } else if (at("@")) {
            if (filters_ == 0) fail();
            advance();
            part.head = "@";
        } else if (at_word("last")) {
            if (subscripts_ == 0) fail();
            advance();
            part.head = "last";
        } else if (at_word("null") || at_word("true") || at_word("false")) {
            part.head = take_text();
        } else if (at(token::variable)) {
            part.head = '$' + quoted(take_text());
        } else if (at(token::string)) {
            part.head = take_string();
        } else if (at(token::number) || at(token::integer)) {
            part.head = take_number();
            part.number = true;
        } else {
            fail();
        }
        return part;
    }

    /// What follows a primary.
    [[nodiscard]] jsonpath_part accessors(jsonpath_part part) {
        if (part.parenthesised && take_word("is")) {
            if (!take_word("unknown")) fail();
            jsonpath_part whole;
            whole.head = '(' + std::move(part).text(false) + ") is unknown";
            whole.predicate = true;
            return whole;
        }
        if (part.predicate && !part.parenthesised) return part;
        while (error_ == errc::none && (at(".") || at("[") || at("?"))) {
            part.tail += at("[") ? subscript() : at("?") ? filter() : member();
            part.predicate = part.delimited = part.parenthesised = false;
        }
        return part;
    }
    [[nodiscard]] std::string filter() {
        advance();
        expect("(");
        ++filters_;
        auto condition = expression(0);
        --filters_;
        if (!condition.predicate) fail();
        expect(")");
        return "?(" + std::move(condition).text(false) + ')';
    }
    [[nodiscard]] std::string subscript() {
        advance();
        if (take("*")) return expect("]"), "[*]";
        std::string s = "[";
        ++subscripts_;
        do {
            if (s.size() != 1) s += ',';
            s += index();
            if (take_word("to")) s += " to " + index();
        } while (take(","));
        --subscripts_;
        expect("]");
        return s + ']';
    }
    [[nodiscard]] std::string index() {
        auto part = expression(0);
        if (part.predicate) fail();
        return std::move(part).text(false);
    }
    [[nodiscard]] std::string member() {
        advance();
        if (take("*")) return ".*";
        if (take("**")) return ".**" + levels();
        if (at(token::string)) return '.' + take_string();
        if (!at(token::word)) return fail(), std::string();
        auto const word = take_text();
        if (!at("(")) return '.' + quoted(word);
        return method(word);
    }
    [[nodiscard]] std::string method(std::string_view word) {
        std::string lower(word);
        std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
        advance();
        std::string arguments;
        if (lower == "decimal") {
            for (int n = 0; !at(")") && error_ == errc::none; ++n) {
                if (n == 2 || (n != 0 && !take(","))) fail();
                if (n != 0) arguments += ',';
                bool const minus = take("-");
                if (!minus) take("+");
                if (!at(token::integer)) fail();
                auto number = error_ == errc::none ? take_number() : std::string();
                arguments += (minus && number != "0" ? "-" : "") + number;
            }
        } else if (lower == "datetime") {
            if (!at(")")) arguments = take_string();
        } else if (lower == "time" || lower == "time_tz" || lower == "timestamp" || lower == "timestamp_tz") {
            if (at(token::integer)) arguments = take_number();
        } else {
            static constexpr std::array<std::string_view, 13> plain{
                "abs",    "size",    "type", "floor",   "double", "ceiling", "keyvalue",
                "bigint", "boolean", "date", "integer", "number", "string"};
            if (std::find(plain.begin(), plain.end(), lower) == plain.end()) fail();
        }
        expect(")");
        return '.' + lower + '(' + arguments + ')';
    }
    /// `{2 to last}`
    [[nodiscard]] std::string levels() {
        if (!take("{")) return {};
        auto const first = level();
        auto const last = take_word("to") ? level() : first;
        expect("}");
        if (first == last) return '{' + first + '}';
        if (first == "0" && last == "last") return {};
        return '{' + first + " to " + last + '}';
    }
    [[nodiscard]] std::string level() {
        if (take_word("last")) return "last";
        if (!at(token::integer)) return fail(), std::string();
        auto number = take_number();
        constexpr std::string_view most = "2147483647";
        if (number.size() > most.size() || (number.size() == most.size() && number > most)) fail(errc::out_of_range);
        return number;
    }

    jsonpath_lexer lexer_;
    std::size_t size_limit_;  // of all numbers, which can be much longer than they are written
    std::size_t size_ = 0;
    jsonpath_token token_;
    errc error_ = errc::none;
    int depth_ = 0;
    int filters_ = 0;
    int subscripts_ = 0;
};

}  // namespace pgwire::detail
