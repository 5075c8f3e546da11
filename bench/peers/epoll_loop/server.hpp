// The epoll loop: one read, all the complete messages that are there, one write.
#pragma once

#include "connection.hpp"
#include "fields.hpp"
#include "login.hpp"
#include "messages.hpp"

#include <arpa/inet.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace epoll_loop {

constexpr std::size_t max_message = 1 << 24;    // bytes; who sends more is not spoken to any longer
constexpr std::size_t read_size = 64 * 1024;    // bytes at a time
constexpr std::size_t max_unread = 256 * 1024;  // bytes of answers that a client may leave before it is no longer read
constexpr int turn = 16;                        // times that rows are flushed before others have their turn

[[noreturn]] inline void die(char const* what) {
    std::perror(what);
    std::exit(1);
}

class server {
public:
    explicit server(uint16_t port) {
        int const on = 1;
        setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0) die("bind");
        if (listen(listener_, SOMAXCONN) != 0) die("listen");
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        epoll_event e{.events = EPOLLIN, .data = {.ptr = nullptr}};
        if (epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &e) != 0) die("epoll_ctl");
    }

    uint16_t port() const { return port_; }
    static inline volatile std::sig_atomic_t stopped = 0;

    void run() {
        epoll_event events[256];
        while (!stopped) {
            int const n = epoll_wait(epoll_, events, 256, -1);
            for (int i = 0; i < n; ++i) {
                auto* const c = static_cast<connection*>(events[i].data.ptr);
                if (c == nullptr) {
                    accept_all();
                    continue;
                }
                if ((events[i].events & EPOLLOUT) != 0 && !c->writable) resume(*c);
                if ((events[i].events & ~static_cast<uint32_t>(EPOLLOUT)) != 0 && c->fd != -1 && c->reading) receive(*c);
                if (c->fd == -1)  // a descriptor has one event, so no other names it
                    std::erase_if(connections_, [c](auto const& one) { return one.get() == c; });
            }
        }
    }

private:
    void accept_all() {
        for (;;) {
            int const fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd == -1) return;
            int const on = 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            auto& c = *connections_.emplace_back(new connection);
            c.fd = fd;
            epoll_event e{.events = EPOLLIN, .data = {.ptr = &c}};
            if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &e) != 0) die("epoll_ctl");
        }
    }

    void receive(connection& c) {
        ssize_t const n = read(c.fd, in_.get(), read_size);
        if (n <= 0) {
            if (n == 0 || (errno != EAGAIN && errno != EINTR)) close_connection(c);
            return;
        }
        std::string_view const arrived(in_.get(), static_cast<std::size_t>(n));
        if (c.input.empty()) {
            auto const used = consume(c, arrived);
            if (c.fd != -1 && used != arrived.size()) [[unlikely]] c.input.assign(arrived.substr(used));
        } else {
            c.input.append(arrived);
            consume_input(c);
        }
    }
    void consume_input(connection& c) {
        auto const used = consume(c, c.input);
        if (c.fd != -1) c.input.erase(0, used);
    }

    /// The socket takes more.
    void resume(connection& c) {
        c.writable = true;
        send(c);
        if (c.fd == -1 || !c.unsent.empty()) return;
        if (!c.scanning) return;
        consume_input(c);
        if (c.fd != -1 && c.writable) watch(c);
    }

    /// @return how many bytes are done with
    std::size_t consume(connection& c, std::string_view bytes) {
        char const* at = bytes.data();
        char const* const end = at + bytes.size();
        if (!c.logged_in) [[unlikely]] {
            auto const entered = login(c, out_, bytes, next_id_);
            if (entered.is_refused) return close_connection(c), 0;
            if (!c.logged_in) return send(c), entered.used;
            ++next_id_;
            at += entered.used;
        }
        messages batch(c, out_);
        verdict v = verdict::go_on;
        if (c.scanning && !send_rows(c, batch)) [[unlikely]] return 0;
        while (end - at >= 5) {
            std::size_t const length = load<uint32_t>(at + 1);
            if (length < 4 || length > max_message) [[unlikely]] {
                v = verdict::close;
                break;
            }
            if (static_cast<std::size_t>(end - at) < 1 + length) [[unlikely]] break;
            char const* const next = at + 1 + length;
            v = batch.answer(*at, {at + 5, next});
            at = next;
            if (v != verdict::go_on) [[unlikely]] break;
            if (c.scanning && !send_rows(c, batch)) [[unlikely]] return static_cast<std::size_t>(at - bytes.data());
        }
        send(c);
        if (v == verdict::close && c.fd != -1) close_connection(c);
        return static_cast<std::size_t>(at - bytes.data());
    }

    /// Sends rows as long as the socket takes them.
    /// @return whether all have been made, and the messages behind them may be answered
    bool send_rows(connection& c, messages& batch) {
        for (int flushes = 0; flushes != turn; ++flushes) {
            batch.go_on();
            if (!c.scanning) return true;
            send(c);
            if (c.fd == -1 || !c.unsent.empty()) return false;
        }
        c.writable = false;  // epoll says at once that it is
        watch(c);
        return false;
    }

    void send(connection& c) {
        auto const batch = out_.written();
        if (!c.unsent.empty()) [[unlikely]] {
            c.unsent.append(batch);
            out_.clear();
            if (c.writable) {
                ssize_t const n = ::send(c.fd, c.unsent.data(), c.unsent.size(), MSG_NOSIGNAL);
                if (n == -1 && errno != EAGAIN) return close_connection(c);
                if (n > 0) c.unsent.erase(0, static_cast<std::size_t>(n));
            }
            c.writable = c.unsent.empty();
            return watch(c);
        }
        if (batch.empty()) return;
        ssize_t n = ::send(c.fd, batch.data(), batch.size(), MSG_NOSIGNAL);
        if (n != static_cast<ssize_t>(batch.size())) [[unlikely]] {
            if (n == -1 && errno != EAGAIN) return close_connection(c);
            c.unsent.assign(batch.substr(static_cast<std::size_t>(std::max<ssize_t>(n, 0))));
            c.writable = false;
            watch(c);
        }
        out_.clear();
    }

    /// Tells epoll what the connection waits for.
    void watch(connection& c) {
        c.reading = c.unsent.size() < max_unread && !c.scanning;
        epoll_event e{.events = (c.reading ? EPOLLIN : 0U) | (c.writable ? 0U : EPOLLOUT), .data = {.ptr = &c}};
        if (epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &e) != 0) die("epoll_ctl");
    }

    void close_connection(connection& c) {
        close(c.fd);
        c.fd = -1;
        out_.clear();
    }

    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    uint16_t port_ = 0;
    uint32_t next_id_ = 1;
    output out_;                                        // of the batch at work; what can't leave goes to `unsent`
    std::unique_ptr<char[]> in_{new char[read_size]};   // of the batch at work; what is incomplete goes to `input`
    std::vector<std::unique_ptr<connection>> connections_;
};

}  // namespace epoll_loop
