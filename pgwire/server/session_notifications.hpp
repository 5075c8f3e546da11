// What a session has said and whom it listens to, up to the end of its transaction: the rules of LISTEN and NOTIFY.
//
// Floor 4. `notify_layer` has one; an engine is told of it by its hook  void on_notifications(session_notifications&),
// and calls it for the functions pg_notify, pg_listening_channels and pg_notification_queue_usage. It is touched by the
// session only: on its executor, or by a worker thread that it waits for.
// Source: PostgreSQL documentation, LISTEN, NOTIFY, UNLISTEN.
#pragma once

#include "pgwire/server/notification_hub.hpp"
#include "pgwire/server/session_context.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

/// Notifications in the order in which they were said, each of them once.
class pending_notifications {
public:
    void add(notification n) {
        if (all_.size() < few) {
            if (std::find(all_.begin(), all_.end(), n) == all_.end()) all_.push_back(std::move(n));
            return;
        }
        if (known_.empty())
            for (auto const& earlier : all_) known_.insert(key(earlier));
        if (known_.insert(key(n)).second) all_.push_back(std::move(n));
    }
    /// Forgets all but the first `size`.
    void shrink(std::size_t size) {
        for (; all_.size() > size; all_.pop_back())
            if (!known_.empty()) known_.erase(key(all_.back()));
        if (all_.size() < few) known_.clear();
    }
    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
    [[nodiscard]] std::vector<notification> take() {
        known_.clear();
        return std::exchange(all_, {});
    }

private:
    static constexpr std::size_t few = 16;  // are compared one by one

    static std::string key(notification const& n) { return n.channel + '\0' + n.payload; }

    std::vector<notification> all_;
    std::unordered_set<std::string> known_;  // if there are more than a few
};

}  // namespace detail

class session_notifications {
    struct mark {
        std::size_t actions = 0;
        std::size_t said = 0;
    };

public:
    // ---- for an engine

    /// NOTIFY, and `pg_notify(channel, payload)` with empty texts for NULL. It is sent when the transaction is
    /// committed; outside of one when the statement is done, and outside of that at once.
    /// @throws sql_error 22023, 22021
    void notify(std::string_view channel, std::string_view payload) {
        notification_hub::check(channel, payload);
        said_.add({std::string(channel), std::string(payload)});
        settle();
    }
    /// LISTEN.
    /// @throws sql_error 22023, 22021
    void listen(std::string_view channel) {
        notification_hub::check(channel, {});
        act({listen_action::kind::listen, std::string(channel)});
    }
    /// UNLISTEN.
    void unlisten(std::string_view channel) { act({listen_action::kind::unlisten, std::string(channel)}); }
    /// UNLISTEN *.
    void unlisten_all() { act({}); }

    /// What `pg_listening_channels()` gives: not what this transaction has yet to change.
    [[nodiscard]] channel_set const& channels() const noexcept {
        static channel_set const none;
        return listener_ == nullptr ? none : std::as_const(*listener_).channels();
    }
    [[nodiscard]] notification_hub& hub() const noexcept { return *hub_; }

    // ---- for the layer

    explicit session_notifications(std::shared_ptr<notification_hub> hub) : hub_(std::move(hub)) {}
    session_notifications(session_notifications&&) = default;  // before the session has begun
    session_notifications& operator=(session_notifications&&) = delete;
    ~session_notifications() {
        if (listener_ == nullptr) return;
        hub_->forget(listener_);
    }

    void start(session_context const& context) {
        session_ = context.handle();
        process_id_ = context.process_id();
    }

    void begin() {
        open_ = true;
        if (listener_ != nullptr) listener_->hold();
    }
    void commit() {
        savepoints_.clear();
        open_ = false;
        apply();
        hear();
    }
    void rollback() {
        savepoints_.clear();
        open_ = false;
        return_to({});
        hear();
    }

    /// What a statement says outside of a transaction counts when the statement is done. If it fails, this is destroyed
    /// before `done`, and nothing was said.
    class statement {
    public:
        explicit statement(session_notifications& owner) noexcept : owner_(owner), was_(owner.current()) {
            owner_.at_work_ = true;
        }
        statement(statement const&) = delete;
        statement& operator=(statement const&) = delete;
        ~statement() {
            if (!owner_.at_work_) return;
            owner_.at_work_ = false;
            if (!owner_.open_) owner_.return_to(was_);
        }
        void done() {
            owner_.at_work_ = false;
            owner_.settle();
        }

    private:
        session_notifications& owner_;
        mark was_;
    };

    void savepoint(std::string name) {
        if (open_) savepoints_.push_back({std::move(name), current()});
    }
    void release(std::string_view name) {
        if (auto const at = find(name); at != savepoints_.size()) keep_savepoints(at);
    }
    void rollback_to(std::string_view name) {
        auto const at = find(name);
        if (at == savepoints_.size()) return;
        return_to(savepoints_[at].then);
        keep_savepoints(at + 1);
    }

private:
    struct named_mark {
        std::string name;
        mark then;
    };

    [[nodiscard]] mark current() const noexcept { return {actions_.size(), said_.size()}; }
    void return_to(mark m) {
        actions_.resize(std::min(m.actions, actions_.size()));
        said_.shrink(m.said);
    }
    [[nodiscard]] std::size_t find(std::string_view name) const noexcept {
        for (auto i = savepoints_.size(); i != 0; --i)
            if (savepoints_[i - 1].name == name) return i - 1;
        return savepoints_.size();
    }
    void keep_savepoints(std::size_t n) {
        savepoints_.erase(savepoints_.begin() + static_cast<std::ptrdiff_t>(n), savepoints_.end());
    }

    void act(listen_action a) {
        actions_.push_back(std::move(a));
        settle();
    }
    /// What is said outside of everything is said.
    void settle() {
        if (open_ || at_work_) return;
        apply();
        if (listener_ != nullptr) listener_->deliver();
    }

    void apply() {
        if (actions_.empty()) {
            if (said_.size() != 0) hub_->publish(said_.take(), process_id_);
            return;
        }
        if (listener_ == nullptr) listener_ = hub_->make_listener(session_);
        hub_->commit(listener_, std::exchange(actions_, {}), said_.take(), process_id_);
    }
    /// The transaction is over: the session hears what was held back, and itself.
    void hear() {
        if (listener_ == nullptr) return;
        listener_->release();
        listener_->deliver();
    }

    std::shared_ptr<notification_hub> hub_;
    session_handle session_;
    std::int32_t process_id_ = 0;
    std::shared_ptr<notification_hub::listener> listener_;  // once it has listened
    std::vector<listen_action> actions_;  // of this transaction, in order
    detail::pending_notifications said_;
    std::vector<named_mark> savepoints_;
    bool open_ = false;     // a transaction
    bool at_work_ = false;  // a statement
};

}  // namespace pgwire
