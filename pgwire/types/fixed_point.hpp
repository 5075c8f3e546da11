// numeric in machine words: `int128`, `fixed_point<2>` for a scale that is known, `scaled` for one that is not.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Arbitrary Precision Numbers". All are exact: a
// number that has more digits than the host type holds, or digits that are not 0 behind its scale, is out of range, and
// so are NaN and the infinities. Digits are never rounded away. `numeric` holds every number.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/decimal_units.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// `units` × 10^-`Scale`: `fixed_point<2>{12345}` is 123.45, what `numeric(18, 2)` holds.
template<int Scale, class Integer = std::int64_t>
struct fixed_point {
    static_assert(Scale >= 0 && Scale <= detail::decimal::max_scale, "pgwire: numeric has 0 to 16383 digits behind the point");
    static_assert(Integer(-1) < Integer(0), "pgwire: the units of a fixed_point need a sign");

    Integer units{};
    friend constexpr auto operator<=>(fixed_point const&, fixed_point const&) = default;
};

/// `units` × 10^-`scale`: `scaled{12345, 2}` is 123.45. Equal if both members are: 1.0 and 1.00 are not.
struct scaled {
    detail::wide_signed units = 0;
    int scale = 0;  ///< 0 to 16383; one that is not has no encoding
    friend constexpr bool operator==(scaled const&, scaled const&) = default;
};

template<int Scale, class Integer>
struct codec<fixed_point<Scale, Integer>> {
    static constexpr type_info type = types::numeric;
    using value_type = fixed_point<Scale, Integer>;

    static constexpr std::size_t text_size(value_type) noexcept { return detail::units_text_size(Scale); }
    static constexpr char* to_text(char* p, value_type v) noexcept {
        return detail::put_units_text(p, detail::units_of(v.units, Scale));
    }
    static constexpr result<value_type> from_text(std::string_view text) { return from(detail::units_from_text(text, Scale)); }

    static constexpr std::size_t binary_size(value_type) noexcept { return detail::units_binary_size; }
    static constexpr char* to_binary(char* p, value_type v) noexcept {
        return detail::put_units_binary(p, detail::units_of(v.units, Scale));
    }
    static constexpr result<value_type> from_binary(std::string_view bytes) noexcept {
        return from(detail::units_from_binary(bytes, Scale));
    }

private:
    static constexpr result<value_type> from(result<detail::decimal_units> const& units) noexcept {
        if (!units) return units.error();
        auto const n = detail::to_integer<Integer>(*units);
        if (!n) return n.error();
        return value_type{*n};
    }
};

template<>
struct codec<scaled> {
    static constexpr type_info type = types::numeric;

    static constexpr std::size_t text_size(scaled const& v) noexcept {
        return is_encodable(v) ? detail::units_text_size(v.scale) : unencodable;
    }
    static constexpr char* to_text(char* p, scaled const& v) noexcept {
        return detail::put_units_text(p, detail::units_of(v.units, v.scale));
    }
    static constexpr result<scaled> from_text(std::string_view text) { return from(detail::units_from_text(text, -1)); }

    static constexpr std::size_t binary_size(scaled const& v) noexcept {
        return is_encodable(v) ? detail::units_binary_size : unencodable;
    }
    static constexpr char* to_binary(char* p, scaled const& v) noexcept {
        return detail::put_units_binary(p, detail::units_of(v.units, v.scale));
    }
    static constexpr result<scaled> from_binary(std::string_view bytes) noexcept {
        return from(detail::units_from_binary(bytes, -1));
    }
    static constexpr errc refusal(scaled const&) noexcept { return errc::out_of_range; }

private:
    static constexpr bool is_encodable(scaled const& v) noexcept {
        return v.scale >= 0 && v.scale <= detail::decimal::max_scale;
    }
    static constexpr result<scaled> from(result<detail::decimal_units> const& units) noexcept {
        if (!units) return units.error();
        auto const n = detail::to_integer<detail::wide_signed>(*units);
        if (!n) return n.error();
        return scaled{*n, units->scale};
    }
};

#if defined(__SIZEOF_INT128__)
/// A numeric without digits behind the point: 12.00 is read as 12, and 12.5 is out of range.
template<>
struct codec<int128> {
    static constexpr type_info type = types::numeric;

    static constexpr std::size_t text_size(int128) noexcept { return detail::units_text_size(0); }
    static constexpr char* to_text(char* p, int128 v) noexcept { return detail::put_units_text(p, detail::units_of(v, 0)); }
    static constexpr result<int128> from_text(std::string_view text) { return from(detail::units_from_text(text, 0)); }

    static constexpr std::size_t binary_size(int128) noexcept { return detail::units_binary_size; }
    static constexpr char* to_binary(char* p, int128 v) noexcept {
        return detail::put_units_binary(p, detail::units_of(v, 0));
    }
    static constexpr result<int128> from_binary(std::string_view bytes) noexcept {
        return from(detail::units_from_binary(bytes, 0));
    }

private:
    static constexpr result<int128> from(result<detail::decimal_units> const& units) noexcept {
        if (!units) return units.error();
        return detail::to_integer<int128>(*units);
    }
};
#endif

}  // namespace pgwire
