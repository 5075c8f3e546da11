// The users of a server, with what it needs to check their passwords.
//
// Floor 2. Made once, of a list of users, and shared by all connections: it never changes. Each login gets a
// conversation of its own from it.
#pragma once

#include "pgwire/auth/conversation.hpp"
#include "pgwire/auth/crypto.hpp"
#include "pgwire/auth/password.hpp"
#include "pgwire/auth/scram_server.hpp"
#include "pgwire/auth/user_list.hpp"
#include "pgwire/auth/verifier.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pgwire {

/// @tparam Prepare SASLprep, such as `saslprep`; without it, passwords should be of ASCII
template<crypto Crypto, class Prepare = unprepared>
class user_store {
public:
    /// A password that is kept as it is becomes a verifier here, which takes some milliseconds each. Its salt is the
    /// one that a user would get who is not there, so that nobody can tell them apart.
    /// @param mock_secret random bytes that nobody else knows, for the salts of users that are not there: the same ones
    ///     when a list is read again, so that these salts stay; see `make_secret`
    user_store(user_list const& users, std::string mock_secret) : mock_secret_(std::move(mock_secret)) {
        users.for_each([&](std::string_view name, std::string_view secret) {
            auto verifier = parse_scram_verifier(secret);
            if (verifier && !kept_iterations_) kept_iterations_ = verifier->iterations;
            users_.emplace(std::string(name), user{std::string(secret), std::move(verifier)});
        });
        for (auto& [name, one] : users_) {
            if (one.scram || one.stored.empty() || is_md5_verifier(one.stored)) continue;
            one.scram =
                make_scram_verifier<Crypto>(Prepare{}(one.stored), mock_salt<Crypto>(name, mock_secret_), iterations());
        }
    }
    explicit user_store(user_list const& users) : user_store(users, make_secret()) {}

    /// Bytes that nobody can foretell, for the constructor. Empty if there are none to be had.
    [[nodiscard]] static std::string make_secret() {
        std::array<char, 32> bytes{};
        return Crypto::fill_random(bytes) ? std::string(bytes_of(bytes)) : std::string();
    }

    /// SCRAM-SHA-256, and the PLUS form of it where the connection has something to bind to. A user that is not there,
    /// or has an MD5 hash only, fails at the end.
    /// @param channel_binding see `scram_server`
    [[nodiscard]] scram_server<Crypto> scram(std::string_view name, std::string channel_binding = {}) const {
        if (auto const* const found = find(name); found != nullptr && found->scram)
            return scram_server<Crypto>(*found->scram, std::move(channel_binding));
        return scram_server<Crypto>::mock(name, mock_secret_, std::move(channel_binding), iterations());
    }

    using md5_or_scram = std::variant<md5_login<Crypto>, scram_server<Crypto>>;
    /// MD5 for those who have such a hash, and SCRAM for all others, as PostgreSQL's method `md5`.
    [[nodiscard]] md5_or_scram md5(std::string_view name, std::string channel_binding = {}) const {
        auto const* const found = find(name);
        if (found != nullptr && is_md5_verifier(found->stored)) return md5_login<Crypto>(found->stored, name);
        return scram(name, std::move(channel_binding));
    }

    /// Is the password right? For the cleartext method.
    class password_check {
    public:
        password_check(std::string_view stored, std::string_view user, bool is_doomed)
            : stored_(stored), user_(user), is_doomed_(is_doomed) {}
        [[nodiscard]] bool operator()(std::string_view password) const {
            bool const is_right = !stored_.empty() && is_password_of<Crypto, Prepare>(stored_, user_, password);
            return is_right && !is_doomed_;
        }

    private:
        std::string stored_;
        std::string user_;
        bool is_doomed_;
    };
    /// It takes as long for a user that is not there as for one with a verifier, if there are such.
    [[nodiscard]] cleartext_login<password_check> cleartext(std::string_view name) const {
        auto const* const found = find(name);
        if (found != nullptr) return cleartext_login(password_check(found->stored, name, false));
        scram_verifier const nobody{iterations(), mock_salt<Crypto>(name, mock_secret_)};
        return cleartext_login(
            password_check(kept_iterations_ ? format_scram_verifier(nobody) : std::string(), name, true));
    }

private:
    struct user {
        std::string stored;
        std::optional<scram_verifier> scram;
    };

    [[nodiscard]] user const* find(std::string_view name) const {
        auto const found = users_.find(name);
        return found == users_.end() ? nullptr : &found->second;
    }
    /// As most stored verifiers are likely to have it.
    [[nodiscard]] std::uint32_t iterations() const noexcept {
        return kept_iterations_.value_or(scram_verifier::default_iterations);
    }

    std::map<std::string, user, std::less<>> users_;
    std::string mock_secret_;
    std::optional<std::uint32_t> kept_iterations_;  // the iterations of the first verifier: others should look like it
};

}  // namespace pgwire
