// expect: an event sink needs an on, an on_other or an on_piece, or it hears nothing
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void onn(pgwire::query const&) {}
};

template class pgwire::frontend_events<sink>;
