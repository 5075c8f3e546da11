// Counts what a handler's sessions do.
//
// Floor 4. A layer around a handler; where it is absent nothing of it costs anything:
//
//     auto const metrics = std::make_shared<pgwire::server_metrics>();
//     using served = pgwire::metrics_layer<my_handler>;
//     pgwire::serve(options, [&] { return served(metrics, engine); }, pgwire::counted_streams(*metrics, tls));
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/handler.hpp"
#include "pgwire/server/layer.hpp"
#include "pgwire/server/metrics.hpp"
#include "pgwire/server/session_context.hpp"

#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace pgwire {

template<class H>
class metrics_layer : public layer<H> {
public:
    template<class... Args>
    explicit metrics_layer(std::shared_ptr<server_metrics> metrics, Args&&... args)
        : layer<H>(std::forward<Args>(args)...), here_(std::move(metrics)) {}

    void on_connect(login_info const& login) noexcept {
        here_.begin();
        if constexpr (detail::has_on_connect<H>) this->inner().on_connect(login);
    }
    void on_refused(login_info const& login, diagnostic const& why) noexcept {
        here_.metrics().refusals.add(why.code);
        if constexpr (detail::has_on_refused<H>) this->inner().on_refused(login, why);
    }
    decltype(auto) on_start(session_context& session) {
        here_.metrics().logins.fetch_add(1, std::memory_order_relaxed);
        if constexpr (detail::has_on_start<H>) return this->inner().on_start(session);
    }
    message_verdict on_message(frontend_message const& m) {
        if (!is_busy_) {
            is_busy_ = true;
            began_ = clock::now();
        }
        if (m.tag == pgwire::query::tag || m.tag == pgwire::execute::tag)
            here_.metrics().queries.fetch_add(1, std::memory_order_relaxed);
        if constexpr (detail::has_on_message<H>) return this->inner().on_message(m);
        else return message_verdict::pass;
    }
    void on_error(diagnostic& d, std::string_view cause) {
        if constexpr (detail::has_on_error<H>) this->inner().on_error(d, cause);
        here_.metrics().errors.add(d.code);
    }
    void on_ready() noexcept {
        if (std::exchange(is_busy_, false)) here_.metrics().cycles.add(clock::now() - began_);
        if constexpr (detail::has_on_ready<H>) this->inner().on_ready();
    }

private:
    using clock = std::chrono::steady_clock;

    /// The end of this is the end of the connection, wherever it was moved before.
    class presence {
    public:
        explicit presence(std::shared_ptr<server_metrics> metrics) noexcept : metrics_(std::move(metrics)) {}
        presence(presence&& other) noexcept
            : metrics_(other.metrics_), is_here_(std::exchange(other.is_here_, false)) {}
        presence& operator=(presence&&) = delete;
        ~presence() {
            if (is_here_) metrics_->open.fetch_sub(1, std::memory_order_relaxed);
        }

        [[nodiscard]] server_metrics& metrics() const noexcept { return *metrics_; }
        void begin() noexcept {
            is_here_ = true;
            metrics_->connections.fetch_add(1, std::memory_order_relaxed);
            metrics_->open.fetch_add(1, std::memory_order_relaxed);
        }

    private:
        std::shared_ptr<server_metrics> metrics_;
        bool is_here_ = false;
    };

    presence here_;
    bool is_busy_ = false;
    clock::time_point began_{};
};

}  // namespace pgwire
