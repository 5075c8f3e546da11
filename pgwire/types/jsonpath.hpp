// jsonpath as its text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "jsonpath Type"; the binary form is a byte with the
// version, then the text. The grammar is not checked here, and the text is kept as it is written: PostgreSQL gives out
// `$."a"` for `$.a`. What PostgreSQL sent is in its spelling already.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/json.hpp"
#include "pgwire/types/utf8.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire {

/// A path in a text of its own.
struct jsonpath {
    std::string text;
    friend bool operator==(jsonpath const&, jsonpath const&) = default;
};

/// A path that is borrowed; received, it points into the message.
struct jsonpath_view {
    std::string_view text;
    friend constexpr bool operator==(jsonpath_view const&, jsonpath_view const&) = default;
};

namespace detail {

inline constexpr char jsonpath_version = 1;

template<class T>
struct jsonpath_codec {
    static constexpr type_info type = types::jsonpath;

    static constexpr std::size_t text_size(T const& v) noexcept { return v.text.size(); }
    static constexpr char* to_text(char* p, T const& v) noexcept { return put(p, v.text); }
    /// @return or `invalid_encoding`, `invalid_text` if there is nothing but blanks
    static constexpr result<T> from_text(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        if (text.find_first_not_of(" \t\n\r\f") == text.npos) return errc::invalid_text;
        return T{decltype(T::text)(text)};
    }
    static constexpr std::size_t binary_size(T const& v) noexcept { return add_sizes(v.text.size(), 1); }
    static constexpr char* to_binary(char* p, T const& v) noexcept {
        *p++ = jsonpath_version;
        return to_text(p, v);
    }
    static constexpr result<T> from_binary(std::string_view bytes) {
        auto const text = versioned_text(bytes, jsonpath_version);
        return text ? from_text(*text) : text.error();
    }
};

}  // namespace detail

template<>
struct codec<jsonpath> : detail::jsonpath_codec<jsonpath> {};

template<>
struct codec<jsonpath_view> : detail::jsonpath_codec<jsonpath_view> {};

}  // namespace pgwire
