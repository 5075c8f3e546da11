// Decodes a DataRow into a row type: an aggregate struct, a tuple, or what has a `row_traits`.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Message Formats", DataRow. The message's body is
// read once, from the front: each value is checked against what is left and goes straight into its member. Where all
// are binary, one comparison says that the columns of fixed width are there, and what is wrong with a row is found out
// only after it is known that something is.
#pragma once

#include "pgwire/protocol/result_set.hpp"
#include "pgwire/types/binary_coercible.hpp"
#include "pgwire/types/result_formats.hpp"
#include "pgwire/types/row_traits.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgwire {

/// A row type whose rows can be made from values: every member can be received, and a row can stand empty first.
template<class Row>
concept decodable_row = row_type<Row> && std::default_initializable<Row> && requires(Row& r) {
    // row_traits<Row>::values(Row&) must give references to the members, as it does for aggregates and tuples
    {row_traits<Row>::values(r)};
};

/// Turns the DataRows of one result into rows. Views in a row (`std::string_view`, …) point into the message.
///
///     auto decoder = row_decoder<person>::of(description.columns);
///     auto const row = (*decoder)(body);
template<decodable_row Row>
class row_decoder {
    using members = std::remove_cvref_t<decltype(row_traits<Row>::values(std::declval<Row&>()))>;
    template<std::size_t I>
    using member = std::remove_cvref_t<std::tuple_element_t<I, members>>;

public:
    /// How many columns a row has.
    static constexpr std::size_t size = std::tuple_size_v<members>;

    /// For rows all of whose values have one format.
    constexpr explicit row_decoder(format all, text_style const& style = default_text_style) noexcept
        : common_(all == format::binary ? mode::binary : mode::text), style_(style) {
        formats_.fill(all);
    }

    /// For the columns that a RowDescription describes.
    /// @return or `invalid_value` if they are not as many as the row's members, `datatype_mismatch` for a column in binary
    ///     whose type is not its member's
    static constexpr result<row_decoder> of(list<field_description> const& columns,
                                            text_style const& style = default_text_style) {
        if (columns.size() != size) return errc::invalid_value;
        row_decoder made(format::text, style);
        auto const expected = types_of_members(indices);
        bool all_binary = true;
        bool all_text = true;
        std::size_t i = 0;
        for (auto const& c : columns) {
            if (c.format == format::binary && !detail::binary_coercible(c.type, expected[i])) return errc::datatype_mismatch;
            made.formats_[i++] = c.format;
            all_binary = all_binary && c.format == format::binary;
            all_text = all_text && c.format == format::text;
        }
        made.common_ = all_text ? mode::text : all_binary ? mode::binary : mode::mixed;
        return made;
    }

    /// One row, from the body of its DataRow.
    /// @return or what is wrong with the value of `failed_column()`: `unexpected_null` for a member that is not a
    ///     `std::optional`, what its codec found, `insufficient_data`; `invalid_value` for another number of columns,
    ///     `trailing_data`
    [[nodiscard]] constexpr result<Row> operator()(std::string_view body) {
        result<Row> row{Row{}};
        errc error = errc::none;
        if (common_ == mode::text) error = decode<mode::text>(body, *row, indices);
        else if (common_ == mode::mixed || !decode_binary(body, *row, indices))
            error = decode<mode::mixed>(body, *row, indices);
        if (error != errc::none) [[unlikely]]
            row = error;
        return row;  // in all cases, so that it is made where the caller wants it
    }

    /// The column whose value made the last row fail, from 0; the number of columns if the row itself was wrong.
    [[nodiscard]] constexpr std::size_t failed_column() const noexcept { return failed_; }

private:
    using mode = result_formats::mode;

    static constexpr std::make_index_sequence<size> indices{};

    template<std::size_t... I>
    [[nodiscard]] static constexpr std::array<oid, size> types_of_members(std::index_sequence<I...>) {
        return {type_of<member<I>>.type...};
    }

    /// How many bytes each binary value of member `I` has, 0 if that differs.
    template<std::size_t I>
    static constexpr std::size_t width = detail::binary_width<member<I>>;

    /// Reads a row of binary values in which nothing is wrong; `decode` finds out what is wrong with another.
    template<std::size_t... I>
    [[nodiscard]] constexpr bool decode_binary(std::string_view body, Row& row, std::index_sequence<I...>) {
        constexpr std::size_t least = (2 + ... + (4 + width<I>));
        if (body.size() < least || load<std::uint16_t>(body.data()) != size) [[unlikely]] return false;
        failed_ = size;
        auto&& to = row_traits<Row>::values(row);
        char const* at = body.data() + 2;
        std::size_t spare = body.size() - least;  // for the values that have no fixed width
        return (take<I>(at, spare, std::get<I>(to)) && ...) && spare == 0;
    }

    /// Takes one of them off the front. Lengths and values of fixed width are all there, and `spare` bytes more.
    template<std::size_t I>
    [[nodiscard]] static constexpr bool take(char const*& at, std::size_t& spare, member<I>& to) {
        auto const length = load<std::uint32_t>(at);
        at += 4;
        if constexpr (width<I> != 0) {
            if (length != width<I>) [[unlikely]] return false;
        } else {
            if constexpr (detail::is_nullable<member<I>>)
                if (static_cast<std::int32_t>(length) == -1) {
                    to.reset();
                    return true;
                }
            if (length > spare) [[unlikely]] return false;  // NULL has a very large length
            spare -= length;
        }
        if constexpr (decodable<member<I>>) {  // else `decode` says so
            std::size_t const bytes = width<I> != 0 ? width<I> : length;
            auto decoded = codec<detail::non_null<member<I>>>::from_binary(std::string_view(at, bytes));
            if (!decoded) [[unlikely]] return false;
            at += bytes;
            to = *std::move(decoded);
        }
        return true;
    }

    template<mode Mode, std::size_t... I>
    [[nodiscard]] constexpr errc decode(std::string_view body, Row& row, std::index_sequence<I...>) {
        failed_ = size;
        if (body.size() < 2) return errc::insufficient_data;
        if (load<std::uint16_t>(body.data()) != size) return errc::invalid_value;
        auto&& to = row_traits<Row>::values(row);
        char const* at = body.data() + 2;
        char const* const end = body.data() + body.size();
        errc error = errc::none;
        bool const whole = (((error = decode_member<Mode, I>(at, end, std::get<I>(to))) == errc::none) && ...);
        if (!whole) [[unlikely]] return error;
        return at == end ? errc::none : errc::trailing_data;
    }

    /// Takes one value off the front.
    template<mode Mode, std::size_t I>
    [[nodiscard]] constexpr errc decode_member(char const*& at, char const* end, member<I>& to) {
        static_assert(decodable<member<I>>, "pgwire: the codec of a member of this row is not complete, it can't be "
                                            "decoded: pgwire/types/codec.hpp shows what it must have");
        if constexpr (decodable<member<I>>) {
            if (end - at < 4) [[unlikely]] return fail<I>(errc::insufficient_data);
            auto const length = load<std::int32_t>(at);
            at += 4;
            if (length == -1) {
                if constexpr (!detail::is_nullable<member<I>>) return fail<I>(errc::unexpected_null);
                else to.reset();
                return errc::none;
            }
            auto const bytes = static_cast<std::uint32_t>(length);  // a negative length is a very large one
            if (bytes > static_cast<std::size_t>(end - at)) [[unlikely]] return fail<I>(errc::insufficient_data);
            auto decoded = decode_value<detail::non_null<member<I>>>(value(std::string_view(at, bytes)),
                                                                     format_of<Mode, I>(), style_);
            at += bytes;
            if (!decoded) [[unlikely]] return fail<I>(decoded.error());
            to = *std::move(decoded);
        }
        return errc::none;
    }
    template<std::size_t I>
    [[nodiscard]] constexpr errc fail(errc error) noexcept {
        failed_ = I;
        return error;
    }

    template<mode Mode, std::size_t I>
    [[nodiscard]] constexpr format format_of() const noexcept {
        if constexpr (Mode == mode::mixed) return formats_[I];
        else return format::text;
    }

    std::array<format, size> formats_{};
    mode common_;
    text_style style_;
    std::size_t failed_ = size;
};

}  // namespace pgwire
