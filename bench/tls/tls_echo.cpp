// The echo server over TLS.
#include "bench/load/echo_handler.hpp"
#include "pgwire/tls.hpp"
#include "tests/support/certificates.hpp"

#include <string>

int main(int argc, char** argv) {
    namespace certificates = pgwire::test::certificates;
    pgwire::tls_server const tls({.certificate = {.text = std::string(certificates::server)},
                                  .key = {.text = std::string(certificates::server_key)}});
    pgwire::serve(
        bench::options(argc, argv), [] { return bench::echo{}; }, bench::announce, tls);
}
