// expect: an event sink's on returns something; expected:  void on(M const&)
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    bool on(pgwire::query const&) { return true; }
};

template class pgwire::frontend_events<sink>;
