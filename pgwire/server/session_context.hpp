// What a hook may know and do about the session it works for.
//
// Floor 4. One of these per session, touched on the session's executor only, by its hooks; other threads use the
// `session_handle` that it gives.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/buffer.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/net/stream.hpp"
#include "pgwire/net/tls_info.hpp"
#include "pgwire/protocol/asynchronous.hpp"
#include "pgwire/protocol/diagnostics.hpp"
#include "pgwire/server/reported_parameters.hpp"
#include "pgwire/server/session_handle.hpp"
#include "pgwire/server/session_limits.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/columns.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// Who logged in, and how: from the startup packet and the connection.
struct login_info {
    std::string user;
    std::string database;  ///< the user's name if the client gave none
    std::vector<std::pair<std::string, std::string>> options;  ///< all other parameters of the startup packet, in order
    std::int32_t protocol_minor = 0;                           ///< of protocol 3, as negotiated
    peer_info peer;
    tls_info tls;  ///< how it is encrypted, and what certificate was shown

    /// The last value given for `name`, or nothing; names compare as they were sent, without regard to case.
    [[nodiscard]] std::string_view option(std::string_view name) const noexcept {
        for (auto at = options.rbegin(); at != options.rend(); ++at)
            if (detail::equals_ignoring_case(at->first, name)) return at->second;
        return {};
    }
};

/// How long a session may keep somebody waiting; 0: for ever. As in `server_options`, where a session has them from.
struct time_limits {
    std::chrono::milliseconds statement{0};
    std::chrono::milliseconds idle{0};
    std::chrono::milliseconds idle_in_transaction{0};
};

/// A portal that Bind has made, for a handler that has others under names of its own beside it: cursors of SQL.
struct portal_info {
    bool has_known_columns = false;
    std::span<column const> columns{};  ///< live as long as the portal does
};

class session_context {
public:
    session_context(asio::any_io_executor executor, send_buffer& out) : executor_(std::move(executor)), out_(&out) {}
    session_context(session_context const&) = delete;
    session_context& operator=(session_context const&) = delete;

    [[nodiscard]] login_info const& login() const noexcept { return login_; }
    /// What BackendKeyData told the client, and `pg_backend_pid()` says.
    [[nodiscard]] std::int32_t process_id() const noexcept { return process_id_; }
    /// Where the session runs; timers and sockets of a hook's own belong here. One that `serve` made with a single
    /// thread has no locks around sockets and timers: from other threads nothing but posting to it is safe.
    [[nodiscard]] asio::any_io_executor const& executor() const noexcept { return executor_; }
    /// For other threads. A hook that takes a `session_handle` may be given the context itself.
    [[nodiscard]] session_handle handle() const { return session_handle(mailbox_); }
    operator session_handle() const { return handle(); }  // NOLINT: so on_start may take either

    /// Has somebody asked to cancel the statement at work? Cheap; a long-running plain hook looks now and then.
    [[nodiscard]] bool cancelled() const noexcept { return mailbox_ != nullptr && mailbox_->cancelled(); }

    /// Sends a notice or a warning, before what the statement at work answers next; amid a row, before ReadyForQuery.
    /// A severity that is an error's becomes NOTICE.
    void notice(diagnostic fields) {
        make_notice(fields);
        auto& where = out_->open().empty() ? *out_ : held_back_;
        static_cast<void>(encode(where, notice_response{diagnostic_view(fields).fields()}));
    }

    /// Writes a message of the handler's own, for those who answer messages themselves (the hook on_message).
    /// @return or why it can't be encoded
    template<message_type Message>
    result<void> send(Message const& m) {
        return encode(*out_, m);
    }

    /// As long as this lives, a cancel waits: what a hook awaits meanwhile is not interrupted. For what must come to
    /// its end, as a COMMIT must.
    class uninterrupted {
    public:
        explicit uninterrupted(session_context& context) noexcept
            : context_(context), before_(std::exchange(context.interruptible_, false)) {}
        uninterrupted(uninterrupted const&) = delete;
        uninterrupted& operator=(uninterrupted const&) = delete;
        ~uninterrupted() { context_.interruptible_ = before_; }

    private:
        session_context& context_;
        bool before_;
    };

    /// Sets a parameter that clients are told of: all of them at login, then each change before ReadyForQuery.
    /// The name is matched without regard to case.
    void set_parameter(std::string_view name, std::string_view setting) { parameters_.set(name, setting); }
    /// The value of such a parameter, or nothing. Lives until one is set.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept { return parameters_.get(name); }

    /// How values are written as text and read from it: DateStyle and its kin.
    [[nodiscard]] text_style const& style() const noexcept { return style_; }
    [[nodiscard]] text_style& style() noexcept { return style_; }

    /// The limits of this session. A change holds from the next statement on, or the next time the client is waited
    /// for.
    [[nodiscard]] time_limits const& limits() const noexcept { return limits_; }
    void set_limits(time_limits const& limits) noexcept {
        limits_ = limits;
        auto const none = std::chrono::milliseconds::zero();
        was_limited_ |= limits.statement != none || limits.idle != none || limits.idle_in_transaction != none;
    }

    /// How much the session may keep.
    [[nodiscard]] session_limits const& most_kept() const noexcept { return *most_kept_; }

    /// How many portals have been made: a savepoint remembers it, and ROLLBACK TO forgets those that came after.
    [[nodiscard]] std::uint64_t portals_made() const noexcept { return portals_made_; }
    /// A savepoint stands: of the portals, the first so many survive a failed statement. 0: there is none.
    void keep_portals(std::uint64_t first) noexcept { portals_kept_ = first; }

    /// The portal of this name that Bind has made, if there is one and the handler's outcomes are such that it may have
    /// to know: only where one of them is a `fetch_portal`.
    [[nodiscard]] std::optional<portal_info> find_portal(std::string_view name) const {
        return find_portal_ == nullptr ? std::nullopt : find_portal_(portals_, name);
    }

    // ---- for the session itself

    /// @param limits outlive it
    void limit_kept(session_limits const& limits) noexcept { most_kept_ = &limits; }

    using portal_finder = std::optional<portal_info> (*)(void* portals, std::string_view name);
    void use_portals(void* portals, portal_finder finder) noexcept {
        portals_ = portals;
        find_portal_ = finder;
    }
    [[nodiscard]] std::uint64_t count_portal() noexcept { return ++portals_made_; }
    [[nodiscard]] std::uint64_t portals_kept() const noexcept { return portals_kept_; }
    /// A statement begins: a cancel that came before was for another one.
    void begin_statement() {
        if (mailbox_ != nullptr && mailbox_->was_used()) [[unlikely]] mailbox_->forget_cancel();
    }
    [[nodiscard]] bool is_interruptible() const noexcept { return interruptible_; }
    /// Is there a limit, or has there been one?
    [[nodiscard]] bool was_limited() const noexcept { return was_limited_; }
    /// The statement at work has taken too long.
    void time_out() { mailbox_->cancel_now(detail::cancel_reason::timeout); }
    [[nodiscard]] detail::cancel_reason why_cancelled() const noexcept { return mailbox_->why_cancelled(); }

    [[nodiscard]] login_info& login() noexcept { return login_; }
    void attach(std::shared_ptr<detail::session_mailbox> mailbox) noexcept { mailbox_ = std::move(mailbox); }
    void set_process_id(std::int32_t id) noexcept { process_id_ = id; }
    /// Sets the parameters that every session begins with, whose names differ from each other.
    void begin_parameters(std::span<std::pair<std::string_view, std::string_view> const> settings) {
        parameters_.begin(settings);
    }
    [[nodiscard]] std::shared_ptr<detail::session_mailbox> const& mailbox() const noexcept { return mailbox_; }

    /// Writes what goes out just before ReadyForQuery: what was held back, parameters that changed, and what is in the
    /// mailbox. A cancel that came for what is over is forgotten.
    void before_ready() {
        bool const has_mail = mailbox_ != nullptr && mailbox_->was_used();
        if (has_mail || !held_back_.empty() || parameters_.have_changed()) [[unlikely]] tell_news();
    }

    /// Writes a ParameterStatus for every parameter whose value is not the one that the client was told last.
    void report_parameters() {
        parameters_.report([this](std::string_view name, std::string_view setting) {
            static_cast<void>(encode(*out_, parameter_status{name, setting}));
        });
    }

private:
    [[gnu::noinline]] void tell_news() {
        if (!held_back_.empty()) {
            out_->append(held_back_.pending());
            held_back_.clear();
        }
        if (parameters_.have_changed()) report_parameters();
        if (mailbox_ != nullptr && mailbox_->was_used()) mailbox_->collect(*out_);
    }

    asio::any_io_executor executor_;
    send_buffer* out_;
    send_buffer held_back_;  // notices that came amid a row
    login_info login_;
    std::shared_ptr<detail::session_mailbox> mailbox_;
    std::int32_t process_id_ = 0;
    detail::reported_parameters parameters_;
    bool interruptible_ = true;
    bool was_limited_ = false;
    time_limits limits_;
    session_limits const* most_kept_ = &default_session_limits;
    text_style style_;
    std::uint64_t portals_made_ = 0;
    std::uint64_t portals_kept_ = 0;
    void* portals_ = nullptr;
    portal_finder find_portal_ = nullptr;
};

}  // namespace pgwire
