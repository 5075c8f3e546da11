// Encoding and decoding of every message in memory, beside memcpy of the same bytes.
#include "pgwire/protocol.hpp"
#include "tests/support/samples.hpp"

#include <benchmark/benchmark.h>

#include <cstring>
#include <string>
#include <typeinfo>
#include <vector>

#include <cxxabi.h>

namespace {

using namespace pgwire;

/// The message's own name, without namespaces.
template<class M>
std::string name_of() {
    char* const whole = abi::__cxa_demangle(typeid(M).name(), nullptr, nullptr, nullptr);
    std::string name = whole;
    std::free(whole);
    return name.substr(name.rfind(':') + 1);
}

/// A copy that the optimizer knows nothing of, as a message is at run time.
template<class T>
T at_run_time(T v) {
    benchmark::DoNotOptimize(v);
    return v;
}

template<message_type M>
std::string encoded(M const& m) {
    send_buffer out;
    static_cast<void>(encode(out, m));
    return std::string(out.pending());
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

template<message_type M>
void encode_message(benchmark::State& state) {
    auto m = at_run_time(pgwire::test::sample<M>);
    send_buffer out;
    for (auto _ : state) {
        benchmark::DoNotOptimize(m);
        auto const done = encode(out, m);
        benchmark::DoNotOptimize(done);
        benchmark::ClobberMemory();
        out.clear();
    }
    set_bytes(state, encoded(m).size());
}

template<message_type M>
void decode_message(benchmark::State& state) {
    auto const frame = encoded(pgwire::test::sample<M>);
    auto body = std::string_view(frame).substr(detail::header_size<M>);
    for (auto _ : state) {
        benchmark::DoNotOptimize(body);
        auto m = decode<M>(body);
        benchmark::DoNotOptimize(m);
    }
    set_bytes(state, frame.size());
}

template<message_type M>
void copy_message(benchmark::State& state) {
    auto const frame = encoded(pgwire::test::sample<M>);
    std::vector<char> copy(frame.size());
    auto size = frame.size();
    for (auto _ : state) {
        benchmark::DoNotOptimize(size);
        std::memcpy(copy.data(), frame.data(), size);
        benchmark::ClobberMemory();
    }
    set_bytes(state, frame.size());
}

template<class List>
void register_messages(char const* from) {
    List::for_each([from]<class M>() {
        auto const name = std::string(from) + ' ' + name_of<M>();
        benchmark::RegisterBenchmark(("encode " + name + "/pgwire").c_str(), encode_message<M>);
        benchmark::RegisterBenchmark(("encode " + name + "/memcpy").c_str(), copy_message<M>);
        benchmark::RegisterBenchmark(("decode " + name + "/pgwire").c_str(), decode_message<M>);
    });
}

[[maybe_unused]] auto const registered = (register_messages<frontend_messages>("frontend"),
                                          register_messages<backend_messages>("backend"), true);

}  // namespace

BENCHMARK_MAIN();
