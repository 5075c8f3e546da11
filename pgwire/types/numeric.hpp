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
#include <utility>

namespace pgwire {

/// A number in decimal text that is borrowed: `12.50`, `-1e6`, `NaN`, `-Infinity`, with blanks around it or not. Only
/// to be sent; a text that is no such number has no encoding. Receive a `numeric`.
struct numeric_view {
    std::string_view text;
    friend constexpr bool operator==(numeric_view const&, numeric_view const&) = default;
};

/// A number in decimal text of its own. What was received has PostgreSQL's spelling, so that numbers of the same value
/// and scale are equal; 1.0 and 1.00 are not.
struct numeric {
    std::string text;
    friend bool operator==(numeric const&, numeric const&) = default;
};

namespace detail {

/// Calls `f` with the number that the text spells, which `decimal::parse` has found to be one or which is plain.
template<class F>
constexpr auto with_decimal(std::string_view text, F f) noexcept {
    auto const plain = split_plain(text);
    return plain.valid ? f(plain) : f(*decimal::parse(text));
}

/// Sends the number that the member `text` spells.
template<class T>
struct numeric_encoder {
    static constexpr type_info type = types::numeric;

    static constexpr std::size_t text_size(T const& v) noexcept {
        if (auto const plain = split_plain(v.text); plain.valid) return numeric_text_size(plain);
        auto const d = decimal::parse(v.text);
        return d ? numeric_text_size(*d) : unencodable;
    }
    static constexpr char* to_text(char* p, T const& v) noexcept {
        return with_decimal(v.text, [p](auto const& d) { return put_numeric_text(p, d); });
    }
    static constexpr std::size_t binary_size(T const& v) noexcept {
        if (auto const plain = split_plain(v.text); plain.valid) return numeric_binary_size(plain);
        auto const d = decimal::parse(v.text);
        return d ? numeric_binary_size(*d) : unencodable;
    }
    static constexpr char* to_binary(char* p, T const& v) noexcept {
        return with_decimal(v.text, [p](auto const& d) { return put_numeric_binary(p, d); });
    }
    static constexpr errc refusal(T const& v) noexcept { return decimal::parse(v.text).error(); }
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
    /// Also what PostgreSQL reads since version 16: `1_000.5`, `0x1F`, `0o17`, `0b101`.
    static result<numeric> from_text(std::string_view text) {
        if (auto const plain = detail::split_plain(text); plain.valid) return numeric{detail::numeric_text(plain)};
        auto const d = detail::decimal::parse(text);
        if (d) return numeric{detail::numeric_text(*d)};
        if (d.error() != errc::invalid_text) return d.error();
        auto decimal_form = detail::decimal_form(text);
        if (!decimal_form) return decimal_form.error();
        auto const again = detail::decimal::parse(*decimal_form);
        if (!again) return again.error();
        return numeric{detail::numeric_text(*again)};
    }
    static result<numeric> from_binary(std::string_view bytes) {
        auto const n = detail::read_numeric(bytes);
        if (!n) return n.error();
        return numeric{detail::numeric_text(*n)};
    }
};

}  // namespace pgwire
