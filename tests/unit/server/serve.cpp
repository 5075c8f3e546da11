// Servers on real sockets: TCP and Unix, one context and several threads.
#include "tests/support/engine.hpp"

#include PGWIRE_ASIO_HEADER(write.hpp)

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace pgwire::test::serve_tests {

namespace {

/// Who is served, without a process ID: what a session knows of its own login.
struct named {
    std::string name;
    void on_start(session_context& session) { name = session.login().user; }
    command execute(request const& r) {
        if (r.text != "thread") return std::string_view(name);
        thread = std::to_string(std::hash<std::thread::id>()(std::this_thread::get_id()));
        return std::string_view(thread);
    }
    std::string thread;
};

/// A server on a thread of its own.
class running_server {
public:
    explicit running_server(server_options options, std::size_t contexts = 1) {
        options.port = 0;
        std::vector<asio::io_context::executor_type> executors;
        for (std::size_t i = 0; i != contexts; ++i) {
            contexts_.push_back(std::make_unique<asio::io_context>(1));
            executors.emplace_back(contexts_.back()->get_executor());
        }
        server_.emplace(std::move(executors), options, [] { return named{}; });
        server_->start();
        port_ = server_->port();
        for (auto const& c : contexts_) {
            work_.emplace_back(c->get_executor());
            threads_.emplace_back([&io = *c] { io.run(); });
        }
    }
    ~running_server() { stop(); }
    void stop() {
        asio::post(*contexts_.front(), [this] { server_->stop(); });
        work_.clear();
        for (auto& t : threads_)
            if (t.joinable()) t.join();
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    using factory = named (*)();
    std::vector<std::unique_ptr<asio::io_context>> contexts_;
    std::optional<server<factory, asio::io_context::executor_type>> server_;  // strands.cpp has one on any executor
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> work_;
    std::vector<std::thread> threads_;
    std::uint16_t port_ = 0;
};

/// A client that blocks.
template<class Protocol>
class client {
public:
    explicit client(typename Protocol::endpoint const& where) : socket_(*io_) { socket_.connect(where); }

    void send(std::string_view bytes) { asio::write(socket_, asio::buffer(bytes.data(), bytes.size())); }
    /// Reads up to a ReadyForQuery, or to the end.
    std::string read() {
        std::string all;
        while (!all.ends_with("\5I")) {
            char bytes[4096];
            error_code ec;
            auto const n = socket_.read_some(asio::buffer(bytes), ec);
            if (ec) break;
            all.append(bytes, n);
        }
        return all;
    }
    std::string ask(std::string_view bytes) {
        send(bytes);
        return read();
    }

private:
    std::unique_ptr<asio::io_context> io_ = std::make_unique<asio::io_context>();
    typename Protocol::socket socket_;
};

using tcp_client = client<asio::ip::tcp>;
using unix_client = client<asio::local::stream_protocol>;

tcp_client connect_to(std::uint16_t port) {
    return tcp_client(asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), port));
}

std::string login_as(std::string const& name) { return startup({{"user", name}}); }

}  // namespace

TEST_CASE("a server answers over TCP, each connection with a handler of its own") {
    running_server const one({});
    auto alice = connect_to(one.port());
    auto bob = connect_to(one.port());
    CHECK(alice.ask(login_as("alice")).ends_with("\5I"));
    CHECK(bob.ask(login_as("bob")).ends_with("\5I"));
    CHECK(shape(alice.ask(query("x"))) == "C(alice) Z(I)");
    CHECK(shape(bob.ask(query("x"))) == "C(bob) Z(I)");
    CHECK(shape(alice.ask(query("x"))) == "C(alice) Z(I)");
}

TEST_CASE("a server answers over a Unix socket, whose clients are local") {
    auto folder = (std::filesystem::temp_directory_path() / "pgwire-XXXXXX").string();
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    auto const path = folder + "/socket";
    {
        running_server const one({.address = "", .unix_socket = path});
        CHECK(one.port() == 0);
        unix_client alice{asio::local::stream_protocol::endpoint(path)};
        CHECK(alice.ask(login_as("alice")).ends_with("\5I"));
        CHECK(shape(alice.ask(query("x"))) == "C(alice) Z(I)");
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("a server on several contexts serves many clients at once") {
    running_server const one({}, 3);
    std::vector<std::future<int>> clients;
    for (int i = 0; i != 6; ++i)
        clients.push_back(std::async(std::launch::async, [port = one.port(), name = "user" + std::to_string(i)] {
            auto self = connect_to(port);
            self.ask(login_as(name));
            int right = 0;
            for (int n = 0; n != 50; ++n) right += shape(self.ask(query("x"))) == "C(" + name + ") Z(I)";
            return right;
        }));
    for (auto& c : clients) CHECK(c.get() == 50);
}

TEST_CASE("clients that come one after the other are dealt out to all contexts in turn") {
    running_server const one({}, 2);
    std::map<std::string, int> sessions;  // by what thread serves them
    std::vector<tcp_client> clients;
    for (int i = 0; i != 4; ++i) {
        clients.push_back(connect_to(one.port()));
        clients.back().ask(login_as("alice"));
        ++sessions[shape(clients.back().ask(query("thread")))];
    }
    CHECK(sessions.size() == 2);
    for (auto const& [thread, count] : sessions) CHECK(count == 2);
}

TEST_CASE("stop ends all sessions, and accepts no more") {
    running_server one({});
    auto alice = connect_to(one.port());
    alice.ask(login_as("alice"));
    one.stop();
    CHECK(alice.read() == "");
    CHECK_THROWS_AS(connect_to(one.port()), system_error);
}

TEST_CASE("a large answer to a slow reader arrives whole") {
    running_server const one({});
    auto alice = connect_to(one.port());
    alice.ask(login_as("alice"));
    std::string many;
    for (int i = 0; i != 20'000; ++i) many += query("x");
    std::thread sender([&] { alice.send(many); });
    std::size_t ready = 0;
    while (ready < 20'000) {
        auto const some = alice.read();
        if (some.empty()) break;
        for (auto const& a : frames(some)) ready += a.tag == 'Z';
    }
    sender.join();
    CHECK(ready == 20'000);
}

TEST_CASE("an address that is in use is an exception") {
    running_server const one({});
    asio::io_context io;
    server second(io.get_executor(), {.port = one.port()}, [] { return named{}; });
    CHECK_THROWS_AS(second.start(), system_error);
    server third(io.get_executor(), {.address = "no address"}, [] { return named{}; });
    CHECK_THROWS_AS(third.start(), system_error);
}

TEST_CASE("a server has its executors before it is started, and is started once") {
    asio::io_context io;
    server one(io.get_executor(), {.port = 0}, [] { return named{}; });
    one.add(io.get_executor());
    one.start();
    CHECK_THROWS_AS(one.add(io.get_executor()), std::logic_error);
    CHECK_THROWS_AS(one.start(), std::logic_error);
    one.stop();
    io.run();
}

}  // namespace pgwire::test::serve_tests
