// expect: execute returned something that is no outcome; return pgwire::rows{...}
// only-error
#include "pgwire/server.hpp"

struct line {
    int n;
};

struct handler {
    line execute(pgwire::request const&) { return {1}; }
};

template class pgwire::query_loop<handler>;
