// Clients that come and go, with TLS (--tls), and with the password that guarded_echo wants, if they are asked for it.
#include "bench/support/connecting.hpp"
#include "bench/tls/client_security.hpp"

int main(int argc, char** argv) {
    bench::arguments options(argc, argv, "--port N [--count K] [--parallel P] [--query] [--tls]");
    bool const over_tls = options.flag("--tls");
    return bench::connect(options, bench::client_security(over_tls, "secret"));
}
