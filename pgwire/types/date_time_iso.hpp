// The dates and times that programs write, read quickly: `2024-02-29 12:34:56.789+05:30`.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Input". No setting changes
// what these texts mean. `date_time_parser` reads them too, and all others.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/calendar.hpp"
#include "pgwire/types/date_time_parser.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/text_style.hpp"
#include "pgwire/types/zone_offset.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgwire::detail {

/// Two digits at `i`, where two characters must be, or 100.
[[nodiscard]] constexpr std::uint32_t pair_at(std::string_view text, std::size_t i) noexcept {
    return is_digit(text[i]) && is_digit(text[i + 1])
               ? static_cast<std::uint32_t>((text[i] - '0') * 10 + text[i + 1] - '0')
               : 100;
}

/// `24-02-29` or `12:34:56`: three numbers, and nothing if that is not what the eight characters at `p` are.
struct three_pairs {
    bool valid = false;
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    std::uint32_t third = 0;
};
[[nodiscard]] constexpr three_pairs three_pairs_at(char const* p, char separator) noexcept {
    char const expected[]{'0', '0', separator, '0', '0', separator, '0', '0'};
    // Now each digit is its number and each separator 0, and what is more reaches the high bit of its byte.
    std::uint64_t const n = load<std::uint64_t>(p) ^ load<std::uint64_t>(expected);
    if (((n | (n + 0x7676'7f76'767f'7676U)) & 0x8080'8080'8080'8080U) != 0) return {};
    std::uint64_t const pairs = n + (n >> 8) * 10;
    return {true, static_cast<std::uint32_t>(pairs >> 48 & 0xffU), static_cast<std::uint32_t>(pairs >> 24 & 0xffU),
            static_cast<std::uint32_t>(pairs & 0xffU)};
}

/// A date in ten characters, a time with seconds behind a blank or `T`, and an offset in hours or hours and minutes.
/// @return nothing for all other texts, which may be right too
[[nodiscard]] constexpr std::optional<date_time_fields> parse_iso(std::string_view text,
                                                                  text_style const& style) noexcept {
    if (text.size() < 10) return std::nullopt;
    auto const century = pair_at(text, 0);
    auto const rest = three_pairs_at(text.data() + 2, '-');
    date_time_fields fields;
    fields.date = {century * 100 + rest.first, rest.second, rest.third};
    auto const& date = fields.date;
    if (century > 99 || !rest.valid || date.year == 0 || date.month - 1 > 11 || date.day == 0 ||
        date.day > days_in_month(date.year, date.month))
        return std::nullopt;
    text.remove_prefix(10);
    if (!text.empty()) {
        if (text.size() < 9 || (text[0] != ' ' && text[0] != 'T')) return std::nullopt;
        auto const clock = three_pairs_at(text.data() + 1, ':');
        if (!clock.valid || clock.first > 23 || clock.second > 59 || clock.third > 59) return std::nullopt;
        fields.time = ((clock.first * 60 + clock.second) * 60 + clock.third) * microseconds_per_second;
        text.remove_prefix(9);
        if (text.starts_with('.')) {
            text.remove_prefix(1);
            std::size_t const digits = count_leading_digits(text);
            if (digits == 0 || digits > 6) return std::nullopt;
            fields.time +=
                static_cast<std::int64_t>(read_digits(text.substr(0, digits)) * powers_of_ten[6 - digits]);
            text.remove_prefix(digits);
        }
    }
    if (text.starts_with('+') || text.starts_with('-')) {
        if (text.size() != 3 && (text.size() != 6 || text[3] != ':')) return std::nullopt;
        auto const hours = pair_at(text, 1);
        auto const minutes = text.size() == 3 ? 0 : pair_at(text, 4);
        if (hours > 15 || minutes > 59) return std::nullopt;
        auto const distance = static_cast<std::int32_t>((hours * 60 + minutes) * 60);
        fields.zone = text.front() == '-' ? -distance : distance;
    } else if (!text.empty()) {
        return std::nullopt;
    } else if (style.zone == nullptr) {
        fields.zone = style.utc_offset;
    } else {
        std::int64_t const day = (fields.days() + days_to_unix) * 86'400;
        fields.zone = session_zone(style).at_local(day + fields.time / microseconds_per_second);
    }
    return fields;
}

/// What a `date`, a `timestamp` or a `timestamptz` says.
/// @tparam Room as in `date_time_parser::parse`
template<std::size_t Room>
[[nodiscard]] constexpr result<date_time_fields> parse_date_time(std::string_view text,
                                                                 text_style const& style) noexcept {
    if (auto const fields = parse_iso(text, style)) return *fields;
    return date_time_parser(style, date_time_goal::date_time).parse<Room>(text);
}

}  // namespace pgwire::detail
