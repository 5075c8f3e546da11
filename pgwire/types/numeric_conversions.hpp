// numeric from and to the numbers of C++.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Arbitrary Precision Numbers"; floats as in the
// server's casts between numeric and double precision. Everything else is exact or an error.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/decimal_units.hpp"
#include "pgwire/types/fixed_point.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/integer.hpp"
#include "pgwire/types/numeric.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// `fixed_point`, `scaled`, `int128` and what others make of a numeric.
template<class T>
concept host_numeric = has_codec<T> && !host_integer<T> && !host_float<T> && codec<T>::type == types::numeric;

}  // namespace detail

/// The numeric of an integer, an `int128`, a `fixed_point` or a `scaled`, whose scale must be 0 to 16383. Exact.
template<class T>
    requires detail::host_integer<T> || detail::host_numeric<T>
[[nodiscard]] numeric to_numeric(T const& v) {
    std::string text(codec<T>::text_size(v), '\0');
    text.resize(static_cast<std::size_t>(codec<T>::to_text(text.data(), v) - text.data()));
    return {std::move(text)};
}
/// As the cast `v::numeric` does it, a float is rounded to the digits that its type surely holds: 15, or 6 for `float`.
template<detail::host_float T>
[[nodiscard]] numeric to_numeric(T v) {
    char text[detail::max_float_text];
    char const* const end = detail::put_float(text, v, 0);
    return *codec<numeric>::from_text({text, static_cast<std::size_t>(end - text)});
}

/// The number as a `fixed_point`, a `scaled` or an `int128`. Exact.
/// @return or `out_of_range`: too many digits, digits behind the scale that are not 0, NaN, an infinity
template<detail::host_numeric T>
[[nodiscard]] result<T> numeric_to(numeric const& v) {
    return codec<T>::from_text(v.text);
}
/// The number as an integer. Where the cast `v::int8` would round, this refuses.
/// @return or `out_of_range`: a fraction, too large, NaN, an infinity
template<detail::host_integer T>
[[nodiscard]] result<T> numeric_to(numeric const& v) {
    auto const units = detail::units_from_text(v.text, 0);
    if (!units) return units.error();
    return detail::to_integer<T>(*units);
}
/// The nearest float, as the cast `v::float8` gives it.
/// @return or `out_of_range`: too large, or too small to be anything but 0
template<detail::host_float T>
[[nodiscard]] result<T> numeric_to(numeric const& v) {
    return codec<T>::from_text(v.text);
}

}  // namespace pgwire
