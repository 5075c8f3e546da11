// Two programs that only connect, for any security: `connect` (how fast) and `idle` (how many).
#pragma once

#include "bench/support/arguments.hpp"
#include "bench/support/arrivals.hpp"

#include <cstdio>

#include <unistd.h>

namespace bench {

/// Files of a process that are none of its connections'.
inline constexpr unsigned other_files = 32;

/// Connects, logs in and leaves, --count times, --parallel at a time; prints how fast that was, a name and a
/// number in each line.
/// @return the exit code
template<class Security>
int connect(arguments& options, Security const& how) {
    auto const port = options.port();
    unsigned const count = options.count("--count", 1000, 1);
    unsigned const parallel = options.count("--parallel", 8, 1, 10'000);
    bool const asks = options.flag("--query");
    options.finish();
    allow_files(parallel + other_files);

    arrivals<Security> clients(port, parallel, asks ? fate::asks : fate::leaves, how);
    auto const began = now();
    clients.run(count);
    double const seconds = static_cast<double>(now() - began) / 1e9;
    std::printf("connections\t%u\nerrors\t%u\nseconds\t%.6f\nrate\t%.1f\n", clients.good(), clients.errors(), seconds,
                clients.good() / seconds);
    if (clients.errors() != 0) std::fprintf(stderr, "the first error: %s\n", clients.first_error().c_str());
    return clients.errors() == 0 ? 0 : 1;
}

/// Logs --count clients in, says `ready`, and holds them until its input ends.
/// @return the exit code
template<class Security>
int idle(arguments& options, Security const& how) {
    auto const port = options.port();
    unsigned const count = options.count("--count", 10'000, 0, 28'000);
    unsigned const parallel = options.count("--parallel", 8, 1, 10'000);
    options.finish();
    allow_files(count + parallel + other_files);

    arrivals<Security> clients(port, parallel, fate::stays, how);
    clients.run(count);
    if (clients.errors() != 0) {
        std::fprintf(stderr, "%u of %u clients have failed, the first one: %s\n", clients.errors(), count,
                     clients.first_error().c_str());
        return 1;
    }
    std::puts("ready");
    std::fflush(stdout);
    char room[256];
    while (::read(STDIN_FILENO, room, sizeof room) > 0) {}
    return 0;
}

}  // namespace bench
