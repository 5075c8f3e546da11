// Enums: a C++ enum becomes a type of CREATE TYPE … AS ENUM by listing its labels.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Enumerated Types". A value is its label, in both
// formats.
//
//     enum class mood { sad, ok, happy };
//
//     template<>
//     struct pgwire::codec<mood> : pgwire::enumeration<mood, "mood"> {
//         static constexpr std::array labels{pgwire::label{mood::sad, "sad"}, pgwire::label{mood::ok, "ok"},
//                                            pgwire::label{mood::happy, "happy"}};
//     };
//
//     pgwire::codec<mood>::type.assign(pgwire::oid{16384}, pgwire::oid{16383});   // at the start: of mood, of mood[]
//
// Until its OIDs are assigned it is described as text. They may also be a constant `type` of the codec: see
// `runtime_type.hpp`. Every enumerator that is sent needs a label.
#pragma once

#include "pgwire/core/fixed_string.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/runtime_type.hpp"
#include "pgwire/types/utf8.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgwire {

/// A value of an enum and the text that it has in SQL.
template<class E>
struct label {
    E value;
    std::string_view text;
};
template<class E>
label(E, char const*) -> label<E>;

/// The base of an enum's codec. `Name` is the type's in `pg_type`.
template<class E, fixed_string Name>
struct enumeration {
    static_assert(std::is_enum_v<E>, "pgwire: pgwire::enumeration<E, \"name\"> is for enums");
    static inline runtime_type type{Name.view(), 4, types::text.type, types::text_array.type};

    static constexpr std::size_t text_size(E v) noexcept {
        auto const* const found = find(v);
        return found == nullptr ? unencodable : found->text.size();
    }
    static constexpr char* to_text(char* p, E v) noexcept { return detail::put(p, find(v)->text); }
    /// Just a label, in its own case and without blanks.
    static constexpr result<E> from_text(std::string_view text) noexcept {
        for (auto const& known : labels())
            if (known.text == text) return known.value;
        return valid_utf8(text) ? errc::invalid_text : errc::invalid_encoding;
    }

    static value_complaint explain(std::string_view text, text_style const&) {
        return {"invalid input value for enum " + std::string(codec<E>::type.name) + ": " + detail::in_quotes(text), {}};
    }

    static constexpr std::size_t binary_size(E v) noexcept { return text_size(v); }
    static constexpr char* to_binary(char* p, E v) noexcept { return to_text(p, v); }
    static constexpr result<E> from_binary(std::string_view bytes) noexcept { return from_text(bytes); }

    static constexpr errc refusal(E) noexcept { return errc::invalid_text; }

private:
    static constexpr auto const& labels() noexcept {
        constexpr bool listed = requires { codec<E>::labels.size(); };
        static_assert(listed,
                      "pgwire: the codec of an enum has no labels: add static constexpr std::array "
                      "labels{pgwire::label{E::value, \"text\"}, ...} (see pgwire/types/enumeration.hpp)");
        if constexpr (listed) {
            static_assert(are_unique(codec<E>::labels), "pgwire: a label of an enum, or a value, is listed twice");
            return codec<E>::labels;
        } else {
            return none;
        }
    }
    static constexpr label<E> const* find(E v) noexcept {
        for (auto const& known : labels())
            if (known.value == v) return &known;
        return nullptr;
    }
    static consteval bool are_unique(auto const& labels) {
        for (auto const& a : labels)
            for (auto const& b : labels)
                if (&a != &b && (a.value == b.value || a.text == b.text)) return false;
        return true;
    }

    static constexpr std::array<label<E>, 0> none{};  // so that there is one error only
};

}  // namespace pgwire
