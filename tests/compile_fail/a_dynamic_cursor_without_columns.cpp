// expect: a cursor whose columns are known at run time needs:  std::span<pgwire::column const> columns() const
// only-error
#include "pgwire/server.hpp"

struct lines : pgwire::cursor<> {
    bool next(writer&) { return false; }
};

struct handler {
    lines execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
