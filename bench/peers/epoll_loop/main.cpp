// The practical limit: the answers of the programs `echo` and `rows`, from an epoll loop written by hand for nothing else.
//
// One thread, plain sockets, no library. A batch of messages is one read and one write. Nothing is left out that a
// server on a network needs: every length and every string is checked against the bytes that are there, and a client
// that does not read stops being read, and is sent no more rows. What it does not have is all that a handler can't see:
// transactions, errors of a handler, several statements in one query, named portals, limits that can be set, TLS.
#include "server.hpp"

#include "bench/support/port.hpp"

#include <csignal>

int main(int argc, char** argv) {
    using epoll_loop::server;
    auto const port = bench::parse_port(argc, argv);
    struct sigaction action {};
    action.sa_handler = [](int) { server::stopped = 1; };
    sigaction(SIGINT, &action, nullptr);  // without SA_RESTART: epoll_wait is to return
    sigaction(SIGTERM, &action, nullptr);
    server s(port);
    bench::announce(s.port());
    s.run();
}
