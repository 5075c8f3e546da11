// Where one statement ends and the next begins.
#include "pgwire/protocol/sql_splitter.hpp"

#include <initializer_list>
#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;

static_assert(statement_splitter<sql_splitter> && statement_splitter<whole_text>, "both are splitters");

/// The statements are exactly these, and each stands where its offset says.
template<statement_splitter Splitter>
consteval bool cuts(std::string_view text, std::initializer_list<std::string_view> expected) {
    Splitter in(text);
    for (auto const statement : expected) {
        auto const piece = in.next();
        if (!piece || piece->text != statement || text.substr(piece->offset, piece->text.size()) != statement)
            return false;
    }
    return !in.next() && !in.next();
}
consteval bool splits(std::string_view text, std::initializer_list<std::string_view> expected) {
    return cuts<sql_splitter>(text, expected);
}
/// The text up to the last semicolon is one statement, and what follows another.
consteval bool is_one(std::string_view text) {
    sql_splitter in(text);
    auto const first = in.next();
    auto const end = text.rfind(';');
    return first && first->text == text.substr(0, end) && first->offset == 0 && (text.ends_with(';') || in.next()) &&
           !in.next();
}

static_assert(splits("", {}), "nothing");
static_assert(splits(" \t\r\n\f\v", {}), "spaces");
static_assert(splits(";; ;", {}), "semicolons");
static_assert(splits("-- a;b\n/* c; /* d; */ e; */;", {}), "comments");
static_assert(splits("/* not closed; SELECT 1", {}), "a comment that is not closed");
static_assert(splits("/*/; SELECT 1", {}), "a comment is not closed by its own opening");
static_assert(splits("SELECT 1", {"SELECT 1"}), "no semicolon");
static_assert(splits("SELECT 1;", {"SELECT 1"}), "one semicolon");
static_assert(splits("SELECT 1; SELECT 2", {"SELECT 1", "SELECT 2"}), "two statements");
static_assert(splits(";;a;;b;;", {"a", "b"}), "empty statements are skipped");
static_assert(splits("  -- what\n SELECT 1 -- why; \n ; /* and */ b /* then */ ;",
                     {"SELECT 1 -- why;", "b /* then */"}),
              "comments before a statement are not part of it, those within and behind are");
static_assert(sql_splitter(" /* */ a ; b").next() == statement_text{"a", 7}, "an offset counts from the beginning");

static_assert(is_one("SELECT 'a;b';"), "a string");
static_assert(is_one("SELECT 'it''s; here';"), "a doubled quote");
static_assert(splits("SELECT '\\';'x'", {"SELECT '\\'", "'x'"}), "a backslash is a character like any other");
static_assert(is_one("SELECT E'\\';';"), "but in E'…' it escapes");
static_assert(is_one("SELECT e'\\\\\\';';"), "in e'…' too");
static_assert(splits("SELECT E'\\\\'; b", {"SELECT E'\\\\'", "b"}), "an escaped backslash escapes nothing");
static_assert(splits("SELECT some'\\'; b", {"SELECT some'\\'", "b"}), "a word that ends in e is no prefix");
static_assert(is_one("SELECT U&'\\0061;';"), "U&'…'");
static_assert(splits("SELECT U&'\\'; b", {"SELECT U&'\\'", "b"}), "in which a backslash escapes no quote");
static_assert(is_one("SELECT B'1;0', X'a;', N';';"), "B'…', X'…', N'…'");
static_assert(is_one("SELECT E'a'\n  '\\';b';"), "a string goes on after a new line, and keeps its kind");
static_assert(is_one("SELECT E'a' -- comment; 'here'\n  '\\';b';"), "a comment may be between");
static_assert(splits("SELECT E'a' '\\'; b", {"SELECT E'a' '\\'", "b"}), "on the same line it is another string");
static_assert(is_one("SELECT \"a;b\", \"c\"\";d\";"), "a quoted identifier");
static_assert(is_one("SELECT U&\"\\0061;\";"), "U&\"…\"");
static_assert(splits("SELECT \"\\\"; b", {"SELECT \"\\\"", "b"}), "in which a backslash is a backslash");
static_assert(is_one("SELECT $$a;b$$;"), "a dollar quote");
static_assert(is_one("SELECT $t$a;$$;$T$;$t1$;b$t$;"), "with a tag, which must match");
static_assert(is_one("SELECT $$a';b$$, ';';"), "quotes in a dollar quote mean nothing");
static_assert(is_one("SELECT $\xc3\xa4$;$\xc3\xa4$;"), "a tag in UTF-8");
static_assert(splits("SELECT a$$; b$$; c", {"SELECT a$$", "b$$", "c"}), "a dollar in a word is part of the word");
static_assert(splits("SELECT $1; b$1", {"SELECT $1", "b$1"}), "a parameter");
static_assert(is_one("SELECT 1$$;$$;"), "a number has no dollars");
static_assert(splits("SELECT $1$; b$1$", {"SELECT $1$", "b$1$"}), "a tag does not begin with a digit");
static_assert(splits("SELECT $a; b$ ", {"SELECT $a", "b$"}), "a tag ends in a dollar");
static_assert(splits("SELECT 'a;b", {"SELECT 'a;b"}), "a string that is not closed runs to the end");
static_assert(splits("SELECT E'a;b\\", {"SELECT E'a;b\\"}), "and so with a backslash as the last character");
static_assert(splits("SELECT \"a;b", {"SELECT \"a;b"}), "an identifier that is not closed, too");
static_assert(splits("SELECT $x$a;b$x", {"SELECT $x$a;b$x"}), "a dollar quote that is not closed, too");
static_assert(is_one("SELECT 1 -- a; b\r + 2;"), "a comment ends with its line");
static_assert(is_one("SELECT 1 /* a; /* b; */ c; */ + 2;"), "comments nest");
static_assert(is_one("SELECT 1 +/* a; */ 2;"), "an operator ends where a comment begins");
static_assert(is_one("SELECT 1 *-- a;\n 2;"), "of both kinds");

static_assert(is_one("CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; DELETE FROM v);"), "no cut in parentheses");
static_assert(splits("SELECT ')'; SELECT (1)); b", {"SELECT ')'", "SELECT (1))", "b"}), "one ) too many is ignored");
static_assert(splits("SELECT (1; b", {"SELECT (1; b"}), "a ) that is missing leaves no cut");

static_assert(is_one("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3"),
              "the body of a routine is one");
static_assert(is_one("create or replace procedure p() begin /**/ atomic select case a when 1 then 2 end; b; end;"),
              "CASE has an END of its own");
static_assert(is_one("CREATE FUNCTION f() BEGIN ATOMIC BEGIN a; END; SELECT 1; END; b"), "blocks nest");
static_assert(is_one("CREATE FUNCTION f() BEGIN ATOMIC SELECT (CASE WHEN a THEN 1 END); END; b"),
              "a CASE in parentheses is over when they are");
static_assert(splits("CREATE FUNCTION begin() RETURN 1; END", {"CREATE FUNCTION begin() RETURN 1", "END"}),
              "BEGIN without ATOMIC begins no body");
static_assert(splits("CREATE FUNCTION f() AS $$BEGIN ATOMIC$$; a", {"CREATE FUNCTION f() AS $$BEGIN ATOMIC$$", "a"}),
              "nor does a quoted one");
static_assert(splits("BEGIN ATOMIC; a; END", {"BEGIN ATOMIC", "a", "END"}), "nor one outside of CREATE FUNCTION");
static_assert(splits("CREATE TABLE function(a int); BEGIN; a; END; b",
                     {"CREATE TABLE function(a int)", "BEGIN", "a", "END", "b"}),
              "a transaction is no body");

static_assert(cuts<whole_text>("a; b -- c", {"a; b -- c"}), "a whole text is never cut");
static_assert(cuts<whole_text>(" ; ", {" ; "}), "nor trimmed");
static_assert(cuts<whole_text>(" \n", {}) && cuts<whole_text>("", {}), "but it may be empty");

}  // namespace pgwire::test
