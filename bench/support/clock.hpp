// Time as the programs that make load count it.
#pragma once

#include <cstdint>
#include <ctime>

namespace bench {

/// Nanoseconds, from some point on that does not move.
[[nodiscard]] inline std::int64_t now() {
    std::timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

}  // namespace bench
