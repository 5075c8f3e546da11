// numeric, of any size and scale, as decimal text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Arbitrary Precision Numbers". Numbers that fit
// into machine words have types of their own: `fixed_point`, `scaled` and `int128`.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/decimal_text.hpp"
#include "pgwire/types/numeric_binary.hpp"
#include "pgwire/types/numeric_forms.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire {

/// A number in text that is borrowed, in any spelling that PostgreSQL reads: `12.50`, `-1e6`, `NaN`, `-Infinity`,
/// `1_000`, `0x1F`. Only to be sent; a text that is no number has no encoding. Receive a `numeric`.
struct numeric_view {
    std::string_view text = "0";
    friend constexpr bool operator==(numeric_view const&, numeric_view const&) = default;
};

/// A number in decimal text of its own. What was received has PostgreSQL's spelling, so that numbers of the same value
/// and scale are equal; 1.0 and 1.00 are not.
struct numeric {
    std::string text = "0";
    friend bool operator==(numeric const&, numeric const&) = default;
};

namespace detail {

/// Sends the number that the member `text` spells.
template<class T>
struct numeric_encoder {
    static constexpr type_info type = types::numeric;

    static constexpr std::size_t text_size(T const& v) {
        auto const size = visit_decimal(v.text, [](auto const& d) { return numeric_text_size(d); });
        return size ? *size : unencodable;
    }
    static constexpr char* to_text(char* p, T const& v) {
        return *visit_decimal(v.text, [p](auto const& d) { return put_numeric_text(p, d); });
    }
    static constexpr std::size_t binary_size(T const& v) {
        auto const size = visit_decimal(v.text, [](auto const& d) { return numeric_binary_size(d); });
        return size ? *size : unencodable;
    }
    static constexpr char* to_binary(char* p, T const& v) {
        return *visit_decimal(v.text, [p](auto const& d) { return put_numeric_binary(p, d); });
    }
    static constexpr errc refusal(T const& v) {
        return visit_decimal(v.text, [](auto const&) { return true; }).error();
    }
};

/// The number's text in PostgreSQL's spelling.
template<class Decimal>
[[nodiscard]] std::string numeric_text(Decimal const& d) {
    std::string text(numeric_text_size(d), '\0');
    text.resize(static_cast<std::size_t>(put_numeric_text(text.data(), d) - text.data()));
    return text;
}

}  // namespace detail

template<>
struct codec<numeric_view> : detail::numeric_encoder<numeric_view> {};

template<>
struct codec<numeric> : detail::numeric_encoder<numeric> {
    static result<numeric> from_text(std::string_view text) {
        return detail::visit_decimal(text, [](auto const& d) { return numeric{detail::numeric_text(d)}; });
    }
    static result<numeric> from_binary(std::string_view bytes) {
        auto const n = detail::read_numeric(bytes);
        if (!n) return n.error();
        return numeric{detail::numeric_text(*n)};
    }
};

}  // namespace pgwire
