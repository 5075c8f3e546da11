// expect: describe does not fit; expected:  std::span<pgwire::column const> describe(Statement&)
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    std::vector<pgwire::column> describe(pgwire::detail::no_statement&) { return {}; }
};

template class pgwire::query_loop<handler>;
