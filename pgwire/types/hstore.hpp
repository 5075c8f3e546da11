// hstore: keys and values, of PostgreSQL's extension of that name. Its users include it by name.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "hstore"; the binary form is that of hstore_send:
// Int32 count of pairs, of each Int32 length of the key and the key, Int32 length of the value (-1 is NULL) and the
// value. The object identifier is another one in each database.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/array_limits.hpp"
#include "pgwire/types/runtime_type.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// A key and its value, which may be NULL.
struct hstore_pair {
    std::string key;
    std::optional<std::string> value;
    friend bool operator==(hstore_pair const&, hstore_pair const&) = default;
};

/// Pairs by the length of their keys, then by bytes, each key once. What is received is so; what is sent must be:
/// `normalize` makes it so.
struct hstore {
    std::vector<hstore_pair> pairs;
    friend bool operator==(hstore const&, hstore const&) = default;

    /// Sorts the pairs; of those with the same key the first one stays. (Which one PostgreSQL keeps of many is chance.)
    void normalize() {
        std::stable_sort(pairs.begin(), pairs.end(), [](hstore_pair const& a, hstore_pair const& b) {
            return a.key.size() != b.key.size() ? a.key.size() < b.key.size() : a.key < b.key;
        });
        auto const same = [](hstore_pair const& a, hstore_pair const& b) { return a.key == b.key; };
        pairs.erase(std::unique(pairs.begin(), pairs.end(), same), pairs.end());
    }
};

namespace detail {

/// Reads `key => value` after `key => value`.
class hstore_parser {
public:
    explicit hstore_parser(std::string_view text) noexcept : rest_(text) {}

    /// @return or `syntax_error`
    [[nodiscard]] result<hstore> parse() {
        hstore v;
        while (skip_blanks()) {
            auto key = word(role::key);
            if (!key || !skip_blanks() || !rest_.starts_with("=>")) return errc::syntax_error;
            rest_.remove_prefix(2);
            bool const quoted = skip_blanks() && rest_.front() == '"';
            auto held = word(role::value);
            if (!held) return errc::syntax_error;
            if (!quoted && equals_ignoring_case(*held, "null")) held.reset();
            v.pairs.push_back({*std::move(key), std::move(held)});
            if (!skip_blanks()) break;
            if (rest_.front() != ',') return errc::syntax_error;
            rest_.remove_prefix(1);
        }
        v.normalize();
        return v;
    }

private:
    enum class role : std::uint8_t { key, value };

    /// Whether there is something behind the blanks.
    [[nodiscard]] bool skip_blanks() noexcept {
        rest_ = trim_front(rest_);
        return !rest_.empty();
    }
    /// In quotes, or up to a blank, the `=` behind a key, or the comma behind a value. A backslash takes any character.
    [[nodiscard]] std::optional<std::string> word(role r) {
        if (rest_.empty() || (r == role::key && rest_.front() == '=')) return std::nullopt;
        bool const quoted = rest_.front() == '"';
        if (quoted) rest_.remove_prefix(1);
        std::string text;
        for (bool first = true; !rest_.empty(); first = false) {
            char c = rest_.front();
            if (quoted ? c == '"' : is_space(c) || (!first && c == (r == role::key ? '=' : ','))) {
                if (quoted) rest_.remove_prefix(1);
                return text;
            }
            rest_.remove_prefix(1);
            if (c == '\\') {
                if (rest_.empty()) return std::nullopt;
                c = rest_.front();
                rest_.remove_prefix(1);
            }
            text += c;
        }
        return quoted ? std::nullopt : std::optional(std::move(text));
    }

    std::string_view rest_;
};

[[nodiscard]] constexpr std::size_t quoted_hstore_size(std::string_view text) noexcept {
    return add_sizes(add_sizes(text.size(), text.size()), 2);
}
constexpr char* put_quoted_hstore(char* p, std::string_view text) noexcept {
    *p++ = '"';
    for (char const c : text) {
        if (c == '"' || c == '\\') *p++ = '\\';
        *p++ = c;
    }
    *p++ = '"';
    return p;
}

}  // namespace detail

template<>
struct codec<hstore> {
    static inline runtime_type type{"hstore"};

    static std::size_t text_size(hstore const& v) noexcept {
        constexpr std::size_t arrow = 2, comma = 2, null = 4;
        std::size_t size = 0;
        for (auto const& pair : v.pairs) {
            size = detail::add_sizes(size, detail::add_sizes(detail::quoted_hstore_size(pair.key), arrow + comma));
            size = detail::add_sizes(size, pair.value ? detail::quoted_hstore_size(*pair.value) : null);
        }
        return size;
    }
    static char* to_text(char* p, hstore const& v) noexcept {
        for (auto const& pair : v.pairs) {
            if (&pair != v.pairs.data()) p = detail::put(p, ", ");
            p = detail::put(detail::put_quoted_hstore(p, pair.key), "=>");
            p = pair.value ? detail::put_quoted_hstore(p, *pair.value) : detail::put(p, "NULL");
        }
        return p;
    }
    /// @return or `syntax_error`, `invalid_encoding`
    static result<hstore> from_text(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        return detail::hstore_parser(text).parse();
    }

    static std::size_t binary_size(hstore const& v) noexcept {
        std::size_t size = 4;
        for (auto const& pair : v.pairs)
            size = detail::add_sizes(size, detail::add_sizes(pair.key.size() + 8, pair.value ? pair.value->size() : 0));
        return size;
    }
    static char* to_binary(char* p, hstore const& v) noexcept {
        p = store(p, static_cast<std::int32_t>(v.pairs.size()));
        for (auto const& pair : v.pairs) {
            p = detail::put(store(p, static_cast<std::int32_t>(pair.key.size())), pair.key);
            p = store(p, pair.value ? static_cast<std::int32_t>(pair.value->size()) : std::int32_t{-1});
            if (pair.value) p = detail::put(p, *pair.value);
        }
        return p;
    }
    /// @return or `insufficient_data`, `unexpected_null` (a key), `invalid_encoding`, `invalid_binary`,
    ///     `message_too_large` for more pairs than PostgreSQL takes
    static result<hstore> from_binary(std::string_view bytes) {
        constexpr std::uint32_t most = detail::max_allocation / 40;  // of what the server reads a pair into
        reader in(bytes);
        auto const text = [&in](std::int32_t size) -> result<std::string> {
            auto const part = in.bytes(static_cast<std::size_t>(size));
            if (in.failed()) return errc::insufficient_data;
            if (!valid_utf8(part)) return errc::invalid_encoding;
            return std::string(part);
        };
        auto const count = in.integer<std::uint32_t>();
        if (count > most) return errc::message_too_large;
        hstore v;
        for (std::uint32_t i = 0; i != count; ++i) {
            auto const key_size = in.integer<std::int32_t>();
            if (key_size < 0) return errc::unexpected_null;
            auto key = text(key_size);
            if (!key) return key.error();
            auto const size = in.integer<std::int32_t>();
            if (in.failed()) return errc::insufficient_data;
            auto& pair = v.pairs.emplace_back(hstore_pair{*std::move(key), std::nullopt});
            if (size < 0) continue;
            auto held = text(size);
            if (!held) return held.error();
            pair.value = *std::move(held);
        }
        if (in.failed()) return errc::insufficient_data;
        if (in.remaining() != 0) return errc::invalid_binary;
        v.normalize();
        return v;
    }
};

}  // namespace pgwire
