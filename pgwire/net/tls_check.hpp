// Does a server's key belong to its certificate, and can they be used with its ciphers?
//
// Floor 3. wolfSSL says only of some kinds of keys whether they fit; a client finds out. So one is asked, in memory.
#pragma once

#include "pgwire/net/tls_context.hpp"
#include "pgwire/net/tls_engine.hpp"

#include <string>

namespace pgwire::detail {

inline void carry(tls_engine& from, tls_engine& to) {
    auto const bytes = from.output().pending();
    bytes.copy(to.input().prepare(bytes.size()).data(), bytes.size());
    to.input().commit(bytes.size());
    from.output().clear();
}

/// @param settings of a server, with which a context can be made
/// @throws tls_error if no client could connect
inline void check_tls_server(tls_settings settings) {
    settings.ask_clients = client_certificates::ignored;
    tls_settings theirs;
    theirs.verify_server = false;
    theirs.ciphers = settings.ciphers;
    tls_context const server_side(tls_context::role::server, settings), client_side(tls_context::role::client, theirs);
    tls_engine server(server_side), client(client_side);
    constexpr int most_turns = 10;
    for (int i = 0; i != most_turns; ++i) {
        auto const theirs_now = client.handshake();
        carry(client, server);
        auto const ours_now = server.handshake();
        carry(server, client);
        if (theirs_now == tls_engine::status::done && ours_now == tls_engine::status::done) return;
        auto const name =
            settings.certificate.file.empty() ? "certificate" : "certificate " + settings.certificate.file;
        if (ours_now == tls_engine::status::failed && server.has_no_shared_cipher())
            throw tls_error("ciphers: none of \"" + settings.ciphers + "\" can be used with " + name);
        if (theirs_now == tls_engine::status::failed || ours_now == tls_engine::status::failed) {
            auto const& why = theirs_now == tls_engine::status::failed ? client : server;
            throw tls_error(settings.key.name("key") + ": does not fit " + name + " (" + why.reason() + ')');
        }
    }
    throw tls_error("no client can connect");
}

}  // namespace pgwire::detail
