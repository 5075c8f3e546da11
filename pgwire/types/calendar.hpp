// The calendar: days counted from 2000-01-01, as PostgreSQL counts them, and years, months and days.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Support", "History of Units".
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t microseconds_per_minute = 60 * microseconds_per_second;
inline constexpr std::int64_t microseconds_per_hour = 60 * microseconds_per_minute;
inline constexpr std::int64_t microseconds_per_day = 24 * microseconds_per_hour;

inline constexpr std::int64_t days_to_unix = 10'957;  // from 1970-01-01 to 2000-01-01
inline constexpr std::int64_t microseconds_to_unix = days_to_unix * microseconds_per_day;

/// The day with which Julian counting begins, 4714-11-24 BC.
inline constexpr std::int64_t julian_day_0 = -2'451'545;

/// A date of the Gregorian calendar, also before it was in use. Year 0 is 1 BC, -1 is 2 BC.
struct civil_date {
    std::int64_t year = 2000;
    unsigned month = 1;
    unsigned day = 1;
};

/// Division that rounds down.
[[nodiscard]] constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

// The calendar repeats after 400 years of 146,097 days. Years are counted from March, so that the leap day is the last.

/// Days since 2000-01-01, which is day 0 of PostgreSQL.
[[nodiscard]] constexpr std::int64_t days_from_civil(civil_date const& d) noexcept {
    std::int64_t const year = d.year - (d.month <= 2 ? 1 : 0);
    std::int64_t const era = floor_div(year, 400);
    auto const year_of_era = static_cast<unsigned>(year - era * 400);
    unsigned const day_of_year = (153 * (d.month > 2 ? d.month - 3 : d.month + 9) + 2) / 5 + d.day - 1;
    unsigned const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146'097 + day_of_era - 730'425;
}

/// By C. Neri and L. Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022): each
/// division is a multiplication, whose rest says what the next one divides. For years that 32 bits can hold.
[[nodiscard]] constexpr civil_date civil_from_days(std::int64_t days) noexcept {
    constexpr std::int64_t eras = 5'600'000;  // so many before the year 0 the count begins, to be never negative
    auto const quarters = 4 * static_cast<std::uint64_t>(days + 730'425 + eras * 146'097) + 3;
    std::uint64_t const century = quarters / 146'097;
    auto const quarter_of_century = static_cast<std::uint32_t>(quarters % 146'097) | 3U;
    std::uint64_t const years = std::uint64_t{2'939'745} * quarter_of_century;  // 2^32 of these are a year
    std::uint32_t const day_of_year = static_cast<std::uint32_t>(years) / 2'939'745 / 4;
    std::uint32_t const months = 2'141 * day_of_year + 197'913;  // 2^16 of these are a month, the first is March
    bool const next_year = day_of_year >= 306;
    return {.year = static_cast<std::int64_t>(100 * century + (years >> 32)) - 400 * eras + (next_year ? 1 : 0),
            .month = (months >> 16) - (next_year ? 12 : 0),
            .day = (months & 0xffffU) / 2'141 + 1};
}

[[nodiscard]] constexpr unsigned days_in_month(std::int64_t year, unsigned month) noexcept {
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/// 0 for Sunday; 2000-01-01 was a Saturday.
[[nodiscard]] constexpr unsigned weekday(std::int64_t days) noexcept {
    return static_cast<unsigned>(days + 6 - floor_div(days + 6, 7) * 7);
}

inline constexpr std::array<std::string_view, 7> weekday_names{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
inline constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace pgwire::detail
