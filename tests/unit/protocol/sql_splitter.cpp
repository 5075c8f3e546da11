// The rules themselves are proved in tests/static/sql_splitter.cpp and tests/static/sql_scanner.cpp.
#include "pgwire/protocol/sql_splitter.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <string>
#include <vector>

namespace pgwire::test::sql_splitter_tests {

namespace {

std::vector<statement_text> split(std::string_view text) {
    std::vector<statement_text> all;
    sql_splitter in(text);
    while (auto const statement = in.next()) all.push_back(*statement);
    return all;
}

}  // namespace

TEST_CASE("a text cut off anywhere is split without a look beyond its end") {
    std::string_view const text =
        "SELECT 'a''b' , E'\\';' -- c\n 'd', U&'e', \"f\"\"g\", $$h$$, $i$j;$i$, 1.5e+3, 0x1f, $1 /* k /* l */ */ + 2;;"
        "CREATE OR REPLACE FUNCTION m() BEGIN ATOMIC SELECT CASE WHEN n THEN o END; END; p := q::r .. (s; t) <=- -- u";
    CHECK(split(text).size() == 3);
    for (std::size_t n = 0; n != text.size(); ++n) {
        std::unique_ptr<char[]> const copy(new char[n]);
        text.copy(copy.get(), n);
        std::string_view const cut(copy.get(), n);
        std::size_t end = 0;
        for (auto const& statement : split(cut)) {
            CHECK(statement.offset >= end);
            end = statement.offset + statement.text.size();
            CHECK(end <= n);
            CHECK(statement.text.data() == cut.data() + statement.offset);
        }
        CHECK(count_parameters(cut) <= 1);
    }
}

TEST_CASE("a long text takes time in proportion to its length") {
    // Some milliseconds each; minutes, if any of them were read again and again.
    auto const repeated = [](std::string_view part, std::size_t n) {
        std::string text;
        for (std::size_t i = 0; i != n; ++i) text += part;
        return text;
    };
    constexpr std::size_t many = 300'000;
    CHECK(split(repeated("a;", many)).size() == many);
    CHECK(split(repeated("';';", many)).size() == many);
    CHECK(split(repeated(";", many)).empty());
    CHECK(split(repeated("/*", many)).empty());
    CHECK(split(repeated("$a$b", many)).size() == 1);
    CHECK(split(repeated("$", many) + ";").size() == 1);
    CHECK(split(repeated("(", many) + ";").size() == 1);
    CHECK(split(repeated("'a' -- b\n", many) + ";").size() == 1);
    CHECK(split(repeated("+-", many) + ";").size() == 1);
    CHECK(split("CREATE FUNCTION f() " + repeated("BEGIN ATOMIC ", many) + ";").size() == 1);
}

}  // namespace pgwire::test::sql_splitter_tests
