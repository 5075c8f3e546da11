// Writes rows in the binary format of COPY, value by value, straight into the send buffer.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY", "File Formats", "Binary Format".
#pragma once

#include "pgwire/core/bytes.hpp"
#include "pgwire/types/copy_binary.hpp"
#include "pgwire/types/copy_encoder.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire {

/// Writes one row after the other into the open part of a send buffer. The header and the trailer are for the caller.
class copy_binary_encoder : public copy_encoder {
public:
    using options_type = copy_binary_options;

    static constexpr format value_format = format::binary;
    static constexpr std::string_view preamble = detail::copy_binary_header;
    static constexpr std::string_view trailer = detail::copy_binary_trailer;

    /// @param out where the rows go; nothing else may be written to it between `begin` and `end`
    explicit copy_binary_encoder(send_buffer& out, copy_binary_options const& = {},
                                 text_style const& = default_text_style) noexcept
        : copy_encoder(out) {}

    /// Opens a row. One that was not ended is dropped.
    /// @param room bytes to leave in front of the row for a header of the caller's; they belong to the row
    void begin(std::size_t room = 0) {
        copy_encoder::begin(room);
        out().advance(out().reserve(count) + count);  // put in at the end
    }

    /// The next value as its codec has it. An empty `std::optional` is NULL.
    template<encodable T>
    void add(T const& v) {
        std::size_t const bound = value_size<format::binary>(v);
        if (bound > max_int32_length) [[unlikely]]
            return fail(refusal_of(v, bound));
        if (char* const p = next(bound)) out().advance(encode_field<format::binary>(p, v));
    }

    /// The next value is NULL.
    void add_null() {
        if (char* const p = next(0)) out().advance(store(p, std::int32_t{-1}));
    }

    /// The next value, already in its binary form.
    void add_bytes(std::string_view bytes) {
        char* p = next(bytes.size());
        if (p == nullptr) return;
        p = store(p, static_cast<std::int32_t>(bytes.size()));
        out().advance(std::copy_n(bytes.data(), bytes.size(), p));
    }

    /// Closes the row; or says why there is none, and leaves the buffer as it was before `begin`: `message_too_large`
    /// if what is open in the buffer passes 2^31-1 bytes, `too_many_items` above 32,767 values, or a codec's refusal.
    result<void> end() {
        if (errc const error = close(); error != errc::none) return error;
        store(row().data(), static_cast<std::int16_t>(size()));
        return {};
    }

private:
    static constexpr std::size_t count = 2;  // bytes of the number of values

    /// Room for a value of at most `bound` bytes and its length; a null pointer if the row can't have it.
    char* next(std::size_t bound) {
        if (size() == 0x7fff) fail(errc::too_many_items);  // beyond it the number is negative
        if (!fits(bound, 4)) return nullptr;
        count_value();
        return out().reserve(4 + bound);
    }
};

}  // namespace pgwire
