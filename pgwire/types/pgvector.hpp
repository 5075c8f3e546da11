// pgvector's types: vector, halfvec and sparsevec. An extension's, so pgwire/types.hpp does not include them.
//
// Floor 2, standard library only. Source: pgvector's README, "Vector Type", "Halfvec Type" and "Sparsevec Type"; the
// binary forms are those of its vector_send, halfvec_send and sparsevec_send. The types' object identifiers are known
// only when the extension has been created: they are assigned then (`runtime_type.hpp`).
#pragma once

#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/float_prefix.hpp"
#include "pgwire/types/floating.hpp"
#include "pgwire/types/half.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgwire {

namespace pgvector {

inline constexpr std::size_t max_dimensions = 16'000;  ///< of a vector or halfvec
inline constexpr std::int32_t max_sparse_dimensions = 1'000'000'000;
inline constexpr std::size_t max_elements = 16'000;  ///< of a sparsevec

/// 1 to 16,000 numbers, none infinite or NaN.
struct vector {
    std::vector<float> values;
    friend bool operator==(vector const&, vector const&) = default;
};

/// 1 to 16,000 numbers of half precision, none infinite or NaN.
struct halfvec {
    std::vector<half> values;
    friend bool operator==(halfvec const&, halfvec const&) = default;
};

/// Of 1 to 1,000,000,000 numbers those that are not 0, at most 16,000; none infinite or NaN.
struct sparsevec {
    struct element {
        std::int32_t index = 0;  ///< from 0 on, as in the binary form; the text counts from 1
        float value = 0;
        friend constexpr bool operator==(element const&, element const&) = default;
    };

    std::int32_t dimensions = 0;
    std::vector<element> elements;  ///< by ascending index
    friend bool operator==(sparsevec const&, sparsevec const&) = default;
};

}  // namespace pgvector

namespace detail {

/// pgvector writes as many digits as a float needs, whatever `extra_float_digits` says.
inline char* put_vector_element(char* p, float v) noexcept { return codec<float>::to_text(p, v, default_text_style); }

/// Takes a number as pgvector reads it. One that is too near to 0 is 0 if `rounds`, else it is out of range.
[[nodiscard]] inline result<float> take_vector_element(std::string_view& text, bool rounds) noexcept {
    text = trim_front(text);
    auto const number = split_number(text);
    bool const negative = text.starts_with('-');
    auto const v = take_float<float>(text);
    if (rounds && v.error() == errc::out_of_range && too_small(number)) return negative ? -0.0F : 0.0F;
    return v;
}

/// Takes a decimal integer as C's strtol does; one that is too large becomes the largest.
[[nodiscard]] constexpr result<std::int32_t> take_index(std::string_view& text) noexcept {
    auto const n = scan_integer(text);
    if (!n.found) return errc::invalid_text;
    constexpr std::int64_t limit = std::numeric_limits<std::int32_t>::max();
    text = trim_front(n.rest);
    return static_cast<std::int32_t>(std::clamp(n.clamped(), -limit, limit));
}

[[nodiscard]] constexpr bool take_char(std::string_view& text, char c) noexcept {
    if (!text.starts_with(c)) return false;
    text = trim_front(text.substr(1));
    return true;
}

/// How a vector's element of type `T` stands on the wire.
template<class T>
struct vector_element {
    static constexpr bool is_half = std::is_same_v<T, half>;
    using word = std::conditional_t<is_half, std::uint16_t, std::uint32_t>;
    static constexpr std::size_t text_size = 16;  ///< `-1.1754944e-38`

    [[nodiscard]] static bool is_finite(T v) noexcept {
        if constexpr (is_half) return v.is_finite();
        else return std::isfinite(v);
    }
    [[nodiscard]] static constexpr T load(char const* p) noexcept {
        if constexpr (is_half) return half::from_bits(pgwire::load<word>(p));
        else return std::bit_cast<float>(pgwire::load<word>(p));
    }
    static constexpr char* store(char* p, T v) noexcept {
        if constexpr (is_half) return pgwire::store(p, v.bits);
        else return pgwire::store(p, std::bit_cast<word>(v));
    }
    [[nodiscard]] static result<T> take(std::string_view& text) noexcept {
        auto const v = take_vector_element(text, true);
        if (!v) return v.error();
        T const converted{*v};
        if (!std::isfinite(*v)) return errc::invalid_data;
        if (!is_finite(converted)) return errc::out_of_range;
        return converted;
    }
};

/// The codec of vector and halfvec. Text: `[1,2.5,-3]`. Binary: Int16 count, Int16 0, then the numbers.
template<class V>
struct dense_vector_codec {
    using T = typename decltype(V::values)::value_type;
    using element = vector_element<T>;

    static std::size_t text_size(V const& v) noexcept {
        return refusal(v) == errc::none ? v.values.size() * element::text_size + 2 : unencodable;
    }
    static std::size_t binary_size(V const& v) noexcept {
        return refusal(v) == errc::none ? v.values.size() * sizeof(typename element::word) + 4 : unencodable;
    }
    static errc refusal(V const& v) noexcept {
        if (v.values.size() > pgvector::max_dimensions) return errc::too_many_items;
        bool const valid = !v.values.empty() && std::all_of(v.values.begin(), v.values.end(), element::is_finite);
        return valid ? errc::none : errc::invalid_data;
    }

    static char* to_text(char* p, V const& v) noexcept {
        char separator = '[';
        for (auto const number : v.values) {
            *p++ = std::exchange(separator, ',');
            p = put_vector_element(p, static_cast<float>(number));
        }
        *p++ = ']';
        return p;
    }
    static result<V> from_text(std::string_view text) {
        text = trim_front(text);
        if (!take_char(text, '[')) return errc::invalid_text;
        if (text.starts_with(']')) return errc::invalid_data;
        V v;
        do {
            if (v.values.size() == pgvector::max_dimensions) return errc::too_many_items;
            auto const number = element::take(text);
            if (!number) return number.error();
            v.values.push_back(*number);
        } while (take_char(text, ','));
        if (!take_char(text, ']') || !text.empty()) return errc::invalid_text;
        return v;
    }

    static char* to_binary(char* p, V const& v) noexcept {
        p = store(p, static_cast<std::uint16_t>(v.values.size()));
        p = store(p, std::uint16_t{0});
        for (auto const number : v.values) p = element::store(p, number);
        return p;
    }
    static result<V> from_binary(std::string_view bytes) {
        if (bytes.size() < 4) return errc::insufficient_data;
        auto const count = load<std::int16_t>(bytes.data());
        if (count < 1) return errc::invalid_data;
        auto const size = static_cast<std::size_t>(count);
        if (size > pgvector::max_dimensions) return errc::too_many_items;
        if (load<std::int16_t>(bytes.data() + 2) != 0) return errc::invalid_data;
        bytes.remove_prefix(4);

        constexpr std::size_t width = sizeof(typename element::word);
        V v;
        v.values.reserve(std::min(size, bytes.size() / width));
        for (std::size_t i = 0; i != size; ++i) {  // a number that is not finite counts more than a number that lacks
            if (bytes.size() < width) return errc::insufficient_data;
            v.values.push_back(element::load(bytes.data()));
            if (!element::is_finite(v.values.back())) return errc::invalid_data;
            bytes.remove_prefix(width);
        }
        if (!bytes.empty()) return errc::invalid_binary;
        return v;
    }
};

}  // namespace detail

template<>
struct codec<pgvector::vector> : detail::dense_vector_codec<pgvector::vector> {
    static inline runtime_type type{"vector"};
};

template<>
struct codec<pgvector::halfvec> : detail::dense_vector_codec<pgvector::halfvec> {
    static inline runtime_type type{"halfvec"};
};

/// Text: `{1:1.5,3:2}/5`, read in any order. Binary: Int32 dimensions, Int32 count, Int32 0, then the indices, from 0
/// on, then the numbers.
template<>
struct codec<pgvector::sparsevec> {
    using T = pgvector::sparsevec;
    static inline runtime_type type{"sparsevec"};

    static std::size_t text_size(T const& v) noexcept {
        return refusal(v) == errc::none ? v.elements.size() * 28 + 14 : unencodable;
    }
    static std::size_t binary_size(T const& v) noexcept {
        return refusal(v) == errc::none ? v.elements.size() * 8 + 12 : unencodable;
    }
    static errc refusal(T const& v) noexcept {
        if (v.elements.size() > pgvector::max_elements) return errc::too_many_items;
        if (auto const e = check_dimensions(v.dimensions); e != errc::none) return e;
        bool const valid =
            std::all_of(v.elements.begin(), v.elements.end(), [](auto const& at) { return is_element(at.value); });
        return valid ? check_indices(v) : errc::invalid_data;
    }

    static char* to_text(char* p, T const& v) noexcept {
        *p++ = '{';
        for (std::size_t i = 0; i != v.elements.size(); ++i) {
            if (i != 0) *p++ = ',';
            p = detail::put_signed(p, v.elements[i].index + 1);
            *p++ = ':';
            p = detail::put_vector_element(p, v.elements[i].value);
        }
        p = detail::put(p, "}/");
        return detail::put_signed(p, v.dimensions);
    }
    static result<T> from_text(std::string_view text) {
        if (static_cast<std::size_t>(std::count(text.begin(), text.end(), ',')) >= pgvector::max_elements)
            return errc::too_many_items;
        text = detail::trim_front(text);
        if (!detail::take_char(text, '{')) return errc::invalid_text;
        T v;
        if (!text.starts_with('}')) {
            do {
                auto const index = detail::take_index(text);
                if (!index) return index.error();
                if (!detail::take_char(text, ':')) return errc::invalid_text;
                auto const number = detail::take_vector_element(text, false);
                if (!number) return number.error();
                if (!std::isfinite(*number)) return errc::invalid_data;
                if (*number != 0) v.elements.push_back({*index - 1, *number});  // at least -2^31
            } while (detail::take_char(text, ','));
        }
        if (!detail::take_char(text, '}') || !detail::take_char(text, '/')) return errc::invalid_text;
        auto const dimensions = detail::take_index(text);
        if (!dimensions) return dimensions.error();
        if (!text.empty()) return errc::invalid_text;
        v.dimensions = *dimensions;
        if (auto const e = check_dimensions(v.dimensions); e != errc::none) return e;
        std::sort(v.elements.begin(), v.elements.end(), [](auto const& a, auto const& b) { return a.index < b.index; });
        if (auto const e = check_indices(v); e != errc::none) return e;
        return v;
    }

    static char* to_binary(char* p, T const& v) noexcept {
        p = store(p, v.dimensions);
        p = store(p, static_cast<std::int32_t>(v.elements.size()));
        p = store(p, std::int32_t{0});
        for (auto const& at : v.elements) p = store(p, at.index);
        for (auto const& at : v.elements) p = codec<float>::to_binary(p, at.value);
        return p;
    }
    static result<T> from_binary(std::string_view bytes) {
        if (bytes.size() < 12) return errc::insufficient_data;
        T v;
        v.dimensions = load<std::int32_t>(bytes.data());
        auto const count = load<std::int32_t>(bytes.data() + 4);
        if (auto const e = check_dimensions(v.dimensions); e != errc::none) return e;
        if (count < 0) return errc::invalid_data;
        auto const size = static_cast<std::size_t>(count);
        if (size > pgvector::max_elements || count > v.dimensions) return errc::too_many_items;
        if (load<std::int32_t>(bytes.data() + 8) != 0) return errc::invalid_data;
        bytes.remove_prefix(12);

        v.elements.resize(std::min(size, bytes.size() / 4));
        for (std::size_t i = 0; i != v.elements.size(); ++i) {
            v.elements[i].index = load<std::int32_t>(bytes.data() + 4 * i);
            if (!is_index(v, i)) return errc::invalid_data;
        }
        if (v.elements.size() != size) return errc::insufficient_data;
        bytes.remove_prefix(4 * size);
        for (auto& at : v.elements) {
            if (bytes.size() < 4) return errc::insufficient_data;
            at.value = detail::vector_element<float>::load(bytes.data());
            if (!is_element(at.value)) return errc::invalid_data;
            bytes.remove_prefix(4);
        }
        if (!bytes.empty()) return errc::invalid_binary;
        return v;
    }

private:
    static bool is_element(float v) noexcept { return v != 0 && detail::vector_element<float>::is_finite(v); }
    static constexpr errc check_dimensions(std::int32_t n) noexcept {
        return n < 1 ? errc::invalid_data : n > pgvector::max_sparse_dimensions ? errc::too_many_items : errc::none;
    }
    /// In its bounds, and above the one before.
    static bool is_index(T const& v, std::size_t i) noexcept {
        auto const index = v.elements[i].index;
        return index >= 0 && index < v.dimensions && (i == 0 || index > v.elements[i - 1].index);
    }
    static errc check_indices(T const& v) noexcept {
        for (std::size_t i = 0; i != v.elements.size(); ++i)
            if (!is_index(v, i)) return errc::invalid_data;
        return errc::none;
    }
};

}  // namespace pgwire
