// Dates and times written as text, in all styles of `DateStyle`.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Output".
#pragma once

#include "pgwire/types/calendar.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/text_style.hpp"

#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// A year in at least four digits, without its era.
constexpr char* put_year(char* p, civil_date const& d) noexcept {
    auto const year = static_cast<std::uint32_t>(d.year > 0 ? d.year : 1 - d.year);
    return year < 10'000 ? put_four(p, year) : put_unsigned(p, year);
}
/// The `BC` of years before 1, which comes after everything else.
constexpr char* put_era(char* p, civil_date const& d) noexcept { return d.year > 0 ? p : put(p, " BC"); }

/// `2024-02-29`
constexpr char* put_iso_date(char* p, civil_date const& d) noexcept {
    p = put_year(p, d);
    *p++ = '-';
    p = put_pair(p, d.month);
    *p++ = '-';
    return put_pair(p, d.day);
}
/// `02/29/2024`, `29.02.2024`, `02-29-2024`: the styles whose year is the last. German always begins with the day.
constexpr char* put_other_date(char* p, civil_date const& d, text_style const& style) noexcept {
    bool const german = style.dates == date_style::german;
    bool const day_first = german || style.order == date_order::dmy;
    char const separator = german ? '.' : style.dates == date_style::sql ? '/' : '-';
    p = put_pair(p, day_first ? d.day : d.month);
    *p++ = separator;
    p = put_pair(p, day_first ? d.month : d.day);
    *p++ = separator;
    return put_year(p, d);
}
constexpr char* put_date(char* p, civil_date const& d, text_style const& style) noexcept {
    return style.dates == date_style::iso ? put_iso_date(p, d) : put_other_date(p, d, style);
}

/// `.5`: as many of the six digits as it needs, and nothing for 0.
constexpr char* put_fraction(char* p, std::uint32_t microseconds) noexcept {
    if (microseconds == 0) return p;
    *p++ = '.';
    p = put_four(put_pair(p, microseconds / 10'000), microseconds % 10'000);
    for (; microseconds % 10 == 0; microseconds /= 10) --p;
    return p;
}

/// `12:00:00.5`. Up to 24:00:00, and not below 0.
constexpr char* put_time(char* p, std::int64_t microseconds) noexcept {
    auto const all = static_cast<std::uint64_t>(microseconds);
    auto const seconds = static_cast<std::uint32_t>(all / microseconds_per_second);
    auto const minutes = seconds / 60;
    p = put_pair(p, minutes / 60);
    *p++ = ':';
    p = put_pair(p, minutes % 60);
    *p++ = ':';
    p = put_pair(p, seconds % 60);
    return put_fraction(p, static_cast<std::uint32_t>(all % microseconds_per_second));
}

/// `+00`, `-03:30`; `seconds` east of UTC, at most 99 hours.
constexpr char* put_offset(char* p, std::int32_t seconds) noexcept {
    *p++ = seconds < 0 ? '-' : '+';
    auto const distance = static_cast<std::uint32_t>(seconds < 0 ? -seconds : seconds);
    p = put_unsigned(p, distance / 3600, 2);
    if (distance % 3600 == 0) return p;
    *p++ = ':';
    p = put_pair(p, distance / 60 % 60);
    if (distance % 60 == 0) return p;
    *p++ = ':';
    return put_pair(p, distance % 60);
}

/// What the time is called in the session's zone.
/// @param offset the zone's, seconds east of UTC
/// @param unix_seconds when, since 1970-01-01 00:00 UTC
constexpr char* put_zone_name(char* p, std::int32_t offset, std::int64_t unix_seconds,
                              text_style const& style) noexcept {
    *p++ = ' ';
    if (style.zone != nullptr) {
        if (style.zone->abbreviation_at == nullptr) return put_offset(p, offset);
        return put(p, style.zone->abbreviation_at(*style.zone, unix_seconds).substr(0, 10));
    }
    if (auto const label = style.utc_offset_label.view(); !label.empty()) return put(p, label);
    return offset == 0 ? put(p, "UTC") : put_offset(p, offset);
}

/// A day and its time, in a style that is not ISO: `02/29/2024 12:00:00`, `29.02.2024 12:00:00`, and Postgres's
/// `Thu Feb 29 12:00:00 2024`. A zone and the era are still to come.
constexpr char* put_other_date_time(char* p, std::int64_t day, civil_date const& d, std::int64_t time,
                                    text_style const& style) noexcept {
    if (style.dates != date_style::postgres) {
        p = put_other_date(p, d, style);
        *p++ = ' ';
        return put_time(p, time);
    }
    p = put(p, weekday_names[weekday(day)]);
    *p++ = ' ';
    if (style.order == date_order::dmy) {
        p = put_pair(p, d.day);
        *p++ = ' ';
        p = put(p, month_names[d.month - 1]);
    } else {
        p = put(p, month_names[d.month - 1]);
        *p++ = ' ';
        p = put_pair(p, d.day);
    }
    *p++ = ' ';
    p = put_time(p, time);
    *p++ = ' ';
    return put_year(p, d);
}

constexpr char* put_infinity(char* p, bool positive) noexcept { return put(p, positive ? "infinity" : "-infinity"); }

}  // namespace pgwire::detail
