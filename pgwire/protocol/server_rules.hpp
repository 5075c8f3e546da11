// Which message may come when, from a server's side, once the client is authenticated.
//
// Floor 1, pure and constexpr: the rules of sequence without sockets, handlers or memory.
//
//                     error in the extended protocol
//            ready ───────────────────────────────────▶ skipping
//             │ ▲ ◀───────────────────────────────────────┘
//    CopyIn   │ │ CopyDone, CopyFail        Sync
//    response ▼ │
//            copying, or copying_both after CopyBothResponse: then only CopyDone is an end
//
// Source: PostgreSQL documentation, "Extended Query", "COPY Operations"; details as measured on its servers.
#pragma once

#include <cstdint>

namespace pgwire {

/// What a server does with the message that has come.
enum class reaction : std::uint8_t {
    act,        ///< decode it and do what it says
    ignore,     ///< drop its body undecoded
    violation,  ///< tell the client that the sequence is broken, and close
};

/// What follows an ErrorResponse.
enum class recovery : std::uint8_t {
    ready,  ///< ReadyForQuery at once
    skip,   ///< everything up to the next Sync is dropped
};

class server_rules {
public:
    enum class state : std::uint8_t { ready, skipping, copying, copying_both };

    [[nodiscard]] constexpr state current() const noexcept { return state_; }
    [[nodiscard]] constexpr bool skipping() const noexcept { return state_ == state::skipping; }
    /// Is the frontend sending the data of a COPY?
    [[nodiscard]] constexpr bool copying() const noexcept {
        return state_ >= state::copying;
    }

    /// Is `on_message` to act on a message of this type, with nothing to remember? So it is with most.
    [[nodiscard]] constexpr bool is_ordinary(char tag) const noexcept {
        return state_ == state::ready && !is_copy_message(tag);
    }

    /// A frontend message of a known type has come. A Sync ends the skipping.
    [[nodiscard]] constexpr reaction on_message(char tag) noexcept {
        if (state_ == state::ready) [[likely]]  // a COPY message is what is left of one that failed
            return is_ordinary(tag) ? reaction::act : reaction::ignore;
        switch (state_) {
        case state::ready: break;
        case state::skipping:
            if (tag == 'X') return reaction::act;
            if (tag != 'S') return reaction::ignore;
            state_ = state::ready;
            return reaction::act;
        case state::copying:
            if (is_copy_message(tag)) return reaction::act;
            return tag == 'S' || tag == 'H' ? reaction::ignore : reaction::violation;
        case state::copying_both: return tag == 'd' || tag == 'c' || tag == 'X' ? reaction::act : reaction::violation;
        }
        return reaction::violation;
    }

    /// An ErrorResponse was caused by a message of type `tag`. Query, FunctionCall and Sync are answered by one
    /// ReadyForQuery each, error or not; any other leaves that to the Sync that must follow.
    constexpr recovery on_error(char tag) noexcept {
        if (tag == 'Q' || tag == 'F' || tag == 'S') {
            state_ = state::ready;
            return recovery::ready;
        }
        state_ = state::skipping;
        return recovery::skip;
    }

    /// CopyInResponse was sent.
    constexpr void on_copy_begin() noexcept { state_ = state::copying; }
    /// CopyBothResponse was sent.
    constexpr void on_copy_both_begin() noexcept { state_ = state::copying_both; }

    /// The frontend ended the copy.
    constexpr void on_copy_end() noexcept { state_ = state::ready; }

private:
    /// CopyData `d`, CopyDone `c`, CopyFail `f`; there is no `e`.
    static constexpr bool is_copy_message(char tag) noexcept { return tag >= 'c' && tag <= 'f'; }

    state state_ = state::ready;
};

}  // namespace pgwire
