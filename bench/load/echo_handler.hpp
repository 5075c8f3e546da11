// The handler of the echo example, for servers whose port can be chosen.
#pragma once

#include "bench/support/port.hpp"
#include "pgwire/server.hpp"

#include <string_view>

namespace bench {

struct line {
    int n;
    std::string_view text;
};

struct echo {
    auto execute(pgwire::request const& r) { return pgwire::rows{line{1, r.text}}; }
};

/// As many may come as want to.
[[nodiscard]] inline pgwire::server_options options(int argc, char** argv) {
    auto const given = parse(argc, argv, true);
    return {.port = given.port, .threads = given.threads, .admission = {.connections = 0, .entering = 0, .entering_per_address = 0}};
}

/// Serves until SIGINT or SIGTERM.
template<class Handler>
void serve(int argc, char** argv) {
    pgwire::serve(
        options(argc, argv), [] { return Handler{}; }, announce);
}

}  // namespace bench
