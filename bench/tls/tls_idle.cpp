// Clients that log in over TLS and then say nothing.
#include "bench/support/connecting.hpp"
#include "bench/tls/client_security.hpp"

int main(int argc, char** argv) {
    bench::arguments options(argc, argv, "--port N [--count K] [--parallel P]");
    return bench::idle(options, bench::client_security(true, "secret"));
}
