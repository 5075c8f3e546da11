// A value whose sender says of which type it is, as a C++ type that may belong to another one.
//
// Floor 2, standard library only. A driver names the type of what it sends in binary, and takes the smallest that will do:
// where a bigint is wanted, 5 comes as a smallint. So numbers become one another where nothing is lost, texts are read
// for what they spell, and all else that differs is refused: bytes are never taken for what they are not.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/integer.hpp"
#include "pgwire/types/numeric.hpp"
#include "pgwire/types/oid.hpp"
#include "pgwire/types/runtime_type.hpp"
#include "pgwire/types/value_text.hpp"
#include "pgwire/types/visit_type.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgwire {

namespace detail {

using number_types = type_list<std::int16_t, std::int32_t, std::int64_t, float, double, numeric>;

[[nodiscard]] constexpr bool holds_numbers(oid type) {
    return visit_type<number_types>(type, [](auto) {});
}
/// The type of `T` is a number's, whichever C++ type it is.
template<class T>
concept number = has_fixed_type<T> && holds_numbers(codec<T>::type.type);

/// The types whose values may be sent for a `T`: their texts are read.
template<class T>
struct stand_ins {
    using list = type_list<>;
};
template<number T>
struct stand_ins<T> {
    using list = number_types;
};
template<>
struct stand_ins<std::string> {
    using list = number_types;
};

/// The text of a value in binary.
/// @return or `datatype_mismatch` if its type is not in the list
template<class List>
[[nodiscard]] result<std::string> text_of_binary(oid type, std::string_view bytes) {
    result<std::string> text = errc::datatype_mismatch;
    visit_type<List>(type, [&]<class From>(std::type_identity<From>) {
        auto const v = codec<From>::from_binary(bytes);
        text = v ? pgwire::to_text(*v) : result<std::string>(v.error());
    });
    return text;
}

}  // namespace detail

/// Reads a value, or NULL, that was sent as one of type `given`; 0 is any. Views in the result point into the value.
/// @return or what `decode_value` returns, `out_of_range` for a number that `T` can't hold, and `datatype_mismatch` for a
///     value in binary whose type is none that stands for a `T`
template<decodable T>
[[nodiscard]] constexpr result<T> decode_value_as(oid given, value const& v, format f,
                                        text_style const& style = default_text_style) {
    if (f != format::binary || !v || given == types::unknown.type || given == oid{} ||
        detail::same_type(given, type_of<T>.type)) [[likely]]
        return decode_value<T>(v, f, style);
    if (detail::is_textual(given)) return decode_value<T>(v, format::text, style);
    using from = typename detail::stand_ins<detail::non_null<T>>::list;
    if constexpr (!std::is_same_v<from, type_list<>>) {
        auto const text = detail::text_of_binary<from>(given, *v);
        if (!text) return text.error();
        auto decoded = decode_value<T>(std::string_view(*text), format::text);
        if (decoded || decoded.error() == errc::out_of_range) return decoded;
    }
    return errc::datatype_mismatch;
}

}  // namespace pgwire
