// What is a token, and of which kind.
#include "pgwire/protocol/sql_scanner.hpp"

#include <initializer_list>
#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;
using enum token_kind;

struct expected {
    token_kind kind;
    std::string_view text;
};

consteval bool gives(std::string_view text, std::initializer_list<expected> tokens) {
    token_scanner in(text);
    for (auto const& e : tokens) {
        auto const ahead = in.peek();
        auto const t = in.next();
        if (t.kind != e.kind || t.text != e.text || text.substr(t.offset, t.text.size()) != e.text || t != ahead)
            return false;
    }
    return in.next().kind == end && in.next().offset == text.size();
}
consteval bool symbols(std::string_view text, std::initializer_list<std::string_view> tokens) {
    token_scanner in(text);
    for (auto const e : tokens)
        if (auto const t = in.next(); t.kind != symbol || t.text != e) return false;
    return in.next().kind == end;
}

static_assert(gives("", {}) && gives(" -- a\n/* b */ ", {}), "a text without a token");
static_assert(gives("SET work_mem TO '4MB'", {{word, "SET"}, {word, "work_mem"}, {word, "TO"}, {string, "'4MB'"}}),
              "words and a string");
static_assert(gives("a$1_\xc3\xa9 _b", {{word, "a$1_\xc3\xa9"}, {word, "_b"}}), "words with dollars and UTF-8");
static_assert(gives("\"a b\".\"c\"\"d\"U&\"e\"",
                    {{quoted_identifier, "\"a b\""}, {symbol, "."}, {quoted_identifier, "\"c\"\"d\""},
                     {quoted_identifier, "U&\"e\""}}),
              "quoted identifiers");
static_assert(gives("'a''b' E'\\'' N'c' B'1'x'f' U&'d' $$e$$ $f$g$f$",
                    {{string, "'a''b'"}, {string, "E'\\''"}, {string, "N'c'"}, {string, "B'1'"}, {string, "x'f'"},
                     {string, "U&'d'"}, {string, "$$e$$"}, {string, "$f$g$f$"}}),
              "strings of every kind");
static_assert(gives("'a'\n 'b' 'c'", {{string, "'a'\n 'b'"}, {string, "'c'"}}), "a continued string is one token");
static_assert(gives("'a' /* b */\n 'c'", {{string, "'a'"}, {string, "'c'"}}), "a comment in /* */ continues nothing");
static_assert(gives("'a' -- b\n", {{string, "'a'"}}), "a string that is not continued ends at its quote");
static_assert(gives("u & 'a' u&b",
                    {{word, "u"}, {symbol, "&"}, {string, "'a'"}, {word, "u"}, {symbol, "&"}, {word, "b"}}),
              "U& is a prefix only before a quote");
static_assert(gives("42 4. .5 1.5e10 1E-3 1e 0x1Fg 1_000 1__0 1..10",
                    {{number, "42"}, {number, "4."}, {number, ".5"}, {number, "1.5e10"}, {number, "1E-3"},
                     {number, "1e"}, {number, "0x1Fg"}, {number, "1_000"}, {number, "1__0"}, {number, "1"},
                     {symbol, ".."}, {number, "10"}}),
              "numbers, with the letters that follow");
static_assert(gives("1e+ 2-1 1$$;$$ 1e'a' $1e'a'",
                    {{number, "1e"}, {symbol, "+"}, {number, "2"}, {symbol, "-"}, {number, "1"}, {number, "1"},
                     {string, "$$;$$"}, {number, "1e"}, {string, "'a'"}, {parameter, "$1e"}, {string, "'a'"}}),
              "what ends a number");
static_assert(gives("$1 $23$4 $ $a", {{parameter, "$1"}, {parameter, "$23"}, {parameter, "$4"}, {symbol, "$"},
                                      {symbol, "$"}, {word, "a"}}),
              "parameters");
static_assert(symbols("( ) , ; [ ] . : :: := .. => <= <> !=",
                      {"(", ")", ",", ";", "[", "]", ".", ":", "::", ":=", "..", "=>", "<=", "<>", "!="}), "symbols");
static_assert(symbols("=- =-- a\n@- @+- *+-", {"=", "-", "=", "@-", "@+-", "*", "+", "-"}),
              "an operator of standard characters does not end in a sign");
static_assert(symbols("+/* a */+ ->>", {"+", "+", "->>"}), "an operator ends where a comment begins");
static_assert(gives("-1", {{symbol, "-"}, {number, "1"}}), "a sign is a token of its own");
static_assert(gives("\\a\0"sv, {{symbol, "\\"}, {word, "a"}, {symbol, "\0"sv}}), "whatever else is a symbol");

static_assert(is_keyword("begin", "BEGIN") && is_keyword("BeGiN", "begin"), "the case of letters does not matter");
static_assert(!is_keyword("begi", "BEGIN") && !is_keyword("beginn", "BEGIN"), "all else does");
static_assert(!is_keyword("[", "{") && !is_keyword("@", "`"), "only letters have a case");
static_assert(!is_keyword(token_scanner("\"begin\"").next(), "begin"), "what is quoted is no keyword");

consteval bool accepts() {
    token_scanner in("set /* it */ Local a = 1");
    return in.accept("SET") && !in.accept("SESSION") && in.accept("LOCAL") && in.next().text == "a" && in.accept("=") &&
           in.position() == 22 && in.next().text == "1" && !in.accept("");
}
static_assert(accepts(), "what is accepted is taken, what is not stays");

static_assert(first_keyword(" /* a */ Select 1") == "Select", "the first word, as it is written");
static_assert(first_keyword("(SELECT 1)").empty() && first_keyword("").empty(), "not every text begins with a word");

static_assert(count_parameters("SELECT 1") == 0, "none");
static_assert(count_parameters("SELECT $1, $3, $2") == 3, "the highest number counts");
static_assert(count_parameters("'$1' \"$2\" $$ $3 $$ -- $4\n/* $5 */ a$6 E'\\' $7'") == 0, "quoted ones do not");
static_assert(count_parameters("$65535") == 65'535 && count_parameters("$65536") == 65'535, "65,535 is the most");
static_assert(count_parameters("$99999999999999999999") == 65'535, "however large a number is");
static_assert(count_parameters("$12ab3, $4_") == 12, "letters that follow are not part of it");
static_assert(count_parameters("$0") == 0 && count_parameters("$01") == 1, "zeros");

}  // namespace pgwire::test
