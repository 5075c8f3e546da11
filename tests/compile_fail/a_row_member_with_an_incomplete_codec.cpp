// expect: the codec of a member of this row is not complete
// only-error
#include "pgwire/server.hpp"

struct money {
    int cents;
};

template<>
struct pgwire::codec<money> {
    static inline pgwire::runtime_type type{"money_of_mine", 4};
    static std::size_t text_size(money const&) { return 20; }
};

struct line {
    int n;
    money price;
};

void send(pgwire::send_buffer& out) { static_cast<void>(pgwire::encode_row(out, line{1, {2}})); }
