// Writes rows in the text format of COPY, value by value, straight into the send buffer.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Text Format". A value is
// encoded where it stays. Then it is looked through, eight bytes at a time, for what needs a backslash; few values have
// any of that, and in those the bytes behind it are moved.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/copy_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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

}  // namespace detail

/// Writes one line after the other into the open part of a send buffer and commits none: that is for the caller, who
/// may want several lines in a message, or none of them. `copy_row_builder` puts each into a CopyData.
class copy_text_encoder {
public:
    using options_type = copy_text_options;

    /// What stands before the first row and after the last one; other formats have something there.
    static constexpr std::string_view preamble{};
    static constexpr std::string_view trailer{};

    /// @param out where the rows go; nothing else may be written to it between `begin` and `end`
    /// @param options are copied; the text of NULL must live as long as the encoder
    /// @param style is copied
    explicit copy_text_encoder(send_buffer& out, copy_text_options const& options = {},
                               text_style const& style = default_text_style) noexcept
        : out_(&out), options_(options), style_(style), escapes_(detail::copy_text_escapes(options.delimiter)) {}
    copy_text_encoder(copy_text_encoder const&) = delete;
    copy_text_encoder& operator=(copy_text_encoder const&) = delete;
    ~copy_text_encoder() {
        if (open_) drop();
    }

    /// Opens a row. One that was not ended is dropped.
    /// @param room bytes to leave in front of the row for a header of the caller's; they belong to the row
    void begin(std::size_t room = 0) {
        if (open_) drop();
        begin_ = out_->open().size();
        values_ = 0;
        error_ = errc::none;
        open_ = true;
        out_->advance(out_->reserve(room) + room);
    }

    /// The next value as its codec spells it. An empty `std::optional` is NULL.
    template<encodable T>
    void add(T const& v) {
        if (is_null(v)) return add_null();
        std::size_t const size = value_size<format::text>(v, style_);
        if (size > max_int32_length) [[unlikely]]
            return fail(refusal_of(v, size));
        if (char* const p = next(size)) escape(p, encode_value<format::text>(p, v, style_));
    }

    /// The next value is NULL.
    void add_null() {
        if (char* const p = next(options_.null.size()))
            out_->advance(std::copy_n(options_.null.data(), options_.null.size(), p));
    }

    /// The next value, already a text, without escapes.
    void add_bytes(std::string_view text) {
        if (char* const p = next(text.size())) escape(p, std::copy_n(text.data(), text.size(), p));
    }

    /// How many values this row has so far.
    [[nodiscard]] std::size_t size() const noexcept { return values_; }

    /// Closes the row; or says why there is none, and leaves the buffer as it was before `begin`: `message_too_large`
    /// if what is open in the buffer passes 2^31-1 bytes, or a codec's refusal.
    result<void> end() {
        if (error_ != errc::none) {
            drop();
            return error_;
        }
        open_ = false;
        char* const p = out_->reserve(1);
        *p = '\n';
        out_->advance(p + 1);
        return {};
    }

private:
    /// Room for a value of at most `size` bytes, behind a delimiter if it is not the first; a null pointer if the row
    /// can't have it.
    char* next(std::size_t size) {
        if (!fits(size)) return nullptr;
        char* p = out_->reserve(size + 1);
        if (values_++ != 0) *p++ = options_.delimiter;
        return p;
    }

    /// Puts backslashes into what was written at `p`, and makes it a part of the row.
    void escape(char* p, char* end) {
        std::size_t const more = count_escapes(p, end);
        if (more == 0) [[likely]]
            return out_->advance(end);
        std::size_t const size = static_cast<std::size_t>(end - p);
        out_->advance(end);
        if (!fits(more)) return;
        char* to = out_->reserve(more) + more;
        char const* from = to - more;
        char const* const begin = from - size;
        out_->advance(to);
        while (from != begin && from != to) {  // where the two meet there is nothing left to move
            char const c = *--from;
            char const escape = escape_of(c);
            *--to = escape == 0 ? c : escape;
            if (escape != 0) *--to = '\\';
        }
    }

    [[nodiscard]] std::size_t count_escapes(char const* p, char const* end) const noexcept {
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

    /// Whether these eight bytes have neither a control character, nor a backslash, nor the delimiter. The test may
    /// take a byte for one of them that stands near one.
    [[nodiscard]] bool plain(std::uint64_t eight) const noexcept {
        constexpr std::uint64_t ones = 0x0101'0101'0101'0101U;
        auto const has_zero = [](std::uint64_t x) { return (x - ones) & ~x; };
        std::uint64_t const control = (eight - ones * 0x20) & ~eight;
        std::uint64_t const backslash = has_zero(eight ^ (ones * '\\'));
        std::uint64_t const delimiter = has_zero(eight ^ (ones * static_cast<unsigned char>(options_.delimiter)));
        return ((control | backslash | delimiter) & (ones * 0x80)) == 0;
    }

    [[nodiscard]] char escape_of(char c) const noexcept { return escapes_[static_cast<unsigned char>(c)]; }

    /// Whether `size` bytes, a delimiter and the end of the line may still be added; remembers if not.
    bool fits(std::size_t size) noexcept {
        if (size > max_int32_length || out_->open().size() + size + 2 > max_int32_length) [[unlikely]]
            fail(errc::message_too_large);
        return error_ == errc::none;
    }
    void fail(errc error) noexcept {
        if (error_ == errc::none) error_ = error;
    }
    void drop() noexcept {
        open_ = false;
        out_->advance(out_->open().data() + begin_);
    }

    send_buffer* out_;
    copy_text_options options_;
    text_style style_;
    std::array<char, 256> escapes_;
    std::size_t begin_ = 0;  // of the row, in the open part
    std::size_t values_ = 0;
    errc error_ = errc::none;
    bool open_ = false;
};

}  // namespace pgwire
