// regclass, regproc, regtype and their kin: identifiers of objects whose texts are the objects' names.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Object Identifier Types". Names are a catalog's,
// and here is none: unless `text_style::objects` brings one, texts are numbers, as PostgreSQL writes those of objects
// that are not (or no more) in its catalog.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/integer.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace pgwire {

/// An object of the kind that `Type` names; 0 is none.
template<type_info const& Type>
struct object_identifier {
    oid object{};
    friend constexpr auto operator<=>(object_identifier const&, object_identifier const&) = default;
};

using regproc = object_identifier<types::regproc>;
using regprocedure = object_identifier<types::regprocedure>;
using regoper = object_identifier<types::regoper>;
using regoperator = object_identifier<types::regoperator>;
using regclass = object_identifier<types::regclass>;
using regtype = object_identifier<types::regtype>;
using regconfig = object_identifier<types::regconfig>;
using regdictionary = object_identifier<types::regdictionary>;
using regnamespace = object_identifier<types::regnamespace>;
using regrole = object_identifier<types::regrole>;
using regcollation = object_identifier<types::regcollation>;

template<type_info const& Type>
struct codec<object_identifier<Type>> {
    using host = object_identifier<Type>;
    static constexpr type_info type = Type;

    static constexpr std::size_t text_size(host v, text_style const& style) noexcept {
        return std::max(name_of(v, style).size(), codec<oid>::text_size(v.object));
    }
    static constexpr char* to_text(char* p, host v, text_style const& style) noexcept {
        if (v.object == oid{}) return detail::put(p, none);
        auto const name = name_of(v, style);
        return name.empty() ? codec<oid>::to_text(p, v.object) : detail::put(p, name);
    }
    /// A number, or a name that the style's catalog knows.
    /// @return or `out_of_range`, `invalid_encoding`, `invalid_name`, and `undefined_object` or what is said of this
    /// kind of object
    static constexpr result<host> from_text(std::string_view text, text_style const& style) noexcept {
        if (text == none) return host{};
        if (!text.empty() && std::all_of(text.begin(), text.end(), detail::is_digit)) {
            auto const object = codec<oid>::from_text(text);
            if (!object) return object.error();
            return host{*object};
        }
        if (!valid_utf8(text)) return errc::invalid_encoding;
        oid const found = style.objects != nullptr ? style.objects->find(*style.objects, Type, text) : oid{};
        if (found == oid{}) return why_not(text);
        return host{found};
    }

    static constexpr std::size_t binary_size(host) noexcept { return 4; }
    static constexpr char* to_binary(char* p, host v) noexcept { return codec<oid>::to_binary(p, v.object); }
    static constexpr result<host> from_binary(std::string_view bytes) noexcept {
        auto const object = codec<oid>::from_binary(bytes);
        if (!object) return object.error();
        return host{*object};
    }

private:
    static constexpr bool is_operator = Type == types::regoper || Type == types::regoperator;
    static constexpr bool has_arguments = Type == types::regprocedure || Type == types::regoperator;
    /// No object at all. `-` would be an operator.
    static constexpr std::string_view none = is_operator ? "0" : "-";

    [[nodiscard]] static constexpr std::string_view name_of(host v, text_style const& style) noexcept {
        return style.objects == nullptr ? std::string_view() : style.objects->name_of(*style.objects, Type, v.object);
    }
    /// What PostgreSQL says of a name that its catalog does not know.
    [[nodiscard]] static constexpr errc why_not(std::string_view text) noexcept {
        if (has_arguments && text.find('(') == text.npos) return errc::invalid_text;
        if (detail::trim(text).empty()) return errc::invalid_name;
        if (is_operator || has_arguments || Type == types::regproc) return errc::undefined_function;
        if (Type == types::regclass) return errc::undefined_table;
        if (Type == types::regnamespace) return errc::undefined_schema;
        return errc::undefined_object;
    }
};

}  // namespace pgwire
