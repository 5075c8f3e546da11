// Multiranges: int4multirange, …, one for each type of range.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Range Types"; the binary form is that of the
// server's multirange_send: Int32 count, then the ranges, each behind its Int32 length. As in PostgreSQL the ranges are
// sorted, and those that overlap or touch become one, before they are sent and when they were read.
#pragma once

#include "pgwire/types/array_limits.hpp"
#include "pgwire/types/range.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// A list of ranges. `multirange<int>{{{1, 3}, {5, 8}}}` is `{[1,3),[5,8)}`.
template<class T>
struct multirange {
    std::vector<range<T>> ranges;

    /// The same ranges; any order is the same only in their `canonical` form.
    friend bool operator==(multirange const&, multirange const&) = default;
};

namespace detail {

template<range_element T>
[[nodiscard]] constexpr auto const& multirange_type() noexcept {
    if constexpr (requires { range_traits<T>::type; }) return range_traits<T>::multirange_type;
    else return built_in_ranges[index_of_ranges(type_of<T>.type)].multirange;
}

/// One end of a range; neither range is empty.
template<class T>
struct range_end {
    T const* value;  ///< null is infinite
    bool inclusive;
    bool lower;
};
template<class T>
[[nodiscard]] constexpr range_end<T> lower_end(range<T> const& r) noexcept {
    return {r.lower ? &*r.lower : nullptr, r.lower_inclusive, true};
}
template<class T>
[[nodiscard]] constexpr range_end<T> upper_end(range<T> const& r) noexcept {
    return {r.upper ? &*r.upper : nullptr, r.upper_inclusive, false};
}

template<class T>
[[nodiscard]] constexpr std::weak_ordering compare_ends(range_end<T> const& a, range_end<T> const& b) {
    auto const side = [](range_end<T> const& e) {  // where it lies: far left, or just before, at or behind its value
        if (e.value == nullptr || !e.inclusive) return e.lower == (e.value == nullptr) ? -1 : 1;
        return 0;
    };
    if (a.value == nullptr || b.value == nullptr)
        return (a.value == nullptr ? side(a) : 0) <=> (b.value == nullptr ? side(b) : 0);
    auto const order = compare_values(*a.value, *b.value);
    return order == 0 ? side(a) <=> side(b) : order;
}

/// Whether the first, which begins no later, ends before the other begins, and there is a gap between them.
template<class T>
[[nodiscard]] constexpr bool leaves_gap(range<T> const& first, range<T> const& other) {
    if (compare_ends(upper_end(first), lower_end(other)) >= 0) return false;
    return compare_values(*first.upper, *other.lower) != 0 || first.upper_inclusive == other.lower_inclusive;
}

/// Takes the texts of the ranges out of a multirange's, one after the other.
class multirange_texts {
public:
    explicit multirange_texts(std::string_view text) noexcept : rest_(trim(text)) {}

    [[nodiscard]] bool open() noexcept { return take(rest_, '{'); }
    /// Whether the multirange is at its end.
    [[nodiscard]] bool close() noexcept {
        rest_ = trim_front(rest_);
        return rest_ == "}";
    }
    [[nodiscard]] bool comma() noexcept { return take(rest_, ','); }
    [[nodiscard]] bool brace() noexcept { return take(rest_, '}'); }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    /// Whether a range begins here, or the text ends.
    [[nodiscard]] bool in_range() const noexcept {
        return rest_.empty() || rest_.starts_with('[') || rest_.starts_with('(');
    }
    /// The next range; empty if there is none.
    [[nodiscard]] std::string_view next() noexcept {
        rest_ = trim_front(rest_);
        bool const word = equals_ignoring_case(rest_.substr(0, 5), "empty");
        std::size_t const size = word ? 5 : end_of_range();
        auto const range = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return range;
    }

private:
    /// Behind the bracket that closes it, of which quotes and backslashes can hide some; 0 if there is none.
    [[nodiscard]] std::size_t end_of_range() const noexcept {
        if (!rest_.starts_with('[') && !rest_.starts_with('(')) return 0;
        bool quoted = false;
        bool escaped = false;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            char const c = rest_[i];
            if (is_space(c)) continue;  // PostgreSQL looks for what is escaped behind white space
            if (escaped) escaped = false;
            else if (c == '\\') escaped = true;
            else if (c == '"' && quoted && i + 1 != rest_.size() && rest_[i + 1] == '"') ++i;
            else if (c == '"') quoted = !quoted;
            else if (!quoted && (c == ']' || c == ')')) return i + 1;
        }
        return 0;
    }

    std::string_view rest_;
};

}  // namespace detail

/// The form in which PostgreSQL keeps a multirange: canonical ranges in order, with gaps between them.
/// @return or what `canonical` says of a range
template<detail::range_element T>
[[nodiscard]] result<multirange<T>> canonical(multirange<T> v) {
    for (auto& r : v.ranges) {
        auto form = canonical(std::move(r));
        if (!form) return form.error();
        r = *std::move(form);
    }
    std::erase_if(v.ranges, [](range<T> const& r) { return r.empty; });
    std::stable_sort(v.ranges.begin(), v.ranges.end(), [](range<T> const& a, range<T> const& b) {
        auto const order = detail::compare_ends(detail::lower_end(a), detail::lower_end(b));
        return order < 0 || (order == 0 && detail::compare_ends(detail::upper_end(a), detail::upper_end(b)) < 0);
    });
    std::vector<range<T>> merged;
    for (auto& r : v.ranges) {
        if (merged.empty() || detail::leaves_gap(merged.back(), r)) {
            merged.push_back(std::move(r));
            continue;
        }
        auto& last = merged.back();  // of two bounds that are equal but not the same (1.0 and 1.00) the later one stays
        if (detail::compare_ends(detail::lower_end(last), detail::lower_end(r)) == 0) last.lower = std::move(r.lower);
        if (detail::compare_ends(detail::upper_end(last), detail::upper_end(r)) <= 0) {
            last.upper = std::move(r.upper);
            last.upper_inclusive = r.upper_inclusive;
        }
    }
    return multirange<T>{std::move(merged)};
}

template<detail::range_element T>
struct codec<multirange<T>> {
    static constexpr auto const& type = detail::multirange_type<T>();

    static std::size_t text_size(multirange<T> const& v, text_style const& style) {
        std::size_t size = 2;
        for (auto const& r : v.ranges) size = detail::add_sizes(size, add_one(codec<range<T>>::text_size(r, style)));
        return size;
    }
    static char* to_text(char* p, multirange<T> const& v, text_style const& style) {
        auto const form = canonical(v);
        *p++ = '{';
        for (auto const& r : form->ranges) {
            if (&r != form->ranges.data()) *p++ = ',';
            p = codec<range<T>>::to_text(p, r, style);
        }
        *p++ = '}';
        return p;
    }
    /// @return or `invalid_text`, `message_too_large` (`growth_budget`), what `canonical` says, and what
    ///     the codec of a bound finds
    static result<multirange<T>> from_text(std::string_view text,
                                           text_style const& style) requires detail::decodable_element<T> {
        return read_text(text, style, nullptr);
    }
    static value_complaint explain(std::string_view text,
                                   text_style const& style) requires detail::decodable_element<T> {
        value_complaint said;
        static_cast<void>(read_text(text, style, &said));
        return said;
    }

    static std::size_t binary_size(multirange<T> const& v) {
        std::size_t size = 4;
        for (auto const& r : v.ranges)
            size = detail::add_sizes(size, detail::add_sizes(4, codec<range<T>>::binary_size(r)));
        return size;
    }
    static char* to_binary(char* p, multirange<T> const& v) {
        auto const form = canonical(v);
        p = store(p, static_cast<std::uint32_t>(form->ranges.size()));
        for (auto const& r : form->ranges) p = encode_field<format::binary>(p, r);
        return p;
    }
    /// @return or `insufficient_data`, `trailing_data`, `array_too_large`, and what the codec of a range finds
    static result<multirange<T>> from_binary(std::string_view bytes) requires detail::decodable_element<T> {
        reader in(bytes);
        auto const count = in.integer<std::uint32_t>();
        if (count > detail::max_array_elements) return errc::array_too_large;
        multirange<T> v;
        detail::growth_budget budget(bytes.size());
        for (std::uint32_t i = 0; i != count; ++i) {
            auto const part = detail::take_bytes(in);
            if (in.failed()) return errc::insufficient_data;
            auto read = codec<range<T>>::from_binary(part);
            if (!read) return read.error();
            if (!take(budget, *read)) return errc::message_too_large;
            if (!read->empty) v.ranges.push_back(*std::move(read));
        }
        if (auto const end = in.finish(); !end) return end.error();
        return canonical(std::move(v));
    }

    static errc refusal(multirange<T> const& v) {
        for (auto const& r : v.ranges)
            if (errc const e = codec<range<T>>::refusal(r); e != errc::none) return e;
        return errc::message_too_large;
    }

private:
    static result<multirange<T>> read_text(std::string_view text, text_style const& style, value_complaint* said) {
        auto const refuse = [&](std::string_view problem) {
            if (said != nullptr) *said = detail::complain_of_literal(errc::invalid_text, "multirange", text, problem);
            return errc::invalid_text;
        };
        detail::multirange_texts parts(text);
        if (!parts.open()) return refuse("Missing left brace.");
        multirange<T> v;
        bool first = true;
        detail::growth_budget budget(text.size());
        for (; !parts.close(); first = false) {
            if (parts.at_end()) return refuse("Unexpected end of input.");
            if (parts.brace()) return refuse("Junk after closing right brace.");
            if (!first && !parts.comma()) return refuse("Expected comma or end of multirange.");
            auto const part = parts.next();
            if (part.empty()) return refuse(parts.in_range() ? "Unexpected end of input." : "Expected range start.");
            auto read = codec<range<T>>::from_text(part, style);
            if (!read) {
                if (said != nullptr) *said = codec<range<T>>::explain(part, style);
                return read.error();
            }
            if (!take(budget, *read)) return errc::message_too_large;
            if (!read->empty) v.ranges.push_back(*std::move(read));
        }
        return canonical(std::move(v));
    }
    static bool take(detail::growth_budget& budget, range<T> const& r) {
        return (!r.lower || budget.take(*r.lower)) && (!r.upper || budget.take(*r.upper));
    }
    static constexpr std::size_t add_one(std::size_t size) noexcept { return detail::add_sizes(size, 1); }
};

}  // namespace pgwire
