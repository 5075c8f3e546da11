// expect: the handler's on_bind does not fit; expected:  void on_bind(pgwire::request const&
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_bind(pgwire::parameters&) {}
};

template class pgwire::query_loop<handler>;
