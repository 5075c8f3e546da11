// A value from a text, and a text from a value, for programs that have one in their hands.
//
// Floor 2, standard library only. The text is the type's in PostgreSQL, whatever the C++ type:
//
//     auto const price = pgwire::from_text<pgwire::fixed_point<2>>("19.99");           // result<fixed_point<2>>
//     auto const shown = pgwire::to_text(std::vector<int>{1, 2});                       // result<std::string>: {1,2}
#pragma once

#include "pgwire/types/codec.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire {

/// Reads a value. Views in it point into the text.
/// @return or what is wrong: `describe_value_error<T>` (`complaint.hpp`) has PostgreSQL's words for it
template<decodable T>
    requires(!detail::is_nullable<T>)
[[nodiscard]] constexpr result<T> from_text(std::string_view text, text_style const& style = default_text_style) {
    return detail::from_text<T>(text, style);
}

/// Writes a value.
/// @return or why it has no text, such as `out_of_range`
template<encodable T>
    requires(!detail::is_nullable<T>)
[[nodiscard]] result<std::string> to_text(T const& v, text_style const& style = default_text_style) {
    std::size_t const size = value_size<format::text>(v, style);
    if (errc const e = refusal_of(v, size); e != errc::none) return e;
    std::string text(size, '\0');
    text.resize(static_cast<std::size_t>(encode_value<format::text>(text.data(), v, style) - text.data()));
    return text;
}

}  // namespace pgwire
