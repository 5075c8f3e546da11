// expect: an event sink of frontend messages has an on for a type that is none; see frontend_messages
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on(pgwire::query const&) {}
    void on(pgwire::command_complete const&) {}
};

template class pgwire::frontend_events<sink>;
