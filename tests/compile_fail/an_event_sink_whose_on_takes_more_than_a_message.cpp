// expect: an event sink's on does not fit its message M; expected:  void on(M const&)
// only-error
#include "pgwire/protocol/events.hpp"

struct sink {
    void on(pgwire::row_description const&) {}
    void on(pgwire::data_row const&, int) {}
};

template class pgwire::backend_events<sink>;
