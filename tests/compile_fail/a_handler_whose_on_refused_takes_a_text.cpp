// expect: on_refused does not fit; expected:  void on_refused(pgwire::login_info const&, pgwire::diagnostic const&) noexcept
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    void on_refused(std::string_view) noexcept {}
};

template class pgwire::query_loop<handler>;
