/* wolfSSL as pgwire wants it: TLS 1.2 and 1.3, ciphers that authenticate what they encrypt, elliptic curves and RSA, small
   connections, assembly where the processor has some; nothing that is only there for old peers. */
#ifndef PGWIRE_WOLFSSL_USER_SETTINGS_H
#define PGWIRE_WOLFSSL_USER_SETTINGS_H

/* Protocol */
#define WOLFSSL_TLS13
#define NO_OLD_TLS
#define HAVE_TLS_EXTENSIONS
#define HAVE_SUPPORTED_CURVES
#define HAVE_EXTENDED_MASTER
#define HAVE_SERVER_RENEGOTIATION_INFO
#define HAVE_SNI
#define WOLFSSL_ALWAYS_KEEP_SNI
#define HAVE_ALPN
#define HAVE_SESSION_TICKET
#define HAVE_KEYING_MATERIAL

/* Ciphers and hashes */
#define HAVE_AESGCM
#define HAVE_CHACHA
#define HAVE_POLY1305
#define HAVE_ONE_TIME_AUTH
#define HAVE_HKDF
#define WOLFSSL_SHA384
#define WOLFSSL_SHA512
#define HAVE_HASHDRBG
#define HAVE_PBKDF2
#define NO_DES3
#define NO_RC4
#define NO_MD4
#define NO_DSA
#define NO_DH
#define NO_PSK
#define NO_AES_CBC
#define NO_AES_192

/* Keys */
#define HAVE_ECC
#define ECC_SHAMIR
#define ECC_TIMING_RESISTANT
#define TFM_TIMING_RESISTANT
#define HAVE_CURVE25519
#define HAVE_ED25519
#define WC_RSA_BLINDING
#define WC_RSA_PSS
#define WOLFSSL_PSS_LONG_SALT

/* Arithmetic */
#define WOLFSSL_SP_MATH_ALL
#define WOLFSSL_HAVE_SP_RSA
#define WOLFSSL_HAVE_SP_ECC
#define WOLFSSL_SP_384
#define WOLFSSL_SP_4096
#define SP_INT_BITS 8192
#if defined(__x86_64__) && defined(__linux__)
#define WOLFSSL_X86_64_BUILD
#define WOLFSSL_SP_ASM
#define WOLFSSL_SP_X86_64
#define WOLFSSL_SP_X86_64_ASM
#define WOLFSSL_AESNI
#define USE_INTEL_SPEEDUP
#else
#define WOLFSSL_SP_SMALL
#define GCM_TABLE_4BIT
#endif

/* Certificates */
#define WOLFSSL_ASN_TEMPLATE
#define HAVE_CRL
#define KEEP_PEER_CERT
#define OPENSSL_EXTRA_X509_SMALL
#define WOLFSSL_ALT_NAMES
#define WOLFSSL_PEM_TO_DER
#define WOLFSSL_EXTRA_ALERTS

/* A program with threads, and without a file system or sockets of wolfSSL's own */
#ifndef _WIN32
#define WOLFSSL_PTHREADS
#endif
#define WOLFSSL_USER_IO
#define SMALL_SESSION_CACHE
#define NO_OLD_WC_NAMES
#define NO_OLD_SSL_NAMES
#define NO_OLD_SHA_NAMES
#define NO_OLD_MD5_NAME
#define NO_OLD_RNGNAME

#endif
