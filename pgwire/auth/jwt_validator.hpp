// Tokens that are JSON Web Tokens: who their owner is, if an issuer has signed them. By libjwt.
//
// Floor 2, a binding to a library. A token is good if one of the issuer's keys has signed it by an algorithm that this
// key is for, if it is not expired, and if it is for us: its issuer, its audience and its scope are those that are
// wanted. Source: RFC 7519, section 4.1, RFC 8725, RFC 9068, sections 2.2 and 4.
#pragma once

#include "pgwire/auth/json_web_keys.hpp"
#include "pgwire/auth/oauth.hpp"

#include <jwt.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

struct jwt_rules {
    std::string audience{};           ///< one of the token's must be this, its `aud`; empty: it may be for anybody
    std::string user_claim = "sub";   ///< what names the token's owner
    std::chrono::seconds leeway{30};  ///< by which clocks may differ
};

/// Tells whose a token is. Shared by all connections; from any thread.
class jwt_validator {
public:
    using clock = std::chrono::system_clock;
    /// Gives the issuer's JSON Web Key Set. Asked at the beginning, and again when a token names a key that is not in
    /// it, once a minute at most: on the thread of a session, which waits for it as long as it takes.
    using key_source = std::function<std::string()>;

    /// @throws std::runtime_error with what is wrong with the keys; and what `keys` throws
    explicit jwt_validator(key_source keys, jwt_rules rules = {})
        : rules_(std::move(rules)), source_(std::move(keys)), keys_(std::make_shared<json_web_keys const>(source_())) {}

    /// Keys that stand in a file.
    [[nodiscard]] static key_source from_file(std::string path) {
        return [name = std::move(path)] {
            std::ifstream file(name, std::ios::binary);
            std::string text{std::istreambuf_iterator<char>(file), {}};
            if (!file) throw std::runtime_error("can't be read");
            return text;
        };
    }

    /// The owner of a good token; nothing if it is not good.
    /// @param from who must have made it, and what it must be for
    [[nodiscard]] std::optional<std::string> owner(std::string_view token, oauth_issuer const& from,
                                                   clock::time_point now = clock::now()) const {
        if (token.size() > longest_token || token.find('\0') != token.npos) return std::nullopt;
        std::string const text(token);
        auto const unchecked = decode(text, nullptr);
        if (unchecked == nullptr || wants_more(*unchecked)) return std::nullopt;
        char const* const named = jwt_get_header(unchecked.get(), "kid");
        std::string const id = named == nullptr ? "" : named;
        auto const keys = keys_for(id, now);
        for (auto const& key : keys->all()) {
            if (named != nullptr && key.id != id) continue;
            auto const checked = decode(text, &key.pem);
            if (checked == nullptr || !is_for(key, *checked)) continue;
            return owner_by_claims(*checked, from, now);
        }
        return std::nullopt;
    }

private:
    struct disposer {
        void operator()(jwt_t* token) const noexcept { jwt_free(token); }
        void operator()(char* text) const noexcept { std::free(text); }
    };
    using jwt = std::unique_ptr<jwt_t, disposer>;

    static constexpr std::size_t longest_token = 16'384;
    static constexpr std::chrono::minutes between_questions{1};

    /// @param key to check the signature with; null to look at the token only
    static jwt decode(std::string const& token, std::string const* key) {
        jwt_t* made = nullptr;
        auto const* const bytes = key == nullptr ? nullptr : reinterpret_cast<unsigned char const*>(key->c_str());
        if (jwt_decode(&made, token.c_str(), bytes, key == nullptr ? 0 : static_cast<int>(key->size())) != 0)
            return nullptr;
        return jwt(made);
    }
    /// Has it extensions that must be understood? None is known here.
    static bool wants_more(jwt_t& token) {
        std::unique_ptr<char, disposer> const critical(jwt_get_headers_json(&token, "crit"));
        return critical != nullptr;
    }
    /// Else a public key could be taken for the secret of a signature of another kind.
    static bool is_for(json_web_key const& key, jwt_t& token) {
        char const* const algorithm = jwt_alg_str(jwt_get_alg(&token));
        return algorithm != nullptr &&
               std::find(key.algorithms.begin(), key.algorithms.end(), algorithm) != key.algorithms.end();
    }

    std::shared_ptr<json_web_keys const> keys_for(std::string const& id, clock::time_point now) const {
        std::lock_guard const lock(mutex_);
        if (id.empty() || keys_->has(id) || (asked_ && now - *asked_ < between_questions && now >= *asked_))
            return keys_;
        asked_ = now;
        try {
            keys_ = std::make_shared<json_web_keys const>(source_());
        } catch (std::exception const&) {  // those that are known are as good as before
        }
        return keys_;
    }

    std::optional<std::string> owner_by_claims(jwt_t& token, oauth_issuer const& from, clock::time_point now) const {
        std::unique_ptr<char, disposer> const text(jwt_get_grants_json(&token, nullptr));
        auto const claims = text == nullptr ? nlohmann::json() : nlohmann::json::parse(text.get(), nullptr, false);
        if (!claims.is_object()) return std::nullopt;
        auto const expires = time_of(claims, "exp");
        if (!expires || now >= *expires + rules_.leeway) return std::nullopt;
        if (claims.contains("nbf")) {
            auto const begins = time_of(claims, "nbf");
            if (!begins || now + rules_.leeway < *begins) return std::nullopt;
        }
        if (text_of(claims, "iss") != from.identifier()) return std::nullopt;
        if (!rules_.audience.empty() && !is_among(claims, "aud", rules_.audience)) return std::nullopt;
        if (!has_scope(claims, from.scope)) return std::nullopt;
        auto owner = text_of(claims, rules_.user_claim.c_str());
        if (owner.empty() || owner.find('\0') != owner.npos) return std::nullopt;
        return owner;
    }
    static std::optional<clock::time_point> time_of(nlohmann::json const& claims, char const* name) {
        auto const found = claims.find(name);
        if (found == claims.end() || !found->is_number()) return std::nullopt;
        constexpr double longest_ago = -9e9, farthest = 9e9;  // seconds, which a clock can tell
        return clock::time_point(
            std::chrono::seconds(static_cast<std::int64_t>(std::clamp(found->get<double>(), longest_ago, farthest))));
    }
    static std::string text_of(nlohmann::json const& claims, char const* name) {
        auto const found = claims.find(name);
        return found == claims.end() || !found->is_string() ? std::string() : found->get<std::string>();
    }
    /// Is the claim this, or a list that has it?
    static bool is_among(nlohmann::json const& claims, char const* name, std::string_view wanted) {
        auto const found = claims.find(name);
        if (found == claims.end()) return false;
        if (found->is_string()) return found->get_ref<std::string const&>() == wanted;
        return found->is_array() && std::any_of(found->begin(), found->end(), [wanted](nlohmann::json const& one) {
                   return one.is_string() && one.get_ref<std::string const&>() == wanted;
               });
    }
    /// Words, in one text; some issuers have another name for them, and may give a list.
    static bool has_scope(nlohmann::json const& claims, std::string_view wanted) {
        auto const granted = ' ' + text_of(claims, "scope") + ' ' + text_of(claims, "scp") + ' ';
        while (!wanted.empty()) {
            auto const word = wanted.substr(0, wanted.find(' '));
            bool const is_granted = word.empty() || granted.find(' ' + std::string(word) + ' ') != granted.npos ||
                                    is_among(claims, "scp", word);
            if (!is_granted) return false;
            wanted.remove_prefix(std::min(word.size() + 1, wanted.size()));
        }
        return true;
    }

    jwt_rules rules_;
    key_source source_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<json_web_keys const> keys_;
    mutable std::optional<clock::time_point> asked_;
};

}  // namespace pgwire
