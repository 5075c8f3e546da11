// Ranges: int4range, int8range, numrange, daterange, tsrange, tstzrange and those of a user's.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Range Types"; the binary form is that of the
// server's range_send: a byte of flags, then the bounds that there are, each behind its Int32 length. As in PostgreSQL
// a range is brought into its canonical form before it is sent and when it was read: `[1,5]` of integers and days
// becomes `[1,6)`, `[3,3)` becomes `empty`.
#pragma once

#include "pgwire/types/complaint.hpp"
#include "pgwire/types/element_binary.hpp"
#include "pgwire/types/element_text.hpp"
#include "pgwire/types/range_order.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// The values from `lower` to `upper`; a bound that is not there is infinite. `range<int>{1, 5}` is `[1,5)`,
/// `range<int>{1, 5, true, true}` is `[1,5]`, `range<int>{.empty = true}` is `empty`.
template<class T>
struct range {
    std::optional<T> lower{};
    std::optional<T> upper{};
    bool lower_inclusive = true;  ///< of no meaning where there is no bound
    bool upper_inclusive = false;
    bool empty = false;  ///< then nothing else has a meaning

    /// The same bounds; `[1,5]` and `[1,6)` are the same only in their `canonical` form.
    friend constexpr bool operator==(range const& a, range const& b) {
        if (a.empty || b.empty) return a.empty == b.empty;
        return a.lower == b.lower && a.upper == b.upper && (!a.lower || a.lower_inclusive == b.lower_inclusive) &&
               (!a.upper || a.upper_inclusive == b.upper_inclusive);
    }
};

namespace detail {

struct range_types {
    type_info element;
    type_info range;
    type_info multirange;
};
inline constexpr range_types built_in_ranges[] = {
    {types::int4, types::int4range, types::int4multirange},
    {types::int8, types::int8range, types::int8multirange},
    {types::numeric, types::numrange, types::nummultirange},
    {types::date, types::daterange, types::datemultirange},
    {types::timestamp, types::tsrange, types::tsmultirange},
    {types::timestamptz, types::tstzrange, types::tstzmultirange},
};
/// Where the built-in ranges of this type are in the table; its size if there are none.
[[nodiscard]] constexpr std::size_t index_of_ranges(oid element) noexcept {
    std::size_t i = 0;
    while (i != std::size(built_in_ranges) && built_in_ranges[i].element.type != element) ++i;
    return i;
}
template<class T>
concept built_in_range =
    has_fixed_type<T> && index_of_ranges(type_of<T>.type) != std::size(built_in_ranges);

/// There are ranges of `T`.
template<class T>
concept range_element = has_codec<T> && !is_nullable<T>
                        // There are ranges of int4, int8, numeric, date, timestamp and timestamptz. For another type
                        // specialise pgwire::range_traits<T>, as pgwire/types/range_order.hpp shows.
                        && (built_in_range<T> || requires { range_traits<T>::type; });

template<range_element T>
[[nodiscard]] constexpr auto const& range_type() noexcept {
    if constexpr (requires { range_traits<T>::type; }) return range_traits<T>::type;
    else return built_in_ranges[index_of_ranges(type_of<T>.type)].range;
}

/// Whether no value lies between these bounds; or `range_out_of_order`.
template<class T>
[[nodiscard]] constexpr result<bool> spans_nothing(range<T> const& v) {
    if (v.empty) return true;
    if (!v.lower || !v.upper) return false;
    auto const order = compare_values(*v.lower, *v.upper);
    if (order > 0) return errc::range_out_of_order;
    return order == 0 && !(v.lower_inclusive && v.upper_inclusive);
}

}  // namespace detail

/// The form in which PostgreSQL keeps a range.
/// @return or `range_out_of_order`; `out_of_range` or `datetime_overflow` if there is no value after a bound
template<detail::range_element T>
[[nodiscard]] constexpr result<range<T>> canonical(range<T> v) {
    auto const nothing = detail::spans_nothing(v);
    if (!nothing) return nothing.error();
    constexpr range<T> none{.lower_inclusive = false, .empty = true};
    if (*nothing) return none;
    if constexpr (detail::discrete<T>) {
        auto const step = [](std::optional<T>& bound, bool& inclusive) {
            if (!bound || !detail::has_next(*bound)) return errc::none;
            auto const next = detail::next_value(*bound);
            if (!next) return next.error();
            bound = *next;
            inclusive = !inclusive;
            return errc::none;
        };
        if (!v.lower_inclusive)
            if (errc const e = step(v.lower, v.lower_inclusive); e != errc::none) return e;
        if (v.upper_inclusive)
            if (errc const e = step(v.upper, v.upper_inclusive); e != errc::none) return e;
        if (detail::spans_nothing(v) == true) return none;
    }
    v.lower_inclusive = v.lower_inclusive && v.lower;
    v.upper_inclusive = v.upper_inclusive && v.upper;
    return v;
}

namespace detail {

/// The first byte of the binary form.
enum range_flag : unsigned char {
    range_is_empty = 0x01,
    lower_is_inclusive = 0x02,
    upper_is_inclusive = 0x04,
    lower_is_infinite = 0x08,
    upper_is_infinite = 0x10,
};

/// How many of the bytes the server reads of a bound: there, unlike elsewhere, it overlooks what follows the value.
template<class T>
[[nodiscard]] constexpr std::string_view read_part(std::string_view bytes) noexcept {
    auto const& type = inner_type<T>();
    std::size_t size = bytes.size();
    if (type.size > 0) size = static_cast<std::size_t>(type.size);
    else if (type.type == types::numeric.type && size >= 2)
        size = 8 + 2 * std::size_t{load<std::uint16_t>(bytes.data())};
    return bytes.substr(0, std::min(size, bytes.size()));
}

/// The bounds of a range as their texts, and whether each is there.
struct range_texts {
    bool empty = false;
    std::optional<std::string> lower{};
    std::optional<std::string> upper{};
    bool lower_inclusive = false;
    bool upper_inclusive = false;
};

/// @param said becomes what PostgreSQL says, if it is not a null pointer and the text is refused
/// @return or `invalid_text`
[[nodiscard]] inline result<range_texts> split_range(std::string_view text, value_complaint* said = nullptr) {
    auto const refuse = [given = text, said](std::string_view problem) {
        if (said != nullptr) *said = complain_of_literal(errc::invalid_text, "range", given, problem);
        return errc::invalid_text;
    };
    constexpr std::string_view end_of_input = "Unexpected end of input.";
    range_texts parts;
    text = trim(text);
    if (equals_ignoring_case(text.substr(0, 5), "empty")) {
        if (text.size() != 5) return refuse("Junk after \"empty\" key word.");
        parts.empty = true;
        return parts;
    }
    parts.lower_inclusive = text.starts_with('[');
    if (!take(text, parts.lower_inclusive ? '[' : '(')) return refuse("Missing left parenthesis or bracket.");
    auto const bound = [&](std::optional<std::string>& part) {
        if (text.empty()) return errc::invalid_text;
        if (std::string_view(",])").find(text.front()) != std::string_view::npos) return errc::none;
        return take_escaped(text, ",])", part.emplace());
    };
    if (bound(parts.lower) != errc::none) return refuse(end_of_input);
    if (!take(text, ',')) return refuse("Missing comma after lower bound.");
    if (bound(parts.upper) != errc::none) return refuse(end_of_input);
    parts.upper_inclusive = text.starts_with(']');
    if (!take(text, ']') && !take(text, ')')) return refuse("Too many commas.");
    if (!text.empty()) return refuse("Junk after right parenthesis or bracket.");
    return parts;
}

}  // namespace detail

template<detail::range_element T>
struct codec<range<T>> {
    static constexpr auto const& type = detail::range_type<T>();

    static constexpr std::size_t text_size(range<T> const& v, text_style const& style) {
        return size_with(v, [&](T const& bound) { return detail::element_text_size(bound, style); });
    }
    static constexpr char* to_text(char* p, range<T> const& v, text_style const& style) {
        auto const& form = form_of(v);
        if (is_empty(form)) return detail::put(p, "empty");
        *p++ = form.lower && form.lower_inclusive ? '[' : '(';
        if (form.lower) p = detail::put_element(p, *form.lower, style, detail::range_quoting);
        *p++ = ',';
        if (form.upper) p = detail::put_element(p, *form.upper, style, detail::range_quoting);
        *p++ = form.upper && form.upper_inclusive ? ']' : ')';
        return p;
    }
    /// @return or `invalid_text`, what `canonical` says, and what the codec of a bound finds
    static result<range<T>> from_text(std::string_view text,
                                      text_style const& style) requires detail::decodable_element<T> {
        return read_text(text, style, nullptr);
    }
    static value_complaint explain(std::string_view text,
                                   text_style const& style) requires detail::decodable_element<T> {
        value_complaint said;
        auto const v = read_text(text, style, &said);
        if (!said.message.empty()) return said;
        bool const in_order = v.error() != errc::range_out_of_order;  // then a bound has no value behind it
        said.message = in_order ? display_name(type_of<T>.type) + " out of range" : std::string(message(v.error()));
        return said;
    }

    static constexpr std::size_t binary_size(range<T> const& v) {
        return size_with(v, [](T const& bound) { return detail::add_sizes(4, codec<T>::binary_size(bound)); });
    }
    static constexpr char* to_binary(char* p, range<T> const& v) {
        auto const& form = form_of(v);
        unsigned flags = 0;
        if (is_empty(form)) {
            flags = detail::range_is_empty;
        } else {
            if (!form.lower) flags |= detail::lower_is_infinite;
            else if (form.lower_inclusive) flags |= detail::lower_is_inclusive;
            if (!form.upper) flags |= detail::upper_is_infinite;
            else if (form.upper_inclusive) flags |= detail::upper_is_inclusive;
        }
        *p++ = static_cast<char>(flags);
        if (flags == detail::range_is_empty) return p;
        if (form.lower) p = encode_field<format::binary>(p, *form.lower);
        if (form.upper) p = encode_field<format::binary>(p, *form.upper);
        return p;
    }
    /// @return or `insufficient_data`, `trailing_data`, what `canonical` says, and what the codec of a bound finds
    static result<range<T>> from_binary(std::string_view bytes) requires detail::decodable_element<T> {
        reader in(bytes);
        auto const flags = in.integer<std::uint8_t>();
        range<T> v{{},
                   {},
                   (flags & detail::lower_is_inclusive) != 0,
                   (flags & detail::upper_is_inclusive) != 0,
                   (flags & detail::range_is_empty) != 0};
        auto const read = [&](unsigned char infinite, std::optional<T>& bound) {
            if (v.empty || (flags & infinite) != 0) return errc::none;
            auto const part = detail::take_bytes(in);
            if (in.failed()) return errc::insufficient_data;
            auto decoded = codec<T>::from_binary(detail::read_part<T>(part));
            if (decoded) bound = *std::move(decoded);
            return decoded.error();
        };
        if (errc const e = read(detail::lower_is_infinite, v.lower); e != errc::none) return e;
        if (errc const e = read(detail::upper_is_infinite, v.upper); e != errc::none) return e;
        if (auto const end = in.finish(); !end) return end.error();
        return canonical(std::move(v));
    }

    static constexpr errc refusal(range<T> const& v) {
        if (v.lower)
            if (errc const e = detail::refusal_of_element(*v.lower); e != errc::none) return e;
        if (v.upper)
            if (errc const e = detail::refusal_of_element(*v.upper); e != errc::none) return e;
        return canonical(v).error();
    }

private:
    static result<range<T>> read_text(std::string_view text, text_style const& style, value_complaint* said) {
        auto const parts = detail::split_range(text, said);
        if (!parts) return parts.error();
        range<T> v{{}, {}, parts->lower_inclusive, parts->upper_inclusive, parts->empty};
        auto const read = [&](std::optional<std::string> const& part, std::optional<T>& bound) {
            if (!part) return errc::none;
            auto decoded = detail::from_text<T>(*part, style);
            if (decoded) bound = *std::move(decoded);
            else if (said != nullptr) *said = detail::complain<T>(decoded.error(), *part, style);
            return decoded.error();
        };
        if (errc const e = read(parts->lower, v.lower); e != errc::none) return e;
        if (errc const e = read(parts->upper, v.upper); e != errc::none) return e;
        return canonical(std::move(v));
    }

    /// The canonical form; where it has the same bounds, not a copy of them.
    static constexpr range<T> form_of(range<T> const& v) requires detail::discrete<T> { return *canonical(v); }
    static constexpr range<T> const& form_of(range<T> const& v) { return v; }
    static constexpr bool is_empty(range<T> const& form) { return detail::spans_nothing(form) == true; }

    static constexpr std::size_t size_with(range<T> const& v, auto size_of_bound) {
        if constexpr (detail::discrete<T>) {
            auto const form = canonical(v);
            return form ? size_of_form(*form, size_of_bound) : unencodable;
        } else {
            return detail::spans_nothing(v) ? size_of_form(v, size_of_bound) : unencodable;
        }
    }
    static constexpr std::size_t size_of_form(range<T> const& v, auto size_of_bound) {
        std::size_t size = 5;  // `empty`, or the brackets and the comma, or the flags
        if (v.lower && !v.empty) size = detail::add_sizes(size, size_of_bound(*v.lower));
        if (v.upper && !v.empty) size = detail::add_sizes(size, size_of_bound(*v.upper));
        return size;
    }
};

}  // namespace pgwire
