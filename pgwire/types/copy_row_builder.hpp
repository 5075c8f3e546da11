// Writes rows of a COPY, each in a CopyData of its own, value by value.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY Operations" and "Message Formats", CopyData:
// a backend sends one row in each. As in a `row_builder` the message grows in the open part of the send buffer, where
// the socket does not see it: a row that is not ended leaves nothing behind.
#pragma once

#include "pgwire/types/copy_text_encoder.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// Builds one message after the other: `begin`, a call per column, `end`. A failure is remembered until `end`, which
/// tells it and leaves the buffer as it was before `begin`.
///
///     copy_row_builder row(out);
///     row.begin();
///     row.add(42);
///     row.add_null();
///     auto const done = row.end();   // "d\0\0\0\x0a42\t\\N\n" may leave
///
/// @tparam Encoder writes a row in one of COPY's formats, as `copy_text_encoder` does
template<class Encoder = copy_text_encoder>
class copy_row_builder {
public:
    /// @param out where the messages go; nothing else may be written to it between `begin` and `end`, and nothing may
    ///     be open in it at `begin`
    /// @param options and @param style are copied; what the options borrow must live as long as the builder
    explicit copy_row_builder(send_buffer& out, typename Encoder::options_type const& options = {},
                              text_style const& style = default_text_style) noexcept
        : out_(&out), row_(out, options, style) {}

    /// Opens a row. One that was not ended is dropped.
    void begin() { row_.begin(header); }

    /// The next column's value. An empty `std::optional` is NULL.
    template<encodable T>
    void add(T const& v) {
        row_.add(v);
    }
    /// NULL for the next column.
    void add_null() { row_.add_null(); }
    /// The next column's value as the format's codec would give it: its text, without escapes.
    void add_bytes(std::string_view bytes) { row_.add_bytes(bytes); }

    /// How many columns this row has so far.
    [[nodiscard]] std::size_t size() const noexcept { return row_.size(); }

    /// Closes and commits the message; or says why there is none: `message_too_large` above 2^31-1 bytes, or a codec's
    /// refusal.
    result<void> end() {
        if (auto const done = row_.end(); !done) return done;
        auto const frame = out_->open();
        frame[0] = copy_data::tag;
        store(frame.data() + 1, static_cast<std::int32_t>(frame.size() - 1));
        out_->commit();
        return {};
    }

private:
    static constexpr std::size_t header = 5;  // type byte, length

    send_buffer* out_;
    Encoder row_;
};

}  // namespace pgwire
