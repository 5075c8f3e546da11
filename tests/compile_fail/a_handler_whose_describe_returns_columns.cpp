// expect: describe does not fit; expected:  pgwire::description describe(Statement&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    std::span<pgwire::column const> describe(int) { return {}; }
};

template class pgwire::query_loop<handler>;
