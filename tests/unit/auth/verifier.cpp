// What servers keep instead of passwords: the forms, and what they come from. Values as PostgreSQL 15 made them.
#include "pgwire/auth/verifier.hpp"
#include "pgwire/auth/base64.hpp"
#include "pgwire/auth/crypto.hpp"
#include "pgwire/auth/password.hpp"
#include "pgwire/auth/wolfcrypt.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace pgwire::test::verifier_tests {

static_assert(equal_in_constant_time("", "") && equal_in_constant_time("ab", "ab") &&
                  !equal_in_constant_time("ab", "ax") && !equal_in_constant_time("ab", "abc"),
              "equal is equal");

namespace {

// PostgreSQL 15: CREATE ROLE … PASSWORD 'secret'
constexpr std::string_view stored =
    "SCRAM-SHA-256$4096:EKtPd0mjOxgZdINgZ420Tg==$6otkv8PgCsgp7RipSsko4ai4pPMk31FHtinGFscAAUc=:"
    "iBBduQ9Pk776ZpEDDo3O9zGtHt+OJwzTFZygJ9iBOhM=";
constexpr std::string_view stored_as_md5 = "md54a0a68b43b6cd5cf266fa02f196e2371";

}  // namespace

TEST_CASE("base64 is what RFC 4648, section 10, has, and nothing but what an encoder writes is decoded") {
    for (auto const& [plain, encoded] :
         {std::pair("", ""), std::pair("f", "Zg=="), std::pair("fo", "Zm8="), std::pair("foo", "Zm9v"),
          std::pair("foob", "Zm9vYg=="), std::pair("fooba", "Zm9vYmE="), std::pair("foobar", "Zm9vYmFy"),
          std::pair("\xfb\xff\xbf", "+/+/")}) {
        CHECK(encode_base64(plain) == encoded);
        CHECK(decode_base64(encoded) == plain);
    }
    for (auto const* const wrong : {"Zg", "Zg=", "Zh==", "Z===", "====", "Zg==Zg==", "Zm9 ", "-_-_"}) {
        INFO(wrong);
        CHECK_FALSE(decode_base64(wrong));
    }
}

TEST_CASE("a verifier of PostgreSQL's is read, written and made again from the password") {
    auto const v = parse_scram_verifier(stored);
    REQUIRE(v);
    CHECK(v->iterations == 4096);
    CHECK(v->salt.size() == 16);
    CHECK(format_scram_verifier(*v) == stored);
    CHECK(make_scram_verifier<wolfcrypt>("secret", v->salt) == *v);
    CHECK(make_scram_verifier<wolfcrypt>("Secret", v->salt) != *v);
}

TEST_CASE("what is no verifier is not taken for one") {
    for (std::string_view const text :
         {"", "secret", "SCRAM-SHA-256", "SCRAM-SHA-256$", "SCRAM-SHA-256$4096", "SCRAM-SHA-256$4096:c2FsdA==",
          "SCRAM-SHA-256$4096:c2FsdA==$:", "SCRAM-SHA-256$4096:c2FsdA==$c2FsdA==:c2FsdA=="})
        CHECK_FALSE(parse_scram_verifier(text));
    std::string const whole(stored);
    for (std::size_t size = 0; size != whole.size(); ++size) CHECK_FALSE(parse_scram_verifier(whole.substr(0, size)));
    for (auto const& [from, to] :
         {std::pair("$4096:", "$0:"), std::pair("$4096:", "$-1:"), std::pair("$4096:", "$4 :"),
          std::pair("$4096:", "$99999999999:"), std::pair("SCRAM", "scram"), std::pair("256", "512")}) {
        std::string changed = whole;
        changed.replace(changed.find(from), std::string_view(from).size(), to);
        CHECK_FALSE(parse_scram_verifier(changed));
    }
    CHECK_FALSE(parse_scram_verifier(whole + "="));
}

TEST_CASE("a password is compared with each form that is stored") {
    for (std::string_view const form : {std::string_view("secret"), stored, stored_as_md5}) {
        INFO(form);
        CHECK(is_password_of<wolfcrypt>(form, "alice", "secret"));
        CHECK_FALSE(is_password_of<wolfcrypt>(form, "alice", "Secret"));
        CHECK_FALSE(is_password_of<wolfcrypt>(form, "alice", ""));
    }
    CHECK_FALSE(is_password_of<wolfcrypt>(stored_as_md5, "bob", "secret"));
    CHECK(make_md5_response<wolfcrypt>("secret", "alice") == stored_as_md5);
    CHECK(is_md5_verifier(stored_as_md5));
    CHECK_FALSE(is_md5_verifier("md5"));
    CHECK_FALSE(is_md5_verifier("md5XB2B1B3B4B5B6B7B8B9B0B1B2B3B4B5B6"));
}

}  // namespace pgwire::test::verifier_tests
