// What the two streams of events have in common: bytes that come in pieces of any size, cut into messages.
//
// Floor 1, pure and constexpr. A message is looked at where it stands if it stands there whole; else what has come of
// it is kept until the rest is there, each byte copied once. Memory is that of one message that somebody wants whole;
// what was grown for a long one is given back behind it.
#pragma once

#include "pgwire/protocol/event_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

struct event_options {
    message_limits limits{};       ///< a longer length field is an error; of a backend only `large` counts
    std::uint32_t whole = 65'536;  ///< bytes: a CopyData or DataRow with a longer body comes in pieces to `on_piece`
    bool in_session = false;       ///< for who listens in later: the login is over, the next message has a type
};

/// What a stream of events expects next.
enum class event_stage : std::uint8_t {
    start,      ///< of a frontend: a message of the startup family
    answer,     ///< one byte of the backend, which answers SSLRequest or GSSENCRequest; the frontend waits for it
    encrypted,  ///< what nobody can read before `handshake_done`
    session,    ///< messages with a type
    over,       ///< of a frontend: nothing, after a CancelRequest
};

namespace detail {

/// What a message's first bytes say to a stream of events.
struct event_front {
    errc error = errc::none;
    std::size_t needed = 0;  ///< so many bytes must be there before anything can be done
    char tag = 0;
    std::size_t header = 0;
    std::uint32_t body = 0;
    bool in_pieces = false;  ///< the body is not kept
    bool skipped = false;    ///< nor handed out
};

/// A message of which nobody wants less than all.
[[nodiscard]] constexpr event_front whole_message(char tag, std::size_t header, std::uint32_t body) noexcept {
    return {.needed = header + body, .tag = tag, .header = header, .body = body};
}

/// @tparam Stream  derives from this and has `front(bytes)`, an `event_front`, and `deliver(tag, body)`
template<class Stream, sender From, class Sink>
class event_stream {
    static_assert(check_sink<From, Sink>());

public:
    /// The next bytes of the stream, as few or as many as have come; the sink is told of every message that ends in
    /// them. They need not live longer than the call.
    /// @return what is wrong with the message at `position`: `unknown_message_type`, `invalid_length`,
    ///         `unexpected_data`, or, if the sink has no `on_malformed`, why it can't be decoded. The stream ends there:
    ///         every further call returns the same.
    constexpr result<void> feed(std::string_view bytes) {
        while (error_ == errc::none && !bytes.empty()) {
            if (!held_.empty()) {
                std::size_t const needed = self().front(kept()).needed;
                auto const more = bytes.substr(0, needed > held_.size() ? needed - held_.size() : 0);
                hold(more);
                bytes.remove_prefix(more.size());
                if (take(kept()) != 0) drop_held();
            } else if (std::size_t const taken = take(bytes); taken != 0) {
                bytes.remove_prefix(taken);
            } else if (error_ == errc::none) {
                hold(std::exchange(bytes, {}));
            }
        }
        return error_;
    }

    /// How far the stream is understood, in bytes from its beginning: up to the message that is not complete yet, or
    /// that is wrong; of one that comes in pieces, up to where the next piece begins.
    [[nodiscard]] constexpr std::uint64_t position() const noexcept { return position_; }

    /// The bytes that are kept because the rest of their message is missing.
    [[nodiscard]] constexpr std::size_t held() const noexcept { return held_.size(); }

    /// What ended the stream, or `errc::none`.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

    [[nodiscard]] constexpr event_stage stage() const noexcept { return stage_; }

    /// Both sides have agreed on encryption and are done with its handshake: what is fed from now on is decrypted.
    constexpr void handshake_done() noexcept {
        if (stage_ != event_stage::encrypted) return;
        stage_ = From == sender::frontend ? event_stage::start : event_stage::session;
    }

protected:
    constexpr event_stream(Sink& sink, event_options const& options, event_stage stage) noexcept
        : stage_(stage), options_(options), sink_(&sink) {}

    /// The front of a message that has a type.
    [[nodiscard]] constexpr event_front typed_front(std::string_view bytes) const noexcept {
        auto const head = read_frame_head<From>(bytes, options_.limits);
        switch (head.what) {
        case piece::kind::unknown_type: return {.error = errc::unknown_message_type};
        case piece::kind::invalid_length: return {.error = errc::invalid_length};
        case piece::kind::message: break;
        default: return {.needed = frame_header_size};
        }
        auto front = whole_message(head.tag, frame_header_size, head.body);
        bool const must_be_known = From == sender::backend && head.tag == authentication_ok::tag;
        front.skipped = !heard_tags<From, Sink>[static_cast<unsigned char>(head.tag)] && !must_be_known;
        if (has_on_piece<Sink> && head.type.in_pieces && head.body > options_.whole) {
            front.in_pieces = true;
            front.skipped = false;
        }
        if (front.skipped) front.in_pieces = true;
        if (front.in_pieces) front.needed = front.header;
        return front;
    }

    /// Tells the sink of an `M`, if it listens.
    template<class M>
    constexpr void tell(char tag, std::string_view body) {
        if constexpr (hears<Sink, M>) {
            if (auto const m = decode<M>(body)) sink_->on(*m);
            else malformed(tag, body, m.error());
        } else {
            tell_other(tag, body);
        }
    }
    constexpr void tell_other(char tag, std::string_view body) {
        if constexpr (has_on_other<Sink>) sink_->on_other(tag, body);
    }
    constexpr void malformed(char tag, std::string_view body, errc why) {
        if constexpr (has_on_malformed<Sink>) sink_->on_malformed(tag, body, why);
        else fail(why);
    }

    /// Tells the sink of whatever message with a type this is.
    constexpr void tell_typed(char tag, std::string_view body) {
        if (!tell_one_of(tag, body, typename events_from<From>::messages{})) tell_other(tag, body);
    }

    /// Is the next byte the first one of a message?
    [[nodiscard]] constexpr bool between_messages() const noexcept { return held_.empty() && left_ == 0; }
    constexpr void fail(errc why) noexcept { error_ = why; }

    event_stage stage_;
    event_options options_;
    Sink* sink_;

private:
    [[nodiscard]] constexpr Stream& self() noexcept { return static_cast<Stream&>(*this); }

    /// Deals with what is at the front, and returns how many bytes that was; 0 if more are needed, or it is wrong.
    constexpr std::size_t take(std::string_view bytes) {
        if (left_ != 0) return take_piece(bytes);
        auto const front = self().front(bytes);
        error_ = front.error;
        if (error_ != errc::none || bytes.size() < front.needed) return 0;
        if (front.in_pieces) {
            left_ = front.body;
            piece_ = {front.tag, {}, 0, front.skipped ? 0 : front.body};
        } else {
            self().deliver(front.tag, bytes.substr(front.header, front.body));
            if (error_ != errc::none) return 0;
        }
        position_ += front.needed;
        return front.needed;
    }

    constexpr std::size_t take_piece(std::string_view bytes) {
        piece_.bytes = bytes.substr(0, left_);
        auto const size = static_cast<std::uint32_t>(piece_.bytes.size());
        if constexpr (has_on_piece<Sink>)
            if (piece_.size != 0) sink_->on_piece(std::as_const(piece_));
        piece_.offset += size;
        left_ -= size;
        position_ += size;
        return size;
    }

    template<class... M>
    constexpr bool tell_one_of(char tag, std::string_view body, type_list<M...>) {
        return (tell_if<M>(tag, body) || ...);
    }
    template<class M>
    constexpr bool tell_if(char tag, std::string_view body) {
        if constexpr (tagged_message<M>) {
            if (tag != M::tag) return false;
            if constexpr (requires { M::code; })
                if (load<std::int32_t>(body.data()) != static_cast<std::int32_t>(M::code)) return false;
            tell<M>(tag, body);
            return true;
        } else {
            return false;
        }
    }

    [[nodiscard]] constexpr std::string_view kept() const noexcept { return {held_.data(), held_.size()}; }
    constexpr void hold(std::string_view bytes) { held_.insert(held_.end(), bytes.begin(), bytes.end()); }
    constexpr void drop_held() {
        held_.clear();
        if (held_.capacity() > options_.whole + frame_header_size) std::vector<char>().swap(held_);
    }

    std::vector<char> held_;      // the beginning of a message whose end is missing
    std::uint64_t position_ = 0;
    message_piece piece_{};       // of the message that comes in pieces; without a size if nobody wants them
    std::uint32_t left_ = 0;      // bytes of its body still to come
    errc error_ = errc::none;
};

}  // namespace detail

}  // namespace pgwire
