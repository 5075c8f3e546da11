// SCRAM-SHA-256 on both sides: the vectors of RFC 7677, each other, and what PostgreSQL refuses.
#include "pgwire/auth/scram_client.hpp"
#include "pgwire/auth/scram_server.hpp"
#include "pgwire/auth/wolfcrypt.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::test::scram_tests {

namespace {

using namespace std::string_view_literals;

/// Random bytes that are the same each time: the server's half of a nonce is "AAAA…".
struct foretold : wolfcrypt {
    static bool fill_random(std::span<char> room) noexcept {
        std::fill(room.begin(), room.end(), '\0');
        return true;
    }
};
struct without_random : wolfcrypt {
    static bool fill_random(std::span<char>) noexcept { return false; }
};

constexpr std::string_view salt = "0123456789abcdef";
constexpr std::string_view salt_text = "MDEyMzQ1Njc4OWFiY2RlZg==";
constexpr std::string_view server_half = "AAAAAAAAAAAAAAAAAAAAAAAA";

scram_verifier verifier() { return make_scram_verifier<wolfcrypt>("secret", std::string(salt)); }

/// A server, and what it has written last: its authentication code and its data.
struct asked {
    scram_server<foretold> server;
    send_buffer out{};

    explicit asked(scram_server<foretold> s = scram_server<foretold>(verifier())) : server(std::move(s)) {
        CHECK(server.begin(out).what == auth_step::kind::go_on);
    }
    std::string said() {
        auto const frame = out.pending();
        std::string const data(frame.size() > 9 ? frame.substr(9) : "");
        out.clear();
        return data;
    }
    auth_step choose(std::string_view mechanism, value data) {
        out.clear();
        send_buffer message;
        REQUIRE(encode(message, sasl_initial_response{mechanism, data}));
        return server.receive(message.pending().substr(5), out);
    }
    auth_step answer(std::string_view data) {
        out.clear();
        return server.receive(data, out);
    }
};

std::string refusal(auth_step const& step) {
    if (step.what == auth_step::kind::go_on) return "go on";
    if (step.what == auth_step::kind::accepted) return "accepted";
    if (step.what == auth_step::kind::failed) return "failed";
    return std::string(step.code.view()) + ' ' + std::string(step.text);
}

}  // namespace

TEST_CASE("the client's side gives what RFC 7677 does") {
    scram_client<wolfcrypt> client("pencil");
    CHECK(client.start_with("rOprNGfwEbeRWgbNEkqO", "user") == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    CHECK(client.answer("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096") ==
          "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    CHECK(client.finish("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    CHECK_FALSE(client.finish("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    CHECK_FALSE(client.finish("e=other-error"));
    CHECK_FALSE(client.finish(""));
}

TEST_CASE("both sides agree if the password is right, with and without channel binding") {
    for (std::string const binding : {"", "the hash of a certificate"}) {
        for (std::string const password : {"secret", "Secret"}) {
            asked server(scram_server<foretold>(verifier(), binding));
            CHECK(server.said() == (binding.empty() ? std::string("SCRAM-SHA-256\0\0", 15)
                                                    : std::string("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", 34)));
            scram_client<wolfcrypt> client(password, binding);
            auto const first = client.start();
            REQUIRE(first);
            CHECK(refusal(server.choose(client.mechanism(), *first)) == "go on");
            auto const proof = client.answer(server.said());
            REQUIRE(proof);
            bool const is_right = password == "secret";
            CHECK(refusal(server.answer(*proof)) == (is_right ? "accepted" : "failed"));
            CHECK(client.finish(server.said()) == is_right);
        }
    }
}

TEST_CASE("another certificate between is noticed, and so is a mechanism taken away") {
    asked server(scram_server<foretold>(verifier(), "mine"));
    scram_client<wolfcrypt> client("secret", "of somebody between");
    CHECK(refusal(server.choose(client.mechanism(), *client.start())) == "go on");
    CHECK(refusal(server.answer(*client.answer(server.said()))) == "28000 SCRAM channel binding check failed");

    asked other(scram_server<foretold>(verifier(), "mine"));
    scram_client<wolfcrypt> misled("secret", "", true);
    CHECK(misled.mechanism() == scram_sha_256);
    CHECK(refusal(other.choose(misled.mechanism(), *misled.start())) ==
          "28000 SCRAM channel binding negotiation error");

    asked plain;  // there, nobody could have bound
    scram_client<wolfcrypt> able("secret", "", true);
    CHECK(refusal(plain.choose(able.mechanism(), *able.start())) == "go on");
    CHECK(refusal(plain.answer(*able.answer(plain.said()))) == "accepted");
}

TEST_CASE("a user that does not exist is asked as others are, with the same salt each time, and fails") {
    auto const challenge = [](std::string_view user, std::string_view secret) {
        asked server(scram_server<foretold>::mock(user, secret));
        CHECK(refusal(server.choose("SCRAM-SHA-256", "n,,n=,r=abc")) == "go on");
        return server.said();
    };
    auto const one = challenge("nobody", "of the server");
    CHECK(one == challenge("nobody", "of the server"));
    CHECK(one != challenge("somebody", "of the server"));
    CHECK(one != challenge("nobody", "of another"));
    CHECK(one.size() == "r=abc"sv.size() + server_half.size() + ",s="sv.size() + salt_text.size() + ",i=4096"sv.size());

    // Not even what its own (empty) verifier would accept.
    asked server(scram_server<foretold>::mock("nobody", "x"));
    scram_client<wolfcrypt> client("");
    CHECK(refusal(server.choose("SCRAM-SHA-256", *client.start())) == "go on");
    CHECK(refusal(server.answer(*client.answer(server.said()))) == "failed");
}

TEST_CASE("without initial data the client is asked for it") {
    asked server;
    CHECK(refusal(server.choose("SCRAM-SHA-256", std::nullopt)) == "go on");
    CHECK(server.said().empty());
    CHECK(refusal(server.answer("n,,n=,r=abc")) == "go on");
    CHECK(server.said() == "r=abc" + std::string(server_half) + ",s=" + std::string(salt_text) + ",i=4096");
}

TEST_CASE("a first message that is none is refused as PostgreSQL refuses it") {
    for (auto const& [message, expected] : {
             std::pair(""sv, "08P01 malformed SCRAM message"),
             {"n,,n=,r=a\0c"sv, "08P01 malformed SCRAM message"},
             {"x,,n=,r=abc", "08P01 malformed SCRAM message"},
             {"n", "08P01 malformed SCRAM message"},
             {"n=,r=abc", "08P01 malformed SCRAM message"},
             {"p=tls-server-end-point,,n=,r=abc", "08P01 malformed SCRAM message"},
             {"n,a=admin,n=,r=abc", "0A000 client uses authorization identity, but it is not supported"},
             {"n,b=admin,n=,r=abc", "08P01 malformed SCRAM message"},
             {"n,,m=x,n=,r=abc", "0A000 client requires an unsupported SCRAM extension"},
             {"n,,r=abc", "08P01 malformed SCRAM message"},
             {"n,,n=", "08P01 malformed SCRAM message"},
             {"n,,n=,r=a\x7f", "08P01 non-printable characters in SCRAM nonce"},
             {"n,,n=,r=a c", "08P01 non-printable characters in SCRAM nonce"},
             {"n,,n=,r=abc,5=x", "08P01 malformed SCRAM message"},
             {"n,,n=,r=abc,e=x", "go on"},
         }) {
        INFO(message);
        asked server;
        CHECK(refusal(server.choose("SCRAM-SHA-256", message)) == expected);
    }
    for (auto const mechanism : {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1", "", "PLAIN"}) {
        asked server;
        CHECK(refusal(server.choose(mechanism, "n,,n=,r=abc")) ==
              "08P01 client selected an invalid SASL authentication mechanism");
    }
    asked server(scram_server<foretold>(verifier(), "bound"));
    CHECK(refusal(server.choose("SCRAM-SHA-256-PLUS", "p=tls-unique,,n=,r=abc")) ==
          "08P01 unsupported SCRAM channel-binding type");
    asked another(scram_server<foretold>(verifier(), "bound"));
    CHECK(refusal(another.choose("SCRAM-SHA-256-PLUS", "n,,n=,r=abc")) == "08P01 malformed SCRAM message");
}

TEST_CASE("a final message that is none is refused as PostgreSQL refuses it") {
    auto const nonce = "abc" + std::string(server_half);
    auto const proof = encode_base64(std::string(32, 'x'));
    for (auto const& [message, expected] : {
             std::pair<std::string, std::string_view>("", "08P01 malformed SCRAM message"),
             {"c=biws,r=" + nonce, "08P01 malformed SCRAM message"},
             {"r=" + nonce + ",c=biws,p=" + proof, "08P01 malformed SCRAM message"},
             {"c=biws,r=" + nonce + ",p=" + proof + ",x=y", "08P01 malformed SCRAM message"},
             {"c=biws,r=" + nonce + ",p=eHh4", "08P01 malformed SCRAM message"},
             {"c=biws,r=" + nonce + ",p=!", "08P01 malformed SCRAM message"},
             {"c=eSws,r=" + nonce + ",p=" + proof,
              "08P01 unexpected SCRAM channel-binding attribute in client-final-message"},
             {"c=biws,r=" + nonce + "x,p=" + proof, "08P01 invalid SCRAM response"},
             {"c=biws,r=abc,p=" + proof, "08P01 invalid SCRAM response"},
             {"c=biws,r=" + nonce + ",p=" + proof, "failed"},
             {"c=biws,r=" + nonce + ",e=x,p=" + proof, "failed"},
         }) {
        INFO(message);
        asked server;
        REQUIRE(refusal(server.choose("SCRAM-SHA-256", "n,,n=,r=abc")) == "go on");
        CHECK(refusal(server.answer(message)) == expected);
    }
}

TEST_CASE("a client does not go along with a server that is none") {
    auto const answers = [](std::string_view challenge) {
        scram_client<wolfcrypt> client("secret");
        CHECK(client.start_with("abc") == "n,,n=,r=abc");
        return client.answer(challenge).has_value();
    };
    CHECK(answers("r=abcdef,s=c2FsdA==,i=1"));
    for (auto const challenge :
         {"", "r=abc,s=c2FsdA==,i=1", "r=xyzdef,s=c2FsdA==,i=1", "r=abcdef,s=,i=1", "r=abcdef,s=*,i=1",
          "r=abcdef,s=c2FsdA==,i=0", "r=abcdef,s=c2FsdA==,i=-1", "r=abcdef,s=c2FsdA==,i=", "r=abcdef,s=c2FsdA==,i=1x",
          "r=abcdef,s=c2FsdA==", "s=c2FsdA==,r=abcdef,i=1", "r=abcdef,s=c2FsdA==,i=100001",
          "r=abcdef,s=c2FsdA==,i=2147483647"}) {
        INFO(challenge);
        CHECK_FALSE(answers(challenge));
    }
}

TEST_CASE("without random bytes there is no conversation") {
    scram_server<without_random> server(verifier());
    send_buffer out;
    CHECK(server.begin(out).what == auth_step::kind::go_on);
    send_buffer message;
    REQUIRE(encode(message, sasl_initial_response{"SCRAM-SHA-256", "n,,n=,r=abc"}));
    CHECK(refusal(server.receive(message.pending().substr(5), out)) == "XX000 could not generate random nonce");
    CHECK_FALSE(scram_client<without_random>("secret").start());
}

}  // namespace pgwire::test::scram_tests
