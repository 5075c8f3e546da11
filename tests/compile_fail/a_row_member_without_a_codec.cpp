// expect: a member of this row has a type without a codec
// only-error
#include "pgwire/server.hpp"

struct money {
    explicit money(int) {}
};
struct line {
    int n;
    money price;
};

struct handler {
    auto execute(pgwire::request const&) { return pgwire::rows{line{1, money(2)}}; }
};

template class pgwire::query_loop<handler>;
