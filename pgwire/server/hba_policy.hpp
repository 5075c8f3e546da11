// Lets connections in by rules, with the passwords of a store of users.
//
// Floor 4. What the hook `authenticate` returns for each connection:
//
//     auto authenticate(pgwire::login_info const& who) { return policy->login(who); }
//
// It never changes and may be shared by all connections; to read files again is to make a new one.
#pragma once

#include "pgwire/auth/conversation.hpp"
#include "pgwire/auth/oauth.hpp"
#include "pgwire/auth/password.hpp"
#include "pgwire/auth/scram_server.hpp"
#include "pgwire/auth/user_store.hpp"
#include "pgwire/net/system_user.hpp"
#include "pgwire/server/hba.hpp"
#include "pgwire/server/user_maps.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pgwire {

template<crypto Crypto, class Prepare = unprepared>
class hba_policy {
public:
    using users_type = user_store<Crypto, Prepare>;
    /// Says whose a token is, and nothing of one that is not good, or not by this issuer: as `jwt_validator::owner` does.
    using token_owner = std::function<std::optional<std::string>(std::string_view token, oauth_issuer const& from)>;

private:
    struct token_check {
        token_owner owner_of;
        std::shared_ptr<user_maps const> maps;
        std::string map;
        oauth_issuer from;

        bool operator()(std::string_view token, std::string_view user) const {
            auto const owner = owner_of(token, from);
            return owner && maps->allows(map, *owner, user);
        }
    };

public:
    using conversation =
        std::variant<trusted_login, rejected_login, known_login, cleartext_login<typename users_type::password_check>,
                     md5_login<Crypto>, scram_server<Crypto>, oauth_login<token_check>>;

    /// @param owner_of without it rules with the method oauth let nobody in; from any thread
    hba_policy(hba_rules rules, users_type users, user_maps maps = {}, token_owner owner_of = {})
        : rules_(std::move(rules)),
          users_(std::move(users)),
          maps_(std::make_shared<user_maps const>(std::move(maps))),
          owner_of_(std::move(owner_of)) {}

    [[nodiscard]] conversation login(login_info const& who) const {
        auto const* const rule = rules_.find(who);
        if (rule == nullptr) return rejected_login{};
        auto const& shown = rule->by_distinguished_name ? who.tls.distinguished_name : who.tls.common_name;
        bool const names_user = who.tls.has_certificate && maps_->allows(rule->map, shown, who.user);
        bool const is_certified = rule->certificate == hba_client_certificate::any ||
                                  (rule->certificate == hba_client_certificate::verified && who.tls.has_certificate) ||
                                  names_user;
        if (rule->method != hba_method::reject && !is_certified) return known_login{false, "certificate"};
        switch (rule->method) {
        case hba_method::trust: return trusted_login{};
        case hba_method::password: return users_.cleartext(who.user);
        case hba_method::md5:
            return std::visit([](auto&& one) -> conversation { return std::move(one); },
                              users_.md5(who.user, who.tls.end_point));
        case hba_method::scram: return users_.scram(who.user, who.tls.end_point);
        case hba_method::cert: return known_login{names_user, "certificate"};
        case hba_method::peer: {
            auto const name = who.peer.user_id ? system_user_name(*who.peer.user_id) : std::string();
            return known_login{maps_->allows(rule->map, name, who.user), "Peer"};
        }
        case hba_method::oauth:
            if (owner_of_ == nullptr) break;
            return oauth_login<token_check>(rule->issuer, who.user, {owner_of_, maps_, rule->map, rule->issuer});
        case hba_method::reject: break;
        }
        return rejected_login{};
    }

private:
    hba_rules rules_;
    users_type users_;
    std::shared_ptr<user_maps const> maps_;
    token_owner owner_of_;
};

}  // namespace pgwire
