// The session settings that change how values are spelt as text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Client Connection Defaults", "Locale and
// Formatting" and "Statement Behavior". A codec whose text depends on them takes a `text_style const&` as its last
// parameter. Of `dates` and `intervals` only the defaults are written so far.
#pragma once

#include "pgwire/core/oid.hpp"

#include <cstdint>
#include <string_view>

namespace pgwire {

enum class date_style : std::uint8_t { iso, sql, postgres, german };
enum class date_order : std::uint8_t { mdy, dmy, ymd };
enum class interval_style : std::uint8_t { postgres, postgres_verbose, sql_standard, iso_8601 };
enum class bytea_output : std::uint8_t { hex, escape };

/// Where a session's `timestamptz` texts are. Made by a source of zone data; outlives every style that points to it.
struct time_zone {
    /// Seconds east of UTC in this zone at `seconds` since 1970-01-01 00:00 UTC.
    std::int32_t (*offset_at)(time_zone const& zone, std::int64_t seconds) noexcept;
    /// The same at `seconds` of the zone's own wall clock; where the clock shows a time twice, the standard time's.
    std::int32_t (*offset_of_local)(time_zone const& zone, std::int64_t seconds) noexcept;
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

    friend constexpr bool operator==(text_style const&, text_style const&) = default;
};

/// PostgreSQL's defaults.
inline constexpr text_style default_text_style{};

}  // namespace pgwire
