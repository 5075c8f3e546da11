// expect: a sequence's next_part returns std::optional<part> or a task of it
#include "pgwire/server.hpp"

struct several : pgwire::sequence<pgwire::command> {
    part next_part() { return "PART"; }
    pgwire::command done() { return "DONE"; }
};
struct handler {
    several execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
