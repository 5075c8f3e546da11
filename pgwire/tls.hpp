// TLS, by wolfSSL: include this, and link with wolfssl, where connections are to be encrypted. Nothing else includes
// it.
#pragma once

#include "pgwire/net/tls_context.hpp"
#include "pgwire/net/tls_engine.hpp"
#include "pgwire/net/tls_info.hpp"
#include "pgwire/net/tls_stream.hpp"
#include "pgwire/server/tls_server.hpp"
