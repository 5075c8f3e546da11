// expect: an event sink's on does not fit its message M; expected:  void on(M const&)
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on(pgwire::query&) {}
    void on(pgwire::parse const&) {}
};

template class pgwire::frontend_events<sink>;
