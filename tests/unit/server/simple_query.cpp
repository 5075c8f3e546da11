// The simple query protocol, as far as the session and not an engine decides it.
#include "tests/support/session_runner.hpp"

namespace pgwire::test {

namespace {

struct line {
    int n;
    std::string_view text;
};

/// Answers each statement with itself.
struct echo {
    auto execute(request const& r) { return rows{line{1, r.text}}; }
};

}  // namespace

TEST_CASE("a simple query is answered by its columns, its rows, its tag and ReadyForQuery") {
    auto const output = conversation(echo{}, {query("select 1")});
    CHECK(shape(output) == "T D C(SELECT 1) Z(I)");
    CHECK(columns_in(output) == "n:23 text:25");
    CHECK(rows_in(output) == "1|select 1");
}
}  // namespace pgwire::test
