// Encodes a row value by value, for columns that are known only when the program runs.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Message Formats", DataRow. The row grows in the
// open part of the send buffer, where the socket does not see it: a row that is not ended leaves nothing behind.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/result_formats.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// Builds one row after the other: `begin`, a call per column, `end`. A failure is remembered until `end`, which tells
/// it and leaves the buffer as it was before `begin`.
class row_builder {
public:
    /// @param out where the rows go; nothing else may be written to it between `begin` and `end`
    /// @param formats and @param style are copied; the list behind the formats must live as long as the builder
    explicit row_builder(send_buffer& out, result_formats const& formats = {},
                         text_style const& style = default_text_style) noexcept
        : out_(&out), formats_(formats), style_(style) {}
    row_builder(row_builder const&) = delete;
    row_builder& operator=(row_builder const&) = delete;
    ~row_builder() {
        if (open_) out_->rollback();
    }

    /// Opens a row. One that was not ended is dropped.
    void begin() {
        out_->rollback();
        columns_ = 0;
        error_ = errc::none;
        open_ = true;
        out_->advance(out_->reserve(header) + header);
    }

    /// The next column's value, encoded in the format that the client wants for it. An empty `std::optional` is NULL.
    template<encodable T>
    void add(T const& v) {
        format const f = formats_[columns_];
        if (f == format::binary) add_as<format::binary>(v);
        else add_as<format::text>(v);
    }

    /// NULL for the next column.
    void add_null() {
        if (char* const p = next(0)) out_->advance(store(p, std::int32_t{-1}));
    }

    /// The next column's value, already encoded in the format `next_format()`.
    void add_value(std::string_view bytes) {
        char* const p = next(bytes.size());
        if (p == nullptr) return;
        char* const begin = store(p, static_cast<std::int32_t>(bytes.size()));
        out_->advance(std::copy_n(bytes.data(), bytes.size(), begin));
    }

    /// In which format the client wants the next column.
    [[nodiscard]] format next_format() const { return formats_[columns_]; }
    /// How many columns this row has so far.
    [[nodiscard]] std::size_t size() const noexcept { return columns_; }

    /// Closes and commits the row; or says why there is none: `too_many_items` above 65,535 columns,
    /// `message_too_large` above 2^31-1 bytes, or a codec's refusal.
    result<void> end() {
        open_ = false;
        if (error_ != errc::none) {
            out_->rollback();
            return error_;
        }
        auto const frame = out_->open();
        frame[0] = 'D';
        store(frame.data() + 1, static_cast<std::int32_t>(frame.size() - 1));
        store(frame.data() + 5, static_cast<std::uint16_t>(columns_));
        out_->commit();
        return {};
    }

private:
    static constexpr std::size_t header = 7;  // type byte, length, number of columns

    template<format F, class T>
    void add_as(T const& v) {
        std::size_t const size = value_size<F>(v, style_);
        if (size > max_int32_length) [[unlikely]]
            return fail(refusal_of(v, size));
        if (char* const p = next(size)) out_->advance(encode_field<F>(p, v, style_));
    }

    /// Room for a column whose value has at most `size` bytes, or a null pointer if the row can't have it.
    char* next(std::size_t size) {
        if (size > max_int32_length || out_->open().size() + 4 + size > max_int32_length + 1) [[unlikely]]
            fail(errc::message_too_large);
        if (columns_ == max_int16_count) [[unlikely]]
            fail(errc::too_many_items);
        if (error_ != errc::none) [[unlikely]]
            return nullptr;
        ++columns_;
        return out_->reserve(4 + size);
    }
    void fail(errc error) noexcept {
        if (error_ == errc::none) error_ = error;
    }

    send_buffer* out_;
    result_formats formats_;
    text_style style_;
    std::size_t columns_ = 0;
    errc error_ = errc::none;
    bool open_ = false;
};

}  // namespace pgwire
