// expect: an event sink's on_other does not fit; expected:  void on_other(char tag, std::string_view body)
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on(pgwire::query const&) {}
    void on_other(std::string_view) {}
};

template class pgwire::frontend_events<sink>;
