// expect: a member is a list of lists: use pgwire::array<T>, which has dimensions
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct line {
    std::vector<std::vector<int>> matrix;  // pgwire::array<int> has dimensions
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
