// What a message is, and how any message is encoded and decoded.
//
// Floor 1, pure and constexpr. A message is an aggregate with
//
//     static constexpr char tag = 'P';           // its type byte; the startup family has `no_tag`
//     static constexpr std::int32_t code = 10;   // where several share a tag: the Int32 that tells them apart
//     using layout = fields<&parse::statement, &parse::text, …>;   // its members, in the wire's order and the struct's
//
// and that one layout serves both directions. Decoding borrows: views in a decoded message point into its frame.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/protocol/field.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire {

/// The members of a message in the order in which they stand on the wire.
template<auto... Member>
struct fields {
    template<class M>
    static constexpr void put(auto& out, M const& m) {
        (field<std::remove_cvref_t<decltype(m.*Member)>>::put(out, m.*Member), ...);
    }
    /// Reads them as an `M` is made, so its members must stand in this order.
    template<class M>
    static constexpr M get(reader& in) {
        return M{field<std::remove_cvref_t<decltype(std::declval<M&>().*Member)>>::get(in)...};
    }
};

/// A part of a message that has fields of its own, as a column of a RowDescription has: an aggregate with a layout.
template<class T>
    requires requires { typename T::layout; }
struct field<T> {
    static constexpr void put(auto& out, T const& v) { T::layout::put(out, v); }
    static constexpr T get(reader& in) { return T::layout::template get<T>(in); }
};

/// What the startup family has for a tag: a length and a code, no type byte.
struct no_tag {};

/// A message that begins with a type byte.
template<class M>
concept tagged_message = requires {
    { M::tag } -> std::convertible_to<char>;
    typename M::layout;
};

/// A message of the startup family.
template<class M>
concept untagged_message = requires {
    { M::tag } -> std::convertible_to<no_tag>;
    typename M::layout;
};

template<class M>
concept message_type = tagged_message<M> || untagged_message<M>;

namespace detail {

template<message_type M>
constexpr void put_body(auto& out, M const& m) {
    if constexpr (requires { M::code; }) out.integer(static_cast<std::int32_t>(M::code));
    field<M>::put(out, m);
}

/// Type byte, if there is one, and length.
template<message_type M>
inline constexpr std::size_t header_size = tagged_message<M> ? 5 : 4;

/// The bytes of a whole frame, header included, or why there can't be one.
template<message_type M>
[[nodiscard]] constexpr result<std::size_t> measure(M const& m) {
    measurer out;
    out.integer(std::int32_t{});  // the length counts itself
    put_body(out, m);
    auto const size = out.finish();
    if (!size) return size.error();
    return *size + header_size<M> - 4;
}

/// Writes a frame of `size` bytes, which `measure` gave, at `at`; returns its end.
template<message_type M>
constexpr char* write_frame(char* at, std::size_t size, M const& m) {
    if constexpr (tagged_message<M>) *at++ = M::tag;
    writer out(at);
    out.integer(static_cast<std::int32_t>(size - header_size<M> + 4));
    put_body(out, m);
    return out.position();
}

}  // namespace detail

/// The size of `m`'s whole frame in bytes.
/// @return or `message_too_large`, `too_many_items`, `embedded_nul`
template<message_type M>
[[nodiscard]] constexpr result<std::size_t> encoded_size(M const& m) {
    return detail::measure(m);
}

/// Appends `m` to `out` and commits it. If `m` can't be encoded, `out` stays as it was.
template<message_type M>
constexpr result<void> encode(send_buffer& out, M const& m) {
    auto const size = detail::measure(m);
    if (!size) return size.error();
    char* const at = out.reserve(*size);
    out.advance(detail::write_frame(at, *size, m));
    out.commit();
    return {};
}

/// Encodes `m` into memory of the caller's, for instance a constant:
/// `encode_to<encoded_size(m)>(m)` is a `std::array`.
/// @return the end of what was written; `insufficient_data` if `capacity` is too small
template<message_type M>
constexpr result<char*> encode(char* at, std::size_t capacity, M const& m) {
    auto const size = detail::measure(m);
    if (!size) return size.error();
    if (*size > capacity) return errc::insufficient_data;
    return detail::write_frame(at, *size, m);
}

namespace detail {

/// Reads the body of an `M`. What it gives is of use only if `in` has not failed.
template<message_type M>
[[gnu::flatten]]  // all of it in one function, so that the reader stays in registers
constexpr M read_body(reader& in) {
    if constexpr (requires { M::code; }) {
        if (in.integer<std::int32_t>() != static_cast<std::int32_t>(M::code)) in.fail(errc::invalid_value);
    }
    return M::layout::template get<M>(in);
}

}  // namespace detail

/// Decodes the body of an `M`: for a tagged message the bytes behind the length, for the startup family likewise.
/// All of `body` must be used. The message's views live as long as `body` does.
/// @return or `insufficient_data`, `invalid_string`, `trailing_data`, `invalid_value`: all of them SQLSTATE 08P01
template<message_type M>
[[nodiscard]] constexpr result<M> decode(std::string_view body) {
    reader in(body);
    M m = detail::read_body<M>(in);
    if (auto const done = in.finish(); !done) return done.error();
    return m;
}

}  // namespace pgwire
