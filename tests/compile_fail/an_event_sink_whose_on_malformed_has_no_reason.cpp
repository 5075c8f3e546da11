// expect: an event sink's on_malformed does not fit; expected:  void on_malformed(char tag, std::string_view body, errc why)
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on(pgwire::query const&) {}
    void on_malformed(char, std::string_view) {}
};

template class pgwire::frontend_events<sink>;
