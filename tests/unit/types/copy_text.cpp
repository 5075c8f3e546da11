// The text format of COPY, both directions. What is expected is what PostgreSQL 18 did with the same data.
#include "pgwire/protocol/copy.hpp"
#include "pgwire/types.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::test::copy_text_tests {

namespace {

using namespace std::string_view_literals;

using row = std::vector<std::optional<std::string>>;
using rows = std::vector<row>;
constexpr auto null = std::nullopt;

/// What came of a COPY: rows, and perhaps an error after them.
struct outcome {
    rows all;
    std::string code{};
    std::string message{};
    std::string where{};
    std::string hint{};
    friend bool operator==(outcome const&, outcome const&) = default;
};
[[maybe_unused]] std::ostream& operator<<(std::ostream& out, outcome const& o) {
    for (auto const& r : o.all) {
        for (auto const& v : r) out << (v ? '<' + *v + '>' : "NULL");
        out << '\n';
    }
    return out << o.code << ' ' << o.message << " | " << o.where << " | " << o.hint;
}

std::array const names{column("a", types::text), column("b", types::int4), column("c", types::text)};

/// Chunks that stand in memory of their own, which is overwritten and given back when it is no longer to be looked at.
class chunk {
public:
    std::string_view set(std::string_view bytes) {
        std::fill_n(bytes_.get(), size_, '#');
        bytes_ = std::make_unique<char[]>(bytes.size());
        size_ = bytes.size();
        std::copy(bytes.begin(), bytes.end(), bytes_.get());
        return {bytes_.get(), size_};
    }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

outcome read_pieces(std::vector<std::string_view> const& pieces, std::size_t columns, copy_text_options const& options,
                    std::size_t limit) {
    outcome o;
    chunk bytes;
    copy_text_decoder in(std::span<column const>(names).first(columns), options, limit);
    auto piece = pieces.begin();
    for (;;) {
        auto const step = in.next();
        if (!step) {
            auto const d = in.failure("t");
            CHECK(d.code == to_sqlstate(step.error()));
            CHECK(in.next().error() == step.error());
            return {o.all, std::string(d.code.view()), d.message, d.where, d.hint};
        }
        if (*step == copy_step::done) return o;
        if (*step == copy_step::row) {
            o.all.emplace_back(in.row().begin(), in.row().end());
            CHECK(in.line() == o.all.size());
        } else if (piece == pieces.end()) {
            in.finish();
        } else {
            in.feed(bytes.set(*piece++));
        }
    }
}

/// Reads `data` whole, cut in two at each byte, and byte by byte: all of that must come to the same.
outcome read(std::string_view data, std::size_t columns = 1, copy_text_options const& options = {},
             std::size_t limit = default_copy_row_limit) {
    auto const whole = read_pieces({data}, columns, options, limit);
    std::vector<std::string_view> bytes{""};
    for (std::size_t i = 0; i != data.size(); ++i) {
        auto const halves = read_pieces({data.substr(0, i), "", data.substr(i)}, columns, options, limit);
        if (halves != whole) CHECK(halves == whole);
        bytes.push_back(data.substr(i, 1));
    }
    CHECK(read_pieces(bytes, columns, options, limit) == whole);
    return whole;
}

outcome copied(rows all) { return {std::move(all)}; }
outcome refused(std::string message, std::string where, rows before = {}) {
    return {std::move(before), "22P04", std::move(message), std::move(where)};
}
outcome not_utf8(std::string bytes, std::string where, rows before = {}) {
    return {std::move(before), "22021", "invalid byte sequence for encoding \"UTF8\": " + bytes, std::move(where)};
}
outcome literal_newline(std::string where, rows before) {
    return {std::move(before), "22P04", "literal newline found in data", std::move(where),
            "Use \"\\n\" to represent newline."};
}
outcome literal_return(std::string where, rows before) {
    return {std::move(before), "22P04", "literal carriage return found in data", std::move(where),
            "Use \"\\r\" to represent carriage return."};
}

/// The lines that an encoder makes of these rows.
std::string write(rows const& all, copy_text_options const& options = {}) {
    send_buffer out;
    copy_text_encoder lines(out, options);
    for (auto const& r : all) {
        lines.begin();
        for (auto const& v : r) lines.add(v);
        CHECK(lines.size() == r.size());
        REQUIRE(lines.end());
    }
    out.commit();
    return std::string(out.pending());
}

/// Bytes that are not there: only their number may be looked at. It is hidden from the compiler, which would warn.
std::string_view pretended(std::uint64_t size) {
    static char const byte = 'x';
    std::uint64_t volatile const hidden = size;
    return {&byte, static_cast<std::size_t>(hidden)};
}

}  // namespace

// ---- reading: rows and lines

TEST_CASE("a line is a row, and its values stand between tabs") {
    CHECK(read("a\tb\nc\td\n", 2) == copied({{"a", "b"}, {"c", "d"}}));
    CHECK(read("\t\n", 2) == copied({{"", ""}}));
    CHECK(read("a\t\n\tb\n", 2) == copied({{"a", ""}, {"", "b"}}));
}

TEST_CASE("no data are no rows") { CHECK(read("") == copied({})); }

TEST_CASE("the last line may do without an end") {
    CHECK(read("a\nb") == copied({{"a"}, {"b"}}));
    CHECK(read("a\t", 2) == copied({{"a", ""}}));
}

TEST_CASE("an empty line is a row with one empty value") {
    CHECK(read("\n") == copied({{""}}));
    CHECK(read("a\n\n") == copied({{"a"}, {""}}));
    CHECK(read("\n", 2) == refused("missing data for column \"b\"", "COPY t, line 1: \"\""));
}

TEST_CASE("a row of no columns is an empty line") {
    CHECK(read("", 0) == copied({}));
    CHECK(read("\n", 0) == copied({{}}));
    CHECK(read("\r\n\r\n", 0) == copied({{}, {}}));
    CHECK(read("\\.\n", 0) == copied({}));
    CHECK(read("\n\\N\n", 0) == refused("extra data after last expected column", "COPY t, line 2: \"\\N\"", {{}}));
    CHECK(read("\\", 0) == refused("extra data after last expected column", "COPY t, line 1: \"\\\""));
}

TEST_CASE("a row with fewer values than columns names the first column that has none") {
    CHECK(read("a\t1\nb\n", 2) == refused("missing data for column \"b\"", "COPY t, line 2: \"b\"", {{"a", "1"}}));
    CHECK(read("a\t1\n", 3) == refused("missing data for column \"c\"", "COPY t, line 1: \"a\t1\""));
    copy_text_decoder in(2);
    in.feed("a\n");
    REQUIRE(in.next().error() == errc::invalid_copy_data);
    CHECK(in.problem() == copy_problem::missing_data);
    CHECK(in.column() == 1);
    CHECK(in.line() == 1);
    CHECK(in.failure("t").message == "missing data for column \"\"");
}

TEST_CASE("a row with more values than columns is refused") {
    CHECK(read("a\tb\tc\n", 2) == refused("extra data after last expected column", "COPY t, line 1: \"a\tb\tc\""));
    CHECK(read("a\nb\t\n") == refused("extra data after last expected column", "COPY t, line 2: \"b\t\"", {{"a"}}));
}

TEST_CASE("lines may end in a line feed, in a carriage return, or in both") {
    for (auto const* const end : {"\n", "\r", "\r\n"}) {
        std::string const e(end);
        CHECK(read("a" + e + e + "b" + e) == copied({{"a"}, {""}, {"b"}}));
        CHECK(read("a" + e + "b") == copied({{"a"}, {"b"}}));
        CHECK(read(e) == copied({{""}}));
    }
}

TEST_CASE("the first line says how all of them end") {
    CHECK(read("a\nb\rc") == literal_return("COPY t, line 2", {{"a"}}));
    CHECK(read("a\nb\r\n") == literal_return("COPY t, line 2", {{"a"}}));
    CHECK(read("a\r\nb\rc") == literal_return("COPY t, line 2", {{"a"}}));
    CHECK(read("a\r\nb\r") == literal_return("COPY t, line 2", {{"a"}}));
    CHECK(read("a\r\nb\n") == literal_newline("COPY t, line 2", {{"a"}}));
    CHECK(read("a\rb\n") == literal_newline("COPY t, line 2", {{"a"}}));
    CHECK(read("a\rb\r\n") == literal_newline("COPY t, line 3", {{"a"}, {"b"}}));
}

// ---- reading: the end-of-data marker

TEST_CASE("a backslash and a period end the data, and what follows them is read over") {
    CHECK(read("\\.\n") == copied({}));
    CHECK(read("\\.\r") == copied({}));
    CHECK(read("a\n\\.\nb\tc\rd\n\xff\0"sv) == copied({{"a"}}));
    CHECK(read("a\r\n\\.\r\nb") == copied({{"a"}}));
    CHECK(read("a\r\\.\r\nb") == copied({{"a"}}));
}

TEST_CASE("after the marker a decoder is done only when the stream is") {
    copy_text_decoder in(1);
    in.feed("\\.\nrest");
    CHECK(in.next() == copy_step::more);
    CHECK(in.ended());
    in.feed("more\tof\tit");
    CHECK(in.next() == copy_step::more);
    in.finish();
    CHECK(in.next() == copy_step::done);
    CHECK(in.next() == copy_step::done);
}

TEST_CASE("the marker must be alone on its line") {
    for (auto const data : {"abc\\.\n"sv, "a\t\\.\n"sv, "a\\.\n"sv, "\\.\\.\n"sv, "\\.\\.\\.\n"sv})
        CHECK(read(data) == refused("end-of-copy marker is not alone on its line", "COPY t, line 1"));
}

TEST_CASE("the marker must be followed by an end of line") {
    for (auto const data : {"\\."sv, "\\.x"sv, "abc\\.def\n"sv, "\\.\t\n"sv})
        CHECK(read(data) == refused("end-of-copy marker is not alone on its line", "COPY t, line 1"));
    CHECK(read("a\r\n\\.\r") == refused("end-of-copy marker is not alone on its line", "COPY t, line 2", {{"a"}}));
    CHECK(read("a\r\n\\.\rx") == refused("end-of-copy marker is not alone on its line", "COPY t, line 2", {{"a"}}));
    CHECK(read("a\\\\.b\n") == copied({{"a\\.b"}}));
}

TEST_CASE("the marker ends as the lines before it did") {
    for (auto const data : {"a\n\\.\r"sv, "a\n\\.\r\n"sv, "a\r\n\\.\n"sv, "a\r\n\\.\r\r"sv, "a\r\\.\n"sv})
        CHECK(read(data) ==
              refused("end-of-copy marker does not match previous newline style", "COPY t, line 2", {{"a"}}));
}

// ---- reading: escapes

TEST_CASE("control characters have names") {
    CHECK(read("\\b\\f\\n\\r\\t\\v\\a\\z\\\"\\'\n") == copied({{"\b\f\n\r\t\vaz\"'"}}));
}

TEST_CASE("a character may be spelt in octal or in hexadecimal") {
    CHECK(read("\\1\\12\\101\\1011\\18\\8\n") == copied({{"\1\nAA1\1" "88"}}));
    CHECK(read("\\x\\x4\\x41\\x411\\xg\\xG\\X41\\x6A\\x6a\n") == copied({{"x\4AA1xgxGX41jj"}}));
    CHECK(read("\\303\\244\\xc3\\xa4\n") == copied({{"ää"}}));
}

TEST_CASE("a backslash makes a delimiter or an end of line a part of the value") {
    CHECK(read("a\\\tb\tc\n", 2) == copied({{"a\tb", "c"}}));
    CHECK(read("a\\\nb\n") == copied({{"a\nb"}}));
    CHECK(read("a\\\rb\n") == copied({{"a\rb"}}));
    CHECK(read("a\\\r\n") == copied({{"a\r"}}));
    CHECK(read("\\ä\n") == copied({{"ä"}}));
}

TEST_CASE("a backslash at the very end is passed over") {
    CHECK(read("a\\") == copied({{"a"}}));
    CHECK(read("\\") == copied({{""}}));
    CHECK(read("a\tb\\", 2) == copied({{"a", "b"}}));
    CHECK(read("a\t\\N\\", 2) == copied({{"a", null}}));
    CHECK(read("a\\", 2) == refused("missing data for column \"b\"", "COPY t, line 1: \"a\\\""));
}

// ---- reading: NULL and options

TEST_CASE("backslash N alone is NULL") {
    CHECK(read("\\N\t\\Nx\tx\\N\n", 3) == copied({{null, "Nx", "xN"}}));
    CHECK(read("\\N") == copied({{null}}));
    CHECK(read("\\\\N\n") == copied({{"\\N"}}));
}

TEST_CASE("the text of NULL is compared before escapes are resolved") {
    CHECK(read("NULL\t\\N\n", 2, {.null = "NULL"}) == copied({{null, "N"}}));
    CHECK(read("\\NULL\n", 1, {.null = "NULL"}) == copied({{"NULL"}}));
    CHECK(read("\t\n", 2, {.null = ""}) == copied({{null, null}}));
    CHECK(read("\n", 1, {.null = ""}) == copied({{null}}));
    CHECK(read("\\t\ta\n", 2, {.null = "\\t"}) == copied({{null, "a"}}));
    CHECK(read("\\\\N\t\\N\n", 2, {.null = "\\\\N"}) == copied({{null, "N"}}));
    CHECK(read("\\xff\n", 1, {.null = "\\xff"}) == copied({{null}}));
}

TEST_CASE("the delimiter may be another character") {
    CHECK(read("a,b\tc\n", 2, {.delimiter = ','}) == copied({{"a", "b\tc"}}));
    CHECK(read("\\AAb\n", 2, {.delimiter = 'A'}) == copied({{"A", "b"}}));
    CHECK(read("\\\1\1\n", 2, {.delimiter = '\1'}) == copied({{"\1", ""}}));
    CHECK(read("\\b\b\n", 2, {.delimiter = '\b'}) == copied({{"\b", ""}}));
    CHECK(read("\\x4AA\n", 2, {.delimiter = 'A'}) == copied({{"J", ""}}));
}

TEST_CASE("options that are not possible are refused in PostgreSQL's words") {
    auto const says = [](copy_text_options const& options) {
        auto const d = check(options);
        return d ? std::string(d->code.view()) + ' ' + d->message : std::string();
    };
    std::string allowed;
    for (int c = 0; c != 256; ++c)
        if (says({.delimiter = static_cast<char>(c), .null = ""}).empty()) allowed += static_cast<char>(c);
    CHECK(allowed == "\1\2\3\4\5\6\7\b\t\v\f\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
                     " !\"#$%&'()*+,-/:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`{|}~\x7f");
    CHECK(says({}).empty());
    CHECK(says({.delimiter = '\0'}) == "0A000 COPY delimiter must be a single one-byte character");
    CHECK(says({.delimiter = '\xc3'}) == "0A000 COPY delimiter must be a single one-byte character");
    CHECK(says({.delimiter = '\n'}) == "22023 COPY delimiter cannot be newline or carriage return");
    CHECK(says({.delimiter = '.'}) == "22023 COPY delimiter cannot be \".\"");
    CHECK(says({.null = "a\rb"}) == "22023 COPY null representation cannot use newline or carriage return");
    CHECK(says({.delimiter = 'N'}) == "22023 COPY delimiter character must not appear in the NULL specification");
}

// ---- reading: UTF-8

TEST_CASE("bytes that are not UTF-8 are refused, and so is a zero byte") {
    CHECK(read("ok\nab\xff" "cd\nx\n") == not_utf8("0xff", "COPY t, line 2", {{"ok"}}));
    CHECK(read("a\0b\n"sv) == not_utf8("0x00", "COPY t, line 1"));
    CHECK(read("ok\nab\xe2\x82\n1234\n") == not_utf8("0xe2 0x82 0x0a", "COPY t, line 2", {{"ok"}}));
    CHECK(read("ok\nab\xe2\x82") == not_utf8("0xe2 0x82", "COPY t, line 2", {{"ok"}}));
    CHECK(read("\xed\xa0\x80\n") == not_utf8("0xed 0xa0 0x80", "COPY t, line 1"));
    CHECK(read("\xf4\x90\x80\x80\n") == not_utf8("0xf4 0x90 0x80 0x80", "COPY t, line 1"));
    CHECK(read("\xc0\x80\n") == not_utf8("0xc0 0x80", "COPY t, line 1"));
    CHECK(read("\xc3\\xa4\n") == not_utf8("0xc3 0x5c", "COPY t, line 1"));
    CHECK(read("\\xc3\xa4\n") == not_utf8("0xa4", "COPY t, line 1"));
}

TEST_CASE("escapes that spell something else than UTF-8 are refused, and the line is shown") {
    CHECK(read("\\0\n") == not_utf8("0x00", "COPY t, line 1: \"\\0\""));
    CHECK(read("\\400\n") == not_utf8("0x00", "COPY t, line 1: \"\\400\""));
    CHECK(read("a\n\\xff\n") == not_utf8("0xff", "COPY t, line 2: \"\\xff\"", {{"a"}}));
    CHECK(read("\\xe2\\x82\\xac \\xe2\\x28\\xa1\n") ==
          not_utf8("0xe2 0x28 0xa1", "COPY t, line 1: \"\\xe2\\x82\\xac \\xe2\\x28\\xa1\""));
    CHECK(read("a\tb\tc\t\\xff\n", 2) == not_utf8("0xff", "COPY t, line 1: \"a\tb\tc\t\\xff\""));
    CHECK(read("\\xff\t\\0\n", 3) == not_utf8("0xff", "COPY t, line 1: \"\\xff\t\\0\""));
}

TEST_CASE("bytes that are not UTF-8 are told before what comes after them in the line") {
    CHECK(read("a\n\xff\r") == not_utf8("0xff", "COPY t, line 2", {{"a"}}));
    CHECK(read("\xff\tb\n") == not_utf8("0xff", "COPY t, line 1"));
    CHECK(read("\xff\\.x") == not_utf8("0xff", "COPY t, line 1"));
    CHECK(read("a\n\r\xff\n") == literal_return("COPY t, line 2", {{"a"}}));
}

// ---- reading: what an error says of its place

TEST_CASE("the context of an error shows at most a hundred bytes, whole characters") {
    auto const shown = [](std::string const& line) {
        return read_pieces({line, "\n"}, 2, {}, default_copy_row_limit).where;
    };
    std::string const x100(100, 'x');
    CHECK(shown(x100) == "COPY t, line 1: \"" + x100 + '"');
    CHECK(shown(x100 + 'x') == "COPY t, line 1: \"" + x100 + "...\"");
    std::string const x99(99, 'x');
    CHECK(shown(x99 + "ää") == "COPY t, line 1: \"" + x99 + "...\"");
}

TEST_CASE("an error that somebody else finds in a row has its context from the decoder") {
    copy_text_decoder in(2);
    in.feed("x\t1\n\\x41\\x42\t\\N\n");
    REQUIRE(in.next() == copy_step::row);
    CHECK(in.context("t") == "COPY t, line 1: \"x\t1\"");
    CHECK(in.context("t", 1, "b") == "COPY t, line 1, column b: \"1\"");
    REQUIRE(in.next() == copy_step::row);
    CHECK(in.context("t") == "COPY t, line 2: \"\\x41\\x42\t\\N\"");
    CHECK(in.context("t", 0, "a") == "COPY t, line 2, column a: \"AB\"");
    CHECK(in.context("t", 1, "b") == "COPY t, line 2, column b: null input");
    REQUIRE(in.next() == copy_step::more);
    CHECK(in.context("t") == "COPY t, line 3");
    CHECK(copy_context("t", 1, "b", std::string(101, '9')) ==
          "COPY t, line 1, column b: \"" + std::string(100, '9') + "...\"");
}

// ---- reading: memory

TEST_CASE("a value without escapes in a line that stands whole is a view of the chunk") {
    constexpr auto data = "abc\tdef\nghi\t\\x41\n"sv;
    copy_text_decoder in(2);
    in.feed(data);
    REQUIRE(in.next() == copy_step::row);
    CHECK(in.row()[0]->data() == data.data());
    CHECK(in.row()[1]->data() == data.data() + 4);
    REQUIRE(in.next() == copy_step::row);
    CHECK(in.row()[0]->data() == data.data() + 8);
    CHECK(*in.row()[1] == "A");
}

TEST_CASE("a line above the limit is refused as soon as it is known to be") {
    auto const too_long = [](std::string where, rows before) {
        return outcome{std::move(before), "54000", "row of COPY data is too long", std::move(where)};
    };
    CHECK(read("abcd\nefgh\r", 1, {}, 4) == literal_return("COPY t, line 2", {{"abcd"}}));
    CHECK(read("abcd\r\nefgh\r\n\\.\r\n", 1, {}, 4) == copied({{"abcd"}, {"efgh"}}));
    CHECK(read("abcd\nabcde\n", 1, {}, 4) == too_long("COPY t, line 2", {{"abcd"}}));
    CHECK(read("abcd\\", 1, {}, 4) == too_long("COPY t, line 1", {}));
    CHECK(read("ab\xff" "de\n", 1, {}, 4) == too_long("COPY t, line 1", {}));
    CHECK(read("abcde\\.\n", 1, {}, 4) == too_long("COPY t, line 1", {}));
    CHECK(read("abcd\n\\.\n", 1, {}, 4) == copied({{"abcd"}}));

    copy_text_decoder in(1, {}, 1000);
    for (int i = 0; i != 100; ++i) {
        in.feed("0123456789");
        REQUIRE(in.next() == copy_step::more);
    }
    in.feed("x");
    CHECK(in.next().error() == errc::message_too_large);
    CHECK(in.failure("t").detail == "A row may have 1000 bytes.");
}

TEST_CASE("values of a megabyte come through, however they are cut") {
    std::string const plain(1'000'000, 'p');
    std::string escaped;
    std::string original;
    for (int i = 0; i != 250'000; ++i) {
        escaped += "ab\\t";
        original += "ab\t";
    }
    auto const data = plain + '\t' + escaped + "\n" + escaped + '\t' + plain + '\n';
    for (std::size_t const size : {std::size_t{1}, std::size_t{4093}, data.size() - 1, data.size()}) {
        std::vector<std::string_view> pieces;
        for (std::string_view rest = data; !rest.empty(); rest.remove_prefix(pieces.back().size()))
            pieces.push_back(rest.substr(0, size));
        auto const all = read_pieces(pieces, 2, {}, default_copy_row_limit);
        CHECK((all == copied({{plain, original}, {original, plain}})));
    }
    CHECK((write({{plain, original}, {original, plain}}) == data));
}

// ---- writing

TEST_CASE("a row is written as a line with tabs between its values") {
    CHECK(write({{"a", "b"}, {"", null}, {"c"}}) == "a\tb\n\t\\N\nc\n");
    CHECK(write({{}}) == "\n");
    CHECK(write({{null}, {null, null}}, {.delimiter = ',', .null = ""}) == "\n,\n");
}

TEST_CASE("control characters with names, backslashes and delimiters are escaped, and nothing else is") {
    for (char const delimiter : {'\t', ',', 'A', '\1', '\b', '\x7f'}) {
        for (int c = 1; c != 256; ++c) {
            char const byte = static_cast<char>(c);
            std::string expected(1, byte);
            if (auto const at = "\b\f\n\r\t\v"sv.find(byte); at != std::string_view::npos)
                expected = std::string("\\") + "bfnrtv"[at];
            else if (byte == '\\' || byte == delimiter) expected.insert(0, 1, '\\');
            for (std::size_t const before : {0U, 3U, 7U, 8U, 20U})
                for (std::size_t const after : {0U, 5U, 8U, 9U})
                    if (auto const x = std::string(before, 'x'), y = std::string(after, 'y');
                        write({{x + byte + y}}, {.delimiter = delimiter}) != x + expected + y + '\n')
                        FAIL_CHECK("byte " << c << ", delimiter " << int(delimiter));
        }
    }
    CHECK(write({{"\\N", "\\.", ""}}) == "\\\\N\t\\\\.\t\n");
    CHECK(write({{"\\\\\t\t"}}) == "\\\\\\\\\\t\\t\n");
}

TEST_CASE("every byte that a text may have comes back as it was written") {
    std::string all;
    for (int c = 1; c != 128; ++c) all += static_cast<char>(c);
    std::string characters = "\xc2\x80\xe0\xa0\x80\xf4\x8f\xbf\xbf";
    rows const expected{{all, characters}, {null, all + all}, {"", "\\N"}, {characters + all, "\\"}};
    for (char const delimiter : {'\t', ',', 'A', '\1', '\b', '\x7f', '|'}) {
        copy_text_options const options{.delimiter = delimiter};
        CHECK(read(write(expected, options), 2, options) == copied(expected));
    }
}

TEST_CASE("values are written as their codecs spell them, and escaped where the delimiter is in them") {
    send_buffer out;
    copy_row_builder row(out, {.delimiter = '-'});
    row.begin();
    row.add(-42);
    row.add(true);
    row.add(std::optional<double>{});
    row.add(std::optional<double>{1.5e-7});
    row.add_null();
    row.add_bytes("a\nb");
    row.add(bytea_view{"\1\2"});
    CHECK(row.size() == 7);
    REQUIRE(row.end());
    CHECK(out.pending().substr(5) == "\\-42-t-\\N-1.5e\\-07-\\N-a\\nb-\\\\x0102\n");
}

TEST_CASE("a row builder puts each row into a CopyData") {
    send_buffer out;
    out.append("#");
    copy_row_builder row(out);
    for (int i = 0; i != 2; ++i) {
        row.begin();
        row.add(42);
        row.add_null();
        REQUIRE(row.end());
    }
    CHECK(out.pending() == "#d\0\0\0\x0a" "42\t\\N\nd\0\0\0\x0a" "42\t\\N\n"sv);
    CHECK(decode<copy_data>(out.pending().substr(6, 6))->data.bytes == "42\t\\N\n");
}

TEST_CASE("a row that is not ended leaves nothing behind") {
    send_buffer out;
    out.append("#");
    {
        copy_row_builder row(out);
        row.begin();
        row.add(1);
        row.begin();
        row.add(2);
        REQUIRE(row.end());
        row.begin();
        row.add(3);
    }
    CHECK(out.open().empty());
    CHECK(out.pending() == "#d\0\0\0\6" "2\n"sv);

    copy_text_encoder lines(out);
    lines.begin();
    lines.add(4);
    REQUIRE(lines.end());
    lines.begin();
    lines.add(5);
    lines.begin();
    lines.add(6);
    REQUIRE(lines.end());
    out.commit();
    CHECK(out.pending().substr(8) == "4\n6\n");
}

TEST_CASE("a row that can't be written is told at its end and leaves nothing behind") {
    send_buffer out;
    out.append("#");
    copy_row_builder row(out);
    auto const fails_with = [&](auto const& v) {
        row.begin();
        row.add(1);
        row.add(v);
        row.add(2);
        auto const error = row.end().error();
        CHECK(out.open().empty());
        CHECK(out.pending() == "#");
        return error;
    };
    CHECK(fails_with(pretended(max_int32_length)) == errc::message_too_large);
    CHECK(fails_with(pretended(max_int32_length + 1)) == errc::message_too_large);
    CHECK(fails_with(pretended(unencodable)) == errc::message_too_large);
    row.begin();
    row.add_bytes(pretended(max_int32_length - 6));
    CHECK(row.end().error() == errc::message_too_large);
    CHECK(out.capacity() < 4096);
    row.begin();
    row.add(3);
    REQUIRE(row.end());
    CHECK(out.pending() == "#d\0\0\0\6" "3\n"sv);
}

TEST_CASE("the buffer has its size after the first rows") {
    send_buffer out;
    copy_row_builder row(out);
    auto const write_one = [&] {
        row.begin();
        row.add(std::string_view("0123456789\t\n\\"));
        row.add(12345);
        REQUIRE(row.end());
        out.consume(out.size());
    };
    write_one();
    auto const capacity = out.capacity();
    for (int i = 0; i != 1000; ++i) write_one();
    CHECK(out.capacity() == capacity);
}

}  // namespace pgwire::test::copy_text_tests
