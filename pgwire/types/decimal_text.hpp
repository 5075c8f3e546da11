// Decimal numbers as text: their digits and where the point is.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Arbitrary Precision Numbers" and
// "Numeric Constants". Two readers: `plain_decimal` for what nearly every number looks like, `decimal` for all of them.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace pgwire::detail {

/// What the sign field of the binary form says.
enum class numeric_sign : std::uint16_t {
    positive = 0x0000,
    negative = 0x4000,
    nan = 0xc000,
    positive_infinity = 0xd000,
    negative_infinity = 0xf000,
};

/// A decimal number as its digits. Each digit has the power of ten that it counts.
class decimal {
public:
    static constexpr int max_power = 131071;  ///< of the first digit: 32,768 digits in base 10000
    static constexpr int max_scale = 16383;   ///< digits behind the point

    /// @return or `invalid_text`, `out_of_range`
    static constexpr result<decimal> parse(std::string_view text) noexcept {
        text = trim(text);
        if (equals_ignoring_case(text, "nan")) return decimal(numeric_sign::nan);
        decimal d;
        if (text.starts_with('-')) d.sign_ = numeric_sign::negative;
        if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
        if (equals_ignoring_case(text, "infinity") || equals_ignoring_case(text, "inf"))
            return decimal(d.negative() ? numeric_sign::negative_infinity : numeric_sign::positive_infinity);

        d.whole_ = take_digits(text);
        if (text.starts_with('.')) {
            text.remove_prefix(1);
            d.fraction_ = take_digits(text);
        }
        if (d.whole_.empty() && d.fraction_.empty()) return errc::invalid_text;
        int exponent = 0;
        if (!text.empty()) {
            auto const e = parse_exponent(text);
            if (!e) return e.error();
            exponent = *e;
        }
        return d.place(exponent);
    }

    [[nodiscard]] constexpr numeric_sign sign() const noexcept { return sign_; }
    [[nodiscard]] constexpr bool negative() const noexcept { return sign_ == numeric_sign::negative; }
    [[nodiscard]] constexpr bool finite() const noexcept { return sign_ == numeric_sign::positive || negative(); }
    [[nodiscard]] constexpr bool zero() const noexcept { return last_ > first_; }
    [[nodiscard]] constexpr int scale() const noexcept { return scale_; }

    /// The digit that counts 10^`power`.
    [[nodiscard]] constexpr int digit(int power) const noexcept {
        int const i = top_ - power;
        if (power > first_ || power < last_) return 0;
        auto const at = static_cast<std::size_t>(i);
        return (at < whole_.size() ? whole_[at] : fraction_[at - whole_.size()]) - '0';
    }
    /// The highest and the lowest power whose digit is not 0; only of a number that is not 0.
    [[nodiscard]] constexpr int first() const noexcept { return first_; }
    [[nodiscard]] constexpr int last() const noexcept { return last_; }

private:
    constexpr decimal() = default;
    constexpr explicit decimal(numeric_sign sign) noexcept : sign_(sign) {}

    static constexpr std::string_view take_digits(std::string_view& text) noexcept {
        std::size_t const n = count_leading_digits(text);
        auto const digits = text.substr(0, n);
        text.remove_prefix(n);
        return digits;
    }

    static constexpr result<int> parse_exponent(std::string_view text) noexcept {
        if (to_lower(text.front()) != 'e') return errc::invalid_text;
        text.remove_prefix(1);
        bool const negative = text.starts_with('-');
        if (negative || text.starts_with('+')) text.remove_prefix(1);
        auto const digits = take_digits(text);
        int exponent = 0;
        for (char const c : digits) {
            if (exponent > exponent_limit / 10) return errc::out_of_range;  // whatever follows, as in PostgreSQL
            exponent = exponent * 10 + (c - '0');
        }
        if (exponent > exponent_limit) return errc::out_of_range;
        if (digits.empty() || !text.empty()) return errc::invalid_text;
        return negative ? -exponent : exponent;
    }

    /// Finds out which powers the digits count, and whether PostgreSQL could hold the number.
    constexpr result<decimal> place(int exponent) noexcept {
        constexpr std::size_t longest = std::size_t{max_power} * 4;  // no number of more digits fits
        auto const size = whole_.size() + fraction_.size();
        if (size > longest && significant() > longest) return errc::out_of_range;
        trim_to(longest);
        top_ = static_cast<int>(whole_.size()) - 1 + exponent;
        int const bottom = -static_cast<int>(fraction_.size()) + exponent;
        scale_ = std::max(0, -bottom);
        first_ = top_;
        last_ = bottom;
        while (first_ >= last_ && raw(first_) == '0') --first_;
        while (last_ < first_ && raw(last_) == '0') ++last_;
        if (zero()) sign_ = numeric_sign::positive;
        if (scale_ > max_scale || (!zero() && first_ > max_power)) return errc::out_of_range;
        return *this;
    }
    [[nodiscard]] constexpr char raw(int power) const noexcept {
        auto const at = static_cast<std::size_t>(top_ - power);
        return at < whole_.size() ? whole_[at] : fraction_[at - whole_.size()];
    }
    [[nodiscard]] constexpr std::size_t significant() const noexcept {
        auto const zeros = std::min(whole_.find_first_not_of('0'), whole_.size());
        return whole_.size() - zeros + fraction_.size();
    }
    constexpr void trim_to(std::size_t longest) noexcept {
        if (whole_.size() > longest) whole_.remove_prefix(std::min(whole_.find_first_not_of('0'), whole_.size()));
    }

    static constexpr int exponent_limit = std::numeric_limits<int>::max() / 2;  // PostgreSQL's

    std::string_view whole_;
    std::string_view fraction_;
    numeric_sign sign_ = numeric_sign::positive;
    int top_ = 0;     // the power of the first digit written
    int first_ = -1;  // the power of the first digit that is not 0
    int last_ = 0;    // of the last one
    int scale_ = 0;   // digits behind the point
};

/// Base 10000: the index of the group of four digits that has the digit of this power.
[[nodiscard]] constexpr int group_of(int power) noexcept { return power >= 0 ? power / 4 : -((3 - power) / 4); }

[[nodiscard]] constexpr std::string_view spelling(numeric_sign sign) noexcept {
    return sign == numeric_sign::nan                 ? "NaN"
           : sign == numeric_sign::positive_infinity ? "Infinity"
                                                     : "-Infinity";
}

[[nodiscard]] constexpr std::size_t numeric_text_size(decimal const& d) noexcept {
    if (!d.finite()) return 9;
    return static_cast<std::size_t>(std::max(d.zero() ? 0 : d.first(), 0) + 1 + d.scale()) + 2;
}

/// PostgreSQL's spelling, which is the number's digits with as many behind the point as it was given.
constexpr char* put_numeric_text(char* p, decimal const& d) noexcept {
    if (!d.finite()) return put(p, spelling(d.sign()));
    if (d.negative()) *p++ = '-';
    int const first = d.zero() ? 0 : std::max(d.first(), 0);
    for (int power = first; power >= 0; --power) *p++ = static_cast<char>('0' + d.digit(power));
    if (d.scale() == 0) return p;
    *p++ = '.';
    for (int power = -1; power >= -d.scale(); --power) *p++ = static_cast<char>('0' + d.digit(power));
    return p;
}

/// A number without an exponent, blanks and words, and so short that PostgreSQL can hold it whatever its digits are.
struct plain_decimal {
    std::string_view whole;     ///< without leading zeros
    std::string_view fraction;  ///< all digits behind the point
    bool negative = false;      ///< has a minus, even if it is 0
    bool valid = false;

    [[nodiscard]] constexpr bool zero() const noexcept {
        return whole.empty() && fraction.find_first_not_of('0') == fraction.npos;
    }
    [[nodiscard]] constexpr int scale() const noexcept { return static_cast<int>(fraction.size()); }
};

/// Reads what nearly every number looks like: `-123.450`. Where the result isn't `valid`, `decimal::parse` decides.
[[nodiscard]] constexpr plain_decimal split_plain(std::string_view text) noexcept {
    plain_decimal d;
    if (text.empty() || text.size() > std::size_t{decimal::max_scale}) return d;
    d.negative = text.front() == '-';
    if (d.negative) text.remove_prefix(1);
    std::size_t const digits = count_leading_digits(text);
    d.whole = text.substr(0, digits);
    if (digits != text.size()) {
        if (text[digits] != '.') return d;
        d.fraction = text.substr(digits + 1);
        if (count_leading_digits(d.fraction) != d.fraction.size()) return d;
    }
    d.valid = !d.whole.empty() || !d.fraction.empty();
    while (d.whole.starts_with('0')) d.whole.remove_prefix(1);
    return d;
}

[[nodiscard]] constexpr std::size_t numeric_text_size(plain_decimal const& d) noexcept {
    return d.whole.size() + d.fraction.size() + 3;
}
constexpr char* put_numeric_text(char* p, plain_decimal const& d) noexcept {
    if (d.negative && !d.zero()) *p++ = '-';
    if (d.whole.empty()) *p++ = '0';
    p = put(p, d.whole);
    if (d.fraction.empty()) return p;
    *p++ = '.';
    return put(p, d.fraction);
}

}  // namespace pgwire::detail
