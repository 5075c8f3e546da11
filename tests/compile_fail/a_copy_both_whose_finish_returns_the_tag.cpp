// expect: a copy_both's write and finish return nothing, or tasks of nothing; its tag is what done() returns
#include "pgwire/server.hpp"

struct both : pgwire::copy_both {
    pgwire::task<bool> next(writer&) { co_return false; }
    void write(std::string_view) {}
    pgwire::command finish() { return "DONE"; }
    pgwire::command done() { return "DONE"; }
};
struct handler {
    both execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
