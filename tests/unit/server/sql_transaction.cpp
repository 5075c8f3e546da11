// The books of a transaction, without an engine.
#include "pgwire/server/sql_transaction.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>

namespace pgwire::test::sql_transaction_tests {

namespace {

/// What a statement makes of the books: its calls, its warning, its tag, then the status.
std::string tell(transaction_book& book, std::string_view text) {
    auto const c = parse_sql_command(text);
    try {
        auto const plan = book.plan(c);
        std::string said;
        for (auto const call : plan.calls)
            if (call != transaction_plan::call::none)
                said += std::string(call == transaction_plan::call::begin    ? "begin"
                                    : call == transaction_plan::call::commit ? "commit"
                                                                             : "rollback") +
                        ' ';
        if (!plan.warning_text.empty()) said += std::string(plan.warning.view()) + ' ';
        book.before(plan);
        book.after(plan);
        return said + std::string(plan.tag) + ' ' + static_cast<char>(book.status());
    } catch (sql_error const& e) {
        return std::string(e.code().view());
    }
}

std::string savepoint(transaction_book& book, std::string_view text, std::size_t now = 0) {
    auto const c = parse_sql_command(text);
    try {
        book.check_savepoint(c);
        auto const mark = book.on_savepoint(c, {now, 0}).settings;
        return std::to_string(mark) + ' ' + static_cast<char>(book.status());
    } catch (sql_error const& e) {
        return std::string(e.code().view()) + ' ' + e.what();
    }
}

}  // namespace

TEST_CASE("BEGIN and COMMIT are calls of the engine") {
    transaction_book book;
    CHECK(tell(book, "BEGIN") == "begin BEGIN T");
    CHECK(tell(book, "COMMIT") == "commit COMMIT I");
    CHECK(tell(book, "START TRANSACTION") == "begin START TRANSACTION T");
    CHECK(tell(book, "ROLLBACK") == "rollback ROLLBACK I");
}

TEST_CASE("BEGIN in a block warns, COMMIT and ROLLBACK outside of one warn") {
    transaction_book book;
    CHECK(tell(book, "COMMIT") == "25P01 COMMIT I");
    CHECK(tell(book, "ROLLBACK") == "25P01 ROLLBACK I");
    CHECK(tell(book, "BEGIN") == "begin BEGIN T");
    CHECK(tell(book, "BEGIN") == "25001 BEGIN T");
}

TEST_CASE("BEGIN adopts an implicit transaction, COMMIT ends it and begins the next") {
    transaction_book book;
    book.begin_implicit();
    CHECK(tell(book, "COMMIT") == "commit begin 25P01 COMMIT I");
    CHECK(book.implicit());
    CHECK(tell(book, "ROLLBACK") == "rollback begin 25P01 ROLLBACK I");
    CHECK(tell(book, "BEGIN") == "BEGIN T");
    CHECK_FALSE(book.implicit());
}

TEST_CASE("a failed block can only be left, and COMMIT of it is ROLLBACK") {
    transaction_book book;
    CHECK(tell(book, "BEGIN") == "begin BEGIN T");
    book.on_error();
    CHECK(book.refuses(sql_command::kind::none));
    CHECK(book.refuses(sql_command::kind::show));
    CHECK(book.refuses(sql_command::kind::savepoint));
    CHECK_FALSE(book.refuses(sql_command::kind::rollback_to));
    CHECK(tell(book, "COMMIT") == "rollback ROLLBACK I");
    book.on_error();
    CHECK(book.status() == transaction_status::idle);
}

TEST_CASE("AND CHAIN begins the next block, and needs one") {
    transaction_book book;
    CHECK(tell(book, "COMMIT AND CHAIN") == "25P01");
    CHECK(tell(book, "BEGIN") == "begin BEGIN T");
    CHECK(tell(book, "COMMIT AND CHAIN") == "commit begin COMMIT T");
    book.on_error();
    CHECK(tell(book, "ROLLBACK AND CHAIN") == "rollback begin ROLLBACK T");
}

TEST_CASE("savepoints need a block, and their names") {
    transaction_book book;
    CHECK(savepoint(book, "SAVEPOINT s") == "25P01 SAVEPOINT can only be used in transaction blocks");
    book.begin_implicit();
    CHECK(savepoint(book, "RELEASE s") == "25P01 RELEASE SAVEPOINT can only be used in transaction blocks");
    CHECK(tell(book, "BEGIN") == "BEGIN T");
    CHECK(savepoint(book, "ROLLBACK TO s") == "3B001 savepoint \"s\" does not exist");
    CHECK(savepoint(book, "SAVEPOINT s", 3) == "3 T");
    CHECK(savepoint(book, "SAVEPOINT r", 5) == "5 T");
    CHECK(savepoint(book, "SAVEPOINT s", 7) == "7 T");
    book.on_error();
    CHECK(savepoint(book, "ROLLBACK TO s", 9) == "7 T");
    CHECK(savepoint(book, "RELEASE s", 7) == "7 T");
    CHECK(savepoint(book, "ROLLBACK TO s", 9) == "3 T");
    CHECK(savepoint(book, "RELEASE r") == "3B001 savepoint \"r\" does not exist");
    CHECK(tell(book, "COMMIT") == "commit COMMIT I");
    CHECK(tell(book, "BEGIN") == "begin BEGIN T");
    CHECK(savepoint(book, "RELEASE s") == "3B001 savepoint \"s\" does not exist");
}

TEST_CASE("what must be alone may be the first in an implicit transaction") {
    transaction_book book;
    CHECK_FALSE(book.in_transaction_block());
    book.begin_implicit();
    book.on_statement();
    CHECK_FALSE(book.in_transaction_block());
    book.on_statement();
    CHECK(book.in_transaction_block());
    book.end_implicit();
    CHECK_FALSE(book.in_transaction_block());
    CHECK(tell(book, "BEGIN") == "begin BEGIN T");
    CHECK(book.in_transaction_block());
}

}  // namespace pgwire::test::sql_transaction_tests
