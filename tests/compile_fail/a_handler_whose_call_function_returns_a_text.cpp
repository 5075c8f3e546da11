// expect: the handler's call_function does not fit; expected:  pgwire::function_result call_function(pgwire::function_call const&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    std::string call_function(pgwire::function_call const&) { return {}; }
};

template class pgwire::query_loop<handler>;
