// The names of the system's users.
//
// Floor 3.
#pragma once

#include <string>

#if defined(__unix__) || defined(__APPLE__)
#include <pwd.h>
#include <cerrno>
#include <vector>
#endif

namespace pgwire {

/// The name of the user with this number; empty if there is none, or if the system can't tell. It may have to read a
/// file.
[[nodiscard]] inline std::string system_user_name([[maybe_unused]] unsigned id) {
#if defined(__unix__) || defined(__APPLE__)
    constexpr std::size_t most = 1 << 20;
    std::vector<char> room(1024);
    ::passwd entry{};
    ::passwd* found = nullptr;
    int result = ERANGE;
    while (result == ERANGE && room.size() < most) {
        result = ::getpwuid_r(id, &entry, room.data(), room.size(), &found);
        if (result == ERANGE) room.resize(room.size() * 2);
    }
    if (result == 0 && found != nullptr) return found->pw_name;
#endif
    return {};
}

}  // namespace pgwire
