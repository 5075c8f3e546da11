// The fields of a text that spells a date, a time or an interval, told apart by their characters alone.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Support", "Date/Time Input
// Interpretation".
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/errc.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/date_time_words.hpp"
#include "pgwire/types/floating.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace pgwire::detail {

enum class date_token_kind : std::uint8_t {
    number,   ///< `2024`, `2024.060`, `.5`
    date,     ///< `2024-02-29`, `29-feb-2024`, and zones such as `europe/berlin`
    time,     ///< `12:34:56.789`
    word,     ///< letters alone
    offset,   ///< a sign and digits: a zone, or a number of an interval
    special,  ///< a sign and letters
};

/// A field, in lower case. The text lives in its `date_time_tokens`.
struct date_time_token {
    date_token_kind kind;
    char const* data;
    std::size_t size;

    [[nodiscard]] constexpr std::string_view text() const noexcept { return {data, size}; }
};

[[nodiscard]] constexpr bool is_letter(char c) noexcept { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }
[[nodiscard]] constexpr bool is_letter_or_digit(char c) noexcept { return is_letter(c) || is_digit(c); }

/// Splits a text into at most 25 fields. The text of all of them, with a byte after each, fits into `Room` bytes.
template<std::size_t Room>
class date_time_tokens {
public:
    constexpr explicit date_time_tokens(std::string_view text) noexcept : rest_(text) {}
    date_time_tokens(date_time_tokens const&) = delete;
    date_time_tokens& operator=(date_time_tokens const&) = delete;

    /// @return `invalid_datetime` for what has too many fields, is too long or has characters that no field has
    constexpr errc split() noexcept {
        while (!rest_.empty()) {
            char const c = rest_.front();
            if (is_space(c)) {
                rest_.remove_prefix(1);
                continue;
            }
            if (size_ == tokens_.size()) return errc::invalid_datetime;
            std::size_t const start = used_;
            date_token_kind kind{};
            if (is_digit(c)) kind = split_digits();
            else if (c == '.') kind = (take(), take_digits(), date_token_kind::number);
            else if (is_letter(c)) kind = split_letters(start);
            else if (c == '+' || c == '-') kind = split_sign();
            else if (c > ' ' && c < 127) {  // other punctuation keeps fields apart
                rest_.remove_prefix(1);
                continue;
            } else {
                return errc::invalid_datetime;
            }
            if (failed_) return errc::invalid_datetime;
            tokens_[size_++] = {kind, text_.data() + start, used_ - start};
            text_[used_++] = '\0';
        }
        return errc::none;
    }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr date_time_token const& operator[](std::size_t i) const noexcept { return tokens_[i]; }

private:
    [[nodiscard]] constexpr bool at(char c) const noexcept { return rest_.starts_with(c); }
    [[nodiscard]] constexpr bool at_digit() const noexcept { return !rest_.empty() && is_digit(rest_.front()); }
    [[nodiscard]] constexpr bool at_letter() const noexcept { return !rest_.empty() && is_letter(rest_.front()); }
    [[nodiscard]] constexpr std::string_view since(std::size_t start) const noexcept {
        return {text_.data() + start, used_ - start};
    }
    constexpr void take() noexcept {
        if (used_ + 1 >= Room) failed_ = true;
        else text_[used_++] = to_lower(rest_.front());
        rest_.remove_prefix(1);
    }
    constexpr void take_digits() noexcept {
        while (at_digit()) take();
    }

    constexpr date_token_kind split_digits() noexcept {
        take_digits();
        if (at(':')) {
            while (at_digit() || at(':') || at('.')) take();
            return date_token_kind::time;
        }
        if (!at('-') && !at('/') && !at('.')) return date_token_kind::number;
        char const separator = rest_.front();
        take();
        if (!at_digit()) {  // a month by its name
            while (!rest_.empty() && (is_letter_or_digit(rest_.front()) || at(separator))) take();
            return date_token_kind::date;
        }
        take_digits();
        if (!at(separator)) return separator == '.' ? date_token_kind::number : date_token_kind::date;
        while (at_digit() || at(separator)) take();
        return date_token_kind::date;
    }
    /// A word, unless what follows makes it a date such as `feb-29-2024` or the name of a zone. `jan2024` is a date
    /// too, and a word that means something ends before the digits of `T120000`.
    constexpr date_token_kind split_letters(std::size_t start) noexcept {
        while (at_letter()) take();
        bool const joined = at('-') || at('/') || at('.') ||
                            ((at('+') || at_digit()) && decode_word(since(start)).kind == word_kind::unknown);
        if (!joined) return date_token_kind::word;
        do take();
        while (!rest_.empty() && (is_letter_or_digit(rest_.front()) ||
                                  std::string_view("+-/_.:").find(rest_.front()) != std::string_view::npos));
        return date_token_kind::date;
    }
    constexpr date_token_kind split_sign() noexcept {
        take();
        while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
        if (at_digit()) {
            while (at_digit() || at(':') || at('.') || at('-')) take();
            return date_token_kind::offset;
        }
        if (!at_letter()) failed_ = true;
        while (at_letter()) take();
        return date_token_kind::special;
    }

    std::string_view rest_;
    std::array<date_time_token, 25> tokens_;  // neither is filled: what is read was written
    std::size_t size_ = 0;
    std::array<char, Room> text_;
    std::size_t used_ = 0;
    bool failed_ = false;
};

// ---- the numbers inside a field

/// Takes an integer with its sign away from the front of `text`; no digits are 0.
/// @return or `datetime_overflow` for what `T` can't hold
template<class T>
[[nodiscard]] constexpr result<T> take_integer(std::string_view& text) noexcept {
    auto const n = scan_integer(text);
    text = n.rest;
    auto const v = n.as<T>();
    if (!v) return errc::datetime_overflow;
    return v;
}

/// The value of `.5` and its kind, the double nearest to it, from 0 to 1.
struct taken_fraction {
    double value = 0;
    errc error = errc::none;
};
/// @param text from the point on; what is not digits makes it `invalid_datetime`
[[nodiscard]] constexpr taken_fraction decode_fraction(std::string_view text) noexcept {
    constexpr std::size_t exact_digits = 15;  // so many, and so high a power of ten, are exact in a double
    std::int64_t n = 0;
    std::int64_t one = 1;
    bool more = false;
    auto const digits = text.substr(1);
    for (std::size_t i = 0; i != digits.size(); ++i) {
        if (!is_digit(digits[i])) return {0, errc::invalid_datetime};
        if (i >= exact_digits) {
            more = more || digits[i] != '0';
            continue;
        }
        n = n * 10 + (digits[i] - '0');
        one *= 10;
    }
    if (more && !std::is_constant_evaluated())
        if (auto const value = parse_float<double>(text)) return {*value, errc::none};
    return {static_cast<double>(n) / static_cast<double>(one), errc::none};
}

/// Rounded to the nearest integer, to the even one between two; not for large values.
[[nodiscard]] constexpr std::int64_t round_to_even(double exact) noexcept {
    if (exact < 0) return -round_to_even(-exact);
    auto const below = static_cast<std::int64_t>(exact);
    double const over = exact - static_cast<double>(below);
    return below + (over > 0.5 || (over == 0.5 && below % 2 != 0) ? 1 : 0);
}

}  // namespace pgwire::detail
