// Dates and times as text: the ISO style of `DateStyle`, written and read.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Types", "Date/Time Input"
// and "Date/Time Output". Read are dates as numbers (`2024-02-29`, `20240229`, `2/29/2024` by `DateStyle`'s order),
// times (`12:00`, `12:00:00.5 PM`, `T120000`), zones as numbers or as UTC (`+05:30`, `-0800`, `Z`), BC, `infinity` and
// `epoch`; not names of months, weekdays and other zones, nor words that ask for a clock such as `now`.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/text_style.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t microseconds_per_day = 86'400 * microseconds_per_second;

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

[[nodiscard]] constexpr civil_date civil_from_days(std::int64_t days) noexcept {
    days += 730'425;
    std::int64_t const era = floor_div(days, 146'097);
    auto const day_of_era = static_cast<unsigned>(days - era * 146'097);
    unsigned const year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    unsigned const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned const month = (5 * day_of_year + 2) / 153;
    return {.year = era * 400 + year_of_era + (month >= 10 ? 1 : 0),
            .month = month < 10 ? month + 3 : month - 9,
            .day = day_of_year - (153 * month + 2) / 5 + 1};
}

[[nodiscard]] constexpr unsigned days_in_month(std::int64_t year, unsigned month) noexcept {
    if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Writing.

/// `2024-02-29`; the `BC` of years before 1 comes after everything else, from `put_era`.
constexpr char* put_date(char* p, civil_date const& d) noexcept {
    std::int64_t const year = d.year > 0 ? d.year : 1 - d.year;
    p = put_unsigned(p, static_cast<std::uint32_t>(year), 4);
    *p++ = '-';
    p = put_pair(p, d.month);
    *p++ = '-';
    return put_pair(p, d.day);
}
constexpr char* put_era(char* p, civil_date const& d) noexcept { return d.year > 0 ? p : put(p, " BC"); }

/// `12:00:00.5`: as many digits of the fraction as it needs. Up to 24:00:00.
constexpr char* put_time(char* p, std::int64_t microseconds) noexcept {
    auto const seconds = static_cast<std::uint32_t>(microseconds / microseconds_per_second);
    auto fraction = static_cast<std::uint32_t>(microseconds % microseconds_per_second);
    p = put_pair(p, seconds / 3600);
    *p++ = ':';
    p = put_pair(p, seconds / 60 % 60);
    *p++ = ':';
    p = put_pair(p, seconds % 60);
    if (fraction == 0) return p;
    *p++ = '.';
    p = put_unsigned(p, fraction, 6);
    for (; fraction % 10 == 0; fraction /= 10) --p;
    return p;
}

/// `+00`, `-03:30`; `seconds` east of UTC.
constexpr char* put_zone(char* p, std::int32_t seconds) noexcept {
    *p++ = seconds < 0 ? '-' : '+';
    auto const distance = static_cast<std::uint32_t>(seconds < 0 ? -seconds : seconds);
    p = put_pair(p, distance / 3600);
    if (distance % 3600 == 0) return p;
    *p++ = ':';
    p = put_pair(p, distance / 60 % 60);
    if (distance % 60 == 0) return p;
    *p++ = ':';
    return put_pair(p, distance % 60);
}

// Reading.

/// What a text said; what it did not say has its default.
struct date_time_fields {
    enum class special : std::uint8_t { none, infinity, minus_infinity, epoch };

    special kind = special::none;
    bool has_date = false;
    bool has_time = false;
    bool has_zone = false;
    civil_date date;
    std::int64_t time = 0;   ///< microseconds since midnight, up to 24:00:00
    std::int32_t zone = 0;   ///< seconds east of UTC

    /// Days since 2000-01-01.
    [[nodiscard]] constexpr std::int64_t days() const noexcept { return days_from_civil(date); }
};

class date_time_parser {
public:
    /// @param time_first digits without separators are a time and not a date, if they can be both
    constexpr date_time_parser(std::string_view text, date_order order, bool time_first = false) noexcept
        : rest_(trim(text)), order_(order), time_first_(time_first) {}

    /// @return or `invalid_datetime` for what is no date or time, `datetime_overflow` for one that does not exist
    constexpr result<date_time_fields> parse() noexcept {
        if (rest_.empty()) return errc::invalid_datetime;
        if (parse_special()) return fields_;
        while (!rest_.empty() && error_ == errc::none) {
            parse_part();
            after_blank_ = !rest_.empty() && is_space(rest_.front());
            rest_ = trim_front(rest_);
        }
        if (error_ == errc::none) finish();
        if (error_ != errc::none) return error_;
        return fields_;
    }

private:
    struct number {
        std::int64_t value = 0;
        std::size_t digits = 0;
    };

    constexpr void fail(errc e) noexcept {
        if (error_ == errc::none) error_ = e;
    }
    constexpr bool take(char c) noexcept {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    constexpr std::string_view take_word() noexcept {
        std::size_t n = 0;
        while (n != rest_.size() && to_lower(rest_[n]) >= 'a' && to_lower(rest_[n]) <= 'z') ++n;
        auto const word = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return word;
    }
    constexpr number take_number() noexcept {
        number n;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), ++n.digits) {
            if (n.value < 1'000'000'000'000) n.value = n.value * 10 + (rest_.front() - '0');
        }
        if (n.digits == 0) fail(errc::invalid_datetime);
        return n;
    }

    constexpr bool parse_special() noexcept {
        using enum date_time_fields::special;
        if (equals_ignoring_case(rest_, "infinity")) fields_.kind = infinity;
        else if (equals_ignoring_case(rest_, "-infinity")) fields_.kind = minus_infinity;
        else if (equals_ignoring_case(rest_, "epoch")) fields_.kind = epoch;
        return fields_.kind != none;
    }

    constexpr void parse_part() noexcept {
        char const c = rest_.front();
        if ((c == '+' || c == '-') && (fields_.has_time || (fields_.has_date && after_blank_))) return parse_zone();
        if (!is_digit(c)) return parse_word();
        std::size_t const digits = leading_digits();
        char const next = digits != rest_.size() ? rest_[digits] : '\0';
        if (next == ':' || (after_t_ && !fields_.has_time)) return parse_time();
        if (next == '-' || next == '/' || (next == '.' && !fields_.has_date && !time_first_)) return parse_date();
        bool const clock = !fields_.has_time && (digits == 6 || digits == 4);
        if (clock && (fields_.has_date || time_first_)) return parse_time();
        if (!fields_.has_date && (digits == 8 || digits == 6)) return parse_run_of_digits(digits);
        fail(errc::invalid_datetime);
    }
    [[nodiscard]] constexpr std::size_t leading_digits() const noexcept {
        std::size_t n = 0;
        while (n != rest_.size() && is_digit(rest_[n])) ++n;
        return n;
    }

    constexpr void parse_word() noexcept {
        auto const word = take_word();
        if (equals_ignoring_case(word, "t") && !after_t_ && !fields_.has_time) {
            after_t_ = true;
            if (rest_.empty() || !is_digit(rest_.front())) fail(errc::invalid_datetime);
        } else if (equals_ignoring_case(word, "z") || equals_ignoring_case(word, "utc") ||
                   equals_ignoring_case(word, "gmt") || equals_ignoring_case(word, "zulu")) {
            set_zone(0);
        } else if (equals_ignoring_case(word, "bc") && !era_) {
            era_ = bc_ = true;
        } else if (equals_ignoring_case(word, "ad") && !era_) {
            era_ = true;
        } else if (equals_ignoring_case(word, "am") || equals_ignoring_case(word, "pm")) {
            set_half_of_day(to_lower(word.front()) == 'p');
        } else {
            fail(errc::invalid_datetime);
        }
    }

    constexpr void parse_date() noexcept {
        if (fields_.has_date || fields_.has_time) return fail(errc::invalid_datetime);
        number const a = take_number();
        char const separator = rest_.front();
        rest_.remove_prefix(1);
        number const b = take_number();
        if (!take(separator)) return fail(errc::invalid_datetime);
        number const c = take_number();
        if (error_ != errc::none) return;
        if (a.digits >= 3 || order_ == date_order::ymd) set_date(a, b, c);
        else if (order_ == date_order::dmy) set_date(c, b, a);
        else set_date(c, a, b);
    }
    /// `20240229`, or `240229` with the year in two digits.
    constexpr void parse_run_of_digits(std::size_t digits) noexcept {
        number const n = take_number();
        set_date({.value = n.value / 10'000, .digits = digits - 4}, {.value = n.value / 100 % 100, .digits = 2},
                 {.value = n.value % 100, .digits = 2});
    }
    constexpr void set_date(number const& year, number const& month, number const& day) noexcept {
        if (month.digits > 2 || day.digits > 3) return fail(errc::invalid_datetime);
        if (year.value > 10'000'000) return fail(errc::datetime_overflow);
        fields_.has_date = true;
        short_year_ = year.digits <= 2;
        fields_.date = {.year = year.value,
                        .month = static_cast<unsigned>(month.value),
                        .day = static_cast<unsigned>(day.value)};
    }

    /// `12:34`, `12:34:56.789`, `34:56.789`, and without colons `1234`, `123456.789`.
    constexpr void parse_time() noexcept {
        if (fields_.has_time) return fail(errc::invalid_datetime);
        fields_.has_time = true;
        bool const colons = leading_digits() != rest_.size() && rest_[leading_digits()] == ':';
        number hour = take_number();
        number minute;
        number second;
        if (colons) {
            rest_.remove_prefix(1);
            if (leading_digits() != 0) minute = take_number();
            if (take(':')) {
                second = take_number();
            } else if (rest_.starts_with('.')) {
                second = minute;
                minute = hour;
                hour = {};
            }
        } else if (hour.digits == 6) {
            second.value = hour.value % 100;
            minute.value = hour.value / 100 % 100;
            hour.value /= 10'000;
        } else if (hour.digits == 4) {
            minute.value = hour.value % 100;
            hour.value /= 100;
        } else {
            return fail(errc::invalid_datetime);
        }
        std::int64_t const fraction = take('.') ? take_fraction() : 0;
        if (minute.value > 59 || second.value > 60 || hour.value > 24 ||
            (hour.value == 24 && (minute.value != 0 || second.value != 0 || fraction != 0)))
            return fail(errc::datetime_overflow);
        hour_ = hour.value;
        fields_.time =
            ((hour.value * 60 + minute.value) * 60 + second.value) * microseconds_per_second + fraction;
        if (fields_.time > microseconds_per_day) fail(errc::datetime_overflow);
    }
    /// Microseconds, rounded to the nearest, and to even between two, as PostgreSQL rounds the binary fraction.
    constexpr std::int64_t take_fraction() noexcept {
        std::int64_t n = 0;
        std::int64_t one = 1;
        for (; !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1)) {
            if (one >= 1'000'000'000'000'000) continue;
            n = n * 10 + (rest_.front() - '0');
            one *= 10;
        }
        double const exact = static_cast<double>(n) / static_cast<double>(one) * 1e6;
        auto const below = static_cast<std::int64_t>(exact);
        double const over = exact - static_cast<double>(below);
        return below + (over > 0.5 || (over == 0.5 && below % 2 != 0) ? 1 : 0);
    }
    constexpr void set_half_of_day(bool afternoon) noexcept {
        if (!fields_.has_time || half_) return fail(errc::invalid_datetime);
        half_ = true;
        if (hour_ > 12) return fail(errc::datetime_overflow);
        std::int64_t const half = microseconds_per_day / 2;
        if (afternoon && hour_ != 12) fields_.time += half;
        else if (!afternoon && hour_ == 12) fields_.time -= half;
    }

    /// `+05`, `-8`, `+0530`, `+05:30`, `+05:30:15`.
    constexpr void parse_zone() noexcept {
        bool const west = rest_.front() == '-';
        rest_ = trim_front(rest_.substr(1));
        number const first = take_number();
        std::int64_t hours = first.value;
        std::int64_t minutes = 0;
        std::int64_t seconds = 0;
        if (take(':')) {
            minutes = take_number().value;
            if (take(':')) seconds = take_number().value;
        } else if (first.digits > 2) {
            minutes = hours % 100;
            hours /= 100;
        }
        if (hours > 15 || minutes > 59 || seconds > 59) return fail(errc::datetime_overflow);
        auto const distance = static_cast<std::int32_t>((hours * 60 + minutes) * 60 + seconds);
        set_zone(west ? -distance : distance);
    }
    constexpr void set_zone(std::int32_t seconds) noexcept {
        if (fields_.has_zone) return fail(errc::invalid_datetime);
        fields_.has_zone = true;
        fields_.zone = seconds;
    }

    constexpr void finish() noexcept {
        auto& d = fields_.date;
        if (era_ && !fields_.has_date) return fail(errc::invalid_datetime);
        if (!fields_.has_date) return;
        if (bc_) {
            if (d.year == 0) return fail(errc::datetime_overflow);
            d.year = 1 - d.year;
        } else if (short_year_) {
            d.year += d.year < 70 ? 2000 : 1900;
        } else if (d.year == 0) {
            return fail(errc::datetime_overflow);
        }
        if (d.month < 1 || d.month > 12 || d.day < 1 || d.day > days_in_month(d.year, d.month))
            fail(errc::datetime_overflow);
    }

    std::string_view rest_;
    date_order order_;
    bool time_first_;
    errc error_ = errc::none;
    date_time_fields fields_;
    std::int64_t hour_ = 0;
    bool after_t_ = false;
    bool after_blank_ = false;
    bool half_ = false;
    bool era_ = false;
    bool bc_ = false;
    bool short_year_ = false;
};

}  // namespace pgwire::detail
