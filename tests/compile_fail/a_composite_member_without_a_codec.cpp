// expect: a member of this composite has a type without a codec
// only-error
#include "pgwire/server.hpp"
#include "pgwire/types.hpp"

struct money {
    explicit money(int) {}
};
struct item {
    int n;
    money price;
};

template<>
struct pgwire::codec<item> : pgwire::composite<item, "item"> {};

struct line {
    int n;
    item sold;
};

void send(pgwire::send_buffer& out) { static_cast<void>(pgwire::encode_row(out, line{1, {2, money(3)}})); }
