// expect: an event sink's on takes no message of its direction; expected:  void on(M const&), public
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on_other(char, std::string_view) {}

private:
    void on(pgwire::query const&) {}
};

template class pgwire::frontend_events<sink>;
