// expect: sql_layer keeps the books of the transaction itself
#include "pgwire/server.hpp"
#include "pgwire/server/sql_layer.hpp"

struct engine {
    pgwire::command execute(pgwire::request const&) { return {"OK"}; }
    pgwire::transaction_status transaction() const { return pgwire::transaction_status::idle; }
};

template class pgwire::query_loop<pgwire::sql_layer<engine>>;
