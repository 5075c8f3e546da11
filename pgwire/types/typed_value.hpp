// A value whose sender says of which type it is, as a C++ type that may belong to another one.
//
// Floor 2, standard library only. A driver names the type of what it sends in binary, and takes the smallest that will do:
// where a bigint is wanted, 5 comes as a smallint. So numbers become one another, texts are read for what they spell, and
// what else differs is refused: bytes of a built-in type are never taken for those of another one. Of types that are not
// built in, and of none, nothing is known: they are taken for what is wanted.
#pragma once

#include "pgwire/types/binary_coercible.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/element_text.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/integer.hpp"
#include "pgwire/types/numeric.hpp"
#include "pgwire/types/oid.hpp"
#include "pgwire/types/value_text.hpp"
#include "pgwire/types/visit_type.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire {

template<decodable T>
[[nodiscard]] constexpr result<T> decode_value_as(oid given, value const& v, format f,
                                                  text_style const& style = default_text_style);

namespace detail {

using number_types = type_list<std::int16_t, std::int32_t, std::int64_t, float, double, numeric>;

/// The type of `T` is a number's, whichever C++ type it is, and `T` keeps what it is made of.
template<class T>
concept number = has_fixed_type<T> && !borrows<T> && visit_type<number_types>(codec<T>::type.type, [](auto) {});

/// Can be given a number: as one, or as its text.
template<class T>
concept takes_numbers = number<T> || std::same_as<T, oid> || std::same_as<T, std::string>;

/// Whole numbers stay what they are, a float is the nearest one, and all else goes by the number's text.
/// @return or `out_of_range`; `datatype_mismatch` for decimals where whole numbers are wanted
template<takes_numbers T, class From>
[[nodiscard]] result<T> convert_number(From const& v) {
    if constexpr (std::same_as<T, oid>) {
        auto const number = convert_number<std::int64_t>(v);
        if (!number) return number.error();
        if (!std::in_range<std::uint32_t>(*number)) return errc::out_of_range;
        return oid{static_cast<std::uint32_t>(*number)};
    } else if constexpr (std::integral<T> && std::integral<From>) {
        if (!std::in_range<T>(v)) return errc::out_of_range;
        return static_cast<T>(v);
    } else if constexpr (std::integral<T> && std::floating_point<From>) {
        if (!(v >= From{-0x1p63} && v < From{0x1p63})) return errc::out_of_range;  // nor is what is no number
        auto const whole = static_cast<std::int64_t>(v);
        if (static_cast<From>(whole) != v) return errc::datatype_mismatch;
        return convert_number<T>(whole);
    } else if constexpr (std::floating_point<T> && std::integral<From>) {
        return static_cast<T>(v);
    } else if constexpr (std::floating_point<T> && std::floating_point<From>) {
        auto const nearest = static_cast<T>(v);
        if (!is_finite(nearest) && is_finite(v)) return errc::out_of_range;
        return nearest;
    } else {
        auto text = pgwire::to_text(v);
        if (!text) return text.error();
        if constexpr (std::integral<T>)
            if (auto const point = text->find('.'); point != text->npos && text->find_first_not_of('0', point + 1) == text->npos)
                text->resize(point);
        auto made = pgwire::from_text<T>(*text);
        return made || made.error() != errc::invalid_text ? made : errc::datatype_mismatch;
    }
}

/// Elements of any type that can stand for a `T`.
template<class T>
struct converted_elements {
    [[nodiscard]] static constexpr bool may_be(oid) noexcept { return true; }
    [[nodiscard]] static result<T> decode(oid element, value const& v) {
        return decode_value_as<T>(element, v, format::binary);
    }
};

/// Holds elements, and can be read from a message whose elements are of another type.
template<class T>
concept converts_elements = requires(std::string_view bytes) {
    codec<T>::template from_binary_of<converted_elements<typename codec<T>::element_type>>(bytes);
};

/// A value in binary of another built-in type than `T`'s.
template<class T>
[[nodiscard]] constexpr result<T> convert_binary(oid given, std::string_view bytes, text_style const& style) {
    if (is_textual(given)) return from_text<T>(bytes, style);
    if (type_of<T>.type == types::json.type && given == types::jsonb.type && bytes.starts_with('\1'))
        return from_text<T>(bytes.substr(1), style);
    if constexpr (takes_numbers<T>) {
        result<T> made = errc::datatype_mismatch;
        visit_type<number_types>(given, [&]<class From>(std::type_identity<From>) {
            auto const v = codec<From>::from_binary(bytes);
            made = v ? convert_number<T>(*v) : result<T>(v.error());
        });
        return made;
    } else if constexpr (converts_elements<T>) {
        if (is_array(given))
            return codec<T>::template from_binary_of<converted_elements<typename codec<T>::element_type>>(bytes);
    }
    return errc::datatype_mismatch;
}

}  // namespace detail

/// Reads a value, or NULL, that was sent as one of type `given`; 0 is any. Views in the result point into the value.
/// @return or what `decode_value` returns, `out_of_range` for a number that `T` can't hold, and `datatype_mismatch` for a
///     value in binary whose type is none that stands for a `T`
template<decodable T>
constexpr result<T> decode_value_as(oid given, value const& v, format f, text_style const& style) {
    if (f != format::binary || !v || given == types::unknown.type || given == oid{} ||
        detail::binary_coercible(given, type_of<T>.type)) [[likely]]
        return decode_value<T>(v, f, style);
    auto made = detail::convert_binary<detail::non_null<T>>(given, *v, style);
    if (!made) return made.error();
    return T(*std::move(made));
}

}  // namespace pgwire
