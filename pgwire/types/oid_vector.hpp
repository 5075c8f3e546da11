// int2vector and oidvector, which catalogs have: lists of column numbers and of types.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Object Identifier Types" and the catalogs that use
// them (`pg_index.indkey`, `pg_proc.proargtypes`). The text is numbers with a blank between them; the binary form is
// that of an array of one dimension that begins at 0: Int32 1, Int32 0, Int32 element type, Int32 count, Int32 0, and
// each element with its Int32 length.
#pragma once

#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/array_limits.hpp"
#include "pgwire/types/element_binary.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pgwire {

struct int2_vector {
    std::vector<std::int16_t> values;
    friend bool operator==(int2_vector const&, int2_vector const&) = default;
};

struct oid_vector {
    std::vector<oid> values;
    friend bool operator==(oid_vector const&, oid_vector const&) = default;
};

namespace detail {

/// How the elements of the two types differ.
struct int2_element {
    using value_type = std::int16_t;
    static constexpr pgwire::oid type = types::int2.type;
    static constexpr std::size_t max_text = max_digits<std::int16_t>;

    static constexpr char* put(char* p, std::int16_t v) noexcept { return put_signed(p, v); }
    static constexpr result<std::int16_t> take(std::string_view& text) noexcept {
        auto const n = scan_integer(text);
        if (!n.found) return errc::invalid_text;
        auto const v = n.as<std::int16_t>();
        if (!v) return v.error();
        text = n.rest;
        if (!text.empty() && text.front() != ' ') return errc::invalid_text;
        return v;
    }
};
struct oid_element {
    using value_type = pgwire::oid;
    static constexpr pgwire::oid type = types::oid.type;
    static constexpr std::size_t max_text = max_digits<std::uint32_t>;

    static constexpr char* put(char* p, pgwire::oid v) noexcept {
        return put_unsigned(p, static_cast<std::uint32_t>(v));
    }
    /// In PostgreSQL numbers need nothing between them: `08` is 0, which is octal, and 8.
    static constexpr result<pgwire::oid> take(std::string_view& text) noexcept {
        auto const n = scan_integer_of_any_base(text);
        if (!n.found) return errc::invalid_text;
        auto const v = narrow_unsigned<std::uint32_t>(n);
        if (!v) return v.error();
        text = n.rest;
        return static_cast<pgwire::oid>(*v);
    }
};

template<class T, class Element>
struct number_list_codec {
    static constexpr std::size_t text_size(T const& v) noexcept { return v.values.size() * (Element::max_text + 1); }
    static char* to_text(char* p, T const& v) noexcept {
        char const* const begin = p;
        for (auto const element : v.values) {
            if (p != begin) *p++ = ' ';
            p = Element::put(p, element);
        }
        return p;
    }
    static result<T> from_text(std::string_view text) {
        T v;
        for (text = trim_front(text); !text.empty(); text = trim_front(text)) {
            auto const element = Element::take(text);
            if (!element) return element.error();
            v.values.push_back(*element);
        }
        return v;
    }

    /// From the number on that is none.
    static value_complaint explain(std::string_view text, text_style const&) {
        for (text = trim_front(text); !text.empty(); text = trim_front(text)) {
            auto const given = text;
            if (auto const element = Element::take(text); !element)
                return {describe_value_error(element.error(), Element::type, given), {}};
        }
        return {};
    }

    static constexpr std::size_t binary_size(T const& v) noexcept { return 20 + v.values.size() * (4 + width); }
    static char* to_binary(char* p, T const& v) noexcept {
        p = store(store(p, std::int32_t{1}), std::int32_t{0});
        p = store(p, static_cast<std::uint32_t>(Element::type));
        p = store(store(p, static_cast<std::int32_t>(v.values.size())), std::int32_t{0});
        for (auto const element : v.values)
            p = store(store(p, static_cast<std::int32_t>(width)), static_cast<word>(element));
        return p;
    }
    /// An empty one is not read, nor is it by PostgreSQL, which sends it. Whatever else an array may be is read to its
    /// end, so that the error is the one that PostgreSQL finds first.
    static result<T> from_binary(std::string_view bytes) {
        reader in(bytes);
        auto const dimensions = in.integer<std::int32_t>();
        if (dimensions < 0) return errc::invalid_binary;
        if (dimensions > std::int32_t{max_dimensions}) return errc::too_many_items;
        auto const flags = in.integer<std::int32_t>();
        if (flags != 0 && flags != 1) return errc::invalid_binary;
        pgwire::oid const element_type{in.integer<std::uint32_t>()};
        if (in.failed()) return errc::insufficient_data;
        if (!same_type(element_type, Element::type)) return errc::datatype_mismatch;
        std::int64_t count = dimensions == 0 ? 0 : 1;
        bool has_bound = false;
        bool too_many = false;
        for (int i = 0; i != dimensions; ++i) {
            std::int64_t const size = in.integer<std::int32_t>();
            std::int64_t const bound = in.integer<std::int32_t>();
            has_bound = has_bound || bound != 0;
            count *= std::max<std::int64_t>(size, 0);
            too_many = too_many || size < 0 || count > max_array_elements ||
                       bound + size > std::numeric_limits<std::int32_t>::max();
            count = std::min(count, max_array_elements);
        }
        if (in.failed()) return errc::insufficient_data;
        if (too_many) return errc::too_many_items;

        T v;
        bool has_null = false;
        for (; count != 0; --count) {
            auto const element = take_value(in);
            if (in.failed()) return in.finish().error();
            has_null = has_null || !element;
            if (!element) continue;
            if (auto const e = check_width(*element, width); e != errc::none) return e;
            v.values.push_back(static_cast<typename Element::value_type>(load<word>(element->data())));
        }
        if (in.remaining() != 0) return errc::invalid_binary;
        if (dimensions != 1 || has_bound || has_null || v.values.empty()) return errc::invalid_binary;
        return v;
    }

private:
    static constexpr std::size_t width = sizeof(typename Element::value_type);
    using word = std::conditional_t<width == 2, std::uint16_t, std::uint32_t>;
};

}  // namespace detail

template<>
struct codec<int2_vector> : detail::number_list_codec<int2_vector, detail::int2_element> {
    static constexpr type_info type = types::int2vector;
};

template<>
struct codec<oid_vector> : detail::number_list_codec<oid_vector, detail::oid_element> {
    static constexpr type_info type = types::oidvector;
};

}  // namespace pgwire
