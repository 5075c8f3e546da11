// A client's messages, framed and filtered: those that must be acted on.
//
// Floor 4, pure. Between an error and the Sync that follows it messages are dropped undecoded, and so is what is left
// of a COPY that failed; their types and lengths are checked all the same.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/protocol/frame.hpp"
#include "pgwire/protocol/message.hpp"
#include "pgwire/protocol/server_rules.hpp"
#include "pgwire/server/refusals.hpp"

#include <string_view>

namespace pgwire::detail {

/// A message from its body; its views point there.
/// @throws sql_error 08P01
template<class Message>
[[nodiscard, gnu::flatten, gnu::always_inline]]  // so that the message is made where it is used
inline Message decode_or_refuse(std::string_view body) {
    reader in(body);
    Message m = read_body<Message>(in);
    if (auto const done = in.finish(); !done) [[unlikely]] refuse(done.error());
    return m;
}

class incoming {
public:
    incoming(receive_buffer& in, message_limits const& limits) noexcept : in_(in), framer_(limits) {}

    struct whole_message {
        char tag;
        std::string_view body;
    };

    /// The next message to act on, if it stands there whole, as it does most of the time. It is consumed; its body stays
    /// until the next read. Else the body is null, and `next` tells what there is.
    [[nodiscard]] whole_message next_whole() noexcept {
        auto const bytes = in_.unread();
        if (bytes.empty() || !rules_.is_ordinary(bytes[0])) return {};
        auto const body = framer_.whole(bytes);
        if (body.data() == nullptr) return {};
        in_.consume(header_size + body.size());
        return {bytes[0], body};
    }

    /// Is there nothing at all?
    [[nodiscard]] bool is_empty() const noexcept { return in_.unread().empty(); }

    /// The next message to act on; or that there is none yet, or why framing is lost. While a COPY is under way this
    /// gives also what may not come then, and a CopyData as several messages: the pieces in which it arrives.
    [[nodiscard, gnu::noinline]]  // what is rare does not burden what is not
    piece next() noexcept {
        for (;;) {
            piece p = framer_.next(in_.unread(), rules_.skipping() || rules_.copying());
            in_.consume(p.consumed);
            switch (p.what) {
            case piece::kind::message:
                if (rules_.on_message(p.tag) != reaction::ignore) return p;
                break;
            case piece::kind::chunk:
            case piece::kind::last_chunk:
                if (!rules_.copying()) break;  // of what is dropped
                p.what = piece::kind::message;
                return p;
            default: return p;
            }
        }
    }

    /// Is what comes next a new message, that is acted on?
    [[nodiscard]] bool is_between_messages() const noexcept {
        return rules_.current() == server_rules::state::ready && !framer_.is_within_body();
    }

    /// An ErrorResponse answers a message of type `tag`: what follows it?
    [[nodiscard]] recovery on_error(char tag) noexcept { return rules_.on_error(tag); }

    /// Between CopyInResponse, or CopyBothResponse, and the end of the client's data.
    [[nodiscard]] bool copying() const noexcept { return rules_.copying(); }
    void begin_copy() noexcept { rules_.on_copy_begin(); }
    void begin_copy_both() noexcept { rules_.on_copy_both_begin(); }
    void end_copy() noexcept { rules_.on_copy_end(); }

private:
    static constexpr std::size_t header_size = 5;

    receive_buffer& in_;
    framer<sender::frontend> framer_;
    server_rules rules_;
};

}  // namespace pgwire::detail
