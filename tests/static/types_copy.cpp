// COPY's text and CSV formats: where lines end, what escapes spell, and what a writer puts a backslash before.
#include "pgwire/types/copy_csv_lines.hpp"
#include "pgwire/types/copy_text_decoder.hpp"
#include "pgwire/types/copy_text_encoder.hpp"
#include "pgwire/types/find_any.hpp"

#include <string_view>

namespace pgwire::test {

using namespace std::string_view_literals;
using lines = detail::copy_text_lines;
using kind = lines::kind;

// ---- searching

static_assert(detail::find_any("", 0, 'a') == 0 && detail::find_any("abc", 3, 'a') == 3, "nothing to find it in");
static_assert(detail::find_any("0123456789abcdef", 0, 'f') == 15 && detail::find_any("0123456789abcdef", 0, 'x') == 16);
static_assert(detail::find_any("0123456789abcdef", 0, '9', '8') == 8, "the first of them");
static_assert(detail::find_any("aaaaaaaaaaaaaaaaaaaa", 5, 'a') == 5, "not before the beginning");
static_assert(detail::find_any("\0\1\0\1\0\1\0\1"sv, 0, '\1') == 1 &&
                  detail::find_any("\xff\x7f\xfe\x80\x81\0\1\2"sv, 0, '\0') == 5,
              "no byte is taken for its neighbour");

// ---- ends of lines

/// What is found in `text`, the bytes before it having been seen before: cut at every place the answer is the same.
template<class Lines = lines>
consteval bool finds(std::string_view before, std::string_view text, lines::found expected, Lines start = Lines()) {
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Lines in = start;
        for (auto seen = before; !seen.empty();) seen.remove_prefix(in.scan(seen).consumed);
        auto found = in.scan(text.substr(0, cut));
        if (found.is == kind::more) {
            found = in.scan(text.substr(cut));
            found.consumed += cut;
        }
        if (found != expected) return false;
    }
    return true;
}
consteval lines::found at_end(std::string_view text) {
    lines in;
    while (!text.empty()) text.remove_prefix(in.scan(text).consumed);
    return in.finish();
}

static_assert(finds("", "abc\n", {kind::line, 4, 1}) && finds("", "\n\n", {kind::line, 1, 1}), "a line feed");
static_assert(finds("", "abc\r\nx", {kind::line, 5, 2}) && finds("x\r\n", "\r\n", {kind::line, 2, 2}), "both");
static_assert(finds("", "abc\rx", {kind::line, 4, 1}) &&
                  finds("x\ry\r", "ab\rx", {kind::line, 3, 1}), "a carriage return");
static_assert(finds("", "abc", {kind::more, 3, 0}) && finds("", "abc\r", {kind::more, 4, 1}),
              "it depends on what comes next");
static_assert(finds("", "a\\\nb\\\r\\\\\n", {kind::line, 9, 1}), "behind a backslash nothing ends");
static_assert(finds("a\n", "b\rc", {kind::problem, 1, 0, copy_problem::literal_carriage_return}));
static_assert(finds("a\r\n", "b\rc", {kind::problem, 2, 1, copy_problem::literal_carriage_return}));
static_assert(finds("a\r\n", "b\n", {kind::problem, 1, 0, copy_problem::literal_newline}));
static_assert(finds("a\rb", "\r\n", {kind::line, 1, 1}) &&
              finds("a\rb\r", "\n", {kind::problem, 0, 0, copy_problem::literal_newline}));
static_assert(at_end("abc") == lines::found{kind::line, 0, 0} && at_end("abc\r") == lines::found{kind::line, 0, 1});
static_assert(at_end("a\\") == lines::found{kind::line, 0, 0}, "a last backslash stays");
static_assert(at_end("a\r\nb\r").what == copy_problem::literal_carriage_return);

// ---- quotes

using csv_lines = detail::copy_csv_lines;

consteval bool finds_csv(std::string_view before, std::string_view text, lines::found expected, char escape = '"') {
    return finds(before, text, expected, csv_lines({.escape = escape}));
}
static_assert(finds_csv("", "a,\"b\n\r\",c\"\n\"\n", {kind::line, 13, 1}), "between quotes nothing ends");
static_assert(finds_csv("", "\"\"\"\n\"\"\"\n", {kind::line, 8, 1}), "a quote that is doubled");
static_assert(finds_csv("", "\"\\\"\n\"\n", {kind::line, 6, 1}, '\\') && finds_csv("", "\"\\\\\"\n\"\n", {kind::line, 5, 1}, '\\') &&
                  finds_csv("", "\\\"\n\"\n", {kind::line, 5, 1}, '\\'),
              "an escape means something between quotes, and not behind another one");
static_assert(finds_csv("", "\\.\n", {kind::line, 3, 1}), "no marker");
static_assert(finds_csv("a\n", "b\rc", {kind::problem, 1, 0, copy_problem::unquoted_carriage_return}) &&
              finds_csv("a\r\n", "\"\n\"\n", {kind::problem, 3, 0, copy_problem::unquoted_newline}));
static_assert([] {
    csv_lines in;
    auto const one = in.scan("\"\n\r\"\n").consumed == 5 && in.take_breaks() == 1;
    return one && in.scan("\"\n\n\"\n").is == kind::line && in.breaks_in("\n\n") == 2 && in.take_breaks() == 2;
}(), "line ends between quotes count as lines: before it is known how lines end, carriage returns do");

// ---- the marker

static_assert(finds("", "\\.\n", {kind::marker, 3, 3}) && finds("", "\\.\r", {kind::marker, 3, 3}));
static_assert(finds("", "ab\\.\n", {kind::problem, 4, 2, copy_problem::marker_not_alone}), "behind data");
static_assert(finds("a\r\n", "\\.\r\n", {kind::marker, 4, 4}) && finds("a\rb\r", "\\.\r", {kind::marker, 3, 3}));
static_assert(finds("", "\\\\.\n", {kind::line, 4, 1}), "the backslash is escaped");
static_assert(finds("", "\\.x", {kind::problem, 2, 2, copy_problem::marker_not_alone}));
static_assert(finds("a\r\n", "\\.\rx", {kind::problem, 3, 3, copy_problem::marker_not_alone}));
static_assert(finds("a\n", "\\.\r", {kind::problem, 2, 2, copy_problem::marker_newline_style}));
static_assert(finds("a\r\n", "\\.\n", {kind::problem, 2, 2, copy_problem::marker_newline_style}));
static_assert(finds("a\rb\r", "\\.\n", {kind::problem, 2, 2, copy_problem::marker_newline_style}));
static_assert(at_end("\\.").what == copy_problem::marker_not_alone &&
              at_end("a\r\n\\.\r").what == copy_problem::marker_not_alone);

// ---- escapes

consteval bool spells(std::string_view text, char c, std::size_t size) {
    return detail::read_copy_escape(text) == detail::copy_escape{c, size};
}
static_assert(spells("b", '\b', 1) && spells("f", '\f', 1) && spells("n", '\n', 1) && spells("r", '\r', 1) &&
              spells("t", '\t', 1) && spells("v", '\v', 1), "by name");
static_assert(spells("1", 1, 1) && spells("12x", 10, 2) && spells("101", 'A', 3) && spells("1011", 'A', 3) &&
                  spells("18", 1, 1),
              "in octal, one to three digits");
static_assert(spells("377", '\xff', 3) && spells("401", 1, 3) && spells("0", 0, 1),
              "of which the low eight bits count");
static_assert(spells("x4", 4, 2) && spells("x41", 'A', 3) && spells("x411", 'A', 3) && spells("x4g", 4, 2) &&
                  spells("xfF", '\xff', 3),
              "in hexadecimal, one or two digits");
static_assert(spells("x", 'x', 1) && spells("xg", 'x', 1) && spells("X41", 'X', 1), "no digits, no number");
static_assert(spells("a", 'a', 1) && spells("8", '8', 1) && spells("\\", '\\', 1) && spells("\n", '\n', 1) &&
                  spells("N", 'N', 1),
              "anything else stands for itself");

constexpr auto escapes = detail::copy_text_escapes('|');
static_assert(escapes['|'] == '|' && escapes['\\'] == '\\' && escapes['\n'] == 'n' && escapes['\t'] == 't' &&
              escapes[0x7f] == 0 && escapes[1] == 0 && escapes['a'] == 0);
static_assert(detail::copy_text_escapes('\t')['\t'] == 't' && detail::copy_text_escapes('\1')['\1'] == '\1',
              "a delimiter with a name is escaped by its name");

static_assert(to_sqlstate(to_errc(copy_problem::extra_data)) == sqlstates::bad_copy_file_format &&
              to_sqlstate(to_errc(copy_problem::invalid_encoding)) == sqlstates::character_not_in_repertoire &&
              to_sqlstate(to_errc(copy_problem::row_too_long)) == sqlstates::program_limit_exceeded);

}  // namespace pgwire::test
