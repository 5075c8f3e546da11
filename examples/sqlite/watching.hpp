// What operators see: who comes and goes, as lines of JSON, and counters for Prometheus.
#pragma once

#include "pgwire/server/audit_log.hpp"
#include "pgwire/server/metrics.hpp"
#include "pgwire/server/prometheus.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace example {

class watching {
public:
    /// Takes events to a log, or nowhere.
    struct audit {
        std::optional<pgwire::audit_log> log;

        void operator()(pgwire::audit_event const& event) noexcept {
            if (log) (*log)(event);
        }
    };

    void add_options(CLI::App& app) {
        app.add_option("--audit", path_,
                       "a file for who comes, is let in or not, and leaves, as lines of JSON; - for standard error");
        app.add_option("--metrics", port_, "a port of 127.0.0.1 where /metrics is for Prometheus")
            ->check(CLI::Range(1, 65535));
    }

    /// @throws std::runtime_error that names the option which can't be had
    void start() {
        try {
            if (!path_.empty()) audit_.log.emplace(path_);
        } catch (std::exception const& e) {
            throw std::runtime_error("--audit " + path_ + ": " + e.what());
        }
        try {
            if (port_ != 0) endpoint_.emplace("127.0.0.1:" + std::to_string(port_), metrics_);
        } catch (std::exception const& e) {
            throw std::runtime_error("--metrics " + std::to_string(port_) + ": can't be listened on: " + e.what());
        }
    }

    [[nodiscard]] audit const& events() const noexcept { return audit_; }
    [[nodiscard]] std::shared_ptr<pgwire::server_metrics> const& metrics() const noexcept { return metrics_; }

private:
    std::string path_;
    unsigned port_ = 0;
    audit audit_;
    std::shared_ptr<pgwire::server_metrics> metrics_ = std::make_shared<pgwire::server_metrics>();
    std::optional<pgwire::metrics_endpoint> endpoint_;
};

}  // namespace example
