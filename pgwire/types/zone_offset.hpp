// The offset from UTC that a session's zone or a named zone has, now or at some time.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Time Zones" and "POSIX Time Zone
// Specifications". Zones of regions come from `text_style::find_zone`; known without it are UTC by its names, and POSIX
// zones such as `XYZ-5:30`, but not those with rules for daylight-saving time, such as `CET-1CEST`.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/types/calendar.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/text_style.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgwire::detail {

/// A region, or an offset that never changes.
struct zone_choice {
    time_zone const* region = nullptr;
    std::int32_t offset = 0;  ///< seconds east of UTC, without a region

    [[nodiscard]] constexpr bool has_one_offset() const noexcept { return region == nullptr || region->has_one_offset; }
    /// @param seconds since 1970-01-01 00:00 UTC
    [[nodiscard]] constexpr std::int32_t at(std::int64_t seconds) const noexcept {
        return region == nullptr ? offset : region->offset_at(*region, seconds);
    }
    /// @param seconds the same of the zone's own clock
    [[nodiscard]] constexpr std::int32_t at_local(std::int64_t seconds) const noexcept {
        return region == nullptr ? offset : region->offset_of_local(*region, seconds);
    }
};

[[nodiscard]] constexpr zone_choice session_zone(text_style const& style) noexcept {
    return {style.zone, style.utc_offset};
}

/// `-5:30`, `+5`, `5:30:15` at the front of `text`, taken away from it: seconds WEST of UTC, as POSIX counts.
[[nodiscard]] constexpr std::optional<std::int32_t> take_posix_offset(std::string_view& text) noexcept {
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::int32_t seconds = 0;
    std::int32_t most = 167;  // hours of a week
    for (std::int32_t factor = 3600; factor != 0; factor /= 60) {
        std::int32_t n = 0;
        if (text.empty() || !is_digit(text.front())) return std::nullopt;
        for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1))
            if (n = n * 10 + (text.front() - '0'); n > most) return std::nullopt;
        seconds += n * factor;
        most = factor == 3600 ? 59 : 60;
        if (factor == 1 || !text.starts_with(':')) break;
        text.remove_prefix(1);
    }
    return negative ? -seconds : seconds;
}

/// A POSIX zone without daylight-saving time: a name, which may be empty or in `<>`, and hours west of UTC.
struct posix_zone {
    std::string_view label;
    std::int32_t offset = 0;  ///< seconds east of UTC
};
[[nodiscard]] constexpr std::optional<posix_zone> parse_posix_zone(std::string_view text) noexcept {
    posix_zone zone;
    std::size_t end = text.starts_with('<') ? text.find('>') : text.find_first_of("0123456789,+-");
    if (end == text.npos) return std::nullopt;
    zone.label = text.starts_with('<') ? text.substr(1, end - 1) : text.substr(0, end);
    text.remove_prefix(text.starts_with('<') ? end + 1 : end);
    auto const west = take_posix_offset(text);
    if (!west || !text.empty()) return std::nullopt;
    zone.offset = -*west;
    return zone;
}

/// The zone of this name, without regard to case.
[[nodiscard]] constexpr std::optional<zone_choice> find_zone(std::string_view name, text_style const& style) noexcept {
    if (style.find_zone != nullptr) {
        if (auto const* region = style.find_zone(name); region != nullptr) return zone_choice{region, 0};
    } else {
        for (std::string_view const utc : {"utc", "etc/utc", "gmt", "etc/gmt", "uct", "etc/uct", "zulu", "etc/zulu",
                                           "universal", "etc/universal", "greenwich", "etc/greenwich", "gmt0"})
            if (equals_ignoring_case(name, utc)) return zone_choice{};
    }
    if (auto const posix = parse_posix_zone(name)) return zone_choice{nullptr, posix->offset};
    return std::nullopt;
}

/// What an abbreviation, in lower case, stands for in a zone: `time_zone::find_abbreviation`.
[[nodiscard]] constexpr std::optional<zone_abbreviation> abbreviation_in(time_zone const& zone, std::string_view text,
                                                                         std::int64_t seconds) noexcept {
    std::array<char, 16> upper{};
    if (zone.find_abbreviation == nullptr || text.size() > upper.size()) return std::nullopt;
    for (std::size_t i = 0; i != text.size(); ++i)
        upper[i] = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 'a' + 'A') : text[i];
    return zone.find_abbreviation(zone, {upper.data(), text.size()}, seconds);
}

/// The same in the session's zone, whenever.
[[nodiscard]] constexpr std::optional<zone_abbreviation> session_abbreviation(std::string_view text,
                                                                              text_style const& style) noexcept {
    if (style.zone != nullptr) return abbreviation_in(*style.zone, text, 0);
    if (auto const label = style.utc_offset_label.view(); !label.empty() && equals_ignoring_case(text, label))
        return zone_abbreviation{style.utc_offset, false, true};
    return std::nullopt;
}

}  // namespace pgwire::detail
