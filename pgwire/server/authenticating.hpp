// Carries an authentication conversation over a connection.
//
// Floor 4. Nothing but answers is taken as an answer; what is too long is not waited for.
// Source: PostgreSQL documentation, "Start-up"; details as measured on its servers.
#pragma once

#include "pgwire/auth/conversation.hpp"
#include "pgwire/core/bytes.hpp"
#include "pgwire/core/sqlstate.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/net/stream.hpp"
#include "pgwire/protocol/authentication.hpp"
#include "pgwire/protocol/frame.hpp"
#include "pgwire/protocol/limits.hpp"
#include "pgwire/server/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// How a conversation has ended.
struct auth_end {
    enum class kind : std::uint8_t {
        over,        ///< as `step` says
        unexpected,  ///< with a message that is no answer, of the type `tag`
        abandoned,   ///< the connection is to be closed without a word
    };

    kind what = kind::abandoned;
    auth_step step{};
    char tag = 0;
};

/// Brings a conversation to its end. Of what the client sends, its last answer included, all is consumed.
template<auth_conversation C, stream Stream>
task<auth_end> converse(transport<Stream>& wire, C& conversation, message_limits const& limits) {
    auto step = conversation.begin(wire.output());
    while (step.what == auth_step::kind::go_on) {
        bool open = co_await wire.write();
        while (open && wire.input().unread().size() < frame_header_size) {
            if (!wire.input().unread().empty() && wire.input().unread()[0] != password_message::tag) break;
            open = co_await wire.read();
        }
        if (!open) co_return auth_end{};
        char const tag = wire.input().unread()[0];
        if (tag != password_message::tag) co_return auth_end{auth_end::kind::unexpected, {}, tag};
        auto const length = load<std::uint32_t>(wire.input().unread().data() + 1);
        if (length < 4 || length > limits.authentication) co_return auth_end{};
        std::size_t const body = length - 4;
        if (body > longest_response<C>) {
            auth_end const too_long{auth_end::kind::over, auth_step::fail(), tag};
            co_return too_long;
        }
        while (open && wire.input().unread().size() < frame_header_size + body) open = co_await wire.read();
        if (!open) co_return auth_end{};
        step = conversation.receive(wire.input().unread().substr(frame_header_size, body), wire.output());
        wire.input().consume(frame_header_size + body);
    }
    auth_end const end{auth_end::kind::over, step, 0};
    co_return end;
}

}  // namespace pgwire::detail
