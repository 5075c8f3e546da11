// What `execute` may return, and what the session has to know of it at compile time.
//
// Floor 4. An outcome is a `command` (a tag, no rows), a cursor (rows), a `copy_in` or a `copy_out` (copy.hpp), a
// `copy_both` (copy_both.hpp), one of those that concern prepared statements (statement_outcomes.hpp), a `sequence`
// (sequence.hpp), or a `std::variant` of these.
#pragma once

#include "pgwire/net/asio.hpp"
#include "pgwire/server/command.hpp"
#include "pgwire/server/copy.hpp"
#include "pgwire/server/copy_both.hpp"
#include "pgwire/server/cursor.hpp"
#include "pgwire/server/sequence.hpp"
#include "pgwire/server/statement_outcomes.hpp"
#include "pgwire/types/row_traits.hpp"

#include <array>
#include <concepts>
#include <span>
#include <type_traits>
#include <utility>
#include <variant>

namespace pgwire {

namespace detail {

template<class T>
concept cursor_type = requires { typename T::row_type; };

/// What is pulled: rows, or the data of a COPY.
template<class T>
concept source_type = cursor_type<T> || copy_out_type<T> || copy_both_type<T>;

/// What takes a client's data.
template<class T>
concept takes_copy = (copy_in_type<T> || copy_both_type<T>) && requires(T& sink, std::string_view piece) {
    { sink.write(piece) };
    { sink.finish() };
};
template<takes_copy T>
using write_result = decltype(std::declval<T&>().write(std::string_view()));
template<takes_copy T>
using finish_result = decltype(std::declval<T&>().finish());

/// What a source writes with.
template<class T>
struct writer_of {
    using type = copy_writer;
};
template<cursor_type C>
struct writer_of<C> {
    using type = row_writer<typename C::row_type>;
};
template<source_type T>
using writer_type = typename writer_of<T>::type;

/// The result of pulling a source: `bool`, or `task<bool>`.
template<source_type T>
using next_result = decltype(std::declval<T&>().next(std::declval<writer_type<T>&>()));

template<class T>
concept pullable = source_type<T> && requires(T& t, writer_type<T>& out) { t.next(out); };

template<class C>
inline constexpr bool pulls_async = false;
template<pullable C>
inline constexpr bool pulls_async<C> = is_task<next_result<C>>;
template<class... C>
inline constexpr bool pulls_async<std::variant<C...>> = (pulls_async<C> || ...);
template<sequence_type S>  // of a sequence all of this tells what any of its parts may do
inline constexpr bool pulls_async<S> = pulls_async<typename S::part>;

template<class T>
inline constexpr bool is_variant = false;
template<class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;

/// Says at its end what its tag is.
template<class T>
concept tells_tag = requires(T& t) {
    { t.done() } -> std::same_as<command>;
};

/// Must one of them be awaited that take a client's data?
template<class T>
inline constexpr bool writes_async = false;
template<takes_copy T>
inline constexpr bool writes_async<T> = is_task<write_result<T>>;
template<class... T>
inline constexpr bool writes_async<std::variant<T...>> = (writes_async<T> || ...);
template<sequence_type S>
inline constexpr bool writes_async<S> = writes_async<typename S::part>;
template<class T>
inline constexpr bool finishes_async = false;
template<takes_copy T>
inline constexpr bool finishes_async<T> = is_task<finish_result<T>>;
template<class... T>
inline constexpr bool finishes_async<std::variant<T...>> = (finishes_async<T> || ...);
template<sequence_type S>
inline constexpr bool finishes_async<S> = finishes_async<typename S::part>;
template<class T>
inline constexpr bool may_copy_in = copy_in_type<T>;
template<class... T>
inline constexpr bool may_copy_in<std::variant<T...>> = (may_copy_in<T> || ...);
template<sequence_type S>
inline constexpr bool may_copy_in<S> = may_copy_in<typename S::part>;
template<class T>
inline constexpr bool may_copy_out = copy_out_type<T> || copy_both_type<T>;
template<class... T>
inline constexpr bool may_copy_out<std::variant<T...>> = (may_copy_out<T> || ...);
template<sequence_type S>
inline constexpr bool may_copy_out<S> = may_copy_out<typename S::part>;
template<class T>
inline constexpr bool may_copy_both = copy_both_type<T>;
template<class... T>
inline constexpr bool may_copy_both<std::variant<T...>> = (may_copy_both<T> || ...);
template<sequence_type S>
inline constexpr bool may_copy_both<S> = may_copy_both<typename S::part>;
template<class T>
inline constexpr bool parts_async = false;
template<gives_parts S>
inline constexpr bool parts_async<S> = is_task<part_result<S>>;
template<class... T>
inline constexpr bool parts_async<std::variant<T...>> = (parts_async<T> || ...);

/// Calls `f` with the outcome, or with what the variant holds.
template<class Outcome, class F>
[[gnu::always_inline]] constexpr decltype(auto) visit_whole(Outcome& outcome, F&& f) {
    if constexpr (is_variant<std::remove_const_t<Outcome>>) return std::visit(std::forward<F>(f), outcome);
    else return std::forward<F>(f)(outcome);
}
/// The same, and of a sequence with the part that it is at; between two of them, and at both ends, with itself.
template<class Outcome, class F>
[[gnu::always_inline]] constexpr decltype(auto) visit_outcome(Outcome& outcome, F&& f) {
    if constexpr (may_be_sequence<std::remove_const_t<Outcome>>) {
        return visit_whole(outcome, [&f]<class O>(O& whole) -> decltype(auto) {
            if constexpr (sequence_type<std::remove_const_t<O>>)
                if (auto& current = sequence_access::current(whole)) return visit_whole(*current, f);
            return f(whole);
        });
    } else {
        return visit_whole(outcome, std::forward<F>(f));
    }
}

/// Are this outcome's columns known from its type alone? Of a variant they are not: it may be any of its kinds.
template<class Outcome>
inline constexpr bool has_static_columns = !is_variant<Outcome>;
template<cursor_type C>
inline constexpr bool has_static_columns<C> = row_type<typename C::row_type> && !requires(C const& c) { c.columns(); };

/// Those columns; none for what has no rows.
template<class Outcome>
[[nodiscard]] constexpr std::span<column const> static_columns() {
    if constexpr (cursor_type<Outcome>) return columns_of<typename Outcome::row_type>;
    else return {};
}

/// The columns of a cursor that is there.
template<cursor_type C>
[[nodiscard]] std::span<column const> columns_of_cursor(C const& c) {
    if constexpr (requires { c.columns(); }) return c.columns();
    else return columns_of<typename C::row_type>;
}

/// The base of a cursor that may be pulled only for what that does, and says so by `bool is_silent() const`. It counts
/// what it does in `pull_state::unseen`, so that others have their turn.
struct may_be_silent {};
/// Does it answer with rows?
template<class T>
[[nodiscard]] constexpr bool gives_rows([[maybe_unused]] T const& outcome) {
    if constexpr (std::derived_from<T, may_be_silent>) return !outcome.is_silent();
    else return cursor_type<T>;
}

template<copy_both_type T>
consteval bool check_copy_both() {
    constexpr bool takes = takes_copy<T>;
    constexpr bool gives = pullable<T>;
    static_assert(takes, "pgwire: a copy_both needs:  void write(std::string_view piece)  and  void finish(),  either may be "
                         "a task");
    static_assert(!takes || gives, "pgwire: a copy_both needs:  bool next(writer&)  or  pgwire::task<bool> next(writer&)");
    if constexpr (takes && gives) {
        constexpr bool fits = std::is_void_v<awaited<write_result<T>>> && std::is_void_v<awaited<finish_result<T>>>;
        constexpr bool says_more = std::same_as<awaited<next_result<T>>, bool>;
        constexpr bool ends = tells_tag<T>;
        static_assert(fits, "pgwire: a copy_both's write and finish return nothing, or tasks of nothing; its tag is what "
                            "done() returns");
        static_assert(says_more, "pgwire: a copy_both's next returns bool or pgwire::task<bool>: may there be more?");
        static_assert(ends, "pgwire: a copy_both needs:  pgwire::command done(),  the tag when both sides have ended");
    }
    return true;
}

template<class T>
struct outcome_check;

template<sequence_type T>
consteval bool check_sequence() {
    constexpr bool gives = gives_parts<T>;
    static_assert(gives, "pgwire: a sequence needs:  std::optional<part> next_part()  or  "
                         "pgwire::task<std::optional<part>> next_part()");
    if constexpr (gives) {
        constexpr bool fits = std::same_as<awaited<part_result<T>>, std::optional<typename T::part>>;
        constexpr bool ends = tells_tag<T>;
        static_assert(fits, "pgwire: a sequence's next_part returns std::optional<part> or a task of it, where part is what "
                            "pgwire::sequence<...> calls so");
        static_assert(ends, "pgwire: a sequence needs:  pgwire::command done(),  the tag when all its parts are over");
        constexpr bool flat = []<class... P>(std::variant<P...>*) {
            return !((sequence_type<P> || statement_task<P> || std::same_as<P, fetch_portal>) || ...);
        }(static_cast<typename T::part*>(nullptr));
        static_assert(flat, "pgwire: the parts of a sequence are rows, commands, and copies, not pgwire::forget and the like, and "
                            "not other sequences");
        if constexpr (flat) return outcome_check<typename T::part>::run();
    }
    return true;
}

/// Looks at one kind of outcome; each mistake is a sentence.
template<class T>
consteval bool check_outcome() {
    static_assert(!std::is_void_v<T>,
                  "pgwire: execute returns nothing; return pgwire::command{\"TAG\"} for a statement without rows");
    if constexpr (std::is_void_v<T> || std::same_as<T, command> || statement_task<T> || std::same_as<T, fetch_portal>) {
        return true;
    } else if constexpr (copy_in_type<T>) {
        constexpr bool takes = takes_copy<T>;
        static_assert(takes, "pgwire: a copy_in needs:  void write(std::string_view piece)  and  pgwire::command finish(),  "
                             "either may be a task");
        if constexpr (takes) {
            constexpr bool fits = std::is_void_v<awaited<write_result<T>>> && std::same_as<awaited<finish_result<T>>, command>;
            static_assert(fits, "pgwire: a copy_in's write returns nothing, and its finish a pgwire::command; or tasks of "
                                "these");
        }
        return true;
    } else if constexpr (copy_both_type<T>) {
        return check_copy_both<T>();
    } else if constexpr (sequence_type<T>) {
        return check_sequence<T>();
    } else if constexpr (copy_out_type<T>) {
        constexpr bool can_pull = pullable<T>;
        static_assert(can_pull, "pgwire: a copy_out needs:  bool next(writer&)  or  pgwire::task<bool> next(writer&)");
        if constexpr (can_pull) {
            constexpr bool says_more = std::same_as<awaited<next_result<T>>, bool>;
            static_assert(says_more, "pgwire: a copy_out's next returns bool or pgwire::task<bool>: may there be more?");
        }
        return true;
    } else {
        constexpr bool is_cursor = cursor_type<T>;
        static_assert(is_cursor, "pgwire: execute returned something that is no outcome; return pgwire::rows{...}, "
                                 "pgwire::command{\"TAG\"}, a class derived from pgwire::cursor<Row>, pgwire::copy_in, "
                                 "pgwire::copy_out, pgwire::copy_both or pgwire::sequence<...>, or a std::variant of these");
        if constexpr (is_cursor) {
            constexpr bool described = std::same_as<typename T::row_type, dynamic_row> || row_type<typename T::row_type>;
            static_assert(described, "pgwire: the rows of a cursor are an aggregate struct, a std::tuple, a "
                                     "pgwire::columns<...>, or have a pgwire::row_traits (see types/row_traits.hpp)");
            if (!described) return false;
            if constexpr (std::same_as<typename T::row_type, dynamic_row>) {
                constexpr bool has_columns = requires(T const& c) {
                    { c.columns() } -> std::convertible_to<std::span<column const>>;
                };
                static_assert(has_columns, "pgwire: a cursor whose columns are known at run time needs:  "
                                           "std::span<pgwire::column const> columns() const");
            }
            constexpr bool can_pull = pullable<T>;
            static_assert(can_pull, "pgwire: a cursor needs:  bool next(writer&)  or  pgwire::task<bool> next(writer&)");
            if constexpr (can_pull) {
                constexpr bool says_more = std::same_as<awaited<next_result<T>>, bool>;
                static_assert(says_more, "pgwire: a cursor's next returns bool or pgwire::task<bool>: may there be more "
                                         "rows?");
            }
        }
        return is_cursor;
    }
}

template<class Outcome>
struct outcome_check {
    static consteval bool run() { return check_outcome<Outcome>(); }
};
template<class... T>
struct outcome_check<std::variant<T...>> {
    static consteval bool run() { return (check_outcome<T>() && ...); }
};

}  // namespace detail

}  // namespace pgwire
