// expect: on_connect does not fit; expected:  void on_connect(pgwire::login_info const&) noexcept
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_connect(pgwire::login_info const&) {}
};

template class pgwire::query_loop<handler>;
