// Reads the texts of the geometric types, in all the spellings that PostgreSQL knows.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Geometric Types". Part of geometric.hpp. Blanks
// may stand between any two tokens.
#pragma once

#include "pgwire/types/digits.hpp"
#include "pgwire/types/float_prefix.hpp"
#include "pgwire/types/geometric_values.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace pgwire::detail {

/// How many points a path or polygon has: its commas stand between coordinates. 0 if that does not come out even.
[[nodiscard]] constexpr std::size_t count_points(std::string_view text) noexcept {
    auto const commas = static_cast<std::size_t>(std::count(text.begin(), text.end(), ','));
    return commas % 2 == 0 ? 0 : (commas + 1) / 2;
}

class geometric_reader {
public:
    constexpr explicit geometric_reader(std::string_view text) noexcept : text_(trim_front(text)) {}

    [[nodiscard]] constexpr bool at_end() const noexcept { return text_.empty(); }

    /// Takes `c` away, if it is next.
    [[nodiscard]] constexpr bool take(char c) noexcept {
        if (!text_.starts_with(c)) return false;
        text_ = trim_front(text_.substr(1));
        return true;
    }
    /// Takes an opening parenthesis away if it is the only one left.
    [[nodiscard]] constexpr bool take_last_parenthesis() noexcept { return text_.rfind('(') == 0 && take('('); }
    /// Takes the first of two opening parentheses away.
    [[nodiscard]] constexpr bool take_double_parenthesis() noexcept {
        return text_.starts_with('(') && trim_front(text_.substr(1)).starts_with('(') && take('(');
    }

    /// @return or `invalid_text`, `out_of_range`
    [[nodiscard]] result<double> number() noexcept { return take_float<double>(text_); }

    /// `x,y` or `(x,y)`.
    [[nodiscard]] result<point> pair() noexcept {
        bool const enclosed = take('(');
        auto const x = number();
        if (!x) return x.error();
        if (!take(',')) return errc::invalid_text;
        auto const y = number();
        if (!y) return y.error();
        if (enclosed && !take(')')) return errc::invalid_text;
        return point{*x, *y};
    }

    /// Fills `points`. All of them may be enclosed in parentheses, or in brackets if the figure `may_be_open`; each may
    /// have parentheses of its own, and there may be commas between them.
    /// @return whether there were brackets, or `invalid_text`, `out_of_range`
    [[nodiscard]] result<bool> points(std::span<point> points, bool may_be_open) noexcept {
        bool const open = take('[');
        if (open && !may_be_open) return errc::invalid_text;
        bool const enclosed = open || take_double_parenthesis() || take_last_parenthesis();
        for (auto& at : points) {
            auto const v = pair();
            if (!v) return v.error();
            at = *v;
            static_cast<void>(take(','));
        }
        if (enclosed && !take(')') && !(open && take(']'))) return errc::invalid_text;
        return open;
    }

private:
    std::string_view text_;
};

}  // namespace pgwire::detail
