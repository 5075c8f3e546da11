// expect: pgwire: this handler is not made of nothing; say how each connection's is made:
#include "pgwire/server.hpp"

struct handler {
    explicit handler(int) {}
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
};

int main() { pgwire::serve<handler>({.port = 5433}); }
