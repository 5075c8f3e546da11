// The public keys of an issuer of tokens: a JSON Web Key Set, read by nlohmann-json.
//
// Floor 2, a binding to a library. Of a set's keys those are taken that sign: RSA of 2,048 bits or more, and NIST's
// curves. Others are passed over, as RFC 7517 has it. Source: RFC 7517, section 5; RFC 7518, section 6.
#pragma once

#include "pgwire/auth/base64.hpp"
#include "pgwire/auth/public_key.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

/// A member that is a text; empty if it is none.
[[nodiscard]] inline std::string json_text(nlohmann::json const& object, char const* name) {
    auto const found = object.find(name);
    return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

}  // namespace detail

struct json_web_key {
    std::string id;                       ///< `kid`; empty if it has none
    std::string pem;                      ///< of the public key
    std::vector<std::string> algorithms;  ///< those that it may be used with, as tokens name them

    [[nodiscard]] bool is_for(std::string_view algorithm) const noexcept {
        return std::find(algorithms.begin(), algorithms.end(), algorithm) != algorithms.end();
    }
};

/// A set of keys. Never changes.
class json_web_keys {
public:
    json_web_keys() = default;
    /// @throws std::runtime_error with what is wrong with the text, or if there is no key of use in it
    explicit json_web_keys(std::string_view text) {
        auto const set = nlohmann::json::parse(text, nullptr, false);
        if (set.is_discarded()) throw std::runtime_error("this is no JSON");
        auto const keys = set.is_object() ? set.find("keys") : set.end();
        if (!set.is_object() || keys == set.end() || !keys->is_array())
            throw std::runtime_error("this is no set of JSON Web Keys: there is no list \"keys\"");
        for (auto const& one : *keys)
            if (auto key = read(one)) keys_.push_back(*std::move(key));
        if (keys_.empty()) throw std::runtime_error("there is no key in it that could have signed a token");
    }

    [[nodiscard]] std::vector<json_web_key> const& all() const noexcept { return keys_; }
    [[nodiscard]] bool has(std::string_view id) const noexcept {
        return std::any_of(keys_.begin(), keys_.end(), [id](json_web_key const& key) { return key.id == id; });
    }

private:
    static constexpr std::size_t fewest_rsa_bytes = 256, most_rsa_bytes = 1024, most_exponent_bytes = 8;

    static std::string bytes_of(nlohmann::json const& object, char const* name) {
        return decode_base64url(detail::json_text(object, name)).value_or(std::string());
    }

    static std::optional<json_web_key> read(nlohmann::json const& one) {
        if (!one.is_object()) return std::nullopt;
        if (auto const use = detail::json_text(one, "use"); !use.empty() && use != "sig") return std::nullopt;
        if (auto const may = one.find("key_ops"); may != one.end()) {
            bool const may_verify = may->is_array() && std::find(may->begin(), may->end(), "verify") != may->end();
            if (!may_verify) return std::nullopt;
        }
        json_web_key key;
        key.id = detail::json_text(one, "kid");
        if (auto const type = detail::json_text(one, "kty"); type == "RSA") {
            auto modulus = bytes_of(one, "n");
            auto exponent = bytes_of(one, "e");
            for (auto* number : {&modulus, &exponent})
                number->erase(0, std::min(number->find_first_not_of('\0'), number->size()));
            if (modulus.size() == fewest_rsa_bytes && (modulus.front() & 0x80) == 0) return std::nullopt;
            bool const is_odd = !exponent.empty() && (exponent.back() & 1) != 0;
            if (modulus.size() < fewest_rsa_bytes || modulus.size() > most_rsa_bytes || !is_odd || exponent == "\x01" ||
                exponent.size() > most_exponent_bytes)
                return std::nullopt;
            key.pem = rsa_public_key(modulus, exponent);
            key.algorithms = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"};
        } else if (type == "EC") {
            auto const name = detail::json_text(one, "crv");
            auto const curve = name == "P-256"   ? std::optional(elliptic_curve::p256)
                               : name == "P-384" ? std::optional(elliptic_curve::p384)
                               : name == "P-521" ? std::optional(elliptic_curve::p521)
                                                 : std::nullopt;
            if (!curve) return std::nullopt;
            auto pem = elliptic_public_key(*curve, bytes_of(one, "x"), bytes_of(one, "y"));
            if (!pem) return std::nullopt;
            key.pem = *std::move(pem);
            key.algorithms = {*curve == elliptic_curve::p256   ? "ES256"
                              : *curve == elliptic_curve::p384 ? "ES384"
                                                               : "ES512"};
        } else {
            return std::nullopt;
        }
        if (auto const only = detail::json_text(one, "alg"); !only.empty()) {
            if (!key.is_for(only)) return std::nullopt;
            key.algorithms = {only};
        }
        return key;
    }

    std::vector<json_web_key> keys_;
};

}  // namespace pgwire
