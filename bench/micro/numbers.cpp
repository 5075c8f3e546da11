// Numbers in memory: numeric, bigint and double precision, beside memcpy of the same bytes and beside std::to_chars.
// libpq has no codec for numeric and sends what it is given.
#include "pgwire/types.hpp"

#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using pgwire::format;

constexpr std::size_t count = 1024;

/// 18 digits before the point and 2 behind it.
std::vector<pgwire::numeric> numerics() {
    std::mt19937_64 random(1);
    std::vector<pgwire::numeric> values;
    for (std::size_t i = 0; i != count; ++i) {
        auto digits = std::to_string(10'000'000'000'000'000'000U + random() % 8'000'000'000'000'000'000U);
        values.push_back({digits.insert(18, ".")});
    }
    return values;
}
std::vector<pgwire::fixed_point<2>> fixed_points() {
    std::mt19937_64 random(1);
    std::vector<pgwire::fixed_point<2>> values;
    for (std::size_t i = 0; i != count; ++i) values.push_back({static_cast<std::int64_t>(random() >> 1)});
    return values;
}
std::vector<std::int64_t> integers() {
    std::mt19937_64 random(1);
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i != count; ++i) values.push_back(static_cast<std::int64_t>(random() >> 24));
    return values;
}
/// As measurements and prices are: two digits behind the point.
std::vector<double> prices() {
    std::mt19937_64 random(1);
    std::vector<double> values;
    for (std::size_t i = 0; i != count; ++i) values.push_back(static_cast<double>(random() >> 40) / 100);
    return values;
}
/// As computations give them: 15 to 17 digits.
std::vector<double> fractions() {
    std::mt19937_64 random(1);
    std::vector<double> values;
    for (std::size_t i = 0; i != count; ++i) values.push_back(static_cast<double>(random() >> 11) / 9e12);
    return values;
}

template<class T>
std::vector<std::string> encoded(std::vector<T> const& values, format f) {
    std::vector<std::string> forms;
    for (auto const& v : values) {
        std::string form(pgwire::value_size(v, f), '\0');
        form.resize(static_cast<std::size_t>(pgwire::encode_value(form.data(), v, f) - form.data()));
        forms.push_back(form);
    }
    return forms;
}

/// Calls `work` with one value after the other; it returns the end of what it wrote at the address it is given.
template<class T, class Work>
void over(benchmark::State& state, std::vector<T> const& values, Work work) {
    char buffer[512];
    std::size_t i = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(work(buffer, values[i++ % count]));
        benchmark::ClobberMemory();
    }
}

template<class T, format F>
void encode(benchmark::State& state, std::vector<T> (*make)()) {
    over(state, make(), [](char* p, T const& v) {
        if (pgwire::value_size<F>(v) > 512) return p;
        return pgwire::encode_value<F>(p, v);
    });
}
template<class T, format F>
void copy(benchmark::State& state, std::vector<T> (*make)()) {
    over(state, encoded(make(), F), [](char* p, std::string const& form) {
        std::memcpy(p, form.data(), form.size());
        return p + form.size();
    });
}
template<class T>
void to_chars(benchmark::State& state, std::vector<T> (*make)()) {
    over(state, make(), [](char* p, T v) { return std::to_chars(p, p + 512, v).ptr; });
}
template<class T, format F>
void decode(benchmark::State& state, std::vector<T> (*make)()) {
    over(state, encoded(make(), F), [](char*, std::string const& form) {
        return pgwire::decode_value<T>(std::string_view(form), F);
    });
}
template<class T>
void from_chars(benchmark::State& state, std::vector<T> (*make)()) {
    over(state, encoded(make(), format::text), [](char*, std::string const& form) {
        T v{};
        std::from_chars(form.data(), form.data() + form.size(), v);
        return v;
    });
}

template<class T, format F>
void register_encoding(std::string const& work, std::vector<T> (*make)()) {
    benchmark::RegisterBenchmark((work + "/pgwire").c_str(), encode<T, F>, make);
    benchmark::RegisterBenchmark((work + "/memcpy").c_str(), copy<T, F>, make);
}
template<class T>
void register_text(std::string const& name, std::vector<T> (*make)()) {
    register_encoding<T, format::text>(name + " to text", make);
    benchmark::RegisterBenchmark((name + " to text/to_chars").c_str(), to_chars<T>, make);
    benchmark::RegisterBenchmark((name + " from text/pgwire").c_str(), decode<T, format::text>, make);
    benchmark::RegisterBenchmark((name + " from text/from_chars").c_str(), from_chars<T>, make);
}

[[maybe_unused]] auto const registered = [] {
    register_encoding<pgwire::numeric, format::binary>("numeric of 20 digits, text to binary", numerics);
    benchmark::RegisterBenchmark("numeric of 20 digits, binary to text/pgwire", decode<pgwire::numeric, format::binary>,
                                 numerics);
    benchmark::RegisterBenchmark("numeric of 20 digits, text to text/pgwire", decode<pgwire::numeric, format::text>,
                                 numerics);
    register_encoding<pgwire::fixed_point<2>, format::binary>("fixed_point<2> to binary", fixed_points);
    register_encoding<pgwire::fixed_point<2>, format::text>("fixed_point<2> to text", fixed_points);
    benchmark::RegisterBenchmark("fixed_point<2> from binary/pgwire", decode<pgwire::fixed_point<2>, format::binary>,
                                 fixed_points);
    register_text<std::int64_t>("int8", integers);
    register_text<double>("float8 of two decimals", prices);
    register_text<double>("float8 of 17 digits", fractions);
    return true;
}();

}  // namespace
