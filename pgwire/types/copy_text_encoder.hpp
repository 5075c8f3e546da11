// Writes rows in the text format of COPY, value by value, straight into the send buffer.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format".
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/types/copy_line_encoder.hpp"
#include "pgwire/types/copy_text.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace pgwire {

namespace detail {

/// What stands behind a backslash for each character that needs one; 0 for those that stand for themselves.
[[nodiscard]] constexpr std::array<char, 256> copy_text_escapes(char delimiter) noexcept {
    std::array<char, 256> escapes{};
    auto const set = [&escapes](char c, char escape) { escapes[static_cast<unsigned char>(c)] = escape; };
    set(delimiter, delimiter);
    set('\\', '\\');
    set('\b', 'b');
    set('\f', 'f');
    set('\n', 'n');
    set('\r', 'r');
    set('\t', 't');
    set('\v', 'v');
    return escapes;
}

/// Puts backslashes before what would be taken for something else.
class copy_text_escaper {
public:
    using options_type = copy_text_options;

    explicit copy_text_escaper(copy_text_options const& options) noexcept
        : delimiter_(options.delimiter), escapes_(copy_text_escapes(options.delimiter)) {}

    /// Must the values of this column be changed, whatever they are?
    [[nodiscard]] static constexpr bool forces(std::size_t) noexcept { return false; }

    /// How many bytes escapes would add to a value.
    [[nodiscard]] std::size_t count(char const* p, char const* end, bool) const noexcept {
        std::size_t count = 0;
        while (end - p >= 8) {
            if (plain(load<std::uint64_t>(p))) {
                p += 8;
                continue;
            }
            for (char const* const stop = p + 8; p != stop; ++p) count += escape_of(*p) != 0;
        }
        for (; p != end; ++p) count += escape_of(*p) != 0;
        return count;
    }
    /// Moves a value, and all its escapes, so that it ends at `to`, which is behind its end by what they take.
    void spread(char const* begin, char const* from, char* to) const noexcept {
        while (from != begin && from != to) {  // where the two meet there is nothing left to move
            char const c = *--from;
            char const escape = escape_of(c);
            *--to = escape == 0 ? c : escape;
            if (escape != 0) *--to = '\\';
        }
    }

private:
    /// Whether these eight bytes have neither a control character, nor a backslash, nor the delimiter. The test may
    /// take a byte for one of them that stands near one.
    [[nodiscard]] bool plain(std::uint64_t eight) const noexcept {
        constexpr std::uint64_t ones = 0x0101'0101'0101'0101U;
        auto const has_zero = [](std::uint64_t x) { return (x - ones) & ~x; };
        std::uint64_t const control = (eight - ones * 0x20) & ~eight;
        std::uint64_t const backslash = has_zero(eight ^ (ones * '\\'));
        std::uint64_t const delimiter = has_zero(eight ^ (ones * static_cast<unsigned char>(delimiter_)));
        return ((control | backslash | delimiter) & (ones * 0x80)) == 0;
    }

    [[nodiscard]] char escape_of(char c) const noexcept { return escapes_[static_cast<unsigned char>(c)]; }

    char delimiter_;
    std::array<char, 256> escapes_;
};

}  // namespace detail

/// Writes one line after the other into the open part of a send buffer.
using copy_text_encoder = copy_line_encoder<detail::copy_text_escaper>;

}  // namespace pgwire
