// How many queries an address and a user may send in a minute, in all their sessions together.
//
// Floor 4. A layer around a handler; where it is absent it costs nothing:
//
//     using served = pgwire::query_rate_layer<my_handler>;
//     auto const rates = std::make_shared<pgwire::query_rates>(pgwire::query_limits{.per_user = {6000}});
//     pgwire::serve(options, [&] { return served(rates, engine); });
//
// What is one too many is refused with 53400, and the session goes on.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/core/sqlstate.hpp"
#include "pgwire/protocol/extended_query.hpp"
#include "pgwire/protocol/simple_query.hpp"
#include "pgwire/server/admission.hpp"
#include "pgwire/server/layer.hpp"
#include "pgwire/server/session_context.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// 0: no limit. A query is a Query or an Execute message.
struct query_limits {
    rate_limit per_address{};  ///< not of Unix sockets
    rate_limit per_user{};
};

/// What the sessions of a server share. From any thread.
class query_rates {
public:
    explicit query_rates(query_limits limits) noexcept : limits_(limits) {}

    /// The queries of one address, or of one user.
    class meter {
    public:
        explicit meter(rate_limit limit) noexcept : limit_(limit) {}

        [[nodiscard]] bool is_spent() {
            std::lock_guard const lock(mutex_);
            return state_.is_spent(limit_, detail::rate_meter::clock::now());
        }
        void spend() {
            std::lock_guard const lock(mutex_);
            state_.spend(limit_, detail::rate_meter::clock::now());
        }
        /// Has it been left alone for long enough to say nothing any more?
        [[nodiscard]] bool is_full() {
            std::lock_guard const lock(mutex_);
            return state_.is_full(detail::rate_meter::clock::now());
        }

    private:
        std::mutex mutex_;
        rate_limit limit_;
        detail::rate_meter state_;
    };

    /// Nothing where there is no limit.
    [[nodiscard]] std::shared_ptr<meter> of_address(std::string_view address) {
        if (address.empty()) return nullptr;
        return find(addresses_, limits_.per_address, admission::key_of(address));
    }
    [[nodiscard]] std::shared_ptr<meter> of_user(std::string_view user) {
        return find(users_, limits_.per_user, std::string(user));
    }

private:
    struct meters {
        std::map<std::string, std::shared_ptr<meter>, std::less<>> all;
        std::size_t kept = 0;  // when it was swept last
    };

    std::shared_ptr<meter> find(meters& of, rate_limit limit, std::string name) {
        if (limit.per_minute == 0) return nullptr;
        std::lock_guard const lock(mutex_);
        if (of.all.size() > 2 * of.kept + 16) {
            std::erase_if(of.all, [](auto const& one) { return one.second.use_count() == 1 && one.second->is_full(); });
            of.kept = of.all.size();
        }
        auto& known = of.all[std::move(name)];
        if (known == nullptr) known = std::make_shared<meter>(limit);
        return known;
    }

    query_limits limits_;
    std::mutex mutex_;
    meters addresses_;
    meters users_;
};

template<class H>
class query_rate_layer : public layer<H> {
public:
    template<class... Args>
    explicit query_rate_layer(std::shared_ptr<query_rates> rates, Args&&... args)
        : layer<H>(std::forward<Args>(args)...), rates_(std::move(rates)) {}

    decltype(auto) on_start(session_context& session) {
        of_address_ = rates_->of_address(session.login().peer.address);
        of_user_ = rates_->of_user(session.login().user);
        if constexpr (detail::has_on_start<H>) return this->inner().on_start(session);
    }

    message_verdict on_message(frontend_message const& m) {
        if (m.tag == pgwire::query::tag || m.tag == pgwire::execute::tag) count();
        if constexpr (detail::has_on_message<H>) return this->inner().on_message(m);
        else return message_verdict::pass;
    }

private:
    void count() {
        for (auto const& meter : {of_address_.get(), of_user_.get()})
            if (meter != nullptr && meter->is_spent())
                throw sql_error(sqlstates::configuration_limit_exceeded, "too many queries in the last minute")
                    .hint("Send fewer of them, or try again in a minute.");
        for (auto const& meter : {of_address_.get(), of_user_.get()})
            if (meter != nullptr) meter->spend();
    }

    std::shared_ptr<query_rates> rates_;
    std::shared_ptr<query_rates::meter> of_address_;
    std::shared_ptr<query_rates::meter> of_user_;
};

}  // namespace pgwire
