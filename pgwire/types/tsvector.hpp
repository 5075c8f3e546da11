// tsvector: a document as the lexemes that are in it, and where.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "tsvector"; the binary form is that of the server's
// tsvectorsend: Int32 count of lexemes, of each its text, a NUL, Int16 count of positions, and each position as an
// Int16 whose two upper bits are the weight.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/text_search.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// A lexeme: a word, however it was made comparable.
struct tsvector_lexeme {
    std::string text;                          ///< 1 to 2046 bytes
    std::vector<tsvector_position> positions;  ///< at most 256, ascending; empty if it is not known where
    friend bool operator==(tsvector_lexeme const&, tsvector_lexeme const&) = default;
};

/// Lexemes by their bytes, each once, at most 1 MiB of all. What is received is so; what is sent must be: `normalize`
/// makes it so.
struct tsvector {
    std::vector<tsvector_lexeme> lexemes;
    friend bool operator==(tsvector const&, tsvector const&) = default;

    /// Sorts the lexemes and their positions, and puts together what is there more than once: of the weights the
    /// highest one stays, of the positions the first 256. (Of several at 16383, which are many that were cut to it, the
    /// first one's weight stays; PostgreSQL's choice is chance.)
    void normalize() {
        std::stable_sort(lexemes.begin(), lexemes.end(), [](auto const& a, auto const& b) { return a.text < b.text; });
        std::size_t last = 0;
        for (std::size_t i = 1; i < lexemes.size(); ++i) {
            auto& from = lexemes[i];
            if (auto& into = lexemes[last]; from.text == into.text)
                into.positions.insert(into.positions.end(), from.positions.begin(), from.positions.end());
            else if (++last != i) lexemes[last] = std::move(from);
        }
        if (!lexemes.empty()) lexemes.resize(last + 1);
        for (auto& lexeme : lexemes) normalize(lexeme.positions);
    }

    static constexpr std::size_t max_positions = 256;  ///< of one lexeme

private:
    static void normalize(std::vector<tsvector_position>& all) {
        std::stable_sort(all.begin(), all.end(), [](auto a, auto b) { return a.at < b.at; });
        std::size_t last = 0;
        for (std::size_t i = 1; i < all.size(); ++i) {
            if (all[i].at == all[last].at) {
                all[last].weight = std::max(all[last].weight, all[i].weight);
                continue;
            }
            all[++last] = all[i];
            if (last + 1 == max_positions || all[last].at == detail::max_position) break;  // what is behind is lost
        }
        if (!all.empty()) all.resize(last + 1);
    }
};

namespace detail {

/// How much room a server needs for a lexeme, after so much for those before it. Positions are at even addresses.
[[nodiscard]] constexpr std::size_t stored_size(std::size_t before, std::size_t text, std::size_t positions) noexcept {
    std::size_t const size = before + text;
    return positions == 0 ? size : (size + 1) / 2 * 2 + 2 + 2 * positions;
}

[[nodiscard]] inline bool valid_lexeme(tsvector_lexeme const& lexeme) noexcept {
    return valid_lexeme(std::string_view(lexeme.text)) && lexeme.positions.size() <= tsvector::max_positions &&
           std::all_of(lexeme.positions.begin(), lexeme.positions.end(), [](auto p) { return p.at <= max_position; });
}

}  // namespace detail

template<>
struct codec<tsvector> {
    static constexpr type_info type = types::tsvector;

    static std::size_t text_size(tsvector const& v) noexcept {
        constexpr std::size_t digits = 5, weight = 1, comma = 1;
        std::size_t size = 0;
        for (auto const& lexeme : v.lexemes) {
            if (!detail::valid_lexeme(lexeme)) return unencodable;
            std::size_t const positions = lexeme.positions.size() * (digits + weight + comma) + 2;  // a colon, a blank
            size = detail::add_sizes(size, detail::quoted_lexeme_size(lexeme.text) + positions);
        }
        return size;
    }
    static char* to_text(char* p, tsvector const& v) noexcept {
        for (auto const& lexeme : v.lexemes) {
            if (&lexeme != v.lexemes.data()) *p++ = ' ';
            p = detail::put_quoted_lexeme(p, lexeme.text);
            for (auto const& position : lexeme.positions) {
                *p++ = &position == lexeme.positions.data() ? ':' : ',';
                p = detail::put_unsigned(p, std::uint32_t{position.at});
                if (position.weight != tsvector_weight::d) *p++ = "DCBA"[static_cast<unsigned>(position.weight)];
            }
        }
        return p;
    }
    /// @return or `syntax_error`, `message_too_large` for more than 2046 bytes of a lexeme or 1 MiB of all
    static result<tsvector> from_text(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        detail::lexeme_reader reader(text, detail::lexeme_reader::grammar::tsvector);
        tsvector v;
        std::size_t size = 0;
        for (;;) {
            auto const there = reader.next();
            if (!there) return there.error();
            if (!*there) break;
            if (reader.lexeme().size() > detail::max_lexeme || size > detail::max_lexemes_size)
                return errc::message_too_large;
            size += reader.lexeme().size();
            v.lexemes.push_back({std::move(reader.lexeme()), std::move(reader.positions())});
        }
        v.normalize();
        size = 0;
        for (auto const& lexeme : v.lexemes)
            size = detail::stored_size(size, lexeme.text.size(), lexeme.positions.size());
        if (size > detail::max_lexemes_size) return errc::message_too_large;
        return v;
    }

    static std::size_t binary_size(tsvector const& v) noexcept {
        std::size_t size = 4;
        for (auto const& lexeme : v.lexemes) {
            if (!detail::valid_lexeme(lexeme)) return unencodable;
            size = detail::add_sizes(size, lexeme.text.size() + 3 + 2 * lexeme.positions.size());
        }
        return size;
    }
    static char* to_binary(char* p, tsvector const& v) noexcept {
        p = store(p, static_cast<std::int32_t>(v.lexemes.size()));
        for (auto const& lexeme : v.lexemes) {
            p = detail::put(p, lexeme.text);
            *p++ = '\0';
            p = store(p, static_cast<std::int16_t>(lexeme.positions.size()));
            for (auto const position : lexeme.positions)
                p = store(p, static_cast<std::uint16_t>(static_cast<unsigned>(position.weight) << 14 | position.at));
        }
        return p;
    }
    /// Like PostgreSQL it sorts the lexemes, but leaves those that are there twice, the empty one and position 0.
    /// @return or `insufficient_data`, `invalid_string`, `invalid_encoding`, `malformed_value`, `invalid_binary`
    static result<tsvector> from_binary(std::string_view bytes) {
        constexpr std::uint32_t most = 134'217'725;  // lexemes that a server would try to make room for
        reader in(bytes);
        auto const count = in.integer<std::uint32_t>();
        if (count > most) return errc::malformed_value;
        tsvector v;
        std::size_t size = 0;
        for (std::uint32_t i = 0; i != count; ++i) {
            auto const text = detail::take_lexeme(in);
            auto const positions = in.integer<std::uint16_t>();
            if (in.failed()) return in.finish().error();
            if (text.size() > detail::max_lexeme + 1 || size > detail::max_lexemes_size) return errc::malformed_value;
            if (positions > tsvector::max_positions) return errc::malformed_value;
            size = detail::stored_size(size, text.size(), positions);
            tsvector_lexeme lexeme{std::string(text), {}};
            for (std::uint16_t j = 0; j != positions; ++j) {
                auto const word = in.integer<std::uint16_t>();
                if (in.failed()) return in.finish().error();
                auto const at = static_cast<std::uint16_t>(word & detail::max_position);
                if (j != 0 && at <= lexeme.positions.back().at) return errc::malformed_value;
                lexeme.positions.push_back({at, static_cast<tsvector_weight>(word >> 14)});
            }
            v.lexemes.push_back(std::move(lexeme));
        }
        if (in.failed()) return in.finish().error();
        if (in.remaining() != 0) return errc::invalid_binary;
        std::stable_sort(v.lexemes.begin(), v.lexemes.end(),
                         [](auto const& a, auto const& b) { return a.text < b.text; });
        return v;
    }

    /// Of a lexeme too long or with a zero byte, of too many positions, and of one over 16383.
    static errc refusal(tsvector const&) noexcept { return errc::out_of_range; }
};

}  // namespace pgwire
