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
#include "pgwire/protocol/startup_rules.hpp"
#include "pgwire/server/failure.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/options.hpp"
#include "pgwire/server/registry.hpp"
#include "pgwire/server/transport.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

template<class Handler, stream Stream>
class login {
public:
    login(transport<Stream>& wire, Handler& handler, session_context& context, registry& sessions,
          server_options const& options)
        : wire_(wire), handler_(handler), context_(context), sessions_(sessions), options_(options) {}

    /// Brings the client to where ReadyForQuery is next. Cancels other sessions, if that is what it came for.
    /// @return false if the connection is to be closed; what it is to be told stands in the output
    task<bool> run() {
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
            case startup_action::kind::tls:
            case startup_action::kind::gss: {
                wire_.output().append("N");
                bool const open = co_await wire_.write();
                if (!open) co_return false;
                break;
            }
            case startup_action::kind::cancel:
                sessions_.cancel(action.cancel.process_id, action.cancel.key.bytes);
                co_return false;
            case startup_action::kind::start: {
                bool const accepted = co_await enter(action.startup);
                co_return accepted;
            }
            case startup_action::kind::refuse:
                if (action.before_protocol_3) refuse_in_protocol_2(action.text);
                else refuse(action.code, action.text);
                co_return false;
            case startup_action::kind::abandon: co_return false;
            }
        }
    }

private:
    task<bool> enter(startup_message const& m) {
        bool const readable = take_parameters(m);
        if (!readable) co_return false;
        negotiate(m);
        std::exception_ptr failure;
        try {
            authentication method = authentication::reject;
            if constexpr (!detail::has_authenticate<Handler>) {
                if (context_.login().peer.is_local) method = authentication::trust;
            } else if constexpr (detail::is_task<decltype(handler_.authenticate(std::as_const(context_.login())))>) {
                method = co_await handler_.authenticate(std::as_const(context_.login()));
            } else {
                method = handler_.authenticate(std::as_const(context_.login()));
            }
            if (method != authentication::trust) {
                refuse(sqlstates::invalid_authorization_specification, rejection());
                co_return false;
            }
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
        for (auto const& [name, setting] : {
                 std::pair<std::string_view, std::string_view>{"application_name", info.option("application_name")},
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
             })
            context_.set_parameter(name, setting);
    }

    [[nodiscard]] std::string rejection() const {
        auto const& info = context_.login();
        std::string const host = info.peer.address.empty() ? "[local]" : info.peer.address;
        return "no entry for host \"" + host + "\", user \"" + info.user + "\", database \"" + info.database + "\", " +
               (info.peer.is_secure ? "SSL encryption" : "no encryption");
    }

    void report(std::exception_ptr const& failure) {
        auto [d, cause] = detail::diagnose(failure);
        d.severity = severity::fatal;
        detail::tell(handler_, d, cause);
        d.severity = severity::fatal;  // whatever the hook made of it
        put(error_response{diagnostic_view(d).fields()});
    }
    void refuse(sqlstate code, std::string_view text) {
        diagnostic d;
        d.severity = severity::fatal;
        d.code = code;
        d.message = text;
        put(error_response{diagnostic_view(d).fields()});
    }

    /// An error as it was before there were fields.
    void refuse_in_protocol_2(std::string const& text) {
        std::string const words = "EFATAL:  " + text + '\n';
        wire_.output().append({words.c_str(), words.size() + 1});
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
    registry::secret secret_;
};

}  // namespace pgwire
