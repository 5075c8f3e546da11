// Who hears the messages of a stream: the functions that a sink may have, how they are found, and what a mistake in one
// is answered with.
//
// Floor 1, pure and constexpr. A sink is any class with some of
//
//     void on(query const&)                            // one overload for each message that it wants, decoded
//     void on_other(char tag, std::string_view body)   // every message that no `on` takes, undecoded; the tag is 0 for
//                                                      // what has none: the startup family, and the answers to it
//     void on_piece(message_piece const&)              // CopyData and DataRow too long to be kept whole
//     void on_malformed(char tag, std::string_view body, errc why)   // what can't be decoded; the stream then goes on
//
// An `on` may be a template. What a sink has none of these for is neither decoded nor kept. Views live until the
// function returns. A sink must not feed the stream that is calling it; if it throws, that stream is of no more use.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/protocol/frame.hpp"
#include "pgwire/protocol/messages.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace pgwire {

/// A part of a message that is too long to be handed out whole. The pieces of a message come in order, none is empty,
/// and no other message comes between them; where they are cut depends on how the bytes arrive.
struct message_piece {
    char tag = 0;
    std::string_view bytes;    ///< of its body
    std::uint32_t offset = 0;  ///< where in the body these bytes stand
    std::uint32_t size = 0;    ///< bytes of the whole body

    [[nodiscard]] constexpr bool last() const noexcept { return offset + bytes.size() == size; }
};

namespace detail {

template<class T, class List>
inline constexpr bool is_one_of = false;
template<class T, class... Of>
inline constexpr bool is_one_of<T, type_list<Of...>> = (std::same_as<T, Of> || ...);

template<sender From>
struct events_from {
    using messages = frontend_messages;
    using others = backend_messages;
};
template<>
struct events_from<sender::backend> {
    using messages = backend_messages;
    using others = frontend_messages;
};

/// Is this what `on` may take in a sink of that direction?
template<class T, sender From>
concept event_of = is_one_of<T, typename events_from<From>::messages> ||
                   (From == sender::backend && std::same_as<T, encryption_answer>);

template<class Sink, class M>
concept hears = requires(Sink& s, M const& m) { s.on(m); };

/// The same, and no mistake.
template<class Sink, class M>
concept hears_well = requires(Sink& s, M const& m) {
    { s.on(m) } -> std::same_as<void>;
};

template<class Sink>
concept has_on_other = requires(Sink& s) {
    { s.on_other(char(), std::string_view()) } -> std::same_as<void>;
};
template<class Sink>
concept has_on_piece = requires(Sink& s, message_piece const& p) {
    { s.on_piece(p) } -> std::same_as<void>;
};
template<class Sink>
concept has_on_malformed = requires(Sink& s) {
    { s.on_malformed(char(), std::string_view(), errc()) } -> std::same_as<void>;
};

// Does the sink say this name at all? Then a class that inherits it from two sides is ambiguous.
#define PGWIRE_DETAIL_SINK(NAME)                                                                                       \
    struct sink_says_##NAME {                                                                                          \
        int NAME;                                                                                                      \
    };                                                                                                                 \
    template<class Sink>                                                                                               \
    struct sink_probe_##NAME : Sink, sink_says_##NAME {};                                                              \
    template<class Sink>                                                                                               \
    concept sink_names_##NAME = !requires { &sink_probe_##NAME<Sink>::NAME; };

PGWIRE_DETAIL_SINK(on)
PGWIRE_DETAIL_SINK(on_other)
PGWIRE_DETAIL_SINK(on_piece)
PGWIRE_DETAIL_SINK(on_malformed)
#undef PGWIRE_DETAIL_SINK

/// A message of nobody's: what takes this is a template that takes all.
struct any_message {
    static constexpr char tag = '\0';
    using layout = fields<>;
};

/// Becomes whatever an `on` asks for, unless that is a message of this direction.
template<sender From>
struct anything_else {
    template<class T>
        requires(!event_of<T, From> && !std::same_as<T, anything_else>)
    operator T() const;  // NOLINT: it is never called
};
/// Becomes whatever an `on` asks for behind the message.
struct anything_more {
    template<class T>
    operator T() const;  // NOLINT: it is never called
};

/// There is an `on` for this message, and no call finds it.
template<class Sink, class M>
concept hears_wrongly =
    !hears<Sink, M> && (requires(Sink& s, M& m) { s.on(m); } || requires(Sink& s) { s.on(M()); } ||
                        requires(Sink& s, M const& m) { s.on(m, anything_more()); } ||
                        requires(Sink& s, M const* m) { s.on(m); });

template<class Sink, class M>
consteval bool check_event() {
    static_assert(!hears_wrongly<Sink, M>,
                  "an event sink's on does not fit its message M; expected:  void on(M const&)");
    static_assert(!hears<Sink, M> || hears_well<Sink, M>,
                  "an event sink's on returns something; expected:  void on(M const&)");
    return hears<Sink, M>;
}

template<sender From, class Sink, class... M>
consteval bool hears_any(type_list<M...>) {
    return (static_cast<int>(check_event<Sink, M>()) + ... + 0) != 0;
}
template<sender From, class Sink, class... M>
consteval bool hears_the_other_side(type_list<M...>) {
    return ((!event_of<M, From> && hears<Sink, M>) || ...);
}

/// Every mistake in a sink that a compiler can find is an error that says what was expected.
template<sender From, class Sink>
consteval bool check_sink() {
    static_assert(std::is_class_v<Sink>, "an event sink is a class, with an on for each message that it wants");
    using events = events_from<From>;
    constexpr bool generic = hears<Sink, any_message>;
    constexpr bool foreign =
        !generic && (hears_the_other_side<From, Sink>(typename events::others{}) || hears<Sink, anything_else<From>>);
    static_assert(!foreign || From == sender::backend,
                  "an event sink of frontend messages has an on for a type that is none; see frontend_messages");
    static_assert(!foreign || From == sender::frontend,
                  "an event sink of backend messages has an on for a type that is none; see backend_messages");
    constexpr bool listens = hears_any<From, Sink>(typename events::messages{}) || hears<Sink, encryption_answer>;
    if constexpr (std::is_class_v<Sink> && !std::is_final_v<Sink>) {  // of a final class nobody can ask for names
        static_assert(foreign || listens || !sink_names_on<Sink>,
                      "an event sink's on takes no message of its direction; expected:  void on(M const&), public");
        static_assert(has_on_other<Sink> || !sink_names_on_other<Sink>,
                      "an event sink's on_other does not fit; expected:  "
                      "void on_other(char tag, std::string_view body)");
        static_assert(has_on_piece<Sink> || !sink_names_on_piece<Sink>,
                      "an event sink's on_piece does not fit; expected:  void on_piece(message_piece const&)");
        static_assert(has_on_malformed<Sink> || !sink_names_on_malformed<Sink>,
                      "an event sink's on_malformed does not fit; expected:  "
                      "void on_malformed(char tag, std::string_view body, errc why)");
    }
    static_assert(foreign || listens || has_on_other<Sink> || has_on_piece<Sink>,
                  "an event sink needs an on, an on_other or an on_piece, or it hears nothing");
    return true;
}

/// Does anybody want the messages with this tag, whole?
template<sender From, class Sink>
inline constexpr std::array<bool, 256> heard_tags = [] {
    std::array<bool, 256> heard{};
    events_from<From>::messages::for_each([&]<class M>() {
        if constexpr (tagged_message<M>)
            if (hears<Sink, M> || has_on_other<Sink>) heard[static_cast<unsigned char>(M::tag)] = true;
    });
    return heard;
}();

}  // namespace detail

}  // namespace pgwire
