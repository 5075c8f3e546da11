// expect: the parts of a sequence are rows, commands, and copies, not pgwire::forget and the like, and not other sequences
#include "pgwire/server.hpp"

struct several : pgwire::sequence<pgwire::command> {
    std::optional<part> next_part() { return std::nullopt; }
    pgwire::command done() { return "DONE"; }
};
struct many : pgwire::sequence<several, pgwire::command> {
    std::optional<part> next_part() { return std::nullopt; }
    pgwire::command done() { return "DONE"; }
};
struct handler {
    many execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
