// expect: on_ready does not fit; expected:  void on_ready() noexcept
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_ready() {}
};

template class pgwire::query_loop<handler>;
