// expect: prepare does not fit; expected:  Statement prepare(std::string_view text, std::span<pgwire::oid const> types)
// only-error
#include "pgwire/server.hpp"

struct statement {};

struct handler {
    statement prepare(std::string_view) { return {}; }
    pgwire::command execute(pgwire::request const&, statement&) { return {"OK"}; }
};

template class pgwire::query_loop<handler>;
