// Rows as an outcome: a cursor is pulled by the session, as fast as the client reads.
//
// Floor 4. A cursor is a value with
//
//     bool next(writer& out);             // writes a row or more; false: there are no more
//     task<bool> next(writer& out);       // the same, awaiting
//     std::span<column const> columns() const;  // only where its row type does not tell them
//     command tag(std::uint64_t rows);    // optional; SELECT n otherwise
//     result_formats simple_formats();    // optional; its formats in the simple protocol, text otherwise
//
// and derives from `cursor<Row>`, which says what its rows are. A row limit suspends it, a slow client slows it down, a
// cancel stops it between two rows: all of that is not pulling. It never moves once `next` has been called. A `next`
// that writes more rows than were welcome breaks no limit but the client's: they are sent all the same.
#pragma once

#include "pgwire/server/command.hpp"
#include "pgwire/server/row_writer.hpp"
#include "pgwire/types/aggregate.hpp"
#include "pgwire/types/codec.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace pgwire {

/// The base of a cursor. `Row` is an aggregate (its members are the columns), a tuple, a type with a `row_traits`, or
/// nothing for columns that are known at run time.
template<class Row = dynamic_row>
struct cursor {
    using row_type = Row;
    using writer = row_writer<Row>;
};

namespace detail {

/// A range of rows, and not one value that happens to be a range.
template<class R>
concept row_range = !encodable<R> && requires(R& r) {
    std::begin(r);
    std::end(r);
    ++std::declval<decltype(std::begin(r))&>();
};

template<class R>
using range_row = std::remove_cvref_t<decltype(*std::begin(std::declval<R&>()))>;

}  // namespace detail

/// Rows that are there already: `rows{one}`, `rows{one, another}`, or `rows{range}` for an input range of rows, such as
/// a vector, a view or a generator.
template<class T>
class rows : public cursor<T> {
public:
    constexpr explicit rows(T only) : only_(std::move(only)) {}

    bool next(row_writer<T>& out) {
        out(only_);
        return false;
    }

private:
    T only_;
};

template<detail::row_range R>
class rows<R> : public cursor<detail::range_row<R>> {
public:
    constexpr explicit rows(R range) : range_(std::move(range)) {}
    rows(rows&& other) noexcept(std::is_nothrow_move_constructible_v<R>)
        : range_(std::move(other.range_)) {}  // not yet pulled: there is no iterator to move
    rows(rows const& other)
        requires std::copy_constructible<R>
        : range_(other.range_) {}
    rows& operator=(rows&&) = delete;
    ~rows() = default;

    bool next(row_writer<detail::range_row<R>>& out) {
        if (!at_) at_.emplace(std::begin(range_));
        auto const end = std::end(range_);
        for (bool welcome = true; welcome && *at_ != end; ++*at_) welcome = out(**at_);
        return *at_ != end;
    }

private:
    R range_;
    std::optional<decltype(std::begin(std::declval<R&>()))> at_;
};

template<class T, std::size_t N>
class rows<T[N]> : public rows<std::array<T, N>> {
public:
    template<class... Row>
    constexpr explicit rows(Row... row) : rows<std::array<T, N>>(std::array<T, N>{std::move(row)...}) {}
};

template<class T>
rows(T) -> rows<T>;
template<class T, std::same_as<T>... More>
    requires(sizeof...(More) != 0)
rows(T, More...) -> rows<T[1 + sizeof...(More)]>;

}  // namespace pgwire
