// Random bytes of the system, fit for secrets.
//
// Floor 3. <random> has them everywhere, and much else, which takes a tenth of a second to compile.
#pragma once

#include <span>

#if defined(__linux__) || defined(__APPLE__)
#include <sys/random.h>

#include <cerrno>
#include <system_error>
#else
#include <random>
#endif

namespace pgwire::detail {

/// Fills `room`, of 256 bytes at most.
/// @throws system_error if the system has none
inline void fill_with_random(std::span<char> room) {
#if defined(__linux__) || defined(__APPLE__)
    if (::getentropy(room.data(), room.size()) != 0) throw std::system_error(errno, std::generic_category(), "getentropy");
#else
    std::random_device source;
    for (auto& c : room) c = static_cast<char>(source());
#endif
}

}  // namespace pgwire::detail
