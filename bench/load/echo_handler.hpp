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

/// Serves until SIGINT or SIGTERM.
template<class Handler>
void serve(int argc, char** argv) {
    pgwire::serve({.port = parse_port(argc, argv)}, [] { return Handler{}; }, announce);
}

}  // namespace bench
