// expect: begin_implicit does not fit; expected:  void begin_implicit()
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void begin_implicit(int) {}
    void commit_implicit() {}
    void rollback_implicit() {}
};

template class pgwire::query_loop<handler>;
