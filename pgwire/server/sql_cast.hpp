// The value of a constant of SQL where a certain type is wanted.
//
// Floor 4, pure. Source: PostgreSQL documentation, "Type Conversion", and the catalog `pg_cast` for the built-in types:
// a string takes any type by its input function, numbers are rounded, everything becomes text. Of casts between types
// it knows those among numbers, among dates and times, and between booleans, integers and texts.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/check_values.hpp"
#include "pgwire/server/sql_constant.hpp"
#include "pgwire/types.hpp"
#include "pgwire/types/value_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

[[nodiscard]] inline bool is_among(oid type, std::initializer_list<type_info> infos) noexcept {
    return std::any_of(infos.begin(), infos.end(), [type](type_info const& t) { return t.type == type; });
}
[[nodiscard]] inline bool is_whole_number(oid t) noexcept {
    return is_among(t, {types::int2, types::int4, types::int8, types::oid});
}
[[nodiscard]] inline bool is_number(oid t) noexcept {
    return is_whole_number(t) || is_among(t, {types::float4, types::float8, types::numeric});
}
[[nodiscard]] inline bool is_string(oid t) noexcept {
    return is_among(t, {types::text, types::varchar, types::bpchar, types::name});
}
[[nodiscard]] inline bool is_point_in_time(oid t) noexcept {
    return is_among(t, {types::date, types::timestamp, types::timestamptz});
}

/// The value as the type's output function writes it; as it is if it is not a value of the type.
template<class T>
[[nodiscard]] std::string written_again(std::string const& text, text_style const& style) {
    auto const decoded = decode_value<T>(value(text), format::text, style);
    if (!decoded) return text;
    std::string out(value_size<format::text>(*decoded, style), '\0');
    char* const end = encode_value<format::text>(out.data(), *decoded, style);
    out.resize(static_cast<std::size_t>(end - out.data()));
    return out;
}
[[nodiscard]] inline std::string written_again(oid type, std::string const& text, text_style const& style) {
    if (type == types::bool_.type || type == types::bytea.type) return text;  // a cast has its own words for it
    std::string written = text;
    visit_type<sql_types>(type, [&]<class T>(std::type_identity<T>) { written = written_again<T>(text, style); });
    return written;
}

/// A constant while it is cast.
class cast_value {
public:
    cast_value(sql_constant const& c, text_style const& style)
        : text_(c.text), type_(c.type), position_(c.position), style_(style) {}

    [[nodiscard]] std::optional<std::string>& text() noexcept { return text_; }
    [[nodiscard]] oid type() const noexcept { return type_; }

    /// @param assigns whether only those casts are made that an assignment makes
    /// @return false if there is no such cast
    /// @throws sql_error what the type says of the value
    bool cast(oid to, bool assigns) {
        if (to != type_ && !convert(to, assigns)) return false;
        type_ = to;
        return true;
    }

private:
    bool convert(oid to, bool assigns) {
        bool const takes_text = type_ == oid{} || (is_string(type_) && !assigns);
        if (takes_text || (is_string(type_) && is_string(to))) return read_as(to, type_ == oid{}), true;
        if (is_string(to)) return write(), true;
        if (is_number(type_) && is_number(to)) return convert_number(to), true;
        if (is_point_in_time(type_) && is_point_in_time(to)) return read_as(to, false), true;
        if (assigns) return false;
        if (type_ == types::bool_.type && to == types::int4.type) {
            if (text_) text_ = *text_ == "true" ? "1" : "0";
            return true;
        }
        if (type_ == types::int4.type && to == types::bool_.type) {
            if (text_) text_ = *text_ == "0" ? "false" : "true";
            return true;
        }
        return false;
    }

    /// The type's input function.
    void read_as(oid to, bool tells_where) {
        if (!text_) return;
        errc const error = check_value({value(*text_), format::text, to}, style_);
        if (error != errc::none) {
            sql_error e(to_sqlstate(error), describe_value_error(error, to, *text_));
            if (tells_where) e.fields().position = position_;
            throw e;
        }
        if (to == types::bool_.type) text_ = *decode_value<bool>(value(*text_), format::text) ? "true" : "false";
    }
    /// Its output function.
    void write() {
        if (text_) text_ = written_again(type_, *text_, style_);
    }
    void convert_number(oid to) {
        if (!text_) return;
        if (is_whole_number(to) && !is_whole_number(type_)) round();
        if (!is_whole_number(to)) return read_as(to, false);
        if (check_value({value(*text_), format::text, to}, style_) != errc::none)
            throw sql_error(
                sqlstates::numeric_value_out_of_range,
                (to == types::oid.type ? std::string("OID") : display_name(to)) + " out of range");
    }
    /// To the nearest integer; what lies between two goes up, away from zero, but a float to the even one.
    void round() {
        if (type_ != types::numeric.type) {
            double const rounded = std::nearbyint(*decode_value<double>(value(*text_), format::text));
            if (std::abs(rounded) < 9.3e18) text_ = written_again<numeric>(digits_of(rounded), style_);
            return;
        }
        auto digits = written_again<numeric>(*text_, style_);
        auto const point = digits.find('.');
        if (point == digits.npos) {
            text_ = std::move(digits);
            return;
        }
        bool const goes_up = digits[point + 1] >= '5';
        bool const negative = digits.starts_with('-');
        digits.resize(point);
        std::int64_t n = 0;
        auto const [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
        if (error != std::errc() || n == INT64_MAX || n == INT64_MIN) return;  // far out of range
        text_ = std::to_string(goes_up ? n + (negative ? -1 : 1) : n);
    }
    [[nodiscard]] static std::string digits_of(double whole) {
        std::array<char, 32> room{};
        auto const end = std::to_chars(room.data(), room.data() + room.size(), whole, std::chars_format::fixed, 0).ptr;
        return {room.data(), end};
    }

    std::optional<std::string> text_;
    oid type_;
    std::uint32_t position_;
    text_style const& style_;
};

}  // namespace detail

/// The type that is written like this: a name of `pg_type` or of SQL, which may have a length, and `pg_catalog.` before
/// it.
/// @throws sql_error 42704
[[nodiscard]] inline oid find_written_type(written_type const& t) {
    std::string_view name = t.name;
    token_scanner in(name);
    if (in.accept("pg_catalog") && in.accept(".")) name = name.substr(in.peek().offset);
    token_scanner words(name);
    auto const first = words.next();
    bool const is_interval = is_keyword(first, "INTERVAL");  // DAY TO SECOND and the like say how much is kept
    type_info const* found = is_interval ? &types::interval : find_type(name);
    std::string given = t.name;
    if (first.kind == token_kind::quoted_identifier && words.peek().kind == token_kind::end) {
        if (auto quoted = decode_identifier(first)) given = *std::move(quoted);
        found = detail::find_type_exactly("", given);
    }
    if (found != nullptr) return found->type;
    throw sql_error(sqlstates::undefined_object, "type \"" + given + "\" does not exist").position(t.position);
}

/// The constant as the text of a value of this type; nothing is NULL.
/// @param number of the parameter that it is for, from 1
/// @param wanted the parameter's type
/// @throws sql_error with the constant's position: 42804 if its type is another, 42846, 42704, 42P02, 0A000, and what
///     the type says of the value: 22P02, 22007, 22003 and the like
[[nodiscard]] inline std::optional<std::string> value_of(sql_constant const& c, std::size_t number, oid wanted,
                                                         text_style const& style) {
    auto const name_of = [](oid type) { return type == oid{} ? std::string("unknown") : format_type(type); };
    if (c.what == sql_constant::kind::parameter)
        throw sql_error(sqlstates::undefined_parameter, "there is no parameter " + c.text.value_or(""))
            .position(c.position);
    if (c.what == sql_constant::kind::expression)
        throw sql_error(sqlstates::feature_not_supported, "only constants are supported as parameters of EXECUTE")
            .position(c.position);
    detail::cast_value made(c, style);
    for (auto const& cast : c.casts) {
        if (cast.name.find('(') != cast.name.npos)
            throw sql_error(sqlstates::feature_not_supported, "casts to a type with a length are not supported here")
                .position(cast.position);
        oid const to = find_written_type(cast);
        if (!made.cast(to, false))
            throw sql_error(sqlstates::cannot_coerce, "cannot cast type " + name_of(made.type()) + " to " + name_of(to))
                .position(c.position);
    }
    if (!made.cast(wanted, true))
        throw sql_error(sqlstates::datatype_mismatch, "parameter $" + std::to_string(number) + " of type " +
                                                          name_of(made.type()) +
                                                          " cannot be coerced to the expected type " + name_of(wanted))
            .hint("You will need to rewrite or cast the expression.")
            .position(c.position);
    return std::move(made.text());
}

/// The constants as texts of values of these types, one for each; of those that are too few or too many only the
/// number.
/// @throws as `value_of`
[[nodiscard]] inline std::vector<std::optional<std::string>> values_of(std::vector<sql_constant> const& constants,
                                                                       std::span<oid const> wanted,
                                                                       text_style const& style) {
    std::vector<std::optional<std::string>> texts(constants.size());
    if (constants.size() != wanted.size()) return texts;
    for (std::size_t i = 0; i != texts.size(); ++i) texts[i] = value_of(constants[i], i + 1, wanted[i], style);
    return texts;
}

}  // namespace pgwire
