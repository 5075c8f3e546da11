// expect: a row struct can't have a base class
// only-error
#include "pgwire/server.hpp"

struct base {
    int n;
};
struct line : base {
    int m;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{{1}, 2}}; }
};

template class pgwire::query_loop<handler>;
