// Tokens instead of passwords (OAUTHBEARER, PostgreSQL 18's): who has one of an issuer's JSON Web Tokens is let in.
//
//     examples/run.sh oauth --issuer https://issuer.example --jwks keys.json --audience db
//     psql "host=127.0.0.1 port=5433 user=alice oauth_issuer=https://issuer.example oauth_client_id=psql" -c hello
//
// The file has the issuer's public keys, a JSON Web Key Set: what the `jwks_uri` of its metadata gives. A token of
// alice's has her name as its `sub`.
#include "options.hpp"

#include <pgwire/auth/jwt_validator.hpp>
#include <pgwire/server.hpp>

#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What all connections share.
struct trusted_issuer {
    trusted_issuer(pgwire::oauth_issuer const& i, std::string const& keys, pgwire::jwt_rules const& rules)
        : issuer(i), validator(pgwire::jwt_validator::from_file(keys), rules) {}

    pgwire::oauth_issuer issuer;
    pgwire::jwt_validator validator;
};

struct line {
    std::string user;
    std::string_view text;
};

struct guarded_echo {
    std::shared_ptr<trusted_issuer const> trusted;
    std::string user;

    /// A conversation. Whoever has no good token of that user's never gets to `execute`.
    auto authenticate(pgwire::login_info const& who) {
        auto const belongs_to = [t = trusted](std::string_view token, std::string_view name) {
            return t->validator.owner(token, t->issuer.scope) == name;
        };
        return pgwire::oauth_login(trusted->issuer, who.user, belongs_to);
    }

    void on_start(pgwire::session_context& session) { user = session.login().user; }
    auto execute(pgwire::request const& r) { return pgwire::rows{line{user, r.text}}; }
};

int main(int argc, char** argv) {
    pgwire::oauth_issuer issuer{.url = {}, .scope = "openid"};
    pgwire::jwt_rules rules{.issuer = {}, .audience = {}};
    std::string keys;
    auto const options = example::parse(argc, argv, "Lets in who has a token of an issuer's.", [&](CLI::App& app) {
        app.add_option("--issuer", issuer.url, "who makes tokens: a URL, as it stands in them")->required();
        app.add_option("--scope", issuer.scope, "what tokens must be for, separated by blanks")->capture_default_str();
        app.add_option("--jwks", keys, "a file with the issuer's keys, a JSON Web Key Set")->required();
        app.add_option("--audience", rules.audience, "for whom tokens must be made: us")->required();
    });
    rules.issuer = issuer.identifier();
    std::shared_ptr<trusted_issuer const> trusted;
    try {
        trusted = std::make_shared<trusted_issuer const>(issuer, keys, rules);
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": --jwks " << keys << ": " << e.what() << '\n';
        return 2;
    }
    return example::serve(
        argv[0], options,
        [trusted] {
            return guarded_echo{trusted, {}};
        },
        "\"user=NAME oauth_issuer=" + issuer.url + " oauth_client_id=psql\" -c hello");
}
