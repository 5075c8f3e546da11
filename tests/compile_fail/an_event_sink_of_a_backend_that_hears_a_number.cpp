// expect: an event sink of backend messages has an on for a type that is none; see backend_messages
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on(pgwire::data_row const&) {}
    void on(int) {}
};

template class pgwire::backend_events<sink>;
