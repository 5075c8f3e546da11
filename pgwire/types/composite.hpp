// Composites: a C++ struct becomes a type of CREATE TYPE … AS (…), or the row type of a table.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "Composite Types"; the binary form is that of the
// server's record_send: Int32 number of attributes, then for each the OID of its type, its Int32 length (-1 is NULL)
// and its value.
//
//     struct inventory_item { std::string name; std::optional<int> supplier; numeric price; };
//
//     template<>
//     struct pgwire::codec<inventory_item> : pgwire::composite<inventory_item, "inventory_item"> {};
//
// The members are the attributes, in their order; one that may be NULL is a `std::optional`. They may be arrays,
// enums, and composites again. A composite with views can only be sent. Its OIDs are
// assigned at the start, as `codec<inventory_item>::type.assign(…)`, or are a constant `type` of the codec: see
// `runtime_type.hpp`. Until then it is sent as an anonymous record.
#pragma once

#include "pgwire/core/fixed_string.hpp"
#include "pgwire/types/aggregate.hpp"
#include "pgwire/types/complaint.hpp"
#include "pgwire/types/element_binary.hpp"
#include "pgwire/types/element_text.hpp"
#include "pgwire/types/missing_codec.hpp"
#include "pgwire/types/runtime_type.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace pgwire {

namespace detail {

/// An attribute's value, or NULL.
struct record_attribute {
    oid type{};
    value bytes;
};

/// Reads the attributes of a record in binary, one after the other.
class record_bytes {
public:
    explicit record_bytes(std::string_view bytes) noexcept : in_(bytes) {}

    /// How many attributes there are, at first. Hostile until they have been read.
    [[nodiscard]] result<std::int32_t> count() noexcept {
        auto const n = in_.integer<std::int32_t>();
        if (in_.failed()) return errc::insufficient_data;
        return n;
    }
    /// @param expected the attribute's type; `oid{}` takes any
    /// @return or `insufficient_data`, `datatype_mismatch`, `invalid_binary`
    [[nodiscard]] result<record_attribute> next(oid expected = {}) noexcept {
        oid const type{in_.integer<std::uint32_t>()};
        if (in_.failed()) return errc::insufficient_data;
        if (!same_type(type, expected)) return errc::datatype_mismatch;
        auto const bytes = take_value(in_);
        if (in_.failed()) return in_.finish().error();
        return record_attribute{type, bytes};
    }
    [[nodiscard]] bool at_end() const noexcept { return in_.remaining() == 0; }

private:
    reader in_;
};

/// Reads the attributes of a record's text, one after the other.
class record_text {
public:
    explicit record_text(std::string_view text) noexcept : rest_(trim_front(text)) {}

    [[nodiscard]] bool open() noexcept { return take(rest_, '('); }
    [[nodiscard]] bool comma() noexcept { return take(rest_, ','); }
    [[nodiscard]] bool parenthesis() noexcept { return take(rest_, ')'); }
    /// Whether nothing but white space follows.
    [[nodiscard]] bool at_end() const noexcept { return trim_front(rest_).empty(); }
    /// Whether the record, and what may follow it, is at its end.
    [[nodiscard]] bool close() noexcept { return parenthesis() && at_end(); }
    /// The next value, until the next call; NULL is nothing at all.
    /// @return or `invalid_text`
    [[nodiscard]] result<value> next() {
        if (rest_.starts_with(',') || rest_.starts_with(')')) return value();
        if (errc const e = take_escaped(rest_, ",)", unescaped_); e != errc::none) return e;
        return value(unescaped_);
    }

private:
    std::string_view rest_;
    std::string unescaped_;
};

template<class T>
[[nodiscard]] consteval bool explain_if_missing() {
    if constexpr (has_codec<T>) return true;
    else return explain_missing_codec<T>();
}

template<class Members>
struct attributes;
template<class... T>
struct attributes<std::tuple<T...>> {
    static constexpr std::size_t count = sizeof...(T);
    static constexpr bool codecs = (has_codec<T> && ...);
    /// Says why there is no codec. @return whether there is more to say
    static consteval bool explain() { return (explain_if_missing<T>() && ...); }
    static constexpr bool complete = (encodable<T> && ...);
    static constexpr bool readable = (decodable_element<T> && ...);
};

/// The attributes of `T`. A function, so that `T` is looked into only when it is used.
template<class T>
[[nodiscard]] consteval auto attributes_of() {
    using list = attributes<member_types<T>>;
    static_assert(list::codecs || !list::explain(),
                  "pgwire: a member of this composite has a type without a codec: include "
                  "pgwire/types.hpp, or specialise pgwire::codec<T> (see pgwire/types/codec.hpp)");
    static_assert(list::complete || !list::codecs,
                  "pgwire: the codec of a member of this composite is not complete: "
                  "pgwire/types/codec.hpp shows what it must have");
    return list();
}

template<class T>
concept readable_composite = attributes<member_types<T>>::readable;

}  // namespace detail

/// The base of a composite's codec. `Name` is the type's in `pg_type`.
template<class T, fixed_string Name>
struct composite {
    static_assert(detail::aggregate<T>, "pgwire: pgwire::composite<T, \"name\"> is for structs without constructors");
    static inline runtime_type type{Name.view(), -1, types::record.type, types::record_array.type};

    static constexpr std::size_t text_size(T const& v, text_style const& style) {
        std::size_t size = 2;
        for_each(
            v, [&](auto const& m) { size = detail::add_sizes(size, detail::add_sizes(1, attribute_size(m, style))); });
        return size;
    }
    static constexpr char* to_text(char* p, T const& v, text_style const& style) {
        *p++ = '(';
        bool first = true;
        for_each(v, [&](auto const& m) {
            if (!std::exchange(first, false)) *p++ = ',';
            p = put_attribute(p, m, style);
        });
        *p++ = ')';
        return p;
    }
    /// @return or `invalid_text`, `unexpected_null`, and what the codec of a member finds
    static result<T> from_text(std::string_view text, text_style const& style) requires detail::readable_composite<T> {
        return read_text(text, style, nullptr);
    }
    static value_complaint explain(std::string_view text,
                                   text_style const& style) requires detail::readable_composite<T> {
        value_complaint said;
        static_cast<void>(read_text(text, style, &said));
        return said;
    }

    static constexpr std::size_t binary_size(T const& v) {
        std::size_t size = 4;
        for_each(v, [&](auto const& m) {
            size = detail::add_sizes(size, detail::add_sizes(8, value_size<format::binary>(m)));
        });
        return size;
    }
    static constexpr char* to_binary(char* p, T const& v) {
        p = store(p, static_cast<std::int32_t>(detail::attributes_of<T>().count));
        for_each(v, [&](auto const& m) {
            p = store(p, static_cast<std::uint32_t>(type_of_attribute(m)));
            p = encode_field<format::binary>(p, m);
        });
        return p;
    }
    /// @return or `datatype_mismatch` if number or types of the attributes differ, `insufficient_data`,
    ///     `invalid_binary`, `unexpected_null`, and what the codec of a member finds
    static result<T> from_binary(std::string_view bytes) requires detail::readable_composite<T> {
        detail::record_bytes parts(bytes);
        auto const count = parts.count();
        if (!count) return count.error();
        if (*count != static_cast<std::int32_t>(detail::attributes_of<T>().count)) return errc::datatype_mismatch;
        T v{};
        errc error = errc::none;
        for_each(v, [&](auto& m) {
            if (error != errc::none) return;
            auto const part = parts.next(type_of_attribute(m));
            error = part ? read(m, part->bytes, format::binary, default_text_style) : part.error();
        });
        if (error != errc::none) return error;
        if (!parts.at_end()) return errc::invalid_binary;
        return v;
    }

    static constexpr errc refusal(T const& v) {
        errc error = errc::none;
        for_each(v, [&](auto const& m) {
            if (error == errc::none) error = detail::refusal_of_element(m);
        });
        return error == errc::none ? errc::message_too_large : error;
    }

private:
    /// @param said becomes what PostgreSQL says, if it is not a null pointer and the text is refused
    static result<T> read_text(std::string_view text, text_style const& style, value_complaint* said) {
        detail::record_text parts(text);
        auto const refuse = [&](std::string_view problem) {
            if (said != nullptr) *said = detail::complain_of_literal(errc::invalid_text, "record", text, problem);
            return errc::invalid_text;
        };
        if (!parts.open()) return refuse("Missing left parenthesis.");
        T v{};
        bool first = true;
        errc error = errc::none;
        for_each(v, [&]<class M>(M& m) {
            if (error != errc::none) return;
            if (!std::exchange(first, false) && !parts.comma()) {
                error = refuse("Too few columns.");
                return;
            }
            auto const part = parts.next();
            if (!part) {
                error = refuse("Unexpected end of input.");
                return;
            }
            error = read(m, *part, format::text, style);
            if (error != errc::none && said != nullptr) *said = detail::complain<M>(error, part->value_or(""), style);
        });
        if (error != errc::none) return error;
        if (!parts.parenthesis()) return refuse("Too many columns.");
        if (!parts.at_end()) return refuse("Junk after right parenthesis.");
        return v;
    }
    static constexpr void for_each(auto& v, auto&& f) {
        if constexpr (decltype(detail::attributes_of<T>())::complete)
            std::apply([&](auto&... members) { (f(members), ...); }, detail::tie_members(v));
    }
    template<class M>
    static constexpr std::size_t attribute_size(M const& m, text_style const& style) {
        if constexpr (detail::is_nullable<M>) return m ? detail::element_text_size(*m, style) : 0;
        else return detail::element_text_size(m, style);
    }
    template<class M>
    static constexpr char* put_attribute(char* p, M const& m, text_style const& style) {
        if constexpr (detail::is_nullable<M>) return m ? put_attribute(p, *m, style) : p;
        else return detail::put_element(p, m, style, detail::record_quoting);
    }
    template<class M>
    static constexpr oid type_of_attribute(M const&) noexcept {
        return detail::inner_type<detail::non_null<M>>().type;
    }
    template<class M>
    static errc read(M& m, value const& from, format f, text_style const& style) {
        auto decoded = decode_value<M>(from, f, style);
        if (decoded) m = *std::move(decoded);
        return decoded.error();
    }
};

}  // namespace pgwire
