// expect: the handler has a prepare, so execute must be:  Outcome execute(pgwire::request const&, Statement&)
// only-error
#include "pgwire/server.hpp"

struct statement {};

struct handler {
    statement prepare(std::string_view, std::span<pgwire::oid const>) { return {}; }
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
};

template class pgwire::query_loop<handler>;
