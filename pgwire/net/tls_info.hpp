// What is known of a connection that is encrypted.
//
// Floor 3, without any library of TLS: handlers see it whether there is one or not.
#pragma once

#include <string>

namespace pgwire {

/// All empty where a connection is not encrypted.
struct tls_info {
    std::string version;      ///< `TLSv1.3`
    std::string cipher;       ///< by the library's name
    std::string server_name;  ///< what the client called the server (SNI)
    std::string protocol;     ///< that was agreed on (ALPN)
    bool is_direct = false;   ///< it began with TLS, and not with an SSLRequest
    bool is_resumed = false;

    // Of the certificate that the client has shown, and that was found good
    bool has_certificate = false;
    std::string common_name;
    std::string distinguished_name;  ///< `CN=alice,O=Example` (RFC 2253)

    std::string end_point;  ///< what SCRAM-SHA-256-PLUS binds to (tls-server-end-point); bytes
};

}  // namespace pgwire
