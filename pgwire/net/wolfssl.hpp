// The functions of wolfSSL that TLS needs, as that library declares them.
//
// Floor 3. wolfSSL's own headers define hundreds of macros, and can't stand in one translation unit with OpenSSL's; so
// none of them is included. What is declared here is the same in wolfSSL 5.5 and 5.9, a test compares the two. Link
// with wolfssl.
#pragma once

extern "C" {

struct WOLFSSL;
struct WOLFSSL_CTX;
struct WOLFSSL_METHOD;
struct WOLFSSL_X509;
struct WOLFSSL_X509_STORE_CTX;

int wolfSSL_Init(void);
int wolfSSL_Cleanup(void);

// Contexts
WOLFSSL_METHOD* wolfSSLv23_server_method(void);
WOLFSSL_METHOD* wolfSSLv23_client_method(void);
WOLFSSL_CTX* wolfSSL_CTX_new(WOLFSSL_METHOD* method);
void wolfSSL_CTX_free(WOLFSSL_CTX* context);
int wolfSSL_CTX_SetMinVersion(WOLFSSL_CTX* context, int version);
int wolfSSL_CTX_set_cipher_list(WOLFSSL_CTX* context, char const* list);
int wolfSSL_CTX_use_certificate_chain_buffer(WOLFSSL_CTX* context, unsigned char const* bytes, long size);
int wolfSSL_CTX_use_PrivateKey_buffer(WOLFSSL_CTX* context, unsigned char const* bytes, long size, int format);
int wolfSSL_CTX_load_verify_buffer(WOLFSSL_CTX* context, unsigned char const* bytes, long size, int format);
void wolfSSL_CTX_set_verify(WOLFSSL_CTX* context, int mode, int (*callback)(int, WOLFSSL_X509_STORE_CTX*));
int wolfSSL_CTX_EnableCRL(WOLFSSL_CTX* context, int options);
int wolfSSL_CTX_LoadCRLBuffer(WOLFSSL_CTX* context, unsigned char const* bytes, long size, int format);
int wolfSSL_CTX_NoTicketTLSv12(WOLFSSL_CTX* context);
int wolfSSL_CTX_no_ticket_TLSv13(WOLFSSL_CTX* context);
long wolfSSL_CTX_set_session_cache_mode(WOLFSSL_CTX* context, long mode);

// Connections
WOLFSSL* wolfSSL_new(WOLFSSL_CTX* context);
void wolfSSL_free(WOLFSSL* connection);
void wolfSSL_SSLSetIORecv(WOLFSSL* connection, int (*receive)(WOLFSSL*, char*, int, void*));
void wolfSSL_SSLSetIOSend(WOLFSSL* connection, int (*send)(WOLFSSL*, char*, int, void*));
void wolfSSL_SetIOReadCtx(WOLFSSL* connection, void* context);
void wolfSSL_SetIOWriteCtx(WOLFSSL* connection, void* context);
int wolfSSL_UseALPN(WOLFSSL* connection, char* names, unsigned int size, unsigned char options);
int wolfSSL_ALPN_GetProtocol(WOLFSSL* connection, char** name, unsigned short* size);
int wolfSSL_UseSNI(WOLFSSL* connection, unsigned char type, void const* name, unsigned short size);
unsigned short wolfSSL_SNI_GetRequest(WOLFSSL* connection, unsigned char type, void** name);
int wolfSSL_check_domain_name(WOLFSSL* connection, char const* name);
int wolfSSL_accept(WOLFSSL* connection);
int wolfSSL_connect(WOLFSSL* connection);
int wolfSSL_read(WOLFSSL* connection, void* room, int size);
int wolfSSL_write(WOLFSSL* connection, void const* bytes, int size);
int wolfSSL_shutdown(WOLFSSL* connection);
int wolfSSL_get_error(WOLFSSL* connection, int result);
int wolfSSL_session_reused(WOLFSSL* connection);
char const* wolfSSL_get_version(WOLFSSL const* connection);
char const* wolfSSL_get_cipher_name(WOLFSSL* connection);
char const* wolfSSL_ERR_reason_error_string(unsigned long code);

// Certificates
WOLFSSL_X509* wolfSSL_get_peer_certificate(WOLFSSL* connection);
WOLFSSL_X509* wolfSSL_X509_load_certificate_buffer(unsigned char const* bytes, int size, int format);
unsigned char const* wolfSSL_X509_get_der(WOLFSSL_X509* certificate, int* size);
void wolfSSL_X509_free(WOLFSSL_X509* certificate);

// Hashes
int wc_Sha256Hash(unsigned char const* bytes, unsigned int size, unsigned char* digest);
int wc_Sha384Hash(unsigned char const* bytes, unsigned int size, unsigned char* digest);
int wc_Sha512Hash(unsigned char const* bytes, unsigned int size, unsigned char* digest);

}  // extern "C"

namespace pgwire::detail::wolfssl {

inline constexpr int success = 1;
inline constexpr int tls_1_2 = 3;
inline constexpr int pem = 1;
inline constexpr int verify_none = 0;
inline constexpr int verify_peer = 1;
inline constexpr int fail_without_certificate = 2;
inline constexpr int check_all_revocations = 1;
inline constexpr int cache_off = 0;
inline constexpr int want_read = 2;
inline constexpr int want_write = 3;
inline constexpr int closed_by_peer = 6;
inline constexpr int io_would_block = -2;
inline constexpr int io_failed = -1;
inline constexpr unsigned char alpn_must_match = 4;
inline constexpr unsigned char host_name = 0;

// Errors whose own texts say little
inline constexpr int before_date = -150;
inline constexpr int after_date = -151;
inline constexpr int no_signer = -188;
inline constexpr int alert_received = -313;
inline constexpr int domain_name_mismatch = -322;
inline constexpr int no_common_version = -326;
inline constexpr int no_certificate = -345;
inline constexpr int revoked = -361;
inline constexpr int no_revocation_list = -362;
inline constexpr int unknown_alpn = -405;
inline constexpr int no_shared_cipher = -501;

}  // namespace pgwire::detail::wolfssl
