// Who listens to what: carries notifications between the sessions of a process, as LISTEN and NOTIFY have them.
//
// Floor 4. One hub is shared by all sessions that are to hear one another, on any threads; `notify_layer` is how they
// reach it. A transaction's notifications are queued for all listeners under one lock, so that all of them hear the
// same in the same order. They are encoded afterwards, by whoever finds them in a listener's queue, without that lock.
// Source: PostgreSQL documentation, NOTIFY.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/server/session_handle.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace pgwire {

/// What NOTIFY says.
struct notification {
    std::string channel;
    std::string payload;

    friend bool operator==(notification const&, notification const&) = default;
};

/// Channels that a session listens to, by name.
using channel_set = std::set<std::string, std::less<>>;

/// LISTEN and UNLISTEN.
struct listen_action {
    enum class kind : std::uint8_t { listen, unlisten, unlisten_all };

    kind what = kind::unlisten_all;
    std::string channel{};
};

namespace detail {

/// What one session has said in one transaction. Shared by all who hear it.
struct notification_batch {
    std::int32_t sender = 0;
    std::vector<notification> said;
};

/// A session that listens: its queue, and the way to its client.
class notification_listener {
public:
    notification_listener(session_handle who, std::size_t most_waiting)
        : session_(std::move(who)), most_waiting_(most_waiting) {}

    /// Queues the `i`th of a batch. With the hub locked: so all listeners have the same order.
    /// @return whether the caller is the one to `deliver`
    bool add(std::shared_ptr<notification_batch const> const& batch, std::size_t i) {
        std::lock_guard const lock(queue_mutex_);
        if (bytes_ >= most_waiting_) {
            ++lost_;
            return false;
        }
        arrived_.push_back({batch, i});
        bytes_ += arrived_.back().size();
        return !std::exchange(somebody_delivers_, true);
    }

    /// Moves what is queued into the session's mailbox, unless the session is in a transaction. From any thread; when
    /// it returns, nothing that was queued before is still on its way. What the mailbox does not take, since the client
    /// does not read, stays in the queue until it has room.
    void deliver() noexcept {
        std::lock_guard const delivering(delivery_mutex_);
        std::size_t sent = 0;
        try {
            if (!take_arrived()) return;
            for (; !leaving_.empty() && send(leaving_.front()); leaving_.pop_front()) sent += leaving_.front().size();
        } catch (...) {  // no memory: the sender has nothing to do with it
        }
        std::lock_guard const lock(queue_mutex_);
        bytes_ -= sent;
        if (lost_ != 0 && bytes_ == 0) [[unlikely]] warn_of_loss();
    }

    /// The session is in a transaction: until it is over nothing is delivered.
    void hold() {
        std::lock_guard const delivering(delivery_mutex_);
        std::lock_guard const lock(queue_mutex_);
        held_ = true;
    }
    void release() {
        std::lock_guard const lock(queue_mutex_);
        held_ = false;
    }

    /// What the session listens to. Changes with the hub locked, and by that session only, which reads it without.
    [[nodiscard]] channel_set const& channels() const noexcept { return channels_; }
    [[nodiscard]] channel_set& channels() noexcept { return channels_; }
    /// Forgets what is queued of channels that the session does not listen to any more. By that session.
    void forget_others() {
        std::lock_guard const delivering(delivery_mutex_);
        std::lock_guard const lock(queue_mutex_);
        auto const is_other = [this](entry const& e) {
            bool const other = !channels_.contains(e.get().channel);
            if (other) bytes_ -= e.size();
            return other;
        };
        std::erase_if(leaving_, is_other);
        std::erase_if(arrived_, is_other);
    }

    /// How full the queue is, from 0 to 1.
    [[nodiscard]] double usage() {
        std::lock_guard const lock(queue_mutex_);
        return std::min(1.0, static_cast<double>(bytes_) / static_cast<double>(most_waiting_));
    }

private:
    struct entry {
        std::shared_ptr<notification_batch const> batch;
        std::size_t i;

        [[nodiscard]] notification const& get() const { return batch->said[i]; }
        [[nodiscard]] std::size_t size() const {
            return get().channel.size() + get().payload.size() + sizeof(notification);
        }
    };

    /// @return whether the session may hear something
    bool take_arrived() {
        std::lock_guard const lock(queue_mutex_);
        somebody_delivers_ = false;
        if (held_) return false;
        std::move(arrived_.begin(), arrived_.end(), std::back_inserter(leaving_));
        arrived_.clear();
        return true;
    }
    [[nodiscard]] bool send(entry const& e) const {
        return session_.notify(e.get().channel, e.get().payload, e.batch->sender);
    }
    void warn_of_loss() noexcept {
        try {
            diagnostic d;
            d.severity = severity::warning;
            d.code = sqlstates::program_limit_exceeded;
            d.message = "some notifications were lost";
            d.detail = "Too many were waiting for this session: " + std::to_string(lost_) + " found no room.";
            if (session_.notice(std::move(d))) lost_ = 0;
        } catch (...) {  // no memory: next time
        }
    }

    session_handle session_;
    std::size_t most_waiting_;
    channel_set channels_;
    std::mutex delivery_mutex_;   // taken before the other one; held while messages are encoded
    std::deque<entry> leaving_;   // on its way to the mailbox
    std::mutex queue_mutex_;      // of what follows; never held for long
    std::vector<entry> arrived_;  // behind what is leaving
    std::size_t bytes_ = 0;       // of both
    std::uint64_t lost_ = 0;
    bool held_ = false;
    bool somebody_delivers_ = false;
};

}  // namespace detail

/// All members may be called from any thread.
class notification_hub {
public:
    using listener = detail::notification_listener;

    /// @param most_waiting bytes that may wait for one session: one in a transaction, or whose client does not read.
    ///     What comes beyond them that session does not hear, and is told so by a WARNING; the others are not held up.
    explicit notification_hub(std::size_t most_waiting = 8'388'608) noexcept : most_waiting_(most_waiting) {}
    notification_hub(notification_hub const&) = delete;
    notification_hub& operator=(notification_hub const&) = delete;

    /// May this be said? A channel has 1 to 63 bytes, a payload less than 8000, both are UTF-8 without a zero byte.
    /// @throws sql_error 22023, 22021
    static void check(std::string_view channel, std::string_view payload) {
        if (channel.empty()) throw sql_error(sqlstates::invalid_parameter_value, "channel name cannot be empty");
        if (channel.size() > longest_channel)
            throw sql_error(sqlstates::invalid_parameter_value, "channel name too long");
        if (payload.size() > longest_payload)
            throw sql_error(sqlstates::invalid_parameter_value, "payload string too long");
        for (auto const text : {channel, payload})
            if (auto const at = find_invalid_utf8(text); at != text.npos)
                throw sql_error(sqlstates::character_not_in_repertoire, describe_invalid_utf8(text.substr(at)));
    }

    /// Tells all who listen, at once. For those who are no session: a session's NOTIFY waits for its transaction.
    /// @param sender the process ID that clients are told
    /// @throws sql_error as `check`
    void notify(std::string_view channel, std::string_view payload = {}, std::int32_t sender = 0) {
        check(channel, payload);
        publish({{std::string(channel), std::string(payload)}}, sender);
    }

    /// Tells all who listen, in this order, with nothing of others between. What is said is valid.
    void publish(std::vector<notification> said, std::int32_t sender) {
        std::vector<std::shared_ptr<listener>> awakened;
        {
            std::lock_guard const lock(mutex_);
            awakened = add_locked(std::move(said), sender);
        }
        for (auto const& l : awakened) l->deliver();
    }

    /// How full the fullest queue is, from 0 to 1: what `pg_notification_queue_usage()` says.
    [[nodiscard]] double queue_usage() {
        std::lock_guard const lock(mutex_);
        double most = 0;
        for (auto const& [name, all] : channels_)
            for (auto const& l : all) most = std::max(most, l->usage());
        return most;
    }

    /// How many sessions listen to this channel.
    [[nodiscard]] std::size_t count_listeners(std::string_view channel) {
        std::lock_guard const lock(mutex_);
        auto const at = channels_.find(channel);
        return at == channels_.end() ? 0 : at->second.size();
    }

    // ---- for session_notifications

    /// A session that listens to nothing yet.
    [[nodiscard]] std::shared_ptr<listener> make_listener(session_handle const& who) const {
        auto made = std::make_shared<listener>(who, most_waiting_);
        who.call_when_there_is_room(made, [](void* self) noexcept { static_cast<listener*>(self)->deliver(); });
        return made;
    }

    /// A session listens to other channels than before, and then says something: both at one moment.
    void commit(std::shared_ptr<listener> const& self, std::span<listen_action const> actions,
                std::vector<notification> said, std::int32_t sender) {
        std::vector<std::shared_ptr<listener>> awakened;
        {
            std::lock_guard const lock(mutex_);
            for (auto const& a : actions) apply_locked(self, a);
            awakened = add_locked(std::move(said), sender);
        }
        self->forget_others();
        for (auto const& l : awakened) l->deliver();
    }

    /// A session has ended.
    void forget(std::shared_ptr<listener> const& self) {
        std::lock_guard const lock(mutex_);
        apply_locked(self, {});
    }

    static constexpr std::size_t longest_channel = 63;
    static constexpr std::size_t longest_payload = 7'999;

private:
    struct hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    /// @return those that the caller must deliver to, once the hub is not locked any more
    std::vector<std::shared_ptr<listener>> add_locked(std::vector<notification> said, std::int32_t sender) {
        std::vector<std::shared_ptr<listener>> awakened;
        std::shared_ptr<detail::notification_batch const> batch;
        for (std::size_t i = 0; i != (batch ? batch->said : said).size(); ++i) {
            auto const at = channels_.find((batch ? batch->said : said)[i].channel);
            if (at == channels_.end()) continue;
            if (!batch)
                batch = std::make_shared<detail::notification_batch const>(
                    detail::notification_batch{sender, std::move(said)});
            for (auto const& l : at->second)
                if (l->add(batch, i)) awakened.push_back(l);
        }
        return awakened;
    }
    void apply_locked(std::shared_ptr<listener> const& self, listen_action const& a) {
        auto& names = self->channels();
        switch (a.what) {
        case listen_action::kind::listen:
            if (names.insert(a.channel).second) channels_[a.channel].push_back(self);
            return;
        case listen_action::kind::unlisten:
            if (names.erase(a.channel) != 0) remove_locked(self, a.channel);
            return;
        case listen_action::kind::unlisten_all:
            for (auto const& name : names) remove_locked(self, name);
            names.clear();
            return;
        }
    }
    void remove_locked(std::shared_ptr<listener> const& self, std::string const& name) {
        auto const at = channels_.find(name);
        if (at == channels_.end()) return;
        std::erase(at->second, self);
        if (at->second.empty()) channels_.erase(at);
    }

    std::size_t most_waiting_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<std::shared_ptr<listener>>, hash, std::equal_to<>> channels_;
};

}  // namespace pgwire
