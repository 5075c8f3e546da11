// expect: a copy_out needs:  bool next(writer&)  or  pgwire::task<bool> next(writer&)
#include "pgwire/server.hpp"

struct lines : pgwire::copy_out {};
struct several : pgwire::sequence<pgwire::command, lines> {
    std::optional<part> next_part() { return std::nullopt; }
    pgwire::command done() { return "DONE"; }
};
struct handler {
    several execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
