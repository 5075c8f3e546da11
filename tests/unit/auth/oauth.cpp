// OAUTHBEARER: who has a good token is let in, the others are told where to get one.
#include "pgwire/auth/oauth.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::test::oauth_tests {

namespace {

using namespace std::string_literals;
using kind = auth_step::kind;

struct validator {
    bool operator()(std::string_view token, std::string_view user) const {
        return token == "abc.DEF-1~==" && user == "alice";
    }
};

struct asked {
    oauth_login<validator> login;
    send_buffer out{};

    explicit asked(std::string_view user = "alice") : login({"https://issuer.example", "open\"id db"}, user, {}) {
        REQUIRE(login.begin(out).what == kind::go_on);
    }
    auth_step choose(std::string_view mechanism, value data) {
        out.clear();
        send_buffer message;
        REQUIRE(encode(message, sasl_initial_response{mechanism, data}));
        return login.receive(message.pending().substr(5), out);
    }
    auth_step say(std::string_view data) {
        out.clear();
        return login.receive(data, out);
    }
    [[nodiscard]] std::string data() const { return std::string(out.pending().substr(9)); }
};

}  // namespace

TEST_CASE("a good token lets its owner in") {
    asked a;
    CHECK(a.data() == "OAUTHBEARER\0\0"s);
    CHECK(a.choose("OAUTHBEARER", value(make_oauth_response("abc.DEF-1~=="))).what == kind::accepted);
    for (std::string const response :
         {"y,,\1auth=bearer  abc.DEF-1~==\1\1", "n,,\1host=h\1port=1\1auth=BEARER abc.DEF-1~==\1\1"}) {
        asked other;
        CHECK(other.choose("OAUTHBEARER", {}).what == kind::go_on);
        CHECK(other.data().empty());
        CHECK(other.say(response).what == kind::accepted);
    }
}

TEST_CASE("a token that is not good, or none, is answered with where to get one") {
    for (auto const& [user, response] : std::vector<std::pair<std::string, std::string>>{
             {"alice", make_oauth_response("")},
             {"alice", make_oauth_response("wrong")},
             {"bob", make_oauth_response("abc.DEF-1~==")},
             {"alice", make_oauth_response("abc.DEF-1~== x")},
             {"alice", make_oauth_response("==")},
             {"alice", "n,,\1auth=Basic abc.DEF-1~==\1\1"},
         }) {
        INFO(response);
        asked a(user);
        CHECK(a.choose("OAUTHBEARER", value(response)).what == kind::go_on);
        CHECK(a.data() ==
              "{ \"status\": \"invalid_token\", \"openid-configuration\": "
              "\"https://issuer.example/.well-known/openid-configuration\", \"scope\": \"open\\\"id db\" }");
        auto const end = a.say("\1");
        CHECK(end.what == kind::failed);
        CHECK(end.text == "OAuth bearer");
        CHECK(end.code == sqlstates::invalid_authorization_specification);
    }
}

TEST_CASE("what is no OAUTHBEARER message is refused") {
    for (auto const& [response, detail] : std::vector<std::pair<std::string, std::string>>{
             {"", "The message is empty."},
             {"n,,\1auth=Bearer x\0\1\1"s, "Message length does not match input length."},
             {"p=tls-unique,,\1auth=Bearer x\1\1",
              "The server does not support channel binding for OAuth, but the client message includes channel binding "
              "data."},
             {"x,,\1auth=Bearer x\1\1", "Unexpected channel-binding flag."},
             {"n\1", "Comma expected."},
             {"n,b=c,\1auth=Bearer x\1\1", "Unexpected attribute in client-first-message."},
             {"n,,auth=Bearer x\1\1", "Key-value separator expected."},
             {"n,,\1auth=Bearer x", "Message is missing its final separator."},
             {"n,,\1auth=Bearer x\1", "Message is missing its final separator."},
             {"n,,\1auth\1\1", "Message contains a key without a value."},
             {"n,,\1=x\1\1", "Message contains an invalid key name."},
             {"n,,\1a b=x\1\1", "Message contains an invalid key name."},
             {"n,,\1auth=Bearer \x7f\1\1", "Message contains an invalid value."},
             {"n,,\1auth=Bearer x\1auth=Bearer y\1\1", "Message contains multiple auth values."},
             {"n,,\1auth=Bearer x\1\1more", "Message contains additional data after the final terminator."},
             {"n,,\1\1", "Message does not contain an auth value."},
         }) {
        INFO(response);
        asked a;
        auto const step = a.choose("OAUTHBEARER", value(response));
        CHECK(step.what == kind::refused);
        CHECK(step.code == sqlstates::protocol_violation);
        CHECK(step.detail == detail);
    }
    asked authorized;
    CHECK(authorized.choose("OAUTHBEARER", value("n,a=bob,\1auth=Bearer x\1\1")).code ==
          sqlstates::feature_not_supported);
    asked other;
    CHECK(other.choose("SCRAM-SHA-256", value("n,,n=,r=x")).text ==
          "client selected an invalid SASL authentication mechanism");
    asked impatient;
    CHECK(impatient.choose("OAUTHBEARER", value(make_oauth_response(""))).what == kind::go_on);
    CHECK(impatient.say(make_oauth_response("abc.DEF-1~==")).detail == "Client did not send a kvsep response.");
}

}  // namespace pgwire::test::oauth_tests
