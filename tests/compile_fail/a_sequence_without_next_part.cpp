// expect: a sequence needs:  std::optional<part> next_part()  or  pgwire::task<std::optional<part>> next_part()
// only-error
#include "pgwire/server.hpp"

struct several : pgwire::sequence<pgwire::command> {
    pgwire::command done() { return "DONE"; }
};
struct handler {
    several execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
