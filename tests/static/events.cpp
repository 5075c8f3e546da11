// A call for every message, at compile time: whole, a byte at a time, and in pieces.
#include "pgwire/protocol/events.hpp"

#include "tests/support/check.hpp"

namespace pgwire::test {

/// Counts the messages that are what the sample of their type is, and everything else.
struct counter {
    int good = 0;
    int bad = 0;
    int other = 0;

    template<message_type M>
    constexpr void on(M const& m) {
        ++(m == sample<M> ? good : bad);
    }
    constexpr void on(encryption_answer) { ++good; }
    constexpr void on_other(char, std::string_view) { ++other; }
};

/// Feeds `bytes` in pieces of `size`.
constexpr bool feed_all(auto& events, std::string_view bytes, std::size_t size) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
        if (!events.feed(bytes.substr(0, size))) return false;
    return true;
}

/// A message of the session is one event, and no event before its last byte is there.
template<template<class> class Events, message_type M>
consteval bool is_one_event(std::size_t size) {
    event_options const options{.in_session = tagged_message<M>};
    auto const e = encoded(sample<M>);
    counter sink;
    Events events(sink, options);
    if (!feed_all(events, e.frame().substr(0, e.frame().size() - 1), size)) return false;
    if (sink.good + sink.bad + sink.other != 0 || events.position() != 0) return false;
    if (!feed_all(events, e.frame().substr(e.frame().size() - 1), size)) return false;
    return sink.good == 1 && sink.bad + sink.other == 0 && events.held() == 0 && events.position() == e.frame().size();
}

template<class M>
constexpr bool shares_p = [] {
    if constexpr (tagged_message<M>) return M::tag == 'p';
    return false;
}();

template<template<class> class Events, class... M>
consteval bool are_events(type_list<M...>) {
    return ((shares_p<M> ||
             (is_one_event<Events, M>(1) && is_one_event<Events, M>(3) && is_one_event<Events, M>(1000))) &&
            ...);
}

static_assert(are_events<frontend_events>(frontend_messages{}), "every message of a frontend is an event");
static_assert(are_events<backend_events>(backend_messages{}), "every message of a backend is an event");

/// An authentication request, and the answer that follows it.
template<message_type Request, message_type Answer>
consteval bool answers() {
    counter client;
    counter server;
    conversation_events conversation(client, server);
    if (!conversation.from_frontend(encoded(sample<startup_message>).frame())) return false;
    if (!conversation.from_backend(encoded(sample<Request>).frame())) return false;
    if (!conversation.from_frontend(encoded(sample<Answer>).frame())) return false;
    return client.good == 2 && client.bad + client.other == 0 && server.good == 1;
}

static_assert(answers<authentication_cleartext_password, password_message>());
static_assert(answers<authentication_md5_password, password_message>());
static_assert(answers<authentication_sasl, sasl_initial_response>());
static_assert(answers<authentication_sasl_continue, sasl_response>());
static_assert(answers<authentication_gss, gss_response>());
static_assert(answers<authentication_gss_continue, gss_response>());
static_assert(answers<authentication_sspi, gss_response>());

/// What becomes of the first bytes of a frontend.
consteval errc verdict(std::string_view bytes) {
    counter sink;
    frontend_events events(sink);
    return events.feed(bytes).error();
}

static_assert(verdict("\0\0\0\7"sv) == errc::invalid_length, "a length that has no room for a code");
static_assert(verdict("\x16\x03\x01\2"sv) == errc::invalid_length, "TLS without a request");
static_assert(verdict("\0\0\0\x8\x4\xd2\x16\x2f\0"sv) == errc::unexpected_data, "bytes behind SSLRequest");

}  // namespace pgwire::test
