// expect: pgwire: serve takes a function that makes a handler for each connection, and not a handler:
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
};

int main() { pgwire::serve({.port = 5433}, handler()); }
