// Rules of pg_hba.conf's form: what they say, whom they fit, and what is wrong with them.
#include "pgwire/server/hba.hpp"
#include "pgwire/server/hba_policy.hpp"
#include "pgwire/server/user_maps.hpp"

#include "pgwire/auth/wolfcrypt.hpp"

#include "tests/support/catch.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire::test::hba_tests {

namespace {

[[nodiscard]] login_info who(std::string user, std::string database, std::string address, bool is_secure = false) {
    login_info made;
    made.user = std::move(user);
    made.database = std::move(database);
    bool const is_unix = address.empty();
    made.peer = {
        .address = std::move(address), .is_local = false, .is_secure = is_secure, .is_unix = is_unix, .user_id = {}};
    return made;
}

[[nodiscard]] std::size_t line_for(hba_rules const& rules, login_info const& one) {
    auto const* const found = rules.find(one);
    return found == nullptr ? 0 : found->line;
}

[[nodiscard]] hba_rules read(std::string_view text) {
    hba_rules rules;
    auto const wrong = rules.read(text);
    INFO((wrong ? wrong->reason : std::string()));
    REQUIRE_FALSE(wrong);
    return rules;
}

using namespace std::string_literals;
using policy = hba_policy<wolfcrypt>;

[[nodiscard]] policy make_policy(std::string_view rules, std::string_view maps = {}) {
    user_list users;
    REQUIRE_FALSE(users.read("\"alice\" \"secret\"\n\"bob\" \"md521f3163f8f86fa10bdefbfbd502a8f06\""));
    user_maps known;
    REQUIRE_FALSE(known.read(maps));
    return policy(read(rules), policy::users_type(users), known);
}

/// What a conversation begins with.
[[nodiscard]] std::string beginning(policy::conversation& conversation) {
    send_buffer out;
    auto const step = std::visit([&out](auto& one) { return one.begin(out); }, conversation);
    switch (step.what) {
    case auth_step::kind::go_on: return "R" + std::to_string(static_cast<unsigned char>(out.pending()[8]));
    case auth_step::kind::accepted: return "in";
    case auth_step::kind::failed: return std::string(step.text) + ' ' + std::string(step.code.view());
    case auth_step::kind::rejected: return "rejected";
    case auth_step::kind::refused: return "refused";
    }
    return {};
}
[[nodiscard]] std::string beginning(policy::conversation&& conversation) { return beginning(conversation); }

}  // namespace

TEST_CASE("the first rule that fits decides") {
    auto const rules = read(
        "# a comment\n"
        "local   all        all                      peer\n"
        "host    all        mallory   all            reject\n"
        "host    sales,\"all\" alice  10.0.0.0/8     md5   # behind a rule\n"
        "hostssl all        all       10.0.0.0/8     scram-sha-256\n"
        "hostnossl all      all       10.1.2.3/32    password\n"
        "host    sameuser   all       192.168.0.0 255.255.255.0 \\\n"
        "   trust\n"
        "host    all        \"all\"   ::1/128        trust\n"
        "host    all        all       2001:db8::/33  trust\n");
    CHECK(line_for(rules, who("alice", "x", "")) == 2);
    CHECK(line_for(rules, who("mallory", "sales", "10.0.0.1")) == 3);
    CHECK(line_for(rules, who("alice", "sales", "10.255.0.1")) == 4);
    CHECK(line_for(rules, who("alice", "all", "10.255.0.1")) == 4);  // a database of that name
    CHECK(line_for(rules, who("alice", "other", "10.255.0.1", true)) == 5);
    CHECK(line_for(rules, who("alice", "other", "10.255.0.1")) == 0);
    CHECK(line_for(rules, who("bob", "x", "10.1.2.3")) == 6);
    CHECK(line_for(rules, who("bob", "x", "10.1.2.4")) == 0);
    CHECK(line_for(rules, who("bob", "bob", "192.168.0.255")) == 7);
    CHECK(line_for(rules, who("bob", "x", "192.168.0.255")) == 0);
    CHECK(line_for(rules, who("bob", "bob", "192.168.1.0")) == 0);
    CHECK(line_for(rules, who("all", "x", "::1")) == 9);
    CHECK(line_for(rules, who("bob", "x", "::1")) == 0);
    CHECK(line_for(rules, who("bob", "x", "2001:db8:7fff::1")) == 10);
    CHECK(line_for(rules, who("bob", "x", "2001:db8:8000::1")) == 0);
    CHECK(line_for(rules, who("bob", "bob", "::ffff:192.168.0.7")) == 7);
}

TEST_CASE("rules that are wrong are errors with their line, and change nothing") {
    hba_rules rules = read("local all all trust");
    for (auto const& [text, reason] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"hostgssenc all all all trust",
              "\"hostgssenc\" is no type of connection (local, host, hostssl, hostnossl)"},
             {"include other", "\"include\" is no type of connection (local, host, hostssl, hostnossl)"},
             {"host", "a database is missing"},
             {"host all", "a user is missing"},
             {"host all all", "an address is missing"},
             {"local all all", "a method is missing"},
             {"host all all all", "a method is missing"},
             {"host all all all ldap", "\"ldap\" is no method that is known here"},
             {"host all all example.org trust",
              "\"example.org\" is no address (names of hosts are not looked up here)"},
             {"host all all 10.0.0.0/33 trust", "\"10.0.0.0/33\": the length of a prefix is a number from 0 to 32"},
             {"host all all 10.0.0.0/ trust", "\"10.0.0.0/\": the length of a prefix is a number from 0 to 32"},
             {"host all all ::1/129 trust", "\"::1/129\": the length of a prefix is a number from 0 to 128"},
             {"host all all 10.0.0.0 255.0.255.0 trust", "\"255.0.255.0\" is no mask for 10.0.0.0"},
             {"host all all 10.0.0.0 trust", "\"trust\" is no mask for 10.0.0.0"},
             {"host all all samenet trust", "\"samenet\" is no address (names of hosts are not looked up here)"},
             {"host all +admins all trust", "\"+admins\": there are no groups here"},
             {"host @list all all trust", "\"@list\": no other file is read"},
             {"host all /^a all trust", "\"/^a\": there are no regular expressions here"},
             {"host \"/^(a|b),c$\" all all reject", "\"/^(a|b),c$\": there are no regular expressions here"},
             {"host replication all all trust", "\"replication\": there are no such connections here"},
             {"host all all ::ffff:10.0.0.0/104 reject", "\"::ffff:10.0.0.0/104\": write it as an address of IPv4"},
             {"host all all all peer", "peer is for local connections"},
             {"host all all all cert", "cert is for hostssl connections"},
             {"local all all peer nonsense", "\"nonsense\" is no option: NAME=VALUE is expected"},
             {"local all all trust map=x", "there is no option \"map\" for such a rule"},
             {"hostssl all all all cert clientcert=verify-ca",
              "clientcert is verify-full, or without the method cert verify-ca, and not \"verify-ca\""},
             {"hostssl all all all cert clientname=X", "clientname is CN or DN, and not \"X\""},
             {"host all all all oauth issuer=https://i.example", "oauth needs issuer=URL and scope=WORDS"},
             {"host all all all oauth scope=openid", "oauth needs issuer=URL and scope=WORDS"},
             {"host all all all trust scope=openid", "there is no option \"scope\" for such a rule"},
             {"host all all all oauth issuer=i scope=s validator=v", "there is no option \"validator\" for such a rule"},
             {"host all \"all all trust", "a quotation mark is not closed"},
         }) {
        INFO(text);
        auto const wrong = rules.read("\n\n" + std::string(text));
        REQUIRE(wrong);
        CHECK(wrong->line == 3);
        CHECK(wrong->reason == reason);
        CHECK(rules.all().size() == 1);
    }
}

TEST_CASE("each method is the conversation of its name") {
    auto const with = [](std::string_view method, std::string_view user) {
        return beginning(
            make_policy("host all all all " + std::string(method)).login(who(std::string(user), "d", "10.0.0.1")));
    };
    CHECK(with("trust", "alice") == "in");
    CHECK(with("reject", "alice") == "rejected");
    CHECK(with("password", "alice") == "R3");
    CHECK(with("md5", "bob") == "R5");
    CHECK(with("md5", "alice") == "R10");
    CHECK(with("scram-sha-256", "alice") == "R10");
    CHECK(with("scram-sha-256", "nobody") == "R10");
    CHECK(beginning(make_policy("").login(who("alice", "d", "10.0.0.1"))) == "rejected");
}

TEST_CASE("a token's owner may be the user, or be mapped to it") {
    user_maps maps;
    REQUIRE_FALSE(maps.read("people alice@example.org alice"));
    std::string asked;
    auto const owner = [&asked](std::string_view token, oauth_issuer const& from) {
        asked = from.url + ' ' + from.scope;
        return token == "good" ? std::optional<std::string>("alice@example.org") : std::nullopt;
    };
    auto const rule = "host all all all oauth issuer=\"https://i.example\" scope=\"openid db\""s;
    auto const with = [&](std::string const& text, std::string_view user, std::string_view token) {
        policy const door(read(text), policy::users_type(user_list{}), maps, owner);
        auto conversation = door.login(who(std::string(user), "d", "10.0.0.1"));
        if (beginning(conversation) != "R10") return "no token is asked for"s;
        send_buffer message, out;
        REQUIRE(encode(message, sasl_initial_response{oauthbearer, make_oauth_response(token)}));
        auto const step = std::visit([&](auto& one) { return one.receive(message.pending().substr(5), out); }, conversation);
        return step.what == auth_step::kind::accepted ? "in"s : "out"s;
    };
    CHECK(with(rule + " map=people", "alice", "good") == "in");
    CHECK(asked == "https://i.example openid db");
    CHECK(with(rule + " map=people", "bob", "good") == "out");
    CHECK(with(rule + " map=people", "alice", "bad") == "out");
    CHECK(with(rule, "alice", "good") == "out");
    CHECK(with(rule, "alice@example.org", "good") == "in");
    CHECK(beginning(make_policy(rule).login(who("alice", "d", "10.0.0.1"))) == "rejected");  // nobody knows tokens here
}

TEST_CASE("a certificate's names may be the user's, or be mapped to it") {
    auto const with = [](std::string_view rule, std::string_view user, bool has_certificate = true) {
        auto one = who(std::string(user), "d", "10.0.0.1", true);
        if (has_certificate) {
            one.tls.has_certificate = true;
            one.tls.common_name = "alice";
            one.tls.distinguished_name = "CN=alice,O=Us";
        }
        return beginning(make_policy("hostssl all all all " + std::string(rule),
                                     "people alice admin\npeople \"CN=alice,O=Us\" bob  # a map\nothers alice root")
                             .login(one));
    };
    CHECK(with("cert", "alice") == "in");
    CHECK(with("cert", "admin") == "certificate 28000");
    CHECK(with("cert", "alice", false) == "certificate 28000");
    CHECK(with("cert map=people", "admin") == "in");
    CHECK(with("cert map=people", "alice") == "certificate 28000");
    CHECK(with("cert map=people", "root") == "certificate 28000");
    CHECK(with("cert map=people clientname=DN", "bob") == "in");
    CHECK(with("cert map=nosuch", "alice") == "certificate 28000");
    CHECK(with("trust clientcert=verify-ca", "bob") == "in");
    CHECK(with("trust clientcert=verify-ca", "bob", false) == "certificate 28000");
    CHECK(with("trust clientcert=verify-full", "alice") == "in");
    CHECK(with("trust clientcert=verify-full", "bob") == "certificate 28000");
}

TEST_CASE("who is at the other end of a Unix socket, the system knows") {
    auto one = who("alice", "d", "");
    CHECK(beginning(make_policy("local all all peer").login(one)) == "Peer 28000");
    one.peer.user_id = 0;
    auto const name = system_user_name(0);
    REQUIRE_FALSE(name.empty());
    CHECK(beginning(make_policy("local all all peer").login(one)) == "Peer 28000");
    CHECK(beginning(make_policy("local all all peer map=m", "m " + name + " alice").login(one)) == "in");
    one.user = name;
    CHECK(beginning(make_policy("local all all peer").login(one)) == "in");
    CHECK(system_user_name(4'000'000'000).empty());
}

TEST_CASE("maps that are wrong are errors with their line") {
    user_maps maps;
    REQUIRE_FALSE(maps.read("m a b"));
    for (std::string_view const text : {"m a", "m a b c", "m a,b c", "m /^x a", "m \"/^x\" a", "m a all", "m \"a b"}) {
        INFO(text);
        auto const wrong = maps.read("# first\n" + std::string(text));
        REQUIRE(wrong);
        CHECK(wrong->line == 2);
        CHECK(maps.allows("m", "a", "b"));
    }
    CHECK_FALSE(maps.read("m \"x\"\"y\" \"all\""));
    CHECK(maps.allows("m", "x\"y", "all"));
    CHECK_FALSE(maps.allows("", "", ""));
}

}  // namespace pgwire::test::hba_tests
