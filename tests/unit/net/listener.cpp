// Connections are accepted, whatever becomes of single ones.
#include "pgwire/net/listener.hpp"

#include "support/catch.hpp"

#include PGWIRE_ASIO_HEADER(io_context.hpp)

#include <chrono>
#include <memory>
#include <new>
#include <vector>

namespace pgwire::test::listener_tests {

namespace {

using acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;

/// Takes connections, but for some of the first.
struct porter {
    int failures = 0;
    int throws = 0;
    std::vector<asio::generic::stream_protocol::socket> taken;

    void accept(acceptor& from, error_code& ec) {
        if (failures > 0 && failures-- > 0) return void(ec = asio::error::no_descriptors);
        asio::generic::stream_protocol::socket connected(from.get_executor());
        from.accept(connected, ec);
        if (ec) return;
        if (throws > 0 && throws-- > 0) throw std::bad_alloc();
        taken.push_back(std::move(connected));
    }
};

class entrance {
public:
    entrance() { door_.start(); }

    void connect() {
        clients_.emplace_back(io_);
        clients_.back().connect({asio::ip::make_address("127.0.0.1"), door_.port()});
    }
    /// @return whether so many are taken in before long
    bool takes(std::size_t count) {
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (porter_->taken.size() < count && std::chrono::steady_clock::now() < deadline)
            io_.run_one_for(std::chrono::milliseconds(100));
        return porter_->taken.size() == count;
    }
    void close() { door_.close(); }
    porter& at_work() noexcept { return *porter_; }
    asio::io_context& context() noexcept { return io_; }

private:
    asio::io_context io_;
    std::shared_ptr<porter> porter_ = std::make_shared<porter>();
    listener door_{io_.get_executor(), asio::ip::tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0), porter_};
    std::vector<asio::ip::tcp::socket> clients_;
};

}  // namespace

TEST_CASE("all that have come are taken in, and those that come later") {
    entrance e;
    for (int i = 0; i != 20; ++i) e.connect();  // more than are accepted in one go
    CHECK(e.takes(20));
    e.connect();
    CHECK(e.takes(21));
}
TEST_CASE("without file descriptors, it is tried again a little later") {
    entrance e;
    e.at_work().failures = 2;
    e.connect();
    CHECK(e.takes(1));
    CHECK(e.at_work().failures == 0);
}
TEST_CASE("a connection that can't begin does not close the door for others") {
    entrance e;
    e.at_work().throws = 1;
    e.connect();
    e.connect();
    CHECK(e.takes(1));
}
TEST_CASE("once closed it keeps nothing running, whether it waits for connections or for a better time") {
    entrance waiting;
    waiting.close();
    waiting.context().run();
    entrance backing_off;
    backing_off.at_work().failures = 1;
    backing_off.connect();
    backing_off.context().run_one();
    backing_off.close();
    backing_off.context().run();
    CHECK(backing_off.at_work().taken.empty());
}

}  // namespace pgwire::test::listener_tests
