// expect: on_start does not fit; expected:  void on_start(pgwire::session_context&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_start(std::string const&) {}
};

template class pgwire::query_loop<handler>;
