// expect: an event sink's on_piece does not fit; expected:  void on_piece(message_piece const&)
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on(pgwire::query const&) {}
    void on_piece(char, std::string_view) {}
};

template class pgwire::frontend_events<sink>;
