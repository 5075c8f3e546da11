// Dates and times read from text, in all the forms in which PostgreSQL reads them.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Input" and "Date/Time Input
// Interpretation". What a field is depends on the fields before it; each may come once. Not read are POSIX zones with
// rules for daylight-saving time; and where the session has no source of zones (`text_style::find_zone`) the names of
// regions and such abbreviations as `MSK`, and where it has no clock (`text_style::now`) `now`, `today`, `tomorrow` and
// `yesterday`.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/calendar.hpp"
#include "pgwire/types/date_time_numbers.hpp"
#include "pgwire/types/date_time_tokens.hpp"
#include "pgwire/types/date_time_words.hpp"
#include "pgwire/types/text_style.hpp"
#include "pgwire/types/zone_offset.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgwire::detail {

/// What a text said; what it did not say has its default.
struct date_time_fields {
    enum class special : std::uint8_t { none, infinity, minus_infinity, epoch };

    special kind = special::none;
    civil_date date;
    std::int64_t time = 0;  ///< microseconds since midnight
    std::int32_t zone = 0;  ///< seconds east of UTC; the session's, if the text names none

    /// Days since 2000-01-01.
    [[nodiscard]] constexpr std::int64_t days() const noexcept { return days_from_civil(date); }
    /// PostgreSQL counts days from 4714-11 BC to 5874898-05.
    [[nodiscard]] constexpr bool is_countable() const noexcept {
        return (date.year > -4713 || (date.year == -4713 && date.month >= 11)) &&
               (date.year < 5'874'898 || (date.year == 5'874'898 && date.month < 6));
    }
};

/// What a text must hold: a date, with a time or without; or a time, where a date matters only for the zone's offset.
enum class date_time_goal : std::uint8_t { date_time, time };

class date_time_parser : date_time_numbers {
public:
    constexpr date_time_parser(text_style const& style, date_time_goal goal) noexcept
        : date_time_numbers(style.order), style_(style), time_only_(goal == date_time_goal::time) {}

    /// @tparam Room the longest text that PostgreSQL takes here, 129 bytes for `date` and `time` and 153 for the others
    /// @return or `invalid_datetime`, `datetime_overflow`, `zone_displacement_overflow`, `unknown_time_zone`
    template<std::size_t Room>
    constexpr result<date_time_fields> parse(std::string_view text) noexcept {
        date_time_tokens<Room> tokens(text);
        if (auto const e = tokens.split(); e != errc::none) return e;
        count_ = tokens.size();
        for (std::size_t i = 0; i != count_; ++i) {
            second_is_time_ = count_ > 1 && tokens[1].kind == date_token_kind::time;
            last_is_date_ = tokens[count_ - 1].kind == date_token_kind::date;
            said_ = field::none;
            if (auto const e = decode(i, tokens[i]); e != errc::none) return e;
            if ((said_ & mask_) != 0) return errc::invalid_datetime;
            mask_ |= said_;
        }
        if (label_ != word_kind::unknown) return errc::invalid_datetime;
        if (fields_.kind != date_time_fields::special::none) return fields_;
        if (auto const e = finish(); e != errc::none) return e;
        return fields_;
    }

private:
    [[nodiscard]] constexpr field_mask mask() const noexcept { return time_only_ ? mask_ | field::date : mask_; }

    constexpr errc decode(std::size_t i, date_time_token const& token) noexcept {
        switch (token.kind) {
        case date_token_kind::date:
            return time_only_ ? decode_date_of_time(i, token.text()) : decode_date_field(token.text());
        case date_token_kind::time:
            if (auto const e = drop_time_label(); e != ok) return e;
            if (auto const e = decode_time(token.text()); e != ok) return e;
            return !time_only_ && time_overflows() ? overflow : ok;
        case date_token_kind::offset: return decode_offset(token.text());
        case date_token_kind::number:
            if (label_ != word_kind::unknown) return decode_labelled(token.text());
            return time_only_ ? decode_number_of_time(i, token.text()) : decode_number_of_date(token.text());
        case date_token_kind::word:
        case date_token_kind::special: return decode_word_field(token.text());
        }
        return bad;
    }

    /// Of the labels only `t` may stand before a time.
    constexpr errc drop_time_label() noexcept {
        if (label_ != word_kind::unknown && label_ != word_kind::iso_time) return bad;
        label_ = word_kind::unknown;
        return ok;
    }

    // ---- dates

    constexpr errc decode_date_field(std::string_view text) noexcept {
        if (label_ == word_kind::julian) {  // a whole Julian day, and a zone
            auto const day = take_integer<std::int32_t>(text);
            if (!day || *day < 0) return overflow;
            set_julian(*day);
            auto const e = decode_offset(text);
            said_ = field::date | field::time | field::zone;
            label_ = word_kind::unknown;
            return e;
        }
        // Behind a date it is a zone's name, or a time without colons and a zone.
        if (label_ == word_kind::unknown && !has(field::month | field::day)) return decode_date(text);
        bool const labelled = label_ != word_kind::unknown;
        if (!labelled && !is_digit(text.front())) return name_zone(text, errc::unknown_time_zone);
        if (auto const e = drop_time_label(); e != ok) return e;
        return decode_time_and_offset(text);
    }
    /// In a text that is all about a time a date may come first, if a time or a zone's name follows.
    constexpr errc decode_date_of_time(std::size_t i, std::string_view text) noexcept {
        if (i == 0 && count_ >= 2 && (last_is_date_ || second_is_time_)) return decode_date(text);
        if (is_digit(text.front())) return decode_time_and_offset(text);
        return name_zone(text, errc::unknown_time_zone);
    }
    /// `123456-08`
    constexpr errc decode_time_and_offset(std::string_view text) noexcept {
        auto const sign = text.find('-');
        if (has(field::time) || sign == text.npos) return bad;
        if (auto const e = decode_offset(text.substr(sign)); e != ok) return e;
        auto const e = decode_run(text.substr(0, sign), mask());
        said_ |= field::zone;
        return e;
    }

    // ---- numbers

    constexpr errc decode_number_of_date(std::string_view text) noexcept {
        auto const point = text.find('.');
        if (point != text.npos && (mask_ & field::date) == 0) return decode_date(text);
        bool const long_run = point == text.npos
                                  ? text.size() >= 6 && ((mask_ & field::date) == 0 || (mask_ & field::time) == 0)
                                  : point > 2;
        return long_run ? decode_run(text, mask_) : decode_number(text, named_month_, mask_);
    }
    constexpr errc decode_number_of_time(std::size_t i, std::string_view text) noexcept {
        auto const point = text.find('.');
        if (point != text.npos) {
            if (i == 0 && count_ >= 2 && last_is_date_) return decode_date(text);
            return point > 2 ? decode_run(text, mask()) : bad;
        }
        return text.size() > 4 ? decode_run(text, mask()) : decode_number(text, false, mask());
    }

    /// Behind `julian` or `t`.
    constexpr errc decode_labelled(std::string_view text) noexcept {
        auto rest = text;
        auto const n = take_integer<std::int32_t>(rest);
        if (!n) return n.error();
        if (!rest.empty() && rest.front() != '.') return bad;
        if (label_ == word_kind::julian) {
            if (*n < 0) return overflow;
            set_julian(*n);
            said_ = field::date;
            if (!rest.empty()) {
                auto const fraction = decode_fraction(rest);
                if (fraction.error != ok) return fraction.error;
                // Cut off, and not rounded, to microseconds of the day
                set_time_of_day(static_cast<std::int64_t>(fraction.value * static_cast<double>(microseconds_per_day)));
                said_ |= field::time;
            }
        } else if (label_ == word_kind::iso_time) {
            if (auto const e = decode_run(text, mask_ | field::date); e != ok) return e;
            if (said_ != field::time) return bad;
        } else {
            return bad;
        }
        label_ = word_kind::unknown;
        return ok;
    }

    // ---- zones

    constexpr errc decode_offset(std::string_view text) noexcept {
        auto const offset = detail::decode_offset(text);
        fields_.zone = offset.seconds;
        said_ = field::zone;
        return offset.error;
    }
    constexpr errc name_zone(std::string_view name, errc unknown) noexcept {
        named_zone_ = find_zone(name, style_);
        said_ = field::zone;
        return named_zone_ ? ok : unknown;
    }

    // ---- words

    constexpr errc decode_word_field(std::string_view text) noexcept {
        if (decode_abbreviation(text)) return ok;
        auto const word = decode_word(text);
        switch (word.kind) {
        case word_kind::ignored: return ok;
        case word_kind::special:
            return time_only_ ? decode_special_time(static_cast<special_word>(word.value))
                              : decode_special(static_cast<special_word>(word.value));
        case word_kind::month:
            if (time_only_) return bad;
            said_ = field::month;
            if ((mask_ & field::month) != 0 && !named_month_ && (mask_ & field::day) == 0 && month_ >= 1 &&
                month_ <= 31) {  // the number that was taken for a month is the day
                day_ = month_;
                said_ = field::day;
            }
            named_month_ = true;
            month_ = word.value;
            return ok;
        case word_kind::weekday: said_ = field::weekday; return time_only_ ? bad : ok;
        case word_kind::half_of_day:
            said_ = field::half_of_day;
            afternoon_ = word.value != 0;
            return ok;
        case word_kind::era:
            said_ = field::era;
            before_christ_ = word.value != 0;
            return ok;
        case word_kind::daylight_modifier:
            said_ = field::daylight_modifier | field::daylight_zone;
            fields_.zone += 3600;
            return ok;
        case word_kind::iso_time:
            if (!time_only_ && !has(field::date)) return bad;
            [[fallthrough]];
        case word_kind::julian:
        case word_kind::other_label:
            if (label_ != word_kind::unknown) return bad;
            label_ = word.kind;
            return ok;
        case word_kind::unknown: return name_zone(text, bad);
        }
        return bad;
    }

    /// What the session's zone calls its times, then what everybody knows.
    constexpr bool decode_abbreviation(std::string_view text) noexcept {
        if (auto const own = session_abbreviation(text, style_)) {
            if (own->fixed) return set_fixed(own->offset, own->daylight);
            return set_regional(text, style_.zone);
        }
        if (auto const* fixed = find_word(fixed_abbreviations, text); fixed != nullptr)
            return set_fixed(fixed->offset, fixed->daylight);
        auto const* regional = find_word(regional_abbreviations, text);
        if (regional == nullptr || style_.find_zone == nullptr) return false;
        auto const* const zone = style_.find_zone(regional->zone);
        return zone != nullptr && set_regional(text, zone);
    }
    constexpr bool set_fixed(std::int32_t offset, bool daylight) noexcept {
        said_ = field::zone | (daylight ? field::daylight_zone : field::none);
        fields_.zone = offset;
        return true;
    }
    constexpr bool set_regional(std::string_view text, time_zone const* zone) noexcept {
        said_ = field::zone | field::regional_zone;
        abbreviation_ = text;
        abbreviation_zone_ = zone;
        return true;
    }

    constexpr errc decode_special(special_word word) noexcept {
        using special = date_time_fields::special;
        said_ = field::date | field::time | field::zone;
        switch (word) {
        case special_word::infinity: fields_.kind = special::infinity; return ok;
        case special_word::minus_infinity: fields_.kind = special::minus_infinity; return ok;
        case special_word::epoch: fields_.kind = special::epoch; return ok;
        case special_word::allballs:
            said_ = field::time | field::zone;
            set_time_of_day(0);
            fields_.zone = 0;
            return ok;
        case special_word::now: return set_now(0);
        case special_word::today:
        case special_word::tomorrow:
        case special_word::yesterday: break;
        }
        auto const hour = hour_, minute = minute_, second = second_, microsecond = microsecond_;
        auto const zone = fields_.zone;
        if (auto const e = set_now(word == special_word::tomorrow    ? 1
                                   : word == special_word::yesterday ? -1
                                                                     : 0);
            e != ok)
            return e;
        hour_ = hour, minute_ = minute, second_ = second, microsecond_ = microsecond;
        fields_.zone = zone;
        said_ = field::date;
        return ok;
    }
    constexpr errc decode_special_time(special_word word) noexcept {
        if (word == special_word::allballs) {
            said_ = field::time | field::zone;
            set_time_of_day(0);
            return ok;
        }
        if (word != special_word::now) return bad;
        auto const year = year_, month = month_, day = day_;
        auto const zone = fields_.zone;
        auto const e = set_now(0);
        year_ = year, month_ = month, day_ = day;
        fields_.zone = zone;
        said_ = field::time;
        return e;
    }
    /// The date, time and offset that the session's clock shows.
    constexpr errc set_now(std::int64_t more_days) noexcept {
        if (style_.now == nullptr) return bad;
        std::int64_t const now = style_.now();
        fields_.zone = session_zone(style_).at(floor_div(now, microseconds_per_second) + days_to_unix * 86'400);
        std::int64_t const local = now + fields_.zone * microseconds_per_second;
        std::int64_t const today = floor_div(local, microseconds_per_day);
        set_date(civil_from_days(today + more_days));
        set_time_of_day(local - today * microseconds_per_day);
        return ok;
    }

    // ---- all together

    constexpr errc finish() noexcept {
        if (auto const e = finish_date(); e != ok) return e;
        if (has(field::date)) fields_.date = date();
        if ((mask_ & field::half_of_day) != 0) {
            if (hour_ > 12) return overflow;
            if (hour_ == 12) hour_ = afternoon_ ? 12 : 0;
            else if (afternoon_) hour_ += 12;
        }
        if (time_only_ && time_overflows()) return overflow;
        if (!has(time_only_ ? field::time : field::date)) return bad;
        fields_.time = time_of_day();
        return finish_zone();
    }
    constexpr errc finish_zone() noexcept {
        bool const modified = (mask_ & field::daylight_modifier) != 0;
        bool const zone_said = (mask_ & field::zone) != 0;
        if (zone_said && !named_zone_ && abbreviation_zone_ == nullptr) return ok;
        if (modified) return bad;  // DST goes with a zone of fixed offset alone
        if (named_zone_ && named_zone_->has_one_offset()) {
            fields_.zone = named_zone_->at(0);
            return ok;
        }
        auto const zone = zone_said ? named_zone_.value_or(zone_choice{abbreviation_zone_, 0}) : session_zone(style_);
        if (!zone_said && zone.has_one_offset()) {
            fields_.zone = zone.at(0);
            return ok;
        }
        if (!has(field::date)) {  // a time in a zone whose offset is another at another date: it is today's
            if (named_zone_ || (mask_ & field::date) != 0) return bad;
            auto const hour = hour_, minute = minute_, second = second_, microsecond = microsecond_;
            if (auto const e = set_now(0); e != ok) return e;
            hour_ = hour, minute_ = minute, second_ = second, microsecond_ = microsecond;
            fields_.date = date();
        }
        fields_.zone = 0;
        if (!fields_.is_countable()) return ok;
        std::int64_t const local =
            (fields_.days() + days_to_unix) * 86'400 + floor_div(fields_.time, microseconds_per_second);
        fields_.zone = zone.at_local(local);
        if (abbreviation_zone_ != nullptr && !named_zone_)
            if (auto const known = abbreviation_in(*abbreviation_zone_, abbreviation_, local - fields_.zone))
                fields_.zone = known->offset;
        return ok;
    }

    text_style const& style_;
    bool time_only_;
    std::size_t count_ = 0;
    bool second_is_time_ = false;
    bool last_is_date_ = false;

    date_time_fields fields_;
    word_kind label_ = word_kind::unknown;
    bool afternoon_ = false;
    std::optional<zone_choice> named_zone_;
    std::string_view abbreviation_;
    time_zone const* abbreviation_zone_ = nullptr;
};

}  // namespace pgwire::detail
