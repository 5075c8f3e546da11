// The binary form of numeric: written from decimal text, and read.
//
// Floor 2, standard library only, constexpr but for what returns a string. Source: the server's numeric_send and
// numeric_recv: Int16 count of digits, Int16 weight of the first, Int16 sign, Int16 display scale, then the digits in
// base 10000. A digit of base 10000 is a group of four decimal ones here; groups begin at the point, to both sides.
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/decimal_text.hpp"
#include "pgwire/types/digits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pgwire::detail {

// Writing.

/// PostgreSQL sends this scale with an infinity; it means nothing.
inline constexpr int infinity_scale = 32;

constexpr void put_numeric_head(char* p, std::ptrdiff_t count, int weight, numeric_sign sign, int scale) noexcept {
    p = store(p, static_cast<std::int16_t>(count));
    p = store(p, static_cast<std::int16_t>(weight));
    p = store(p, static_cast<std::uint16_t>(sign));
    store(p, static_cast<std::int16_t>(scale));
}

/// An upper bound.
[[nodiscard]] constexpr std::size_t numeric_binary_size(plain_decimal const& d) noexcept {
    return 8 + 2 * ((d.whole.size() + 3) / 4 + (d.fraction.size() + 3) / 4);
}

/// `zero_groups`: how many groups `0000` come between the point and `d.fraction`; only if `d.whole` is empty.
constexpr char* put_numeric_binary(char* p, plain_decimal const& d, int zero_groups = 0) noexcept {
    auto const put_group = [](char* at, std::uint32_t group) { return store(at, static_cast<std::uint16_t>(group)); };
    auto const read_few = [](std::string_view digits) {
        std::uint32_t n = 0;
        for (char const c : digits) n = n * 10 + static_cast<std::uint32_t>(c - '0');
        return n;
    };
    auto whole = d.whole;
    auto fraction = d.fraction;
    int weight = static_cast<int>((whole.size() + 3) / 4) - 1 - zero_groups;
    if (whole.empty())
        for (; fraction.starts_with("0000"); --weight) fraction.remove_prefix(4);

    char* const groups = p + 8;
    char* at = groups;
    if (std::size_t const head = whole.size() % 4; head != 0) {
        at = put_group(at, read_few(whole.substr(0, head)));
        whole.remove_prefix(head);
    }
    for (; !whole.empty(); whole.remove_prefix(4)) at = put_group(at, read_four(whole.data()));
    for (; fraction.size() >= 4; fraction.remove_prefix(4)) at = put_group(at, read_four(fraction.data()));
    if (!fraction.empty())
        at = put_group(at, read_few(fraction) * static_cast<std::uint32_t>(powers_of_ten[4 - fraction.size()]));
    while (at != groups && at[-1] == 0 && at[-2] == 0) at -= 2;  // groups of zeros at the end are not sent
    bool const zero = at == groups;
    put_numeric_head(p, (at - groups) / 2, zero ? 0 : weight,
                     d.negative && !zero ? numeric_sign::negative : numeric_sign::positive, d.scale() + 4 * zero_groups);
    return at;
}

[[nodiscard]] constexpr std::size_t numeric_binary_size(decimal const& d) noexcept {
    if (!d.finite() || d.zero()) return 8;
    return 8 + 2 * static_cast<std::size_t>(group_of(d.first()) - group_of(d.last()) + 1);
}
constexpr char* put_numeric_binary(char* p, decimal const& d) noexcept {
    bool const digits = d.finite() && !d.zero();
    int const first = digits ? group_of(d.first()) : 0;
    int const last = digits ? group_of(d.last()) : 1;
    put_numeric_head(p, first - last + 1, first, d.sign(),
                     d.finite() || d.sign() == numeric_sign::nan ? d.scale() : infinity_scale);
    p += 8;
    for (int group = first; group >= last; --group) {
        int const power = group * 4;
        p = store(p, static_cast<std::int16_t>(d.digit(power + 3) * 1000 + d.digit(power + 2) * 100 +
                                               d.digit(power + 1) * 10 + d.digit(power)));
    }
    return p;
}

// Reading.

/// A binary form that has been checked. It points into what was received.
struct numeric_groups {
    std::string_view groups;  ///< two bytes each; neither the first nor, if there is one, the last is 0000
    int weight = 0;           ///< of the first group: it counts 10000^weight
    numeric_sign sign = numeric_sign::positive;
    int scale = 0;  ///< decimal digits behind the point; groups may have more, which do not count

    [[nodiscard]] constexpr bool finite() const noexcept {
        return sign == numeric_sign::positive || sign == numeric_sign::negative;
    }
    /// The group that counts 10000^`index`.
    [[nodiscard]] constexpr std::uint32_t group(int index) const noexcept {
        if (index > weight) return 0;
        auto const at = static_cast<std::size_t>(weight - index) * 2;
        return at < groups.size() ? load<std::uint16_t>(groups.data() + at) : 0U;
    }
};

/// @return or `insufficient_data`, `invalid_binary`
[[nodiscard]] constexpr result<numeric_groups> read_numeric(std::string_view bytes) noexcept {
    if (bytes.size() < 6) return errc::insufficient_data;
    auto const count = std::size_t{load<std::uint16_t>(bytes.data())};
    numeric_groups n;
    n.weight = load<std::int16_t>(bytes.data() + 2);
    n.sign = static_cast<numeric_sign>(load<std::uint16_t>(bytes.data() + 4));
    bool const known = n.finite() || n.sign == numeric_sign::nan || n.sign == numeric_sign::positive_infinity ||
                       n.sign == numeric_sign::negative_infinity;
    if (!known) return errc::invalid_binary;
    if (bytes.size() < 8) return errc::insufficient_data;
    n.scale = load<std::uint16_t>(bytes.data() + 6);
    if (n.scale > decimal::max_scale) return errc::invalid_binary;
    bytes.remove_prefix(8);
    for (std::size_t i = 0; i + 2 <= bytes.size() && i / 2 != count; i += 2)
        if (load<std::uint16_t>(bytes.data() + i) > 9999) return errc::invalid_binary;
    if (auto const e = check_width(bytes, 2 * count); e != errc::none) return e;
    for (; bytes.size() >= 2 && load<std::uint16_t>(bytes.data()) == 0; bytes.remove_prefix(2)) --n.weight;
    while (bytes.size() >= 2 && load<std::uint16_t>(bytes.data() + bytes.size() - 2) == 0) bytes.remove_suffix(2);
    n.groups = bytes;
    return n;
}

/// The number in PostgreSQL's spelling; digits behind the scale are cut off. At most 147,457 characters, which few
/// bytes can ask for: 10000^32767 is one group.
[[nodiscard]] inline std::string numeric_text(numeric_groups const& n) {
    if (!n.finite()) return std::string(spelling(n.sign));
    int const first = n.groups.empty() ? 0 : std::max(n.weight, 0);
    auto const whole = 4 * (static_cast<std::size_t>(first) + 1);
    std::string text(1 + whole + 1 + static_cast<std::size_t>(n.scale) + 3, '\0');
    char* const begin = text.data();
    char* p = begin;
    if (n.sign == numeric_sign::negative) *p++ = '-';
    p = put_unsigned(p, n.group(first));
    for (int index = first - 1; index >= 0; --index) p = put_four(p, n.group(index));
    if (n.scale != 0) {
        *p++ = '.';
        char* const end = p + n.scale;
        for (int index = -1; p < end; --index) p = put_four(p, n.group(index));
        p = end;
    }
    text.resize(static_cast<std::size_t>(p - begin));
    if (n.sign == numeric_sign::negative && text.find_first_not_of("-0.") == text.npos) text.erase(0, 1);
    return text;
}

}  // namespace pgwire::detail
