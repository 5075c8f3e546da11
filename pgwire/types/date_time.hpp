// date, time, timestamp and timestamptz.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Date/Time Types". In binary a date is an Int32 of
// days, the others are an Int64 of microseconds, all counted from 2000-01-01; the extremes mean infinity. The types
// below hold just that, over PostgreSQL's whole range; those of `std::chrono` have codecs too:
//
//     date         std::chrono::sys_days
//     time         (microseconds since midnight; no counterpart)
//     timetz       (no counterpart; `time_of_day_tz.hpp`)
//     timestamp    std::chrono::local_time<std::chrono::microseconds>     up to the year 294247
//     timestamptz  std::chrono::sys_time<std::chrono::microseconds>       up to the year 294247
//
// where the duration's `min()` and `max()` are the infinities.
#pragma once

#include "pgwire/types/calendar.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/date_time_iso.hpp"
#include "pgwire/types/date_time_parser.hpp"
#include "pgwire/types/date_time_text.hpp"
#include "pgwire/types/zone_offset.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace pgwire {

/// A day, from 4713 BC to 5874897 AD, or an infinity.
struct date {
    std::int32_t days = 0;  ///< since 2000-01-01

    static constexpr std::int32_t infinity = std::numeric_limits<std::int32_t>::max();
    static constexpr std::int32_t minus_infinity = std::numeric_limits<std::int32_t>::min();
    friend constexpr auto operator<=>(date const&, date const&) = default;
};

/// A time of day, from 00:00:00 to 24:00:00.
struct time_of_day {
    std::chrono::microseconds since_midnight{};
    friend constexpr auto operator<=>(time_of_day const&, time_of_day const&) = default;
};

/// A date and time on a clock whose zone is not known, from 4713 BC to 294276 AD, or an infinity.
struct timestamp {
    std::int64_t microseconds = 0;  ///< since 2000-01-01 00:00

    static constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();
    friend constexpr auto operator<=>(timestamp const&, timestamp const&) = default;
};

/// A point in time, from 4713 BC to 294276 AD, or an infinity.
struct timestamptz {
    std::int64_t microseconds = 0;  ///< since 2000-01-01 00:00 UTC

    static constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();
    friend constexpr auto operator<=>(timestamptz const&, timestamptz const&) = default;
};

namespace detail {

// PostgreSQL's ranges; the upper ends are the first that do not belong.
inline constexpr std::int64_t first_day = julian_day_0;
inline constexpr std::int64_t end_of_dates = 2'145'031'949;                  // 5874898-06-04
inline constexpr std::int64_t first_timestamp = first_day * microseconds_per_day;
inline constexpr std::int64_t end_of_timestamps = 9'223'371'331'200'000'000;  // 294277-01-01

template<class T>
[[nodiscard]] constexpr bool is_infinite(T n) noexcept {
    return n == std::numeric_limits<T>::max() || n == std::numeric_limits<T>::min();
}
[[nodiscard]] constexpr bool valid_date(std::int64_t days) noexcept { return days >= first_day && days < end_of_dates; }
[[nodiscard]] constexpr bool valid_timestamp(std::int64_t microseconds) noexcept {
    return microseconds >= first_timestamp && microseconds < end_of_timestamps;
}

/// What `infinity`, `-infinity` and `epoch` are in a type's own count.
template<class T>
[[nodiscard]] constexpr T special_value(date_time_fields::special kind, decltype(T::infinity) epoch) noexcept {
    using special = date_time_fields::special;
    return T{kind == special::infinity ? T::infinity : kind == special::minus_infinity ? T::minus_infinity : epoch};
}

/// `timestamp` and `timestamptz` differ in their zone alone.
template<class T, bool Zoned>
struct timestamp_codec {
    static constexpr type_info type = Zoned ? types::timestamptz : types::timestamp;

    static constexpr std::size_t text_size(T v) noexcept {
        if (encodable_count(v)) [[likely]] return 64;
        return unencodable;
    }
    static constexpr char* to_text(char* p, T v, text_style const& style) noexcept {
        if (is_infinite(v.microseconds)) return put_infinity(p, v.microseconds > 0);
        std::int32_t offset = 0;
        if constexpr (Zoned)
            offset = style.zone == nullptr ? style.utc_offset : style.zone->offset_at(*style.zone, unix_seconds(v));
        // Counted from a month before the first day, so that no offset reaches below 0; unsigned has room for it all.
        constexpr std::int64_t before = first_day - 30;
        auto const count = static_cast<std::uint64_t>(v.microseconds) -
                           static_cast<std::uint64_t>(before * microseconds_per_day) +
                           static_cast<std::uint64_t>(offset * microseconds_per_second);
        auto const day = static_cast<std::int64_t>(count / microseconds_per_day) + before;
        auto const time = static_cast<std::int64_t>(count % microseconds_per_day);
        civil_date const date = civil_from_days(day);
        if (style.dates == date_style::iso) [[likely]] {
            p = put_iso_date(p, date);
            *p++ = ' ';
            p = put_time(p, time);
            if constexpr (Zoned) p = put_offset(p, offset);
        } else {
            p = put_other_date_time(p, day, date, time, style);
            if constexpr (Zoned) p = put_zone_name(p, offset, unix_seconds(v), style);
        }
        return put_era(p, date);
    }
    static constexpr result<T> from_text(std::string_view text, text_style const& style) noexcept {
        auto const fields = parse_date_time<153>(text, style);
        if (!fields) return fields.error();
        if (fields->kind != date_time_fields::special::none)
            return special_value<T>(fields->kind, -microseconds_to_unix);
        if (!fields->is_countable()) return errc::datetime_overflow;
        std::int64_t const day = fields->days();
        if (day < first_day - 1 || day > end_of_timestamps / microseconds_per_day) return errc::datetime_overflow;
        std::int64_t const time = fields->time - (Zoned ? fields->zone * microseconds_per_second : 0);
        if (day == end_of_timestamps / microseconds_per_day && time >= 0) return errc::datetime_overflow;
        std::int64_t const count = day * microseconds_per_day + time;
        if (!valid_timestamp(count)) return errc::datetime_overflow;
        return T{count};
    }

    static constexpr std::size_t binary_width = 8;
    static constexpr std::size_t binary_size(T v) noexcept {
        if (encodable_count(v)) [[likely]] return 8;
        return unencodable;
    }
    static constexpr char* to_binary(char* p, T v) noexcept { return store(p, v.microseconds); }
    static constexpr result<T> from_binary(std::string_view bytes) noexcept {
        if (auto const e = check_width(bytes, 8); e != errc::none) return e;
        T const v{load<std::int64_t>(bytes.data())};
        if (!encodable_count(v)) return errc::datetime_overflow;
        return v;
    }
    static constexpr errc refusal(T) noexcept { return errc::datetime_overflow; }

private:
    /// Since 1970-01-01 00:00.
    static constexpr std::int64_t unix_seconds(T v) noexcept {
        return floor_div(v.microseconds, microseconds_per_second) + days_to_unix * 86'400;
    }
    static constexpr bool encodable_count(T v) noexcept {
        return valid_timestamp(v.microseconds) || is_infinite(v.microseconds);
    }
};

/// A type of the standard library's, by way of one of ours. `Convert` has `to(Host) -> Own`, where a value that `Own`
/// can't hold becomes one without an encoding, and `from(Own) -> result<Host>`.
template<class Host, class Own, class Convert>
struct converted_codec {
    static constexpr type_info type = codec<Own>::type;

    static constexpr std::size_t text_size(Host v) noexcept { return detail::text_size<Own>(Convert::to(v), {}); }
    static constexpr char* to_text(char* p, Host v, text_style const& style) noexcept {
        return detail::to_text<Own>(p, Convert::to(v), style);
    }
    static constexpr result<Host> from_text(std::string_view text, text_style const& style) noexcept {
        return from(codec<Own>::from_text(text, style));
    }
    static constexpr std::size_t binary_width = codec<Own>::binary_width;
    static constexpr std::size_t binary_size(Host v) noexcept { return codec<Own>::binary_size(Convert::to(v)); }
    static constexpr char* to_binary(char* p, Host v) noexcept { return codec<Own>::to_binary(p, Convert::to(v)); }
    static constexpr result<Host> from_binary(std::string_view bytes) noexcept {
        return from(codec<Own>::from_binary(bytes));
    }
    static constexpr errc refusal(Host) noexcept { return errc::datetime_overflow; }

private:
    static constexpr result<Host> from(result<Own> const& own) noexcept {
        if (!own) return own.error();
        return Convert::from(*own);
    }
};

template<class Host, class Own>
struct convert_time_point {
    using count = decltype(Own::microseconds);

    static constexpr Own to(Host v) noexcept {
        count const n = v.time_since_epoch().count();
        if (is_infinite(n)) return Own{n};
        // What would wrap is out of range anyway: no year that far back exists.
        return Own{n < Own::minus_infinity + microseconds_to_unix ? Own::minus_infinity + 1 : n - microseconds_to_unix};
    }
    static constexpr result<Host> from(Own v) noexcept {
        using duration = typename Host::duration;
        if (is_infinite(v.microseconds)) return Host(duration(v.microseconds));
        if (v.microseconds >= Own::infinity - microseconds_to_unix) return errc::datetime_overflow;
        return Host(duration(v.microseconds + microseconds_to_unix));
    }
};

struct convert_days {
    using count = std::chrono::days::rep;

    static constexpr date to(std::chrono::sys_days v) noexcept {
        count const n = v.time_since_epoch().count();
        if (n == std::numeric_limits<count>::max()) return {date::infinity};
        if (n == std::numeric_limits<count>::min()) return {date::minus_infinity};
        bool const fits = n >= first_day + days_to_unix && n < end_of_dates + days_to_unix;
        return {fits ? static_cast<std::int32_t>(n - days_to_unix) : date::minus_infinity + 1};
    }
    static constexpr result<std::chrono::sys_days> from(date v) noexcept {
        count const n = v.days == date::infinity         ? std::numeric_limits<count>::max()
                        : v.days == date::minus_infinity ? std::numeric_limits<count>::min()
                                                         : count{v.days} + count{days_to_unix};
        return std::chrono::sys_days(std::chrono::days(n));
    }
};

}  // namespace detail

template<>
struct codec<timestamp> : detail::timestamp_codec<timestamp, false> {};
template<>
struct codec<timestamptz> : detail::timestamp_codec<timestamptz, true> {};

template<>
struct codec<date> {
    static constexpr type_info type = types::date;

    static constexpr std::size_t text_size(date v) noexcept { return encodable_days(v) ? 24 : unencodable; }
    static constexpr char* to_text(char* p, date v, text_style const& style) noexcept {
        if (detail::is_infinite(v.days)) return detail::put_infinity(p, v.days > 0);
        auto const d = detail::civil_from_days(v.days);
        return detail::put_era(detail::put_date(p, d, style), d);
    }
    /// A time of day behind the date is read and left out.
    static constexpr result<date> from_text(std::string_view text, text_style const& style) noexcept {
        auto const fields = detail::parse_date_time<129>(text, style);
        if (!fields) return fields.error();
        if (fields->kind != detail::date_time_fields::special::none)
            return detail::special_value<date>(fields->kind, static_cast<std::int32_t>(-detail::days_to_unix));
        if (!fields->is_countable() || !detail::valid_date(fields->days())) return errc::datetime_overflow;
        return date{static_cast<std::int32_t>(fields->days())};
    }

    static constexpr std::size_t binary_width = 4;
    static constexpr std::size_t binary_size(date v) noexcept { return encodable_days(v) ? 4 : unencodable; }
    static constexpr char* to_binary(char* p, date v) noexcept { return store(p, v.days); }
    static constexpr result<date> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 4); e != errc::none) return e;
        date const v{load<std::int32_t>(bytes.data())};
        if (!encodable_days(v)) return errc::datetime_overflow;
        return v;
    }
    static constexpr errc refusal(date) noexcept { return errc::datetime_overflow; }

private:
    static constexpr bool encodable_days(date v) noexcept {
        return detail::valid_date(v.days) || detail::is_infinite(v.days);
    }
};

template<>
struct codec<time_of_day> {
    static constexpr type_info type = types::time;

    static constexpr std::size_t text_size(time_of_day v) noexcept { return within_day(v) ? 16 : unencodable; }
    static constexpr char* to_text(char* p, time_of_day v) noexcept {
        return detail::put_time(p, v.since_midnight.count());
    }
    /// A date before the time, and a zone behind it, are read and left out.
    static constexpr result<time_of_day> from_text(std::string_view text, text_style const& style) noexcept {
        auto const fields = detail::date_time_parser(style, detail::date_time_goal::time).parse<129>(text);
        if (!fields) return fields.error();
        return time_of_day{std::chrono::microseconds(fields->time)};
    }

    static constexpr std::size_t binary_width = 8;
    static constexpr std::size_t binary_size(time_of_day v) noexcept { return within_day(v) ? 8 : unencodable; }
    static constexpr char* to_binary(char* p, time_of_day v) noexcept {
        return store(p, static_cast<std::int64_t>(v.since_midnight.count()));
    }
    static constexpr result<time_of_day> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 8); e != errc::none) return e;
        time_of_day const v{std::chrono::microseconds(load<std::int64_t>(bytes.data()))};
        if (!within_day(v)) return errc::datetime_overflow;
        return v;
    }
    static constexpr errc refusal(time_of_day) noexcept { return errc::datetime_overflow; }

private:
    static constexpr bool within_day(time_of_day v) noexcept {
        return v.since_midnight.count() >= 0 && v.since_midnight.count() <= detail::microseconds_per_day;
    }
};

template<>
struct codec<std::chrono::sys_days> : detail::converted_codec<std::chrono::sys_days, date, detail::convert_days> {};

template<>
struct codec<std::chrono::local_time<std::chrono::microseconds>>
    : detail::converted_codec<
          std::chrono::local_time<std::chrono::microseconds>, timestamp,
          detail::convert_time_point<std::chrono::local_time<std::chrono::microseconds>, timestamp>> {};

template<>
struct codec<std::chrono::sys_time<std::chrono::microseconds>>
    : detail::converted_codec<
          std::chrono::sys_time<std::chrono::microseconds>, timestamptz,
          detail::convert_time_point<std::chrono::sys_time<std::chrono::microseconds>, timestamptz>> {};

}  // namespace pgwire
