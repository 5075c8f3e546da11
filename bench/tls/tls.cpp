// What TLS costs a server, beside wolfSSL itself doing the same work in the same run: handshakes, and rows.
//
// All of it is in memory, so that the kernel's part, which is the same for both, hides nothing. Prints a line for each
// figure: work, mode, who, unit, and the values of its runs.
#include "pgwire/tls.hpp"
#include "pgwire/types.hpp"
#include "tests/support/certificates.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace certificates = pgwire::test::certificates;
using pgwire::asio::any_io_executor;

/// Microseconds of this thread's CPU.
double now() {
    std::timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

pgwire::tls_settings server_settings() {
    return {.certificate = {.text = std::string(certificates::server)},
            .key = {.text = std::string(certificates::server_key)}};
}
pgwire::tls_settings client_settings(std::string const& ciphers) {
    pgwire::tls_settings made;
    made.verify_server = false;
    if (!ciphers.empty()) made.ciphers = ciphers;
    return made;
}

/// A client at the other end of a stream: it is run while the server waits, and its time is not counted.
struct far_end {
    pgwire::tls_context context;
    pgwire::tls_engine engine;
    std::string to_server;
    double spent = 0;
    std::size_t taken = 0;

    explicit far_end(std::string const& ciphers = {})
        : context(pgwire::tls_context::role::client, client_settings(ciphers)), engine(context) {}

    void hear(std::string_view bytes) {
        double const began = now();
        auto const room = engine.input().prepare(bytes.size());
        bytes.copy(room.data(), bytes.size());
        engine.input().commit(bytes.size());
        spent += now() - began;
    }
    void act() {
        double const began = now();
        static_cast<void>(engine.handshake());
        to_server.append(engine.output().pending());
        engine.output().clear();
        spent += now() - began;
    }
};

/// A connection to it, or to nobody: then what is written is dropped.
class memory_connection {
public:
    memory_connection(any_io_executor where, far_end* other) : where_(std::move(where)), other_(other) {}

    any_io_executor get_executor() const { return where_; }
    void talk_to(far_end* other) { other_ = other; }

    template<class Token>
    auto async_read_some(pgwire::asio::mutable_buffer room, Token&& token) {
        return pgwire::asio::async_initiate<Token, void(pgwire::error_code, std::size_t)>(
            [this](auto handler, pgwire::asio::mutable_buffer r) {
                if (other_->to_server.empty()) other_->act();
                auto const n = other_->to_server.copy(static_cast<char*>(r.data()), r.size());
                other_->to_server.erase(0, n);
                pgwire::asio::post(where_,
                                   [h = std::move(handler), n]() mutable { std::move(h)(pgwire::error_code(), n); });
            },
            token, room);
    }
    std::size_t write_some(pgwire::asio::const_buffer bytes, pgwire::error_code& ec) {
        ec = {};
        if (other_ != nullptr) other_->hear({static_cast<char const*>(bytes.data()), bytes.size()});
        return bytes.size();
    }
    template<class Token>
    auto async_wait_writable(Token&& token) {
        return pgwire::asio::async_initiate<Token, void(pgwire::error_code)>(
            [this](auto handler) {
                pgwire::asio::post(where_, [h = std::move(handler)]() mutable { std::move(h)(pgwire::error_code()); });
            },
            token);
    }
    static bool has_hung_up() { return false; }
    void close() {}
    static pgwire::peer_info peer() { return {}; }

private:
    any_io_executor where_;
    far_end* other_;
};

// ---- wolfSSL alone
// ---------------------------------------------------------------------------------------------------

struct pipe {
    std::string in, out;
    bool drops = false;
};
int take(WOLFSSL*, char* room, int size, void* context) {
    auto& in = static_cast<pipe*>(context)->in;
    if (in.empty()) return pgwire::detail::wolfssl::io_would_block;
    auto const n = in.copy(room, static_cast<std::size_t>(size));
    in.erase(0, n);
    return static_cast<int>(n);
}
int give(WOLFSSL*, char* bytes, int size, void* context) {
    auto& p = *static_cast<pipe*>(context);
    if (!p.drops) p.out.append(bytes, static_cast<std::size_t>(size));
    return size;
}

struct bare_server {
    std::unique_ptr<WOLFSSL, pgwire::detail::wolfssl_deleter> connection;
    pipe bytes;

    explicit bare_server(pgwire::tls_context const& context) : connection(wolfSSL_new(context.native_handle())) {
        wolfSSL_SSLSetIORecv(connection.get(), take);
        wolfSSL_SSLSetIOSend(connection.get(), give);
        wolfSSL_SetIOReadCtx(connection.get(), &bytes);
        wolfSSL_SetIOWriteCtx(connection.get(), &bytes);
    }
    /// @return the microseconds of its side
    double shake_hands(far_end& other) {
        double spent = 0;
        int turns = 0;
        for (int result = 0; result != pgwire::detail::wolfssl::success;) {
            if (++turns == 20) std::abort();
            other.act();
            bytes.in += std::exchange(other.to_server, {});
            double const began = now();
            result = wolfSSL_accept(connection.get());
            spent += now() - began;
            other.hear(std::exchange(bytes.out, {}));
        }
        return spent;
    }
};

// ---- the works
// -------------------------------------------------------------------------------------------------------

double our_handshake(pgwire::asio::io_context& io, std::shared_ptr<pgwire::tls_context const> const& context) {
    far_end other;
    pgwire::tls_stream<memory_connection> ours(memory_connection(io.get_executor(), &other), context);
    bool good = false;
    auto const shake = [&]() -> pgwire::task<> { good = co_await ours.handshake(); };
    double const began = now();
    pgwire::asio::co_spawn(io, shake(), pgwire::asio::detached);
    io.restart();
    io.run();
    double const spent = now() - began - other.spent;
    if (!good) std::abort();
    return spent;
}
double their_handshake(pgwire::tls_context const& context) {
    far_end other;
    double const began = now();
    bare_server bare(context);
    double const made = now() - began;
    return made + bare.shake_hands(other);
}

struct row {
    std::int64_t id;
    double price;
    std::string_view name;
    std::int64_t amount;
};
constexpr int rows = 1'000'000;
constexpr std::size_t piece = 65'536;

/// Nanoseconds for a row that is encoded, and sent by `send` in pieces.
template<class Send>
double each_row(Send send) {
    pgwire::result_formats const binary(pgwire::format::binary);
    pgwire::send_buffer out;
    double const began = now();
    for (int i = 0; i != rows; ++i) {
        static_cast<void>(pgwire::encode_row(out, row{i, i * 0.25, "sixteen bytes ok", i * 1000LL}, binary));
        if (out.size() >= piece) send(out);
    }
    send(out);
    return (now() - began) * 1e3 / rows;
}

double our_rows(pgwire::asio::io_context& io, std::shared_ptr<pgwire::tls_context const> const& context,
                std::string const& cipher) {
    far_end other(cipher);
    pgwire::tls_stream<memory_connection> ours(memory_connection(io.get_executor(), &other), context);
    bool good = false;
    auto const shake = [&]() -> pgwire::task<> { good = co_await ours.handshake(); };
    pgwire::asio::co_spawn(io, shake(), pgwire::asio::detached);
    io.restart();
    io.run();
    if (!good) std::abort();
    ours.next_layer().talk_to(nullptr);
    return each_row([&](pgwire::send_buffer& out) {
        while (!out.empty()) {
            pgwire::error_code ec;
            auto const bytes = out.pending();
            out.consume(ours.write_some(pgwire::asio::const_buffer(bytes.data(), bytes.size()), ec));
        }
    });
}
double their_rows(pgwire::tls_context const& context, std::string const& cipher) {
    far_end other(cipher);
    bare_server bare(context);
    bare.shake_hands(other);
    bare.bytes.drops = true;
    return each_row([&](pgwire::send_buffer& out) {
        auto const bytes = out.pending();
        wolfSSL_write(bare.connection.get(), bytes.data(), static_cast<int>(bytes.size()));
        out.clear();
    });
}

void print(char const* work, char const* mode, char const* who, char const* unit, std::vector<double> const& values) {
    std::printf("%s\t%s\t%s\t%s", work, mode, who, unit);
    for (double const v : values) std::printf("\t%.6g", v);
    std::printf("\n");
}

/// Both in turns, so that each pair is a comparison of its own.
template<class Ours, class Theirs>
void compare(char const* work, char const* mode, char const* unit, int runs, Ours ours, Theirs theirs) {
    std::vector<double> a, b, ratio;
    ours(), theirs();
    for (int i = 0; i != runs; ++i) {
        if (i % 2 != 0) b.push_back(theirs());
        a.push_back(ours());
        if (i % 2 == 0) b.push_back(theirs());
        ratio.push_back(a.back() / b.back());
    }
    print(work, mode, "tls_stream", unit, a);
    print(work, mode, "wolfSSL", unit, b);
    print(work, mode, "tls_stream/wolfSSL", "ratio", ratio);
}

}  // namespace

int main(int argc, char** argv) {
    bool const quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    pgwire::asio::io_context io;
    auto const context =
        std::make_shared<pgwire::tls_context const>(pgwire::tls_context::role::server, server_settings());
    int const runs = quick ? 5 : 15;
    constexpr int handshakes = 20;
    compare(
        "tls", "handshake", "us", runs,
        [&] {
            double sum = 0;
            for (int i = 0; i != handshakes; ++i) sum += our_handshake(io, context);
            return sum / handshakes;
        },
        [&] {
            double sum = 0;
            for (int i = 0; i != handshakes; ++i) sum += their_handshake(*context);
            return sum / handshakes;
        });
    for (auto const& [mode, cipher] :
         {std::pair("row/AES", "TLS13-AES128-GCM-SHA256"), std::pair("row/ChaCha20", "TLS13-CHACHA20-POLY1305-SHA256")})
        compare(
            "tls", mode, "ns", quick ? 3 : 7, [&] { return our_rows(io, context, cipher); },
            [&] { return their_rows(*context, cipher); });
}
