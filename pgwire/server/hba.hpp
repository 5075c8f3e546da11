// Rules that say who may enter and how, in a file of pg_hba.conf's form.
//
//     # type    database  user  address         method
//     local     all       all                   peer
//     host      all       all   127.0.0.1/32    scram-sha-256
//     hostssl   sales     all   10.0.0.0/8      cert map=people
//     hostssl   all       all   10.0.0.0/8      oauth issuer="https://issuer.example" scope="openid db"
//     hostnossl all       all   all             reject
//
// Floor 4. The first rule that fits a connection decides; where none fits, nobody enters. What these rules can't do
// (files that include others, names of hosts, groups, regular expressions) is an error in the file, and never ignored.
// Source: PostgreSQL documentation, "The pg_hba.conf File" and "User Name Maps".
#pragma once

#include "pgwire/auth/oauth.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/server/rule_file.hpp"
#include "pgwire/server/session_context.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

enum class hba_method : std::uint8_t { trust, reject, password, md5, scram, cert, peer, oauth };

/// Which certificates a rule wants beside its method.
enum class hba_client_certificate : std::uint8_t {
    any,          ///< none at all is fine, too
    verified,     ///< `clientcert=verify-ca`: one from a trusted authority
    of_the_user,  ///< `clientcert=verify-full`: and it names the user
};

struct hba_rule {
    enum class kind : std::uint8_t { local, host, hostssl, hostnossl };

    std::size_t line = 0;  ///< of the file, counted from 1
    kind connection = kind::host;
    std::vector<rule_word> databases;
    std::vector<rule_word> users;
    std::optional<std::pair<asio::ip::address, unsigned>> network;  ///< and the length of its prefix; none: any address
    hba_method method = hba_method::reject;
    std::string map;  ///< the name of a map of users; empty for none
    hba_client_certificate certificate = hba_client_certificate::any;
    bool by_distinguished_name = false;  ///< `clientname=DN`: that is the certificate's name, and not CN
    oauth_issuer issuer;  ///< of the method oauth
};

class hba_rules {
public:
    /// Reads a whole file. @return what is wrong with it; nothing if it was read. Then the rules are what they were.
    [[nodiscard]] std::optional<rule_error> read(std::string_view text) {
        std::vector<hba_rule> rules;
        rule_reader lines(text);
        for (rule_line line; lines.next(line);) {
            if (!line.error.empty()) return rule_error{line.number, line.error};
            hba_rule rule;
            if (auto const wrong = read_rule(line, rule); !wrong.empty()) return rule_error{line.number, wrong};
            rules.push_back(std::move(rule));
        }
        rules_ = std::move(rules);
        return std::nullopt;
    }

    /// The first rule that fits; nullptr if none does. Lives until the rules are read again.
    [[nodiscard]] hba_rule const* find(login_info const& who) const {
        auto const fits = [&who](hba_rule const& r) {
            return fits_connection(r, who) && fits_database(r, who) && fits_user(r, who);
        };
        auto const found = std::find_if(rules_.begin(), rules_.end(), fits);
        return found == rules_.end() ? nullptr : &*found;
    }

    [[nodiscard]] std::span<hba_rule const> all() const noexcept { return rules_; }

private:
    using words = std::vector<rule_word>;

    // ---- does a rule fit?

    static bool fits_connection(hba_rule const& r, login_info const& who) {
        bool const is_unix = who.peer.is_unix;
        if (r.connection == hba_rule::kind::local || is_unix) return r.connection == hba_rule::kind::local && is_unix;
        if (r.connection == hba_rule::kind::hostssl && !who.peer.is_secure) return false;
        if (r.connection == hba_rule::kind::hostnossl && who.peer.is_secure) return false;
        if (!r.network) return true;
        error_code ec;
        auto const address = detail::unmapped(asio::ip::make_address(who.peer.address, ec));
        return !ec && begins_alike(address, r.network->first, r.network->second);
    }
    static bool fits_database(hba_rule const& r, login_info const& who) {
        return std::any_of(r.databases.begin(), r.databases.end(), [&](rule_word const& w) {
            return w.is("all") || (w.is("sameuser") && who.database == who.user) || w.text == who.database;
        });
    }
    static bool fits_user(hba_rule const& r, login_info const& who) {
        return std::any_of(r.users.begin(), r.users.end(),
                           [&](rule_word const& w) { return w.is("all") || w.text == who.user; });
    }

    // ---- reading one

    static std::string read_rule(rule_line const& line, hba_rule& rule) {
        rule.line = line.number;
        auto at = line.fields.begin();
        auto const take = [&](words& into) {
            if (at == line.fields.end()) return false;
            into = *at++;
            return true;
        };
        words type, method;
        take(type);
        auto const kind = find_in(connections, single(type));
        if (!kind) return "\"" + single(type) + "\" is no type of connection (local, host, hostssl, hostnossl)";
        rule.connection = *kind;
        if (!take(rule.databases)) return "a database is missing";
        if (!take(rule.users)) return "a user is missing";
        for (auto const& list : {rule.databases, rule.users})
            if (auto wrong = unsupported(list); !wrong.empty()) return wrong;
        if (rule.connection != hba_rule::kind::local) {
            words address;
            if (!take(address)) return "an address is missing";
            words mask;
            bool const has_mask =
                single(address).find('/') == std::string::npos && is_address(single(address)) && take(mask);
            if (auto wrong = read_network(address, has_mask ? &mask : nullptr, rule); !wrong.empty()) return wrong;
        }
        if (!take(method)) return "a method is missing";
        auto const how = find_in(methods, single(method));
        if (!how) return "\"" + single(method) + "\" is no method that is known here";
        rule.method = *how;
        if (rule.method == hba_method::peer && rule.connection != hba_rule::kind::local)
            return "peer is for local connections";
        if (rule.method == hba_method::cert && rule.connection != hba_rule::kind::hostssl)
            return "cert is for hostssl connections";
        for (; at != line.fields.end(); ++at)
            if (auto wrong = read_option(single(*at), rule); !wrong.empty()) return wrong;
        if (rule.method == hba_method::oauth && (rule.issuer.url.empty() || rule.issuer.scope.empty()))
            return "oauth needs issuer=URL and scope=WORDS";
        return {};
    }
    static std::string unsupported(words const& list) {
        for (auto const& w : list) {
            if (w.text.starts_with('/')) return "\"" + w.text + "\": there are no regular expressions here";
            if (w.is_quoted) continue;
            if (w.text.starts_with('+') || w.text == "samerole" || w.text == "samegroup")
                return "\"" + w.text + "\": there are no groups here";
            if (w.text.starts_with('@')) return "\"" + w.text + "\": no other file is read";
            if (w.text == "replication") return "\"replication\": there are no such connections here";
        }
        return {};
    }
    static std::string read_network(words const& field, words const* mask, hba_rule& rule) {
        auto const text = single(field);
        if (field.size() == 1 && field.front().is("all")) return {};
        auto const slash = text.find('/');
        error_code ec;
        auto const address = asio::ip::make_address(text.substr(0, slash), ec);
        if (ec) return "\"" + text + "\" is no address (names of hosts are not looked up here)";
        if (detail::unmapped(address) != address) return "\"" + text + "\": write it as an address of IPv4";
        unsigned const longest = address.is_v4() ? 32 : 128;
        unsigned length = 0;
        if (slash != text.npos) {
            auto const digits = std::string_view(text).substr(slash + 1);
            auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), length);
            if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size() ||
                length > longest)
                return "\"" + text + "\": the length of a prefix is a number from 0 to " + std::to_string(longest);
        } else {
            if (mask == nullptr) return "\"" + text + "\": the length of its prefix, or a mask, is missing";
            auto const known = prefix_of(single(*mask), address.is_v4());
            if (!known) return "\"" + single(*mask) + "\" is no mask for " + text;
            length = *known;
        }
        rule.network.emplace(address, length);
        return {};
    }
    static std::string read_option(std::string const& option, hba_rule& rule) {
        auto const equal = option.find('=');
        if (equal == option.npos) return "\"" + option + "\" is no option: NAME=VALUE is expected";
        auto const name = option.substr(0, equal);
        auto const setting = option.substr(equal + 1);
        bool const by_certificate = rule.method == hba_method::cert;
        bool const by_oauth = rule.method == hba_method::oauth;
        if (name == "map" && (by_certificate || by_oauth || rule.method == hba_method::peer)) {
            rule.map = setting;
        } else if (name == "issuer" && by_oauth) {
            rule.issuer.url = setting;
        } else if (name == "scope" && by_oauth) {
            rule.issuer.scope = setting;
        } else if (name == "clientcert" && rule.connection == hba_rule::kind::hostssl) {
            if (setting == "verify-ca" && !by_certificate) rule.certificate = hba_client_certificate::verified;
            else if (setting == "verify-full") rule.certificate = hba_client_certificate::of_the_user;
            else return "clientcert is verify-full, or without the method cert verify-ca, and not \"" + setting + '"';
        } else if (name == "clientname" && rule.connection == hba_rule::kind::hostssl) {
            if (setting != "CN" && setting != "DN") return "clientname is CN or DN, and not \"" + setting + '"';
            rule.by_distinguished_name = setting == "DN";
        } else {
            return "there is no option \"" + name + "\" for such a rule";
        }
        return {};
    }

    // ---- words and addresses

    static std::string single(words const& field) { return field.size() == 1 ? field.front().text : std::string(); }

    template<class T, std::size_t N>
    static std::optional<T> find_in(std::array<std::pair<std::string_view, T>, N> const& names, std::string_view name) {
        for (auto const& [known, setting] : names)
            if (known == name) return setting;
        return std::nullopt;
    }
    static constexpr std::array<std::pair<std::string_view, hba_rule::kind>, 4> connections{{
        {"local", hba_rule::kind::local},
        {"host", hba_rule::kind::host},
        {"hostssl", hba_rule::kind::hostssl},
        {"hostnossl", hba_rule::kind::hostnossl},
    }};
    static constexpr std::array<std::pair<std::string_view, hba_method>, 8> methods{{
        {"trust", hba_method::trust},
        {"reject", hba_method::reject},
        {"password", hba_method::password},
        {"md5", hba_method::md5},
        {"scram-sha-256", hba_method::scram},
        {"cert", hba_method::cert},
        {"peer", hba_method::peer},
        {"oauth", hba_method::oauth},
    }};

    static bool is_address(std::string const& text) {
        error_code ec;
        asio::ip::make_address(text, ec);
        return !ec;
    }
    /// The bits of an address, four or sixteen bytes.
    static std::vector<unsigned char> bytes_of(asio::ip::address const& a) {
        auto const copy = [](auto const& bytes) { return std::vector<unsigned char>(bytes.begin(), bytes.end()); };
        return a.is_v4() ? copy(a.to_v4().to_bytes()) : copy(a.to_v6().to_bytes());
    }
    static bool begins_alike(asio::ip::address const& a, asio::ip::address const& b, unsigned bits) {
        if (a.is_v4() != b.is_v4()) return false;
        auto const one = bytes_of(a), other = bytes_of(b);
        std::size_t const whole = bits / 8;
        if (!std::equal(one.begin(), one.begin() + static_cast<std::ptrdiff_t>(whole), other.begin())) return false;
        if (bits % 8 == 0) return true;
        return ((one[whole] ^ other[whole]) >> (8 - bits % 8)) == 0;
    }
    static std::optional<unsigned> prefix_of(std::string const& mask, bool is_v4) {
        error_code ec;
        auto const address = asio::ip::make_address(mask, ec);
        if (ec || address.is_v4() != is_v4) return std::nullopt;
        unsigned bits = 0;
        bool ended = false;
        for (unsigned char const byte : bytes_of(address))
            for (int i = 7; i >= 0; --i) {
                bool const is_set = (byte >> i & 1) != 0;
                if (is_set && ended) return std::nullopt;
                ended = ended || !is_set;
                bits += is_set ? 1 : 0;
            }
        return bits;
    }

    std::vector<hba_rule> rules_;
};

}  // namespace pgwire
