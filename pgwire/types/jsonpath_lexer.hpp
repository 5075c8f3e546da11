// The words of a jsonpath.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "The SQL/JSON Path Language". Strings have the
// escapes of JavaScript; a key without quotes may have them too, and everything that is no symbol and no blank.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/jsonb_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire::detail {

struct jsonpath_token {
    enum class what : std::uint8_t { nothing, end, symbol, word, string, variable, integer, number };
    what kind = what::nothing;
    std::string text;  // without quotes and escapes, numbers in decimal
};

class jsonpath_lexer {
public:
    explicit jsonpath_lexer(std::string_view text) : rest_(text) {}

    /// @return or `syntax_error`, `invalid_text`, `untranslatable`
    [[nodiscard]] result<jsonpath_token> next() {
        using what = jsonpath_token::what;
        if (!skip()) return errc::syntax_error;
        if (rest_.empty()) return jsonpath_token{what::end, {}};
        char const c = rest_.front();
        if (c == '"') return string(what::string);
        if (c == '$' && rest_.size() > 1 && rest_[1] == '"') return rest_.remove_prefix(1), string(what::variable);
        if (c == '$' && rest_.size() > 1 && is_other(rest_[1])) return variable();
        if (is_digit(c) || (c == '.' && rest_.size() > 1 && is_digit(rest_[1]))) return number();
        if (is_other(c) || c == '\\') return word();
        for (std::string_view const two : {"&&", "||", "**", "==", "!=", "<>", "<=", ">="})
            if (rest_.starts_with(two)) return rest_.remove_prefix(2), jsonpath_token{what::symbol, std::string(two)};
        rest_.remove_prefix(1);
        return jsonpath_token{what::symbol, std::string(1, c)};
    }

private:
    [[nodiscard]] static bool is_other(char c) {
        return std::string_view("?%$.[]{}()|&!=<>@#,*:-+/\\\" \t\n\r\f").find(c) == std::string_view::npos;
    }
    /// Blanks and comments; whether the last comment ends.
    [[nodiscard]] bool skip() {
        for (;;) {
            rest_ = rest_.substr(std::min(rest_.find_first_not_of(" \t\n\r\f"), rest_.size()));
            if (!rest_.starts_with("/*")) return true;
            auto const end = rest_.find("*/", 2);
            if (end == rest_.npos) return false;
            rest_.remove_prefix(end + 2);
        }
    }
    [[nodiscard]] result<jsonpath_token> string(jsonpath_token::what kind) {
        std::string text;
        rest_.remove_prefix(1);
        while (!rest_.starts_with('"')) {
            if (rest_.empty()) return errc::syntax_error;
            if (auto const e = character(text); e != errc::none) return e;
        }
        rest_.remove_prefix(1);
        return jsonpath_token{kind, std::move(text)};
    }
    [[nodiscard]] result<jsonpath_token> word() {
        std::string text;
        while (!rest_.empty() && (is_other(rest_.front()) || rest_.front() == '\\'))
            if (auto const e = character(text); e != errc::none) return e;
        return jsonpath_token{jsonpath_token::what::word, std::move(text)};
    }
    /// Without escapes.
    [[nodiscard]] jsonpath_token variable() {
        std::size_t end = 1;
        while (end != rest_.size() && is_other(rest_[end])) ++end;
        std::string text(rest_.substr(1, end - 1));
        rest_.remove_prefix(end);
        return jsonpath_token{jsonpath_token::what::variable, std::move(text)};
    }
    [[nodiscard]] errc character(std::string& text) {
        char const c = rest_.front();
        rest_.remove_prefix(1);
        if (c != '\\') return text += c, errc::none;
        if (rest_.empty()) return errc::syntax_error;
        char const escaped = rest_.front();
        if (escaped == 'u') return unicode(text);
        rest_.remove_prefix(1);
        if (escaped == 'x') {
            int const high = rest_.size() < 2 ? -1 : hex_value(rest_[0]);
            int const low = rest_.size() < 2 ? -1 : hex_value(rest_[1]);
            if (high < 0 || low < 0) return errc::syntax_error;
            rest_.remove_prefix(2);
            return append(text, static_cast<std::uint32_t>(high * 16 + low));
        }
        constexpr std::string_view letters = "bfnrtv";
        auto const known = letters.find(escaped);
        text += known == letters.npos ? escaped : "\b\f\n\r\t\v"[known];
        return errc::none;
    }
    /// `\u0041` or `\u{41}`, two of them for a pair of surrogates.
    [[nodiscard]] errc unicode(std::string& text) {
        auto const first = code();
        if (first < 0) return errc::syntax_error;
        if (is_low_surrogate(first)) return errc::invalid_text;
        if (!is_high_surrogate(first)) return append(text, static_cast<std::uint32_t>(first));
        if (!rest_.starts_with("\\u")) return errc::invalid_text;
        rest_.remove_prefix(1);
        auto const second = code();
        if (second < 0) return errc::syntax_error;
        if (!is_low_surrogate(second)) return errc::invalid_text;
        return append(text, static_cast<std::uint32_t>(0x1'0000 + (first - 0xd800) * 0x400 + (second - 0xdc00)));
    }
    /// After the `u`, or -1.
    [[nodiscard]] std::int32_t code() {
        rest_.remove_prefix(1);
        if (!rest_.starts_with('{')) {
            auto const unit = json_code_unit(rest_);
            if (unit >= 0) rest_.remove_prefix(4);
            return unit;
        }
        auto const end = rest_.find('}');
        if (end == rest_.npos || end < 2 || end > 7) return -1;
        std::int32_t n = 0;
        for (char const c : rest_.substr(1, end - 1)) {
            int const digit = hex_value(c);
            if (digit < 0) return -1;
            n = n * 16 + digit;
        }
        rest_.remove_prefix(end + 1);
        return n;
    }
    [[nodiscard]] static errc append(std::string& text, std::uint32_t c) {
        if (c == 0) return errc::untranslatable;
        if (c > 0x10'ffff) return errc::syntax_error;
        std::array<char, 4> bytes{};
        text.append(bytes.data(), static_cast<std::size_t>(put_utf8(bytes.data(), c) - bytes.data()));
        return errc::none;
    }

    /// Digits with single underscores between them.
    [[nodiscard]] bool digits(std::string& text, bool may_be_none) {
        std::size_t n = 0;
        while (n != rest_.size() &&
               (is_digit(rest_[n]) || (rest_[n] == '_' && n != 0 && n + 1 != rest_.size() && is_digit(rest_[n + 1])))) {
            if (rest_[n] != '_') text += rest_[n];
            ++n;
        }
        rest_.remove_prefix(n);
        return n != 0 || may_be_none;
    }
    [[nodiscard]] result<jsonpath_token> number() {
        using what = jsonpath_token::what;
        if (rest_.size() > 1 && rest_[0] == '0' && std::string_view("xXoObB").find(rest_[1]) != std::string_view::npos)
            return other_base();
        what kind = what::integer;
        std::string text;
        if (rest_.starts_with('0')) {
            text = "0";
            rest_.remove_prefix(1);
        } else {
            static_cast<void>(digits(text, true));
        }
        if (rest_.starts_with('.')) {
            kind = what::number;
            rest_.remove_prefix(1);
            text += '.';
            if (!digits(text, true)) return errc::syntax_error;
        }
        if (!rest_.empty() && to_lower(rest_.front()) == 'e') {
            kind = what::number;
            text += 'e';
            rest_.remove_prefix(1);
            if (rest_.starts_with('-') || rest_.starts_with('+')) {
                text += rest_.front();
                rest_.remove_prefix(1);
            }
            if (!digits(text, false)) return errc::syntax_error;
        }
        if (!rest_.empty() && is_other(rest_.front())) return errc::syntax_error;
        return jsonpath_token{kind, std::move(text)};
    }
    /// `0x1f`, `0o17`, `0b1`, up to 64 bits (PostgreSQL has no bound).
    [[nodiscard]] result<jsonpath_token> other_base() {
        char const letter = to_lower(rest_[1]);
        unsigned const base = letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
        rest_.remove_prefix(2);
        std::uint64_t n = 0;
        bool any = false;
        while (!rest_.empty()) {
            if (rest_.front() == '_' && rest_.size() > 1 && hex_value(rest_[1]) >= 0) rest_.remove_prefix(1);
            int const digit = hex_value(rest_.front());
            if (digit < 0 || digit >= static_cast<int>(base)) break;
            if (n > (UINT64_MAX - static_cast<unsigned>(digit)) / base) return errc::out_of_range;
            n = n * base + static_cast<unsigned>(digit);
            any = true;
            rest_.remove_prefix(1);
        }
        if (!any || (!rest_.empty() && is_other(rest_.front()))) return errc::syntax_error;
        return jsonpath_token{jsonpath_token::what::integer, std::to_string(n)};
    }

    std::string_view rest_;
};

}  // namespace pgwire::detail
