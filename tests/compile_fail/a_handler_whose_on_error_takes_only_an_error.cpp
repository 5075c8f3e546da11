// expect: on_error does not fit; expected:  void on_error(pgwire::diagnostic&, std::string_view cause)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_error(pgwire::diagnostic&) {}
};

template class pgwire::query_loop<handler>;
