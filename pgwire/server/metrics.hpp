// What a server counts of itself.
//
// Floor 4. Counters that all sessions share: a handful of atomic additions per query. A layer counts
// (metrics_layer.hpp), and what collects them, such as Prometheus (prometheus.hpp), reads them now and then.
#pragma once

#include "pgwire/core/sqlstate.hpp"
#include "pgwire/net/counted_stream.hpp"
#include "pgwire/net/stream.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// How long things take: how many of them took at most so many seconds. From any thread.
class duration_histogram {
public:
    static constexpr std::array<double, 16> bounds{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                   0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};

    void add(std::chrono::nanoseconds took) noexcept {
        double const seconds = std::chrono::duration<double>(took).count();
        auto const at = std::lower_bound(bounds.begin(), bounds.end(), seconds) - bounds.begin();
        buckets_[static_cast<std::size_t>(at)].fetch_add(1, std::memory_order_relaxed);
        nanoseconds_.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
    }

    /// How many took longer than `bounds[i - 1]`, and at most `bounds[i]`; the last: longer than all of them.
    [[nodiscard]] std::uint64_t count(std::size_t i) const noexcept {
        return buckets_[i].load(std::memory_order_relaxed);
    }
    /// In seconds.
    [[nodiscard]] double sum() const noexcept {
        return static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) / 1e9;
    }

private:
    std::array<std::atomic<std::uint64_t>, bounds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> nanoseconds_{0};
};

/// Counts by SQLSTATE. From any thread.
class sqlstate_counters {
public:
    void add(sqlstate code) noexcept {
        std::lock_guard const lock(mutex_);
        try {
            bool const is_new = counts_.size() < most && !counts_.contains(std::string_view(code.view()));
            auto const name =
                is_new || counts_.contains(std::string_view(code.view())) ? std::string(code.view()) : "other";
            ++counts_[name];
        } catch (...) {  // no memory: it is not counted
        }
    }
    [[nodiscard]] std::map<std::string, std::uint64_t, std::less<>> all() const {
        std::lock_guard const lock(mutex_);
        return counts_;
    }

private:
    static constexpr std::size_t most = 500;  // more than PostgreSQL has

    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t, std::less<>> counts_;
};

struct server_metrics {
    std::atomic<std::uint64_t> connections{0};  ///< that have come, but for those that are not even heard
    std::atomic<std::uint64_t> logins{0};       ///< that have proved who they are
    std::atomic<std::int64_t> open{0};          ///< that are here
    std::atomic<std::uint64_t> queries{0};      ///< Query and Execute messages
    sqlstate_counters refusals;                 ///< logins that came to nothing
    sqlstate_counters errors;
    duration_histogram cycles;  ///< from the first message of a client that waits for nothing to its ReadyForQuery
    std::shared_ptr<stream_counters> traffic = std::make_shared<stream_counters>();  ///< by `counted_streams`
};

/// What connections are served through, if their bytes are counted: below whatever `Wrapper` does.
template<class Wrapper>
class counted_streams {
public:
    template<stream Stream>
    using stream_type = typename Wrapper::template stream_type<counted_stream<Stream>>;

    explicit counted_streams(server_metrics const& metrics, Wrapper wrap = {})
        : counters_(metrics.traffic), wrap_(std::move(wrap)) {}

    template<stream Stream>
    [[nodiscard]] stream_type<Stream> operator()(Stream connected) const {
        return wrap_(counted_stream<Stream>(std::move(connected), counters_));
    }

private:
    std::shared_ptr<stream_counters> counters_;
    Wrapper wrap_;
};

}  // namespace pgwire
