// A text under any type whose two forms are the text itself: unknown, refcursor, cstring, or one of an extension.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Pseudo-Types" and "Cursors"; varchar, bpchar and
// name are in text.hpp.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/text.hpp"

#include <string>
#include <string_view>

namespace pgwire {

/// A text whose column has the type `Type`; it borrows, unless `Text` is `std::string`.
///
///     text_as<types::varchar, std::string> v{"owned"};
template<type_info const& Type, class Text = std::string_view>
struct text_as {
    Text text;
    friend constexpr bool operator==(text_as const&, text_as const&) = default;
};

using unknown_text = text_as<types::unknown>;
using refcursor = text_as<types::refcursor>;
using cstring = text_as<types::cstring>;

template<type_info const& Type, class Text>
struct codec<text_as<Type, Text>> : detail::text_codec<text_as<Type, Text>, detail::text_member> {
    static constexpr type_info type = Type;
};

}  // namespace pgwire
