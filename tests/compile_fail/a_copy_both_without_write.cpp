// expect: a copy_both needs:  void write(std::string_view piece)  and  void finish(),  either may be a task
// only-error
#include "pgwire/server.hpp"

struct both : pgwire::copy_both {
    bool next(writer&) { return false; }
    void finish() {}
    pgwire::command done() { return "DONE"; }
};
struct handler {
    both execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
