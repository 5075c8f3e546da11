// Files of users, and passwords as SCRAM wants them.
#include "pgwire/auth/saslprep.hpp"
#include "pgwire/auth/user_list.hpp"
#include "pgwire/auth/user_store.hpp"
#include "pgwire/auth/wolfcrypt.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::test::users_tests {

TEST_CASE("a list of users is read as PgBouncer does") {
    user_list users;
    CHECK_FALSE(
        users.read("; users\n\n# more\n\"alice\" \"md5x\"\r\n  \"b\"\"ob\"\t\"a \"\"word\"\"\"   \n\"carol\" \"\""));
    CHECK(users.size() == 3);
    CHECK(users.find("alice") == "md5x");
    CHECK(users.find("b\"ob") == "a \"word\"");
    CHECK(users.find("carol") == "");
    CHECK_FALSE(users.find("Alice"));
    CHECK_FALSE(users.read(""));
    CHECK(users.size() == 0);
}

TEST_CASE("a list that is wrong leaves what was there, and says where it is wrong, and no secret") {
    user_list users;
    REQUIRE_FALSE(users.read("\"alice\" \"x\""));
    for (auto const& [text, line] : std::vector<std::pair<std::string_view, std::size_t>>{
             {"alice \"hunter2\"", 1},
             {"\"a\" \"b\"\n\"bob hunter2", 2},
             {"\"a\" \"b\"\n\n\"bob\"", 3},
             {"\"bob\" \"hunter2", 1},
             {"\"bob\" hunter2", 1},
             {"\"bob\" \"hunter2\" \"x\"", 1},
             {"\"\" \"hunter2\"", 1},
             {"\"bob\" \"1\"\n\"bob\" \"hunter2\"", 2},
         }) {
        INFO(text);
        auto const wrong = users.read(text);
        REQUIRE(wrong);
        CHECK(wrong->line == line);
        CHECK(wrong->reason.find("hunter2") == std::string_view::npos);
        CHECK(users.find("alice") == "x");
    }
}

TEST_CASE("a line that is written is read again") {
    for (std::string_view const name : {"alice", "a \"quoted\" one", "\""}) {
        user_list users;
        REQUIRE_FALSE(users.read(user_list::format_line(name, "its \"secret\"") + '\n'));
        CHECK(users.find(name) == "its \"secret\"");
    }
}

TEST_CASE("users that are not there look the same each time, and like those that are") {
    user_list list;
    REQUIRE_FALSE(list.read("\"alice\" \"md5" + std::string(32, 'a') + "\"\n\"bob\" \"secret\""));
    auto const challenge = [](user_store<wolfcrypt> const& users, std::string_view user) {
        auto one = users.scram(user);
        send_buffer out;
        static_cast<void>(one.begin(out));
        out.clear();
        send_buffer message;
        REQUIRE(encode(message, sasl_initial_response{scram_sha_256, value("n,,n=,r=abc")}));
        static_cast<void>(one.receive(message.pending().substr(5), out));
        std::string const said(out.pending());
        return said.substr(said.find(",s="));  // the salt, and how often
    };
    std::string const secret(32, 's');
    user_store<wolfcrypt> const users(list, secret), again(list, secret), other(list);
    CHECK(challenge(users, "nobody") == challenge(users, "nobody"));
    CHECK(challenge(users, "nobody") == challenge(again, "nobody"));
    CHECK(challenge(users, "nobody") != challenge(other, "nobody"));  // nobody knows its secret
    CHECK(challenge(users, "nobody") != challenge(users, "somebody"));
    CHECK(challenge(users, "nobody").ends_with(",i=4096"));
    CHECK(challenge(users, "alice") == challenge(again, "alice"));  // has nothing for SCRAM
    CHECK(challenge(users, "bob") == challenge(again, "bob"));
    auto const real = make_scram_verifier<wolfcrypt>("secret", "0123456789abcdef", 10'000);
    REQUIRE_FALSE(list.read("\"alice\" \"" + format_scram_verifier(real) + "\"\n\"bob\" \"secret\""));
    user_store<wolfcrypt> const costly(list);
    for (std::string_view const user : {"alice", "bob", "nobody"}) CHECK(challenge(costly, user).ends_with(",i=10000"));
}

TEST_CASE("passwords are prepared as PostgreSQL prepares them") {
    // As PostgreSQL's own tests have it (src/test/authentication/t/002_saslprep.pl).
    for (auto const& [given, prepared] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"plain", "plain"},
             {"IX", "IX"},
             {"I\xc2\xadX", "IX"},    // a soft hyphen is nothing
             {"\xe2\x85\xa8", "IX"},  // the Roman numeral nine
             {"\xc2\xaa", "a"},       // an ordinal indicator
             {"caf\xc3\xa9 \xe2\x82\xac", "caf\xc3\xa9 \xe2\x82\xac"},
             {"cafe\xcc\x81", "caf\xc3\xa9"},  // an accent of its own
             {"a\xc2\xa0"
              "b",
              "a b"},  // a space that does not break
             {"\xd8\xa7"
              "1",
              "\xd8\xa7"
              "1"},                                         // no way to write in both directions: as it is
             {"foobar\xc2\x80", "foobar\xc2\x80"},          // a control character
             {"foobar\xed\xbe\x80", "foobar\xed\xbe\x80"},  // no UTF-8
             {"\a", "\a"},
         }) {
        INFO(given);
        CHECK(saslprep{}(given) == prepared);
    }
}

}  // namespace pgwire::test::users_tests
