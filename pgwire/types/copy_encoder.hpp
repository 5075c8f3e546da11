// What the encoders of COPY's formats have in common: a row that grows in the open part of the send buffer.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY".
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/types/codec.hpp"

#include <cstddef>
#include <span>

namespace pgwire {

/// The base of an encoder, which adds to it:
///
///     using options_type                    ///< the format's options
///     static constexpr format value_format  ///< the format of its values
///     static constexpr std::string_view preamble, trailer   ///< what stands before the first row and after the last
///     add(v), add_null(), add_bytes(bytes)  ///< the next value
///     end() -> result<void>                 ///< closes the row
///
/// It commits nothing: that is for the caller, who may want several rows in a message, or none of them.
/// `copy_row_builder` puts each into a CopyData.
class copy_encoder {
public:
    copy_encoder(copy_encoder const&) = delete;
    copy_encoder& operator=(copy_encoder const&) = delete;

    /// Opens a row. One that was not ended is dropped.
    /// @param room bytes to leave in front of the row for a header of the caller's; they belong to the row
    void begin(std::size_t room = 0) {
        if (open_) drop();
        begin_ = out_->open().size();
        room_ = room;
        values_ = 0;
        error_ = errc::none;
        open_ = true;
        out_->advance(out_->reserve(room) + room);
    }

    /// How many values this row has so far.
    [[nodiscard]] std::size_t size() const noexcept { return values_; }

protected:
    explicit copy_encoder(send_buffer& out) noexcept : out_(&out) {}
    ~copy_encoder() {
        if (open_) drop();
    }

    /// Whether `size` bytes and `more` may still be added; remembers if not.
    [[nodiscard]] bool fits(std::size_t size, std::size_t more) noexcept {
        if (size > max_int32_length || out_->open().size() + size + more > max_int32_length) [[unlikely]]
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
    /// Ends the row unless something failed; then it is dropped, and this says what.
    [[nodiscard]] errc close() noexcept {
        if (error_ != errc::none) drop();
        open_ = false;
        return error_;
    }

    [[nodiscard]] send_buffer& out() noexcept { return *out_; }
    void count_value() noexcept { ++values_; }
    /// What there is of the row, behind the caller's room.
    [[nodiscard]] std::span<char> row() noexcept { return out_->open().subspan(begin_ + room_); }

private:
    send_buffer* out_;
    std::size_t begin_ = 0;  // of the row, in the open part
    std::size_t room_ = 0;   // in front of it
    std::size_t values_ = 0;
    errc error_ = errc::none;
    bool open_ = false;
};

}  // namespace pgwire
