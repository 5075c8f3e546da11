// Values as PostgreSQL writes them in text, with std::to_chars and a table of digits.
#pragma once

#include "output.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace epoll_loop {

/// Microseconds since 2000-01-01 00:00.
struct timestamp {
    std::int64_t microseconds;
};

inline char* put_text(char* p, std::int64_t v) { return std::to_chars(p, p + 20, v).ptr; }
inline char* put_text(char* p, std::int32_t v) { return std::to_chars(p, p + 11, v).ptr; }
inline char* put_text(char* p, std::string_view v) { return copy(p, v); }

/// The shortest digits that say the number. PostgreSQL writes what is between 1e-4 and 1e15 without an exponent.
inline char* put_text(char* p, double v) {
    double const size = std::fabs(v);
    bool const is_plain = (size >= 1e-4 && size < 1e15) || v == 0;
    return is_plain ? std::to_chars(p, p + 32, v, std::chars_format::fixed).ptr
                    : std::to_chars(p, p + 32, v, std::chars_format::scientific).ptr;
}

/// 00 to 99.
inline char* put_two(char* p, unsigned v) {
    static constexpr auto digits = [] {
        std::array<char, 200> all{};
        for (unsigned i = 0; i != 100; ++i) {
            all[2 * i] = static_cast<char>('0' + i / 10);
            all[2 * i + 1] = static_cast<char>('0' + i % 10);
        }
        return all;
    }();
    std::memcpy(p, &digits[2 * v], 2);
    return p + 2;
}

/// Of the years that have four digits.
inline char* put_text(char* p, timestamp v) {
    using namespace std::chrono;
    constexpr std::int64_t day_length = 86'400'000'000;
    constexpr auto epoch = sys_days(year(2000) / 1 / 1);
    std::int64_t days = v.microseconds / day_length;
    std::int64_t left = v.microseconds % day_length;
    if (left < 0) left += day_length, --days;
    year_month_day const date(epoch + std::chrono::days(days));
    auto const the_year = static_cast<unsigned>(static_cast<int>(date.year()));
    auto const seconds = static_cast<unsigned>(left / 1'000'000);
    auto fraction = static_cast<unsigned>(left % 1'000'000);
    p = put_two(put_two(p, the_year / 100), the_year % 100);
    *p++ = '-';
    p = put_two(p, static_cast<unsigned>(date.month()));
    *p++ = '-';
    p = put_two(p, static_cast<unsigned>(date.day()));
    *p++ = ' ';
    p = put_two(p, seconds / 3600);
    *p++ = ':';
    p = put_two(p, seconds / 60 % 60);
    *p++ = ':';
    p = put_two(p, seconds % 60);
    if (fraction == 0) return p;
    *p++ = '.';
    p = put_two(put_two(put_two(p, fraction / 10'000), fraction / 100 % 100), fraction % 100);
    while (p[-1] == '0') --p;
    return p;
}

inline char* put_binary(char* p, std::int64_t v) { return store(p, static_cast<uint64_t>(v)); }
inline char* put_binary(char* p, std::int32_t v) { return store(p, static_cast<uint32_t>(v)); }
inline char* put_binary(char* p, double v) { return store(p, std::bit_cast<uint64_t>(v)); }
inline char* put_binary(char* p, std::string_view v) { return copy(p, v); }
inline char* put_binary(char* p, timestamp v) { return put_binary(p, v.microseconds); }

/// A field of a DataRow, or of a row of COPY in binary: the length stands in front, and is known last.
template<bool Binary, class T>
char* put_field(char* p, T v) {
    char* const end = Binary ? put_binary(p + 4, v) : put_text(p + 4, v);
    store(p, static_cast<uint32_t>(end - p - 4));
    return end;
}

/// A text in COPY's text format: the few characters that mean something there have a backslash.
inline char* put_escaped(char* p, std::string_view text) {
    for (char const c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == '\\') [[unlikely]] {
            constexpr auto special = "\b\f\n\r\t\v\\"sv;
            if (auto const i = special.find(c); i != special.npos) {
                *p++ = '\\';
                *p++ = "bfnrtv\\"[i];
                continue;
            }
        }
        *p++ = c;
    }
    return p;
}

}  // namespace epoll_loop
