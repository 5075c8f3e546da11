// expect: execute returned something that is no outcome; return pgwire::rows{...}
// only-error
#include "pgwire/server.hpp"

struct line {
    int n;
};
struct statement {
    std::span<pgwire::column const> columns() const { return {}; }
};

struct handler {
    statement prepare(std::string_view, std::span<pgwire::oid const>) { return {}; }
    std::variant<pgwire::command, line> execute(pgwire::request const&, statement&) { return line{1}; }
};

template class pgwire::query_loop<handler>;
