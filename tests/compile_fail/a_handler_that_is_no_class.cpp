// expect: a handler is a class or a struct
// only-error
#include "pgwire/server.hpp"

template class pgwire::query_loop<int>;
