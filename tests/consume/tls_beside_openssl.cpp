// A program whose other parts use OpenSSL, in the same translation unit: both make a context, and know their own.
#if defined(PGWIRE_BOOST_ASIO)
#include <boost/asio/ssl.hpp>
#else
#include <asio/ssl.hpp>
#endif

#include "pgwire/server.hpp"
#include "pgwire/tls.hpp"
#include "tests/support/certificates.hpp"

#include <iostream>
#include <string>

namespace {

struct line {
    int n;
};
struct echo {
    auto execute(pgwire::request const&) { return pgwire::rows{line{1}}; }
};

}  // namespace

int main() {
    namespace certificates = pgwire::test::certificates;
    pgwire::asio::io_context io;
    pgwire::asio::ssl::context theirs(pgwire::asio::ssl::context::tls_server);
    theirs.use_certificate_chain(pgwire::asio::buffer(certificates::server));
    pgwire::tls_server const ours({.certificate = {.text = std::string(certificates::server)},
                                   .key = {.text = std::string(certificates::server_key)}});
    pgwire::server running(
        io.get_executor(), {.port = 0}, [] { return echo{}; }, ours);
    running.start();
    bool const good = SSL_CTX_get0_certificate(theirs.native_handle()) != nullptr && running.port() != 0;
    running.stop();
    io.run();
    std::cout << (good ? "both" : "not both") << '\n';
    return good ? 0 : 1;
}
