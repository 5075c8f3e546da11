// How long a message may be, by its type and by the phase of the connection.
//
// Floor 1. The defaults are PostgreSQL's own, as measured on its servers; each is the largest value of the length
// field, which counts itself and not the type byte.
#pragma once

#include <cstdint>

namespace pgwire {

/// The largest length fields that a server accepts, in bytes. What is longer closes the connection without a word.
struct message_limits {
    std::uint32_t startup = 10'004;         ///< the startup family, before authentication
    std::uint32_t authentication = 65'535;  ///< PasswordMessage and its kin
    std::uint32_t small = 10'000;           ///< Close, Describe, Execute, Flush, Sync, Terminate, CopyDone, CopyFail
    std::uint32_t large = 0x3fff'fffe;      ///< Query, Parse, Bind, FunctionCall, CopyData
};

}  // namespace pgwire
