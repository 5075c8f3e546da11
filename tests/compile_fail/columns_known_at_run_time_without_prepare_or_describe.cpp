// expect: the columns of what execute returns are not known before it runs
// only-error
#include "pgwire/server.hpp"

struct lines : pgwire::cursor<> {
    std::span<pgwire::column const> columns() const { return {}; }
    bool next(writer&) { return false; }
};

struct handler {
    lines execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
