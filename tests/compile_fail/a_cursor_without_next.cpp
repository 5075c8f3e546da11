// expect: a cursor needs:  bool next(writer&)  or  pgwire::task<bool> next(writer&)
// only-error
#include "pgwire/server.hpp"

struct line {
    int n;
};
struct lines : pgwire::cursor<line> {};

struct handler {
    lines execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
