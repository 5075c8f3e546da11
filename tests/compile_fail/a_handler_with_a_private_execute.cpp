// expect: execute does not fit; expected:  Outcome execute(pgwire::request const&)  (or pgwire::task<Outcome>; is it public?)
// only-error
#include "pgwire/server.hpp"

class handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
};

template class pgwire::query_loop<handler>;
