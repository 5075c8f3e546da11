// What tsvector and tsquery have in common: how a lexeme is read and written, and its bounds.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Text Search Types". Blanks are those of ASCII; a
// server whose LC_CTYPE is not C may take others for blanks too.
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/core/result.hpp"
#include "pgwire/protocol/reader.hpp"
#include "pgwire/types/c_integer.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// How much a lexeme counts where it stands: D, which is not written, to A.
enum class tsvector_weight : std::uint8_t { d, c, b, a };

/// Where in a document a lexeme stands.
struct tsvector_position {
    std::uint16_t at = 0;  ///< 1 to 16383, which is also all that is behind it
    tsvector_weight weight = tsvector_weight::d;

    friend constexpr bool operator==(tsvector_position const&, tsvector_position const&) = default;
};

namespace detail {

inline constexpr std::size_t max_lexeme = 2046;                  // bytes, in text; in binary it may be one more
inline constexpr std::size_t max_lexemes_size = (1U << 20) - 1;  // bytes of all lexemes of a value
inline constexpr std::uint16_t max_position = 16383;

/// Reads lexemes one after the other. In a tsvector blanks separate them and positions may follow, in a tsquery
/// operators end them too.
class lexeme_reader {
public:
    enum class grammar : std::uint8_t { tsvector, tsquery };

    lexeme_reader(std::string_view text, grammar g) noexcept : rest_(text), query_(g == grammar::tsquery) {}

    /// Goes to the next lexeme: whether there is one.
    /// @return or `syntax_error`
    [[nodiscard]] result<bool> next() {
        rest_ = rest_.substr(std::min(rest_.find_first_not_of(" \t\n\v\f\r"), rest_.size()));
        lexeme_.clear();
        positions_.clear();
        if (rest_.empty()) return false;
        bool const quoted = rest_.front() == '\'';
        if (auto const e = quoted ? read_quoted() : read_plain(); e != errc::none) return e;
        if (lexeme_.empty()) return errc::syntax_error;
        if (!query_ && rest_.starts_with(':')) {
            auto const e = read_positions();
            if (e != errc::none) return e;
        }
        return true;
    }

    [[nodiscard]] std::string& lexeme() noexcept { return lexeme_; }
    [[nodiscard]] std::vector<tsvector_position>& positions() noexcept { return positions_; }
    /// What follows the lexeme.
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

private:
    [[nodiscard]] char take() noexcept {
        char const c = rest_.front();
        rest_.remove_prefix(1);
        return c;
    }
    /// What a backslash makes a plain character.
    [[nodiscard]] errc read_escaped() {
        if (rest_.empty()) return errc::syntax_error;
        lexeme_ += take();
        return errc::none;
    }
    [[nodiscard]] errc read_plain() {
        while (!rest_.empty()) {
            char const c = rest_.front();
            bool const ends = is_space(c) || (query_ && std::string_view("!&|()<").find(c) != std::string_view::npos);
            if (ends || (c == ':' && !lexeme_.empty())) break;  // a colon may only be the first character
            rest_.remove_prefix(1);
            if (c != '\\') lexeme_ += c;
            else if (auto const e = read_escaped(); e != errc::none) return e;
        }
        return errc::none;
    }
    [[nodiscard]] errc read_quoted() {
        rest_.remove_prefix(1);
        while (!rest_.empty()) {
            char const c = take();
            if (c == '\'' && !rest_.starts_with('\'')) return errc::none;
            if (c == '\'' || c == '\\') {  // a quote that is doubled, or whatever is escaped
                if (auto const e = read_escaped(); e != errc::none) return e;
            } else {
                lexeme_ += c;
            }
        }
        return errc::syntax_error;
    }

    /// `:1A,2`: numbers, each perhaps with a weight.
    [[nodiscard]] errc read_positions() {
        do {
            rest_.remove_prefix(1);
            if (rest_.empty() || !is_digit(rest_.front())) return errc::syntax_error;
            auto const at = read_number();
            if (at == 0) return errc::syntax_error;
            positions_.push_back({at, tsvector_weight::d});
            if (auto const e = read_weight(positions_.back().weight); e != errc::none) return e;
        } while (rest_.starts_with(','));
        return rest_.empty() || is_space(rest_.front()) ? errc::none : errc::syntax_error;
    }
    /// As PostgreSQL cuts it off: to 64 bits at their end, to 32 by leaving out the upper ones, and to the last
    /// position.
    [[nodiscard]] std::uint16_t read_number() noexcept {
        auto const n = scan_integer(rest_);
        rest_ = n.rest;
        auto const word = n.lower_half();
        return static_cast<std::uint16_t>(word >= max_position ? max_position : word & max_position);
    }
    /// A letter, or `*` for A; more digits behind it mean nothing, and D may be said more than once.
    [[nodiscard]] errc read_weight(tsvector_weight& weight) noexcept {
        for (; !rest_.empty(); rest_.remove_prefix(1)) {
            char const c = to_lower(rest_.front());
            bool const letter = (c >= 'a' && c <= 'd') || c == '*';
            if (!letter && !is_digit(c)) break;
            if (!letter) continue;
            if (weight != tsvector_weight::d) return errc::syntax_error;
            weight = static_cast<tsvector_weight>(c == '*' ? 3 : 'd' - c);
        }
        return errc::none;
    }

    std::string_view rest_;
    std::string lexeme_;
    std::vector<tsvector_position> positions_;
    bool query_;
};

/// A lexeme (which is valid) in quotes, which are doubled inside, as backslashes are.
[[nodiscard]] constexpr std::size_t quoted_lexeme_size(std::string_view lexeme) noexcept {
    return 2 * lexeme.size() + 2;
}
constexpr char* put_quoted_lexeme(char* p, std::string_view lexeme) noexcept {
    *p++ = '\'';
    for (char const c : lexeme) {
        if (c == '\'' || c == '\\') *p++ = c;
        *p++ = c;
    }
    *p++ = '\'';
    return p;
}

/// Whether a lexeme can be sent in binary, where a NUL ends it.
[[nodiscard]] constexpr bool valid_lexeme(std::string_view lexeme) noexcept {
    return lexeme.size() <= max_lexeme + 1 && lexeme.find('\0') == lexeme.npos;
}

/// Takes a lexeme of a binary value, up to its NUL. It points into the value.
[[nodiscard]] inline std::string_view take_lexeme(reader& from) noexcept {
    auto const text = from.string();
    if (!valid_utf8(text)) from.fail(errc::invalid_encoding);
    return text;
}

}  // namespace detail

}  // namespace pgwire
