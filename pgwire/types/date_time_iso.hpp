// The dates and times that programs write, read quickly: `2024-02-29 12:34:56.789+05:30`.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Input". No setting changes
// what these texts mean. `date_time_parser` reads them too, and all others.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/calendar.hpp"
#include "pgwire/types/date_time_parser.hpp"
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

/// A date in ten characters, a time with seconds behind a blank or `T`, and an offset in hours or hours and minutes.
/// @return nothing for all other texts, which may be right too
[[nodiscard]] constexpr std::optional<date_time_fields> parse_iso(std::string_view text,
                                                                  text_style const& style) noexcept {
    if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    auto const century = pair_at(text, 0);
    auto const year = pair_at(text, 2);
    date_time_fields fields;
    fields.date = {century * 100 + year, pair_at(text, 5), pair_at(text, 8)};
    auto const& date = fields.date;
    if (century > 99 || year > 99 || date.year == 0 || date.month - 1 > 11 || date.day == 0 ||
        date.day > days_in_month(date.year, date.month))
        return std::nullopt;
    text.remove_prefix(10);
    if (!text.empty()) {
        if (text.size() < 9 || (text[0] != ' ' && text[0] != 'T') || text[3] != ':' || text[6] != ':')
            return std::nullopt;
        auto const hour = pair_at(text, 1);
        auto const minute = pair_at(text, 4);
        auto const second = pair_at(text, 7);
        if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
        fields.time = ((hour * 60 + minute) * 60 + second) * microseconds_per_second;
        text.remove_prefix(9);
        if (text.starts_with('.')) {
            text.remove_prefix(1);
            std::int64_t one = microseconds_per_second;
            for (; !text.empty() && is_digit(text.front()) && one != 0; text.remove_prefix(1))
                fields.time += (text.front() - '0') * (one /= 10);
            if (one == 0 || one == microseconds_per_second) return std::nullopt;  // over six digits, or none
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
