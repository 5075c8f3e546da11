// Encodes a row whose types are known at compile time, and the description of columns, straight into the send buffer.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Message Formats", DataRow and RowDescription. A
// row is one function that the compiler sees as a whole: the sizes are added up, the room is asked for once, the values
// are written behind their lengths, and the length of the frame is put in last.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/types/result_formats.hpp"
#include "pgwire/types/row_traits.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgwire {

namespace detail {

/// Type byte, length, and the number of columns.
inline constexpr std::size_t data_row_header = 7;

/// Formats known at compile time: the same for all columns.
template<format F>
struct one_format {
    template<class T>
    [[nodiscard]] constexpr std::size_t size(std::size_t, T const& v, text_style const& style) const {
        return value_size<F>(v, style);
    }
    template<class T>
    constexpr char* encode(std::size_t, char* p, T const& v, text_style const& style) const {
        return encode_field<F>(p, v, style);
    }
};

/// Formats as Bind listed them.
struct listed_formats {
    result_formats const& formats;

    template<class T>
    [[nodiscard]] constexpr std::size_t size(std::size_t i, T const& v, text_style const& style) const {
        return value_size(v, formats[i], style);
    }
    template<class T>
    constexpr char* encode(std::size_t i, char* p, T const& v, text_style const& style) const {
        return formats[i] == format::binary ? encode_field<format::binary>(p, v, style)
                                            : encode_field<format::text>(p, v, style);
    }
};

/// Why this row can't be encoded, or `none`. Out of the way of the rows whose values are all of ordinary size.
template<std::size_t... I, class... T>
#if defined(__GNUC__)
__attribute__((cold, noinline))
#endif
constexpr errc refusal_of_row(std::index_sequence<I...>, auto const& formats, text_style const& style,
                              T const&... values) {
    errc first = errc::none;
    std::uint64_t bound = data_row_header - 1 + 4 * sizeof...(T);  // the type byte is not counted
    [[maybe_unused]] auto const add = [&](std::size_t size, auto const& v) {
        if (first == errc::none) first = refusal_of(v, size);
        bound += std::min(std::uint64_t{size}, max_int32_length + 1);  // of which 65,535 can't wrap
    };
    (add(formats.size(I, values, style), values), ...);
    return first == errc::none && bound > max_int32_length ? errc::message_too_large : first;
}

/// A DataRow; or, with the tag of a CopyData, a row of a COPY in binary, which has the same form.
template<char Tag = 'D', std::size_t... I, class... T>
constexpr result<void> encode_row_as(std::index_sequence<I...> indices, send_buffer& out, auto const& formats,
                                     text_style const& style, T const&... values) {
    constexpr std::size_t fixed = data_row_header + 4 * sizeof...(T);
    // So many values, each below this, make no row that is too large.
    constexpr std::size_t ordinary = std::bit_floor((max_int32_length - fixed) / (sizeof...(T) + 1));
    std::size_t const sizes[]{formats.size(I, values, style)..., 0};
    if ((sizes[I] | ... | 0) >= ordinary) [[unlikely]]
        if (auto const e = refusal_of_row(indices, formats, style, values...); e != errc::none) return e;
    char* const frame = out.reserve((fixed + ... + sizes[I]));
    char* p = frame + data_row_header;
    ((p = formats.encode(I, p, values, style)), ...);
    auto const size = static_cast<std::size_t>(p - frame);
    frame[0] = Tag;
    store(frame + 1, static_cast<std::int32_t>(size - 1));
    store(frame + 5, static_cast<std::uint16_t>(sizeof...(T)));
    out.commit(size);
    return {};
}

/// A row that is not all binary. Apart, so that the registers that it needs are not saved for those that are.
template<class... T>
#if defined(__GNUC__)
__attribute__((noinline))
#endif
constexpr result<void> encode_text_row(send_buffer& out, result_formats const& formats, text_style const& style,
                                       T const&... values) {
    constexpr std::index_sequence_for<T...> indices;
    if (formats.common() == result_formats::mode::text)
        return encode_row_as(indices, out, one_format<format::text>{}, style, values...);
    return encode_row_as(indices, out, listed_formats{formats}, style, values...);
}

}  // namespace detail

/// Appends a DataRow of these values to `out` and commits it; nothing may be open in `out`. On failure `out` stays as
/// it was.
/// @return or `message_too_large` if the row could pass 2^31-1 bytes, and the codec's refusal for a value that its type
///     can't hold, such as `datetime_overflow`
template<encodable... T>
inline result<void> encode_values(send_buffer& out, result_formats const& formats, text_style const& style,
                                  T const&... values) {
    static_assert(sizeof...(T) <= max_int16_count, "pgwire: a row has at most 65535 columns");
    using mode = result_formats::mode;
    if (formats.common() == mode::binary)
        return detail::encode_row_as(std::index_sequence_for<T...>(), out, detail::one_format<format::binary>{}, style,
                                     values...);
    return detail::encode_text_row(out, formats, style, values...);
}

/// Appends `r` as a DataRow to `out`, like `encode_values` with the row's values.
template<row_type Row>
inline result<void> encode_row(send_buffer& out, Row const& r, result_formats const& formats = {},
                               text_style const& style = default_text_style) {
    return std::apply(
        [&](auto const&... values) {
            static_assert((encodable<std::remove_cvref_t<decltype(values)>> && ...),
                          "pgwire: the codec of a member of this row is not complete, it can't be encoded: "
                          "pgwire/types/codec.hpp shows what it must have");
            return encode_values(out, formats, style, values...);
        },
        row_traits<Row>::values(r));
}

namespace detail {

/// The fields of a RowDescription, for both passes of the writer.
constexpr void put_row_description(auto& fields, std::span<column const> columns, result_formats const& formats) {
    fields.integer(std::int32_t{});  // the length, which counts itself; patched
    fields.count(columns.size());
    if (fields.failed()) return;
    for (std::size_t i = 0; i != columns.size(); ++i) {
        auto const& c = columns[i];
        fields.string(c.name);
        fields.integer(static_cast<std::uint32_t>(c.table));
        fields.integer(c.attribute);
        fields.integer(static_cast<std::uint32_t>(c.type));
        fields.integer(c.size);
        fields.integer(c.modifier);
        fields.integer(static_cast<std::int16_t>(formats[i]));
    }
}

constexpr result<std::size_t> measure_row_description(std::span<column const> columns) {
    measurer fields;
    put_row_description(fields, columns, {});
    return fields.finish();
}

/// Writes the frame of `length` + 1 bytes, which `measure_row_description` gave, at `at`; returns its end.
constexpr char* write_row_description(char* at, std::size_t length, std::span<column const> columns,
                                      result_formats const& formats) {
    *at = 'T';
    writer fields(at + 1);
    put_row_description(fields, columns, formats);
    store(at + 1, static_cast<std::int32_t>(length));
    return fields.position();
}

/// The whole frame, if all columns have one format: a row type's description never changes.
template<row_type Row, format All>
inline constexpr auto row_description_frame = [] {
    constexpr auto length = measure_row_description(columns_of<Row>);
    static_assert(length, "pgwire: this row can't be described: it has too many columns, or a NUL in a column's name");
    std::array<char, *length + 1> frame{};
    write_row_description(frame.data(), *length, columns_of<Row>, result_formats(All));
    return frame;
}();

}  // namespace detail

/// Appends a RowDescription to `out` and commits it. On failure `out` stays as it was.
/// @param formats what Bind asked for; none when a statement is described, where the formats are not yet known
/// @return or `too_many_items` above 65,535 columns, `embedded_nul` for a NUL in a name, `message_too_large`
inline result<void> encode_row_description(send_buffer& out, std::span<column const> columns,
                                           result_formats const& formats = {}) {
    auto const length = detail::measure_row_description(columns);
    if (!length) return length.error();
    out.advance(detail::write_row_description(out.reserve(*length + 1), *length, columns, formats));
    out.commit();
    return {};
}

/// The same for the columns of a row type; made when the program is compiled, but for mixed formats and columns with a
/// `runtime_type`.
template<row_type Row>
#if defined(__GNUC__)
__attribute__((always_inline))
#endif
inline result<void> encode_row_description(send_buffer& out, result_formats const& formats = {}) {
    using mode = result_formats::mode;
    if constexpr (!detail::are_late<std::remove_cvref_t<decltype(columns_of<Row>)>>) {
        if (formats.common() != mode::mixed) [[likely]] {
            auto const& frame = formats.common() == mode::binary ? detail::row_description_frame<Row, format::binary>
                                                                 : detail::row_description_frame<Row, format::text>;
            out.append({frame.data(), frame.size()});
            return {};
        }
    }
    return encode_row_description(out, columns_of<Row>, formats);
}

}  // namespace pgwire
