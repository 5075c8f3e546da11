// The customization point for JSON libraries: makes a library's value type a json or jsonb column by a few lines.
//
// Floor 2, standard library only. nlohmann_json.hpp is one that is ready; this is all that another needs:
//
//     template<>
//     struct pgwire::json_traits<my::value> {
//         static constexpr type_info type = types::jsonb;                     // or types::json
//         static result<std::string> dump(my::value const& v);                // any JSON text; a plain std::string too
//         static result<my::value> parse(std::string_view text);              // the text is UTF-8 and valid JSON
//     };
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/json.hpp"

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace pgwire {

/// Specialise it for the value type of a JSON library, as the comment above shows. Neither function may throw.
template<class T>
struct json_traits;

/// A JSON library's value, to be sent and received.
template<class T>
concept json_value = requires(T const& v, std::string_view text) {
    { json_traits<T>::type } -> std::convertible_to<type_info>;
    { json_traits<T>::dump(v) } -> std::convertible_to<result<std::string>>;
    { json_traits<T>::parse(text) } -> std::same_as<result<T>>;
};

/// To send a value is to dump it twice: for its size and for its text. Large documents that are sent often are better
/// kept as a `jsonb`.
template<json_value T>
struct codec<T> {
    static constexpr type_info type = json_traits<T>::type;
    static constexpr bool binary_json = type == types::jsonb;
    static_assert(binary_json || type == types::json, "json_traits<T>::type must be types::json or types::jsonb");
    using view = std::conditional_t<binary_json, jsonb_view, json_view>;

    static std::size_t text_size(T const& v) {
        result<std::string> const text = json_traits<T>::dump(v);
        return text ? codec<view>::text_size({*text}) : unencodable;
    }
    static char* to_text(char* p, T const& v) {
        result<std::string> const text = json_traits<T>::dump(v);
        return codec<view>::to_text(p, {*text});
    }
    static result<T> from_text(std::string_view text) {
        if constexpr (binary_json) {
            if (auto const size = detail::jsonb_text_size(text); !size) return size.error();
        } else {
            if (auto const checked = codec<view>::from_text(text); !checked) return checked.error();
        }
        return json_traits<T>::parse(text);
    }

    static std::size_t binary_size(T const& v) { return detail::add_sizes(text_size(v), binary_json ? 1 : 0); }
    static char* to_binary(char* p, T const& v) {
        if constexpr (binary_json) *p++ = detail::jsonb_version;
        return to_text(p, v);
    }
    static result<T> from_binary(std::string_view bytes) {
        if constexpr (!binary_json) return from_text(bytes);
        auto const text = detail::versioned_text(bytes, detail::jsonb_version);
        return text ? from_text(*text) : text.error();
    }

    static errc refusal(T const& v) {
        result<std::string> const text = json_traits<T>::dump(v);
        if (!text) return text.error();
        return binary_json ? codec<jsonb_view>::refusal({*text}) : errc::message_too_large;
    }
};

}  // namespace pgwire
