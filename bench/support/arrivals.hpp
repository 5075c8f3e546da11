// Clients that arrive: so many connections, some of them at a time, each logged in. One thread and epoll.
#pragma once

#include "bench/support/client_login.hpp"
#include "bench/support/clock.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench {

/// Ends the program, with what the system says.
[[noreturn]] inline void give_up(char const* doing) {
    std::fprintf(stderr, "%s: %s\n", doing, std::strerror(errno));
    std::exit(1);
}

/// Makes sure that this process may have `files` open.
inline void allow_files(std::size_t files) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("getrlimit");
    if (limit.rlim_cur >= files) return;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < files) {
        std::fprintf(stderr, "a process may have %ju files here, and %zu are wanted\n",
                     static_cast<std::uintmax_t>(limit.rlim_max), files);
        std::exit(1);
    }
    limit.rlim_cur = files;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) give_up("setrlimit");
}

/// What becomes of a client when it is logged in.
enum class fate : unsigned char {
    stays,   ///< its socket is kept, in `kept`
    leaves,  ///< it says Terminate, and waits until the server has closed
    asks,    ///< the same after one query
};

template<class Security>
class arrivals {
public:
    /// @param parallel how many are under way at a time
    arrivals(std::uint16_t port, unsigned parallel, fate becomes, Security const& how)
        : becomes_(becomes), how_(how), clients_(parallel), epoll_(epoll_create1(0)) {
        if (epoll_ < 0) give_up("epoll_create1");
        server_.sin_family = AF_INET;
        server_.sin_port = htons(port);
        server_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    arrivals(arrivals const&) = delete;
    arrivals& operator=(arrivals const&) = delete;
    ~arrivals() {
        for (auto const& c : clients_)
            if (c.socket >= 0) ::close(c.socket);
        ::close(epoll_);
    }

    /// Lets `count` clients come, until each has got what it wanted, or has failed. 30 seconds without any progress are
    /// a failure of all that are still under way.
    void run(unsigned count) {
        left_ = count;
        for (auto& c : clients_) next(c);
        std::array<epoll_event, 64> events{};
        while (under_way_ != 0) {
            int const n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 30'000);
            if (n < 0 && errno != EINTR) give_up("epoll_wait");
            if (n == 0) {
                fail_all();
                return;
            }
            for (int i = 0; i < n; ++i) {
                auto& event = events[static_cast<std::size_t>(i)];
                on_event(*static_cast<client*>(event.data.ptr), event.events);
            }
        }
    }

    /// The sockets of those that stay. They do not block.
    [[nodiscard]] std::vector<int> const& kept() const { return kept_; }
    [[nodiscard]] unsigned good() const { return good_; }
    [[nodiscard]] unsigned errors() const { return errors_; }
    /// Why the first one has failed.
    [[nodiscard]] std::string const& first_error() const { return first_error_; }

private:
    enum class phase : unsigned char { connecting, entering, asking, leaving };
    struct client {
        int socket = -1;
        phase now = phase::connecting;
        std::unique_ptr<client_login<Security>> login;
    };

    /// In the place of one that is done with, another comes.
    void next(client& c) {
        while (left_ != 0) {
            --left_;
            c.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            if (c.socket < 0) give_up("socket");
            int const yes = 1;
            setsockopt(c.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            c.now = phase::connecting;
            ++under_way_;
            if (::connect(c.socket, reinterpret_cast<sockaddr const*>(&server_), sizeof server_) != 0 &&
                errno != EINPROGRESS) {
                fail(c, std::strerror(errno), false);
                continue;
            }
            watch(c, EPOLL_CTL_ADD, EPOLLOUT);
            return;
        }
    }
    void watch(client& c, int what, std::uint32_t events) const {
        epoll_event event{.events = events, .data = {.ptr = &c}};
        if (epoll_ctl(epoll_, what, c.socket, &event) != 0) give_up("epoll_ctl");
    }

    void on_event(client& c, std::uint32_t) {
        if (c.now == phase::connecting) return on_connected(c);
        std::array<char, 16'384> room;
        auto const n = ::recv(c.socket, room.data(), room.size(), 0);
        if (n < 0 && errno == EAGAIN) return;
        if (c.now == phase::leaving) {
            if (n <= 0) finish(c);
            return;
        }
        if (n <= 0) return fail(c, n == 0 ? "the server has closed" : std::strerror(errno));
        std::string out;
        using state = typename client_login<Security>::state;
        auto const now = c.login->hear({room.data(), static_cast<std::size_t>(n)}, out);
        if (now == state::failed) return fail(c, c.login->reason());
        bool const stays = now == state::ready && becomes_ == fate::stays;
        if (now == state::ready && becomes_ != fate::stays) {
            bool const asks = c.now == phase::entering && becomes_ == fate::asks;
            c.now = asks ? phase::asking : phase::leaving;
            c.login->say(asks ? simple_query("SELECT 1") : std::string(terminate), out);
        }
        if (!send(c, out)) return;
        if (stays) keep(c);
    }
    void on_connected(client& c) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c.socket, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return fail(c, std::strerror(error));
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
        c.now = phase::entering;
        c.login = std::make_unique<client_login<Security>>(how_);
        std::string out;
        c.login->begin(out);
        static_cast<void>(send(c, out));
    }
    /// A login is so short that it finds room; if not, that is a failure.
    bool send(client& c, std::string const& bytes) {
        if (bytes.empty()) return true;
        auto const n = ::send(c.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n == static_cast<ssize_t>(bytes.size())) return true;
        fail(c, n < 0 ? std::strerror(errno) : "no room for what is sent");
        return false;
    }

    void keep(client& c) {
        watch(c, EPOLL_CTL_DEL, 0);
        kept_.push_back(std::exchange(c.socket, -1));
        ++good_;
        done(c);
    }
    void finish(client& c) {
        ++good_;
        drop(c);
        done(c);
    }
    void fail(client& c, std::string const& why, bool another = true) {
        if (errors_++ == 0) first_error_ = why;
        drop(c);
        if (another) return done(c);
        --under_way_;
    }
    void fail_all() {
        left_ = 0;
        for (auto& c : clients_)
            if (c.socket >= 0) fail(c, "nothing has happened for 30 seconds");
    }
    /// The server has closed first: then nothing of the connection needs to stay in TIME_WAIT, on neither side.
    static void drop(client& c) {
        linger const none{.l_onoff = 1, .l_linger = 0};
        setsockopt(c.socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        ::close(std::exchange(c.socket, -1));
    }
    void done(client& c) {
        --under_way_;
        c.login.reset();
        next(c);
    }

    fate becomes_;
    Security const& how_;
    std::vector<client> clients_;
    int epoll_;
    sockaddr_in server_{};
    unsigned left_ = 0, under_way_ = 0, good_ = 0, errors_ = 0;
    std::vector<int> kept_;
    std::string first_error_;
};

}  // namespace bench
