// expect: on_cancel does not fit; expected:  void on_cancel() noexcept
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_cancel() {}
};

template class pgwire::query_loop<handler>;
