// Reads rows of a COPY into structs.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "COPY".
#pragma once

#include "pgwire/types/complaint.hpp"
#include "pgwire/types/copy_error.hpp"
#include "pgwire/types/copy_text_decoder.hpp"
#include "pgwire/types/row_traits.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgwire {

/// A decoder whose rows are `Row`s: an aggregate, a tuple, or a type with a `row_traits`. A header that must match has
/// the names of its members.
///
///     struct person { int id; std::optional<std::string> name; };
///     copy_row_reader<person, copy_csv_decoder> people;
///     people.feed("1,Ada\n2,\n");
///     for (;;) {
///         auto const step = people.next();
///         if (!step) throw sql_error(people.failure("people"));
///         if (*step != copy_step::row) break;
///         greet(people.row());
///     }
///
/// @tparam Decoder reads one of COPY's formats
template<row_type Row, class Decoder = copy_text_decoder>
class copy_row_reader {
public:
    /// @param options and @param row_limit as the decoder has them
    /// @param style in which values are spelt; copied
    explicit copy_row_reader(typename Decoder::options_type const& options = {},
                             text_style const& style = default_text_style,
                             std::size_t row_limit = default_copy_row_limit)
        : decoder_(columns_of<Row>, options, row_limit), style_(style) {}

    /// As the decoder's.
    void feed(std::string_view chunk) noexcept { decoder_.feed(chunk); }
    void finish() noexcept { decoder_.finish(); }

    /// Goes on to the next row.
    /// @return or an error, which stays: the decoder's, or what a value's codec found
    [[nodiscard]] result<copy_step> next() {
        if (error_ != errc::none) return error_;
        auto const step = decoder_.next();
        if (step && *step != copy_step::row) return step;
        row_ = Row{};
        column_ = 0;
        auto const count = step ? columns_of<Row>.size() : decoder_.row_before_problem().size();
        std::apply([&](auto&... members) { ((column_ != count && read(members)) && ...); },
                   row_traits<Row>::values(row_));
        if (error_ != errc::none) return error_;
        return step;
    }

    /// The row that `next` found. Views in it live until the next call of `next` or `feed`.
    [[nodiscard]] Row const& row() const noexcept { return row_; }

    /// What PostgreSQL says of an error that `next` gave, with the line, the column and the value. To be asked for
    /// before the bytes that were fed go away.
    /// @param relation the table's name
    [[nodiscard]] diagnostic failure(std::string_view relation) const {
        if (error_ == errc::none) return decoder_.failure(relation);
        diagnostic d;
        d.code = to_sqlstate(error_);
        auto const& column = columns_of<Row>[column_];
        auto const& given = decoder_.row()[column_];
        d.where = decoder_.context(relation, column_, column.name);
        if (error_ == errc::unexpected_null) {
            d.code = sqlstates::not_null_violation;
            d.message = "null value in column \"" + std::string(column.name) + "\" of relation \"" +
                        std::string(relation) + "\" violates not-null constraint";
        } else if (Decoder::value_format == format::binary) {
            d.message = message(error_);
        } else {
            auto said = explain_(error_, *given, style_);
            d.message = std::move(said.message);
            d.detail = std::move(said.detail);
        }
        return d;
    }

    /// What reads the rows.
    [[nodiscard]] Decoder const& decoder() const noexcept { return decoder_; }

private:
    template<class T>
    bool read(T& member) {
        static_assert(decodable<T>,
                      "pgwire: the codec of a member of this row is not complete, it can't be decoded: "
                      "pgwire/types/codec.hpp shows what it must have");
        auto decoded = decode_value<T>(decoder_.row()[column_], Decoder::value_format, style_);
        if (!decoded) {
            error_ = decoded.error();
            explain_ = &detail::complain<T>;
            return false;
        }
        member = *std::move(decoded);
        ++column_;
        return true;
    }

    Decoder decoder_;
    text_style style_;
    Row row_{};
    std::size_t column_ = 0;
    errc error_ = errc::none;
    value_complaint (*explain_)(errc, std::string_view, text_style const&) = nullptr;  // of the value that was refused
};

}  // namespace pgwire
