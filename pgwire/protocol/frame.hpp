// Finds messages in a stream of bytes, before anything is decoded: whole ones, or in pieces.
//
// Floor 1, pure and constexpr. A type is checked before its length is read, a length before anything is done with it.
// Most messages are handed out whole; the table says which may pass in pieces, so that a CopyData of 1 GiB never has to
// stand in memory. Source: PostgreSQL documentation, "Message Formats"; order of the checks as measured.
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/protocol/limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace pgwire {

/// Who sent a message: the same type byte means different things in the two directions.
enum class sender : std::uint8_t { frontend, backend };

/// What framing must know of a message type.
struct frame_type {
    enum class size : std::uint8_t { unknown, small, large };

    size limit = size::unknown;
    bool in_pieces = false;  ///< may be handed out before its whole body has arrived

    friend constexpr bool operator==(frame_type const&, frame_type const&) = default;
};

/// The types that a frontend may send once it is authenticated, and those that a backend may send at any time.
template<sender From>
inline constexpr std::array<frame_type, 256> frame_types = [] {
    std::array<frame_type, 256> types{};
    auto const add = [&types](std::string_view tags, frame_type type) {
        for (char const tag : tags) types[static_cast<unsigned char>(tag)] = type;
    };
    if constexpr (From == sender::frontend) {
        add("QPBF", {frame_type::size::large, false});
        add("d", {frame_type::size::large, true});
        add("CDEHSXcf", {frame_type::size::small, false});
    } else {
        add("123ACEGHIKNRSTVWZcnstv", {frame_type::size::large, false});
        add("Dd", {frame_type::size::large, true});
    }
    return types;
}();

/// What stands at the front of the bytes that a `framer` was shown.
struct piece {
    enum class kind : std::uint8_t {
        incomplete,      ///< more bytes are needed; nothing is consumed
        message,         ///< a whole message
        chunk,           ///< a part of a body, more will follow
        last_chunk,      ///< the end of a body
        unknown_type,    ///< no message has this type; framing is lost
        invalid_length,  ///< a length below 4 or above the limit; framing is lost
    };

    kind what = kind::incomplete;
    char tag = 0;
    std::string_view body{};   ///< of a message, or this part of it
    std::size_t consumed = 0;  ///< bytes to take off the front
};

/// The bytes of a message that are its type and its length.
inline constexpr std::size_t frame_header_size = 5;

/// What those bytes say: `message` if there can be such a message, `unknown_type`, `invalid_length`, or `incomplete`.
struct frame_head {
    piece::kind what = piece::kind::incomplete;
    char tag = 0;
    frame_type type{};
    std::uint32_t body = 0;  ///< bytes behind them
};

/// The largest length field of a message of this type.
[[nodiscard]] constexpr std::uint32_t frame_limit(frame_type type, message_limits const& limits) noexcept {
    return type.limit == frame_type::size::small ? limits.small : limits.large;
}

/// Reads the header of the message at the front of `bytes`.
template<sender From>
[[nodiscard]] constexpr frame_head read_frame_head(std::string_view bytes, message_limits const& limits) noexcept {
    if (bytes.empty()) return {};
    char const tag = bytes[0];
    auto const type = frame_types<From>[static_cast<unsigned char>(tag)];
    if (type.limit == frame_type::size::unknown) [[unlikely]] return {piece::kind::unknown_type, tag, type, 0};
    if (bytes.size() < frame_header_size) return {};
    auto const length = load<std::uint32_t>(bytes.data() + 1);
    if (length < 4 || length > frame_limit(type, limits)) [[unlikely]]
        return {piece::kind::invalid_length, tag, type, 0};
    return {piece::kind::message, tag, type, length - 4};
}

/// Cuts a stream into messages. It keeps no bytes, only how much of a message is still to come.
template<sender From>
class framer {
public:
    constexpr explicit framer(message_limits limits = {}) noexcept
        : limits_(limits), too_large_{0, beyond(limits.small), beyond(limits.large)} {}

    /// The body of the message at the front of `bytes`, which takes up five bytes more, if it stands there whole: as it
    /// does most of the time. Else a null view, and `next` tells what is there.
    [[nodiscard]] constexpr std::string_view whole(std::string_view bytes) const noexcept {
        if (bytes.size() < header || left_ != 0) return {};
        auto const type = frame_types<From>[static_cast<unsigned char>(bytes[0])];
        std::uint32_t const body = load<std::uint32_t>(bytes.data() + 1) - 4;  // huge, if the length is below 4
        bool const fits = body < too_large_[static_cast<std::size_t>(type.limit)] && body <= bytes.size() - header;
        return fits ? std::string_view(bytes.data() + header, body) : std::string_view();
    }

    /// What is at the front of `bytes`? The caller takes `consumed` bytes off and asks again. With `discard` every
    /// large body may come in pieces, for messages that nobody will decode.
    [[nodiscard]] constexpr piece next(std::string_view bytes, bool discard = false) noexcept {
        if (left_ != 0) return continue_body(bytes);
        if (bytes.empty()) return {};  // as it is behind the last message of each read
        auto const [what, tag, type, body] = read_frame_head<From>(bytes, limits_);
        if (what != piece::kind::message) [[unlikely]] return {.what = what, .tag = tag};
        if (bytes.size() - header >= body) [[likely]]
            return {piece::kind::message, tag, {bytes.data() + header, body}, header + body};
        if (!type.in_pieces && !(discard && type.limit == frame_type::size::large)) return {};
        tag_ = tag;
        left_ = body - (bytes.size() - header);
        return {piece::kind::chunk, tag, {bytes.data() + header, bytes.size() - header}, bytes.size()};
    }

    /// Is a body still to come to its end, of which pieces were given?
    [[nodiscard]] constexpr bool is_within_body() const noexcept { return left_ != 0; }

private:
    static constexpr std::size_t header = frame_header_size;

    /// The smallest body whose length field is above `limit`.
    static constexpr std::uint32_t beyond(std::uint32_t limit) noexcept { return limit < 4 ? 0 : limit - 3; }

    constexpr piece continue_body(std::string_view bytes) noexcept {
        if (bytes.empty()) return {};
        if (bytes.size() < left_) {
            left_ -= bytes.size();
            return {piece::kind::chunk, tag_, bytes, bytes.size()};
        }
        auto const size = std::exchange(left_, 0);
        return {piece::kind::last_chunk, tag_, {bytes.data(), size}, size};
    }

    message_limits limits_;
    std::array<std::uint32_t, 3> too_large_;  // the smallest body that is, by the type's `limit`
    std::size_t left_ = 0;  // bytes of a body still to come
    char tag_ = 0;
};

}  // namespace pgwire
