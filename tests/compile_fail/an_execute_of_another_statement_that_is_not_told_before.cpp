// expect: execute may return a pgwire::execute_statement; then the statement that prepare makes must say so before
// only-error
#include "pgwire/server.hpp"

struct statement {
    std::span<pgwire::column const> columns() const { return {}; }
};

struct handler {
    statement prepare(std::string_view, std::span<pgwire::oid const>) { return {}; }
    using outcome = std::variant<pgwire::command, pgwire::execute_statement>;
    outcome execute(pgwire::request const&, statement&) { return pgwire::command{"OK"}; }
};

template class pgwire::query_loop<handler>;
