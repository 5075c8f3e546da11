// expect: the handler's on_message does not fit; expected:  pgwire::message_verdict on_message(pgwire::frontend_message const&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    bool on_message(pgwire::frontend_message const&) { return true; }
};

template class pgwire::query_loop<handler>;
