// A client that only reads: as fast as it can, or slowly. Of what comes it looks at no more than the messages' headers.
//
// It prints `process N`, which is what the server calls itself, and for each run the rows (of a COPY too), the bytes, and
// the seconds from the first byte sent to ReadyForQuery.
#include "bench/support/port.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace std::string_view_literals;

[[noreturn]] void fail(std::string_view what) {
    std::fprintf(stderr, "reader: %.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(1);
}

struct options {
    std::uint16_t port = 0;
    bool extended = false;
    bool binary = false;
    std::uint32_t row_limit = 0;  // of an Execute; asked for again until there are no more
    bool slowly = false;          // with a pause before each read
    unsigned times = 1;
    bool on_demand = false;       // one run for each line of the standard input
    std::string_view statement;
};

constexpr auto usage =
    "usage: reader --port N --statement TEXT [--extended] [--binary] [--row-limit N] [--slowly] [--times N | --on-demand]\n"
    "  --extended    Parse, Bind, Execute and Sync in one packet, and no Query\n"
    "  --binary      the results in binary, which is extended too\n"
    "  --row-limit N of each Execute; rows are asked for again as long as the portal is suspended\n"
    "  --slowly      64 KiB in a millisecond, or less\n"
    "  --on-demand   one run for each line of the standard input\n"sv;

options parse(int argc, char** argv) {
    options o;
    auto const wrong = [](std::string const& what) {
        std::fprintf(stderr, "reader: %s\n%s", what.c_str(), usage.data());
        std::exit(2);
    };
    for (int i = 1; i < argc; ++i) {
        std::string_view const name = argv[i];
        auto const value = [&] { return std::string_view(++i < argc ? argv[i] : ""); };
        if (name == "--port") o.port = bench::parse_number<std::uint16_t>(argv[0], name, value());
        else if (name == "--statement") o.statement = value();
        else if (name == "--extended") o.extended = true;
        else if (name == "--binary") o.extended = o.binary = true;
        else if (name == "--row-limit") o.extended = true, o.row_limit = bench::parse_number<std::uint32_t>(argv[0], name, value());
        else if (name == "--slowly") o.slowly = true;
        else if (name == "--times") o.times = bench::parse_number<unsigned>(argv[0], name, value());
        else if (name == "--on-demand") o.on_demand = true;
        else wrong("unknown option: " + std::string(name));
    }
    if (o.port == 0 || o.statement.empty()) wrong("a port and a statement are needed");
    return o;
}

std::string integer(std::uint32_t v) {
    v = htonl(v);
    return {reinterpret_cast<char const*>(&v), sizeof v};
}
std::string message(std::string_view tag, std::string_view body) {
    return std::string(tag) + integer(static_cast<std::uint32_t>(body.size() + 4)) + std::string(body);
}

/// Follows the messages in a stream of bytes that is cut anywhere.
class frames {
public:
    std::uint64_t rows = 0;
    char last = 0;              // what came last of ReadyForQuery, CommandComplete, PortalSuspended
    std::string error;          // the fields of an ErrorResponse, as far as they came at once
    std::uint32_t process = 0;  // of BackendKeyData

    void take(char const* p, std::size_t n) {
        char const* const end = p + n;
        if (skip_ > n) {
            skip_ -= n;
            return;
        }
        p += std::exchange(skip_, 0);
        if (kept_ != 0) {
            std::size_t const missing = std::min(head_.size() - kept_, static_cast<std::size_t>(end - p));
            std::memcpy(head_.data() + kept_, p, missing);
            kept_ += missing;
            p += missing;
            if (kept_ < head_.size()) return;
            kept_ = 0;
            p = follow(head_.data(), p, end);
        }
        while (p != nullptr && static_cast<std::size_t>(end - p) >= head_.size()) p = follow(p, p + head_.size(), end);
        if (p == nullptr || p == end) return;
        kept_ = static_cast<std::size_t>(end - p);
        std::memcpy(head_.data(), p, kept_);
    }

private:
    static std::uint32_t load(char const* p) {
        std::uint32_t v;
        std::memcpy(&v, p, sizeof v);
        return ntohl(v);
    }
    /// @return where the next message begins, or null if that has not come
    char const* follow(char const* head, char const* body, char const* end) {
        std::size_t const size = load(head + 1) - 4;
        auto const there = static_cast<std::size_t>(end - body);
        switch (*head) {
        case 'D':
        case 'd': ++rows; break;
        case 'Z':
        case 'C':
        case 's': last = *head; break;
        case 'E':
            error.assign(body, std::min(size, there));
            std::replace(error.begin(), error.end(), '\0', ' ');
            break;
        case 'R':
            if (there >= 4 && load(body) != 0) fail("the server wants a password");
            break;
        case 'K':
            if (there >= 4) process = load(body);
            break;
        default: break;
        }
        if (size <= there) return body + size;
        skip_ = size - there;
        return nullptr;
    }

    std::uint64_t skip_ = 0;       // bytes of a message's body that are still to come
    std::array<char, 5> head_{};   // of a message whose header has come in part
    std::size_t kept_ = 0;
};

class client {
public:
    explicit client(options const& o) : options_(o), room_(o.slowly ? 1 << 16 : 1 << 18) {
        if (o.slowly) {  // before the connection, so that it holds for the window
            int const size = 1 << 16;
            setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(o.port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("can't connect");
        int const on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        constexpr auto parameters = "\0\3\0\0user\0postgres\0database\0postgres\0\0"sv;
        send(message("", parameters));
        read_until("Z");
    }

    std::uint32_t process() const { return frames_.process; }

    void run() {
        using clock = std::chrono::steady_clock;
        bool const is_limited = options_.row_limit != 0;
        std::string const sync = message("S", "");
        std::string const execute = message("E", '\0' + integer(options_.row_limit)) + (is_limited ? message("H", "") : sync);
        std::string request = message("Q", std::string(options_.statement) + '\0');
        if (options_.extended) {
            auto const parse = message("P", '\0' + std::string(options_.statement) + std::string(3, '\0'));
            auto const bind = message("B", std::string(options_.binary ? "\0\0\0\0\0\0\0\1\0\1"sv : "\0\0\0\0\0\0\0\0"sv));
            request = parse + bind + execute;
        }
        auto const begin = clock::now();
        bytes_ = 0;
        frames_.rows = 0;
        send(request);
        if (is_limited) {
            for (read_until("Cs"); frames_.last == 's'; read_until("Cs")) send(execute);
            send(sync);
        }
        read_until("Z");
        std::chrono::duration<double> const seconds = clock::now() - begin;
        std::printf("%llu rows\t%llu bytes\t%.6f seconds\n", static_cast<unsigned long long>(frames_.rows),
                    static_cast<unsigned long long>(bytes_), seconds.count());
        std::fflush(stdout);
    }

private:
    void send(std::string const& bytes) {
        if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) fail("can't send");
    }
    /// @param ends the messages one of which must have come last
    void read_until(std::string_view ends) {
        for (frames_.last = 0; ends.find(frames_.last) == ends.npos;) {
            if (options_.slowly) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            ssize_t const n = read(fd_, room_.data(), room_.size());
            if (n <= 0) fail("the server has closed the connection");
            bytes_ += static_cast<std::uint64_t>(n);
            frames_.take(room_.data(), static_cast<std::size_t>(n));
            if (!frames_.error.empty()) fail(frames_.error);
        }
    }

    options options_;
    int fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::vector<char> room_;
    std::uint64_t bytes_ = 0;
    frames frames_;
};

bool read_line() {
    int c = std::getchar();
    while (c != '\n' && c != EOF) c = std::getchar();
    return c != EOF;
}

}  // namespace

int main(int argc, char** argv) {
    auto const o = parse(argc, argv);
    client reader(o);
    std::printf("process %u\n", reader.process());
    std::fflush(stdout);
    for (unsigned i = 0; o.on_demand ? read_line() : i != o.times; ++i) reader.run();
}
