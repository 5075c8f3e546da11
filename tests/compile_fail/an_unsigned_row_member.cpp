// expect: a member is an unsigned integer, and PostgreSQL has none: use a wider signed one
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct line {
    int n_of_line;
    std::uint32_t count;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
