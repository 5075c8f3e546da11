// expect: a member is a tuple: use a struct
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct line {
    int n_of_line;
    std::tuple<int, int> two;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
