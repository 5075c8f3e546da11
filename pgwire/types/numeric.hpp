// numeric, of any size and scale, as decimal text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Arbitrary Precision Numbers"; the binary form is
// that of the server's numeric_send: Int16 count of digits, Int16 weight of the first, Int16 sign, Int16 display scale,
// then the digits in base 10000.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// A number in decimal text that is borrowed, in any spelling that PostgreSQL reads: `12.50`, `-1e6`, `NaN`,
/// `-Infinity`. Only to be sent; a text that is no number has no encoding. Receive a `numeric`.
struct numeric_view {
    std::string_view text;
    friend constexpr bool operator==(numeric_view const&, numeric_view const&) = default;
};

/// A number in decimal text of its own. What was received has PostgreSQL's spelling.
struct numeric {
    std::string text;
    friend bool operator==(numeric const&, numeric const&) = default;
};

namespace detail {

/// What the sign field of the binary form says.
enum class numeric_sign : std::uint16_t {
    positive = 0x0000,
    negative = 0x4000,
    nan = 0xc000,
    positive_infinity = 0xd000,
    negative_infinity = 0xf000,
};

/// PostgreSQL sends this scale with an infinity; it means nothing.
inline constexpr int infinity_scale = 32;

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
        std::size_t n = 0;
        while (n != text.size() && is_digit(text[n])) ++n;
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
        if (digits.empty() || !text.empty()) return errc::invalid_text;
        int exponent = 0;
        for (char const c : digits) exponent = std::min(exponent * 10 + (c - '0'), exponent_limit);
        return negative ? -exponent : exponent;
    }

    /// Finds out which powers the digits count, and whether PostgreSQL could hold the number.
    constexpr result<decimal> place(int exponent) noexcept {
        constexpr std::size_t longest = std::size_t{max_power} * 4;  // no number of more digits fits
        auto const size = whole_.size() + fraction_.size();
        if (exponent >= exponent_limit || exponent <= -exponent_limit) return errc::out_of_range;
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

    static constexpr int exponent_limit = 100'000'000;  // far beyond what fits, and far from where an int ends

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

[[nodiscard]] constexpr std::size_t numeric_binary_size(decimal const& d) noexcept {
    if (!d.finite() || d.zero()) return 8;
    return 8 + 2 * static_cast<std::size_t>(group_of(d.first()) - group_of(d.last()) + 1);
}

constexpr char* put_numeric_binary(char* p, decimal const& d) noexcept {
    bool const digits = d.finite() && !d.zero();
    int const first = digits ? group_of(d.first()) : 0;
    int const last = digits ? group_of(d.last()) : 1;
    p = store(p, static_cast<std::int16_t>(first - last + 1));
    p = store(p, static_cast<std::int16_t>(first));
    p = store(p, static_cast<std::uint16_t>(d.sign()));
    p = store(p, static_cast<std::int16_t>(d.finite() || d.sign() == numeric_sign::nan ? d.scale() : infinity_scale));
    for (int group = first; group >= last; --group) {
        int const power = group * 4;
        p = store(p, static_cast<std::int16_t>(d.digit(power + 3) * 1000 + d.digit(power + 2) * 100 +
                                               d.digit(power + 1) * 10 + d.digit(power)));
    }
    return p;
}

/// The binary form, checked, as text in PostgreSQL's spelling.
/// @return or `insufficient_data`, `invalid_binary`
[[nodiscard]] inline result<std::string> numeric_from_binary(std::string_view bytes) {
    if (bytes.size() < 8) return errc::insufficient_data;
    auto const count = load<std::uint16_t>(bytes.data());
    int const weight = load<std::int16_t>(bytes.data() + 2);
    auto const sign = static_cast<numeric_sign>(load<std::uint16_t>(bytes.data() + 4));
    auto const scale = load<std::uint16_t>(bytes.data() + 6);
    if (sign != numeric_sign::positive && sign != numeric_sign::negative && sign != numeric_sign::nan &&
        sign != numeric_sign::positive_infinity && sign != numeric_sign::negative_infinity)
        return errc::invalid_binary;
    if (scale > decimal::max_scale) return errc::invalid_binary;
    if (auto const e = check_width(bytes.substr(8), std::size_t{2} * count); e != errc::none) return e;
    auto const group = [&](int i) { return load<std::uint16_t>(bytes.data() + 8 + 2 * i); };
    for (int i = 0; i != count; ++i)
        if (group(i) > 9999) return errc::invalid_binary;
    if (sign != numeric_sign::positive && sign != numeric_sign::negative) return std::string(spelling(sign));

    // Digits before the first group that is not 0 are no digits, those behind the scale are cut off.
    int skip = 0;
    while (skip != count && group(skip) == 0) ++skip;
    int const whole_groups = skip == count ? 0 : std::max(weight - skip + 1, 0);
    std::string text;
    text.reserve(static_cast<std::size_t>(std::max(whole_groups, 1)) * 4 + 2 + scale);
    auto const digits_of = [&](int index) {  // the group that counts 10000^index
        int const i = weight - index;
        unsigned const n = i >= skip && i < count ? group(i) : 0U;
        char four[4];
        put_pair(put_pair(four, n / 100), n % 100);
        text.append(four, 4);
    };
    for (int index = whole_groups - 1; index >= 0; --index) digits_of(index);
    text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
    if (text.empty()) text = "0";
    if (scale != 0) {
        text += '.';
        std::size_t const end = text.size() + scale;
        for (int index = -1; text.size() < end; --index) digits_of(index);
        text.resize(end);
    }
    if (sign == numeric_sign::negative && text.find_first_not_of("0.") != text.npos) text.insert(0, 1, '-');
    return text;
}

/// Sends the number that the member `text` spells.
template<class T>
struct numeric_encoder {
    static constexpr type_info type = types::numeric;

    static constexpr std::size_t text_size(T const& v) noexcept {
        auto const d = decimal::parse(v.text);
        return d ? numeric_text_size(*d) : unencodable;
    }
    static constexpr char* to_text(char* p, T const& v) noexcept {
        return put_numeric_text(p, *decimal::parse(v.text));
    }
    static constexpr std::size_t binary_size(T const& v) noexcept {
        auto const d = decimal::parse(v.text);
        return d ? numeric_binary_size(*d) : unencodable;
    }
    static constexpr char* to_binary(char* p, T const& v) noexcept {
        return put_numeric_binary(p, *decimal::parse(v.text));
    }
    static constexpr errc refusal(T const& v) noexcept { return decimal::parse(v.text).error(); }
};

}  // namespace detail

template<>
struct codec<numeric_view> : detail::numeric_encoder<numeric_view> {};

template<>
struct codec<numeric> : detail::numeric_encoder<numeric> {
    static result<numeric> from_text(std::string_view text) {
        auto const d = detail::decimal::parse(text);
        if (!d) return d.error();
        numeric v{std::string(detail::numeric_text_size(*d), '\0')};
        v.text.resize(static_cast<std::size_t>(detail::put_numeric_text(v.text.data(), *d) - v.text.data()));
        return v;
    }
    static result<numeric> from_binary(std::string_view bytes) {
        auto text = detail::numeric_from_binary(bytes);
        if (!text) return text.error();
        return numeric{*std::move(text)};
    }
};

}  // namespace pgwire
