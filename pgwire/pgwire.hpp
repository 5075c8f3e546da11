// Everything: the protocol, the types, the server, and the layer for engines of SQL.
#pragma once

#include "pgwire/protocol.hpp"
#include "pgwire/server.hpp"
#include "pgwire/server/sql_layer.hpp"
#include "pgwire/types.hpp"
