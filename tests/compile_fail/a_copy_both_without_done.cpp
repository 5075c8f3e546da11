// expect: a copy_both needs:  pgwire::command done(),  the tag when both sides have ended
#include "pgwire/server.hpp"

struct both : pgwire::copy_both {
    bool next(writer&) { return false; }
    void write(std::string_view) {}
    void finish() {}
};
struct handler {
    both execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
