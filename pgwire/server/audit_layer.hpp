// Tells who came, who was let in, who was not and why, and when they left.
//
// Floor 4. A layer around a handler; where it is absent nothing of it costs anything:
//
//     using served = pgwire::audit_layer<my_handler, pgwire::audit_log>;
//     pgwire::audit_log const log("/var/log/my_engine/audit.json");
//     pgwire::serve(options, [&] { return served(log, engine); });
//
// It knows no secret, and tells none.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/layer.hpp"
#include "pgwire/server/session_context.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <utility>

namespace pgwire {

struct audit_event {
    enum class kind : std::uint8_t {
        connected,      ///< of `who` the address is known
        authenticated,  ///< it may begin
        refused,        ///< it may not: `why`
        disconnected,   ///< after `duration`; also after a refusal
    };

    kind what = kind::connected;
    std::chrono::system_clock::time_point at{};
    login_info const& who;                ///< as far as it is known; until the sink returns
    diagnostic const* why = nullptr;      ///< of a refusal; until the sink returns
    std::chrono::nanoseconds duration{};  ///< since it connected
};

/// Takes events, from the threads that serve sessions; several of them may do so at once.
template<class S>
concept audit_sink = std::copy_constructible<S> && requires(S& sink, audit_event const& event) {
    { sink(event) }
    noexcept;
};

template<class H, audit_sink Sink>
class audit_layer : public layer<H> {
public:
    template<class... Args>
    explicit audit_layer(Sink sink, Args&&... args)
        : layer<H>(std::forward<Args>(args)...), connection_(std::move(sink)) {}

    void on_connect(login_info const& login) noexcept {
        connection_.begin(login);
        if constexpr (detail::has_on_connect<H>) this->inner().on_connect(login);
    }
    void on_refused(login_info const& login, diagnostic const& why) noexcept {
        connection_.tell(audit_event::kind::refused, &why);
        if constexpr (detail::has_on_refused<H>) this->inner().on_refused(login, why);
    }
    decltype(auto) on_start(session_context& session) {
        connection_.tell(audit_event::kind::authenticated);
        if constexpr (detail::has_on_start<H>) return this->inner().on_start(session);
    }

private:
    /// The end of this is the end of the connection, wherever it was moved before.
    class connection {
    public:
        explicit connection(Sink sink) : sink_(std::move(sink)) {}
        connection(connection&& other) noexcept(std::is_nothrow_move_constructible_v<Sink>)
            : sink_(std::move(other.sink_)), who_(std::exchange(other.who_, nullptr)), began_(other.began_) {}
        connection& operator=(connection&&) = delete;
        ~connection() { tell(audit_event::kind::disconnected); }

        void begin(login_info const& who) noexcept {
            who_ = &who;
            began_ = std::chrono::steady_clock::now();
            tell(audit_event::kind::connected);
        }
        void tell(audit_event::kind what, diagnostic const* why = nullptr) noexcept {
            if (who_ == nullptr) return;
            sink_({what, std::chrono::system_clock::now(), *who_, why, std::chrono::steady_clock::now() - began_});
        }

    private:
        Sink sink_;
        login_info const* who_ = nullptr;  // of the session's context, which lives longer than its handler
        std::chrono::steady_clock::time_point began_{};
    };

    connection connection_;
};

}  // namespace pgwire
