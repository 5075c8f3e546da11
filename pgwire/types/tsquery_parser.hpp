// The value of a tsquery, and how its text is read.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "tsquery". `!` binds most tightly, then `<->`, `&`
// and `|`; all but `!` from the left. A lexeme may have `:`, then letters of weights and `*` for a prefix, in any
// order.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/text_search.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// A lexeme or an operator; the numbers of these are those of the binary form.
enum class tsquery_kind : std::uint8_t { lexeme, not_, and_, or_, phrase };

/// A node of a query.
struct tsquery_item {
    static constexpr std::uint8_t all_weights = 15;

    tsquery_kind what = tsquery_kind::lexeme;
    std::uint8_t weights = 0;   ///< of a lexeme: the sum of 8 for A, 4 for B, 2 for C and 1 for D; 0 is all of them
    bool prefix = false;        ///< of a lexeme: others that begin with it will do
    std::int16_t distance = 1;  ///< of a phrase: how far behind the left operand the right one is, 0 to 16384
    std::string lexeme;

    friend bool operator==(tsquery_item const&, tsquery_item const&) = default;
};

/// A query as its tree, in the wire's order: an operator before its operands, the right one before the left one. It is
/// empty, or a whole tree.
struct tsquery {
    std::vector<tsquery_item> items;
    friend bool operator==(tsquery const&, tsquery const&) = default;
};

namespace detail {

[[nodiscard]] constexpr std::size_t operands(tsquery_kind kind) noexcept {
    return kind == tsquery_kind::lexeme ? 0 : kind == tsquery_kind::not_ ? 1 : 2;
}
[[nodiscard]] constexpr int priority(tsquery_kind kind) noexcept {
    switch (kind) {
    case tsquery_kind::or_: return 1;
    case tsquery_kind::and_: return 2;
    case tsquery_kind::phrase: return 3;
    default: return 4;
    }
}

/// Reads a query with a stack of the operators whose right operand is not complete.
class tsquery_parser {
public:
    explicit tsquery_parser(std::string_view text) noexcept : rest_(text) {}

    /// @return or `syntax_error`, `out_of_range`, `message_too_large`, `too_deep`, `malformed_value`
    [[nodiscard]] result<tsquery> parse() {
        for (bool first = true;; first = false) {
            auto const there = operand();
            if (!there) return there.error();
            if (!*there) return first && opened_.empty() && waiting_.empty() ? result(tsquery{}) : errc::syntax_error;
            if (auto const e = close_groups(); e != errc::none) return e;
            if (rest_.empty()) break;
            if (auto const e = infix(); e != errc::none) return e;
        }
        if (!opened_.empty()) return errc::syntax_error;
        complete(0);
        std::reverse(made_.items.begin(), made_.items.end());  // made from left to right, operands first
        return std::move(made_);
    }

private:
    static constexpr int max_distance = 16384;
    static constexpr std::size_t max_waiting = 32;     // operators in one group, as PostgreSQL has it
    static constexpr std::size_t max_groups = 10'000;  // which its stack has room for

    [[nodiscard]] char skip_blanks() noexcept {
        rest_ = rest_.substr(std::min(rest_.find_first_not_of(" \t\n\v\f\r"), rest_.size()));
        return rest_.empty() ? '\0' : rest_.front();
    }
    [[nodiscard]] std::size_t group_begin() const noexcept { return opened_.empty() ? 0 : opened_.back(); }

    /// A lexeme and what stands before it: whether there is one.
    [[nodiscard]] result<bool> operand() {
        for (;;) {
            char const c = skip_blanks();
            if (c == ':') return errc::syntax_error;
            if (c != '!' && c != '(') break;
            rest_.remove_prefix(1);
            if (c == '!') {
                tsquery_item item;
                item.what = tsquery_kind::not_;
                if (auto const e = wait(std::move(item)); e != errc::none) return e;
            } else {
                if (opened_.size() == max_groups) return errc::too_deep;
                opened_.push_back(waiting_.size());
            }
        }
        lexeme_reader reader(rest_, lexeme_reader::grammar::tsquery);
        auto const there = reader.next();
        if (!there || !*there) return there;
        rest_ = reader.rest();
        tsquery_item item;
        item.lexeme = std::move(reader.lexeme());
        if (rest_.starts_with(':')) read_modifiers(item);
        if (item.lexeme.size() > max_lexeme || size_ >= max_lexemes_size) return errc::message_too_large;
        size_ += item.lexeme.size() + 1;
        made_.items.push_back(std::move(item));
        return true;
    }
    void read_modifiers(tsquery_item& item) noexcept {
        for (rest_.remove_prefix(1); !rest_.empty(); rest_.remove_prefix(1)) {
            char const c = to_lower(rest_.front());
            if (c == '*') item.prefix = true;
            else if (c >= 'a' && c <= 'd') item.weights = static_cast<std::uint8_t>(item.weights | 8U >> (c - 'a'));
            else break;
        }
    }

    /// Parentheses that end here.
    [[nodiscard]] errc close_groups() {
        while (skip_blanks() == ')') {
            if (opened_.empty()) return errc::syntax_error;
            rest_.remove_prefix(1);
            complete(opened_.back());
            opened_.pop_back();
        }
        return errc::none;
    }
    [[nodiscard]] errc infix() {
        tsquery_item item;
        if (rest_.front() == '<') {
            auto const distance = read_distance();
            if (!distance) return distance.error();
            item.what = tsquery_kind::phrase;
            item.distance = *distance;
        } else {
            if (rest_.front() != '&' && rest_.front() != '|') return errc::syntax_error;
            item.what = rest_.front() == '&' ? tsquery_kind::and_ : tsquery_kind::or_;
            rest_.remove_prefix(1);
        }
        return wait(std::move(item));
    }
    /// `<->` or `<2>`.
    [[nodiscard]] result<std::int16_t> read_distance() noexcept {
        rest_.remove_prefix(1);
        int distance = 1;
        if (rest_.starts_with('-')) {
            rest_.remove_prefix(1);
        } else {
            if (rest_.empty() || !is_digit(rest_.front())) return errc::syntax_error;
            auto const n = scan_integer(rest_);
            if (n.magnitude > max_distance) return errc::out_of_range;
            rest_ = n.rest;
            distance = n.lower_half();
        }
        if (!rest_.starts_with('>')) return errc::syntax_error;
        rest_.remove_prefix(1);
        return static_cast<std::int16_t>(distance);
    }

    /// Puts an operator on the stack, after those that bind their operands at least as tightly.
    [[nodiscard]] errc wait(tsquery_item item) {
        int const own = priority(item.what);
        if (item.what != tsquery_kind::not_)
            while (waiting_.size() != group_begin() && priority(waiting_.back().what) >= own) complete_last();
        if (waiting_.size() - group_begin() == max_waiting) return errc::malformed_value;
        waiting_.push_back(std::move(item));
        return errc::none;
    }
    void complete(std::size_t begin) {
        while (waiting_.size() != begin) complete_last();
    }
    void complete_last() {
        made_.items.push_back(std::move(waiting_.back()));
        waiting_.pop_back();
    }

    std::string_view rest_;
    tsquery made_;
    std::vector<tsquery_item> waiting_;
    std::vector<std::size_t> opened_;  // of each open parenthesis how many operators were waiting before it
    std::size_t size_ = 0;             // of all lexemes
};

}  // namespace detail

}  // namespace pgwire
