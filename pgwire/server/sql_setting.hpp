// The settings that a session of PostgreSQL has, as far as clients ask for them: their names, defaults and values.
//
// Floor 4, pure. Source: PostgreSQL documentation, "Server Configuration", and `pg_settings` for the defaults. Most of
// them change nothing here; clients set them at login and want to be told the value that they set.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/types/boolean.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/text_style.hpp"
#include "pgwire/types/zone_offset.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pgwire {

enum class setting_kind : std::uint8_t {
    read_only,  ///< 55P02 to whom it wants to change it
    boolean,    ///< `on` or `off`
    always_on,  ///< a boolean that can't be off here
    integer,    ///< in its unit, if it has one
    real,
    word,      ///< one of a list
    text,      ///< anything
    names,     ///< identifiers with commas between them, such as search_path
    identity,  ///< who the session is: only what it is
    date_style,
    time_zone,
    encoding,
};

/// What is known of a setting before anybody sets it.
struct setting_definition {
    std::string_view name;     ///< as it is reported
    std::string_view initial;  ///< its value, canonical
    setting_kind kind = setting_kind::text;
    std::string_view about{};  ///< what SHOW ALL says
    bool reported = false;     ///< by ParameterStatus
    std::int64_t min = 0;      ///< of an integer, in its unit; of a real, whole numbers
    std::int64_t max = 2'147'483'647;
    std::string_view unit{};  ///< `ms` or `kB`
    std::span<std::string_view const> words{};
};

namespace detail {

inline constexpr std::string_view isolation_words[] = {"serializable", "repeatable read", "read committed",
                                                       "read uncommitted"};
inline constexpr std::string_view interval_words[] = {"postgres", "postgres_verbose", "sql_standard", "iso_8601"};
inline constexpr std::string_view bytea_words[] = {"escape", "hex"};
inline constexpr std::string_view message_words[] = {"debug5", "debug4", "debug3", "debug2",  "debug1", "debug",
                                                     "log",    "info",   "notice", "warning", "error"};
inline constexpr std::string_view commit_words[] = {"local", "remote_write", "remote_apply", "on", "off"};
inline constexpr std::string_view xml_words[] = {"content", "document"};
inline constexpr std::string_view quote_words[] = {"safe_encoding", "on", "off"};
inline constexpr std::string_view plan_words[] = {"auto", "force_generic_plan", "force_custom_plan"};

}  // namespace detail

/// The settings of every session, by name without regard to case.
// clang-format off
inline constexpr auto standard_settings = [] {
    using enum setting_kind;
    using d = setting_definition;
    return std::array{
        d{.name = "application_name", .initial = "", .kind = text, .about = "The client's own name.", .reported = true},
        d{.name = "backslash_quote", .initial = "safe_encoding", .kind = word, .words = detail::quote_words},
        d{.name = "bytea_output", .initial = "hex", .kind = word, .about = "How bytea is written.",
          .words = detail::bytea_words},
        d{.name = "check_function_bodies", .initial = "on", .kind = boolean},
        d{.name = "client_encoding", .initial = "UTF8", .kind = encoding, .about = "The client's character set.",
          .reported = true},
        d{.name = "client_min_messages", .initial = "notice", .kind = word, .words = detail::message_words},
        d{.name = "DateStyle", .initial = "ISO, MDY", .kind = date_style, .about = "How dates are written and read.",
          .reported = true},
        d{.name = "default_table_access_method", .initial = "heap"},
        d{.name = "default_tablespace", .initial = ""},
        d{.name = "default_transaction_deferrable", .initial = "off", .kind = boolean},
        d{.name = "default_transaction_isolation", .initial = "read committed", .kind = word,
          .words = detail::isolation_words},
        d{.name = "default_transaction_read_only", .initial = "off", .kind = boolean, .reported = true},
        d{.name = "escape_string_warning", .initial = "on", .kind = boolean},
        d{.name = "extra_float_digits", .initial = "1", .kind = integer, .about = "Digits of floating-point values.",
          .min = -15, .max = 3},
        d{.name = "geqo", .initial = "on", .kind = boolean},
        d{.name = "idle_in_transaction_session_timeout", .initial = "0", .kind = integer, .unit = "ms"},
        d{.name = "idle_session_timeout", .initial = "0", .kind = integer, .unit = "ms"},
        d{.name = "in_hot_standby", .initial = "off", .kind = read_only, .reported = true},
        d{.name = "integer_datetimes", .initial = "on", .kind = read_only, .reported = true},
        d{.name = "IntervalStyle", .initial = "postgres", .kind = word, .about = "How intervals are written.",
          .reported = true, .words = detail::interval_words},
        d{.name = "is_superuser", .initial = "off", .kind = read_only, .reported = true},
        d{.name = "jit", .initial = "off", .kind = boolean},
        d{.name = "lc_messages", .initial = "C"},
        d{.name = "lc_monetary", .initial = "C"},
        d{.name = "lc_numeric", .initial = "C"},
        d{.name = "lc_time", .initial = "C"},
        d{.name = "lock_timeout", .initial = "0", .kind = integer, .unit = "ms"},
        d{.name = "log_statement", .initial = "none"},
        d{.name = "maintenance_work_mem", .initial = "64MB", .kind = integer, .min = 1024, .unit = "kB"},
        d{.name = "max_identifier_length", .initial = "63", .kind = read_only},
        d{.name = "max_index_keys", .initial = "32", .kind = read_only},
        d{.name = "plan_cache_mode", .initial = "auto", .kind = word, .words = detail::plan_words},
        d{.name = "quote_all_identifiers", .initial = "off", .kind = boolean},
        d{.name = "random_page_cost", .initial = "4", .kind = real},
        d{.name = "role", .initial = "none", .kind = identity},
        d{.name = "row_security", .initial = "on", .kind = boolean},
        d{.name = "scram_iterations", .initial = "4096", .kind = integer, .reported = true, .min = 1},
        d{.name = "search_path", .initial = "\"$user\", public", .kind = names, .about = "Where names are looked up.",
          .reported = true},
        d{.name = "server_encoding", .initial = "UTF8", .kind = read_only, .about = "The server's character set.",
          .reported = true},
        d{.name = "server_version", .initial = "", .kind = read_only, .about = "The server's version.",
          .reported = true},
        d{.name = "server_version_num", .initial = "", .kind = read_only},
        d{.name = "session_authorization", .initial = "", .kind = identity, .about = "Who the session is.",
          .reported = true},
        d{.name = "standard_conforming_strings", .initial = "on", .kind = always_on, .reported = true},
        d{.name = "statement_timeout", .initial = "0", .kind = integer, .unit = "ms"},
        d{.name = "synchronize_seqscans", .initial = "on", .kind = boolean},
        d{.name = "synchronous_commit", .initial = "on", .kind = word, .words = detail::commit_words},
        d{.name = "TimeZone", .initial = "UTC", .kind = time_zone, .about = "The zone of timestamps.",
          .reported = true},
        d{.name = "transaction_deferrable", .initial = "off", .kind = boolean},
        d{.name = "transaction_isolation", .initial = "read committed", .kind = word, .words = detail::isolation_words},
        d{.name = "transaction_read_only", .initial = "off", .kind = boolean},
        d{.name = "work_mem", .initial = "4MB", .kind = integer, .min = 64, .unit = "kB"},
        d{.name = "xmloption", .initial = "content", .kind = word, .words = detail::xml_words},
    };
}();
// clang-format on

namespace detail {

[[nodiscard]] inline bool same_name(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

[[noreturn]] inline void refuse_setting(setting_definition const& d, std::string_view value, std::string hint = {}) {
    throw sql_error(sqlstates::invalid_parameter_value,
                    "invalid value for parameter \"" + std::string(d.name) + "\": \"" + std::string(value) + '"')
        .hint(std::move(hint));
}

/// A unit and how many of the base it is; ascending.
struct setting_unit {
    std::string_view name;
    std::int64_t factor;
};
inline constexpr setting_unit time_units[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
inline constexpr setting_unit memory_units[] = {{"kB", 1}, {"MB", 1 << 10}, {"GB", 1 << 20}, {"TB", 1 << 30}};

[[nodiscard]] constexpr std::span<setting_unit const> units_of(setting_definition const& d) noexcept {
    if (d.unit == "ms") return time_units;
    if (d.unit == "kB") return memory_units;
    return {};
}

[[nodiscard]] inline std::string canonical_integer(setting_definition const& d, std::string_view given) {
    auto const text = trim(given);
    std::int64_t n = 0;
    char const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data() + (text.starts_with('+') ? 1 : 0), end, n);
    if (error != std::errc{}) refuse_setting(d, given);
    auto const suffix = trim(std::string_view(rest, static_cast<std::size_t>(end - rest)));
    auto const units = units_of(d);
    if (!suffix.empty()) {
        auto const unit = std::find_if(units.begin(), units.end(), [&](auto const& u) { return u.name == suffix; });
        if (unit == units.end())
            refuse_setting(d, given,
                           d.unit == "ms"
                               ? "Valid units for this parameter are \"ms\", \"s\", \"min\", \"h\", and \"d\"."
                           : d.unit == "kB" ? "Valid units for this parameter are \"kB\", \"MB\", \"GB\", and \"TB\"."
                                            : "");
        if (n > d.max / unit->factor || n < -(d.max / unit->factor)) n = n < 0 ? d.min - 1 : d.max + 1;
        else n *= unit->factor;
    }
    if (n < d.min || n > d.max) {
        auto const base = d.unit.empty() ? std::string() : ' ' + std::string(d.unit);
        throw sql_error(sqlstates::invalid_parameter_value, std::to_string(n) + base +
                                                                " is outside the valid range for parameter \"" +
                                                                std::string(d.name) + "\" (" + std::to_string(d.min) +
                                                                base + " .. " + std::to_string(d.max) + base + ")");
    }
    if (units.empty() || n <= 0) return std::to_string(n);
    auto unit = units.end();
    do --unit;
    while (n % unit->factor != 0);
    return std::to_string(n / unit->factor) + std::string(unit->name);
}

/// The number that a canonical value stands for, in the setting's base unit.
[[nodiscard]] inline std::int64_t integer_of(setting_definition const& d, std::string_view canonical) noexcept {
    std::int64_t n = 0;
    char const* const end = canonical.data() + canonical.size();
    char const* const unit = std::from_chars(canonical.data(), end, n).ptr;
    for (auto const& u : units_of(d))
        if (u.name == std::string_view(unit, static_cast<std::size_t>(end - unit))) return n * u.factor;
    return n;
}

[[nodiscard]] inline std::string canonical_word(setting_definition const& d, std::string_view given) {
    std::string hint = "Available values: ";
    for (auto const word : d.words) {
        if (same_name(word, given)) return std::string(word);
        if (&word != d.words.data()) hint += ", ";
        hint += word;
    }
    refuse_setting(d, given, hint + '.');
}

[[nodiscard]] inline std::string canonical_boolean(setting_definition const& d, std::string_view given) {
    auto const value = codec<bool>::from_text(given);
    if (!value)
        throw sql_error(sqlstates::invalid_parameter_value,
                        "parameter \"" + std::string(d.name) + "\" requires a Boolean value");
    if (!*value && d.kind == setting_kind::always_on)
        throw sql_error(sqlstates::feature_not_supported,
                        "parameter \"" + std::string(d.name) + "\" can only be on here");
    return *value ? "on" : "off";
}

/// Bytes leave and arrive as UTF-8. SQL_ASCII asks for no conversion, which is what it gets.
[[nodiscard]] inline std::string canonical_encoding(setting_definition const& d, std::string_view given) {
    std::string letters;
    for (char const c : given)
        if (is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z')) letters += to_lower(c);
    if (letters == "utf8" || letters == "unicode") return "UTF8";
    if (letters == "sqlascii") return "SQL_ASCII";
    refuse_setting(d, given, "The only character set here is UTF8.");
}

}  // namespace detail

// ---- DateStyle

namespace detail {

struct date_style_words {
    date_style style;
    date_order order;
};

/// `German`, `ISO, DMY`, `sql, european`: what is left out stays as it was.
[[nodiscard]] inline std::optional<date_style_words> parse_date_style(std::string_view text, date_style_words now) {
    bool order_given = false;
    while (!text.empty()) {
        auto const comma = std::min(text.find(','), text.size());
        auto const word = trim(text.substr(0, comma));
        text.remove_prefix(std::min(comma + 1, text.size()));
        auto const is = [&](std::string_view name) { return same_name(word, name); };
        auto const order = [&](date_order o) {
            now.order = o;
            order_given = true;
        };
        if (is("ISO")) now.style = date_style::iso;
        else if (is("SQL")) now.style = date_style::sql;
        else if (word.size() >= 8 && same_name(word.substr(0, 8), "POSTGRES")) now.style = date_style::postgres;
        else if (is("GERMAN")) {
            now.style = date_style::german;
            if (!order_given) now.order = date_order::dmy;
        } else if (is("YMD")) order(date_order::ymd);
        else if (is("DMY") || is("EURO") || is("EUROPEAN")) order(date_order::dmy);
        else if (is("MDY") || is("US") || is("NONEURO") || is("NONEUROPEAN")) order(date_order::mdy);
        else if (is("DEFAULT")) now = {date_style::iso, date_order::mdy};
        else return std::nullopt;
    }
    return now;
}

[[nodiscard]] inline std::string to_string(date_style_words w) {
    std::string_view const style = w.style == date_style::iso      ? "ISO"
                                   : w.style == date_style::sql    ? "SQL"
                                   : w.style == date_style::german ? "German"
                                                                   : "Postgres";
    std::string_view const order = w.order == date_order::ymd ? "YMD" : w.order == date_order::dmy ? "DMY" : "MDY";
    return std::string(style) + ", " + std::string(order);
}

// ---- TimeZone

/// What is known of a zone.
struct zone_name {
    std::string name;                    ///< as it is reported
    std::optional<std::int32_t> offset;  ///< seconds east of UTC, if it follows from the name
    std::string label{};                 ///< what the time of that offset is called, if not `UTC`
    time_zone const* region = nullptr;   ///< from the source of zones
};

/// A number of hours counts east (`2`, `-3.5`), a POSIX zone such as `GMT-2` or `<+02>-02` counts west. UTC has many
/// names. Without a source of zones names of regions such as `Europe/Berlin` and abbreviations such as `CET` are names
/// and nothing more; with one they are what it knows.
[[nodiscard]] inline std::optional<zone_name> parse_zone(std::string_view given, zone_source zones = nullptr) {
    auto const text = trim(given);
    for (std::string_view const utc : {"UTC", "GMT", "Etc/UTC", "Etc/GMT", "UCT", "Etc/UCT", "Zulu", "Universal"})
        if (same_name(text, utc)) return zone_name{std::string(utc), 0, utc.ends_with("GMT") ? "GMT" : ""};

    if (auto const hours = parse_float<double>(text); hours && *hours >= -15 && *hours <= 15) {
        auto const seconds = static_cast<std::int32_t>(*hours * 3600);
        auto const minutes = (seconds < 0 ? -seconds : seconds) / 60;
        char clock[8];
        char* end = put_pair(clock, static_cast<std::uint32_t>(minutes / 60));
        if (minutes % 60 != 0) {
            *end++ = ':';
            end = put_pair(end, static_cast<std::uint32_t>(minutes % 60));
        }
        std::string const digits(clock, end);
        auto east = (seconds < 0 ? '-' : '+') + digits;
        auto name = '<' + east + '>' + (seconds < 0 ? '+' : '-') + digits;
        return zone_name{std::move(name), seconds, std::move(east)};
    }

    if (zones != nullptr)
        if (auto const* region = zones(text); region != nullptr)
            return zone_name{std::string(region->name.empty() ? text : region->name), std::nullopt, {}, region};
    if (auto const posix = parse_posix_zone(text)) {
        auto const upper = [](std::string_view letters) {
            std::string all(letters);
            for (char& c : all) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            return all;
        };
        return zone_name{upper(text), posix->offset, upper(posix->label)};
    }
    if (zones != nullptr) return std::nullopt;
    auto const letters = static_cast<std::size_t>(
        std::find_if(text.begin(), text.end(), [](char c) { return to_lower(c) < 'a' || to_lower(c) > 'z'; }) -
        text.begin());
    if (letters < 3) return std::nullopt;
    bool const region = letters != text.size() && (text[letters] == '/' || text[letters] == '_');
    bool const abbreviation =
        std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
    bool const plain = std::all_of(text.begin(), text.end(), [](char c) {
        return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'z') || c == '/' || c == '_' || c == '-' ||
               c == '+';
    });
    if (!plain || !(region || abbreviation)) return std::nullopt;
    return zone_name{std::string(text), std::nullopt};
}

}  // namespace detail

/// The value in the spelling that SHOW and ParameterStatus tell.
/// @param now the value that the setting has, on which DateStyle builds
/// @param own what an identity is
/// @param zones knows the regions that TimeZone may be; without it all that look like one are taken
/// @throws sql_error 22023 for a value that the setting can't have, 55P02 for a setting that can't be set
[[nodiscard]] inline std::string canonical_setting(setting_definition const& d, std::string_view given,
                                                   std::string_view now, std::string_view own,
                                                   zone_source zones = nullptr) {
    using enum setting_kind;
    switch (d.kind) {
    case read_only:
        throw sql_error(sqlstates::cant_change_runtime_param,
                        "parameter \"" + std::string(d.name) + "\" cannot be changed");
    case boolean:
    case always_on: return detail::canonical_boolean(d, given);
    case integer: return detail::canonical_integer(d, given);
    case real:
        if (!detail::parse_float<double>(given)) detail::refuse_setting(d, given);
        return std::string(detail::trim(given));
    case word: return detail::canonical_word(d, given);
    case text:
    case names: return std::string(given);
    case identity:
        if (given != own)
            throw sql_error(sqlstates::invalid_parameter_value, "role \"" + std::string(given) + "\" does not exist");
        return std::string(own);
    case date_style: {
        auto const before = detail::parse_date_style(now, {date_style::iso, date_order::mdy});
        auto const after = detail::parse_date_style(given, *before);
        if (!after) detail::refuse_setting(d, given);
        return detail::to_string(*after);
    }
    case time_zone:
        if (auto zone = detail::parse_zone(given, zones)) return std::move(zone->name);
        detail::refuse_setting(d, given);
    case encoding: return detail::canonical_encoding(d, given);
    }
    return {};
}

}  // namespace pgwire
