// money.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Monetary Types". The text is that of
// `lc_monetary` C and en_US: `$1,234.56`, `-$1,234.56`. The binary form is the number of cents, whatever the locale.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace pgwire {

/// An amount of money in cents: `money{123456}` is $1,234.56.
struct money {
    std::int64_t cents = 0;
    friend constexpr auto operator<=>(money const&, money const&) = default;
};

namespace detail {

/// Takes apart the text of an amount, from the front.
class money_parser {
public:
    constexpr explicit money_parser(std::string_view text) noexcept : text_(text) {}

    constexpr result<money> parse() noexcept {
        skip_spaces();
        take('$');
        skip_spaces();
        bool negative = take('-') || take('(');
        if (!negative) take('+');
        skip_spaces();
        take('$');
        skip_spaces();
        if (!take_amount()) return errc::out_of_range;
        while (!text_.empty() && is_digit(text_.front())) text_.remove_prefix(1);
        // A sign, a parenthesis and the currency may come behind the amount too, in any number and order.
        for (; !text_.empty(); text_.remove_prefix(1)) {
            char const c = text_.front();
            if (c == '-') negative = true;
            else if (!is_space(c) && c != ')' && c != '+' && c != '$') return errc::invalid_text;
        }
        if (negative) return money{below_};
        if (below_ == std::numeric_limits<std::int64_t>::min()) return errc::out_of_range;
        return money{-below_};
    }

private:
    constexpr void skip_spaces() noexcept { text_ = trim_front(text_); }
    constexpr bool take(char c) noexcept {
        bool const there = text_.starts_with(c);
        if (there) text_.remove_prefix(1);
        return there;
    }
    /// The amount is built below zero, where there is room for one more.
    constexpr bool append(int digit) noexcept {
        if (below_ < (std::numeric_limits<std::int64_t>::min() + digit) / 10) return false;
        below_ = below_ * 10 - digit;
        return true;
    }
    /// Digits and commas, perhaps a point, and then two digits that count; a third one rounds.
    constexpr bool take_amount() noexcept {
        bool point = false;
        int decimals = 0;
        for (; !text_.empty(); text_.remove_prefix(1)) {
            char const c = text_.front();
            if (is_digit(c) && decimals < 2) {
                if (!append(c - '0')) return false;
                if (point) ++decimals;
            } else if (c == '.' && !point) {
                point = true;
            } else if (c != ',') {
                break;
            }
        }
        if (!text_.empty() && text_.front() >= '5' && is_digit(text_.front())) {
            if (below_ == std::numeric_limits<std::int64_t>::min()) return false;
            --below_;
        }
        for (; decimals != 2; ++decimals)
            if (!append(0)) return false;
        return true;
    }

    std::string_view text_;
    std::int64_t below_ = 0;
};

}  // namespace detail

template<>
struct codec<money> {
    static constexpr type_info type = types::money;

    /// `-$92,233,720,368,547,758.08` is the longest.
    static constexpr std::size_t text_size(money) noexcept { return 27; }
    static constexpr char* to_text(char* p, money v) noexcept {
        auto cents = static_cast<std::uint64_t>(v.cents);
        if (v.cents < 0) {
            *p++ = '-';
            cents = 0 - cents;
        }
        *p++ = '$';
        p = put_thousands(p, cents / 100);
        *p++ = '.';
        return detail::put_pair(p, static_cast<std::uint32_t>(cents % 100));
    }
    /// `$1,234.56`, `-1234.5`, `(12)` and `12-`, which are negative. Commas may stand anywhere, a third digit behind the
    /// point rounds, and no digit at all is zero: so PostgreSQL has it.
    static constexpr result<money> from_text(std::string_view text) noexcept { return detail::money_parser(text).parse(); }

    static constexpr std::size_t binary_size(money) noexcept { return 8; }
    static constexpr char* to_binary(char* p, money v) noexcept { return store(p, v.cents); }
    static constexpr result<money> from_binary(std::string_view bytes) noexcept {
        if (auto const e = detail::check_width(bytes, 8); e != errc::none) return e;
        return money{load<std::int64_t>(bytes.data())};
    }

private:
    static constexpr char* put_thousands(char* p, std::uint64_t n) noexcept {
        if (n < 1000) return detail::put_unsigned(p, n);
        p = put_thousands(p, n / 1000);
        *p++ = ',';
        return detail::put_unsigned(p, n % 1000, 3);
    }
};

}  // namespace pgwire
