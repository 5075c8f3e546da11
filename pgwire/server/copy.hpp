// COPY as an outcome: data that the client sends, or is sent, in pieces.
//
// Floor 4. `execute` answers COPY … FROM STDIN with a class derived from `copy_in`, which gets the client's data as it
// comes, and COPY … TO STDOUT with one derived from `copy_out`, which is pulled as a cursor is:
//
//     struct load : pgwire::copy_in {
//         void write(std::string_view piece);      // or task<void>; the client's bytes, cut anywhere
//         pgwire::command finish();                // or task<command>; all has come: say how much, {"COPY", rows}
//     };
//     struct dump : pgwire::copy_out {
//         bool next(writer& out);                  // or task<bool>; writes a row or more; false: there are no more
//     };
//
// Until `write` has returned no more is read, so a slow sink slows the client down. If the client gives up, or leaves,
// or an error comes between, the outcome is destroyed without `finish`: what it has taken so far must not stay.
// Source: PostgreSQL documentation, "COPY Operations".
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/net/asio.hpp"
#include "pgwire/protocol/copy.hpp"
#include "pgwire/server/command.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/server/row_writer.hpp"
#include "pgwire/types/copy_row_builder.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgwire {

/// What a client is told of a COPY before its data.
struct copy_shape {
    copy_format overall = copy_format::text;  ///< CSV is text too
    std::uint16_t columns = 0;                ///< how many; all are in the format of the whole
};

/// The base of an outcome that takes the client's data.
struct copy_in : copy_shape {};

/// What a `copy_out` writes with. Belongs to one portal; `next` gets it anew at each pull and must not keep it.
class copy_writer {
public:
    explicit copy_writer(detail::pull_state& state) noexcept : state_(&state) {}

    /// Sends one piece, which counts as one row: a line with its end, or a row of the binary format.
    /// @return whether another one is welcome in this pull
    /// @throws sql_error 54000 above 2^31-1 bytes
    bool operator()(std::string_view piece) {
        if (auto const done = encode(*state_->out, copy_data{{piece}}); !done) [[unlikely]] detail::refuse(done.error());
        return count_row();
    }

    /// Writes rows value by value, in a format of COPY; as `row_writer<dynamic_row>::row` does, but for many rows. What
    /// stands before the first row, if the format and its options have something there, comes by itself:
    ///
    ///     auto row = out.rows<copy_csv_encoder>({.header = copy_header::line}, columns);
    ///     do row.begin(), row.add(42), row.add_null(); while (row.end());
    ///     row.finish();   // when there are no more: what stands after the last row
    template<class Encoder>
    class row_sequence {
    public:
        void begin() { builder_.begin(); }
        template<encodable T>
        row_sequence& add(T const& v) {
            builder_.add(v);
            return *this;
        }
        row_sequence& add_null() {
            builder_.add_null();
            return *this;
        }
        /// The next column's value as its codec would spell it, in the format `next_format()`.
        row_sequence& add_bytes(std::string_view bytes) {
            builder_.add_bytes(bytes);
            return *this;
        }
        /// The format in which a value is to be added.
        [[nodiscard]] static constexpr format next_format() noexcept { return Encoder::value_format; }
        /// The row is whole.
        /// @return whether another row is welcome in this pull
        /// @throws sql_error 54000 if it is too large
        bool end() {
            check(builder_.end());
            return writer_->count_row();
        }
        /// Writes a row that is a struct, a tuple or what else has a `row_traits`. @return as `end` does
        template<row_type Row>
        bool operator()(Row const& r) {
            check(builder_(r));
            return writer_->count_row();
        }
        /// There are no more rows.
        void finish() {
            builder_.finish();
            writer_->state_->copy_began = true;
        }

    private:
        friend class copy_writer;
        row_sequence(copy_writer& writer, typename Encoder::options_type const& options,
                     std::span<column const> columns)
            : writer_(&writer),
              builder_(*writer.state_->out, options, *writer.state_->style, !writer.state_->copy_began) {
            check(builder_.header(columns));
            if (!builder_.is_first()) writer.state_->copy_began = true;
        }
        static void check(result<void> const& done) {
            if (!done) [[unlikely]] detail::refuse(done.error());
        }

        copy_writer* writer_;
        copy_row_builder<Encoder> builder_;
    };
    /// @param columns their names, for a header
    template<class Encoder = copy_text_encoder>
    [[nodiscard]] row_sequence<Encoder> rows(typename Encoder::options_type const& options = {},
                                             std::span<column const> columns = {}) {
        return {*this, options, columns};
    }

    /// Is another row welcome in this pull?
    [[nodiscard]] bool wants_more() const noexcept { return state_->wants_more(); }

private:
    bool count_row() noexcept {
        ++state_->rows;
        state_->copy_began = true;
        return state_->wants_more();
    }

    detail::pull_state* state_;
};

/// The base of an outcome that gives data; `COPY` and the number of rows is its tag.
struct copy_out : copy_shape {
    using writer = copy_writer;
};

namespace detail {

template<class T>
concept copy_in_type = std::derived_from<T, copy_in>;
template<class T>
concept copy_out_type = std::derived_from<T, copy_out>;

/// CopyInResponse, CopyOutResponse or CopyBothResponse.
template<class Response>
void put_copy_response(send_buffer& out, copy_shape const& shape) {
    std::vector<format> const all(shape.columns, static_cast<format>(shape.overall));
    if (auto const done = encode(out, Response{shape.overall, all}); !done) [[unlikely]] refuse(done.error());
}

}  // namespace detail

}  // namespace pgwire
