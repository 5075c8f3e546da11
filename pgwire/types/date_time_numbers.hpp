// The numbers of a date or time in a text, each of which is what its place and its width make of it.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Input Interpretation".
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/errc.hpp"
#include "pgwire/types/calendar.hpp"
#include "pgwire/types/date_time_tokens.hpp"
#include "pgwire/types/date_time_words.hpp"
#include "pgwire/types/text_style.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace pgwire::detail {

/// A time with colons, whose hours have no limit yet: `12:34`, `12:34:56.789`, and `34:56.789` without hours.
struct decoded_clock {
    errc error = errc::none;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t microsecond = 0;
};
[[nodiscard]] constexpr decoded_clock decode_clock(std::string_view text) noexcept {
    constexpr auto bad = errc::invalid_datetime;
    constexpr auto overflow = errc::datetime_overflow;
    decoded_clock t;
    auto const hour = take_integer<std::int64_t>(text);
    if (!hour) return {hour.error()};
    if (!text.starts_with(':')) return {bad};
    text.remove_prefix(1);
    auto const minute = take_integer<std::int32_t>(text);
    if (!minute) return {minute.error()};
    t.hour = *hour;
    t.minute = *minute;
    bool const without_hours = text.starts_with('.');
    if (text.starts_with(':')) {
        text.remove_prefix(1);
        auto const second = take_integer<std::int32_t>(text);
        if (!second) return {second.error()};
        t.second = *second;
    }
    if (text.starts_with('.')) {
        auto const fraction = decode_fraction(text);
        if (fraction.error != errc::none) return {fraction.error};
        t.microsecond = round_to_even(fraction.value * 1e6);
        if (without_hours) {
            if (t.hour > std::numeric_limits<std::int32_t>::max()) return {overflow};
            t.second = t.minute;
            t.minute = t.hour;
            t.hour = 0;
        }
    } else if (!text.empty()) {
        return {bad};
    }
    if (t.hour < 0 || t.minute < 0 || t.minute > 59 || t.second < 0 || t.second > 60) return {overflow};
    return t;
}

/// `+05`, `-8`, `+0530`, `+05:30`, `+05:30:15`
struct decoded_offset {
    errc error = errc::none;
    std::int32_t seconds = 0;  ///< east of UTC
};
[[nodiscard]] constexpr decoded_offset decode_offset(std::string_view text) noexcept {
    if (!text.starts_with('+') && !text.starts_with('-')) return {errc::invalid_datetime};
    auto rest = text.substr(1);
    constexpr decoded_offset too_far{errc::zone_displacement_overflow};
    auto const hours = take_integer<std::int32_t>(rest);
    if (!hours) return too_far;
    std::int32_t hour = *hours;
    std::int32_t minute = 0;
    std::int32_t second = 0;
    for (auto* const part : {&minute, &second}) {
        if (!rest.starts_with(':')) break;
        rest.remove_prefix(1);
        auto const n = take_integer<std::int32_t>(rest);
        if (!n) return too_far;
        *part = *n;
    }
    if (rest.empty() && text.size() > 3 && text.find(':') == text.npos) {
        minute = hour % 100;
        hour /= 100;
    }
    if (hour < 0 || hour > 15 || minute < 0 || minute > 59 || second < 0 || second > 59) return too_far;
    std::int32_t const distance = (hour * 60 + minute) * 60 + second;
    return {rest.empty() ? errc::none : errc::invalid_datetime, text.front() == '-' ? -distance : distance};
}
/// The fields of a date and time while they are told; `date_time_parser` reads what is not numbers.
class date_time_numbers {
protected:
    static constexpr auto ok = errc::none;
    static constexpr auto bad = errc::invalid_datetime;
    static constexpr auto overflow = errc::datetime_overflow;

    constexpr explicit date_time_numbers(date_order order) noexcept : order_(order) {}

    [[nodiscard]] constexpr bool has(field_mask all) const noexcept { return (mask_ & all) == all; }

    // ---- dates and numbers

    /// `2024-02-29`, `29-feb-2024`, `2024.060`
    constexpr errc decode_date(std::string_view text) noexcept {
        std::array<std::string_view, 25> parts;
        std::size_t count = 0;
        while (!text.empty() && count != parts.size()) {
            while (!text.empty() && !is_letter_or_digit(text.front())) text.remove_prefix(1);
            if (text.empty()) return bad;
            std::size_t size = 0;
            bool const digits = is_digit(text.front());
            while (size != text.size() && (digits ? is_digit(text[size]) : is_letter(text[size]))) ++size;
            parts[count++] = text.substr(0, size);
            text.remove_prefix(size);
            if (!text.empty()) text.remove_prefix(1);  // whatever it is
        }
        field_mask const before = mask_;
        field_mask all = field::none;
        auto const add = [&] {
            if ((mask_ & said_) != 0) return bad;
            mask_ |= said_;
            all |= said_;
            return ok;
        };
        bool named = false;
        for (std::size_t i = 0; i != count; ++i) {  // the month's name first: it decides what the numbers are
            if (is_digit(parts[i].front())) continue;
            auto const word = decode_word(parts[i]);
            if (word.kind != word_kind::month) return bad;
            month_ = word.value;
            named = true;
            said_ = field::month;
            if (auto const e = add(); e != ok) return e;
        }
        for (std::size_t i = 0; i != count; ++i) {
            if (!is_digit(parts[i].front())) continue;
            said_ = field::none;
            if (auto const e = decode_number(parts[i], named, mask_); e != ok) return e;
            if (auto const e = add(); e != ok) return e;
        }
        if ((mask_ & ~(field::day_of_year | field::zone)) != field::date) return bad;
        mask_ = before;
        said_ = all;
        return ok;
    }

    /// A number on its own, which is what its place among the others says.
    /// @param known what is said already
    constexpr errc decode_number(std::string_view text, bool named_month, field_mask known) noexcept {
        auto rest = text;
        auto const n = take_integer<std::int32_t>(rest);
        if (!n) return n.error();
        if (rest.size() == text.size()) return bad;
        if (!rest.empty()) {
            if (rest.front() != '.') return bad;
            if (text.size() - rest.size() > 2) return decode_run(text, known | field::date);
            auto const fraction = decode_fraction(rest);
            if (fraction.error != ok) return fraction.error;
            microsecond_ = round_to_even(fraction.value * 1e6);
        }
        known &= field::date;
        if (text.size() == 3 && known == field::year && *n >= 1 && *n <= 366) {
            day_of_year_ = *n;
            said_ = field::day_of_year | field::month | field::day;
            return ok;
        }
        bool const like_a_year = text.size() >= 3 || order_ == date_order::ymd;
        switch (known) {
        case field::none:
            return set_part(like_a_year                 ? field::year
                            : order_ == date_order::dmy ? field::day
                                                        : field::month,
                            *n, text.size());
        case field::year: return set_part(field::month, *n, text.size());
        case field::month: return set_part(named_month && like_a_year ? field::year : field::day, *n, text.size());
        case field::year | field::month:
            if (named_month && text.size() >= 3 && short_year_) {  // 29-feb-2024: the first number was the day
                day_ = year_;
                year_ = *n;
                short_year_ = false;
                said_ = field::day;
                return ok;
            }
            return set_part(field::day, *n, text.size());
        case field::day: return set_part(field::month, *n, text.size());
        case field::month | field::day: return set_part(field::year, *n, text.size());
        case field::date: return decode_run(text, known);
        default: return bad;
        }
    }
    constexpr errc set_part(field_mask part, std::int32_t n, std::size_t digits) noexcept {
        said_ = part;
        if (part == field::day) day_ = n;
        if (part == field::month) month_ = n;
        if (part == field::year) {
            year_ = n;
            short_year_ = digits <= 2;
        }
        return ok;
    }

    /// Digits without separators: `20240229` or `240229`, and behind a date `123456`, `1234` and `123456.789`.
    constexpr errc decode_run(std::string_view text, field_mask known) noexcept {
        auto const digits = [](std::string_view part) { return scan_integer(part).lower_half(); };
        auto const point = text.find('.');
        if (point != text.npos) {
            auto const fraction = decode_fraction(text.substr(point));
            if (fraction.error != ok) return fraction.error;
            microsecond_ = round_to_even(fraction.value * 1e6);
            text = text.substr(0, point);
        } else if ((known & field::date) != field::date && text.size() >= 6) {
            said_ = field::date;
            std::size_t const year_digits = text.size() - 4;
            day_ = digits(text.substr(year_digits + 2));
            month_ = digits(text.substr(year_digits, 2));
            year_ = digits(text.substr(0, year_digits));
            if (year_digits == 2) short_year_ = true;
            return ok;
        }
        if ((known & field::time) == field::time || (text.size() != 6 && text.size() != 4)) return bad;
        said_ = field::time;
        hour_ = digits(text.substr(0, 2));
        minute_ = digits(text.substr(2, 2));
        second_ = digits(text.substr(4));
        return ok;
    }

    constexpr void set_julian(std::int32_t day) noexcept {
        set_date(civil_from_days(day + julian_day_0));
        is_julian_ = true;
    }

    constexpr void set_date(civil_date const& date) noexcept {
        year_ = static_cast<std::int32_t>(date.year);
        month_ = static_cast<std::int32_t>(date.month);
        day_ = static_cast<std::int32_t>(date.day);
    }
    [[nodiscard]] constexpr civil_date date() const noexcept {
        return {year_, static_cast<unsigned>(month_), static_cast<unsigned>(day_)};
    }
    /// Makes a year of two digits or BC one of the calendar, and checks the whole.
    constexpr errc finish_date() noexcept {
        bool const year_counts = (mask_ & field::year) != 0 && !is_julian_;
        if (year_counts && (before_christ_ || !short_year_) && year_ <= 0) return overflow;
        if (year_counts && before_christ_) year_ = 1 - year_;
        else if (year_counts && short_year_) year_ += year_ < 70 ? 2000 : year_ < 100 ? 1900 : 0;
        if ((mask_ & field::day_of_year) != 0)
            set_date(civil_from_days(days_from_civil({year_, 1, 1}) + day_of_year_ - 1));
        if ((mask_ & field::month) != 0 && (month_ < 1 || month_ > 12)) return overflow;
        if ((mask_ & field::day) != 0 && (day_ < 1 || day_ > 31)) return overflow;
        if (!has(field::date)) return ok;
        return date().day > days_in_month(year_, date().month) ? overflow : ok;
    }

    // ---- times

    constexpr errc decode_time(std::string_view text) noexcept {
        auto const time = decode_clock(text);
        if (time.error != ok) return time.error;
        if (time.hour > std::numeric_limits<std::int32_t>::max()) return overflow;
        said_ = field::time;
        hour_ = time.hour;
        minute_ = time.minute;
        second_ = time.second;
        microsecond_ = time.microsecond;
        return ok;
    }
    [[nodiscard]] constexpr std::int64_t time_of_day() const noexcept {
        return ((hour_ * 60 + minute_) * 60 + second_) * microseconds_per_second + microsecond_;
    }
    constexpr void set_time_of_day(std::int64_t time) noexcept {
        hour_ = time / microseconds_per_hour;
        minute_ = time / microseconds_per_minute % 60;
        second_ = time / microseconds_per_second % 60;
        microsecond_ = time % microseconds_per_second;
    }
    [[nodiscard]] constexpr bool time_overflows() const noexcept {
        return hour_ < 0 || hour_ > 24 || minute_ > 59 || second_ > 60 || time_of_day() > microseconds_per_day;
    }

    date_order order_;
    field_mask mask_ = field::none;  ///< what is said
    field_mask said_ = field::none;  ///< and what the field at work says
    std::int32_t year_ = 0;
    std::int32_t month_ = 0;
    std::int32_t day_ = 0;
    std::int32_t day_of_year_ = 0;
    std::int64_t hour_ = 0;
    std::int64_t minute_ = 0;
    std::int64_t second_ = 0;
    std::int64_t microsecond_ = 0;
    bool named_month_ = false;
    bool is_julian_ = false;
    bool short_year_ = false;
    bool before_christ_ = false;
};

}  // namespace pgwire::detail
