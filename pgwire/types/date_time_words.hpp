// The words that dates and times are read by, and the fields that a text has at most one of each.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Support", "Date/Time Key
// Words".
#pragma once

#include "pgwire/types/zone_abbreviations.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// What a text has said, as a set of bits: what comes twice is an error.
using field_mask = std::uint32_t;

namespace field {

inline constexpr field_mask none = 0;
inline constexpr field_mask year = 1U << 0;
inline constexpr field_mask month = 1U << 1;
inline constexpr field_mask day = 1U << 2;
inline constexpr field_mask day_of_year = 1U << 3;
inline constexpr field_mask hour = 1U << 4;
inline constexpr field_mask minute = 1U << 5;
inline constexpr field_mask second = 1U << 6;
inline constexpr field_mask millisecond = 1U << 7;
inline constexpr field_mask microsecond = 1U << 8;
inline constexpr field_mask zone = 1U << 9;
inline constexpr field_mask daylight_zone = 1U << 10;      ///< such as EDT
inline constexpr field_mask regional_zone = 1U << 11;      ///< such as MSK, whose meaning depends on the time
inline constexpr field_mask daylight_modifier = 1U << 12;  ///< DST as a word of its own
inline constexpr field_mask half_of_day = 1U << 13;
inline constexpr field_mask era = 1U << 14;
inline constexpr field_mask weekday = 1U << 15;
// of intervals
inline constexpr field_mask week = 1U << 16;
inline constexpr field_mask decade = 1U << 17;
inline constexpr field_mask century = 1U << 18;
inline constexpr field_mask millennium = 1U << 19;

inline constexpr field_mask date = year | month | day;
inline constexpr field_mask seconds = second | millisecond | microsecond;
inline constexpr field_mask time = hour | minute | seconds;

}  // namespace field

enum class word_kind : std::uint8_t {
    unknown,
    ignored,            ///< `at`, `on`
    special,            ///< a whole value: `now`, `infinity`
    month,              ///< 1 to 12
    weekday,            ///< read and left out
    half_of_day,        ///< 1 for `pm`
    era,                ///< 1 for `bc`
    daylight_modifier,  ///< `dst` behind a zone
    julian,             ///< a label: the next field is a Julian day
    iso_time,           ///< a label: the next field is a time
    other_label,        ///< a label that the next field can't obey
};

enum class special_word : std::uint8_t { infinity, minus_infinity, epoch, now, today, tomorrow, yesterday, allballs };

struct date_word {
    std::string_view text;
    word_kind kind = word_kind::unknown;
    std::uint8_t value = 0;
};

// clang-format off
inline constexpr auto date_words = [] {
    using enum word_kind;
    using w = date_word;
    auto const whole = [](std::string_view text, special_word value) {
        return w{text, special, static_cast<std::uint8_t>(value)};
    };
    return std::array{
        whole("+infinity", special_word::infinity), whole("-infinity", special_word::minus_infinity),
        w{"ad", era, 0}, whole("allballs", special_word::allballs), w{"am", half_of_day, 0}, w{"apr", month, 4},
        w{"april", month, 4}, w{"at", ignored}, w{"aug", month, 8}, w{"august", month, 8}, w{"bc", era, 1},
        w{"d", other_label}, w{"dec", month, 12}, w{"december", month, 12}, w{"dow", other_label},
        w{"doy", other_label}, w{"dst", daylight_modifier}, whole("epoch", special_word::epoch), w{"feb", month, 2},
        w{"february", month, 2}, w{"fri", weekday, 5}, w{"friday", weekday, 5}, w{"h", other_label},
        whole("infinity", special_word::infinity), w{"isodow", other_label}, w{"isoyear", other_label}, w{"j", julian},
        w{"jan", month, 1}, w{"january", month, 1}, w{"jd", julian}, w{"jul", month, 7}, w{"julian", julian},
        w{"july", month, 7}, w{"jun", month, 6}, w{"june", month, 6}, w{"m", other_label}, w{"mar", month, 3},
        w{"march", month, 3}, w{"may", month, 5}, w{"mm", other_label}, w{"mon", weekday, 1}, w{"monday", weekday, 1},
        w{"nov", month, 11}, w{"november", month, 11}, whole("now", special_word::now), w{"oct", month, 10},
        w{"october", month, 10}, w{"on", ignored}, w{"pm", half_of_day, 1}, w{"s", other_label}, w{"sat", weekday, 6},
        w{"saturday", weekday, 6}, w{"sep", month, 9}, w{"sept", month, 9}, w{"september", month, 9},
        w{"sun", weekday, 0}, w{"sunday", weekday, 0}, w{"t", iso_time}, w{"thu", weekday, 4}, w{"thur", weekday, 4},
        w{"thurs", weekday, 4}, w{"thursday", weekday, 4}, whole("today", special_word::today),
        whole("tomorrow", special_word::tomorrow), w{"tue", weekday, 2}, w{"tues", weekday, 2},
        w{"tuesday", weekday, 2}, w{"wed", weekday, 3}, w{"wednesday", weekday, 3}, w{"weds", weekday, 3},
        w{"y", other_label}, whole("yesterday", special_word::yesterday),
    };
}();
// clang-format on
static_assert(sorted_by_text(date_words));

/// What a word in lower case means, but for zones.
[[nodiscard]] constexpr date_word decode_word(std::string_view text) noexcept {
    auto const* const word = find_word(date_words, text);
    return word == nullptr ? date_word{} : *word;
}

}  // namespace pgwire::detail
