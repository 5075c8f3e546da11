// What the encoders of COPY's text and CSV formats have in common: a row is a line of values between delimiters.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats". A value is encoded where it
// stays. Then it is looked through for what must be escaped; few values have any of that, and in those the bytes are
// moved apart.
#pragma once

#include "pgwire/types/columns.hpp"
#include "pgwire/types/copy_encoder.hpp"
#include "pgwire/types/copy_options.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace pgwire {

/// Writes one line after the other. Its name is `copy_text_encoder` or `copy_csv_encoder`.
/// @tparam Escaper knows what must be escaped, and how
template<class Escaper>
class copy_line_encoder : public copy_encoder {
public:
    using options_type = typename Escaper::options_type;

    static constexpr format value_format = format::text;
    static constexpr std::string_view preamble{};
    static constexpr std::string_view trailer{};

    /// @param out where the rows go; nothing else may be written to it between `begin` and `end`
    /// @param options are copied; what they borrow must live as long as the encoder
    /// @param style is copied
    explicit copy_line_encoder(send_buffer& out, options_type const& options = {},
                               text_style const& style = default_text_style) noexcept
        : copy_encoder(out), options_(options), style_(style), escaper_(options) {}

    /// The next value as its codec spells it. An empty `std::optional` is NULL.
    template<encodable T>
    void add(T const& v) {
        if (is_null(v)) return add_null();
        std::size_t const bound = value_size<format::text>(v, style_);
        if (bound > max_int32_length) [[unlikely]]
            return fail(refusal_of(v, bound));
        if (char* const p = next(bound)) escape(p, encode_value<format::text>(p, v, style_));
    }

    /// The next value is NULL.
    void add_null() {
        if (char* const p = next(options_.null.size()))
            out().advance(std::copy_n(options_.null.data(), options_.null.size(), p));
    }

    /// The next value, already a text, without escapes.
    void add_bytes(std::string_view text) {
        if (char* const p = next(text.size())) escape(p, std::copy_n(text.data(), text.size(), p));
    }

    /// Adds the columns' names to the row that is open.
    void add_header(std::span<column const> columns) {
        is_header_ = true;
        for (auto const& c : columns) add_bytes(c.name);
        is_header_ = false;
    }
    /// Do the options ask for a line of names?
    [[nodiscard]] bool wants_header() const noexcept { return options_.header != copy_header::none; }

    /// Closes the row; or says why there is none, and leaves the buffer as it was before `begin`: `message_too_large`
    /// if what is open in the buffer passes 2^31-1 bytes, or a codec's refusal.
    result<void> end() {
        if constexpr (requires { escaper_.is_mistakable(std::string_view()); })
            if (auto const line = row(); size() == 1 && escaper_.is_mistakable({line.data(), line.size()}))
                escape(line.data(), line.data() + line.size(), true);
        if (errc const error = close(); error != errc::none) return error;
        char* const p = out().reserve(1);
        *p = '\n';
        out().advance(p + 1);
        return {};
    }

private:
    /// Room for a value of at most `bound` bytes, behind a delimiter if it is not the first; a null pointer if the row
    /// can't have it.
    char* next(std::size_t bound) {
        if (!fits(bound, 2)) return nullptr;  // with a delimiter and the end of the line
        char* p = out().reserve(bound + 1);
        if (size() != 0) *p++ = options_.delimiter;
        count_value();
        return p;
    }

    /// Makes what was written at `p` a part of the row, with escapes where it needs some.
    void escape(char* p, char* end) { escape(p, end, !is_header_ && escaper_.forces(size() - 1)); }
    void escape(char* p, char* end, bool forced) {
        std::size_t const more = escaper_.count(p, end, forced);
        out().advance(end);
        if (more == 0) [[likely]]
            return;
        std::size_t const length = static_cast<std::size_t>(end - p);
        if (!fits(more, 2)) return;
        char* const to = out().reserve(more) + more;
        escaper_.spread(to - more - length, to - more, to);
        out().advance(to);
    }

    options_type options_;
    text_style style_;
    Escaper escaper_;
    bool is_header_ = false;
};

}  // namespace pgwire
