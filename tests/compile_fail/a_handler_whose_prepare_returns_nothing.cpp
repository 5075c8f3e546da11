// expect: prepare returns nothing; it returns the statement that execute gets
// only-error
#include "pgwire/server.hpp"

struct handler {
    void prepare(std::string_view, std::span<pgwire::oid const>) {}
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
};

template class pgwire::query_loop<handler>;
