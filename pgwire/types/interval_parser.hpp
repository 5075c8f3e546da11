// Intervals read from text, in all the forms in which PostgreSQL reads them.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Interval Input": quantities and units
// (`1 day 2:03:04 ago`), SQL's years and months (`1-2 3 4:05:06`), and ISO 8601's (`P1Y2M3DT4H5M6S`,
// `P0001-02-03T04:05:06`). A fraction spills down to smaller units: of a year into months, of a month into days of
// which it has 30, of a day into microseconds.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/calendar.hpp"
#include "pgwire/types/date_time_numbers.hpp"
#include "pgwire/types/date_time_tokens.hpp"
#include "pgwire/types/date_time_words.hpp"
#include "pgwire/types/text_style.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace pgwire::detail {

enum class interval_unit : std::uint8_t {
    none,  ///< a word that goes with no number
    microsecond,
    millisecond,
    second,
    minute,
    hour,
    day,
    week,
    month,
    year,
    decade,
    century,
    millennium,
    ago,      ///< not a unit: negates all
    ignored,  ///< `at`, `on`: the number before has no unit
};

struct interval_word {
    std::string_view text;
    interval_unit unit = interval_unit::none;
};

// clang-format off
inline constexpr auto interval_unit_words = [] {
    using enum interval_unit;
    using w = interval_word;
    return std::array{
        w{"ago", ago}, w{"at", ignored}, w{"c", century}, w{"cent", century}, w{"centuries", century},
        w{"century", century}, w{"d", day}, w{"day", day}, w{"days", day}, w{"dec", decade}, w{"decade", decade},
        w{"decades", decade}, w{"decs", decade}, w{"h", hour}, w{"hour", hour}, w{"hours", hour}, w{"hr", hour},
        w{"hrs", hour}, w{"m", minute}, w{"microsecon", microsecond}, w{"mil", millennium}, w{"millennia", millennium},
        w{"millennium", millennium}, w{"millisecon", millisecond}, w{"mils", millennium}, w{"min", minute},
        w{"mins", minute}, w{"minute", minute}, w{"minutes", minute}, w{"mon", month}, w{"mons", month},
        w{"month", month}, w{"months", month}, w{"ms", millisecond}, w{"msec", millisecond}, w{"mseconds", millisecond},
        w{"msecs", millisecond}, w{"on", ignored}, w{"s", second}, w{"sec", second}, w{"second", second},
        w{"seconds", second}, w{"secs", second}, w{"us", microsecond}, w{"usec", microsecond},
        w{"useconds", microsecond}, w{"usecs", microsecond}, w{"w", week}, w{"week", week}, w{"weeks", week},
        w{"y", year}, w{"year", year}, w{"years", year}, w{"yr", year}, w{"yrs", year},
    };
}();
// clang-format on
static_assert(sorted_by_text(interval_unit_words));

/// What a text said. The sum of years and months may be out of range yet.
struct interval_parts {
    std::int32_t years = 0;
    std::int32_t months = 0;
    std::int32_t days = 0;
    std::int64_t microseconds = 0;  ///< of an infinity, its sign
    bool is_infinite = false;
};

class interval_parser {
public:
    explicit interval_parser(interval_style style) noexcept : standard_(style == interval_style::sql_standard) {}

    /// @return or `invalid_datetime`, `interval_overflow`
    result<interval_parts> parse(std::string_view text) noexcept {
        auto e = parse_words(text);
        if (e == errc::invalid_datetime) {  // which the forms of ISO 8601 all are
            parts_ = {};
            e = parse_iso(text);
        }
        if (e == errc::datetime_overflow) return errc::interval_overflow;
        if (e != errc::none) return e;
        return parts_;
    }

private:
    static constexpr auto ok = errc::none;
    static constexpr auto bad = errc::invalid_datetime;
    static constexpr auto overflow = errc::datetime_overflow;

    // ---- adding up; false for what has no room

    template<class T>
    static bool add(T& sum, std::int64_t n) noexcept {
        using limits = std::numeric_limits<T>;
        if (n > 0 ? sum > limits::max() - n : sum < limits::min() - n) return false;
        sum = static_cast<T>(sum + n);
        return true;
    }
    template<class T>
    static bool add_product(T& sum, std::int64_t n, std::int64_t factor) noexcept {
        using limits = std::numeric_limits<T>;
        if (n > limits::max() / factor || n < limits::min() / factor) return false;
        return add(sum, n * factor);
    }
    /// @param factor microseconds, at most a day's
    bool add_fraction(double fraction, std::int64_t factor) noexcept {
        if (fraction == 0) return true;
        fraction *= static_cast<double>(factor);
        auto whole = static_cast<std::int64_t>(fraction);
        fraction -= static_cast<double>(whole);
        if (fraction > 0.5) ++whole;
        else if (fraction < -0.5) --whole;
        return add(parts_.microseconds, whole);
    }
    bool add_time(std::int64_t n, double fraction, std::int64_t factor) noexcept {
        return add_product(parts_.microseconds, n, factor) && add_fraction(fraction, factor);
    }
    bool add_fraction_of_days(double fraction, int factor) noexcept {
        fraction *= factor;
        auto const whole = static_cast<std::int32_t>(fraction);
        return add(parts_.days, whole) && add_fraction(fraction - whole, microseconds_per_day);
    }
    bool add_days(std::int64_t n, double fraction) noexcept {
        return add_product(parts_.days, n, 1) && add_fraction(fraction, microseconds_per_day);
    }
    bool add_weeks(std::int64_t n, double fraction) noexcept {
        return add_product(parts_.days, n, 7) && add_fraction_of_days(fraction, 7);
    }
    bool add_months(std::int64_t n, double fraction) noexcept {
        return add_product(parts_.months, n, 1) && add_fraction_of_days(fraction, 30);
    }
    bool add_years(std::int64_t n, double fraction, int factor = 1) noexcept {
        return add_product(parts_.years, n, factor) && add(parts_.months, round_to_even(fraction * factor * 12));
    }

    // ---- quantities and units

    /// Read from the back, so that a unit comes before its quantity.
    errc parse_words(std::string_view text) noexcept {
        date_time_tokens<256> tokens(text);
        if (auto const e = tokens.split(); e != ok) return e;
        std::size_t const count = tokens.size();
        // SQL's `-1 1:00:00` means the sign for both, unless there are others.
        all_negative_ = standard_ && count != 0 && tokens[0].text().front() == '-';
        for (std::size_t i = 1; i < count; ++i)
            if (tokens[i].text().front() == '-' || tokens[i].text().front() == '+') all_negative_ = false;

        field_mask mask = field::none;
        bool ago = false;
        for (std::size_t i = count; i-- != 0;) {
            auto const& token = tokens[i];
            said_ = field::none;
            errc e = ok;
            if (token.kind == date_token_kind::word || token.kind == date_token_kind::special)
                e = decode_unit(token.text(), i == count - 1, ago);
            else if (token.kind == date_token_kind::time || !decode_signed_clock(token))
                e = token.kind == date_token_kind::time ? decode_clock(token.text()) : decode_quantity(token.text());
            if (e != ok) return e;
            if ((said_ & mask) != 0) return bad;
            mask |= said_;
        }
        if (mask == field::none || unit_waits_) return bad;
        return ago ? negate() : ok;
    }

    errc decode_clock(std::string_view text) noexcept {
        auto const time = detail::decode_clock(text);
        if (time.error != ok) return time.error;
        said_ = field::time;
        unit_ = interval_unit::day;  // of a number before it
        unit_waits_ = false;         // PostgreSQL lets a unit stand behind a time, and leaves it out
        std::int64_t sum = time.microsecond;
        if (!add_product(sum, time.hour, microseconds_per_hour) ||
            !add_product(sum, time.minute, microseconds_per_minute) ||
            !add_product(sum, time.second, microseconds_per_second))
            return overflow;
        parts_.microseconds = all_negative_ ? -sum : sum;
        return ok;
    }
    /// `+4:05:06`. What is none may be a number with a sign.
    bool decode_signed_clock(date_time_token const& token) noexcept {
        if (token.kind != date_token_kind::offset || token.text().find(':') == std::string_view::npos) return false;
        if (decode_clock(token.text().substr(1)) != ok) {
            said_ = field::none;
            return false;
        }
        bool const negative = token.text().front() == '-' || all_negative_;
        parts_.microseconds = negative == (parts_.microseconds < 0) ? parts_.microseconds : -parts_.microseconds;
        return true;
    }

    errc decode_unit(std::string_view text, bool is_last, bool& ago) noexcept {
        if (unit_waits_) return bad;
        auto const* const word = find_word(interval_unit_words, text.substr(0, 10));
        unit_ = word == nullptr ? interval_unit::none : word->unit;
        if (unit_ == interval_unit::ago) {
            ago = true;
            unit_ = interval_unit::none;
            return is_last ? ok : bad;
        }
        if (unit_ != interval_unit::none) {
            unit_waits_ = unit_ != interval_unit::ignored;
            return ok;
        }
        auto const special = decode_word(text);
        auto const value = static_cast<special_word>(special.value);
        bool const positive = value == special_word::infinity;
        if (special.kind != word_kind::special || !is_last || (!positive && value != special_word::minus_infinity))
            return bad;
        parts_.is_infinite = true;
        parts_.microseconds = positive ? 1 : -1;
        said_ = field::date | field::time;
        return ok;
    }

    errc decode_quantity(std::string_view text) noexcept {
        bool const negative = text.front() == '-';
        auto rest = text;
        auto const whole = take_integer<std::int64_t>(rest);
        if (!whole) return whole.error();
        auto n = *whole;
        double fraction = 0;
        auto unit = unit_ == interval_unit::ignored ? interval_unit::second : unit_;
        if (rest.starts_with('-')) {  // years and months
            rest.remove_prefix(1);
            auto const months = take_integer<std::int32_t>(rest);
            if (!months || *months < 0 || *months >= 12) return overflow;
            if (!rest.empty()) return bad;
            unit = interval_unit::month;
            std::int64_t sum = 0;
            if (!add_product(sum, n, 12) || !add(sum, negative ? -*months : *months)) return overflow;
            n = sum;
        } else if (rest.starts_with('.')) {
            auto const part = decode_fraction(rest);
            if (part.error != ok) return part.error;
            fraction = negative ? -part.value : part.value;
        } else if (!rest.empty()) {
            return bad;
        }
        if (all_negative_) {
            if (n > 0) n = -n;
            if (fraction > 0) fraction = -fraction;
        }
        unit_ = unit;
        return add_quantity(unit, n, fraction);
    }
    errc add_quantity(interval_unit unit, std::int64_t n, double fraction) noexcept {
        unit_waits_ = false;
        bool fits = false;
        switch (unit) {
        case interval_unit::microsecond: said_ = field::microsecond, fits = add_time(n, fraction, 1); break;
        case interval_unit::millisecond: said_ = field::millisecond, fits = add_time(n, fraction, 1000); break;
        case interval_unit::second:
            said_ = fraction == 0 ? field::second : field::seconds;
            fits = add_time(n, fraction, microseconds_per_second);
            break;
        case interval_unit::minute: said_ = field::minute, fits = add_time(n, fraction, microseconds_per_minute); break;
        case interval_unit::hour:
            said_ = field::hour, fits = add_time(n, fraction, microseconds_per_hour);
            unit_ = interval_unit::day;  // of a number before it
            break;
        case interval_unit::day: said_ = field::day, fits = add_days(n, fraction); break;
        case interval_unit::week: said_ = field::week, fits = add_weeks(n, fraction); break;
        case interval_unit::month: said_ = field::month, fits = add_months(n, fraction); break;
        case interval_unit::year: said_ = field::year, fits = add_years(n, fraction); break;
        case interval_unit::decade: said_ = field::decade, fits = add_years(n, fraction, 10); break;
        case interval_unit::century: said_ = field::century, fits = add_years(n, fraction, 100); break;
        case interval_unit::millennium: said_ = field::millennium, fits = add_years(n, fraction, 1000); break;
        case interval_unit::none:
        case interval_unit::ago:
        case interval_unit::ignored: return bad;
        }
        return fits ? ok : overflow;
    }
    errc negate() noexcept {
        constexpr auto lowest = std::numeric_limits<std::int32_t>::min();
        if (parts_.microseconds == std::numeric_limits<std::int64_t>::min() || parts_.days == lowest ||
            parts_.months == lowest || parts_.years == lowest)
            return overflow;
        parts_.years = -parts_.years;
        parts_.months = -parts_.months;
        parts_.days = -parts_.days;
        parts_.microseconds = -parts_.microseconds;
        return ok;
    }

    // ---- ISO 8601

    /// A number of ISO 8601, which may be what C calls one: `1.5`, `-1`, `1e3`, `0x10`.
    struct number {
        errc error = errc::none;
        std::int64_t whole = 0;
        double fraction = 0;
        std::size_t digits = 0;  ///< at its front
    };
    static number take_number(std::string_view& text) noexcept {
        if (text.empty() || (!is_digit(text.front()) && text.front() != '-' && text.front() != '.')) return {bad};
        bool const negative = text.front() == '-';
        auto const after_sign = text.substr(negative ? 1 : 0);
        number n;
        while (n.digits < after_sign.size() && is_digit(after_sign[n.digits])) ++n.digits;
        bool const hexadecimal = after_sign.size() > 2 && after_sign[0] == '0' && to_lower(after_sign[1]) == 'x' &&
                                 (hex_value(after_sign[2]) >= 0 ||
                                  (after_sign[2] == '.' && after_sign.size() > 3 && hex_value(after_sign[3]) >= 0));
        auto const digits = after_sign.substr(hexadecimal ? 2 : 0);
        double value = 0;
        auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                                                  hexadecimal ? std::chars_format::hex : std::chars_format::general);
        if (end == digits.data() || digits.starts_with('-') || error != std::errc{}) return {bad};
        text = std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end));
        if (!(value <= 1e15)) return {overflow};  // nor what is no number
        n.whole = static_cast<std::int64_t>(value);
        n.fraction = value - static_cast<double>(n.whole);
        if (negative) {
            n.whole = -n.whole;
            n.fraction = -n.fraction;
        }
        return n;
    }

    errc parse_iso(std::string_view text) noexcept {
        if (text.size() < 2 || text.front() != 'P') return bad;
        text.remove_prefix(1);
        bool in_time = false;
        bool has_unit = false;
        while (!text.empty()) {
            if (text.front() == 'T') {
                in_time = true;
                has_unit = false;
                text.remove_prefix(1);
                continue;
            }
            auto const n = take_number(text);
            if (n.error != ok) return n.error;
            char const unit = text.empty() ? '\0' : text.front();
            bool const is_unit = std::string_view(in_time ? "HMS" : "YMWD").find(unit) != std::string_view::npos;
            if (is_unit && unit != '\0') {
                text.remove_prefix(1);
                if (!(in_time ? add_iso_time(unit, n) : add_iso_date(unit, n))) return overflow;
                has_unit = true;
                continue;
            }
            if (unit != '\0' && unit != (in_time ? ':' : '-') && (in_time || unit != 'T')) return bad;
            auto const e = in_time ? parse_iso_clock(text, n, has_unit) : parse_iso_calendar(text, n, has_unit);
            if (e != ok || in_time) return e;
        }
        return ok;
    }
    bool add_iso_date(char unit, number const& n) noexcept {
        if (unit == 'Y') return add_years(n.whole, n.fraction);
        if (unit == 'M') return add_months(n.whole, n.fraction);
        return unit == 'W' ? add_weeks(n.whole, n.fraction) : add_days(n.whole, n.fraction);
    }
    bool add_iso_time(char unit, number const& n) noexcept {
        return add_time(n.whole, n.fraction,
                        unit == 'H'   ? microseconds_per_hour
                        : unit == 'M' ? microseconds_per_minute
                                      : microseconds_per_second);
    }
    /// `0001-02-03` or `00010203`, of which the first number is taken; a `T` is left.
    errc parse_iso_calendar(std::string_view& text, number n, bool has_unit) noexcept {
        if (n.digits == 8 && !has_unit && !text.starts_with('-'))
            return add_years(n.whole / 10'000, 0) && add_months(n.whole / 100 % 100, 0) &&
                           add_days(n.whole % 100, n.fraction)
                       ? ok
                       : overflow;
        if (has_unit) return bad;
        if (!add_years(n.whole, n.fraction)) return overflow;
        for (char const unit : {'M', 'D'}) {
            if (text.empty() || text.front() == 'T') return ok;
            if (text.front() != '-') return bad;
            text.remove_prefix(1);
            n = take_number(text);
            if (n.error != ok) return n.error;
            if (!add_iso_date(unit, n)) return overflow;
        }
        return text.empty() || text.front() == 'T' ? ok : bad;
    }
    /// `04:05:06` or `040506`
    errc parse_iso_clock(std::string_view& text, number n, bool has_unit) noexcept {
        if (n.digits == 6 && !has_unit && text.empty())
            return add_time(n.whole / 10'000, 0, microseconds_per_hour) &&
                           add_time(n.whole / 100 % 100, 0, microseconds_per_minute) &&
                           add_time(n.whole % 100, 0, microseconds_per_second) && add_fraction(n.fraction, 1)
                       ? ok
                       : overflow;
        if (has_unit) return bad;
        if (!add_iso_time('H', n)) return overflow;
        for (char const unit : {'M', 'S'}) {
            if (text.empty()) return ok;
            if (text.front() != ':') return bad;
            text.remove_prefix(1);
            n = take_number(text);
            if (n.error != ok) return n.error;
            if (!add_iso_time(unit, n)) return overflow;
        }
        return text.empty() ? ok : bad;
    }

    bool standard_;
    bool all_negative_ = false;
    bool unit_waits_ = false;
    interval_unit unit_ = interval_unit::ignored;
    field_mask said_ = field::none;
    interval_parts parts_;
};

}  // namespace pgwire::detail
