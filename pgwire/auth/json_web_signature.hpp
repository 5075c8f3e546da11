// Signatures of tokens, by OpenSSL.
//
// Floor 2, a binding to a library. Source: RFC 7518, sections 3.3 to 3.5.
#pragma once

#include "pgwire/auth/public_key.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace pgwire {

namespace detail {

struct openssl_disposer {
    void operator()(BIO* one) const noexcept { BIO_free(one); }
    void operator()(EVP_PKEY* one) const noexcept { EVP_PKEY_free(one); }
    void operator()(EVP_MD_CTX* one) const noexcept { EVP_MD_CTX_free(one); }
};
template<class T>
using openssl_pointer = std::unique_ptr<T, openssl_disposer>;

}  // namespace detail

/// Has the owner of this key signed this text? From any thread.
/// @param pem a public key
/// @param algorithm RS, PS or ES, and 256, 384 or 512; no other is known, and that is no signature then
[[nodiscard]] inline bool is_signed_by(std::string const& pem, std::string_view algorithm, std::string_view text,
                                       std::string_view signature) {
    using namespace detail;
    auto const kind = algorithm.substr(0, 2), size = algorithm.substr(kind.size());
    auto const* const hash = size == "256"   ? EVP_sha256()
                             : size == "384" ? EVP_sha384()
                             : size == "512" ? EVP_sha512()
                                             : nullptr;
    if (hash == nullptr || (kind != "RS" && kind != "PS" && kind != "ES")) return false;
    std::string bytes(signature);
    if (kind == "ES") {  // two numbers, each as long as the curve's
        std::size_t const half = size == "256" ? 32 : size == "384" ? 48 : 66;
        if (signature.size() != 2 * half) return false;
        bytes = der::wrap(der::sequence, der::number(signature.substr(0, half)) + der::number(signature.substr(half)));
    }
    ERR_set_mark();  // what goes wrong here is nobody else's business
    openssl_pointer<BIO> const source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    openssl_pointer<EVP_PKEY> const key(source ? PEM_read_bio_PUBKEY(source.get(), nullptr, nullptr, nullptr)
                                               : nullptr);
    openssl_pointer<EVP_MD_CTX> const check(EVP_MD_CTX_new());
    EVP_PKEY_CTX* padding = nullptr;  // belongs to `check`
    int const bits = size == "256" ? 256 : size == "384" ? 384 : 521;
    bool good = key && check && EVP_PKEY_base_id(key.get()) == (kind == "ES" ? EVP_PKEY_EC : EVP_PKEY_RSA) &&
                (kind != "ES" || EVP_PKEY_bits(key.get()) == bits) &&
                EVP_DigestVerifyInit(check.get(), &padding, hash, nullptr, key.get()) == 1;
    if (kind == "PS")
        good = good && EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) == 1;
    auto const octets = [](std::string_view s) { return reinterpret_cast<unsigned char const*>(s.data()); };
    good = good && EVP_DigestVerify(check.get(), octets(bytes), bytes.size(), octets(text), text.size()) == 1;
    ERR_pop_to_mark();
    return good;
}

}  // namespace pgwire
