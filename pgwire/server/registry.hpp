// All sessions of a server by process ID, for those who come to cancel one.
//
// Floor 4. Shared by all threads; touched when a session begins, when it ends, and by a CancelRequest. Sharded, so that
// threads seldom meet, and each shard is short. Source: PostgreSQL documentation, "Canceling Requests in Progress".
#pragma once

#include "pgwire/core/constant_time.hpp"
#include "pgwire/net/system_random.hpp"
#include "pgwire/protocol/startup.hpp"
#include "pgwire/server/session_handle.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

class registry {
public:
    /// A session's secret; as long as the protocol allows: 4 bytes in 3.0, 32 in 3.2.
    struct secret {
        std::array<char, 32> bytes{};
        std::size_t size = 0;

        [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
    };

    /// Enters a session.
    /// @return its process ID, positive and unique among the sessions that live, and its secret
    std::pair<std::int32_t, secret> add(std::weak_ptr<detail::session_mailbox> mailbox, std::size_t secret_size) {
        entry e{0, std::move(mailbox), make_secret(secret_size)};
        for (;;) {
            auto const id = static_cast<std::int32_t>(next_id_.fetch_add(1, std::memory_order_relaxed) & 0x7fff'ffff);
            if (id == 0) continue;
            auto& s = shard_of(id);
            std::lock_guard const lock(s.mutex);
            auto const at = s.first_from(id);  // the end, until the numbers begin anew
            if (at != s.sessions.end() && at->id == id) continue;
            e.id = id;
            s.sessions.insert(at, e);
            return {id, e.key};
        }
    }

    void remove(std::int32_t id) {
        auto& s = shard_of(id);
        std::lock_guard const lock(s.mutex);
        auto const at = s.first_from(id);
        if (at != s.sessions.end() && at->id == id) s.sessions.erase(at);
    }

    /// Cancels what a session is doing, if the key is its own. From any thread.
    bool cancel(std::int32_t id, std::string_view key) {
        std::shared_ptr<detail::session_mailbox> mailbox;
        {
            auto& s = shard_of(id);
            std::lock_guard const lock(s.mutex);
            auto const at = s.first_from(id);
            if (at == s.sessions.end() || at->id != id || !equal_in_constant_time(at->key.view(), key)) return false;
            mailbox = at->mailbox.lock();
        }
        return mailbox != nullptr && detail::session_mailbox::cancel(mailbox);
    }

private:
    struct entry {
        std::int32_t id;
        std::weak_ptr<detail::session_mailbox> mailbox;
        secret key;
    };
    struct shard {
        std::mutex mutex;
        std::vector<entry> sessions;  // by their numbers

        [[nodiscard]] std::vector<entry>::iterator first_from(std::int32_t id) noexcept {
            return std::lower_bound(sessions.begin(), sessions.end(), id, [](entry const& e, std::int32_t n) { return e.id < n; });
        }
    };

    static secret make_secret(std::size_t size) {
        secret s;
        s.size = size;
        detail::fill_with_random({s.bytes.data(), size});
        return s;
    }
    shard& shard_of(std::int32_t id) { return shards_[static_cast<std::uint32_t>(id) % shards_.size()]; }

    std::array<shard, 64> shards_;
    std::atomic<std::uint32_t> next_id_{1};
};

}  // namespace pgwire
