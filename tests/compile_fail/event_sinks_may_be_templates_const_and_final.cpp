// compiles
#include "pgwire/protocol/events.hpp"

struct everything {
    void on(auto const&) {}
};
struct constrained {
    template<pgwire::message_type M>
    void on(M const&) const {}
};
struct final_one final {
    void on(pgwire::query const&) noexcept {}
    void on(pgwire::parse) {}
    static void on(pgwire::execute const&, int = 0) {}
};
struct pieces {
    void on_piece(pgwire::message_piece) {}
};

template class pgwire::frontend_events<everything>;
template class pgwire::backend_events<everything>;
template class pgwire::frontend_events<constrained const>;
template class pgwire::backend_events<constrained const>;
template class pgwire::frontend_events<final_one>;
template class pgwire::backend_events<pieces>;
template class pgwire::conversation_events<final_one, pieces>;
