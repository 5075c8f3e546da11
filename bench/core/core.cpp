// What a query costs without a network: the query loop of the echo, from the bytes of a client to the bytes of the answer.
//
//     core MODE N     MODE: simple, extended, prepared as pgbench has them, or pipelined: 20 prepared queries in one read
//
// Prints the nanoseconds of CPU for each of N queries. Under callgrind, the difference of two runs is what each took.
#include "bench/load/echo_handler.hpp"
#include "pgwire/core/buffer.hpp"
#include "pgwire/protocol/messages.hpp"
#include "pgwire/server/query_loop.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <span>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view text = "SELECT 1;";
constexpr std::string_view name = "P0_0";  // as pgbench calls a statement
constexpr std::array as_text{pgwire::format::text};  // and what it asks for
constexpr unsigned long at_once = 20;     // of those that are pipelined

/// The messages of a client.
template<class... Message>
std::string written(Message const&... m) {
    pgwire::send_buffer out;
    (static_cast<void>(pgwire::encode(out, m)), ...);
    return std::string(out.pending());
}

std::string prepared_query() {
    return written(pgwire::bind{{}, name, {}, {}, as_text}, pgwire::describe{pgwire::target::portal, {}},
                   pgwire::execute{{}, 0}, pgwire::sync{});
}

/// A session that is logged in, whose client is this program.
class session {
public:
    session() { loop_.start(); }

    /// @return how many bytes it was answered
    std::size_t ask(std::string_view bytes) {
        std::copy(bytes.begin(), bytes.end(), in_.prepare(bytes.size()).begin());
        in_.commit(bytes.size());
        if (loop_.advance() != pgwire::step::read || !loop_.must_flush()) std::abort();
        auto const answered = out_.size();
        out_.consume(answered);
        return answered;
    }

private:
    bench::echo handler_;
    pgwire::receive_buffer in_;
    pgwire::send_buffer out_;
    pgwire::session_context context_{{}, out_};
    pgwire::query_loop<bench::echo> loop_{handler_, context_, in_, out_};
};

std::string messages_of(std::string_view mode) {
    if (mode == "simple") return written(pgwire::query{text});
    if (mode == "extended")
        return written(pgwire::parse{{}, text, {}}) + written(pgwire::bind{{}, {}, {}, {}, as_text}, pgwire::describe{pgwire::target::portal, {}},
                                                              pgwire::execute{{}, 0}, pgwire::sync{});
    if (mode == "prepared") return prepared_query();
    std::string all;
    if (mode == "pipelined")
        for (unsigned long i = 0; i != at_once; ++i) all += prepared_query();
    return all;
}

/// Nanoseconds of this thread's CPU.
double now() {
    std::timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
    std::span const arguments(argv, static_cast<std::size_t>(argc));
    unsigned long queries = 0;
    auto const number = std::string_view(argc == 3 ? arguments[2] : "");
    auto const parsed = std::from_chars(number.data(), number.data() + number.size(), queries);
    auto const messages = argc == 3 ? messages_of(arguments[1]) : std::string();
    if (messages.empty() || parsed.ec != std::errc() || parsed.ptr != number.data() + number.size() || queries == 0) {
        std::fprintf(stderr, "usage: %s simple|extended|prepared|pipelined N\n", arguments[0]);
        return 2;
    }
    auto const in_a_read = std::string_view(arguments[1]) == "pipelined" ? at_once : 1;
    session s;
    s.ask(written(pgwire::parse{name, text, {}}, pgwire::sync{}));
    std::size_t answered = s.ask(messages);
    double const before = now();
    for (unsigned long i = 0; i < queries; i += in_a_read) answered += s.ask(messages);
    double const each = (now() - before) / static_cast<double>(queries);
    std::printf("%s %.1f ns, %zu bytes\n", arguments[1], each, answered);
}
