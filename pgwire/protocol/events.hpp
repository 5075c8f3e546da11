// A call for every message: what a sniffer, a relay or a test double needs, without a socket.
//
// Floor 1, pure and constexpr. Bytes go in as they come, in pieces of any size; out come calls of a sink, one overload
// for each type of message that it wants (event_sink.hpp has all that a sink may have). This prints what a client says:
//
//     struct printer {
//         void on(pgwire::query const& m) { std::printf("Query %.*s\n", int(m.text.size()), m.text.data()); }
//         void on(pgwire::parse const& m) { std::printf("Parse %.*s\n", int(m.text.size()), m.text.data()); }
//         void on_other(char tag, std::string_view body) { std::printf("'%c', %zu bytes\n", tag, body.size()); }
//     };
//     printer sink;
//     pgwire::frontend_events events(sink);
//     if (auto const fed = events.feed(bytes); !fed)
//         std::printf("%s at byte %ju\n", message(fed.error()).data(), std::uintmax_t(events.position()));
//
// In some places the bytes of one direction mean nothing without the other: an answer to SSLRequest is one byte without
// a type, and four messages of a client share the type `p`. `conversation_events` takes both directions and knows; a
// stream alone is told by whoever does, with `encryption_asked` and its like.
//
// Which message may come when is not judged here: see server_rules.hpp.
// Source: PostgreSQL documentation, "Message Formats", "Start-up" and "SSL Session Encryption".
#pragma once

#include "pgwire/protocol/event_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgwire {

/// What a frontend sends, as events of `frontend_messages`. Borrows the sink, which must outlive it.
template<class Sink>
class frontend_events : public detail::event_stream<frontend_events<Sink>, sender::frontend, Sink> {
    using base = detail::event_stream<frontend_events, sender::frontend, Sink>;
    friend base;

public:
    constexpr explicit frontend_events(Sink& sink, event_options const& options = {}) noexcept
        : base(sink, options, options.in_session ? event_stage::session : event_stage::start),
          authenticating_(!options.in_session) {}

    /// The backend has answered the SSLRequest or GSSENCRequest that the stream has ended in. Until then, and if the
    /// answer was yes until `handshake_done`, further bytes are `unexpected_data`: they were stuffed in by somebody.
    constexpr void encryption_answered(encryption_answer answer) noexcept {
        if (this->stage_ != event_stage::answer) return;
        this->stage_ = answer == encryption_answer::refused ? event_stage::start : event_stage::encrypted;
    }

    /// The backend has sent this authentication request, which the next message with the type `p` answers. Of one that
    /// answers nothing known the sink is told by `on_other`.
    constexpr void authentication_asked(authentication_kind kind) noexcept {
        asked_ = kind;
        if (kind == authentication_kind::ok) authenticating_ = false;
    }

private:
    [[nodiscard]] constexpr detail::event_front front(std::string_view bytes) const noexcept {
        auto const& limits = this->options_.limits;
        if (this->stage_ == event_stage::start) return front(bytes, 0, 8, limits.startup);
        if (this->stage_ != event_stage::session) return {.error = errc::unexpected_data};
        if (authenticating_ && bytes[0] == password_message::tag) return front(bytes, 1, 4, limits.authentication);
        return this->typed_front(bytes);
    }
    /// The front of a message of the login.
    [[nodiscard]] static constexpr detail::event_front front(std::string_view bytes, std::size_t type_size,
                                                             std::uint32_t least, std::uint32_t most) noexcept {
        std::size_t const header = type_size + 4;
        if (bytes.size() < header) return {.needed = header};
        auto const length = load<std::uint32_t>(bytes.data() + type_size);
        if (length < least || length > most) return {.error = errc::invalid_length};
        return detail::whole_message(type_size == 0 ? '\0' : bytes[0], header, length - 4);
    }

    constexpr void deliver(char tag, std::string_view body) {
        if (this->stage_ == event_stage::start) return deliver_startup(body);
        if (authenticating_ && tag == password_message::tag) return deliver_answer(tag, body);
        authenticating_ = false;
        this->tell_typed(tag, body);
    }
    constexpr void deliver_startup(std::string_view body) {
        switch (*classify_startup(body)) {  // there are four bytes or more
        case startup_kind::startup:
            this->stage_ = event_stage::session;
            return this->template tell<startup_message>(0, body);
        case startup_kind::cancel:
            this->stage_ = event_stage::over;
            return this->template tell<cancel_request>(0, body);
        case startup_kind::ssl:
            this->stage_ = event_stage::answer;
            return this->template tell<ssl_request>(0, body);
        case startup_kind::gssenc:
            this->stage_ = event_stage::answer;
            return this->template tell<gssenc_request>(0, body);
        }
    }
    constexpr void deliver_answer(char tag, std::string_view body) {
        switch (asked_) {
        case authentication_kind::cleartext_password:
        case authentication_kind::md5_password: return this->template tell<password_message>(tag, body);
        case authentication_kind::sasl: return this->template tell<sasl_initial_response>(tag, body);
        case authentication_kind::sasl_continue: return this->template tell<sasl_response>(tag, body);
        case authentication_kind::gss:
        case authentication_kind::gss_continue:
        case authentication_kind::sspi: return this->template tell<gss_response>(tag, body);
        default: return this->tell_other(tag, body);
        }
    }

    bool authenticating_;  // from the StartupMessage to AuthenticationOk, or to another message if nobody tells of that
    authentication_kind asked_ = authentication_kind::ok;
};

/// What a backend sends, as events of `backend_messages`, and `encryption_answer`. Borrows the sink, which must outlive
/// it.
template<class Sink>
class backend_events : public detail::event_stream<backend_events<Sink>, sender::backend, Sink> {
    using base = detail::event_stream<backend_events, sender::backend, Sink>;
    friend base;

public:
    constexpr explicit backend_events(Sink& sink, event_options const& options = {}) noexcept
        : base(sink, options, event_stage::session) {}

    /// The frontend has sent SSLRequest or GSSENCRequest: the next byte is the answer, unless it begins an
    /// ErrorResponse. Behind a yes further bytes are `unexpected_data` until `handshake_done`.
    constexpr void encryption_asked() noexcept {
        if (this->stage_ != event_stage::session) return;
        this->stage_ = event_stage::answer;
        if (!this->between_messages()) this->fail(errc::unexpected_data);
    }

    /// The last answer to such a request; `refused` before there was one.
    [[nodiscard]] constexpr encryption_answer answered() const noexcept { return answered_; }

    /// The last authentication request, once there was one.
    [[nodiscard]] constexpr std::optional<authentication_kind> asked() const noexcept { return asked_; }

private:
    [[nodiscard]] constexpr detail::event_front front(std::string_view bytes) const noexcept {
        if (this->stage_ == event_stage::encrypted) return {.error = errc::unexpected_data};
        if (this->stage_ != event_stage::answer || bytes[0] == error_response::tag) return this->typed_front(bytes);
        switch (static_cast<encryption_answer>(bytes[0])) {
        case encryption_answer::tls:
        case encryption_answer::gss:
        case encryption_answer::refused: return detail::whole_message(0, 0, 1);
        }
        return {.error = errc::unknown_message_type};
    }

    constexpr void deliver(char tag, std::string_view body) {
        if (tag == 0) return deliver_answer(body);
        this->stage_ = event_stage::session;
        if (tag == authentication_ok::tag) {
            auto const kind = classify_authentication(body);
            if (!kind) return this->malformed(tag, body, kind.error());
            asked_ = *kind;
        }
        this->tell_typed(tag, body);
    }
    constexpr void deliver_answer(std::string_view byte) {
        answered_ = static_cast<encryption_answer>(byte[0]);
        this->stage_ = answered_ == encryption_answer::refused ? event_stage::session : event_stage::encrypted;
        if constexpr (detail::hears<Sink, encryption_answer>) this->sink_->on(answered_);
        else this->tell_other(0, byte);
    }

    encryption_answer answered_ = encryption_answer::refused;
    std::optional<authentication_kind> asked_;
};

/// Both directions of one connection, each with a sink of its own, fed in the order of time.
///
///     pgwire::conversation_events conversation(client_sink, server_sink);
///     conversation.from_frontend(bytes);   // what the client has sent
///     conversation.from_backend(bytes);    // what the server has answered
template<class FrontendSink, class BackendSink>
class conversation_events {
public:
    /// Borrows both sinks, which must outlive it; the options are for both directions.
    constexpr conversation_events(FrontendSink& frontend, BackendSink& backend,
                                  event_options const& options = {}) noexcept
        : frontend_(frontend, options), backend_(backend, options) {}

    /// The next bytes of the client's; see `event_stream::feed`.
    constexpr result<void> from_frontend(std::string_view bytes) {
        auto const fed = frontend_.feed(bytes);
        if (frontend_.stage() == event_stage::answer) backend_.encryption_asked();
        return fed;
    }

    /// The next bytes of the server's; see `event_stream::feed`.
    constexpr result<void> from_backend(std::string_view bytes) {
        auto const fed = backend_.feed(bytes);
        if (backend_.stage() != event_stage::answer) frontend_.encryption_answered(backend_.answered());
        if (auto const kind = backend_.asked()) frontend_.authentication_asked(*kind);
        return fed;
    }

    /// Both sides have agreed on encryption and are done with its handshake: what is fed from now on is decrypted.
    constexpr void handshake_done() noexcept {
        frontend_.handshake_done();
        backend_.handshake_done();
    }

    [[nodiscard]] constexpr frontend_events<FrontendSink> const& frontend() const noexcept { return frontend_; }
    [[nodiscard]] constexpr backend_events<BackendSink> const& backend() const noexcept { return backend_; }

private:
    frontend_events<FrontendSink> frontend_;
    backend_events<BackendSink> backend_;
};

}  // namespace pgwire
