// Clients that come and go: how many connections and logins in a second. Its counterpart with TLS and SCRAM is
// bench/tls/tls_connect.cpp.
#include "bench/support/connecting.hpp"

int main(int argc, char** argv) {
    bench::arguments options(argc, argv, "--port N [--count K] [--parallel P] [--query]");
    return bench::connect(options, bench::open_door{});
}
