// Any text, cut into statements and tokens: pieces lie in the text, in order, and don't overlap.
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_splitter.hpp"

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

std::vector<pgwire::statement_text> split(std::string_view text) {
    std::vector<pgwire::statement_text> all;
    pgwire::sql_splitter in(text);
    std::size_t end = 0;
    while (auto const statement = in.next()) {
        require(!statement->text.empty());
        require(statement->offset >= end);
        end = statement->offset + statement->text.size();
        require(end <= text.size());
        require(text.substr(statement->offset, statement->text.size()) == statement->text);
        all.push_back(*statement);
    }
    require(!in.next());
    return all;
}

// A last semicolon in a comment or an open quote may be taken for the statement's end: that changes nothing.
std::string_view without_end(std::string_view text) {
    return text.substr(0, text.find_last_not_of("; \t\n\v\f\r") + 1);
}

// Tokens don't overlap, and between them there is nothing but spaces and comments.
void scan(std::string_view text) {
    pgwire::token_scanner in(text);
    std::size_t end = 0;
    for (auto t = in.next(); t.kind != pgwire::token_kind::end; t = in.next()) {
        require(!t.text.empty());
        require(t.offset >= end);
        require(text.substr(t.offset, t.text.size()) == t.text);
        require(pgwire::token_scanner(text.substr(end, t.offset - end)).next().kind == pgwire::token_kind::end);
        end = t.offset + t.text.size();
        auto const name = pgwire::decode_identifier(t);
        auto const string = pgwire::decode_string(t);
        require(!name || name->size() <= t.text.size());
        require(!string || string->size() <= t.text.size());
        require(!string || string->find('\0') == string->npos);
    }
    require(pgwire::token_scanner(text.substr(end)).next().kind == pgwire::token_kind::end);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    scan(text);
    static_cast<void>(pgwire::count_parameters(text));
    static_cast<void>(pgwire::first_keyword(text));

    auto const statements = split(text);
    pgwire::whole_text whole(text);
    auto const all = whole.next();
    require(all ? all->text == text : statements.empty());
    require(!whole.next());

    // A statement alone is one statement, and so is each of them when they are put together again. (But for the last,
    // each ended at a semicolon, so that nothing in it is left open except a comment to the end of its line.)
    std::string joined;
    for (auto const& statement : statements) {
        auto const alone = split(statement.text);
        require(alone.size() == 1 && alone[0].offset == 0);
        require(without_end(alone[0].text) == without_end(statement.text));
        joined += statement.text;
        if (&statement != &statements.back()) joined += "\n;";
    }
    auto const again = split(joined);
    require(again.size() == statements.size());
    for (std::size_t i = 0; i != again.size(); ++i)
        require(without_end(again[i].text) == without_end(statements[i].text));
    return 0;
}
