// expect: the handler's describe would never be asked
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    std::span<pgwire::column const> describe(auto&) { return {}; }
};

template class pgwire::query_loop<handler>;
