// The public face of floor 2's authentication: conversations for both roles, and what servers keep of passwords.
//
// Standard library only, never throws: hashes and random bytes come from outside, see `pgwire/auth/crypto.hpp`. Ready
// bindings, not included here: `pgwire/auth/wolfcrypt.hpp` to wolfSSL, `pgwire/auth/saslprep.hpp` to GNU Libidn,
// `pgwire/auth/jwt_validator.hpp` to OpenSSL and nlohmann-json.
#pragma once

#include "pgwire/auth/base64.hpp"
#include "pgwire/auth/conversation.hpp"
#include "pgwire/auth/crypto.hpp"
#include "pgwire/auth/oauth.hpp"
#include "pgwire/auth/password.hpp"
#include "pgwire/auth/public_key.hpp"
#include "pgwire/auth/scram.hpp"
#include "pgwire/auth/scram_client.hpp"
#include "pgwire/auth/scram_server.hpp"
#include "pgwire/auth/user_list.hpp"
#include "pgwire/auth/user_store.hpp"
#include "pgwire/auth/verifier.hpp"
