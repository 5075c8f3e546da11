// Looking for bytes that are not UTF-8, beside memcpy of the same bytes; with simdutf too, where it is.
#include "pgwire/types/utf8.hpp"

#if __has_include(<simdutf.h>)
#include "pgwire/types/simdutf.hpp"
#endif

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

/// 64 KB of text.
std::string repeated(std::string_view sentence) {
    std::string text;
    while (text.size() < 65'536) text += sentence;
    return text;
}

template<class Utf8>
void look_for_invalid(benchmark::State& state, std::string const& text) {
    for (auto _ : state) {
        auto const found = Utf8::find_invalid(text);
        benchmark::DoNotOptimize(found);
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void copy_text(benchmark::State& state, std::string const& text) {
    std::vector<char> copy(text.size());
    for (auto _ : state) {
        std::memcpy(copy.data(), text.data(), text.size());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

[[maybe_unused]] auto const registered = [] {
    for (auto const& [name, sentence] : {std::pair{"ASCII", "The quick brown fox jumps over the lazy dog. "},
                                         {"Czech", "Příliš žluťoučký kůň úpěl ďábelské ódy. "},
                                         {"Japanese", "漢字かな交じり文を日本語で書く。"}}) {
        auto const work = std::string("UTF-8 in ") + name;
        auto const text = repeated(sentence);
        benchmark::RegisterBenchmark((work + "/pgwire").c_str(), look_for_invalid<pgwire::portable_utf8>, text);
#if __has_include(<simdutf.h>)
        benchmark::RegisterBenchmark((work + "/simdutf").c_str(), look_for_invalid<pgwire::simdutf_utf8>, text);
#endif
        benchmark::RegisterBenchmark((work + "/memcpy").c_str(), copy_text, text);
    }
    return true;
}();

}  // namespace
