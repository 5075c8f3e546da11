// A connection's way in: negotiation, authentication, and what a client is told at the start.
//
// Floor 4, a room of its own: what comes after the login may be a query loop, or something else. Any failure in here
// ends the connection; there is no way from an error to ReadyForQuery.
// Source: PostgreSQL documentation, "Start-up"; details as measured on its servers.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/net/stream.hpp"
#include "pgwire/protocol/authentication.hpp"
#include "pgwire/protocol/proxy_header.hpp"
#include "pgwire/protocol/startup_rules.hpp"
#include "pgwire/server/admission.hpp"
#include "pgwire/server/authenticating.hpp"
#include "pgwire/server/failure.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/options.hpp"
#include "pgwire/server/registry.hpp"
#include "pgwire/server/transport.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pgwire {

template<class Handler, stream Stream>
class login {
public:
    login(transport<Stream>& wire, Handler& handler, session_context& context, registry& sessions,
          server_options const& options, admission::place* place = nullptr)
        : wire_(wire),
          handler_(handler),
          context_(context),
          sessions_(sessions),
          options_(options),
          place_(place) {}

    /// Brings the client to where ReadyForQuery is next. Cancels other sessions, if that is what it came for.
    /// @return false if the connection is to be closed; what it is to be told stands in the output
    /// @param is_behind_proxy it begins with the PROXY protocol's header
    task<bool> run(bool is_behind_proxy = false) {
        if (is_behind_proxy) {
            bool const is_known = co_await hear_proxy();
            if (!is_known) co_return false;
        }
        if constexpr (detail::has_on_connect<Handler>) handler_.on_connect(std::as_const(context_.login()));
        startup_rules rules(options_.limits);
        for (;;) {
            startup_action const action = rules.next(wire_.input().unread());
            wire_.input().consume(action.consumed);
            switch (action.what) {
            case startup_action::kind::read: {
                bool const open = co_await wire_.read();
                if (!open) co_return false;
                break;
            }
            case startup_action::kind::direct_tls: {
                bool const encrypted = co_await encrypt(rules, true);
                if (!encrypted) co_return false;
                break;
            }
            case startup_action::kind::tls:
            case startup_action::kind::gss: {
                bool const willing = action.what == startup_action::kind::tls && may_encrypt();
                wire_.output().append(willing ? "S" : "N");
                bool open = co_await wire_.write();
                // What came behind the request was not encrypted: it is refused next.
                if (open && willing && wire_.input().unread().empty()) open = co_await encrypt(rules, false);
                if (!open) co_return false;
                break;
            }
            case startup_action::kind::cancel:
                cancel(action.cancel);
                co_return false;
            case startup_action::kind::start: {
                bool const accepted = co_await enter(action.startup);
                co_return accepted;
            }
            case startup_action::kind::refuse:
                if (action.before_protocol_3) refuse_in_protocol_2(action.code, action.text);
                else refuse(action.code, action.text);
                co_return false;
            case startup_action::kind::abandon:
                note(sqlstates::protocol_violation, "invalid length of startup packet");
                co_return false;
            }
        }
    }

private:
    static constexpr bool knows_tls = requires(Stream& s) { s.may_handshake(); };

    /// The proxy says whom it speaks for.
    task<bool> hear_proxy() {
        auto& in = wire_.input();
        auto header = read_proxy_header(in.unread());
        while (header.what == proxy_header::kind::incomplete) {
            bool const open = co_await wire_.read();
            if (!open) co_return false;
            header = read_proxy_header(in.unread());
        }
        in.consume(header.size);
        auto& peer = context_.login().peer;
        switch (header.what) {
        case proxy_header::kind::local: break;
        case proxy_header::kind::unnamed:  // from nowhere that a rule could name
            peer.is_local = false;
            peer.address.clear();
            break;
        case proxy_header::kind::proxied: {
            error_code ec;
            auto const address = detail::unmapped(asio::ip::make_address(header.address, ec));
            if (ec) co_return false;
            peer.address = address.to_string();
            peer.is_local = peer.is_local && detail::is_loopback(address);
            break;
        }
        default: co_return false;
        }
        if (place_ != nullptr) place_->came_from(peer.address);
        co_return place_ == nullptr || place_->on_arrival() != admission::verdict::unheard;
    }

    /// A handshake is work: who has failed, or come, too often is not worth it.
    bool may_encrypt() {
        if constexpr (knows_tls) {
            bool const is_pest = place_ != nullptr && (place_->on_arrival() == admission::verdict::too_often ||
                                                       place_->before_login({}) != admission::verdict::welcome);
            return !is_pest && wire_.next_layer().may_handshake();
        } else {
            return false;
        }
    }
    /// Everything that has been read belongs to TLS, and so does what follows.
    task<bool> encrypt(startup_rules& rules, bool is_direct) {
        if constexpr (knows_tls) {
            if (!may_encrypt()) co_return false;  // it begins with TLS, which there is none of
            auto& connection = wire_.next_layer();
            std::string const received(wire_.input().unread());
            wire_.input().consume(received.size());
            bool const encrypted = co_await connection.handshake(received, is_direct);
            if (!encrypted && !wire_.is_open()) {  // the session's doing: it was too late, or the server ends
                note(sqlstates::connection_failure, "the connection was closed during the TLS handshake");
                co_return false;
            }
            if (!encrypted) {
                note(sqlstates::protocol_violation, "TLS: " + connection.tls_failure());
                if (place_ != nullptr) place_->login_failed({});
                co_return false;
            }
            rules.encrypted();
            context_.login().peer.is_secure = true;
            context_.login().tls = connection.tls();
            co_return true;
        } else {
            co_return false;
        }
    }

    task<bool> enter(startup_message const& m) {
        bool const readable = take_parameters(m);
        if (!readable) co_return false;
        if (!may_log_in()) co_return false;
        negotiate(m);
        std::exception_ptr failure;
        try {
            bool const accepted = co_await authenticate();
            if (!accepted || !takes_place()) co_return false;
            put(authentication_ok{});
            announce_parameters();
            if constexpr (detail::has_on_start<Handler>) {
                if constexpr (detail::is_task<decltype(handler_.on_start(context_))>) co_await handler_.on_start(context_);
                else handler_.on_start(context_);
            }
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) {
            report(failure);
            co_return false;
        }
        context_.report_parameters();
        put(backend_key_data{context_.process_id(), {secret_.view()}});
        co_return true;
    }

    /// Is it who it says? If not, it has been told.
    task<bool> authenticate() {
        auto const& info = std::as_const(context_.login());
        if constexpr (!detail::has_authenticate<Handler>) {
            co_return decide(info.peer.is_local ? authentication::trust : authentication::reject);
        } else if constexpr (detail::is_task<decltype(handler_.authenticate(info))>) {
            auto method = co_await handler_.authenticate(info);
            bool const accepted = co_await carry_out(method);
            co_return accepted;
        } else {
            auto method = handler_.authenticate(info);
            bool const accepted = co_await carry_out(method);
            co_return accepted;
        }
    }
    template<class Method>
    task<bool> carry_out(Method& method) {
        if constexpr (std::same_as<Method, authentication>) return decided(decide(method));
        else if constexpr (auth_conversation<Method>) return converse(method);
        else return std::visit([this](auto& one) { return this->converse(one); }, method);
    }
    static task<bool> decided(bool accepted) { co_return accepted; }
    bool decide(authentication method) {
        if (method == authentication::trust) return true;
        refuse(sqlstates::invalid_authorization_specification, rejection());
        return false;
    }
    template<auth_conversation C>
    task<bool> converse(C& conversation) {
        auto const& peer = context_.login().peer;
        if (detail::reveals_password<C> && !peer.is_local && !peer.is_secure && !options_.reveal_passwords) {
            refuse(sqlstates::invalid_authorization_specification,
                   "this authentication method needs a connection that is encrypted");
            co_return false;
        }
        std::exception_ptr failure;
        detail::auth_end end;
        try {
            end = co_await detail::converse(wire_, conversation, options_.limits);
        } catch (...) {  // a function that checks passwords or tokens
            failure = std::current_exception();
        }
        // Who goes away without an answer has not failed: psql does so, to ask for a password.
        if ((failure || end.is_failure) && place_ != nullptr) place_->login_failed(context_.login().user);
        if (failure) std::rethrow_exception(failure);
        bool const is_over = end.what == detail::auth_end::kind::over;
        bool const accepted = is_over && end.step.what == auth_step::kind::accepted;
        if (end.what == detail::auth_end::kind::unexpected)
            refuse(sqlstates::protocol_violation, "expected " + std::string(detail::awaited_response<C>) +
                                                      ", got message type " +
                                                      std::to_string(static_cast<unsigned char>(end.tag)));
        else if (is_over) refuse_by(end.step);
        else note(sqlstates::connection_failure, "the connection was closed during authentication");
        co_return accepted;
    }
    void refuse_by(auth_step const& step) {
        using kind = auth_step::kind;
        if (step.what == kind::failed)
            refuse(step.code,
                   std::string(step.text) + " authentication failed for user \"" + context_.login().user + '"');
        if (step.what == kind::rejected) refuse(sqlstates::invalid_authorization_specification, rejection());
        if (step.what == kind::refused) refuse(step.code, step.text, step.detail);
    }

    /// Whoever guesses keys is soon not listened to.
    void cancel(cancel_request const& m) {
        if (place_ != nullptr && !place_->may_cancel()) return;
        bool const found = sessions_.cancel(m.process_id, m.key.bytes);
        if (!found && place_ != nullptr) place_->cancel_failed();
    }

    /// Is it one too many? Then it has been told.
    bool is_admitted(admission::verdict v) {
        using verdict = admission::verdict;
        auto const full = sqlstates::too_many_connections, often = sqlstates::configuration_limit_exceeded;
        switch (v) {
        case verdict::welcome: return true;
        case verdict::unheard: return false;
        case verdict::full: refuse(full, "sorry, too many clients already"); return false;
        case verdict::full_address: refuse(full, "too many connections from this address"); return false;
        case verdict::full_user: refuse(full, "too many connections for role \"" + context_.login().user + '"'); return false;
        case verdict::too_often: refuse(often, "too many connections from this address in the last minute"); return false;
        case verdict::user_too_often:
            refuse(often, "too many connections for role \"" + context_.login().user + "\" in the last minute");
            return false;
        case verdict::too_many_failures: refuse(often, "too many failed logins in the last minute"); return false;
        }
        return false;
    }
    bool may_log_in() {
        if (place_ == nullptr) return true;
        return is_admitted(place_->on_arrival()) && is_admitted(place_->before_login(context_.login().user));
    }
    bool takes_place() { return place_ == nullptr || is_admitted(place_->logged_in(context_.login().user)); }

    /// Who is it, and what does it want?
    bool take_parameters(startup_message const& m) {
        auto& info = context_.login();
        info.protocol_minor = std::min(m.version.minor, newest_protocol.minor);
        for (auto const p : m.parameters) {
            if (!valid_utf8(p.name) || !valid_utf8(p.value)) {
                refuse(sqlstates::character_not_in_repertoire, "invalid byte sequence for encoding \"UTF8\"");
                return false;
            }
            if (p.name == "user") info.user = p.value.substr(0, max_name);
            else if (p.name == "database") info.database = p.value.substr(0, max_name);
            else if (!startup_rules::is_protocol_option(p.name)) info.options.emplace_back(p.name, p.value);
        }
        if (info.user.empty()) {
            refuse(sqlstates::invalid_authorization_specification,
                   "no PostgreSQL user name specified in startup packet");
            return false;
        }
        if (info.database.empty()) info.database = info.user;
        return true;
    }

    /// Says so if the client asks for a newer protocol, or for options that nobody knows.
    void negotiate(startup_message const& m) {
        std::vector<std::string_view> unknown;
        for (auto const p : m.parameters)
            if (startup_rules::is_protocol_option(p.name)) unknown.push_back(p.name);
        if (m.version.minor > newest_protocol.minor || !unknown.empty())
            put(negotiate_protocol_version{std::min(m.version, newest_protocol),
                                           option_names(list<std::string_view>(unknown))});
        bool const long_key = m.version >= protocol_3_2;
        auto const [id, key] = sessions_.add(context_.mailbox(), long_key ? 32 : 4);
        context_.set_process_id(id);
        secret_ = key;
    }

    /// The parameters that PostgreSQL reports. A handler may change them in on_start.
    void announce_parameters() {
        auto const& info = context_.login();
        std::pair<std::string_view, std::string_view> const settings[] = {
            {"application_name", info.option("application_name")},
            {"client_encoding", "UTF8"},
            {"DateStyle", "ISO, MDY"},
            {"default_transaction_read_only", "off"},
            {"in_hot_standby", "off"},
            {"integer_datetimes", "on"},
            {"IntervalStyle", "postgres"},
            {"is_superuser", "off"},
            {"scram_iterations", "4096"},
            {"search_path", "\"$user\", public"},
            {"server_encoding", "UTF8"},
            {"server_version", options_.server_version},
            {"session_authorization", info.user},
            {"standard_conforming_strings", "on"},
            {"TimeZone", "UTC"},
        };
        context_.begin_parameters(settings);
    }

    [[nodiscard]] std::string rejection() const {
        auto const& info = context_.login();
        std::string const host = info.peer.is_unix ? "[local]" : info.peer.address;
        return "no entry for host \"" + host + "\", user \"" + info.user + "\", database \"" + info.database + "\", " +
               (info.peer.is_secure ? "SSL encryption" : "no encryption");
    }

    void report(std::exception_ptr const& failure) {
        auto [d, cause] = detail::diagnose(failure);
        d.severity = severity::fatal;
        detail::tell(handler_, d, cause);
        d.severity = severity::fatal;  // whatever the hook made of it
        put(error_response{diagnostic_view(d).fields()});
        note(d);
    }
    void refuse(sqlstate code, std::string_view text, std::string_view detail = {}) {
        diagnostic d;
        d.severity = severity::fatal;
        d.code = code;
        d.message = text;
        d.detail = detail;
        put(error_response{diagnostic_view(d).fields()});
        note(d);
    }
    /// The handler learns why, also where the client does not.
    void note([[maybe_unused]] diagnostic const& d) noexcept {
        if constexpr (detail::has_on_refused<Handler>) handler_.on_refused(std::as_const(context_.login()), d);
    }
    void note([[maybe_unused]] sqlstate code, [[maybe_unused]] std::string_view text) {
        if constexpr (detail::has_on_refused<Handler>) {
            diagnostic d;
            d.severity = severity::fatal;
            d.code = code;
            d.message = text;
            note(d);
        }
    }

    /// An error as it was before there were fields.
    void refuse_in_protocol_2(sqlstate code, std::string const& text) {
        std::string const words = "EFATAL:  " + text + '\n';
        wire_.output().append({words.c_str(), words.size() + 1});
        note(code, text);
    }

    template<class Message>
    void put(Message const& m) {
        static_cast<void>(encode(wire_.output(), m));
    }

    static constexpr std::size_t max_name = 63;  // bytes of a user's or database's name; PostgreSQL cuts what is longer

    transport<Stream>& wire_;
    Handler& handler_;
    session_context& context_;
    registry& sessions_;
    server_options const& options_;
    admission::place* place_;
    registry::secret secret_;
};

}  // namespace pgwire
