// expect: a member is a point in time that is no timestamp exactly
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct line {
    int n_of_line;
    std::chrono::system_clock::time_point at;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
