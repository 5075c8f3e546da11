// expect: a member is an unsigned integer
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct line {
    int n_of_line;
    std::vector<std::optional<unsigned>> counts;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
