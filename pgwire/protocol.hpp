// The wire protocol, floor 1: every message, framing, a call for every message of a stream, the rules of sequence, and
// the lexical rules of SQL that cut a simple query into statements. Pure and constexpr, with the standard library
// alone; it knows both roles.
//
//     pgwire::encode(send_buffer, pgwire::query{"SELECT 1"});
//     auto const row = pgwire::decode<pgwire::data_row>(body);
#pragma once

#include "pgwire/protocol/events.hpp"
#include "pgwire/protocol/frame.hpp"
#include "pgwire/protocol/limits.hpp"
#include "pgwire/protocol/messages.hpp"
#include "pgwire/protocol/server_rules.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/protocol/sql_splitter.hpp"
