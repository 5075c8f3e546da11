// expect: a handler can't be final
// only-error
#include "pgwire/server.hpp"

struct handler final {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
};

template class pgwire::query_loop<handler>;
