// expect: a copy_both needs:  bool next(writer&)  or  pgwire::task<bool> next(writer&)
#include "pgwire/server.hpp"

struct both : pgwire::copy_both {
    void write(std::string_view) {}
    void finish() {}
    pgwire::command done() { return "DONE"; }
};
struct handler {
    both execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
