// Dates, times and intervals in all styles, and what they are read from, as PostgreSQL 18 answered.
#include "pgwire/types.hpp"

#include "support/catch.hpp"
#include "support/encoded.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::test::times_tests {

namespace {

using namespace std::string_view_literals;

/// The text that PostgreSQL answers, or the SQLSTATE; the binary form is read back as it was.
template<class T>
std::string answer(std::string_view text, text_style const& style) {
    auto const v = decode_value<T>(text, format::text, style);
    if (!v) return std::string(to_sqlstate(v.error()).view());
    auto const binary = encoded(*v, format::binary);
    CHECK((decode_value<T>(std::string_view(binary), format::binary) == *v));
    for (std::size_t i = 0; i != binary.size(); ++i)
        CHECK(decode_value<T>(std::string_view(binary).substr(0, i), format::binary).error() ==
              errc::insufficient_data);
    return encoded(*v, format::text, style);
}
std::string answer(std::string_view type, std::string_view text, text_style const& style) {
    if (type == "date") return answer<date>(text, style);
    if (type == "time") return answer<time_of_day>(text, style);
    if (type == "timetz") return answer<time_of_day_tz>(text, style);
    if (type == "timestamp") return answer<timestamp>(text, style);
    if (type == "timestamptz") return answer<timestamptz>(text, style);
    return answer<interval>(text, style);
}

struct row {
    std::string_view type;
    std::string_view text;
    std::string_view expected;
};
void check(std::vector<row> const& rows, text_style const& style = default_text_style) {
    for (auto const& [type, text, expected] : rows) {
        CAPTURE(type, text);
        CHECK(answer(type, text, style) == expected);
    }
}

constexpr text_style with(date_style dates, date_order order) { return {.dates = dates, .order = order}; }

/// 2024-02-29 12:00 UTC
std::int64_t noon() noexcept { return 8825 * detail::microseconds_per_day + detail::microseconds_per_day / 2; }

}  // namespace

TEST_CASE("every DateStyle writes as PostgreSQL does") {
    constexpr std::string_view moment = "2024-02-29 12:34:56.5+00", early = "0044-03-15 BC";
    using enum date_style;
    using enum date_order;
    check({{"timestamptz", moment, "02/29/2024 12:34:56.5 UTC"}, {"date", early, "03/15/0044 BC"}}, with(sql, mdy));
    check({{"timestamptz", moment, "29/02/2024 12:34:56.5 UTC"}, {"date", early, "15/03/0044 BC"}}, with(sql, dmy));
    check({{"timestamptz", moment, "Thu Feb 29 12:34:56.5 2024 UTC"}, {"date", early, "03-15-0044 BC"}},
          with(postgres, ymd));
    check({{"timestamptz", moment, "Thu 29 Feb 12:34:56.5 2024 UTC"},
           {"timestamp", early, "Fri 15 Mar 00:00:00 0044 BC"}},
          with(postgres, dmy));
    check({{"timestamptz", moment, "29.02.2024 12:34:56.5 UTC"}, {"date", "infinity", "infinity"}}, with(german, mdy));
    check({{"timestamptz", moment, "Thu Feb 29 18:04:56.5 2024 +05:30"}}, {.dates = postgres, .utc_offset = 19'800});
}

TEST_CASE("dates and times are read in all of PostgreSQL's forms") {
    check({
        {"date", "January 8, 1999", "1999-01-08"},
        {"date", "99-Jan-08", "22008"},
        {"date", "08-Jan-99", "1999-01-08"},
        {"date", "1/18/1999", "1999-01-18"},
        {"date", "18/1/1999", "22008"},
        {"date", "990108", "1999-01-08"},
        {"date", "42949693200101", "2024-01-01"},
        {"date", "1999.008", "1999-01-08"},
        {"date", "J2451187", "1999-01-08"},
        {"date", "J-5", "22007"},
        {"date", "January 8, 99 BC", "0099-01-08 BC"},
        {"date", "2024-02-30", "22008"},
        {"date", "5874897-12-31", "5874897-12-31"},
        {"date", "5874898-01-01", "22008"},
        {"date", "2024-W09-4", "22007"},
        {"date", "+infinity", "infinity"},
        {"timestamp", "Sat Feb 29 040506.789 PM 2020", "2020-02-29 16:05:06.789"},
        {"timestamp", "2024-02-29T123456.5", "2024-02-29 12:34:56.5"},
        {"timestamp", "2024-12-31 24:00", "2025-01-01 00:00:00"},
        {"timestamp", "294276-12-31 23:59:59.9999999", "22008"},
        {"timestamp", "2000-01-01 00:00:00.12345650000000000000001", "2000-01-01 00:00:00.123456"},
        {"timestamp", "J2451187.5", "1999-01-08 12:00:00"},
        {"timestamp", "12:00", "22007"},
        {"timestamp", "now", "22007"},
        {"timestamptz", "2024-02-29 12:00 MET DST", "2024-02-29 10:00:00+00"},
        {"timestamptz", "2024-02-29 12:00 XYZ-5:30", "2024-02-29 06:30:00+00"},
        {"timestamptz", "J2451187-05", "1999-01-08 05:00:00+00"},
        {"timestamptz", "2024-02-29 12:00+16", "22009"},
        {"timestamptz", "2024-02-29 12:00 No/where", "22023"},
        {"time", "04:05 PM", "16:05:00"},
        {"time", "13:00 PM", "22008"},
        {"time", "allballs", "00:00:00"},
        {"timetz", "allballs", "00:00:00+00"},
        {"timetz", "T040506.789-08", "04:05:06.789-08"},
        {"timetz", "12:00 EST", "12:00:00-05"},
        {"timetz", "12", "22007"},
    });
    check({{"date", "01/02/03", "2001-02-03"}, {"date", "99-Jan-08", "1999-01-08"}}, {.order = date_order::ymd});
    check({{"date", "today", "2024-02-29"},
           {"date", "yesterday", "2024-02-28"},
           {"timestamp", "tomorrow 1:00", "2024-03-01 01:00:00"},
           {"timestamptz", "now", "2024-02-29 13:00:00+01"}},
          {.utc_offset = 3600, .now = noon});
}

TEST_CASE("intervals are read and written as PostgreSQL does") {
    check({
        {"interval", "@ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs ago", "-1 years -2 mons +3 days -04:05:06.7"},
        {"interval", "1-2 3 4:05:06", "1 year 2 mons 3 days 04:05:06"},
        {"interval", "-1-2 +3 -4:05:06", "-1 years -2 mons +3 days -04:05:06"},
        {"interval", "P1Y2M3DT4H5M6S", "1 year 2 mons 3 days 04:05:06"},
        {"interval", "P0001-02-03T04:05:06", "1 year 2 mons 3 days 04:05:06"},
        {"interval", "P00010203T040506", "1 year 2 mons 3 days 04:05:06"},
        {"interval", "P1e3D", "1000 days"},
        {"interval", "P0x10D", "269 years"},
        {"interval", "1.33 months", "1 mon 9 days 21:36:00"},
        {"interval", "1.5 weeks 0.5 us", "10 days 12:00:00"},
        {"interval", "1 day ago 2 hours", "22007"},
        {"interval", "1:00 hours", "01:00:00"},
        {"interval", "-infinity", "-infinity"},
        {"interval", "infinity ago", "22007"},
        {"interval", "2147483648 days", "22015"},
        {"interval", "178956970 years 8 months", "22008"},
        {"interval", "2562047788:00:54.775808", "22015"},
        {"interval", "", "22007"},
    });
    check({{"interval", "-1 2:03:04", "-1 2:03:04"},
           {"interval", "1 mon -1 day", "+0-1 -1 +0:00:00"},
           {"interval", "0", "0"}},
          {.intervals = interval_style::sql_standard});
    check({{"interval", "-1 day 2:00", "@ 1 day -2 hours ago"},
           {"interval", "0", "@ 0"},
           {"interval", "-1.5 s", "@ 1.5 secs ago"}},
          {.intervals = interval_style::postgres_verbose});
    check({{"interval", "-0.5 s", "PT-0.5S"}, {"interval", "0", "PT0S"}}, {.intervals = interval_style::iso_8601});
}

TEST_CASE("the longest interval fits the size that is said") {
    constexpr auto lowest = interval{-2'147'483'647, -2'147'483'647, -9'223'372'036'854'775'807};
    for (auto const style : {interval_style::postgres, interval_style::postgres_verbose, interval_style::sql_standard,
                             interval_style::iso_8601})
        CHECK(encoded(lowest, format::text, {.intervals = style}).size() <= codec<interval>::text_size(lowest));
}

TEST_CASE("an interval with months or days is no duration of the standard library's") {
    using std::chrono::microseconds;
    CHECK(decode_value<microseconds>("1:00:00.5", format::text) == microseconds(3'600'500'000));
    CHECK(decode_value<microseconds>("1 day", format::text).error() == errc::out_of_range);
    CHECK(encoded(microseconds(-1), format::binary) == "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0"sv);
}

TEST_CASE("a duration of whole microseconds is an interval, exactly or not at all") {
    using namespace std::chrono;
    CHECK(encoded(hours(-30), format::text) == "-30:00:00");
    CHECK(encoded(milliseconds(1500), format::text) == "00:00:01.5");
    CHECK(encoded(duration<int, std::ratio<1, 50>>(1), format::text) == "00:00:00.02");
    CHECK(encoded(seconds(1), format::binary) == "\0\0\0\0\0\x0f\x42\x40\0\0\0\0\0\0\0\0"sv);
    CHECK(decode_value<seconds>("2:00:01", format::text) == seconds(7201));
    CHECK(decode_value<minutes>("-90 minutes", format::text) == minutes(-90));
    CHECK(decode_value<seconds>("1.5 s", format::text).error() == errc::out_of_range);
    CHECK(decode_value<minutes>("1 mon", format::text).error() == errc::out_of_range);
    CHECK(decode_value<duration<std::int16_t>>("10:00:00", format::text).error() == errc::out_of_range);
    CHECK(decode_value<duration<std::int16_t>>("9:00:00", format::text) == duration<std::int16_t>(32'400));
    constexpr auto longest = seconds(9'223'372'036'854);
    CHECK(encoded(longest, format::text) == "2562047788:00:54");
    CHECK(encoded(-longest, format::text) == "-2562047788:00:54");
    for (auto const far : {longest + seconds(1), -longest - seconds(1), seconds::max(), seconds::min()}) {
        CHECK(value_size(far, format::text) == unencodable);
        CHECK(refusal_of(far, value_size(far, format::binary)) == errc::interval_overflow);
    }
}

TEST_CASE("a timetz is no more than 16 hours from UTC in binary") {
    auto const west = [](std::int32_t seconds) {
        std::string bytes(12, '\0');
        store(bytes.data() + 8, seconds);
        return decode_value<time_of_day_tz>(std::string_view(bytes), format::binary);
    };
    CHECK(west(57'599)->utc_offset == -57'599);
    CHECK(west(-3600)->utc_offset == 3600);
    for (std::int32_t const seconds : {57'600, -57'600, std::numeric_limits<std::int32_t>::min()})
        CHECK(west(seconds).error() == errc::zone_displacement_overflow);
    CHECK(refusal_of(time_of_day_tz{{}, 700'000}, value_size(time_of_day_tz{{}, 700'000}, format::text)) ==
          errc::zone_displacement_overflow);
}

TEST_CASE("a timetz of a POSIX zone may be a week from UTC, is sent, and is not read again: as in PostgreSQL") {
    auto const v = decode_value<time_of_day_tz>("8:00 abc22", format::text);
    REQUIRE(v);
    CHECK(v->utc_offset == -22 * 3600);
    CHECK(*to_text(*v) == "08:00:00-22");
    CHECK(decode_value<time_of_day_tz>("08:00:00-22", format::text).error() == errc::zone_displacement_overflow);
    std::string bytes(12, '\0');
    CHECK(encode_value(bytes.data(), *v, format::binary) == bytes.data() + bytes.size());
    CHECK(bytes == std::string_view("\0\0\0\x06\xb4\x9d\x20\0\0\x01\x35\x60", 12));
    CHECK(decode_value<time_of_day_tz>(std::string_view(bytes), format::binary).error() ==
          errc::zone_displacement_overflow);
}

}  // namespace pgwire::test::times_tests
