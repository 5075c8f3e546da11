// interval: months, days and microseconds, which no calendar has added up yet.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Interval Input" and "Interval Output". In binary
// an Int64 of microseconds, an Int32 of days and an Int32 of months. A month has no length and a day may have 23 hours,
// so the three are kept apart, and two intervals are equal only if all three are.
//
// Of `std::chrono` an interval without months and days has a counterpart, the durations that are whole numbers of
// microseconds, up to hours: they have codecs too.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/interval_parser.hpp"
#include "pgwire/types/interval_text.hpp"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ratio>
#include <string_view>

namespace pgwire {

struct interval {
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::int64_t microseconds = 0;

    /// What PostgreSQL before 17 shows as 178956970 years 7 mons 2147483647 days 2562047788:00:54.775807.
    [[nodiscard]] static constexpr interval infinity() noexcept { return {small::max(), small::max(), large::max()}; }
    [[nodiscard]] static constexpr interval minus_infinity() noexcept {
        return {small::min(), small::min(), large::min()};
    }

    friend constexpr bool operator==(interval const&, interval const&) = default;

private:
    using small = std::numeric_limits<std::int32_t>;
    using large = std::numeric_limits<std::int64_t>;
};

template<>
struct codec<interval> {
    static constexpr type_info type = types::interval;

    static constexpr std::size_t text_size(interval const&) noexcept { return 96; }
    static constexpr char* to_text(char* p, interval const& v, text_style const& style) noexcept {
        if (v == interval::infinity()) return detail::put(p, "infinity");
        if (v == interval::minus_infinity()) return detail::put(p, "-infinity");
        return detail::put_interval(p, detail::split_interval(v.months, v.days, v.microseconds), style.intervals);
    }
    /// Only a text that begins with `-`, in the style `sql_standard`, means something else in another style.
    static result<interval> from_text(std::string_view text, text_style const& style) noexcept {
        auto const parts = detail::interval_parser(style.intervals).parse(text);
        if (!parts) return parts.error();
        if (parts->is_infinite) return parts->microseconds > 0 ? interval::infinity() : interval::minus_infinity();
        std::int64_t const months = std::int64_t{parts->years} * 12 + parts->months;
        if (months != static_cast<std::int32_t>(months)) return errc::datetime_overflow;
        return interval{static_cast<std::int32_t>(months), parts->days, parts->microseconds};
    }

    static constexpr std::size_t binary_size(interval const&) noexcept { return 16; }
    static constexpr char* to_binary(char* p, interval const& v) noexcept {
        return store(store(store(p, v.microseconds), v.days), v.months);
    }
    static constexpr result<interval> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 16); e != errc::none) return e;
        return interval{load<std::int32_t>(bytes.data() + 12), load<std::int32_t>(bytes.data() + 8),
                        load<std::int64_t>(bytes.data())};
    }
};

namespace detail {

template<class T>
inline constexpr bool is_duration = false;
template<class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

/// How many microseconds one tick has; 0 if that is no whole number.
template<class Period>
inline constexpr std::int64_t microseconds_in = std::ratio_divide<Period, std::micro>::den == 1
                                                    ? std::ratio_divide<Period, std::micro>::num
                                                    : 0;
template<class Period>
concept shorter_than_days = std::ratio_less_v<Period, std::chrono::days::period>;

/// A duration that is an interval, exactly. Days and what is longer are not: there an interval counts by the calendar.
template<class T>
concept exact_duration = is_duration<T> && std::signed_integral<typename T::rep> && shorter_than_days<typename T::period> &&
                         microseconds_in<typename T::period> != 0;

}  // namespace detail

/// Hours, minutes, seconds, milliseconds, microseconds, as an interval without months and days. An interval that has
/// some is `out_of_range`, for they have no fixed length, and so is one that has a fraction of a tick, or more ticks
/// than fit. To send or receive another duration, say how it is to be rounded: `floor<microseconds>(v)`.
template<class Rep, class Period>
    requires detail::exact_duration<std::chrono::duration<Rep, Period>>
struct codec<std::chrono::duration<Rep, Period>> {
    using host = std::chrono::duration<Rep, Period>;
    static constexpr type_info type = types::interval;

    static constexpr std::size_t text_size(host v) noexcept { return fits(v) ? 96 : unencodable; }
    static constexpr char* to_text(char* p, host v, text_style const& style) noexcept {
        return codec<interval>::to_text(p, to_interval(v), style);
    }
    static result<host> from_text(std::string_view text, text_style const& style) noexcept {
        return from(codec<interval>::from_text(text, style));
    }
    static constexpr std::size_t binary_size(host v) noexcept { return fits(v) ? 16 : unencodable; }
    static constexpr char* to_binary(char* p, host v) noexcept { return codec<interval>::to_binary(p, to_interval(v)); }
    static constexpr result<host> from_binary(std::string_view bytes) noexcept {
        return from(codec<interval>::from_binary(bytes));
    }
    static constexpr errc refusal(host) noexcept { return errc::interval_overflow; }

private:
    static constexpr std::int64_t tick = detail::microseconds_in<Period>;
    using limits = std::numeric_limits<std::int64_t>;

    static constexpr bool fits(host v) noexcept {
        return v.count() <= limits::max() / tick && v.count() >= limits::min() / tick;
    }
    static constexpr interval to_interval(host v) noexcept {
        return {.microseconds = static_cast<std::int64_t>(v.count()) * tick};
    }
    static constexpr result<host> from(result<interval> const& v) noexcept {
        if (!v) return v.error();
        auto const ticks = static_cast<Rep>(v->microseconds / tick);
        if (v->months != 0 || v->days != 0 || std::int64_t{ticks} * tick != v->microseconds) return errc::out_of_range;
        return host(ticks);
    }
};

}  // namespace pgwire
