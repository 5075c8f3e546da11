// expect: has_hooks<handler,
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_strat(pgwire::session_context&) {}
};

static_assert(pgwire::has_hooks<handler, "execute", "on_start">);
