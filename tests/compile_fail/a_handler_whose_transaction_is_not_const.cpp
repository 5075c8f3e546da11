// expect: transaction does not fit; expected:  pgwire::transaction_status transaction() const
// only-error
#include "pgwire/server.hpp"

struct handler {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    pgwire::transaction_status transaction() { return pgwire::transaction_status::idle; }
};

template class pgwire::query_loop<handler>;
