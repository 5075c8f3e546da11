// The types that most tables are made of: truth values, numbers, text, bytes, UUIDs, dates and times, enums.
//
// Floor 2, standard library only. What `pgwire/server.hpp` brings; all the others are in `pgwire/types.hpp`, which takes
// half as long again to compile as everything that a server needs.
#pragma once

#include "pgwire/types/boolean.hpp"
#include "pgwire/types/bytea.hpp"
#include "pgwire/types/date_time.hpp"
#include "pgwire/types/enumeration.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/integer.hpp"
#include "pgwire/types/interval.hpp"
#include "pgwire/types/numeric.hpp"
#include "pgwire/types/text.hpp"
#include "pgwire/types/uuid.hpp"
