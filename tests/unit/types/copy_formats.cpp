// The CSV and binary formats of COPY, both directions, and rows as structs. What is expected is what PostgreSQL 18 did
// with the same data.
#include "pgwire/types.hpp"

#include "support/catch.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::copy_formats_tests {

namespace {

using namespace std::string_view_literals;
using namespace std::string_literals;

std::array const names{column("a", types::text), column("b", types::text), column("c", types::text)};

/// `data` cut into pieces of this size: its rows, as `[a|NULL]`, or what is wrong with it.
template<class Decoder>
std::string read_pieces(std::string_view data, std::size_t piece, std::size_t columns,
                        typename Decoder::options_type const& options, std::size_t limit) {
    std::string all;
    std::string chunk;
    Decoder in(std::span<column const>(names).first(columns), options, limit);
    for (;;) {
        auto const step = in.next();
        if (!step) {
            auto const d = in.failure("t");
            CHECK(d.code == to_sqlstate(step.error()));
            CHECK(in.next().error() == step.error());
            return all + std::string(d.code.view()) + ' ' + d.message + (d.where.empty() ? "" : " | ") + d.where;
        }
        if (*step == copy_step::done) return all;
        if (*step == copy_step::more) {
            chunk = std::string(data.substr(0, piece));  // what was in it is gone
            data.remove_prefix(chunk.size());
            if (chunk.empty()) in.finish();
            in.feed(chunk);
            continue;
        }
        std::string row;
        for (std::size_t i = 0; i != columns; ++i)
            row += (i == 0 ? "" : "|") + (in.is_default(i) ? "DEFAULT"
                                          : in.row()[i]    ? std::string(*in.row()[i])
                                                           : "NULL");
        all += '[' + row + ']';
    }
}
template<class Decoder>
std::string read(std::string_view data, std::size_t columns, typename Decoder::options_type const& options = {},
                 std::size_t limit = default_copy_row_limit) {
    auto const whole = read_pieces<Decoder>(data, data.size() + 1, columns, options, limit);
    for (std::size_t const piece : {1U, 2U, 3U, 7U})
        CHECK(read_pieces<Decoder>(data, piece, columns, options, limit) == whole);
    return whole;
}
std::string csv(std::string_view data, std::size_t columns = 2, copy_csv_options const& options = {}) {
    return read<copy_csv_decoder>(data, columns, options);
}
std::string binary(std::string_view data, std::size_t columns = 2, std::size_t limit = 100) {
    return read<copy_binary_decoder>(std::string(detail::copy_binary_header) + std::string(data), columns, {}, limit);
}

using row = std::vector<std::optional<std::string_view>>;

/// The messages, without their frames, each in brackets.
template<class Encoder>
std::string write(std::vector<row> const& rows, typename Encoder::options_type const& options = {}) {
    send_buffer out;
    copy_row_builder<Encoder> builder(out, options);
    REQUIRE(builder.header(std::span<column const>(names).first(rows.empty() ? 3 : rows[0].size())));
    for (auto const& r : rows) {
        builder.begin();
        for (auto const& v : r) builder.add(v);
        REQUIRE(builder.end());
    }
    builder.finish();
    std::string all;
    for (auto left = out.pending(); !left.empty();) {
        auto const size = static_cast<std::size_t>(load<std::int32_t>(left.data() + 1)) + 1;
        all += '[' + std::string(left.substr(5, size - 5)) + ']';
        left.remove_prefix(size);
    }
    return all;
}

struct person {
    std::int32_t id = 0;
    std::optional<std::string> name{};
    double score = 0;
    friend bool operator==(person const&, person const&) = default;
};

}  // namespace

TEST_CASE("COPY reads CSV as PostgreSQL does") {
    struct {
        std::string_view data;
        std::size_t columns;
        copy_csv_options options;
        std::string_view expected;
    } const cases[]{
        {"a,b\nc,\n", 2, {}, "[a|b][c|NULL]"},
        {"a\r\nb", 1, {}, "[a][b]"},
        {"\"\",\n", 2, {}, "[|NULL]"},
        {"\"a,b\",\"c\n\"\"d\"\"\"\n", 2, {}, "[a,b|c\n\"d\"]"},
        {"\"x\"y\"z\",a\"\"b\n", 2, {}, "[xyz|ab]"},
        {"\\.\nx\\.\n", 1, {}, "[\\.][x\\.]"},
        {"\"a\\\"b\",\"\\\\\\x\"\n", 2, {.escape = '\\'}, "[a\"b|\\\\x]"},
        {"qaeqbqdNUL\n", 2, {.delimiter = 'd', .null = "NUL", .quote = 'q', .escape = 'e'}, "[aqb|NULL]"},
        {"\"\",,\"\"\n", 3, {.force_not_null = {true, {}}}, "[||]"},
        {"\"\",,x\n", 3, {.force_null = {true, {}}}, "[NULL|NULL|x]"},
        {"D,\"D\"\n", 2, {.default_marker = "D"}, "[DEFAULT|D]"},
        {"anything\na,b\n", 2, {.header = copy_header::line}, "[a|b]"},
        {"a,\"b\"\n1,2\n", 2, {.header = copy_header::match}, "[1|2]"},
        {"a,x\n",
         2,
         {.header = copy_header::match},
         "22P04 column name mismatch in header line field 2: got \"x\", expected \"b\" | COPY t, line 1: \"a,x\""},
        {"a,\n",
         2,
         {.header = copy_header::match},
         "22P04 column name mismatch in header line field 2: got null value (\"\"), expected \"b\" | COPY t, line 1: "
         "\"a,\""},
        {"a\n",
         2,
         {.header = copy_header::match},
         "22P04 wrong number of fields in header line: got 1, expected 2 | COPY t, line 1: \"a\""},
        {"",
         1,
         {.header = copy_header::match},
         "22P04 column name mismatch in header line field 1: got null value (\"\"), expected \"a\" | COPY t, line 1: "
         "\"\""},
        {"a\n", 2, {}, "22P04 missing data for column \"b\" | COPY t, line 1: \"a\""},
        {"1,2,3\n", 2, {}, "22P04 extra data after last expected column | COPY t, line 1: \"1,2,3\""},
        {"1,2\n\"a\n", 2, {}, "[1|2]22P04 unterminated CSV quoted field | COPY t, line 3: \"\"a\n\""},
        {"1,\"a\n\"\nx\n", 2, {}, "[1|a\n]22P04 missing data for column \"b\" | COPY t, line 2: \"x\""},
        {"1,2\n1,\"a\n\"\nx\n", 2, {}, "[1|2][1|a\n]22P04 missing data for column \"b\" | COPY t, line 4: \"x\""},
        {"1,2\r\n3,4\n", 2, {}, "[1|2]22P04 unquoted newline found in data | COPY t, line 2"},
        {"1,2\n3,4\r\n", 2, {}, "[1|2]22P04 unquoted carriage return found in data | COPY t, line 2"},
        {"1,\"a\n\xff\"\n", 2, {}, "22021 invalid byte sequence for encoding \"UTF8\": 0xff | COPY t, line 1"},
        {"a\0\n"sv, 1, {}, "22021 invalid byte sequence for encoding \"UTF8\": 0x00 | COPY t, line 1"},
    };
    for (auto const& c : cases) CHECK(csv(c.data, c.columns, c.options) == c.expected);
}

TEST_CASE("CSV without quotes in a line that stands whole is read where it stands") {
    constexpr auto data = "abc,\"d\"\n"sv;
    copy_csv_decoder in(2);
    in.feed(data);
    REQUIRE(in.next() == copy_step::row);
    CHECK(in.row()[0]->data() == data.data());
    CHECK(in.row()[1]->data() == data.data() + 5);
}

TEST_CASE("COPY writes CSV as PostgreSQL does") {
    using encoder = copy_csv_encoder;
    CHECK(write<encoder>({{"a", std::nullopt, ""}, {"x,y", "\"", "q\nr"}, {"\r", "\\N", "\\."}}) ==
          "[a,,\"\"\n][\"x,y\",\"\"\"\",\"q\nr\"\n][\"\r\",\\N,\\.\n]");
    CHECK(write<encoder>({{"\\."}, {std::nullopt}}) == "[\"\\.\"\n][\n]");
    CHECK(write<encoder>({{"\\."}}, {.escape = '\\'}) == "[\"\\\\.\"\n]");
    CHECK(write<encoder>({{"NULL", std::nullopt}}, {.null = "NULL"}) == "[\"NULL\",NULL\n]");
    CHECK(write<encoder>({{"b", std::nullopt}}, {.header = copy_header::line, .force_quote = {true, {}}}) ==
          "[a,b\n][\"b\",\n]");
    CHECK(write<encoder>({}, {.header = copy_header::line}) == "[a,b,c\n]");
    CHECK(write<copy_text_encoder>({{"1", "\t"}}, {.header = copy_header::line}) == "[a\tb\n][1\t\\t\n]");
}

TEST_CASE("options of CSV that are not possible are refused in PostgreSQL's words") {
    auto const says = [](copy_csv_options const& options) {
        auto const d = check(options);
        return d ? std::string(d->code.view()) + ' ' + d->message : std::string();
    };
    CHECK(says({}).empty());
    CHECK(says({.quote = '\n', .escape = ','}).empty());
    CHECK(says({.delimiter = '\xc3'}) == "0A000 COPY delimiter must be a single one-byte character");
    CHECK(says({.quote = '\0'}) == "0A000 COPY quote must be a single one-byte character");
    CHECK(says({.escape = '\xc3'}) == "0A000 COPY escape must be a single one-byte character");
    CHECK(says({.delimiter = '"'}) == "22023 COPY delimiter and quote must be different");
    CHECK(says({.null = "a,"}) == "22023 COPY delimiter character must not appear in the NULL specification");
    CHECK(says({.null = "\""}) == "22023 CSV quote character must not appear in the NULL specification");
    CHECK(says({.default_marker = "\n"}) == "22023 COPY default representation cannot use newline or carriage return");
    CHECK(says({.default_marker = "\""}) == "0A000 CSV quote character must not appear in the DEFAULT specification");
    CHECK(says({.default_marker = ""}) == "0A000 NULL specification and DEFAULT specification cannot be the same");
}

TEST_CASE("COPY reads its binary format as PostgreSQL does") {
    constexpr auto one = "\0\2\0\0\0\1x\xff\xff\xff\xff"sv;
    auto const rows = std::string(one) + std::string(one);
    CHECK(binary(rows + "\xff\xff") == "[x|NULL][x|NULL]");
    CHECK(binary(rows) == "[x|NULL][x|NULL]");
    CHECK(binary(rows + '\0') == "[x|NULL][x|NULL]");
    CHECK(binary("\0\0\0\0"sv, 0) == "[][]");
    CHECK(binary("\xff\xffx") == "22P04 received copy data after EOF marker | COPY t, line 1");
    CHECK(binary("\0\1"sv) == "22P04 row field count is 1, expected 2 | COPY t, line 1");
    CHECK(binary("\xff\xfe") == "22P04 row field count is -2, expected 2 | COPY t, line 1");
    CHECK(binary("\0\2\xff\xff\xff\xfe"sv) == "22P04 invalid field size | COPY t, line 1, column a");
    CHECK(binary("\0\2\x3f\xff\xff\xff"sv) == "54000 row of COPY data is too long | COPY t, line 1, column a");
    for (std::size_t i = 2; i != one.size(); ++i)
        CHECK(binary(one.substr(0, i)) ==
              std::string("22P04 unexpected EOF in COPY data | COPY t, line 1, column ") + (i < 7 ? 'a' : 'b'));

    auto const header = [](std::string_view bytes) { return read<copy_binary_decoder>(bytes, 1); };
    constexpr auto whole = detail::copy_binary_header;
    for (std::size_t i = 0; i != whole.size(); ++i)
        CHECK(header(whole.substr(0, i)) == (i < 11   ? "22P04 COPY file signature not recognized"
                                             : i < 15 ? "22P04 invalid COPY file header (missing flags)"
                                                      : "22P04 invalid COPY file header (missing length)"));
    auto const with = [&](std::string_view rest) {
        return header(std::string(detail::copy_binary_signature) + std::string(rest));
    };
    CHECK(with("\0\0\xff\xff\0\0\0\3abc\xff\xff"sv).empty());
    CHECK(with("\0\0\0\0\0\0\0\3ab"sv) == "22P04 invalid COPY file header (wrong length)");
    CHECK(with("\0\0\0\0\xff\xff\xff\xff"sv) == "22P04 invalid COPY file header (missing length)");
    CHECK(with("\0\1\0\0\0\0\0\0"sv) == "22P04 invalid COPY file header (WITH OIDS)");
    CHECK(with("\x80\0\0\0\0\0\0\0"sv) == "22P04 unrecognized critical flags in COPY file header");
}

TEST_CASE("the binary format's header is in one message with the first row, its trailer in one of its own") {
    auto const header = std::string(detail::copy_binary_header);
    CHECK(write<copy_binary_encoder>({{"x", std::nullopt}, {"", "y"}}) ==
          '[' + header + "\0\2\0\0\0\1x\xff\xff\xff\xff][\0\2\0\0\0\0\0\0\0\1y][\xff\xff]"s);
    CHECK(write<copy_binary_encoder>({}) == '[' + header + "\xff\xff]");

    send_buffer out;
    copy_row_builder<copy_binary_encoder> rows(out);
    rows.begin();
    for (int i = 0; i != 0x7fff; ++i) rows.add_null();
    REQUIRE(rows.end());
    rows.begin();
    for (int i = 0; i != 0x8000; ++i) rows.add_null();
    CHECK(rows.end().error() == errc::too_many_items);
    CHECK(out.open().empty());
}

TEST_CASE("a struct in binary has the bytes that its values have one by one") {
    struct row {
        std::int64_t id;
        std::optional<std::string> name;
    };
    row const written[] = {{1, "a"}, {2, std::nullopt}, {-3, std::string(40, 'x')}};
    send_buffer out;
    send_buffer expected;
    copy_row_builder<copy_binary_encoder> whole(out);
    copy_row_builder<copy_binary_encoder> each(expected);
    for (auto const& r : written) {
        whole.begin();  // is dropped
        whole.add(r.id);
        REQUIRE(whole(r));
        each.begin();
        each.add(r.id);
        each.add(r.name);
        REQUIRE(each.end());
    }
    CHECK(out.pending() == expected.pending());
}

TEST_CASE("a struct goes out and comes back in each format") {
    std::vector<person> const people{{1, "Ada, \"A\"\t\\", 1.5}, {-2, std::nullopt, 1e300}, {3, "", 0}};
    auto const travels = [&]<class Encoder, class Decoder>(Encoder*, Decoder*, auto const& options) {
        send_buffer out;
        copy_row_builder<Encoder> rows(out, options);
        REQUIRE(rows.header(columns_of<person>));
        for (auto const& p : people) REQUIRE(rows(p));
        rows.finish();
        std::string data;
        for (auto left = out.pending(); !left.empty();) {
            auto const size = static_cast<std::size_t>(load<std::int32_t>(left.data() + 1)) + 1;
            data += left.substr(5, size - 5);
            left.remove_prefix(size);
        }
        std::vector<person> back;
        copy_row_reader<person, Decoder> in(options);
        in.feed(data);
        in.finish();
        while (in.next() == copy_step::row) back.push_back(in.row());
        CHECK(in.next() == copy_step::done);
        CHECK(back == people);
    };
    travels((copy_text_encoder*)nullptr, (copy_text_decoder*)nullptr, copy_text_options{});
    travels((copy_csv_encoder*)nullptr, (copy_csv_decoder*)nullptr, copy_csv_options{.header = copy_header::match});
    travels((copy_binary_encoder*)nullptr, (copy_binary_decoder*)nullptr, copy_binary_options{});
}

TEST_CASE("an error in a value of a struct names its line, column and text") {
    auto const says = [](auto reader, std::string_view data) {
        reader.feed(data);
        for (;;) {
            auto const step = reader.next();
            if (step == copy_step::row) continue;
            REQUIRE(!step);
            CHECK(reader.next().error() == step.error());
            auto const d = reader.failure("t");
            return std::string(d.code.view()) + ' ' + d.message + " | " + d.where;
        }
    };
    using csv_reader = copy_row_reader<person, copy_csv_decoder>;
    CHECK(says(csv_reader(), "1,x,2\nz,x,2\n") ==
          "22P02 invalid input syntax for type integer: \"z\" | COPY t, line 2, column id: \"z\"");
    CHECK(says(csv_reader(), "z\n") ==
          "22P02 invalid input syntax for type integer: \"z\" | COPY t, line 1, column id: \"z\"");
    CHECK(says(csv_reader(), "1\n") == "22P04 missing data for column \"name\" | COPY t, line 1: \"1\"");
    CHECK(says(csv_reader(), "1,x,\n") ==
          "23502 null value in column \"score\" of relation \"t\" violates not-null "
          "constraint | COPY t, line 1, column score: null input");
    CHECK(says(csv_reader({.header = copy_header::match}), "id,name\n") ==
          "22P04 wrong number of fields in header line: got 2, expected 3 | COPY t, line 1: \"id,name\"");
    CHECK(says(copy_row_reader<person, copy_binary_decoder>(),
               std::string(detail::copy_binary_header) + "\0\3\0\0\0\3\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff"s) ==
          "08P01 insufficient data left in message | COPY t, line 1, column id");
}

}  // namespace pgwire::test::copy_formats_tests
