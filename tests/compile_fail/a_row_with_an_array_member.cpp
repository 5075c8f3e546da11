// expect: a member of a row struct can't be a C array
// only-error
#include "pgwire/server.hpp"

struct line {
    int n;
    char text[20];
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{1, "x"}}; }
};

template class pgwire::query_loop<handler>;
