// A server's metrics for Prometheus: `/metrics` on a port of its own.
//
// Floor 4, a binding to prometheus-cpp, which makes the text and serves it on threads of its own. Nothing else includes
// it.
#pragma once

#include "pgwire/server/metrics.hpp"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgwire {

/// Reads the metrics when it is asked. From any thread.
class metrics_collector : public prometheus::Collectable {
public:
    explicit metrics_collector(std::shared_ptr<server_metrics const> metrics) : metrics_(std::move(metrics)) {}

    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
        auto const& m = *metrics_;
        return {
            counter("pgwire_connections_total", "Connections that have come", m.connections),
            counter("pgwire_logins_total", "Connections that have proved who they are", m.logins),
            gauge("pgwire_connections_open", "Connections that are here", m.open),
            counter("pgwire_queries_total", "Query and Execute messages", m.queries),
            by_code("pgwire_refusals_total", "Logins that came to nothing, by SQLSTATE", m.refusals),
            by_code("pgwire_errors_total", "Errors that were answered, by SQLSTATE", m.errors),
            counter("pgwire_received_bytes_total", "Bytes from clients", m.traffic->received),
            counter("pgwire_sent_bytes_total", "Bytes to clients", m.traffic->sent),
            histogram("pgwire_cycle_seconds", "From a client's first message to the ReadyForQuery that answers it",
                      m.cycles),
        };
    }

private:
    using family = prometheus::MetricFamily;

    static family of(char const* name, char const* help, prometheus::MetricType type) {
        family made;
        made.name = name;
        made.help = help;
        made.type = type;
        return made;
    }
    static family counter(char const* name, char const* help, std::atomic<std::uint64_t> const& count) {
        auto made = of(name, help, prometheus::MetricType::Counter);
        made.metric.emplace_back().counter.value = static_cast<double>(count.load(std::memory_order_relaxed));
        return made;
    }
    static family gauge(char const* name, char const* help, std::atomic<std::int64_t> const& count) {
        auto made = of(name, help, prometheus::MetricType::Gauge);
        made.metric.emplace_back().gauge.value = static_cast<double>(count.load(std::memory_order_relaxed));
        return made;
    }
    static family by_code(char const* name, char const* help, sqlstate_counters const& counts) {
        auto made = of(name, help, prometheus::MetricType::Counter);
        for (auto const& [code, count] : counts.all()) {
            auto& one = made.metric.emplace_back();
            one.label.push_back({"sqlstate", code});
            one.counter.value = static_cast<double>(count);
        }
        return made;
    }
    static family histogram(char const* name, char const* help, duration_histogram const& h) {
        auto made = of(name, help, prometheus::MetricType::Histogram);
        auto& one = made.metric.emplace_back().histogram;
        std::uint64_t so_far = 0;
        for (std::size_t i = 0; i <= duration_histogram::bounds.size(); ++i) {
            so_far += h.count(i);
            bool const is_last = i == duration_histogram::bounds.size();
            double const bound = is_last ? std::numeric_limits<double>::infinity() : duration_histogram::bounds[i];
            one.bucket.push_back({so_far, bound});
        }
        one.sample_count = so_far;
        one.sample_sum = h.sum();
        return made;
    }

    std::shared_ptr<server_metrics const> metrics_;
};

/// Serves `/metrics` as long as it lives.
class metrics_endpoint {
public:
    /// @param address with a port, `127.0.0.1:9187`
    /// @throws std::exception if it can't be listened on
    metrics_endpoint(std::string const& address, std::shared_ptr<server_metrics const> metrics)
        : collector_(std::make_shared<metrics_collector>(std::move(metrics))), exposer_(address) {
        exposer_.RegisterCollectable(collector_);
    }

private:
    std::shared_ptr<metrics_collector> collector_;
    prometheus::Exposer exposer_;
};

}  // namespace pgwire
