// timetz: a time of day with its offset from UTC.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Date/Time Types". In binary an Int64 of
// microseconds since midnight and an Int32 of seconds WEST of UTC. `std::chrono` has no counterpart.
#pragma once

#include "pgwire/types/calendar.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/date_time_parser.hpp"
#include "pgwire/types/date_time_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

namespace detail {

inline constexpr std::int32_t week_in_seconds = 7 * 86'400;

}  // namespace detail

/// A time of day, from 00:00:00 to 24:00:00, at most a week from UTC. Two with different offsets are not equal,
/// even if they are the same time.
struct time_of_day_tz {
    std::chrono::microseconds since_midnight{};
    std::int32_t utc_offset = 0;  ///< seconds EAST of UTC, as its text has it: 3600 for +01
    friend constexpr bool operator==(time_of_day_tz const&, time_of_day_tz const&) = default;
};

template<>
struct codec<time_of_day_tz> {
    static constexpr type_info type = types::timetz;

    static constexpr std::size_t text_size(time_of_day_tz v) noexcept { return is_valid(v) ? 26 : unencodable; }
    static constexpr char* to_text(char* p, time_of_day_tz v) noexcept {
        return detail::put_offset(detail::put_time(p, v.since_midnight.count()), v.utc_offset);
    }
    /// Where the text names no zone it is the session's, at the date in the text or today.
    static constexpr result<time_of_day_tz> from_text(std::string_view text, text_style const& style) noexcept {
        auto const fields = detail::date_time_parser(style, detail::date_time_goal::time).parse<129>(text);
        if (!fields) return fields.error();
        return time_of_day_tz{std::chrono::microseconds(fields->time), fields->zone};
    }

    static constexpr std::size_t binary_size(time_of_day_tz v) noexcept { return is_valid(v) ? 12 : unencodable; }
    static constexpr char* to_binary(char* p, time_of_day_tz v) noexcept {
        p = store(p, static_cast<std::int64_t>(v.since_midnight.count()));
        return store(p, -v.utc_offset);
    }
    static constexpr result<time_of_day_tz> from_binary(std::string_view bytes) noexcept {
        auto const width = detail::check_width(bytes, 12);
        if (bytes.size() < 8) return width;
        // The time is judged before the bytes behind it are asked for.
        time_of_day_tz v{std::chrono::microseconds(load<std::int64_t>(bytes.data()))};
        if (!is_time(v)) return errc::datetime_overflow;
        if (bytes.size() < 12) return width;
        v.utc_offset = 0 - std::max(load<std::int32_t>(bytes.data() + 8), -detail::week_in_seconds);
        if (v.utc_offset <= -57'600 || v.utc_offset >= 57'600) return errc::zone_displacement_overflow;
        if (width != errc::none) return width;
        return v;
    }
    static constexpr errc refusal(time_of_day_tz v) noexcept {
        return is_time(v) ? errc::zone_displacement_overflow : errc::datetime_overflow;
    }

private:
    static constexpr bool is_time(time_of_day_tz v) noexcept {
        return v.since_midnight.count() >= 0 && v.since_midnight.count() <= detail::microseconds_per_day;
    }
    /// A zone of POSIX's may be as far as a week away; PostgreSQL sends such a value, and takes no binary of it.
    static constexpr bool is_valid(time_of_day_tz v) noexcept {
        return is_time(v) && v.utc_offset >= -detail::week_in_seconds && v.utc_offset <= detail::week_in_seconds;
    }
};

}  // namespace pgwire
