// Encoding of one row of four columns in memory, in both formats, beside memcpy of the same bytes.
#include "pgwire/core/buffer.hpp"
#include "pgwire/types.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct row {
    std::int64_t id;
    double price;
    std::string_view name;
    std::int64_t amount;
};

/// Rows of ordinary numbers: their text is of many lengths.
std::vector<row> make_rows() {
    std::vector<row> rows;
    std::uint64_t random = 1;
    for (int i = 0; i != 1024; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        rows.push_back({i, static_cast<double>(random >> 40) / 100, "sixteen bytes ok",
                        static_cast<std::int64_t>(random >> 24)});
    }
    return rows;
}

void encode_rows(benchmark::State& state, pgwire::format format) {
    auto const rows = make_rows();
    pgwire::result_formats const formats(format);
    pgwire::send_buffer out;
    std::size_t i = 0;
    std::size_t bytes = 0;
    for (auto _ : state) {
        auto const done = pgwire::encode_row(out, rows[i % rows.size()], formats);
        benchmark::DoNotOptimize(done);
        if (++i % rows.size() == 0) {
            bytes += out.size();
            out.clear();
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes + out.size()));
}

void copy_rows(benchmark::State& state, pgwire::format format) {
    auto const rows = make_rows();
    pgwire::result_formats const formats(format);
    std::vector<std::string> frames;
    std::size_t total = 0;
    for (auto const& r : rows) {
        pgwire::send_buffer one;
        static_cast<void>(pgwire::encode_row(one, r, formats));
        frames.emplace_back(one.pending());
        total += one.size();
    }
    std::vector<char> copy(total);
    std::size_t i = 0;
    std::size_t at = 0;
    for (auto _ : state) {
        auto const& frame = frames[i];
        std::memcpy(copy.data() + at, frame.data(), frame.size());
        benchmark::ClobberMemory();
        at += frame.size();
        if (++i == frames.size()) at = i = 0;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(total / frames.size()) * state.iterations());
}

[[maybe_unused]] auto const registered = [] {
    for (auto const& [name, format] : {std::pair{"text", pgwire::format::text}, {"binary", pgwire::format::binary}}) {
        auto const work = std::string("encode row in ") + name;
        benchmark::RegisterBenchmark((work + "/pgwire").c_str(), encode_rows, format);
        benchmark::RegisterBenchmark((work + "/memcpy").c_str(), copy_rows, format);
    }
    return true;
}();

}  // namespace
