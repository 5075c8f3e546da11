// expect: the handler has no execute; it needs:  Outcome execute(pgwire::request const&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    void exceute(pgwire::request const&) {}
};

template class pgwire::query_loop<handler>;
