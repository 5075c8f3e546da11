// The number by which PostgreSQL knows a type, a table, a function.
//
// Floor 0, standard library only. Source: PostgreSQL documentation, "Object Identifier Types". The built-in types are
// named in `pgwire/types/oid.hpp`.
#pragma once

#include <cstdint>

namespace pgwire {

/// An object identifier. 0, the default, names nothing.
enum class oid : std::uint32_t {};

}  // namespace pgwire
