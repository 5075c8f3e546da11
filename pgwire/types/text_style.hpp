// The session settings that change how values are spelt as text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Client Connection Defaults", "Locale and
// Formatting" and "Statement Behavior". A codec whose text depends on them takes a `text_style const&` as its last
// parameter.
#pragma once

#include "pgwire/core/oid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgwire {

enum class date_style : std::uint8_t { iso, sql, postgres, german };
enum class date_order : std::uint8_t { mdy, dmy, ymd };
enum class interval_style : std::uint8_t { postgres, postgres_verbose, sql_standard, iso_8601 };
enum class bytea_output : std::uint8_t { hex, escape };

/// What an abbreviation such as `CEST` stands for in a zone.
struct zone_abbreviation {
    std::int32_t offset = 0;  ///< seconds east of UTC
    bool daylight = false;    ///< daylight-saving time
    bool fixed = false;       ///< it never meant anything else in this zone
};

/// Where a session's `timestamptz` texts are. Made by a source of zone data (`system_zones.hpp` is one); outlives every
/// style that points to it. A function that is null is one that the source does not have.
struct time_zone {
    /// Seconds east of UTC in this zone at `seconds` since 1970-01-01 00:00 UTC.
    std::int32_t (*offset_at)(time_zone const& zone, std::int64_t seconds) noexcept;
    /// The same at `seconds` of the zone's own wall clock. What the clock skips is counted with the offset before, what
    /// it shows twice with the offset after.
    std::int32_t (*offset_of_local)(time_zone const& zone, std::int64_t seconds) noexcept;
    /// What the zone's time is called at `seconds` since 1970-01-01 00:00 UTC, such as `CET`; lives as long as the
    /// zone. The styles other than ISO print it, and the offset where there is none.
    std::string_view (*abbreviation_at)(time_zone const& zone, std::int64_t seconds) noexcept = nullptr;
    /// What an abbreviation, in upper case, stands for in this zone: what it last meant at or before `seconds`, else
    /// what it came to mean; nothing if the zone never used it.
    std::optional<zone_abbreviation> (*find_abbreviation)(time_zone const& zone, std::string_view abbreviation,
                                                          std::int64_t seconds) noexcept = nullptr;
    /// The clock is never put forward or back.
    bool has_one_offset = false;
    /// The zone's name in its own upper and lower case, as SHOW TimeZone tells it; if empty, as it was asked for.
    std::string_view name{};
};

/// Finds a zone by its name, such as `Europe/Berlin`, without regard to case, or gives null.
using zone_source = time_zone const* (*)(std::string_view name);

/// What the time of a fixed offset is called, at most ten characters, as PostgreSQL prints at most ten.
class zone_label {
public:
    constexpr zone_label() = default;
    constexpr explicit zone_label(std::string_view text) noexcept
        : size_(static_cast<std::uint8_t>(std::min<std::size_t>(text.size(), 10))) {
        std::copy_n(text.data(), size_, text_.data());
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }

    friend constexpr bool operator==(zone_label const&, zone_label const&) = default;

private:
    std::array<char, 10> text_{};
    std::uint8_t size_ = 0;
};

struct type_info;

/// Which names the texts of `regclass` and its kin (object_identifier.hpp) have; without it they are numbers. Made by a
/// catalog; outlives every style that points to it.
struct object_names {
    /// The name of the object in PostgreSQL's spelling, such as `public."Table"`, or empty if there is none. `type` is
    /// regclass, regproc, …. Good until the next call.
    std::string_view (*name_of)(object_names const& names, type_info const& type, oid object) noexcept;
    /// The object of this name, or 0 if there is none.
    oid (*find)(object_names const& names, type_info const& type, std::string_view name) noexcept;
};

/// The settings of one session; a default one is PostgreSQL's default. Cheap to copy.
struct text_style {
    date_style dates = date_style::iso;                      ///< `DateStyle`, its first word
    date_order order = date_order::mdy;                      ///< `DateStyle`, its second word
    interval_style intervals = interval_style::postgres;     ///< `IntervalStyle`
    bytea_output bytes = bytea_output::hex;                  ///< `bytea_output`
    std::int8_t extra_float_digits = 1;                      ///< `extra_float_digits`, -15 to 3; shortest if above 0
    time_zone const* zone = nullptr;                         ///< `TimeZone`, if it is a region's
    std::int32_t utc_offset = 0;                             ///< else how far that is east of UTC, in seconds
    object_names const* objects = nullptr;                   ///< what knows the names of tables, functions, …
    zone_label utc_offset_label{};                           ///< what that is called; if empty, `UTC` or `+05:30`
    zone_source find_zone = nullptr;                         ///< knows the zones that a text names; null knows none
    /// What `now`, `today` and times in a zone that changes its clock are told by: microseconds since 2000-01-01 00:00
    /// UTC. Null refuses those words.
    std::int64_t (*now)() noexcept = nullptr;

    friend constexpr bool operator==(text_style const&, text_style const&) = default;
};

/// PostgreSQL's defaults.
inline constexpr text_style default_text_style{};

}  // namespace pgwire
