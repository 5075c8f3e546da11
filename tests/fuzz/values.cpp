// Any bytes as a value of any type, text and binary: what is accepted is written, in both formats, within the size that was
// announced, as something that is read back and written the same; and nothing holds more memory than its input explains.
#include "pgwire/types/host_types.hpp"
#include "pgwire/types/hstore.hpp"
#include "pgwire/types/pgvector.hpp"
#include "pgwire/types/postgis.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <malloc.h>

namespace {

std::size_t held = 0;  // bytes on the heap
std::size_t most_held = 0;

/// A few bytes of numeric can have 131,072 digits before the point and 16,383 behind it, which are its text; an array may
/// have some of them (`growth_budget`), a jsonpath too.
constexpr std::size_t always_allowed = 4 * 1024 * 1024;

void require(bool condition) {
    if (!condition) std::abort();
}

void* take(std::size_t size) noexcept {
    void* const p = std::malloc(size);
    held += malloc_usable_size(p);
    most_held = std::max(most_held, held);
    return p;
}
void give_back(void* p) noexcept {
    held -= malloc_usable_size(p);
    std::free(p);
}

}  // namespace

void* operator new(std::size_t size) {
    if (void* const p = take(size)) return p;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {  // what libFuzzer itself allocates with
    return take(size);
}
void operator delete(void* p) noexcept { give_back(p); }
void operator delete(void* p, std::size_t) noexcept { give_back(p); }

namespace {

using pgwire::format;

/// In memory of just the size that was announced, for the sanitizer to see a bound that is too small.
template<class T>
std::string encoded(T const& v, format f, pgwire::text_style const& style) {
    std::size_t const bound = pgwire::value_size(v, f, style);
    require(bound <= pgwire::max_int32_length);
    std::vector<char> bytes(bound);
    char* const end = pgwire::encode_value(bytes.data(), v, f, style);
    return {bytes.data(), static_cast<std::size_t>(end - bytes.data())};
}

/// What PostgreSQL itself sends and does not read again, or as something else: in binary tsquery and the vectors of integers
/// when there is nothing in them; the text of a tsvector or tsquery with an empty lexeme, which only a binary one has (and
/// PostgreSQL 15.20 refuses there too); a timetz whose zone (POSIX's may be a week away) is 16 hours or more from UTC; and in
/// some styles the text of a finite interval with the least number of days or microseconds, whose minus stands behind it.
template<class T>
bool is_only_sent(T const& v, format f) {
    bool const is_binary = f == format::binary;
    if constexpr (std::is_same_v<T, pgwire::time_of_day_tz>) return std::abs(v.utc_offset) >= 57'600;
    else if constexpr (std::is_same_v<T, pgwire::interval>)
        return !is_binary && v != pgwire::interval::minus_infinity() &&
               (v.days == std::numeric_limits<std::int32_t>::min() ||
                v.microseconds == std::numeric_limits<std::int64_t>::min());
    else if constexpr (std::is_same_v<T, pgwire::tsvector>)
        return !is_binary && std::any_of(v.lexemes.begin(), v.lexemes.end(), [](auto const& l) { return l.text.empty(); });
    else if constexpr (std::is_same_v<T, pgwire::tsquery>)
        return is_binary ? v.items.empty() : std::any_of(v.items.begin(), v.items.end(), [](auto const& i) {
            return i.what == pgwire::tsquery_kind::lexeme && i.lexeme.empty();
        });
    else if constexpr (std::is_same_v<T, pgwire::int2_vector> || std::is_same_v<T, pgwire::oid_vector>)
        return is_binary && v.values.empty();
    else return false;
}

template<class T>
void try_value(std::string_view bytes, format f, pgwire::text_style const& style) {
    std::size_t const before = most_held = held;
    auto const v = pgwire::decode_value<T>(bytes, f, style);
    require(most_held - before <= always_allowed + 512 * bytes.size());
    if (!v) return;
    for (format const out : {format::text, format::binary}) {
        // A value may be one in text and none in binary; a text may be one of a number that has no encoding.
        if (pgwire::value_size(*v, out, style) > pgwire::max_int32_length) continue;
        auto const once = encoded(*v, out, style);
        if (std::is_same_v<T, pgwire::xml>) continue;  // of new lines before it one is left out
        if (is_only_sent(*v, out)) continue;
        auto const again = pgwire::decode_value<T>(std::string_view(once), out, style);
        require(again.has_value());
        require(encoded(*again, out, style) == once);
    }
}

using attempt = void (*)(std::string_view, format, pgwire::text_style const&);

template<class... T>
constexpr std::array<attempt, sizeof...(T)> attempts(pgwire::type_list<T...>) {
    return {try_value<T>...};
}

/// Values inside of values, and types of extensions.
using containers =
    pgwire::type_list<pgwire::host_array<std::int32_t>, pgwire::host_array<pgwire::numeric>,
                      pgwire::host_array<std::string>, pgwire::host_array<pgwire::timestamp>,
                      pgwire::host_array<pgwire::box>, pgwire::host_array<pgwire::range<pgwire::numeric>>,
                      pgwire::hstore, pgwire::pgvector::vector, pgwire::pgvector::halfvec, pgwire::pgvector::sparsevec,
                      pgwire::postgis::geometry, pgwire::postgis::geography>;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    constexpr auto built_in = attempts(pgwire::host_types{});
    constexpr auto others = attempts(containers{});
    if (size < 3) return 0;
    pgwire::text_style style;
    style.dates = static_cast<pgwire::date_style>(data[1] >> 1 & 3U);
    style.intervals = static_cast<pgwire::interval_style>(data[1] >> 3 & 3U);
    style.bytes = static_cast<pgwire::bytea_output>(data[1] >> 5 & 1U);
    style.order = static_cast<pgwire::date_order>((data[1] >> 6 & 3U) % 3);
    // what else these styles write is read as another day
    if (style.dates == pgwire::date_style::german) style.order = pgwire::date_order::dmy;
    else if (style.dates != pgwire::date_style::iso && style.order == pgwire::date_order::ymd)
        style.order = pgwire::date_order::mdy;
    style.extra_float_digits = static_cast<std::int8_t>(data[2] % 4);  // fewer digits are another number
    auto const f = (data[1] & 1U) == 0 ? format::text : format::binary;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 3, size - 3);
    auto const which = data[0] % (built_in.size() + others.size());
    (which < built_in.size() ? built_in[which] : others[which - built_in.size()])(bytes, f, style);
    return 0;
}
