// The types whose values the server's own parts look into: what is bound, what an EXECUTE gives, what a cursor keeps.
//
// Floor 4. They are the types of SQL's constants, and what is bound most. A handler that binds others, or all of
// `host_types`, decodes them itself.
#pragma once

#include "pgwire/types.hpp"
#include "pgwire/types/visit_type.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pgwire::detail {

using sql_types = type_list<bool, std::int16_t, std::int32_t, std::int64_t, oid, float, double, numeric,
                            std::vector<std::byte>, uuid, date, time_of_day, time_of_day_tz, timestamp, timestamptz,
                            interval>;

}  // namespace pgwire::detail
