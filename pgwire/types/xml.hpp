// xml as its text.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "XML Type". Whether the text is well-formed XML is
// not checked here: PostgreSQL asks libxml2, and only if it was built with it. What is received must be UTF-8 whatever
// its XML declaration says (PostgreSQL converts binary values from the encoding that stands there), and is given
// without what PostgreSQL does not give out: the encoding in the declaration, and a declaration that says no more than
// version 1.0.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/utf8.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// A document or content in a text of its own. What is sent is the caller's, and not checked.
struct xml {
    std::string text;
    friend bool operator==(xml const&, xml const&) = default;
};

/// A document or content that is borrowed, only to be sent; it is not checked. Receive an `xml`.
struct xml_view {
    std::string_view text;
    friend constexpr bool operator==(xml_view const&, xml_view const&) = default;
};

namespace detail {

/// What stands in `<?xml version="1.0" encoding="…" standalone="…"?>`; views into the text.
struct xml_declaration {
    std::size_t size = 0;  ///< of all of it; 0 if there is none
    std::string_view version = "1.0";
    std::string_view standalone;  ///< empty if it does not say
};

/// Reads the declaration that a text may begin with.
class xml_declaration_reader {
public:
    explicit constexpr xml_declaration_reader(std::string_view text) noexcept : text_(text), rest_(text) {}

    /// Nothing if a declaration is there, but not as it has to be.
    [[nodiscard]] constexpr std::optional<xml_declaration> read() noexcept {
        xml_declaration d;
        constexpr std::string_view opening = "<?xml", closing = "?>";
        if (!rest_.starts_with(opening)) return d;
        rest_.remove_prefix(opening.size());
        if (!rest_.empty() && is_name(rest_.front())) return d;  // `<?xml-stylesheet`, say
        auto const version = attribute("version");
        if (!version) return std::nullopt;
        d.version = *version;
        static_cast<void>(attribute("encoding"));
        if (auto const standalone = attribute("standalone")) {
            if (*standalone != "yes" && *standalone != "no") return std::nullopt;
            d.standalone = *standalone;
        }
        skip_blanks();
        if (!rest_.starts_with(closing)) return std::nullopt;
        d.size = text_.size() - rest_.size() + closing.size();
        for (char const c : text_.substr(0, d.size))
            if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
        return d;
    }

private:
    [[nodiscard]] static constexpr bool is_name(char c) noexcept {
        char const lower = to_lower(c);
        return is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '.' || c == '-' || c == '_' || c == ':' ||
               static_cast<unsigned char>(c) >= 0x80;
    }
    constexpr void skip_blanks() noexcept {
        while (!rest_.empty() &&
               (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n' || rest_.front() == '\r'))
            rest_.remove_prefix(1);
    }
    /// A blank, the name, `=` and a value in quotes of either kind. Without them nothing is read.
    [[nodiscard]] constexpr std::optional<std::string_view> attribute(std::string_view name) noexcept {
        auto const before = rest_;
        auto const value = read_attribute(name);
        if (!value) rest_ = before;
        return value;
    }
    [[nodiscard]] constexpr std::optional<std::string_view> read_attribute(std::string_view name) noexcept {
        auto const left = rest_.size();
        skip_blanks();
        if (rest_.size() == left || !rest_.starts_with(name)) return std::nullopt;
        rest_.remove_prefix(name.size());
        skip_blanks();
        if (!rest_.starts_with('=')) return std::nullopt;
        rest_.remove_prefix(1);
        skip_blanks();
        if (!rest_.starts_with('"') && !rest_.starts_with('\'')) return std::nullopt;
        auto const end = rest_.find(rest_.front(), 1);
        if (end == rest_.npos) return std::nullopt;
        auto const value = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return value;
    }

    std::string_view text_;
    std::string_view rest_;
};

/// The text as PostgreSQL gives it out.
[[nodiscard]] inline std::string xml_output(std::string_view text) {
    auto const d = xml_declaration_reader(text).read();
    if (!d) return std::string(text);
    auto rest = text.substr(d->size);
    if (d->version == "1.0" && d->standalone.empty()) {
        if (rest.starts_with('\n')) rest.remove_prefix(1);  // that ended the line of the declaration
        return std::string(rest);
    }
    std::string output = "<?xml version=\"" + std::string(d->version) + '"';
    if (!d->standalone.empty()) output += " standalone=\"" + std::string(d->standalone) + '"';
    return output + "?>" + std::string(rest);
}

template<class T>
struct xml_encoder {
    static constexpr type_info type = types::xml;

    static constexpr std::size_t text_size(T const& v) noexcept { return v.text.size(); }
    static constexpr char* to_text(char* p, T const& v) noexcept { return put(p, v.text); }
    static constexpr std::size_t binary_size(T const& v) noexcept { return v.text.size(); }
    static constexpr char* to_binary(char* p, T const& v) noexcept { return put(p, v.text); }
};

}  // namespace detail

template<>
struct codec<xml_view> : detail::xml_encoder<xml_view> {};

template<>
struct codec<xml> : detail::xml_encoder<xml> {
    /// @return or `invalid_encoding`
    static result<xml> from_text(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        return xml{detail::xml_output(text)};
    }
    static result<xml> from_binary(std::string_view bytes) { return from_text(bytes); }
};

}  // namespace pgwire
