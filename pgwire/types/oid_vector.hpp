// int2vector and oidvector, which catalogs have: lists of column numbers and of types.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Object Identifier Types" and the catalogs that use
// them (`pg_index.indkey`, `pg_proc.proargtypes`). The text is numbers with a blank between them; the binary form is
// that of an array of one dimension that begins at 0: Int32 1, Int32 0, Int32 element type, Int32 count, Int32 0, and
// each element with its Int32 length.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/numeric_forms.hpp"

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

/// What C's strtol and strtoul take from the front of a text that begins with no blank.
struct integer_prefix {
    std::uint64_t magnitude = 0;
    std::size_t size = 0;  ///< characters that belong to the number; 0 if there is none
    bool negative = false;
    bool overflow = false;  ///< the magnitude has more than 64 bits
};

/// `any_base`: `0x` and `0` before the digits say that they are hexadecimal and octal.
[[nodiscard]] constexpr integer_prefix take_integer(std::string_view text, bool any_base) noexcept {
    integer_prefix n{.negative = text.starts_with('-')};
    std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    unsigned base = 10;
    if (any_base && at != text.size() && text[at] == '0') {
        auto const rest = text.substr(at);
        base = base_of(rest) == 16 && rest.size() > 2 && hex_value(rest[2]) >= 0 ? 16 : 8;
        if (base == 16) at += 2;
    }
    for (; at != text.size() && digit_value(text[at], base) >= 0; n.size = ++at) {
        auto const digit = static_cast<unsigned>(digit_value(text[at], base));
        n.overflow = n.overflow || n.magnitude > (~std::uint64_t{0} - digit) / base;
        n.magnitude = n.magnitude * base + digit;
    }
    return n;
}

/// How the elements of the two types differ.
struct int2_element {
    using value_type = std::int16_t;
    static constexpr pgwire::oid type = types::int2.type;
    static constexpr std::size_t max_text = max_digits<std::int16_t>;

    static constexpr char* put(char* p, std::int16_t v) noexcept { return put_signed(p, v); }
    static constexpr result<std::int16_t> take(std::string_view& text) noexcept {
        auto const n = take_integer(text, false);
        if (n.size == 0) return errc::invalid_text;
        if (n.overflow || n.magnitude > (n.negative ? 32768U : 32767U)) return errc::out_of_range;
        text.remove_prefix(n.size);
        if (!text.empty() && text.front() != ' ') return errc::invalid_text;
        return static_cast<std::int16_t>(n.negative ? 0U - n.magnitude : n.magnitude);
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
        auto const n = take_integer(text, true);
        if (n.size == 0) return errc::invalid_text;
        std::uint64_t const bits = n.negative ? 0U - n.magnitude : n.magnitude;
        auto const word = static_cast<std::uint32_t>(bits);
        bool const wrapped = bits == static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(word)});
        if (n.overflow || (bits != word && !wrapped)) return errc::out_of_range;
        text.remove_prefix(n.size);
        return static_cast<pgwire::oid>(word);
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
        bool short_of_data = false;
        auto const take = [&] {
            short_of_data = short_of_data || bytes.size() < 4;
            if (short_of_data) return std::int32_t{0};
            auto const n = load<std::int32_t>(bytes.data());
            bytes.remove_prefix(4);
            return n;
        };
        auto const dimensions = take();
        if (dimensions < 0) return errc::invalid_binary;
        if (dimensions > max_dimensions) return errc::too_many_items;
        auto const flags = take();
        if (flags != 0 && flags != 1) return errc::invalid_binary;
        auto const element_type = static_cast<std::uint32_t>(take());
        if (short_of_data) return errc::insufficient_data;
        if (element_type != static_cast<std::uint32_t>(Element::type) && element_type < first_oid_that_may_differ)
            return errc::datatype_mismatch;
        std::int64_t count = dimensions == 0 ? 0 : 1;
        bool has_bound = false;
        bool too_many = false;
        for (int i = 0; i != dimensions; ++i) {
            std::int64_t const size = take();
            std::int64_t const bound = take();
            has_bound = has_bound || bound != 0;
            count *= std::max<std::int64_t>(size, 0);
            too_many =
                too_many || size < 0 || count > max_items || bound + size > std::numeric_limits<std::int32_t>::max();
            count = std::min(count, max_items);
        }
        if (short_of_data) return errc::insufficient_data;
        if (too_many) return errc::too_many_items;

        T v;
        bool has_null = false;
        for (; count != 0; --count) {
            auto const length = take();
            if (short_of_data) return errc::insufficient_data;
            has_null = has_null || length == -1;
            if (length == -1) continue;
            if (length < 0 || static_cast<std::size_t>(length) > bytes.size()) return errc::invalid_binary;
            auto const element = bytes.substr(0, static_cast<std::size_t>(length));
            if (auto const e = check_width(element, width); e != errc::none) return e;
            v.values.push_back(static_cast<typename Element::value_type>(load<word>(element.data())));
            bytes.remove_prefix(width);
        }
        if (!bytes.empty() || dimensions != 1 || has_bound || has_null || v.values.empty()) return errc::invalid_binary;
        return v;
    }

private:
    static constexpr int max_dimensions = 6;
    static constexpr std::int64_t max_items = 134'217'727;
    static constexpr std::uint32_t first_oid_that_may_differ = 10'000;  // between servers, so PostgreSQL forgives them
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
