// COPY of rows of four columns in each of its formats, both ways, in memory, beside memcpy of the same bytes.
#include "pgwire/core/buffer.hpp"
#include "pgwire/types.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct row {
    std::int64_t id = 0;
    double price = 0;
    std::string_view name;
    pgwire::timestamp at{};
};

/// Rows of ordinary values: their text is of many lengths.
std::vector<row> make_rows() {
    std::vector<row> rows;
    std::uint64_t random = 1;
    for (int i = 0; i != 1024; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        rows.push_back({static_cast<std::int64_t>(random >> 24),
                        static_cast<double>(random >> 40) / 100,
                        "sixteen bytes ok",
                        {static_cast<std::int64_t>(random >> 12)}});
    }
    return rows;
}

/// The rows as a client sends or gets them.
template<class Encoder>
std::string make_data(std::vector<row> const& rows) {
    pgwire::send_buffer out;
    pgwire::copy_row_builder<Encoder> builder(out);
    std::string data;
    for (auto const& r : rows) {
        static_cast<void>(builder(r));
        data += out.pending().substr(5);
        out.clear();
    }
    return data;
}

template<class Encoder>
void write_rows(benchmark::State& state) {
    auto const rows = make_rows();
    auto const size = static_cast<std::int64_t>(make_data<Encoder>(rows).size());
    pgwire::send_buffer out;
    for (auto _ : state) {
        pgwire::copy_row_builder<Encoder> builder(out);
        for (auto const& r : rows) static_cast<void>(builder(r));
        benchmark::DoNotOptimize(out.pending().data());
        benchmark::ClobberMemory();
        out.clear();
    }
    state.SetBytesProcessed(state.iterations() * size);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.size()));
}

/// Finds the rows' values in the data; with `Decode` makes structs of them too.
template<class Encoder, class Decoder, bool Decode>
void read_rows(benchmark::State& state) {
    auto const rows = make_rows();
    auto const data = make_data<Encoder>(rows);
    for (auto _ : state) {
        auto const read = [&](auto decoder) {
            std::size_t found = 0;
            decoder.feed(data);
            while (decoder.next() == pgwire::copy_step::row) {
                benchmark::DoNotOptimize(decoder.row());
                ++found;
            }
            return found;
        };
        std::size_t found = 0;
        if constexpr (Decode) found = read(pgwire::copy_row_reader<row, Decoder>());
        else found = read(Decoder(4));
        if (found != rows.size()) state.SkipWithError("rows are missing");
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(data.size()));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.size()));
}

template<class Encoder>
void copy_data(benchmark::State& state) {
    auto const rows = make_rows();
    auto const data = make_data<Encoder>(rows);
    std::vector<char> copy(data.size());
    std::size_t const row_size = data.size() / rows.size();
    for (auto _ : state) {
        for (std::size_t i = 0; i + row_size <= data.size(); i += row_size)
            std::memcpy(copy.data() + i, data.data() + i, row_size);
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(data.size()));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows.size()));
}

template<class Encoder, class Decoder>
void add(std::string const& format) {
    benchmark::RegisterBenchmark(("COPY rows out in " + format + "/pgwire").c_str(), write_rows<Encoder>);
    benchmark::RegisterBenchmark(("COPY rows out in " + format + "/memcpy").c_str(), copy_data<Encoder>);
    benchmark::RegisterBenchmark(("COPY rows in in " + format + "/values").c_str(), read_rows<Encoder, Decoder, false>);
    benchmark::RegisterBenchmark(("COPY rows in in " + format + "/structs").c_str(), read_rows<Encoder, Decoder, true>);
}

[[maybe_unused]] auto const registered = [] {
    add<pgwire::copy_text_encoder, pgwire::copy_text_decoder>("text");
    add<pgwire::copy_csv_encoder, pgwire::copy_csv_decoder>("CSV");
    add<pgwire::copy_binary_encoder, pgwire::copy_binary_decoder>("binary");
    return true;
}();

}  // namespace
