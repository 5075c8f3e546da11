// Intervals written as text, in the four styles of `IntervalStyle`.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Interval Output".
#pragma once

#include "pgwire/types/calendar.hpp"
#include "pgwire/types/date_time_text.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/text_style.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// An interval in the units of its text. Those of the months have one sign, and so have those of the time.
struct interval_units {
    std::int64_t years = 0;
    std::int64_t months = 0;
    std::int64_t days = 0;
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    std::int64_t seconds = 0;
    std::int64_t microseconds = 0;

    [[nodiscard]] constexpr bool has_months() const noexcept { return years != 0 || months != 0; }
    [[nodiscard]] constexpr bool has_seconds() const noexcept { return seconds != 0 || microseconds != 0; }
    [[nodiscard]] constexpr bool has_time() const noexcept { return hours != 0 || minutes != 0 || has_seconds(); }
    [[nodiscard]] constexpr bool months_negative() const noexcept { return years < 0 || months < 0; }
    [[nodiscard]] constexpr bool seconds_negative() const noexcept { return seconds < 0 || microseconds < 0; }
    [[nodiscard]] constexpr bool time_negative() const noexcept {
        return hours < 0 || minutes < 0 || seconds_negative();
    }
};

[[nodiscard]] constexpr interval_units split_interval(std::int32_t months, std::int32_t days,
                                                      std::int64_t microseconds) noexcept {
    return {.years = months / 12,
            .months = months % 12,
            .days = days,
            .hours = microseconds / microseconds_per_hour,
            .minutes = microseconds / microseconds_per_minute % 60,
            .seconds = microseconds / microseconds_per_second % 60,
            .microseconds = microseconds % microseconds_per_second};
}

/// Digits without the sign.
constexpr char* put_distance(char* p, std::int64_t n, unsigned width = 1) noexcept {
    return put_unsigned(p, static_cast<std::uint64_t>(n < 0 ? -n : n), width);
}
/// `4:05:06.5`, without its sign
constexpr char* put_clock(char* p, interval_units const& v, unsigned hour_width) noexcept {
    p = put_distance(p, v.hours, hour_width);
    *p++ = ':';
    p = put_distance(p, v.minutes, 2);
    *p++ = ':';
    p = put_distance(p, v.seconds, 2);
    return put_fraction(p, static_cast<std::uint32_t>(v.microseconds < 0 ? -v.microseconds : v.microseconds));
}
/// `6.5`, without its sign
constexpr char* put_seconds(char* p, interval_units const& v) noexcept {
    p = put_distance(p, v.seconds);
    return put_fraction(p, static_cast<std::uint32_t>(v.microseconds < 0 ? -v.microseconds : v.microseconds));
}

/// `1 year 2 mons -3 days +04:05:06`: a plus stands behind what is negative alone.
constexpr char* put_postgres_interval(char* p, interval_units const& v) noexcept {
    bool empty = true;
    bool after_negative = false;
    auto const put_unit = [&](std::int64_t n, std::string_view unit) {
        if (n == 0) return;
        if (!empty) *p++ = ' ';
        if (after_negative && n > 0) *p++ = '+';
        p = put_signed(p, n);
        *p++ = ' ';
        p = put(p, unit);
        if (n != 1) *p++ = 's';
        empty = false;
        after_negative = n < 0;
    };
    put_unit(v.years, "year");
    put_unit(v.months, "mon");
    put_unit(v.days, "day");
    if (!empty && !v.has_time()) return p;
    if (!empty) *p++ = ' ';
    if (v.time_negative()) *p++ = '-';
    else if (after_negative) *p++ = '+';
    return put_clock(p, v, 2);
}

/// `@ 1 year 2 mons -3 days 4 hours ago`: the first decides what is `ago`, and the others have signs against it.
constexpr char* put_verbose_interval(char* p, interval_units const& v) noexcept {
    bool empty = true;
    bool ago = false;
    *p++ = '@';
    auto const put_unit = [&](std::int64_t n, std::string_view unit) {
        if (n == 0) return;
        if (empty) {
            ago = n < 0;
            n = n < 0 ? -n : n;
        } else if (ago) {
            n = -n;
        }
        *p++ = ' ';
        p = put_signed(p, n);
        *p++ = ' ';
        p = put(p, unit);
        if (n != 1) *p++ = 's';
        empty = false;
    };
    put_unit(v.years, "year");
    put_unit(v.months, "mon");
    put_unit(v.days, "day");
    put_unit(v.hours, "hour");
    put_unit(v.minutes, "min");
    if (v.has_seconds()) {
        *p++ = ' ';
        bool const negative = v.seconds_negative();
        if (empty) ago = negative;
        else if (negative != ago) *p++ = '-';
        p = put_seconds(p, v);
        p = put(p, (v.seconds == 1 || v.seconds == -1) && v.microseconds == 0 ? " sec" : " secs");
        empty = false;
    }
    if (empty) p = put(p, " 0");
    return ago ? put(p, " ago") : p;
}

/// `1-2`, `3 4:05:06`, `-4:05:06`; and what the standard has no form for with a sign before each part:
/// `+1-2 -3 +4:05:06`.
constexpr char* put_standard_interval(char* p, interval_units const& v) noexcept {
    bool const negative = v.months_negative() || v.days < 0 || v.time_negative();
    bool const positive = v.years > 0 || v.months > 0 || v.days > 0 || v.hours > 0 || v.minutes > 0 || v.seconds > 0 ||
                          v.microseconds > 0;
    if (!negative && !positive) return put(p, "0");
    bool const mixed = (negative && positive) || (v.has_months() && (v.days != 0 || v.has_time()));
    if (negative && !mixed) *p++ = '-';
    if (mixed || v.has_months()) {
        if (mixed) *p++ = v.months_negative() ? '-' : '+';
        p = put_distance(p, v.years);
        *p++ = '-';
        p = put_distance(p, v.months);
        if (!mixed) return p;
        *p++ = ' ';
        *p++ = v.days < 0 ? '-' : '+';
    }
    if (mixed || v.days != 0) {
        p = put_distance(p, v.days);
        *p++ = ' ';
    }
    if (mixed) *p++ = v.time_negative() ? '-' : '+';
    return put_clock(p, v, 1);
}

/// `P1Y2M3DT4H5M6.5S`
constexpr char* put_iso_interval(char* p, interval_units const& v) noexcept {
    if (!v.has_months() && v.days == 0 && !v.has_time()) return put(p, "PT0S");
    auto const put_unit = [&](std::int64_t n, char unit) {
        if (n == 0) return;
        p = put_signed(p, n);
        *p++ = unit;
    };
    *p++ = 'P';
    put_unit(v.years, 'Y');
    put_unit(v.months, 'M');
    put_unit(v.days, 'D');
    if (v.has_time()) *p++ = 'T';
    put_unit(v.hours, 'H');
    put_unit(v.minutes, 'M');
    if (!v.has_seconds()) return p;
    if (v.seconds_negative()) *p++ = '-';
    p = put_seconds(p, v);
    *p++ = 'S';
    return p;
}

constexpr char* put_interval(char* p, interval_units const& v, interval_style style) noexcept {
    switch (style) {
    case interval_style::postgres: return put_postgres_interval(p, v);
    case interval_style::postgres_verbose: return put_verbose_interval(p, v);
    case interval_style::sql_standard: return put_standard_interval(p, v);
    case interval_style::iso_8601: return put_iso_interval(p, v);
    }
    return p;
}

}  // namespace pgwire::detail
