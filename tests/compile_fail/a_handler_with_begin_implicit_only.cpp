// expect: begin_implicit, commit_implicit and rollback_implicit go together: have all three or none
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void begin_implicit() {}
};

template class pgwire::query_loop<handler>;
