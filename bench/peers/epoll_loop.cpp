// The practical limit: the answers of the echo example, from an epoll loop written by hand for nothing else.
//
// One thread, plain sockets, no library. A batch of messages is one read and one write. Nothing is left out that a
// server on a network needs: every length and every string is checked against the bytes that are there, and a client
// that does not read stops being read. What it does not have is all that a handler can't see: transactions, errors
// of a handler, several statements in one query, named portals, limits that can be set, TLS.
#include "bench/support/port.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <random>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using std::uint16_t;
using std::uint32_t;
using namespace std::string_view_literals;

constexpr std::size_t max_message = 1 << 24;    // bytes; who sends more is not spoken to any longer
constexpr std::size_t read_size = 64 * 1024;    // bytes at a time
constexpr std::size_t max_unread = 256 * 1024;  // bytes of answers that a client may leave before it is no longer read

template<class T>
T big_endian(T v) {
    if constexpr (std::endian::native == std::endian::big) return v;
    else if constexpr (sizeof(T) == 2) return __builtin_bswap16(v);
    else return __builtin_bswap32(v);
}

template<class T>
T load(char const* p) {
    T v;
    std::memcpy(&v, p, sizeof v);
    return big_endian(v);
}

/// Bytes on their way out. `room` makes sure that they fit, the others rely on it.
class output {
public:
    void room(std::size_t n) {
        if (static_cast<std::size_t>(limit_ - at_) < n) [[unlikely]] grow(n);
    }
    template<std::size_t N>
    void literal(char const (&bytes)[N]) {
        std::memcpy(at_, bytes, N - 1);
        at_ += N - 1;
    }
    void byte(char c) { *at_++ = c; }
    template<class T>
    void integer(T v) {
        v = big_endian(v);
        std::memcpy(at_, &v, sizeof v);
        at_ += sizeof v;
    }
    void bytes(std::string_view text) {
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }

    std::string_view written() const { return {memory_.get(), static_cast<std::size_t>(at_ - memory_.get())}; }
    void clear() { at_ = memory_.get(); }

private:
    void grow(std::size_t n) {
        auto const used = static_cast<std::size_t>(at_ - memory_.get());
        auto const size = std::max({used * 2, used + n, read_size});
        std::unique_ptr<char[]> larger(new char[size]);
        if (used != 0) std::memcpy(larger.get(), memory_.get(), used);
        memory_ = std::move(larger);
        at_ = memory_.get() + used;
        limit_ = memory_.get() + size;
    }

    std::unique_ptr<char[]> memory_;
    char* at_ = nullptr;
    char* limit_ = nullptr;
};

/// The fields of one message. After the first that is not there, `good` is false and the others are empty.
struct fields {
    char const* at;
    char const* end;
    bool good = true;

    std::string_view string() {
        if (at == end) [[unlikely]] return good = false, std::string_view();
        if (*at == 0) return {at++, 0};
        auto const* const nul = static_cast<char const*>(std::memchr(at, 0, static_cast<std::size_t>(end - at)));
        if (nul == nullptr) [[unlikely]] return good = false, std::string_view();
        std::string_view const text(at, static_cast<std::size_t>(nul - at));
        at = nul + 1;
        return text;
    }
    template<class T>
    T integer() {
        if (static_cast<std::size_t>(end - at) < sizeof(T)) [[unlikely]] return good = false, T{};
        T v;
        if constexpr (sizeof(T) == 1) v = static_cast<T>(*at);
        else v = load<T>(at);
        at += sizeof(T);
        return v;
    }
    char const* bytes(std::size_t n) {
        if (static_cast<std::size_t>(end - at) < n) [[unlikely]] return good = false, at;
        return std::exchange(at, at + n);
    }
    bool done() const { return good && at == end; }
};

struct statement {
    std::string name;
    std::string text;
    uint16_t parameters = 0;
};

struct connection {
    int fd = -1;
    bool logged_in = false;
    bool skipping = false;   // after an error, up to Sync
    bool writable = true;    // else the socket's buffer is full, and epoll tells when it no longer is
    bool reading = true;     // else the client must read first

    // The portal, which is the unnamed one.
    bool bound = false;
    bool exhausted = false;
    bool binary[2] = {false, false};
    std::size_t statement_of_portal = 0;

    std::vector<statement> statements{1};  // the first is the unnamed one
    bool has_unnamed = false;
    std::string input;       // the beginning of a message
    std::string unsent;
};

enum class verdict { go_on, close };

class server {
public:
    explicit server(uint16_t port);
    uint16_t port() const { return port_; }
    void run();
    static inline volatile std::sig_atomic_t stopped = 0;

private:
    void accept_all();
    void receive(connection& c);
    std::size_t consume(connection& c, std::string_view bytes);
    void send(connection& c);
    void watch(connection& c);
    void close_connection(connection& c);

    std::size_t login(connection& c, std::string_view bytes);
    void welcome(connection& c, std::string_view parameters, bool long_key);
    verdict message(connection& c, char tag, fields in);
    statement* find(connection& c, std::string_view name);
    void fail(connection& c, char tag, std::string_view code, std::string_view text, bool fatal = false);

    void on_query(connection& c, std::string_view text);
    verdict on_parse(connection& c, fields in);
    verdict on_bind(connection& c, fields in);
    verdict on_describe(connection& c, fields in);
    verdict on_execute(connection& c, fields in);
    verdict on_close(connection& c, fields in);
    void put_columns(bool const (&binary)[2]);
    void put_row(std::string_view text, bool const (&binary)[2]);
    void put_ready() { out_.room(6), out_.literal("Z\0\0\0\5I"); }

    int epoll_ = epoll_create1(EPOLL_CLOEXEC);
    int listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    uint16_t port_ = 0;
    uint32_t next_id_ = 1;
    output out_;                                        // of the batch at work; what can't leave goes to `unsent`
    std::unique_ptr<char[]> in_{new char[read_size]};   // of the batch at work; what is incomplete goes to `input`
    std::vector<std::unique_ptr<connection>> connections_;
};

[[noreturn]] void die(char const* what) {
    std::perror(what);
    std::exit(1);
}

server::server(uint16_t port) {
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

void server::run() {
    epoll_event events[256];
    while (!stopped) {
        int const n = epoll_wait(epoll_, events, 256, -1);
        for (int i = 0; i < n; ++i) {
            auto* const c = static_cast<connection*>(events[i].data.ptr);
            if (c == nullptr) {
                accept_all();
                continue;
            }
            if ((events[i].events & EPOLLOUT) != 0 && !c->writable) {
                c->writable = true;
                send(*c);
            }
            if ((events[i].events & ~static_cast<uint32_t>(EPOLLOUT)) != 0 && c->fd != -1 && c->reading) receive(*c);
            if (c->fd == -1)  // a descriptor has one event, so no other names it
                std::erase_if(connections_, [c](auto const& one) { return one.get() == c; });
        }
    }
}

void server::accept_all() {
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

/// One read, all the complete messages that are there, one write.
void server::receive(connection& c) {
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
        auto const used = consume(c, c.input);
        if (c.fd != -1) c.input.erase(0, used);
    }
}

/// @return how many bytes are done with
std::size_t server::consume(connection& c, std::string_view bytes) {
    char const* at = bytes.data();
    char const* const end = at + bytes.size();
    if (!c.logged_in) [[unlikely]] {
        at += login(c, bytes);
        if (c.fd == -1) return 0;
        if (!c.logged_in) return send(c), static_cast<std::size_t>(at - bytes.data());
    }
    verdict v = verdict::go_on;
    while (end - at >= 5) {
        std::size_t const length = load<uint32_t>(at + 1);
        if (length < 4 || length > max_message) [[unlikely]] {
            v = verdict::close;
            break;
        }
        if (static_cast<std::size_t>(end - at) < 1 + length) [[unlikely]] break;
        char const* const next = at + 1 + length;
        v = message(c, *at, {at + 5, next});
        at = next;
        if (v != verdict::go_on) [[unlikely]] break;
    }
    send(c);
    if (v == verdict::close && c.fd != -1) close_connection(c);
    return static_cast<std::size_t>(at - bytes.data());
}

void server::send(connection& c) {
    auto const batch = out_.written();
    if (!c.unsent.empty()) [[unlikely]] {
        c.unsent.append(batch);
        out_.clear();
        if (c.writable) {
            ssize_t const n = ::send(c.fd, c.unsent.data(), c.unsent.size(), MSG_NOSIGNAL);
            if (n == -1 && errno != EAGAIN) return close_connection(c);
            if (n > 0) c.unsent.erase(0, static_cast<std::size_t>(n));
        }
        return watch(c);
    }
    if (batch.empty()) return;
    ssize_t n = ::send(c.fd, batch.data(), batch.size(), MSG_NOSIGNAL);
    if (n != static_cast<ssize_t>(batch.size())) [[unlikely]] {
        if (n == -1 && errno != EAGAIN) return close_connection(c);
        c.unsent.assign(batch.substr(static_cast<std::size_t>(std::max<ssize_t>(n, 0))));
        watch(c);
    }
    out_.clear();
}

/// Tells epoll what the connection waits for.
void server::watch(connection& c) {
    c.writable = c.unsent.empty();
    c.reading = c.unsent.size() < max_unread;
    epoll_event e{.events = (c.reading ? EPOLLIN : 0U) | (c.writable ? 0U : EPOLLOUT), .data = {.ptr = &c}};
    if (epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &e) != 0) die("epoll_ctl");
}

void server::close_connection(connection& c) {
    close(c.fd);
    c.fd = -1;
    out_.clear();
}

// ---- login

std::size_t server::login(connection& c, std::string_view bytes) {
    std::size_t used = 0;
    while (bytes.size() - used >= 8) {
        char const* const packet = bytes.data() + used;
        std::size_t const length = load<uint32_t>(packet);
        uint32_t const code = load<uint32_t>(packet + 4);
        if (length < 8 || length > 10'000) return close_connection(c), used;
        if (bytes.size() - used < length) return used;
        used += length;
        if (code == 80877103 || code == 80877104) {  // SSLRequest, GSSENCRequest
            out_.room(1);
            out_.byte('N');
        } else if (code == 196608 || code == 196610) {  // protocols 3.0 and 3.2
            welcome(c, {packet + 8, length - 8}, code == 196610);
            return used;
        } else {  // a CancelRequest among them: there is nothing to cancel
            return close_connection(c), used;
        }
    }
    return used;
}

void server::welcome(connection& c, std::string_view parameters, bool long_key) {
    std::string_view user;
    std::string_view application;
    fields in{parameters.data(), parameters.data() + parameters.size()};
    for (auto name = in.string(); in.good && !name.empty(); name = in.string()) {
        auto const setting = in.string();
        if (name == "user") user = setting;
        if (name == "application_name") application = setting;
    }
    if (!in.done() || user.empty()) return close_connection(c);
    c.logged_in = true;
    out_.room(9);
    out_.literal("R\0\0\0\x08\0\0\0\0");
    for (auto const& [name, setting] : {
             std::pair{"application_name"sv, application},
             {"client_encoding"sv, "UTF8"sv},
             {"DateStyle"sv, "ISO, MDY"sv},
             {"default_transaction_read_only"sv, "off"sv},
             {"in_hot_standby"sv, "off"sv},
             {"integer_datetimes"sv, "on"sv},
             {"IntervalStyle"sv, "postgres"sv},
             {"is_superuser"sv, "off"sv},
             {"scram_iterations"sv, "4096"sv},
             {"search_path"sv, "\"$user\", public"sv},
             {"server_encoding"sv, "UTF8"sv},
             {"server_version"sv, "15.0 (pgwire)"sv},
             {"session_authorization"sv, user},
             {"standard_conforming_strings"sv, "on"sv},
             {"TimeZone"sv, "UTC"sv},
         }) {
        out_.room(7 + name.size() + setting.size());
        out_.byte('S');
        out_.integer(static_cast<uint32_t>(6 + name.size() + setting.size()));
        out_.bytes(name);
        out_.byte(0);
        out_.bytes(setting);
        out_.byte(0);
    }
    uint32_t const key_size = long_key ? 32 : 4;
    out_.room(9 + key_size);
    out_.byte('K');
    out_.integer(8 + key_size);
    out_.integer(next_id_++);
    std::random_device random;
    for (uint32_t i = 0; i < key_size; i += 4) out_.integer(static_cast<uint32_t>(random()));
    put_ready();
}

// ---- messages

/// An error of the extended protocol is followed by silence up to Sync, one of the simple protocol by ReadyForQuery.
void server::fail(connection& c, char tag, std::string_view code, std::string_view text, bool fatal) {
    auto const severity = fatal ? "FATAL"sv : "ERROR"sv;
    std::size_t const size = 4 + 2 * (severity.size() + 2) + code.size() + 2 + text.size() + 2 + 1;
    out_.room(1 + size);
    out_.byte('E');
    out_.integer(static_cast<uint32_t>(size));
    for (auto const& [key, field] : {std::pair{'S', severity}, {'V', severity}, {'C', code}, {'M', text}}) {
        out_.byte(key);
        out_.bytes(field);
        out_.byte(0);
    }
    out_.byte(0);
    if (tag == 'Q' || tag == 'S') put_ready();
    else c.skipping = true;
}

verdict server::message(connection& c, char tag, fields in) {
    if (c.skipping) [[unlikely]] {
        if (tag == 'X') return verdict::close;
        if (tag != 'S') return verdict::go_on;
        c.skipping = false;
    }
    verdict v = verdict::go_on;
    switch (tag) {
    case 'B': v = on_bind(c, in); break;
    case 'D': v = on_describe(c, in); break;
    case 'E': v = on_execute(c, in); break;
    case 'S':
        c.bound = false;
        if (in.at == in.end) return put_ready(), verdict::go_on;
        v = verdict::close;
        break;
    case 'Q': {
        auto const text = in.string();
        if (in.done()) return on_query(c, text), verdict::go_on;
        v = verdict::close;
        break;
    }
    case 'P': v = on_parse(c, in); break;
    case 'C': v = on_close(c, in); break;
    case 'H':
        if (in.at != in.end) v = verdict::close;
        break;  // the batch leaves anyway
    case 'X': return verdict::close;
    case 'd':
    case 'c':
    case 'f': break;  // what is left of a COPY
    default:
        fail(c, tag, "08P01",
             "invalid frontend message type " + std::to_string(static_cast<unsigned char>(tag)), true);
        return verdict::close;
    }
    if (v == verdict::close) {
        fail(c, tag, "08P01", "invalid message format");
        v = verdict::go_on;
    }
    return v;
}

statement* server::find(connection& c, std::string_view name) {
    if (name.empty()) return c.has_unnamed ? &c.statements.front() : nullptr;
    for (std::size_t i = 1; i != c.statements.size(); ++i)
        if (c.statements[i].name == name) return &c.statements[i];
    return nullptr;
}

/// Without the spaces around it, and the semicolon behind it.
std::string_view trim(std::string_view text) {
    auto const is_space = [](char ch) { return ch == ' ' || (ch >= '\t' && ch <= '\r'); };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && (is_space(text.back()) || text.back() == ';')) text.remove_suffix(1);
    return text;
}

void server::on_query(connection& c, std::string_view text) {
    constexpr bool all_text[2] = {false, false};
    c.bound = c.has_unnamed = false;
    text = trim(text);
    if (text.empty()) {
        out_.room(5);
        out_.literal("I\0\0\0\4");
    } else {
        put_columns(all_text);
        put_row(text, all_text);
        out_.room(14);
        out_.literal("C\0\0\0\x0dSELECT 1\0");
    }
    put_ready();
}

verdict server::on_parse(connection& c, fields in) {
    auto const name = in.string();
    auto const text = in.string();
    auto const parameters = in.integer<uint16_t>();
    in.bytes(std::size_t{parameters} * 4);
    if (!in.done()) return verdict::close;
    statement* s = &c.statements.front();
    if (name.empty()) {
        c.has_unnamed = true;
    } else if (find(c, name) != nullptr) {
        return fail(c, 'P', "42P05", "prepared statement \"" + std::string(name) + "\" already exists"), verdict::go_on;
    } else {
        auto const in_use = [&c](std::size_t i) {
            return !c.statements[i].name.empty() || (c.bound && c.statement_of_portal == i);
        };
        std::size_t i = 1;
        while (i != c.statements.size() && in_use(i)) ++i;
        s = i == c.statements.size() ? &c.statements.emplace_back() : &c.statements[i];
        s->name = name;
    }
    s->text = trim(text);
    s->parameters = parameters;
    out_.room(5);
    out_.literal("1\0\0\0\4");
    return verdict::go_on;
}

verdict server::on_bind(connection& c, fields in) {
    auto const portal = in.string();
    auto const name = in.string();
    auto const formats = in.integer<uint16_t>();
    in.bytes(std::size_t{formats} * 2);
    auto const values = in.integer<uint16_t>();
    for (unsigned i = 0; i != values && in.good; ++i) {
        auto const length = static_cast<std::int32_t>(in.integer<uint32_t>());
        if (length < -1) return verdict::close;
        if (length > 0) in.bytes(static_cast<std::size_t>(length));
    }
    auto const results = in.integer<uint16_t>();
    auto const* const codes = in.bytes(std::size_t{results} * 2);
    if (!in.done() || !portal.empty() || results > 2 || (formats > 1 && formats != values)) return verdict::close;
    auto const* const s = find(c, name);
    if (s == nullptr)
        return fail(c, 'B', "26000", "prepared statement \"" + std::string(name) + "\" does not exist"), verdict::go_on;
    if (values != s->parameters) return verdict::close;
    auto const is_binary = [&](unsigned i) { return results > i && load<uint16_t>(codes + 2 * i) == 1; };
    c.binary[0] = is_binary(0);
    c.binary[1] = results == 1 ? c.binary[0] : is_binary(1);
    c.statement_of_portal = static_cast<std::size_t>(s - c.statements.data());
    c.bound = true;
    c.exhausted = false;
    out_.room(5);
    out_.literal("2\0\0\0\4");
    return verdict::go_on;
}

verdict server::on_describe(connection& c, fields in) {
    auto const kind = in.integer<char>();
    auto const name = in.string();
    if (!in.done() || (kind != 'S' && kind != 'P')) return verdict::close;
    if (kind == 'P') {
        if (!c.bound || !name.empty())
            return fail(c, 'D', "34000", "portal \"" + std::string(name) + "\" does not exist"), verdict::go_on;
        put_columns(c.binary);
        return verdict::go_on;
    }
    auto const* const s = find(c, name);
    if (s == nullptr)
        return fail(c, 'D', "26000", "prepared statement \"" + std::string(name) + "\" does not exist"), verdict::go_on;
    std::size_t const size = 6 + std::size_t{s->parameters} * 4;
    out_.room(1 + size);
    out_.byte('t');
    out_.integer(static_cast<uint32_t>(size));
    out_.integer(s->parameters);
    for (unsigned i = 0; i != s->parameters; ++i) out_.integer(uint32_t{25});
    put_columns({false, false});
    return verdict::go_on;
}

verdict server::on_execute(connection& c, fields in) {
    auto const name = in.string();
    auto const max_rows = static_cast<std::int32_t>(in.integer<uint32_t>());
    if (!in.done()) return verdict::close;
    if (!c.bound || !name.empty())
        return fail(c, 'E', "34000", "portal \"" + std::string(name) + "\" does not exist"), verdict::go_on;
    out_.room(14);
    if (c.exhausted) {
        out_.literal("C\0\0\0\x0dSELECT 0\0");
        return verdict::go_on;
    }
    put_row(c.statements[c.statement_of_portal].text, c.binary);
    c.exhausted = true;
    out_.room(14);
    if (max_rows == 1) out_.literal("s\0\0\0\4");
    else out_.literal("C\0\0\0\x0dSELECT 1\0");
    return verdict::go_on;
}

verdict server::on_close(connection& c, fields in) {
    auto const kind = in.integer<char>();
    auto const name = in.string();
    if (!in.done() || (kind != 'S' && kind != 'P')) return verdict::close;
    if (kind == 'P') c.bound = c.bound && !name.empty();
    else if (auto* const s = find(c, name); s == &c.statements.front()) c.has_unnamed = false;
    else if (s != nullptr) s->name.clear();  // a portal may still use its text
    out_.room(5);
    out_.literal("3\0\0\0\4");
    return verdict::go_on;
}

// ---- the row: n int4 = 1, text = the statement

void server::put_columns(bool const (&binary)[2]) {
    out_.room(50);
    out_.literal("T\0\0\0\x31\0\2"
                 "n\0\0\0\0\0\0\0\0\0\0\x17\0\4\xff\xff\xff\xff\0");
    out_.byte(binary[0] ? 1 : 0);
    out_.literal("text\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0");
    out_.byte(binary[1] ? 1 : 0);
}

void server::put_row(std::string_view text, bool const (&binary)[2]) {
    std::size_t const number = binary[0] ? 4 : 1;
    std::size_t const size = 4 + 2 + 4 + number + 4 + text.size();
    out_.room(1 + size);
    out_.byte('D');
    out_.integer(static_cast<uint32_t>(size));
    if (binary[0]) out_.literal("\0\2\0\0\0\4\0\0\0\1");
    else out_.literal("\0\2\0\0\0\1" "1");
    out_.integer(static_cast<uint32_t>(text.size()));
    out_.bytes(text);
}

}  // namespace

int main(int argc, char** argv) {
    auto const port = bench::parse_port(argc, argv);
    struct sigaction action {};
    action.sa_handler = [](int) { server::stopped = 1; };
    sigaction(SIGINT, &action, nullptr);  // without SA_RESTART: epoll_wait is to return
    sigaction(SIGTERM, &action, nullptr);
    server s(port);
    bench::announce(s.port());
    s.run();
}
