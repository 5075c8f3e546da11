// Tokens that are JSON Web Tokens: who their owner is, if an issuer has signed them.
//
// Floor 2, a binding to libraries: signatures by OpenSSL, JSON by nlohmann-json. A token is good if one of the issuer's
// keys has signed it by an algorithm that this key is for, if it is not expired, and if it is for us: its issuer, its
// audience and its scope are those that are wanted.
// Source: RFC 7515, sections 4.1 and 7.1; RFC 7519, section 4.1; RFC 8725; RFC 9068, sections 2 and 4.
#pragma once

#include "pgwire/auth/base64.hpp"
#include "pgwire/auth/json_web_keys.hpp"
#include "pgwire/auth/json_web_signature.hpp"
#include "pgwire/auth/oauth.hpp"
#include "pgwire/core/ascii.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
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
    std::string issuer;               ///< who must have made a token, as its `iss` has it
    std::string audience;             ///< us: one of those that the token is for, its `aud`
    bool for_anybody = false;         ///< whomever it is for: then any other service's token opens this one
    std::string user_claim = "sub";   ///< what names the token's owner
    std::chrono::seconds leeway{30};  ///< by which clocks may differ, not negative
    std::chrono::seconds keys_last{
        600};  ///< how long keys are believed before the issuer is asked for them again; a day at most
    /// Hears why keys could not be had again; those that are known are used on. On the thread that has asked for them.
    std::function<void(std::string_view why)> on_failure{};
};

/// Tells whose a token is. Shared by all connections; from any thread.
class jwt_validator {
public:
    using clock = std::chrono::system_clock;
    /// Gives the issuer's JSON Web Key Set. Asked at the beginning; then, once a minute at most, when a token names a
    /// key that is not known, or those that are have become old. That is on the thread of the session whose token it
    /// is, which waits for it; the other ones go on with the keys that are known.
    using key_source = std::function<std::string()>;

    /// @throws std::invalid_argument if there is no issuer, or no audience; std::runtime_error with what is wrong with
    ///     the keys; and what `keys` throws
    /// @param now as in `owner`
    jwt_validator(key_source keys, jwt_rules rules, clock::time_point now = clock::now())
        : rules_(std::move(rules)),
          source_(std::move(keys)),
          keys_(std::make_shared<json_web_keys const>(source_())),
          known_since_(now) {
        if (rules_.issuer.empty()) throw std::invalid_argument("pgwire: tokens of which issuer?");
        if (rules_.audience.empty() && !rules_.for_anybody)
            throw std::invalid_argument("pgwire: tokens for which audience?");
    }

    /// Keys that stand in a file, which is read each time.
    [[nodiscard]] static key_source from_file(std::string path) {
        return [name = std::move(path)] {
            std::ifstream file(name, std::ios::binary);
            std::string text{std::istreambuf_iterator<char>(file), {}};
            if (!file) throw std::runtime_error("can't be read");
            return text;
        };
    }

    /// The owner of a good token; nothing if it is not good, or longer than 16 KiB. Checks one signature, or if the
    /// token does not name its key, one for each key that it may be.
    /// @param scope what the token must be for, separated by blanks. With none an ID token for the same audience is
    /// good
    /// @throws std::bad_alloc, and what `on_failure` throws
    [[nodiscard]] std::optional<std::string> owner(std::string_view token, std::string_view scope,
                                                   clock::time_point now = clock::now()) const {
        if (token.size() > longest_token) return std::nullopt;
        auto const first = token.find('.'), last = token.rfind('.');
        if (first == token.npos || token.find('.', first + 1) != last) return std::nullopt;
        auto const head = read_object(token.substr(0, first));
        auto const signature = decode_base64url(token.substr(last + 1));
        if (!is_token(head) || !signature) return std::nullopt;
        auto const id = detail::json_text(head, "kid");
        auto const algorithm = detail::json_text(head, "alg");
        auto const keys = keys_for(id, now);
        auto const is_by = [&](json_web_key const& key) {
            return (id.empty() || key.id == id) && key.is_for(algorithm) &&
                   is_signed_by(key.pem, algorithm, token.substr(0, last), *signature);
        };
        if (std::none_of(keys->all().begin(), keys->all().end(), is_by)) return std::nullopt;
        return owner_by_claims(read_object(token.substr(first + 1, last - first - 1)), scope, now);
    }

private:
    using json = nlohmann::json;

    static constexpr std::size_t longest_token = 16'384;
    static constexpr std::chrono::minutes between_questions{1};

    /// A part of a token; nothing that is an object if it is none.
    static json read_object(std::string_view part) {
        auto const text = decode_base64url(part);
        return text ? json::parse(*text, nullptr, false) : json();
    }
    /// A token that may be one for access: of that type, or of none in particular, as many issuers have it, so that
    /// audience and scope decide. With no extensions, since none is known here.
    static bool is_token(json const& head) {
        if (!head.is_object() || head.contains("crit")) return false;
        if (!head.contains("typ")) return true;
        auto kind = detail::json_text(head, "typ");
        constexpr std::string_view prefix = "application/";
        if (detail::equals_ignoring_case(std::string_view(kind).substr(0, prefix.size()), prefix))
            kind.erase(0, prefix.size());
        return detail::equals_ignoring_case(kind, "JWT") || detail::equals_ignoring_case(kind, "at+jwt");
    }

    std::shared_ptr<json_web_keys const> keys_for(std::string const& id, clock::time_point now) const {
        std::unique_lock lock(mutex_);
        auto const is_within = [now](clock::time_point then,
                                     clock::duration most) {  // whichever was first: clocks differ
            return now < then ? then - now < between_questions : now - then < most;
        };
        bool const are_old = !is_within(known_since_, rules_.keys_last);
        bool const has_it = id.empty() || keys_->has(id);
        if ((has_it && !are_old) || (asked_ && is_within(*asked_, between_questions))) return keys_;
        asked_ = now;
        lock.unlock();  // the others go on with those that are known
        std::shared_ptr<json_web_keys const> fresh;
        try {
            fresh = std::make_shared<json_web_keys const>(source_());
        } catch (std::exception const& e) {
            if (rules_.on_failure) rules_.on_failure(e.what());
        } catch (...) {
            if (rules_.on_failure) rules_.on_failure("an exception of a kind that is not known");
        }
        lock.lock();
        if (fresh) {
            keys_ = std::move(fresh);
            known_since_ = now;
        }
        return keys_;
    }

    std::optional<std::string> owner_by_claims(json const& claims, std::string_view scope,
                                               clock::time_point now) const {
        if (!claims.is_object()) return std::nullopt;
        auto const expires = time_of(claims, "exp");
        if (!expires || now >= *expires + rules_.leeway) return std::nullopt;
        if (claims.contains("nbf")) {
            auto const begins = time_of(claims, "nbf");
            if (!begins || now + rules_.leeway < *begins) return std::nullopt;
        }
        if (detail::json_text(claims, "iss") != rules_.issuer) return std::nullopt;
        if (!rules_.for_anybody && !is_among(claims, "aud", rules_.audience)) return std::nullopt;
        if (!has_scope(claims, scope)) return std::nullopt;
        auto owner = detail::json_text(claims, rules_.user_claim.c_str());
        if (owner.empty() || owner.find('\0') != owner.npos) return std::nullopt;
        return owner;
    }
    static std::optional<clock::time_point> time_of(json const& claims, char const* name) {
        auto const found = claims.find(name);
        if (found == claims.end() || !found->is_number()) return std::nullopt;
        constexpr double longest_ago = -9e9, farthest = 9e9;  // seconds, which a clock can tell
        return clock::time_point(
            std::chrono::seconds(static_cast<std::int64_t>(std::clamp(found->get<double>(), longest_ago, farthest))));
    }
    /// Is the claim this, or a list that has it?
    static bool is_among(json const& claims, char const* name, std::string_view wanted) {
        auto const found = claims.find(name);
        if (found == claims.end()) return false;
        if (found->is_string()) return found->get_ref<std::string const&>() == wanted;
        return found->is_array() && std::any_of(found->begin(), found->end(), [wanted](json const& one) {
                   return one.is_string() && one.get_ref<std::string const&>() == wanted;
               });
    }
    /// Words, in one text; some issuers have another name for them, and may give a list.
    static bool has_scope(json const& claims, std::string_view wanted) {
        auto const granted = ' ' + detail::json_text(claims, "scope") + ' ' + detail::json_text(claims, "scp") + ' ';
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
    mutable clock::time_point known_since_;
    mutable std::optional<clock::time_point> asked_;
};

}  // namespace pgwire
