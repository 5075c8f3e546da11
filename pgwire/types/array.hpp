// Arrays of every type that has a codec.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Arrays"; the binary form is that of the server's
// array_send: Int32 number of dimensions, Int32 1 if an element is NULL, the OID of the elements' type, for each
// dimension Int32 size and Int32 lower bound, then the elements, each behind its Int32 length. The host types:
//
//     array<T>             any number of dimensions up to 6, any lower bounds
//     std::vector<T>       one dimension; a lower bound is not kept
//     std::array<T, N>     the same, of just N elements
//     std::span<T const>   only to be sent
//
// `T` is a `std::optional<U>` where elements may be NULL. An empty array has no dimensions. Bytes are no array: they
// are `bytea`. The array's type follows from the element's: built-in ones are known, `runtime_type` knows both, and
// another codec says `static constexpr type_info array_type`. A codec whose elements are not delimited by commas says
// `static constexpr char delimiter`.
#pragma once

#include "pgwire/protocol/reader.hpp"
#include "pgwire/types/array_text.hpp"
#include "pgwire/types/element_binary.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// An array of any shape: `array<int>{{{2}, {3}}, {1, 2, 3, 4, 5, 6}}` is `{{1,2,3},{4,5,6}}`. The product of the sizes
/// is the number of elements; without elements there are no dimensions.
template<class T>
struct array {
    std::vector<array_dimension> dimensions;
    std::vector<T> elements;  ///< the last index counts fastest

    friend bool operator==(array const&, array const&) = default;
};

namespace detail {

/// Where the type of arrays of the built-in type of this name is in `types::all`; its size if there is none.
[[nodiscard]] constexpr std::size_t index_of_array_type(std::string_view element) noexcept {
    std::size_t i = 0;
    while (i != types::all.size() && !(types::all[i].name.starts_with('_') && types::all[i].name.substr(1) == element))
        ++i;
    return i;
}

/// The codec of `T` says which type arrays of it have.
template<class T>
concept says_array_type = requires { codec<T>::domain_type.array; } || requires { codec<T>::array_type; } ||
                          requires { codec<T>::type.array; };
template<class T>
concept has_built_in_array =
    has_fixed_type<T> && index_of_array_type(codec<T>::type.name) != types::all.size();

/// The type of arrays of `T`.
template<class T>
[[nodiscard]] constexpr type_info const& array_type() noexcept {
    if constexpr (requires { codec<T>::domain_type.array; }) return codec<T>::domain_type.array;
    else if constexpr (requires { codec<T>::array_type; }) return codec<T>::array_type;
    else if constexpr (requires { codec<T>::type.array; }) return codec<T>::type.array;
    else return types::all[index_of_array_type(codec<T>::type.name)];
}

/// A `T` can be an element.
template<class T>
concept array_element = has_codec<T>
    // PostgreSQL has an array type of every type but arrays; for those use pgwire::array<T>, which has dimensions. The
    // codec of a type of your own needs a runtime_type, or static constexpr type_info array_type.
    &&(says_array_type<non_null<T>> || has_built_in_array<non_null<T>>);

/// What stands between elements: a comma, but for boxes, whose texts are full of them.
template<class T>
[[nodiscard]] constexpr char element_delimiter() noexcept {
    if constexpr (requires { codec<T>::delimiter; }) return codec<T>::delimiter;
    else if constexpr (requires { typename codec<T>::base_type; })
        return element_delimiter<typename codec<T>::base_type>();
    else return codec<T>::type.type == types::box.type ? ';' : ',';
}

/// Sends the elements of any container `Elements` of `T`.
template<class T>
struct array_encoder {
    using element = non_null<T>;

    static constexpr std::size_t text_size(auto const& elements, std::span<array_dimension const> dimensions,
                                           text_style const& style) {
        std::size_t size = 0;
        for (T const& v : elements) size = add_sizes(size, 1 + sizeof("NULL") + value_text_size(v, style));
        std::size_t braces = 0;
        std::size_t arrays = 1;  // and arrays inside, level by level
        for (auto const& d : dimensions) {
            braces += 2 * arrays;
            arrays *= static_cast<std::size_t>(d.size);
        }
        constexpr std::size_t bounds_size = sizeof("[-2147483648:-2147483648]");
        return add_sizes(size, 2 + braces + dimensions.size() * bounds_size);
    }
    static constexpr char* to_text(char* p, auto const& elements, std::span<array_dimension const> dimensions,
                                   text_style const& style) {
        if (elements.empty()) return put(p, "{}");
        p = put_bounds(p, dimensions);
        std::array<std::int32_t, max_dimensions> left{};  // elements, or arrays, that are still missing at each level
        std::size_t level = 0;
        char const delimiter = element_delimiter<element>();
        for (T const& v : elements) {
            for (; level != dimensions.size(); ++level) {
                *p++ = '{';
                left[level] = dimensions[level].size;
            }
            p = is_null(v) ? put(p, "NULL") : put_value(p, v, style, array_quoting(delimiter));
            while (level != 0 && --left[level - 1] == 0) {
                *p++ = '}';
                --level;
            }
            *p++ = delimiter;
        }
        return p - 1;
    }

    static constexpr std::size_t binary_size(auto const& elements, std::span<array_dimension const> dimensions) {
        std::size_t size = 12 + 8 * dimensions.size();
        for (T const& v : elements) size = add_sizes(size, add_sizes(4, value_size<format::binary, T>(v)));
        return size;
    }
    static constexpr char* to_binary(char* p, auto const& elements, std::span<array_dimension const> dimensions) {
        bool nulls = false;
        if constexpr (is_nullable<T>)
            nulls = std::any_of(elements.begin(), elements.end(), [](T const& v) { return !v.has_value(); });
        p = store(p, static_cast<std::int32_t>(dimensions.size()));
        p = store(p, std::int32_t{nulls});
        p = store(p, static_cast<std::uint32_t>(inner_type<element>().type));
        for (auto const& d : dimensions) p = store(store(p, d.size), d.lower);
        for (T const& v : elements) p = encode_field<format::binary, T>(p, v);
        return p;
    }

    static constexpr errc refusal(auto const& elements) {
        for (T const& v : elements)
            if (errc const e = refusal_of_element<T>(v); e != errc::none) return e;
        return errc::invalid_bounds;
    }

private:
    static constexpr std::size_t value_text_size(T const& v, text_style const& style) {
        if constexpr (is_nullable<T>) return v ? element_text_size(*v, style) : 0;
        else return element_text_size(v, style);
    }
    static constexpr char* put_value(char* p, T const& v, text_style const& style, quoting const& rules) {
        if constexpr (is_nullable<T>) return put_element(p, *v, style, rules);
        else return put_element(p, v, style, rules);
    }
    /// The bounds are written if one of the lower ones is not 1.
    static constexpr char* put_bounds(char* p, std::span<array_dimension const> dimensions) noexcept {
        if (std::all_of(dimensions.begin(), dimensions.end(), [](auto const& d) { return d.lower == 1; })) return p;
        for (auto const& d : dimensions) {
            *p++ = '[';
            p = put_signed(p, d.lower);
            *p++ = ':';
            p = put_signed(p, d.lower + (d.size - 1));
            *p++ = ']';
        }
        *p++ = '=';
        return p;
    }
};

/// What PostgreSQL says of a text that is no array of `T`.
template<class T>
[[nodiscard]] value_complaint explain_array(std::string_view text, text_style const& style) {
    value_complaint said;
    static_cast<void>(read_array_text<T>(text, style, element_delimiter<non_null<T>>(), &said));
    return said;
}

/// Elements of the type that is wanted, as PostgreSQL has it.
template<class T>
struct same_elements {
    [[nodiscard]] static constexpr bool may_be(oid element) noexcept {
        return same_type(element, inner_type<non_null<T>>().type);
    }
    [[nodiscard]] static constexpr result<T> decode(oid, value const& v) { return decode_value<T>(v, format::binary); }
};

/// @tparam Elements which types they may be of, and how they are decoded
/// @return or `insufficient_data`, `invalid_binary`, `array_too_large`, `datatype_mismatch`, and what the element's
///     codec finds
template<class T, class Elements = same_elements<T>>
[[nodiscard]] result<read_array<T>> read_array_binary(std::string_view bytes) {
    reader in(bytes);
    auto const count = in.integer<std::int32_t>();
    if (count < 0) return errc::invalid_binary;
    if (count > std::int32_t{max_dimensions}) return errc::array_too_large;
    auto const flags = in.integer<std::int32_t>();
    if (flags != 0 && flags != 1) return errc::invalid_binary;
    oid const element{in.integer<std::uint32_t>()};
    if (in.failed()) return errc::insufficient_data;
    if (!Elements::may_be(element)) return errc::datatype_mismatch;
    read_array<T> read;
    for (std::int32_t i = 0; i != count; ++i) {
        auto const size = in.integer<std::int32_t>();
        read.shape.push({size, in.integer<std::int32_t>()});
    }
    if (in.failed()) return errc::insufficient_data;
    auto const elements = count_elements({read.shape.begin(), read.shape.end()});
    if (!elements) return elements.error();
    if (*elements == 0) read.shape.clear();
    growth_budget budget(in.remaining());
    read.elements.reserve(std::min(static_cast<std::size_t>(*elements), in.remaining() / 4));
    for (std::int64_t i = 0; i != *elements; ++i) {
        auto const v = take_value(in);
        if (in.failed()) return in.finish().error();
        auto decoded = Elements::decode(element, v);
        if (!decoded) return decoded.error();
        if (!budget.take(*decoded)) return errc::message_too_large;
        read.elements.push_back(*std::move(decoded));
    }
    if (in.remaining() != 0) return errc::invalid_binary;
    return read;
}

/// One dimension, or none.
template<class Host, class T>
struct list_encoder {
    static constexpr type_info const& type = array_type<non_null<T>>();

    static constexpr std::size_t text_size(Host const& v, text_style const& style) {
        return fits(v) ? array_encoder<T>::text_size(v, shape(v), style) : unencodable;
    }
    static constexpr char* to_text(char* p, Host const& v, text_style const& style) {
        return array_encoder<T>::to_text(p, v, shape(v), style);
    }
    static constexpr std::size_t binary_size(Host const& v) {
        return fits(v) ? array_encoder<T>::binary_size(v, shape(v)) : unencodable;
    }
    static constexpr char* to_binary(char* p, Host const& v) { return array_encoder<T>::to_binary(p, v, shape(v)); }
    static constexpr errc refusal(Host const& v) {
        return fits(v) ? array_encoder<T>::refusal(v) : errc::array_too_large;
    }

private:
    static constexpr bool fits(Host const& v) noexcept { return v.size() <= std::size_t{max_array_elements}; }
    static constexpr array_shape shape(Host const& v) noexcept {
        array_shape shape;
        if (!v.empty()) shape.push({static_cast<std::int32_t>(v.size())});
        return shape;
    }
};

}  // namespace detail

template<detail::array_element T>
struct codec<array<T>> {
    static constexpr type_info const& type = detail::array_type<detail::non_null<T>>();

    static constexpr std::size_t text_size(array<T> const& v, text_style const& style) {
        return refusal_of_shape(v) == errc::none ? encoder::text_size(v.elements, shape(v), style) : unencodable;
    }
    static constexpr char* to_text(char* p, array<T> const& v, text_style const& style) {
        return encoder::to_text(p, v.elements, shape(v), style);
    }
    static result<array<T>> from_text(std::string_view text,
                                      text_style const& style) requires detail::decodable_element<T> {
        return take(detail::read_array_text<T>(text, style, detail::element_delimiter<detail::non_null<T>>()));
    }
    static value_complaint explain(std::string_view text,
                                   text_style const& style) requires detail::decodable_element<T> {
        return detail::explain_array<T>(text, style);
    }

    static constexpr std::size_t binary_size(array<T> const& v) {
        return refusal_of_shape(v) == errc::none ? encoder::binary_size(v.elements, shape(v)) : unencodable;
    }
    static constexpr char* to_binary(char* p, array<T> const& v) { return encoder::to_binary(p, v.elements, shape(v)); }
    static result<array<T>> from_binary(std::string_view bytes) requires detail::decodable_element<T> {
        return take(detail::read_array_binary<T>(bytes));
    }
    using element_type = T;
    /// The same of elements that may be of another type: see `typed_value.hpp`.
    template<class Elements>
    static result<array<T>> from_binary_of(std::string_view bytes) requires detail::decodable_element<T> {
        return take(detail::read_array_binary<T, Elements>(bytes));
    }

    static constexpr errc refusal(array<T> const& v) {
        errc const e = refusal_of_shape(v);
        return e == errc::none ? encoder::refusal(v.elements) : e;
    }

private:
    using encoder = detail::array_encoder<T>;

    static constexpr std::span<array_dimension const> shape(array<T> const& v) noexcept {
        if (v.elements.empty()) return {};
        return v.dimensions;
    }
    static constexpr errc refusal_of_shape(array<T> const& v) noexcept {
        auto const count = detail::count_elements(v.dimensions);
        if (!count) return count.error();
        return static_cast<std::size_t>(*count) == v.elements.size() ? errc::none : errc::invalid_bounds;
    }
    static result<array<T>> take(result<detail::read_array<T>> read) {
        if (!read) return read.error();
        return array<T>{{read->shape.begin(), read->shape.end()}, std::move(read->elements)};
    }
};

/// One dimension; to read an array of more is `invalid_bounds`.
template<detail::array_element T>
struct codec<std::vector<T>> : detail::list_encoder<std::vector<T>, T> {
    static result<std::vector<T>> from_text(std::string_view text,
                                            text_style const& style) requires detail::decodable_element<T> {
        return take(detail::read_array_text<T>(text, style, detail::element_delimiter<detail::non_null<T>>()));
    }
    static value_complaint explain(std::string_view text,
                                   text_style const& style) requires detail::decodable_element<T> {
        return detail::explain_array<T>(text, style);
    }
    static result<std::vector<T>> from_binary(std::string_view bytes) requires detail::decodable_element<T> {
        return take(detail::read_array_binary<T>(bytes));
    }
    using element_type = T;
    template<class Elements>
    static result<std::vector<T>> from_binary_of(std::string_view bytes) requires detail::decodable_element<T> {
        return take(detail::read_array_binary<T, Elements>(bytes));
    }

private:
    static result<std::vector<T>> take(result<detail::read_array<T>> read) {
        if (!read) return read.error();
        if (read->shape.size() > 1) return errc::invalid_bounds;
        return std::move(read->elements);
    }
};

/// One dimension of N elements; to read an array of another size is `invalid_bounds`.
template<detail::array_element T, std::size_t N>
struct codec<std::array<T, N>> : detail::list_encoder<std::array<T, N>, T> {
    static result<std::array<T, N>> from_text(std::string_view text,
                                              text_style const& style) requires detail::decodable_element<T> {
        return take(codec<std::vector<T>>::from_text(text, style));
    }
    static value_complaint explain(std::string_view text,
                                   text_style const& style) requires detail::decodable_element<T> {
        return detail::explain_array<T>(text, style);
    }
    static result<std::array<T, N>> from_binary(std::string_view bytes) requires detail::decodable_element<T> {
        return take(codec<std::vector<T>>::from_binary(bytes));
    }
    using element_type = T;
    template<class Elements>
    static result<std::array<T, N>> from_binary_of(std::string_view bytes) requires detail::decodable_element<T> {
        return take(codec<std::vector<T>>::template from_binary_of<Elements>(bytes));
    }

private:
    static result<std::array<T, N>> take(result<std::vector<T>> read) {
        if (!read) return read.error();
        if (read->size() != N) return errc::invalid_bounds;
        std::array<T, N> v{};
        std::move(read->begin(), read->end(), v.begin());
        return v;
    }
};

/// Only to be sent.
template<detail::array_element T>
struct codec<std::span<T const>> : detail::list_encoder<std::span<T const>, T> {};

}  // namespace pgwire
