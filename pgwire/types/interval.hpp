// interval: months, days and microseconds, which no calendar has added up yet.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Interval Input" and "Interval Output". In binary
// an Int64 of microseconds, an Int32 of days and an Int32 of months. A month has no length and a day may have 23 hours,
// so the three are kept apart, and two intervals are equal only if all three are.
//
// Of `std::chrono` an interval without months and days has a counterpart, `std::chrono::microseconds`, which has a
// codec too.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/interval_parser.hpp"
#include "pgwire/types/interval_text.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
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

/// An interval without months and days. One that has some is `out_of_range`, for they have no fixed length.
template<>
struct codec<std::chrono::microseconds> {
    static constexpr type_info type = types::interval;

    static constexpr std::size_t text_size(std::chrono::microseconds) noexcept { return 96; }
    static constexpr char* to_text(char* p, std::chrono::microseconds v, text_style const& style) noexcept {
        return codec<interval>::to_text(p, to_interval(v), style);
    }
    static result<std::chrono::microseconds> from_text(std::string_view text, text_style const& style) noexcept {
        return from(codec<interval>::from_text(text, style));
    }
    static constexpr std::size_t binary_size(std::chrono::microseconds) noexcept { return 16; }
    static constexpr char* to_binary(char* p, std::chrono::microseconds v) noexcept {
        return codec<interval>::to_binary(p, to_interval(v));
    }
    static constexpr result<std::chrono::microseconds> from_binary(std::string_view bytes) noexcept {
        return from(codec<interval>::from_binary(bytes));
    }

private:
    static constexpr interval to_interval(std::chrono::microseconds v) noexcept {
        return {.microseconds = static_cast<std::int64_t>(v.count())};
    }
    static constexpr result<std::chrono::microseconds> from(result<interval> const& v) noexcept {
        if (!v) return v.error();
        if (v->months != 0 || v->days != 0) return errc::out_of_range;
        return std::chrono::microseconds(v->microseconds);
    }
};

}  // namespace pgwire
