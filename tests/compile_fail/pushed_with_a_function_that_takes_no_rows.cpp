// expect: pushed takes a function of the rows' sink:  [](auto& rows) { rows(row); }
#include "pgwire/server.hpp"
#include "pgwire/server/pushed.hpp"

struct line {
    int n;
};

struct handler {
    pgwire::asio::any_io_executor pool;
    pgwire::pushed<line> execute(pgwire::request const&) { return {pool, [] {}}; }
};

template class pgwire::query_loop<handler>;
