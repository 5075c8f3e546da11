// expect: a struct inside of a row is a composite type
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct place {
    double x;
    double y;
};
struct line {
    int n_of_line;
    place where;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
