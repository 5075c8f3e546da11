// What PostgreSQL says of a text that a codec has refused, down to the part of it that is wrong.
//
// Floor 2, standard library only. A codec whose values have others inside, or that has words of its own, has a
//
//     static value_complaint explain(std::string_view text, text_style const& style);
//
// which is asked only after `from_text` has refused this text: then it may read it once more.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/value_error.hpp"

#include <string>
#include <string_view>

namespace pgwire {

/// The message and the detail of an error.
struct value_complaint {
    std::string message;
    std::string detail;  ///< often empty
};

namespace detail {

/// @param why `T`, or the `T` of a `std::optional<T>`, was refused
template<class T>
[[nodiscard]] value_complaint complain(errc why, std::string_view text, text_style const& style) {
    value_complaint said;
    if constexpr (requires { codec<non_null<T>>::explain(text, style); })
        if (why != errc::unexpected_null && why != errc::invalid_encoding)
            said = codec<non_null<T>>::explain(text, style);
    if (said.message.empty()) said.message = describe_value_error(why, type_of<T>.type, text);
    return said;
}

/// @param kind such as `array`
/// @param problem the detail of a text of another form, else what the message says
[[nodiscard]] inline value_complaint complain_of_literal(errc why, std::string_view kind, std::string_view text,
                                                         std::string_view problem) {
    if (why != errc::invalid_text) return {std::string(problem), {}};
    return {"malformed " + std::string(kind) + " literal: " + in_quotes(text), std::string(problem)};
}

}  // namespace detail

/// What a decoder found (`why`) in a text that is no `T`.
template<decodable T>
[[nodiscard]] value_complaint describe_value_error(errc why, std::string_view text,
                                                   text_style const& style = default_text_style) {
    return detail::complain<T>(why, text, style);
}

}  // namespace pgwire
