// The shortest digits of floats by Dragonbox, for PGWIRE_SHORTEST_FLOATS (see `float_text.hpp`).
//
// Floor 2; the binding to Junekey Jeon's library (https://github.com/jk-jeon/dragonbox, from 1.1.3 on), headers alone.
// Nothing but that macro includes this: -DPGWIRE_SHORTEST_FLOATS='<pgwire/types/dragonbox.hpp>'.
#pragma once

#include "pgwire/types/decimal_digits.hpp"

#include <dragonbox/dragonbox.h>

namespace pgwire {

namespace detail {

template<class T>
[[nodiscard]] decimal_digits digits_by_dragonbox(T v) noexcept {
    auto const d = jkj::dragonbox::to_decimal(v, jkj::dragonbox::policy::sign::ignore,
                                              jkj::dragonbox::policy::trailing_zero::remove);
    return {d.significand, d.exponent};
}

}  // namespace detail

/// `v` is above 0 and finite.
[[nodiscard]] inline decimal_digits shortest_digits(double v) noexcept { return detail::digits_by_dragonbox(v); }
[[nodiscard]] inline decimal_digits shortest_digits(float v) noexcept { return detail::digits_by_dragonbox(v); }

}  // namespace pgwire
