// How much one session may keep: the settings.
//
// Floor 4. What is one too many is refused with 53400, and the session goes on. Messages that are under way have limits
// of their own, see `message_limits`; so have the rows of cursors, which are kept for WITH HOLD and to scroll back.
#pragma once

#include <cstddef>

namespace pgwire {

/// 0: no limit, but for `kept_rows`, where it is none at all.
struct session_limits {
    std::size_t statements = 10'000;  ///< that are prepared and have a name
    std::size_t portals = 1'000;      ///< that are bound and have a name; and as many cursors of SQL
    std::size_t memory = std::size_t{256} << 20U;    ///< bytes that these hold of what the client has sent; and as many the cursors
    std::size_t kept_rows = std::size_t{64} << 20U;  ///< bytes of rows that all cursors of SQL together may keep
};

inline constexpr session_limits default_session_limits{};

}  // namespace pgwire
