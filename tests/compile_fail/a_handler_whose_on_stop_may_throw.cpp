// expect: on_stop does not fit; expected:  void on_stop() noexcept
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_stop() {}
};

template class pgwire::query_loop<handler>;
