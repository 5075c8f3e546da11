// expect: authenticate does not fit; expected:  pgwire::authentication authenticate(pgwire::login_info const&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    bool authenticate(pgwire::login_info const&) { return true; }
};

template class pgwire::query_loop<handler>;
