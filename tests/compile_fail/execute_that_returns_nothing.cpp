// expect: execute returns nothing; return pgwire::command{
// only-error
#include "pgwire/server.hpp"

struct handler {
    void execute(pgwire::request const&) {}
};

template class pgwire::query_loop<handler>;
