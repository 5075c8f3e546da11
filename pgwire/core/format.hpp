// The two ways in which a value stands on the wire.
//
// Floor 0, standard library only. Source: PostgreSQL documentation, "Formats and Format Codes".
#pragma once

#include <cstdint>

namespace pgwire {

/// How a value is written: as text, or in its type's binary form. Any other code may arrive from a peer.
enum class format : std::int16_t { text = 0, binary = 1 };

}  // namespace pgwire
