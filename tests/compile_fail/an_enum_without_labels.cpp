// expect: the codec of an enum has no labels
// only-error
#include "pgwire/server.hpp"

enum class mood { sad, ok };

template<>
struct pgwire::codec<mood> : pgwire::enumeration<mood, "mood"> {};

struct line {
    int n;
    mood felt;
};

void send(pgwire::send_buffer& out) { static_cast<void>(pgwire::encode_row(out, line{1, mood::ok})); }
