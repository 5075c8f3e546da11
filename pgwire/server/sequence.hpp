// Several outcomes of one statement, one after the other.
//
// Floor 4. A client of streaming replication gets rows, then data, then rows again for one BASE_BACKUP. Whatever
// `execute` may answer may be a part of a sequence:
//
//     struct backup : pgwire::sequence<start_rows, pgwire::rows<tablespace>, archive> {    // what its parts may be
//         std::optional<part> next_part();    // or task<std::optional<part>>; nothing: there are no more
//         pgwire::command done();             // the tag of them all
//     };
//
// `part` is a `std::variant` of these; each is pulled like any outcome, and destroyed before the next one is asked for.
// Rows and commands are answered with their tags, the data of a COPY ends with CopyDone and has none:
//
//     T D C(SELECT)  T D D C(SELECT)  H d d d c  C(BASE_BACKUP)
//
// It is for simple queries; in the extended protocol, which has one outcome for each Execute, it is 0A000.
// Source: PostgreSQL documentation, "Streaming Replication Protocol"; the tags as measured.
#pragma once

#include "pgwire/server/command.hpp"

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace pgwire {

namespace detail {

struct any_sequence {};
struct sequence_access;

template<class T>
concept sequence_type = std::derived_from<T, any_sequence>;

}  // namespace detail

/// The base of an outcome that consists of several.
template<class... Parts>
class sequence : public detail::any_sequence {
public:
    using part = std::variant<Parts...>;

private:
    friend struct detail::sequence_access;

    std::optional<part> current_;  // the part at work; a sequence that has one does not move
};

namespace detail {

/// The part that a sequence is at.
struct sequence_access {
    template<class... Parts>
    [[nodiscard]] static auto& current(sequence<Parts...>& s) noexcept {
        return s.current_;
    }
    template<class... Parts>
    [[nodiscard]] static auto const& current(sequence<Parts...> const& s) noexcept {
        return s.current_;
    }
};

template<class T>
concept gives_parts = sequence_type<T> && requires(T& t) { t.next_part(); };
template<gives_parts T>
using part_result = decltype(std::declval<T&>().next_part());

template<class T>
inline constexpr bool may_be_sequence = sequence_type<T>;
template<class... T>
inline constexpr bool may_be_sequence<std::variant<T...>> = (sequence_type<T> || ...);

}  // namespace detail

}  // namespace pgwire
