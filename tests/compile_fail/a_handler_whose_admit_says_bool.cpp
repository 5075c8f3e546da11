// expect: admit does not fit; expected:  void admit(Statement const&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    bool admit(int) { return true; }
};

template class pgwire::query_loop<handler>;
