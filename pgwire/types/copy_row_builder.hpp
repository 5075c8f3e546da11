// Writes rows of a COPY, each in a CopyData of its own, value by value.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY Operations" and "Message Formats", CopyData:
// a backend sends one row in each. As in a `row_builder` the message grows in the open part of the send buffer, where
// the socket does not see it: a row that is not ended leaves nothing behind.
#pragma once

#include "pgwire/protocol/copy.hpp"
#include "pgwire/types/copy_binary_encoder.hpp"
#include "pgwire/types/copy_text_encoder.hpp"
#include "pgwire/types/row_encoder.hpp"
#include "pgwire/types/row_traits.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

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
/// Before the first row comes `header`, and after the last one `finish`: some formats have something there.
/// @tparam Encoder writes a row in one of COPY's formats, as `copy_text_encoder` does
template<class Encoder = copy_text_encoder>
class copy_row_builder {
public:
    /// @param out where the messages go; nothing else may be written to it between `begin` and `end`, and nothing may
    ///     be open in it at `begin`
    /// @param options and @param style are copied; what the options borrow must live as long as the builder
    /// @param is_first false if another builder has written the data's beginning
    explicit copy_row_builder(send_buffer& out, typename Encoder::options_type const& options = {},
                              text_style const& style = default_text_style, bool is_first = true) noexcept
        : out_(&out), row_(out, options, style), is_first_(is_first) {}

    /// Writes the line of the columns' names, if the options ask for one and it does not come too late.
    /// @return as `end` does
    result<void> header(std::span<column const> columns) {
        if constexpr (requires { row_.add_header(columns); }) {
            if (!is_first_ || !row_.wants_header()) return {};
            begin();
            row_.add_header(columns);
            return end();
        } else {
            return {};
        }
    }

    /// Opens a row. One that was not ended is dropped. The data's beginning is in one message with the first row, where
    /// clients look for it.
    void begin() {
        row_.begin(frame + preamble().size());
        auto const written = out_->open();
        std::copy_n(preamble().data(), preamble().size(), written.data() + frame);
    }

    /// The next column's value. An empty `std::optional` is NULL.
    template<encodable T>
    void add(T const& v) {
        row_.add(v);
    }
    /// NULL for the next column.
    void add_null() { row_.add_null(); }
    /// The next column's value as the format's codec would give it: its text, without escapes, or its binary form.
    void add_bytes(std::string_view bytes) { row_.add_bytes(bytes); }

    /// How many columns this row has so far.
    [[nodiscard]] std::size_t size() const noexcept { return row_.size(); }
    /// Has nothing been written so far?
    [[nodiscard]] bool is_first() const noexcept { return is_first_; }

    /// Closes and commits the message; or says why there is none: `message_too_large` above 2^31-1 bytes, or a codec's
    /// refusal.
    result<void> end() {
        if (auto const done = row_.end(); !done) return done;
        commit();
        return {};
    }

    /// Writes a row that is a struct, a tuple or what else has a `row_traits`. @return as `end` does
    template<row_type Row>
    result<void> operator()(Row const& r) {
        if constexpr (is_binary && std::tuple_size_v<decltype(row_traits<Row>::values(r))> <= 0x7fff)
            if (!is_first_) [[likely]] return encode_whole(r);
        begin();
        std::apply([this](auto const&... values) { (this->add(values), ...); }, row_traits<Row>::values(r));
        return end();
    }

    /// Writes what stands after the last row, and before it what stands before the first if there was none.
    void finish() {
        if (preamble().empty() && Encoder::trailer.empty()) return;
        char* p = out_->reserve(frame + preamble().size() + Encoder::trailer.size()) + frame;
        p = std::copy_n(preamble().data(), preamble().size(), p);
        out_->advance(std::copy_n(Encoder::trailer.data(), Encoder::trailer.size(), p));
        commit();
    }

private:
    static constexpr std::size_t frame = 5;  // type byte, length
    static constexpr bool is_binary = std::same_as<Encoder, copy_binary_encoder>;

    /// The row in one go, as a DataRow is made, from which it differs by its tag.
    template<class Row>
    result<void> encode_whole(Row const& r) {
        out_->rollback();  // a row that was not ended
        return std::apply(
            [this](auto const&... values) {
                return detail::encode_row_as<copy_data::tag>(std::make_index_sequence<sizeof...(values)>(), *out_,
                                                             detail::one_format<format::binary>{}, default_text_style,
                                                             values...);
            },
            row_traits<Row>::values(r));
    }

    [[nodiscard]] std::string_view preamble() const noexcept {
        return is_first_ ? Encoder::preamble : std::string_view();
    }
    void commit() {
        auto const message = out_->open();
        message[0] = copy_data::tag;
        store(message.data() + 1, static_cast<std::int32_t>(message.size() - 1));
        out_->commit();
        is_first_ = false;
    }

    send_buffer* out_;
    Encoder row_;
    bool is_first_;
};

}  // namespace pgwire
