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
    bool is_failure = false;  ///< see `auth_step`; or an answer that was none
};

/// Brings a conversation to its end. Of what the client sends, its last answer included, all is consumed.
template<auth_conversation C, stream Stream>
task<auth_end> converse(transport<Stream>& wire, C& conversation, message_limits const& limits) {
    auto step = conversation.begin(wire.output());
    auth_end end;
    while (step.what == auth_step::kind::go_on) {
        end.is_failure = end.is_failure || step.is_failure;
        bool open = co_await wire.write();
        while (open && wire.input().unread().size() < frame_header_size) {
            if (!wire.input().unread().empty() && wire.input().unread()[0] != password_message::tag) break;
            open = co_await wire.read();
        }
        if (!open) co_return end;
        end.tag = wire.input().unread()[0];
        if (end.tag != password_message::tag) {
            end.what = auth_end::kind::unexpected;
            end.is_failure = true;
            co_return end;
        }
        auto const length = load<std::uint32_t>(wire.input().unread().data() + 1);
        if (length < 4 || length > limits.authentication) co_return end;
        std::size_t const body = length - 4;
        if (body > longest_response<C>) {
            step = auth_step::fail();
            break;
        }
        while (open && wire.input().unread().size() < frame_header_size + body) open = co_await wire.read();
        if (!open) co_return end;
        step = conversation.receive(wire.input().unread().substr(frame_header_size, body), wire.output());
        wire.input().consume(frame_header_size + body);
    }
    end.what = auth_end::kind::over;
    end.step = step;
    end.is_failure = end.is_failure || step.is_failure;
    co_return end;
}

}  // namespace pgwire::detail
