// The smallest server of Asio's that is a coroutine: sends back what it gets. The practical limit for what compiles on Asio.
#include <asio/awaitable.hpp>
#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <cstddef>
#include <utility>

namespace {

asio::awaitable<void> serve(asio::ip::tcp::socket client) {
    char room[1024];
    for (;;) {
        asio::error_code ec;
        auto done = asio::redirect_error(asio::use_awaitable, ec);
        std::size_t const n = co_await client.async_read_some(asio::buffer(room), done);
        if (ec) co_return;
        co_await asio::async_write(client, asio::buffer(room, n), done);
        if (ec) co_return;
    }
}

asio::awaitable<void> listen(asio::io_context& io) {
    asio::ip::tcp::acceptor acceptor(io, {asio::ip::tcp::v4(), 5433});
    for (;;) {
        auto client = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(io, serve(std::move(client)), asio::detached);
    }
}

}  // namespace

int main() {
    asio::io_context io(1);
    asio::co_spawn(io, listen(io), asio::detached);
    io.run();
}
