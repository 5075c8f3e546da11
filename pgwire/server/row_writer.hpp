// What a cursor writes its rows with: each is encoded straight into the send buffer.
//
// Floor 4. A writer belongs to one portal; `next` gets it anew at each pull and must not keep it.
#pragma once

#include "pgwire/core/buffer.hpp"
#include "pgwire/core/error.hpp"
#include "pgwire/server/refusals.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/row_builder.hpp"
#include "pgwire/types/row_encoder.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <tuple>
#include <utility>

namespace pgwire {

/// Stands for rows whose columns are known at run time only.
struct dynamic_row {};

namespace detail {

/// One portal's rows on their way out.
struct pull_state {
    static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
    /// A little less than 64 KiB: with the row that passes it, it is one piece for the system's TCP, which takes up to
    /// 65,483 bytes on the loopback and 65,160 elsewhere, and one allocation of 64 KiB.
    static constexpr std::size_t flush_threshold = 64'512;

    send_buffer* out = nullptr;
    result_formats formats;
    text_style const* style = nullptr;
    std::size_t columns = 0;     // of a dynamic row
    std::uint64_t rows = 0;      // written since Execute
    std::uint64_t limit = no_limit;
    bool copy_began = false;  // what stands before the first row of a COPY is written
    std::size_t unseen = 0;  // bytes of rows that nobody is to see, since others had their turn

    [[nodiscard]] bool wants_more() const noexcept { return rows < limit && out->size() < flush_threshold; }
};

/// Says which column it is whose value has no encoding.
template<class Row>
[[noreturn, gnu::noinline, gnu::cold]] void refuse_row(Row const& row, pull_state const& state, errc why) {
    sql_error error(to_sqlstate(why), std::string(message(why)));
    std::size_t i = 0;
    bool found = false;
    auto const look_at = [&](auto const& v) {
        bool const fits = found || value_size(v, state.formats[i], *state.style) <= max_int32_length;
        if (!fits)
            error.fields().detail = "The value of column \"" + std::string(columns_of<Row>[i].name) + "\" can't be sent.";
        found = found || !fits;
        ++i;
    };
    std::apply([&](auto const&... values) { (look_at(values), ...); }, row_traits<Row>::values(row));
    throw error;
}

}  // namespace detail

template<class Row>
class row_writer;

namespace detail {

/// For a cursor that has others write its rows.
struct writer_access {
    template<class Writer>
    [[nodiscard]] static pull_state& state(Writer& writer) noexcept {
        return *writer.state_;
    }
};

}  // namespace detail

/// Writes rows that are described by the type `Row`: an aggregate, a tuple, or a type with a `row_traits`.
template<class Row>
class row_writer {
public:
    explicit row_writer(detail::pull_state& state) noexcept : state_(&state) {}

    /// Writes one row.
    /// @return whether another row is welcome in this pull; one that is not must wait for the next `next`
    /// @throws sql_error 54000 if the row is larger than the protocol can say
    bool operator()(Row const& row) {
        auto const done = encode_row(*state_->out, row, state_->formats, *state_->style);
        if (!done) [[unlikely]] detail::refuse_row(row, *state_, done.error());
        ++state_->rows;
        return state_->wants_more();
    }

    /// Is another row welcome in this pull?
    [[nodiscard]] bool wants_more() const noexcept { return state_->wants_more(); }

private:
    friend struct detail::writer_access;

    detail::pull_state* state_;
};

/// Writes rows whose columns are known at run time, value by value.
///
///     auto row = out.begin_row();
///     row.add(42).add(std::string_view("x")).add_null();
///     row.end();
template<>
class row_writer<dynamic_row> {
public:
    explicit row_writer(detail::pull_state& state) noexcept : state_(&state) {}

    /// One row being written. A row that is not ended leaves nothing behind.
    class row {
    public:
        /// The next column's value, in the format that the client asked for; an empty `std::optional` is NULL.
        template<encodable T>
        row& add(T const& v) {
            builder_.add(v);
            return *this;
        }
        row& add_null() {
            builder_.add_null();
            return *this;
        }
        /// The format in which the client wants the next column's value.
        [[nodiscard]] format next_format() const { return builder_.next_format(); }
        /// The next column's value as it goes out, already in that format.
        row& add_bytes(std::string_view bytes) {
            builder_.add_value(bytes);
            return *this;
        }
        /// The row is whole.
        /// @return whether another row is welcome in this pull
        /// @throws sql_error XX000 if it has not as many values as there are columns, 54000 if it is too large
        bool end() {
            if (builder_.size() != state_->columns) {
                throw sql_error(sqlstates::internal_error, "a row of " + std::to_string(builder_.size()) +
                                                               " values for " + std::to_string(state_->columns) +
                                                               " columns");
            }
            auto const done = builder_.end();
            if (!done) [[unlikely]] detail::refuse(done.error());
            ++state_->rows;
            return state_->wants_more();
        }

    private:
        friend class row_writer;
        explicit row(detail::pull_state& state)
            : builder_(*state.out, state.formats, *state.style), state_(&state) {
            builder_.begin();
        }

        row_builder builder_;
        detail::pull_state* state_;
    };

    [[nodiscard]] row begin_row() { return row(*state_); }
    [[nodiscard]] bool wants_more() const noexcept { return state_->wants_more(); }

private:
    friend struct detail::writer_access;

    detail::pull_state* state_;
};

}  // namespace pgwire
