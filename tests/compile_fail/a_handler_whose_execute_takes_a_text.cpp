// expect: execute does not fit; expected:  Outcome execute(pgwire::request const&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(int) { return {"OK"}; }
};

template class pgwire::query_loop<handler>;
