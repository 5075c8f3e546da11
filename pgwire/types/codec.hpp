// The customization point for types: how a C++ type stands on the wire, and the functions that everything else calls.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Formats and Format Codes". A type joins with one
// specialisation:
//
//     template<>
//     struct pgwire::codec<celsius> {
//         static constexpr type_info type = types::float8;                   // what RowDescription says
//
//         static constexpr std::size_t text_size(celsius v);                 // an upper bound, in bytes
//         static constexpr char* to_text(char* p, celsius v);                // writes at p, returns the end
//         static constexpr result<celsius> from_text(std::string_view text);
//
//         static constexpr std::size_t binary_size(celsius v);
//         static constexpr char* to_binary(char* p, celsius v);
//         static constexpr result<celsius> from_binary(std::string_view bytes);
//     };
//
// Where the text depends on the session's settings, the text functions take a `text_style const&` as their last
// parameter. A value that the type can't hold (a year too far, a text that is no number) has the size `unencodable`,
// and `static constexpr errc refusal(v)` says why. `std::optional<T>` is NULL for every `T`; it needs no codec. Where
// all binary values have one size, `static constexpr std::size_t binary_width` may tell it: rows are then read faster.
// What is wrong with a text that was refused, `explain` may tell in words of its own (`complaint.hpp`).
//
// Where the OID is known only when the program runs, `type` is a `static inline runtime_type` (`runtime_type.hpp`).
// Enums, composites and domains get their functions from `enumeration.hpp`, `composite.hpp` and `domain.hpp`.
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/core/format.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/protocol/field.hpp"
#include "pgwire/types/oid.hpp"
#include "pgwire/types/text_style.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire {

/// Specialise it to bring a type of your own, as the comment above shows.
template<class T>
struct codec;

/// The size of a value that has no encoding. It is above every size that may be encoded, so nobody needs to ask for it.
inline constexpr std::size_t unencodable = std::numeric_limits<std::size_t>::max();

namespace detail {

/// The size of two parts: one that has no encoding, or a sum that wraps, has none.
[[nodiscard]] constexpr std::size_t add_sizes(std::size_t a, std::size_t b) noexcept {
    return a > unencodable - b ? unencodable : a + b;
}
/// The size of so many equal parts; a product that wraps is none.
[[nodiscard]] constexpr std::size_t multiply_sizes(std::size_t count, std::size_t each) noexcept {
    return each != 0 && count > unencodable / each ? unencodable : count * each;
}

template<class T>
struct nullable {
    static constexpr bool value = false;
    using type = T;
};
template<class T>
struct nullable<std::optional<T>> {
    static constexpr bool value = true;
    using type = T;
};

template<class T>
inline constexpr bool is_nullable = nullable<T>::value;
/// `T` without `std::optional`.
template<class T>
using non_null = typename nullable<T>::type;

/// How many bytes every binary value of `T` has; 0 if that differs, as it does where some are NULL, or isn't told.
template<class T>
inline constexpr std::size_t binary_width = [] {
    if constexpr (requires { codec<T>::binary_width; }) return codec<T>::binary_width;
    else return std::size_t{0};
}();

// The text functions with or without the style, whichever the codec has.

template<class T>
constexpr std::size_t text_size(T const& v, text_style const& style) {
    if constexpr (requires { codec<T>::text_size(v, style); }) return codec<T>::text_size(v, style);
    else return codec<T>::text_size(v);
}
template<class T>
constexpr char* to_text(char* p, T const& v, text_style const& style) {
    if constexpr (requires { codec<T>::to_text(p, v, style); }) return codec<T>::to_text(p, v, style);
    else return codec<T>::to_text(p, v);
}
template<class T>
constexpr result<T> from_text(std::string_view text, text_style const& style) {
    if constexpr (requires { codec<T>::from_text(text, style); }) return codec<T>::from_text(text, style);
    else return codec<T>::from_text(text);
}

template<class T>
concept has_text_size = requires(T const& v) {
    { codec<T>::text_size(v) } -> std::convertible_to<std::size_t>;
} || requires(T const& v, text_style const& style) {
    { codec<T>::text_size(v, style) } -> std::convertible_to<std::size_t>;
};
template<class T>
concept has_to_text = requires(T const& v, char* p) {
    { codec<T>::to_text(p, v) } -> std::convertible_to<char*>;
} || requires(T const& v, char* p, text_style const& style) {
    { codec<T>::to_text(p, v, style) } -> std::convertible_to<char*>;
};
template<class T>
concept has_text_encoder = has_text_size<T> && has_to_text<T>;

template<class T>
concept has_binary_encoder = requires(T const& v, char* p) {
    { codec<T>::binary_size(v) } -> std::convertible_to<std::size_t>;
    { codec<T>::to_binary(p, v) } -> std::convertible_to<char*>;
};

template<class T>
concept has_text_decoder = requires(std::string_view text) {
    { codec<T>::from_text(text) } -> std::same_as<result<T>>;
} || requires(std::string_view text, text_style const& style) {
    { codec<T>::from_text(text, style) } -> std::same_as<result<T>>;
};

template<class T>
concept has_binary_decoder = requires(std::string_view bytes) {
    { codec<T>::from_binary(bytes) } -> std::same_as<result<T>>;
};

}  // namespace detail

/// `T`, or the `T` of a `std::optional<T>`, belongs to a type of PostgreSQL.
template<class T>
concept has_codec = requires {
    // There must be a pgwire::codec<T> with a static constexpr type_info type. Those of the built-in types are in
    // pgwire/types.hpp; one for a type of your own is shown at the top of pgwire/types/codec.hpp.
    { codec<detail::non_null<T>>::type } -> std::convertible_to<type_info>;
};

/// A `T` can be sent, as text and in binary.
template<class T>
concept encodable = has_codec<T>
    // pgwire::codec<T> needs text_size(v) and to_text(char*, v); both may take a text_style const& at the end
    && detail::has_text_encoder<detail::non_null<T>>
    // pgwire::codec<T> needs binary_size(v) and to_binary(char*, v)
    && detail::has_binary_encoder<detail::non_null<T>>;

/// A `T` can be received, as text and in binary.
template<class T>
concept decodable = has_codec<T>
    // pgwire::codec<T> needs result<T> from_text(std::string_view), which may take a text_style const& at the end
    && detail::has_text_decoder<detail::non_null<T>>
    // pgwire::codec<T> needs result<T> from_binary(std::string_view)
    && detail::has_binary_decoder<detail::non_null<T>>;

namespace detail {

template<oid>
struct known_oid {};

/// The type's OID is known when the program is compiled.
template<class T>
concept has_fixed_type = requires { typename known_oid<codec<non_null<T>>::type.type>; };

}  // namespace detail

/// The type that a column or a parameter of this C++ type has. A constant, but for a `runtime_type`: there it is what
/// that was assigned so far.
template<has_codec T>
inline constexpr type_info const& type_of = codec<detail::non_null<T>>::type;
template<has_codec T>
    requires detail::has_fixed_type<T>
inline constexpr type_info type_of<T> = codec<detail::non_null<T>>::type;

/// Whether `v` is an empty `std::optional`.
template<class T>
[[nodiscard]] constexpr bool is_null(T const& v) noexcept {
    if constexpr (detail::is_nullable<T>) return !v.has_value();
    else return false;
}

/// At most how many bytes `encode_value` writes for `v`: 0 for NULL, over 2^31-1 if `v` has no encoding.
template<format F, encodable T>
[[nodiscard]] constexpr std::size_t value_size(T const& v, text_style const& style = default_text_style) {
    if constexpr (detail::is_nullable<T>) return v ? value_size<F>(*v, style) : 0;
    else if constexpr (F == format::binary) return codec<T>::binary_size(v);
    else return detail::text_size(v, style);
}

/// Writes `v` at `p`, where `value_size` bytes must be free, and returns the end of it. `v` must not be NULL and must
/// have an encoding.
template<format F, encodable T>
constexpr char* encode_value(char* p, T const& v, text_style const& style = default_text_style) {
    if constexpr (detail::is_nullable<T>) return encode_value<F>(p, *v, style);
    else if constexpr (F == format::binary) return codec<T>::to_binary(p, v);
    else return detail::to_text(p, v, style);
}

/// The same with a format that is known when it runs.
template<encodable T>
[[nodiscard]] constexpr std::size_t value_size(T const& v, format f, text_style const& style = default_text_style) {
    return f == format::binary ? value_size<format::binary>(v, style) : value_size<format::text>(v, style);
}
template<encodable T>
constexpr char* encode_value(char* p, T const& v, format f, text_style const& style = default_text_style) {
    return f == format::binary ? encode_value<format::binary>(p, v, style) : encode_value<format::text>(p, v, style);
}

/// Why `v`, whose size this is, has no encoding: `codec<T>::refusal(v)` or `message_too_large`; `none` if it has one.
template<encodable T>
[[nodiscard]] constexpr errc refusal_of(T const& v, std::size_t size) {
    if constexpr (detail::is_nullable<T>) {
        return v ? refusal_of(*v, size) : errc::none;
    } else {
        if constexpr (requires { codec<T>::refusal(v); })
            if (size == unencodable) return codec<T>::refusal(v);
        return size > max_int32_length ? errc::message_too_large : errc::none;
    }
}

/// Writes `v` as DataRow and Bind have it: an Int32 length, then the value; for NULL the length is -1.
template<format F, encodable T>
constexpr char* encode_field(char* p, T const& v, text_style const& style = default_text_style) {
    if constexpr (detail::is_nullable<T>)
        if (!v) return store(p, std::int32_t{-1});
    char* const begin = p + 4;
    char* const end = encode_value<F>(begin, v, style);
    store(p, static_cast<std::int32_t>(end - begin));
    return end;
}

/// Reads a value, or NULL. Views in the result point into the value.
/// @return or `unexpected_null` if `T` is not a `std::optional`, `unsupported` for a format code that is neither 0 nor
///     1, and what the codec found: `invalid_text`, `invalid_binary`, `out_of_range`, …
template<decodable T>
[[nodiscard]] constexpr result<T> decode_value(value const& v, format f, text_style const& style = default_text_style) {
    if constexpr (detail::is_nullable<T>) {
        if (!v) return T{};
        auto decoded = decode_value<detail::non_null<T>>(v, f, style);
        if (!decoded) return decoded.error();
        return T{*std::move(decoded)};
    } else {
        if (!v) return errc::unexpected_null;
        if (f == format::binary) return codec<T>::from_binary(*v);
        if (f == format::text) return detail::from_text<T>(*v, style);
        return errc::unsupported;
    }
}

}  // namespace pgwire
