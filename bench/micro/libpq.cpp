// A row of four columns read out of libpq's result into a struct, as its users write it, beside rows.cpp's decoding of
// the same values.
//
// Not quite the same work, and that in libpq's favour: here the result already stands in memory, value by value, which
// libpq has made of the message before and which can't be measured without a server; and nobody looks whether a value
// is NULL, has the length of its type, or is UTF-8, as the decoder does.
#include "bench/micro/row.hpp"

#include "pgwire/types.hpp"

#include <benchmark/benchmark.h>
#include <libpq-fe.h>

#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using pgwire::bench::count;
using pgwire::bench::make_rows;
using pgwire::bench::row;

using pg_result = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// What libpq has when the rows have come.
pg_result make_result(pgwire::format format) {
    pg_result result(PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK), PQclear);
    std::vector<std::string> names;
    for (auto const& c : pgwire::columns_of<row>) names.emplace_back(c.name);
    std::vector<PGresAttDesc> columns;
    for (std::size_t i = 0; i != names.size(); ++i) {
        auto const& c = pgwire::columns_of<row>[i];
        columns.push_back(
            {names[i].data(), 0, 0, static_cast<int>(format), static_cast<Oid>(c.type), c.size, c.modifier});
    }
    bool good = PQsetResultAttrs(result.get(), static_cast<int>(columns.size()), columns.data()) != 0;
    int tuple = 0;
    for (auto const& r : make_rows()) {
        int field = 0;
        auto const set = [&](auto const& v) {
            std::string bytes(pgwire::value_size(v, format), '\0');
            auto const size = pgwire::encode_value(bytes.data(), v, format) - bytes.data();
            good = good && PQsetvalue(result.get(), tuple, field++, bytes.data(), static_cast<int>(size)) != 0;
        };
        set(r.id);
        set(r.price);
        set(r.name);
        set(r.when);
        ++tuple;
    }
    if (!good) result.reset();
    return result;
}

/// `2024-02-29 12:34:56.789`, which libpq leaves to its users. By place, and without a check.
pgwire::timestamp read_timestamp(char const* p) {
    using namespace std::chrono;
    auto const pair = [p](int at) { return (p[at] - '0') * 10 + p[at + 1] - '0'; };
    sys_days const day = year{pair(0) * 100 + pair(2)} / pair(5) / pair(8);
    auto time = day - sys_days{2000y / 1 / 1} + hours{pair(11)} + minutes{pair(14)} + microseconds{seconds{pair(17)}};
    if (p[19] == '.') {
        int one = 1'000'000;
        for (p += 20; *p != '\0'; ++p) time += microseconds{(*p - '0') * (one /= 10)};
    }
    return {time.count()};
}
row read_text(PGresult const* result, int tuple) {
    return {std::atoll(PQgetvalue(result, tuple, 0)), std::strtod(PQgetvalue(result, tuple, 1), nullptr),
            std::string_view(PQgetvalue(result, tuple, 2), static_cast<std::size_t>(PQgetlength(result, tuple, 2))),
            read_timestamp(PQgetvalue(result, tuple, 3))};
}
row read_binary(PGresult const* result, int tuple) {
    return {pgwire::load<std::int64_t>(PQgetvalue(result, tuple, 0)),
            std::bit_cast<double>(pgwire::load<std::int64_t>(PQgetvalue(result, tuple, 1))),
            std::string_view(PQgetvalue(result, tuple, 2), static_cast<std::size_t>(PQgetlength(result, tuple, 2))),
            {pgwire::load<std::int64_t>(PQgetvalue(result, tuple, 3))}};
}

template<auto Read>
void decode_rows(benchmark::State& state, pgwire::format format) {
    auto const result = make_result(format);
    if (!result) return state.SkipWithError("libpq has no memory");
    auto const rows = make_rows();
    for (std::size_t i = 0; i != count; ++i) {
        auto const r = Read(result.get(), static_cast<int>(i));
        if (r.id != rows[i].id || r.price != rows[i].price || r.name != rows[i].name || r.when != rows[i].when)
            return state.SkipWithError("a row is not what it was");
    }
    std::size_t i = 0;
    for (auto _ : state) {
        auto const decoded = Read(result.get(), static_cast<int>(i));
        benchmark::DoNotOptimize(&decoded);
        benchmark::ClobberMemory();
        if (++i == count) i = 0;
    }
}

[[maybe_unused]] auto const registered = [] {
    benchmark::RegisterBenchmark("decode row in text/libpq", decode_rows<read_text>, pgwire::format::text);
    benchmark::RegisterBenchmark("decode row in binary/libpq", decode_rows<read_binary>, pgwire::format::binary);
    return true;
}();

}  // namespace
