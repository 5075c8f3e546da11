// A column whose values have several host types: std::variant.
//
// Floor 2, standard library only. A column has one type in PostgreSQL. If all alternatives belong to the same type
// (`std::variant<date, std::chrono::sys_days>`), that is the column's. Else it is `text`, and each value is sent as its
// text, in both formats; in binary, where a codec knows no settings, in the default style. What comes in becomes the
// first alternative that takes it, so a `std::string` is best the last. A variant may be NULL as every other type:
// `std::optional<std::variant<…>>`.
#pragma once

#include "pgwire/types/element_text.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

namespace pgwire {

template<class First, class... Rest>
    requires(has_codec<First> && ... && has_codec<Rest>)
struct codec<std::variant<First, Rest...>> {
private:
    using host = std::variant<First, Rest...>;

    static constexpr bool one_type = [] {
        if constexpr ((detail::has_fixed_type<First> && ... && detail::has_fixed_type<Rest>))
            return ((type_of<First>.type == type_of<Rest>.type) && ...);
        else return false;
    }();

public:
    static constexpr type_info type = [] {
        if constexpr (one_type) return type_of<First>;
        else return types::text;
    }();
    static constexpr bool borrows = (detail::borrows<First> || ... || detail::borrows<Rest>);

    static constexpr std::size_t text_size(host const& v, text_style const& style)
        requires(encodable<First> && ... && encodable<Rest>)
    {
        return std::visit([&](auto const& one) { return detail::text_size(one, style); }, v);
    }
    static constexpr char* to_text(char* p, host const& v, text_style const& style)
        requires(encodable<First> && ... && encodable<Rest>)
    {
        return std::visit([&](auto const& one) { return detail::to_text(p, one, style); }, v);
    }
    /// @return or what the codec of the last alternative finds
    static constexpr result<host> from_text(std::string_view text, text_style const& style)
        requires(decodable<First> && ... && decodable<Rest>)
    {
        return first_of<First, Rest...>(text, format::text, style);
    }

    static constexpr std::size_t binary_size(host const& v)
        requires(encodable<First> && ... && encodable<Rest>)
    {
        if constexpr (!one_type) return text_size(v, default_text_style);
        else return std::visit([](auto const& one) { return value_size<format::binary>(one); }, v);
    }
    static constexpr char* to_binary(char* p, host const& v)
        requires(encodable<First> && ... && encodable<Rest>)
    {
        if constexpr (!one_type) return to_text(p, v, default_text_style);
        else return std::visit([p](auto const& one) { return encode_value<format::binary>(p, one); }, v);
    }
    static constexpr result<host> from_binary(std::string_view bytes)
        requires(decodable<First> && ... && decodable<Rest>)
    {
        return first_of<First, Rest...>(bytes, one_type ? format::binary : format::text, default_text_style);
    }

    static constexpr errc refusal(host const& v) {
        return std::visit([](auto const& one) { return detail::refusal_of_element(one); }, v);
    }

private:
    template<class T, class... Others>
    static constexpr result<host> first_of(std::string_view bytes, format f, text_style const& style) {
        auto read = decode_value<T>(bytes, f, style);
        if (read) return host(std::in_place_type<T>, *std::move(read));
        if constexpr (sizeof...(Others) == 0) return read.error();
        else return first_of<Others...>(bytes, f, style);
    }
};

}  // namespace pgwire
