// Dates, times and intervals while compiling: their styles, and what a text is by the settings.
#include "pgwire/types.hpp"

#include <array>
#include <chrono>
#include <string_view>

namespace pgwire::test::times_static {

namespace {

using namespace std::string_view_literals;

template<class T>
constexpr bool is_written(T const& v, std::string_view expected, text_style const& style = default_text_style) {
    std::array<char, 128> room{};
    char const* const end = encode_value<format::text>(room.data(), v, style);
    return std::string_view(room.data(), static_cast<std::size_t>(end - room.data())) == expected;
}
template<class T>
constexpr result<T> read(std::string_view text, text_style const& style = default_text_style) {
    return decode_value<T>(text, format::text, style);
}

constexpr text_style sql{.dates = date_style::sql};
constexpr text_style postgres_dmy{.dates = date_style::postgres, .order = date_order::dmy};
constexpr text_style german{.dates = date_style::german, .utc_offset = 3600, .utc_offset_label = zone_label("CET")};

static_assert(is_written(date{8825}, "02/29/2024", sql) && is_written(date{8825}, "29-02-2024", postgres_dmy));
static_assert(is_written(timestamp{-1}, "Fri 31 Dec 23:59:59.999999 1999", postgres_dmy));
static_assert(is_written(timestamptz{0}, "01.01.2000 01:00:00 CET", german));
static_assert(is_written(timestamptz{0}, "01/01/2000 00:00:00 UTC", sql));

static_assert(read<date>("Thu Feb 29, 2024") == date{8825} && read<date>("J2460370") == date{8825} &&
              read<date>("2024.060") == date{8825} && read<date>("29/2/2024", postgres_dmy) == date{8825});
static_assert(read<timestamptz>("2000-01-01 12 AM").error() == errc::invalid_datetime);
static_assert(read<timestamptz>("Fri 31 Dec 07:00 PM 1999 EST") == timestamptz{0});
static_assert(read<timestamptz>("now").error() == errc::invalid_datetime, "there is no clock");
static_assert(read<timestamptz>("2000-01-01 00:00 Europe/Berlin").error() == errc::unknown_time_zone);
static_assert(read<timestamptz>("2000-01-01 00:00+16").error() == errc::zone_displacement_overflow);

static_assert(is_written(time_of_day_tz{std::chrono::hours{12}, -12'600}, "12:00:00-03:30"));
static_assert(read<time_of_day_tz>("040506 PM PST") == time_of_day_tz{std::chrono::seconds{57'906}, -28'800});

static_assert(is_written(interval{14, -3, 14'706'500'000}, "1 year 2 mons -3 days +04:05:06.5"));
static_assert(is_written(interval{14, -3, 14'706'500'000}, "@ 1 year 2 mons -3 days 4 hours 5 mins 6.5 secs",
                         {.intervals = interval_style::postgres_verbose}));
static_assert(is_written(interval{14, -3, 14'706'500'000}, "+1-2 -3 +4:05:06.5",
                         {.intervals = interval_style::sql_standard}));
static_assert(is_written(interval{14, -3, 14'706'500'000}, "P1Y2M-3DT4H5M6.5S",
                         {.intervals = interval_style::iso_8601}));
static_assert(is_written(std::chrono::microseconds(-90'000'000), "-00:01:30"));
static_assert(is_written(std::chrono::minutes(-90), "-01:30:00"));
static_assert(has_codec<std::chrono::hours> && has_codec<std::chrono::milliseconds>);
static_assert(!has_codec<std::chrono::nanoseconds> && !has_codec<std::chrono::days> &&
              !has_codec<std::chrono::months> && !has_codec<std::chrono::duration<double>>);
static_assert(is_written(interval::minus_infinity(), "-infinity"));

}  // namespace

}  // namespace pgwire::test::times_static
