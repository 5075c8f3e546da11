// What the TLS connections of a server, or of a client, have in common: certificates, keys, and whom to trust.
//
// Floor 3. Certificates and keys are PEM, from files or from memory. A context never changes, so that it may be shared
// by all threads: to take a new certificate is to make a new context (see `tls_server` in
// pgwire/server/tls_server.hpp).
#pragma once

#include "pgwire/auth/certificate.hpp"
#include "pgwire/net/wolfssl.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pgwire {

/// Why a certificate, a key or a list can't be used: which file, and what is wrong with it.
class tls_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A text in PEM: that of a file, or one that is given.
struct pem_source {
    std::string file{};
    std::string text{};  ///< what stands in the file, if it is known; then that is not read

    [[nodiscard]] bool empty() const noexcept { return file.empty() && text.empty(); }
    /// For errors. @param what it is
    [[nodiscard]] std::string name(std::string_view what) const {
        return file.empty() ? std::string(what) : std::string(what) + ' ' + file;
    }
};

/// Who must show a certificate to a server.
enum class client_certificates : std::uint8_t {
    ignored,   ///< none is asked for
    optional,  ///< one that is shown must be good
    required,  ///< without one there is no connection
};

/// Ciphers that protect what they encrypt, by wolfSSL's names. Where the library has no AES in hardware, ChaCha20 is
/// several times faster, and comes first; a build with AES defines PGWIRE_WOLFSSL_HAS_AES (meson's option does).
#if defined(PGWIRE_WOLFSSL_HAS_AES)
inline constexpr std::string_view default_ciphers =
    "TLS13-AES128-GCM-SHA256:TLS13-AES256-GCM-SHA384:TLS13-CHACHA20-POLY1305-SHA256:"
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
#else
inline constexpr std::string_view default_ciphers =
    "TLS13-CHACHA20-POLY1305-SHA256:TLS13-AES128-GCM-SHA256:TLS13-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
#endif

struct tls_settings {
    pem_source certificate{};  ///< the chain, one's own certificate first
    pem_source key{};          ///< of that certificate, not encrypted
    pem_source trusted{};      ///< the authorities whose certificates are good; for a server: those of its clients
    pem_source revoked{};      ///< their revocation lists; without any, nothing is looked up
    client_certificates ask_clients = client_certificates::ignored;  ///< of a server; needs `trusted`
    bool verify_server = true;                                       ///< of a client; needs `trusted`
    std::string ciphers{default_ciphers};
};

namespace detail {

enum class tls_role : std::uint8_t { server, client };

/// wolfSSL, from the first context of the program to its end.
inline void use_wolfssl() {
    struct library {
        library() {
            if (wolfSSL_Init() != wolfssl::success) throw tls_error("wolfSSL can't be initialised");
        }
        library(library const&) = delete;
        library& operator=(library const&) = delete;
        ~library() { wolfSSL_Cleanup(); }
    };
    static library const here;
}

/// A text of wolfSSL's, or a better one.
[[nodiscard]] inline std::string tls_reason(int code) {
    switch (code) {
    case wolfssl::before_date: return "certificate is not valid yet";
    case wolfssl::after_date: return "certificate expired";
    case wolfssl::no_signer: return "certificate of an unknown authority";
    case wolfssl::domain_name_mismatch: return "certificate of another host";
    case wolfssl::no_common_version: return "no shared version of TLS";
    case wolfssl::no_certificate: return "no certificate was shown";
    case wolfssl::revoked: return "certificate revoked";
    case wolfssl::no_revocation_list: return "no revocation list of the certificate's authority";
    case wolfssl::unknown_alpn: return "no shared application protocol";
    case wolfssl::no_shared_cipher: return "no shared cipher";
    default: break;
    }
    char const* const text = wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(code));
    return text != nullptr && *text != '\0' ? text : "error " + std::to_string(code);
}

/// The text of a file, if it is not known yet. @throws tls_error
[[nodiscard]] inline pem_source read_file(pem_source from, std::string_view what) {
    if (from.file.empty() || !from.text.empty()) return from;
    try {
        std::ifstream file(from.file, std::ios::binary);
        if (!file) throw tls_error(from.name(what) + ": can't be read");
        from.text.assign(std::istreambuf_iterator<char>(file), {});
    } catch (std::ios_base::failure const&) {  // it is a directory
        throw tls_error(from.name(what) + ": can't be read");
    }
    return from;
}
/// All of them. @throws tls_error
[[nodiscard]] inline tls_settings read_files(tls_settings settings) {
    settings.certificate = read_file(std::move(settings.certificate), "certificate");
    settings.key = read_file(std::move(settings.key), "key");
    settings.trusted = read_file(std::move(settings.trusted), "certificates to trust");
    settings.revoked = read_file(std::move(settings.revoked), "revocation list");
    return settings;
}

struct wolfssl_deleter {
    void operator()(WOLFSSL_CTX* context) const noexcept { wolfSSL_CTX_free(context); }
    void operator()(WOLFSSL* connection) const noexcept { wolfSSL_free(connection); }
    void operator()(WOLFSSL_X509* one) const noexcept { wolfSSL_X509_free(one); }
};
using x509_pointer = std::unique_ptr<WOLFSSL_X509, wolfssl_deleter>;

[[nodiscard]] inline std::string_view der_of(WOLFSSL_X509* one) noexcept {
    int size = 0;
    auto const* const bytes = one == nullptr ? nullptr : wolfSSL_X509_get_der(one, &size);
    if (bytes == nullptr || size <= 0) return {};
    return {reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size)};
}

/// The hash of a certificate that tls-server-end-point binds to. Empty if there is none.
[[nodiscard]] inline std::string end_point_of(std::string_view der) {
    auto const take = [der](auto hash, std::size_t size) {
        std::array<unsigned char, 64> digest{};
        auto const* const bytes = reinterpret_cast<unsigned char const*>(der.data());
        if (hash(bytes, static_cast<unsigned>(der.size()), digest.data()) != 0) return std::string();
        return std::string(reinterpret_cast<char const*>(digest.data()), size);
    };
    switch (certificate(der).hash()) {
    case certificate_hash::sha256: return take(wc_Sha256Hash, 32);
    case certificate_hash::sha384: return take(wc_Sha384Hash, 48);
    case certificate_hash::sha512: return take(wc_Sha512Hash, 64);
    case certificate_hash::none: break;
    }
    return {};
}

}  // namespace detail

class tls_context {
public:
    using role = detail::tls_role;

    /// @throws tls_error
    tls_context(role mine, tls_settings const& settings) : role_(mine) {
        using namespace detail;
        use_wolfssl();
        context_.reset(wolfSSL_CTX_new(mine == role::server ? wolfSSLv23_server_method() : wolfSSLv23_client_method()));
        if (context_ == nullptr) throw tls_error("wolfSSL gives no context");
        check(wolfSSL_CTX_SetMinVersion(context_.get(), wolfssl::tls_1_2), "TLS 1.2");
        use_ciphers(settings.ciphers);
        take_certificate(settings);
        take_trust(settings);
    }

    [[nodiscard]] role mine() const noexcept { return role_; }
    /// What SCRAM binds to: the hash of one's own certificate, of a server. Empty if there is none.
    [[nodiscard]] std::string const& end_point() const noexcept { return end_point_; }
    [[nodiscard]] WOLFSSL_CTX* native_handle() const noexcept { return context_.get(); }

private:
    static void check(int result, std::string const& what) {
        if (result != detail::wolfssl::success) throw tls_error(what + ": " + detail::tls_reason(result));
    }

    struct pem {
        std::string name;
        std::string text;
        [[nodiscard]] unsigned char const* data() const noexcept {
            return reinterpret_cast<unsigned char const*>(text.data());
        }
        [[nodiscard]] long size() const noexcept { return static_cast<long>(text.size()); }
    };
    static pem load(pem_source const& from, std::string_view what, std::string_view marker) {
        auto const read = detail::read_file(from, what);
        pem made{read.name(what), read.text};
        if (made.text.find(marker) == std::string::npos)
            throw tls_error(made.name + ": there is no \"-----BEGIN …" + std::string(marker) + "\" in it");
        return made;
    }

    /// wolfSSL would also take what does not encrypt, and stay with its defaults if it knows none.
    void use_ciphers(std::string const& list) {
        for (std::string_view left = list;;) {
            auto const name = left.substr(0, left.find(':'));
            bool const protects = name.find("GCM") != name.npos || name.find("CHACHA20") != name.npos;
            if (!protects) throw tls_error("ciphers: \"" + std::string(name) + "\" is neither AES-GCM nor ChaCha20");
            if (name.size() == left.size()) break;
            left.remove_prefix(name.size() + 1);
        }
        if (wolfSSL_CTX_set_cipher_list(context_.get(), list.c_str()) != detail::wolfssl::success)
            throw tls_error("ciphers: none of \"" + list + "\" is known");
    }

    void take_certificate(tls_settings const& settings) {
        using namespace detail;
        if (settings.certificate.empty() && settings.key.empty() && role_ == role::client) return;
        if (settings.certificate.empty()) throw tls_error("certificate: there is none");
        if (settings.key.empty()) throw tls_error("key: there is none");
        auto const chain = load(settings.certificate, "certificate", "CERTIFICATE-----");
        auto const key = load(settings.key, "key", "PRIVATE KEY-----");
        check(wolfSSL_CTX_use_certificate_chain_buffer(context_.get(), chain.data(), chain.size()), chain.name);
        if (key.text.find("ENCRYPTED") != std::string::npos) throw tls_error(key.name + ": is encrypted");
        check(wolfSSL_CTX_use_PrivateKey_buffer(context_.get(), key.data(), key.size(), wolfssl::pem), key.name);
        x509_pointer const first(
            wolfSSL_X509_load_certificate_buffer(chain.data(), static_cast<int>(chain.size()), wolfssl::pem));
        auto const der = der_of(first.get());
        if (certificate(der).key_kind() == rsa_pss_key)  // wolfSSL takes it, and signs as no client wants it
            throw tls_error(chain.name + ": has a key of the kind RSA-PSS, which can't be used");
        end_point_ = end_point_of(der);
    }
    static constexpr std::string_view rsa_pss_key = "1.2.840.113549.1.1.10";

    void take_trust(tls_settings const& settings) {
        using namespace detail;
        bool const is_server = role_ == role::server;
        bool const asks = is_server ? settings.ask_clients != client_certificates::ignored : settings.verify_server;
        if (!asks) {
            wolfSSL_CTX_set_verify(context_.get(), wolfssl::verify_none, nullptr);
            return;
        }
        if (settings.trusted.empty()) throw tls_error("certificates to trust: there are none");
        auto const trusted = load(settings.trusted, "certificates to trust", "CERTIFICATE-----");
        check(wolfSSL_CTX_load_verify_buffer(context_.get(), trusted.data(), trusted.size(), wolfssl::pem),
              trusted.name);
        if (!settings.revoked.empty()) {
            auto const revoked = load(settings.revoked, "revocation list", "X509 CRL-----");
            check(wolfSSL_CTX_EnableCRL(context_.get(), wolfssl::check_all_revocations), revoked.name);
            check(wolfSSL_CTX_LoadCRLBuffer(context_.get(), revoked.data(), revoked.size(), wolfssl::pem),
                  revoked.name);
        }
        bool const must = is_server && settings.ask_clients == client_certificates::required;
        wolfSSL_CTX_set_verify(context_.get(), wolfssl::verify_peer | (must ? wolfssl::fail_without_certificate : 0),
                               nullptr);
        if (is_server) {  // a session that is resumed shows no certificate, and one may have been revoked meanwhile
            wolfSSL_CTX_NoTicketTLSv12(context_.get());
            wolfSSL_CTX_no_ticket_TLSv13(context_.get());
            wolfSSL_CTX_set_session_cache_mode(context_.get(), wolfssl::cache_off);
        }
    }

    role role_;
    std::unique_ptr<WOLFSSL_CTX, detail::wolfssl_deleter> context_;
    std::string end_point_;
};

}  // namespace pgwire
