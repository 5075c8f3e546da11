// expect: a copy_in needs:  void write(std::string_view piece)  and  pgwire::command finish()
#include "pgwire/server.hpp"

struct sink : pgwire::copy_in {
    void write(std::string_view) {}
};
struct handler {
    sink execute(pgwire::request const&) { return {}; }
};

template class pgwire::query_loop<handler>;
