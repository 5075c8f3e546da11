// How many clients a server takes, from where, and how often they may come and fail.
//
// Floor 4. Shared by all threads of a server, and touched when a connection begins, logs in, fails and ends: a query
// costs nothing. What it remembers of addresses and users is bounded. An address of IPv6 counts by its /64, which is
// what one customer of a network has.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/net/stream.hpp"
#include "pgwire/server/admission_limits.hpp"
#include "pgwire/server/by_name.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// Counts down: full at first, and full again a minute after it was empty. (The generic cell rate algorithm.)
class rate_meter {
public:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] bool is_spent(rate_limit limit, clock::time_point now) const noexcept {
        return limit.per_minute != 0 && due_ > now + window - step(limit);
    }
    void spend(rate_limit limit, clock::time_point now) noexcept {
        if (limit.per_minute != 0) due_ = std::max(due_, now) + step(limit);
    }
    [[nodiscard]] bool is_full(clock::time_point now) const noexcept { return due_ <= now; }

private:
    static constexpr clock::duration window = std::chrono::minutes(1);
    static constexpr clock::duration step(rate_limit limit) noexcept { return window / limit.per_minute; }

    clock::time_point due_{};
};

}  // namespace detail

class admission {
    struct record {
        unsigned connections = 0;
        unsigned entering = 0;
        detail::rate_meter arrivals, failures, wrong_cancels;

        [[nodiscard]] bool says_nothing(detail::rate_meter::clock::time_point now) const noexcept {
            return connections == 0 && arrivals.is_full(now) && failures.is_full(now) && wrong_cancels.is_full(now);
        }
    };
    using records = detail::by_name<record>;
    using clock = detail::rate_meter::clock;

public:
    enum class verdict : std::uint8_t {
        welcome,
        unheard,            ///< close the connection without a word
        full,               ///< 53300: the server
        full_address,       ///< 53300: from this address
        full_user,          ///< 53300: of this user
        too_often,          ///< 53400: this address comes too often
        user_too_often,     ///< 53400: this user does
        too_many_failures,  ///< 53400: of this address, or this user
    };

    explicit admission(admission_limits limits = {}) noexcept : limits_(limits) {}

    /// One connection's place. From the thread that serves it.
    class place {
    public:
        /// @param address of the other end, without a port; empty for a Unix socket, or if a proxy is to tell it
        explicit place(admission& house, std::string_view address = {}) : house_(house), verdict_(house.arrive()) {
            try {
                came_from(address);
            } catch (...) {
                house_.leave(address_, user_, is_entering_);
                throw;
            }
        }
        place(place const&) = delete;
        place& operator=(place const&) = delete;
        ~place() { house_.leave(address_, user_, is_entering_); }

        /// A proxy has said where the client is. Once.
        void came_from(std::string_view address) {
            if (address.empty()) return;
            auto const v = house_.arrive_from(key_of(address), address_);
            if (verdict_ == verdict::welcome) verdict_ = v;
        }
        /// What is to be done with it, before anybody is asked who it is.
        [[nodiscard]] verdict on_arrival() const noexcept { return verdict_; }
        /// May this user try to log in from here?
        [[nodiscard]] verdict before_login(std::string_view user) { return house_.may_try(address_, user); }
        /// The login has failed.
        void login_failed(std::string_view user) { house_.fail(address_, user); }
        /// It has not: the user is in, or is one too many.
        [[nodiscard]] verdict logged_in(std::string_view user) {
            is_entering_ = false;
            return house_.enter(address_, user, user_);
        }
        /// May it ask to cancel a session?
        [[nodiscard]] bool may_cancel() { return house_.may_cancel(address_); }
        /// There was no such session, or it had another key.
        void cancel_failed() { house_.fail_cancel(address_); }

    private:
        admission& house_;
        std::string address_;
        std::string user_;
        verdict verdict_;
        bool is_entering_ = true;
    };

    /// What an address counts by. Of IPv6 one client has 2^64 of them.
    static std::string key_of(std::string_view text) {
        if (text.find(':') == std::string_view::npos) return std::string(text);  // IPv4 is written in one way only
        error_code ec;
        auto const address = detail::unmapped(asio::ip::make_address(text, ec));
        if (ec) return std::string(text);
        if (address.is_v4()) return address.to_string();
        auto const bytes = address.to_v6().to_bytes();
        return std::string(bytes.begin(), bytes.begin() + 8);
    }

    /// How many addresses and users it remembers.
    [[nodiscard]] std::size_t remembered() {
        std::lock_guard const lock(mutex_);
        return addresses_.size() + users_.size();
    }

private:
    static constexpr std::size_t most_records = 65'536;

    verdict arrive() {
        std::lock_guard const lock(mutex_);
        ++connections_;
        ++entering_;
        if (limits_.entering != 0 && entering_ > limits_.entering) return verdict::unheard;
        if (limits_.connections != 0 && connections_ > limits_.connections) return verdict::full;
        return verdict::welcome;
    }
    /// @param counted becomes the address, if it is counted
    verdict arrive_from(std::string address, std::string& counted) {
        std::lock_guard const lock(mutex_);
        auto const now = clock::now();
        auto* const from = find(addresses_, address, now);
        if (from == nullptr) return verdict::welcome;
        counted = std::move(address);
        ++from->connections;
        ++from->entering;
        if (limits_.entering_per_address != 0 && from->entering > limits_.entering_per_address) return verdict::unheard;
        if (limits_.per_address != 0 && from->connections > limits_.per_address) return verdict::full_address;
        if (from->arrivals.is_spent(limits_.arrivals, now)) return verdict::too_often;
        from->arrivals.spend(limits_.arrivals, now);
        return verdict::welcome;
    }
    void leave(std::string const& address, std::string const& user, bool is_entering) noexcept {
        std::lock_guard const lock(mutex_);
        --connections_;
        if (is_entering) stop_entering(address);
        auto const now = clock::now();
        let_go(addresses_, address, now);
        let_go(users_, user, now);
    }
    void stop_entering(std::string const& address) noexcept {
        --entering_;
        auto const from = address.empty() ? addresses_.end() : addresses_.find(address);
        if (from != addresses_.end()) --records::thing(from).entering;
    }
    verdict may_try(std::string const& address, std::string_view user) {
        std::lock_guard const lock(mutex_);
        auto const now = clock::now();
        auto const spent = [now](records& all, std::string_view name, rate_limit limit) {
            auto const at = all.find(name);
            return at != all.end() && records::thing(at).failures.is_spent(limit, now);
        };
        bool const is_late = spent(addresses_, address, limits_.failures) || spent(users_, user, limits_.user_failures);
        return is_late ? verdict::too_many_failures : verdict::welcome;
    }
    void fail(std::string const& address, std::string_view user) {
        std::lock_guard const lock(mutex_);
        auto const now = clock::now();
        auto const from = addresses_.find(address);
        if (from != addresses_.end()) records::thing(from).failures.spend(limits_.failures, now);
        if (limits_.user_failures.per_minute != 0 && !user.empty())
            if (auto* const who = find(users_, user, now)) who->failures.spend(limits_.user_failures, now);
    }
    verdict enter(std::string const& address, std::string_view user, std::string& counted) {
        std::lock_guard const lock(mutex_);
        stop_entering(address);
        if (limits_.per_user == 0 && limits_.user_arrivals.per_minute == 0) return verdict::welcome;
        auto const now = clock::now();
        auto* const who = find(users_, user, now);
        if (who == nullptr) return verdict::welcome;
        if (limits_.per_user != 0 && who->connections >= limits_.per_user) return verdict::full_user;
        if (who->arrivals.is_spent(limits_.user_arrivals, now)) return verdict::user_too_often;
        who->arrivals.spend(limits_.user_arrivals, now);
        counted = user;
        ++who->connections;
        return verdict::welcome;
    }
    bool may_cancel(std::string const& address) {
        std::lock_guard const lock(mutex_);
        auto const from = addresses_.find(address);
        return from == addresses_.end() || !records::thing(from).wrong_cancels.is_spent(limits_.wrong_cancels, clock::now());
    }
    void fail_cancel(std::string const& address) {
        std::lock_guard const lock(mutex_);
        auto const from = addresses_.find(address);
        if (from != addresses_.end()) records::thing(from).wrong_cancels.spend(limits_.wrong_cancels, clock::now());
    }

    /// The record of this name, made if it is not there. Nothing if there are too many: then it is not counted, and
    /// only the limits in total hold.
    record* find(records& all, std::string_view name, clock::time_point now) {
        if (auto const at = all.find(name); at != all.end()) return &records::thing(at);
        if (all.size() >= most_records) {
            if (now < swept_ + std::chrono::seconds(1)) return nullptr;
            swept_ = now;
            for (auto at = all.begin(); at != all.end();) at = records::thing(at).says_nothing(now) ? all.erase(at) : ++at;
            if (all.size() >= most_records) return nullptr;
        }
        return &records::thing(all.add(name));
    }
    static void let_go(records& all, std::string const& name, clock::time_point now) noexcept {
        auto const at = name.empty() ? all.end() : all.find(name);
        if (at == all.end() || records::thing(at).connections == 0) return;
        --records::thing(at).connections;
        if (records::thing(at).says_nothing(now)) all.erase(at);
    }

    admission_limits limits_;
    std::mutex mutex_;
    unsigned connections_ = 0;
    unsigned entering_ = 0;
    records addresses_;
    records users_;
    clock::time_point swept_{};
};

}  // namespace pgwire
