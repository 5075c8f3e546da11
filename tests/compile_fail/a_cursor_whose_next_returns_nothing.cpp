// expect: a cursor's next returns bool or pgwire::task<bool>: may there be more rows?
// only-error
#include "pgwire/server.hpp"

struct line {
    int n;
};
struct lines : pgwire::cursor<line> {
    void next(writer& out) { out(line{1}); }
};

struct handler {
    lines execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
