// jsonpath as its text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "jsonpath Type". A path is written in a spelling of
// its own (see jsonpath_text.hpp), which in binary comes after a byte with the version.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/json.hpp"
#include "pgwire/types/jsonpath_text.hpp"
#include "pgwire/types/utf8.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// A path in PostgreSQL's own spelling, found once when it is made: sending it is copying. By default it is `$`.
class jsonpath {
public:
    jsonpath() = default;

    /// Any path of PostgreSQL 18, but one with a regular expression that is none, which is not noticed.
    /// @return or `invalid_text` if there is nothing but blanks, `syntax_error`, `invalid_encoding`, `untranslatable`,
    ///     `out_of_range`, `unsupported` (flag x), `too_deep`, `message_too_large`
    [[nodiscard]] static result<jsonpath> parse(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        auto normal = detail::jsonpath_parser(text).parse();
        if (!normal) return normal.error();
        return jsonpath(*std::move(normal));
    }

    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    friend bool operator==(jsonpath const&, jsonpath const&) = default;

private:
    explicit jsonpath(std::string normal) : text_(std::move(normal)) {}

    std::string text_ = "$";
};

template<>
struct codec<jsonpath> {
    static constexpr type_info type = types::jsonpath;
    static constexpr char version = 1;

    static std::size_t text_size(jsonpath const& v) noexcept { return v.text().size(); }
    static char* to_text(char* p, jsonpath const& v) noexcept { return detail::put(p, v.text()); }
    static result<jsonpath> from_text(std::string_view text) { return jsonpath::parse(text); }

    static std::size_t binary_size(jsonpath const& v) noexcept { return v.text().size() + 1; }
    static char* to_binary(char* p, jsonpath const& v) noexcept {
        *p++ = version;
        return to_text(p, v);
    }
    static result<jsonpath> from_binary(std::string_view bytes) {
        auto const text = detail::versioned_text(bytes, version);
        return text ? jsonpath::parse(*text) : text.error();
    }
};

}  // namespace pgwire
