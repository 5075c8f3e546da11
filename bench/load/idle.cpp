// Clients that log in and then say nothing. Its counterpart with TLS is bench/tls/tls_idle.cpp.
#include "bench/support/connecting.hpp"

int main(int argc, char** argv) {
    bench::arguments options(argc, argv, "--port N [--count K] [--parallel P]");
    return bench::idle(options, bench::open_door{});
}
