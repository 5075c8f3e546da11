// expect: a member is a duration that is no interval exactly
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct line {
    int n_of_line;
    std::chrono::days took;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
