// What net/wolfssl.hpp declares is what wolfSSL declares: a function that differs does not compile.
#include <wolfssl/options.h>

#include <wolfssl/error-ssl.h>
#include <wolfssl/ssl.h>
#include <wolfssl/wolfcrypt/hash.h>

#include "pgwire/net/wolfssl.hpp"

namespace mine = pgwire::detail::wolfssl;

static_assert(mine::success == WOLFSSL_SUCCESS);
static_assert(mine::tls_1_2 == WOLFSSL_TLSV1_2);
static_assert(mine::pem == WOLFSSL_FILETYPE_PEM);
static_assert(mine::verify_none == WOLFSSL_VERIFY_NONE);
static_assert(mine::verify_peer == WOLFSSL_VERIFY_PEER);
static_assert(mine::fail_without_certificate == WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT);
static_assert(mine::check_all_revocations == WOLFSSL_CRL_CHECKALL);
static_assert(mine::cache_off == WOLFSSL_SESS_CACHE_OFF);
static_assert(mine::want_read == WOLFSSL_ERROR_WANT_READ);
static_assert(mine::want_write == WOLFSSL_ERROR_WANT_WRITE);
static_assert(mine::closed_by_peer == WOLFSSL_ERROR_ZERO_RETURN);
static_assert(mine::io_would_block == WOLFSSL_CBIO_ERR_WANT_READ);
static_assert(mine::io_failed == WOLFSSL_CBIO_ERR_GENERAL);
static_assert(mine::alpn_must_match == WOLFSSL_ALPN_FAILED_ON_MISMATCH);
static_assert(mine::host_name == WOLFSSL_SNI_HOST_NAME);
static_assert(mine::before_date == ASN_BEFORE_DATE_E);
static_assert(mine::after_date == ASN_AFTER_DATE_E);
static_assert(mine::no_signer == ASN_NO_SIGNER_E);
static_assert(mine::alert_received == FATAL_ERROR);
static_assert(mine::domain_name_mismatch == DOMAIN_NAME_MISMATCH);
static_assert(mine::no_common_version == VERSION_ERROR);
static_assert(mine::no_certificate == NO_PEER_CERT);
static_assert(mine::revoked == CRL_CERT_REVOKED);
static_assert(mine::no_revocation_list == CRL_MISSING);
static_assert(mine::unknown_alpn == UNKNOWN_ALPN_PROTOCOL_NAME_E);
static_assert(mine::no_shared_cipher == MATCH_SUITE_ERROR);

int main() {}
