// json and jsonb as text. For values of a JSON library see json_traits.hpp.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "JSON Types". A json is its text, blanks and double
// keys included, in both formats; a jsonb is written in a spelling of its own (see jsonb_text.hpp), which in binary
// comes after a byte with the version.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/json_parser.hpp"
#include "pgwire/types/jsonb_text.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// JSON in a text of its own. Received it is valid; what is sent is the caller's, and not checked.
struct json {
    std::string text = "null";
    friend bool operator==(json const&, json const&) = default;
};

/// JSON in a text that is borrowed; received, it points into the message. What is sent is the caller's, not checked.
struct json_view {
    std::string_view text;
    friend constexpr bool operator==(json_view const&, json_view const&) = default;
};

/// JSON in PostgreSQL's own spelling, found once when it is made: sending it is copying. By default it is `null`.
/// Equal are those whose text is: 1.0 is not 1.00, which for SQL's `=` it is.
class jsonb {
public:
    jsonb() = default;

    /// Any valid JSON that is UTF-8 and has no \u0000.
    /// @return or `invalid_text`, `invalid_encoding`, `untranslatable`, `out_of_range` (of a number), `too_deep`,
    ///     `message_too_large`
    [[nodiscard]] static result<jsonb> parse(std::string_view text) {
        auto normal = detail::normal_jsonb_text(text);
        if (!normal) return normal.error();
        return jsonb(*std::move(normal));
    }

    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    friend bool operator==(jsonb const&, jsonb const&) = default;

private:
    explicit jsonb(std::string normal) : text_(std::move(normal)) {}

    std::string text_ = "null";
};

/// Any JSON in a text that is borrowed, only to be sent: it is brought into PostgreSQL's spelling on the way. What is
/// no valid JSON has no encoding. Receive a `jsonb`.
struct jsonb_view {
    std::string_view text;
    friend constexpr bool operator==(jsonb_view const&, jsonb_view const&) = default;
};

namespace detail {

/// What a binary jsonb begins with.
inline constexpr char jsonb_version = 1;

/// The text behind the version.
/// @return or `insufficient_data`, `malformed_value` for another version
[[nodiscard]] constexpr result<std::string_view> versioned_text(std::string_view bytes, char version) noexcept {
    if (bytes.empty()) return errc::insufficient_data;
    if (bytes.front() != version) return errc::malformed_value;
    return bytes.substr(1);
}

/// json, whose two formats are its text.
template<class T>
struct json_codec {
    static constexpr type_info type = types::json;

    static constexpr std::size_t text_size(T const& v) noexcept { return v.text.size(); }
    static constexpr char* to_text(char* p, T const& v) noexcept { return put(p, v.text); }
    static constexpr result<T> from_text(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        if (auto const e = check_json(text); e != errc::none) return e;
        return T{decltype(T::text)(text)};
    }
    static constexpr std::size_t binary_size(T const& v) noexcept { return text_size(v); }
    static constexpr char* to_binary(char* p, T const& v) noexcept { return to_text(p, v); }
    static constexpr result<T> from_binary(std::string_view bytes) { return from_text(bytes); }
};

}  // namespace detail

template<>
struct codec<json> : detail::json_codec<json> {};

template<>
struct codec<json_view> : detail::json_codec<json_view> {};

template<>
struct codec<jsonb> {
    static constexpr type_info type = types::jsonb;

    static std::size_t text_size(jsonb const& v) noexcept { return v.text().size(); }
    static char* to_text(char* p, jsonb const& v) noexcept { return detail::put(p, v.text()); }
    static result<jsonb> from_text(std::string_view text) { return jsonb::parse(text); }

    static std::size_t binary_size(jsonb const& v) noexcept { return v.text().size() + 1; }
    static char* to_binary(char* p, jsonb const& v) noexcept {
        *p++ = detail::jsonb_version;
        return to_text(p, v);
    }
    static result<jsonb> from_binary(std::string_view bytes) {
        auto const text = detail::versioned_text(bytes, detail::jsonb_version);
        return text ? jsonb::parse(*text) : text.error();
    }
};

template<>
struct codec<jsonb_view> {
    static constexpr type_info type = types::jsonb;

    static constexpr std::size_t text_size(jsonb_view v) noexcept {
        auto const size = detail::jsonb_text_size(v.text);
        return size ? *size : unencodable;
    }
    static char* to_text(char* p, jsonb_view v) { return detail::put_jsonb_text(p, v.text); }
    static constexpr std::size_t binary_size(jsonb_view v) noexcept { return detail::add_sizes(text_size(v), 1); }
    static char* to_binary(char* p, jsonb_view v) {
        *p++ = detail::jsonb_version;
        return to_text(p, v);
    }
    static constexpr errc refusal(jsonb_view v) noexcept { return detail::jsonb_text_size(v.text).error(); }
};

}  // namespace pgwire
