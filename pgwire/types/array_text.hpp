// The text of an array: `{1,2}`, `{{a,"b c"},{NULL,d}}`, `[0:1]={1,2}`.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Array Input and Output Syntax", as PostgreSQL 17
// and later read it.
#pragma once

#include "pgwire/types/array_limits.hpp"
#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/element_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire {

/// One dimension of an array: how many elements, and the index of the first.
struct array_dimension {
    std::int32_t size = 0;
    std::int32_t lower = 1;
    friend constexpr bool operator==(array_dimension const&, array_dimension const&) = default;
};

namespace detail {

/// A list of dimensions in place.
class array_shape {
public:
    constexpr array_shape() = default;

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr array_dimension& operator[](std::size_t i) noexcept { return dimensions_[i]; }
    [[nodiscard]] constexpr array_dimension const* begin() const noexcept { return dimensions_.data(); }
    [[nodiscard]] constexpr array_dimension const* end() const noexcept { return dimensions_.data() + size_; }
    [[nodiscard]] constexpr bool full() const noexcept { return size_ == max_dimensions; }
    constexpr void push(array_dimension d) noexcept { dimensions_[size_++] = d; }
    constexpr void clear() noexcept { size_ = 0; }

private:
    std::array<array_dimension, max_dimensions> dimensions_{};
    std::size_t size_ = 0;
};

/// How many elements such an array has.
/// @return or `array_too_large`: PostgreSQL's word for negative sizes and for bounds beyond an Int32, too
[[nodiscard]] constexpr result<std::int64_t> count_elements(std::span<array_dimension const> dimensions) noexcept {
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    if (dimensions.size() > max_dimensions) return errc::array_too_large;
    std::int64_t count = dimensions.empty() ? 0 : 1;
    for (auto const& d : dimensions) {
        count *= d.size;
        if (d.size < 0 || count > most || std::int64_t{d.size} + d.lower > most) return errc::array_too_large;
    }
    if (count > max_array_elements) return errc::array_too_large;
    return count;
}

inline constexpr std::string_view too_many_dimensions =
    "number of array dimensions exceeds the maximum allowed (6)";
inline constexpr std::string_view too_many_elements = "array size exceeds the maximum allowed (134217727)";
static_assert(max_dimensions == 6 && max_array_elements == 134'217'727);

/// What PostgreSQL says of a character that can't stand where it does.
[[nodiscard]] constexpr std::string_view unexpected(char c) noexcept {
    switch (c) {
    case '{': return "Unexpected \"{\" character.";
    case '}': return "Unexpected \"}\" character.";
    case ',': return "Unexpected \",\" character.";
    default: return "Unexpected \";\" character.";
    }
}

enum class array_token : std::uint8_t { open, close, delimiter, element, null, invalid };

/// Takes an array's text apart.
class array_tokens {
public:
    array_tokens(std::string_view text, char delimiter) noexcept : rest_(text), delimiter_(delimiter) {}

    /// The dimensions in front of the braces, if there are any: `[0:1][3]=`.
    /// @return or `invalid_text`, `invalid_bounds`, `array_too_large`
    [[nodiscard]] result<array_shape> dimensions() {
        array_shape shape;
        for (;;) {
            rest_ = trim_front(rest_);
            if (!take(rest_, '[')) break;
            if (shape.full()) return refuse(errc::array_too_large, too_many_dimensions);
            auto const dimension = this->dimension();
            if (!dimension) return dimension.error();
            shape.push(*dimension);
        }
        if (shape.size() != 0) {
            if (!take(rest_, '=')) return refuse(errc::invalid_text, "Missing \"=\" after array dimensions.");
            rest_ = trim_front(rest_);
        }
        if (!rest_.starts_with('{'))
            return refuse(errc::invalid_text, shape.size() != 0
                                                  ? "Array contents must start with \"{\"."
                                                  : "Array value must start with \"{\" or dimension information.");
        return shape;
    }

    /// The next brace, delimiter or element.
    [[nodiscard]] array_token next() {
        rest_ = trim_front(rest_);
        if (rest_.empty()) return refuse(end_of_input);
        char const c = rest_.front();
        if (c == '{' || c == '}' || c == '"' || c == delimiter_) {
            rest_.remove_prefix(1);
            if (c == '"') return quoted();
            return c == '{' ? array_token::open : c == '}' ? array_token::close : array_token::delimiter;
        }
        return unquoted();
    }
    /// The text of the element, without its quotes, until the next call.
    [[nodiscard]] std::string_view element() const noexcept { return element_; }
    /// Whether only white space is left.
    [[nodiscard]] bool at_end() const noexcept { return trim_front(rest_).empty(); }
    /// What PostgreSQL says of the text, after `dimensions` or `next` has refused it.
    [[nodiscard]] std::string_view problem() const noexcept { return problem_; }

private:
    static constexpr std::string_view end_of_input = "Unexpected end of input.";
    static constexpr std::string_view wrong_quotes = "Incorrectly quoted array element.";

    errc refuse(errc why, std::string_view problem) noexcept {
        problem_ = problem;
        return why;
    }
    array_token refuse(std::string_view problem) noexcept {
        problem_ = problem;
        return array_token::invalid;
    }

    /// What stands in brackets: `0:1]` or `3]`.
    result<array_dimension> dimension() {
        auto upper = bound("\"[\" must introduce explicitly-specified array dimensions.");
        if (!upper) return upper.error();
        std::int64_t lower = 1;
        if (take(rest_, ':')) {
            lower = *upper;
            upper = bound("Missing array dimension value.");
            if (!upper) return upper.error();
        }
        constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
        if (!take(rest_, ']')) return refuse(errc::invalid_text, "Missing \"]\" after array dimensions.");
        if (*upper < lower) return refuse(errc::invalid_bounds, "upper bound cannot be less than lower bound");
        if (*upper == most) return refuse(errc::array_too_large, "array upper bound is too large: 2147483647");
        if (*upper - lower + 1 > most) return refuse(errc::array_too_large, too_many_elements);
        return array_dimension{static_cast<std::int32_t>(*upper - lower + 1), static_cast<std::int32_t>(lower)};
    }

    result<std::int64_t> bound(std::string_view if_missing) {
        auto const n = scan_integer(rest_);
        if (!n.found || is_space(rest_.front())) return refuse(errc::invalid_text, if_missing);
        rest_ = n.rest;
        auto const index = n.as<std::int32_t>();
        if (!index) return refuse(errc::array_too_large, "array bound is out of integer range");
        return *index;
    }

    /// Behind the opening quote.
    array_token quoted() {
        std::size_t const simple = std::min(rest_.find_first_of("\"\\"), rest_.size());
        if (simple != rest_.size() && rest_[simple] == '"') {
            element_ = rest_.substr(0, simple);
            rest_.remove_prefix(simple + 1);
        } else {
            unescaped_.clear();
            for (;; rest_.remove_prefix(1)) {
                if (rest_.starts_with('\\')) rest_.remove_prefix(1);
                else if (take(rest_, '"')) break;
                if (rest_.empty()) return refuse(end_of_input);
                unescaped_ += rest_.front();
            }
            element_ = unescaped_;
        }
        rest_ = trim_front(rest_);
        if (ends_element() || rest_.starts_with('{')) return array_token::element;
        return refuse(rest_.empty() ? end_of_input : wrong_quotes);
    }

    array_token unquoted() {
        std::size_t i = 0;
        while (i != rest_.size() && !stops_element(rest_[i])) ++i;
        if (i != rest_.size() && rest_[i] == '\\') return escaped();
        element_ = trim(rest_.substr(0, i));
        rest_.remove_prefix(i);
        if (!ends_element()) return unended();
        return equals_ignoring_case(element_, "null") ? array_token::null : array_token::element;
    }

    /// Without quotes, but with backslashes: what they escape is neither white space nor part of NULL.
    array_token escaped() {
        unescaped_.clear();
        std::size_t size = 0;  // without white space at the end
        for (; !rest_.empty() && (rest_.front() == '\\' || !stops_element(rest_.front())); rest_.remove_prefix(1)) {
            bool const escapes = take(rest_, '\\');
            if (rest_.empty()) break;
            unescaped_ += rest_.front();
            if (escapes || !is_space(rest_.front())) size = unescaped_.size();
        }
        element_ = std::string_view(unescaped_).substr(0, size);
        return ends_element() ? array_token::element : unended();
    }
    array_token unended() noexcept {
        return refuse(rest_.empty() ? end_of_input : rest_.starts_with('{') ? unexpected('{') : wrong_quotes);
    }

    [[nodiscard]] bool stops_element(char c) const noexcept {
        return c == delimiter_ || c == '}' || c == '{' || c == '"' || c == '\\';
    }
    [[nodiscard]] bool ends_element() const noexcept { return rest_.starts_with(delimiter_) || rest_.starts_with('}'); }

    std::string_view rest_;
    char delimiter_;
    std::string_view element_;
    std::string unescaped_;
    std::string_view problem_;
};

/// Counts elements and braces, and finds out the dimensions or compares them with the ones that were written.
class array_nesting {
public:
    array_nesting(array_shape const& written, char delimiter) noexcept
        : shape_(written), fixed_(written.size() != 0), written_(fixed_), delimiter_(delimiter) {
        for (std::size_t i = shape_.size(); i != max_dimensions; ++i) sizes_[i] = -1;
        for (std::size_t i = 0; i != shape_.size(); ++i) sizes_[i] = shape_[i].size;
    }

    /// @return `none`, or why the token can't stand here
    [[nodiscard]] errc see(array_token token) noexcept {
        switch (token) {
        case array_token::open: return open();
        case array_token::close: return close();
        case array_token::delimiter:
            if (!complete_) return refuse(unexpected(delimiter_));
            complete_ = false;
            return errc::none;
        case array_token::element:
        case array_token::null: return complete_ ? refuse("Unexpected array element.") : errc::none;
        case array_token::invalid: break;
        }
        return errc::invalid_text;
    }
    /// After an element was read.
    [[nodiscard]] errc count_element() noexcept {
        fixed_ = true;
        if (level_ != shape_.size()) return refuse_dimensions();
        ++counts_[level_ - 1];
        complete_ = true;
        return errc::none;
    }
    /// Whether all braces are closed.
    [[nodiscard]] bool done() const noexcept { return level_ == 0; }
    /// What PostgreSQL says of the text, after it was refused here.
    [[nodiscard]] std::string_view problem() const noexcept { return problem_; }

    [[nodiscard]] array_shape shape() const noexcept {
        auto shape = shape_;
        for (std::size_t i = 0; i != shape.size(); ++i) shape[i].size = static_cast<std::int32_t>(sizes_[i]);
        return shape;
    }

private:
    errc refuse(std::string_view problem) noexcept {
        problem_ = problem;
        return errc::invalid_text;
    }
    errc refuse_dimensions() noexcept {
        return refuse(written_ ? "Specified array dimensions do not match array contents."
                               : "Multidimensional arrays must have sub-arrays with matching dimensions.");
    }
    errc open() noexcept {
        if (complete_) return refuse(unexpected('{'));
        if (level_ == max_dimensions) {
            problem_ = too_many_dimensions;
            return errc::array_too_large;
        }
        counts_[level_++] = 0;
        if (level_ <= shape_.size()) return errc::none;
        if (fixed_) return refuse_dimensions();
        shape_.push({});
        return errc::none;
    }
    errc close() noexcept {
        if (counts_[level_ - 1] != 0 && !complete_) return refuse(unexpected('}'));  // behind a delimiter
        --level_;
        if (level_ != 0) ++counts_[level_ - 1];
        if (sizes_[level_] < 0) sizes_[level_] = counts_[level_];  // the first of its level says how many
        if (sizes_[level_] != counts_[level_]) return refuse_dimensions();
        complete_ = true;
        return errc::none;
    }

    array_shape shape_;
    bool fixed_;             // whether the number of dimensions is
    bool written_;           // whether they stand in front of the braces
    char delimiter_;
    std::string_view problem_;
    bool complete_ = false;  // whether a delimiter or a closing brace must follow
    std::size_t level_ = 0;
    std::array<std::int64_t, max_dimensions> counts_{};  // at each level, so far
    std::array<std::int64_t, max_dimensions> sizes_{};   // and how many there must be; -1 is not known
};

/// A decoded array of any host type.
template<class T>
struct read_array {
    array_shape shape;
    std::vector<T> elements;
};

/// @param said becomes what PostgreSQL says, if it is not a null pointer and the text is refused
/// @return or `invalid_text`, `array_too_large`, `invalid_bounds`, `message_too_large` if the values grow beyond all
///     measure (`growth_budget`), and what the element's codec finds
template<class T>
[[nodiscard]] result<read_array<T>> read_array_text(std::string_view text, text_style const& style, char delimiter,
                                                    value_complaint* said = nullptr) {
    auto const refuse = [&](errc why, std::string_view problem) {
        if (said != nullptr) *said = complain_of_literal(why, "array", text, problem);
        return why;
    };
    array_tokens tokens(text, delimiter);
    auto const written = tokens.dimensions();
    if (!written) return refuse(written.error(), tokens.problem());
    array_nesting nesting(*written, delimiter);
    std::vector<T> elements;
    growth_budget budget(text.size());
    do {
        array_token const token = tokens.next();
        if (token == array_token::invalid) return refuse(errc::invalid_text, tokens.problem());
        if (errc const e = nesting.see(token); e != errc::none) return refuse(e, nesting.problem());
        if (token != array_token::element && token != array_token::null) continue;
        auto decoded =
            decode_value<T>(token == array_token::null ? value() : value(tokens.element()), format::text, style);
        if (!decoded) {
            if (said != nullptr) *said = complain<T>(decoded.error(), tokens.element(), style);
            return decoded.error();
        }
        if (!budget.take(*decoded)) return errc::message_too_large;
        elements.push_back(*std::move(decoded));
        if (errc const e = nesting.count_element(); e != errc::none) return refuse(e, nesting.problem());
    } while (!nesting.done());
    if (!tokens.at_end()) return refuse(errc::invalid_text, "Junk after closing right brace.");
    if (elements.empty()) return read_array<T>{};
    auto const shape = nesting.shape();
    if (auto const count = count_elements({shape.begin(), shape.end()}); !count)
        return refuse(count.error(), too_many_elements);
    return read_array<T>{shape, std::move(elements)};
}

}  // namespace detail

}  // namespace pgwire
