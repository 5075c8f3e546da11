// What a backend may say at any time, asked or not. (So may it send a notice: see diagnostics.hpp.)
//
// Floor 1. Source: PostgreSQL documentation, "Asynchronous Operations" and "Message Formats".
#pragma once

#include "pgwire/protocol/message.hpp"

namespace pgwire {

/// ParameterStatus (backend): a run-time parameter that the backend reports, at the start and whenever it changes.
struct parameter_status {
    static constexpr char tag = 'S';

    std::string_view name;
    std::string_view value;

    using layout = fields<&parameter_status::name, &parameter_status::value>;
    friend constexpr bool operator==(parameter_status const&, parameter_status const&) = default;
};

/// NotificationResponse (backend): somebody said NOTIFY on a channel that this session listens to.
struct notification_response {
    static constexpr char tag = 'A';

    std::int32_t process_id = 0;  ///< of the session that said it
    std::string_view channel;
    std::string_view payload;

    using layout = fields<&notification_response::process_id, &notification_response::channel,
                          &notification_response::payload>;
    friend constexpr bool operator==(notification_response const&, notification_response const&) = default;
};

}  // namespace pgwire
