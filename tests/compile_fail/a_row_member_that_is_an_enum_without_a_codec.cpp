// expect: an enum needs labels: write template<> struct pgwire::codec<E>
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

enum class mood { sad, ok };

struct line {
    int n_of_line;
    mood felt;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{}}; }
};

template class pgwire::query_loop<handler>;
