// Who may come in, and how: certificates, users and rules from files, which are read again on SIGHUP.
#pragma once

#include "../users.hpp"

#include "pgwire/auth/jwt_validator.hpp"
#include "pgwire/server/hba_policy.hpp"
#include "pgwire/server/layer.hpp"
#include "pgwire/tls.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace example {

using policy = pgwire::hba_policy<pgwire::wolfcrypt, pgwire::saslprep>;

/// The files of the command line, and what is made of them. From any thread.
class front_door {
public:
    /// Where the command line puts what it says.
    void add_options(CLI::App& app) {
        auto* const certificate = app.add_option("--tls-cert", tls_.certificate.file,
                                                 "our certificate, and those that lead to an authority, in PEM");
        auto* const key = app.add_option("--tls-key", tls_.key.file, "its key, in PEM");
        certificate->needs(key);
        key->needs(certificate);
        app.add_option("--tls-client-ca", tls_.trusted.file, "authorities of clients' certificates, in PEM")
            ->needs(certificate);
        app.add_option("--users", users_, "users and their passwords, in the form of PgBouncer's userlist.txt");
        auto* const rules = app.add_option(
            "--hba", hba_, "who may enter and how, in the form of pg_hba.conf (default: all users by scram-sha-256)");
        app.add_option("--ident", ident_, "names in certificates and tokens, and whose they are, in the form of pg_ident.conf")
            ->needs(rules);
        auto* const jwks = app.add_option("--jwks", jwks_, "keys of the issuer of tokens, for oauth: a JSON Web Key Set")
                               ->needs(rules);
        auto* const audience =
            app.add_option("--audience", tokens_.audience, "for whom tokens must be made: us")->needs(jwks);
        jwks->needs(audience);
        app.parse_complete_callback([this] {
            if (!tls_.trusted.empty()) tls_.ask_clients = pgwire::client_certificates::optional;
        });
    }

    /// Reads all files. @throws std::runtime_error that names the file that is wrong; then nothing has changed
    void load() {
        std::shared_ptr<policy const> made;
        if (!is_open()) {
            auto const rules = read_rules();
            auto const maps = read_file<pgwire::user_maps>("--ident", ident_);
            auto tokens = tokens_;
            for (auto const& rule : rules.all()) {
                auto const where = "--hba " + hba_ + ": line " + std::to_string(rule.line) + ": ";
                if (!rule.map.empty() && !maps.has(rule.map))
                    throw std::runtime_error(where + "there is no map \"" + rule.map + "\" in --ident " + ident_);
                if (rule.method != pgwire::hba_method::oauth) continue;
                if (jwks_.empty()) throw std::runtime_error(where + "oauth needs --jwks");
                auto const issuer = rule.issuer.identifier();
                if (!tokens.issuer.empty() && tokens.issuer != issuer)
                    throw std::runtime_error(where + "the keys in --jwks are those of " + tokens.issuer);
                tokens.issuer = issuer;
            }
            made = std::make_shared<policy const>(rules, policy::users_type(read_all_users(), mock_secret_), maps,
                                                  read_keys(tokens));
        }
        if (is_encrypted()) encryption_.reload(tls_);
        std::lock_guard const lock(mutex_);
        policy_ = std::move(made);
    }

    /// Is everybody on this machine let in, and nobody else?
    [[nodiscard]] bool is_open() const noexcept { return users_.empty() && hba_.empty(); }
    [[nodiscard]] bool is_encrypted() const noexcept { return !tls_.certificate.empty(); }
    [[nodiscard]] pgwire::tls_server encryption() const { return encryption_; }

    [[nodiscard]] policy::conversation login(pgwire::login_info const& who) const {
        std::unique_lock lock(mutex_);
        auto const current = policy_;
        lock.unlock();
        if (current != nullptr) return current->login(who);
        if (who.peer.is_local) return pgwire::trusted_login{};
        return pgwire::rejected_login{};
    }

private:
    [[nodiscard]] pgwire::user_list read_all_users() const {
        if (users_.empty()) return {};
        try {
            return read_users(users_);
        } catch (std::runtime_error const& e) {
            throw std::runtime_error("--users " + users_ + ": " + e.what());
        }
    }
    /// @tparam Rules what is made of the file's text
    template<class Rules>
    [[nodiscard]] static Rules read_file(std::string_view option, std::string const& path, std::string text = {}) {
        auto const name = std::string(option) + ' ' + path;
        if (!path.empty()) {
            try {
                text = read_text(path);
            } catch (std::runtime_error const& e) {
                throw std::runtime_error(name + ": " + e.what());
            }
        }
        Rules rules;
        if (auto const wrong = rules.read(text))
            throw std::runtime_error(name + ": line " + std::to_string(wrong->line) + ": " + wrong->reason);
        return rules;
    }
    /// @param tokens without an issuer, if no rule has one
    [[nodiscard]] policy::token_owner read_keys(pgwire::jwt_rules const& tokens) const {
        if (jwks_.empty()) return {};
        try {
            auto const keys = pgwire::jwt_validator::from_file(jwks_);
            if (tokens.issuer.empty()) return pgwire::json_web_keys(keys()), nullptr;
            auto const validator = std::make_shared<pgwire::jwt_validator const>(keys, tokens);
            return [validator](std::string_view token, pgwire::oauth_issuer const& from) {
                return validator->owner(token, from.scope);
            };
        } catch (std::exception const& e) {
            throw std::runtime_error("--jwks " + jwks_ + ": " + e.what());
        }
    }
    [[nodiscard]] pgwire::hba_rules read_rules() const {
        return read_file<pgwire::hba_rules>("--hba", hba_,
                                            "local all all scram-sha-256\nhost all all all scram-sha-256\n");
    }

    pgwire::tls_settings tls_;
    std::string users_;
    std::string hba_;
    std::string ident_;
    std::string jwks_;
    pgwire::jwt_rules tokens_{.issuer = {}, .audience = {}};
    std::string const mock_secret_ = policy::users_type::make_secret();
    pgwire::tls_server encryption_;
    mutable std::mutex mutex_;
    std::shared_ptr<policy const> policy_;
};

/// A handler behind that door.
template<class H>
class guarded : public pgwire::layer<H> {
public:
    template<class... Args>
    explicit guarded(std::shared_ptr<front_door const> door, Args&&... args)
        : pgwire::layer<H>(std::forward<Args>(args)...), door_(std::move(door)) {}

    policy::conversation authenticate(pgwire::login_info const& who) { return door_->login(who); }

private:
    std::shared_ptr<front_door const> door_;
};

}  // namespace example
