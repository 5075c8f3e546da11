// Encoding, and decoding into a struct, of one row of four columns in memory, in both formats, beside memcpy of the same
// bytes, and as text beside the same row written by hand with std::to_chars. All go through the rows alike and write
// them one behind the other.
#include "bench/micro/row.hpp"

#include "pgwire/core/buffer.hpp"
#include "pgwire/types.hpp"

#include <benchmark/benchmark.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace {

using pgwire::bench::count;
using pgwire::bench::make_rows;
using pgwire::bench::make_sales;
using pgwire::bench::row;

void encode_rows(benchmark::State& state, std::vector<row> const& rows, pgwire::format format) {
    pgwire::result_formats const formats(format);
    pgwire::send_buffer out;
    std::size_t i = 0;
    std::size_t bytes = 0;
    for (auto _ : state) {
        if (!pgwire::encode_row(out, rows[i], formats)) return state.SkipWithError("a row was refused");
        benchmark::ClobberMemory();
        if (++i == count) {
            i = 0;
            bytes = out.size();
            out.clear();
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes / count) * state.iterations());
}

/// What one writes who has only the standard library: a number of at least `width` digits.
char* put_number(char* p, std::int64_t n, int width = 1) {
    char digits[24];
    char* const end = std::to_chars(digits, digits + 24, n).ptr;
    for (auto size = end - digits; size < width; ++size) *p++ = '0';
    std::memcpy(p, digits, static_cast<std::size_t>(end - digits));
    return p + (end - digits);
}
char* put_timestamp(char* p, pgwire::timestamp v) {
    using namespace std::chrono;
    auto const time = sys_days{2000y / 1 / 1} + microseconds{v.microseconds};
    auto const day = floor<days>(time);
    year_month_day const date{day};
    hh_mm_ss const clock{time - day};
    p = put_number(p, static_cast<int>(date.year()), 4);
    *p++ = '-';
    p = put_number(p, static_cast<unsigned>(date.month()), 2);
    *p++ = '-';
    p = put_number(p, static_cast<unsigned>(date.day()), 2);
    *p++ = ' ';
    p = put_number(p, clock.hours().count(), 2);
    *p++ = ':';
    p = put_number(p, clock.minutes().count(), 2);
    *p++ = ':';
    p = put_number(p, clock.seconds().count(), 2);
    if (clock.subseconds().count() == 0) return p;
    *p++ = '.';
    p = put_number(p, clock.subseconds().count(), 6);
    while (p[-1] == '0') --p;
    return p;
}

void write_rows_by_hand(benchmark::State& state) {
    auto const rows = make_rows();
    std::vector<char> out(rows.size() * 256);
    std::size_t i = 0;
    char* p = out.data();
    for (auto _ : state) {
        auto const& r = rows[i];
        char* const message = p;
        *p = 'D';
        p = pgwire::store(p + 5, std::int16_t{4});
        auto const put_field = [&p](auto write) {
            char* const end = write(p + 4);
            pgwire::store(p, static_cast<std::int32_t>(end - p - 4));
            p = end;
        };
        put_field([&](char* at) { return std::to_chars(at, at + 24, r.id).ptr; });
        put_field([&](char* at) { return std::to_chars(at, at + 32, r.price).ptr; });
        put_field([&](char* at) {
            std::memcpy(at, r.name.data(), r.name.size());
            return at + r.name.size();
        });
        put_field([&](char* at) { return put_timestamp(at, r.when); });
        pgwire::store(message + 1, static_cast<std::int32_t>(p - message - 1));
        benchmark::ClobberMemory();
        if (++i == count) {
            i = 0;
            p = out.data();
        }
    }
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
        if (++i == count) at = i = 0;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(total / count) * state.iterations());
}

void decode_rows(benchmark::State& state, pgwire::format format) {
    std::vector<std::string> bodies;
    std::size_t total = 0;
    for (auto const& r : make_rows()) {
        pgwire::send_buffer one;
        static_cast<void>(pgwire::encode_row(one, r, pgwire::result_formats(format)));
        bodies.emplace_back(one.pending().substr(5));
        total += bodies.back().size();
    }
    pgwire::row_decoder<row> decode(format);
    std::size_t i = 0;
    for (auto _ : state) {
        auto const decoded = decode(bodies[i]);
        if (!decoded) return state.SkipWithError("a row was refused");
        benchmark::DoNotOptimize(&*decoded);
        benchmark::ClobberMemory();
        if (++i == count) i = 0;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(total / count) * state.iterations());
}

[[maybe_unused]] auto const registered = [] {
    for (auto const& [name, format] : {std::pair{"text", pgwire::format::text}, {"binary", pgwire::format::binary}}) {
        auto const work = std::string("encode row in ") + name;
        benchmark::RegisterBenchmark((work + "/pgwire").c_str(), encode_rows, make_rows(), format);
        benchmark::RegisterBenchmark(("encode sale in " + std::string(name) + "/pgwire").c_str(), encode_rows, make_sales(), format);
        benchmark::RegisterBenchmark((work + "/memcpy").c_str(), copy_rows, format);
        benchmark::RegisterBenchmark((std::string("decode row in ") + name + "/pgwire").c_str(), decode_rows, format);
    }
    benchmark::RegisterBenchmark("encode row in text/to_chars", write_rows_by_hand);
    return true;
}();

}  // namespace
