// The server's public face: write a handler, serve it.
//
// With the types that most tables are made of; a row of others needs `pgwire/types.hpp` too.
#pragma once

#include "pgwire/protocol.hpp"
#include "pgwire/server/cursor.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/layer.hpp"
#include "pgwire/server/outcome.hpp"
#include "pgwire/server/query_loop.hpp"
#include "pgwire/server/request.hpp"
#include "pgwire/server/serve.hpp"
#include "pgwire/server/server.hpp"
#include "pgwire/server/session.hpp"
#include "pgwire/types/common_types.hpp"
