// JSON in the one spelling that PostgreSQL's type jsonb gives to it.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "JSON Types"; the spelling is that of the server's
// jsonb_out: the members of an object by the length of their keys, then by bytes, of equal keys the last one; `": "`
// and `", "`; numbers as numeric spells them; of the escapes in strings only those that JSON can't do without.
#pragma once

#include "pgwire/core/result.hpp"
#include "pgwire/types/codec.hpp"
#include "pgwire/types/json_parser.hpp"
#include "pgwire/types/numeric.hpp"
#include "pgwire/types/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::detail {

/// Adds up at most how long the normal spelling is. Only numbers and separators can get longer.
struct jsonb_measure {
    static constexpr bool strict = true;

    constexpr void open(std::size_t) noexcept { add(4); }                           // both brackets and ", "
    constexpr void key(std::string_view token) noexcept { add(token.size() + 2); }  // and ": "
    constexpr errc scalar(std::string_view token) noexcept {
        bool const number = token.front() == '-' || is_digit(token.front());
        auto const d = number ? decimal::parse(token) : result<decimal>(errc::invalid_text);
        if (number && !d) return d.error();
        add((number ? numeric_text_size(*d) : token.size()) + 2);  // and ", "
        return errc::none;
    }
    constexpr void close() noexcept {}

    std::size_t size = 0;

private:
    constexpr void add(std::size_t n) noexcept { size = add_sizes(size, n); }
};

/// Writes a character as UTF-8.
constexpr char* put_utf8(char* p, std::uint32_t c) noexcept {
    auto const put_byte = [&](std::uint32_t byte) { *p++ = static_cast<char>(static_cast<unsigned char>(byte)); };
    if (c < 0x80) {
        put_byte(c);
    } else if (c < 0x800) {
        put_byte(0xc0 | c >> 6);
        put_byte(0x80 | (c & 63));
    } else if (c < 0x1'0000) {
        put_byte(0xe0 | c >> 12);
        put_byte(0x80 | (c >> 6 & 63));
        put_byte(0x80 | (c & 63));
    } else {
        put_byte(0xf0 | c >> 18);
        put_byte(0x80 | (c >> 12 & 63));
        put_byte(0x80 | (c >> 6 & 63));
        put_byte(0x80 | (c & 63));
    }
    return p;
}

/// Writes what a JSON string (which the parser has checked, with its quotes) stands for, and returns the end. Not more
/// than the token has.
constexpr char* put_unescaped(char* p, std::string_view token) noexcept {
    token = token.substr(1, token.size() - 2);
    while (!token.empty()) {
        auto const plain = std::min(token.find('\\'), token.size());
        p = put(p, token.substr(0, plain));
        token.remove_prefix(plain);
        if (token.empty()) break;
        char const c = token[1];
        token.remove_prefix(2);
        if (c != 'u') {
            constexpr std::string_view letters = "bfnrt";
            auto const known = letters.find(c);
            *p++ = known == letters.npos ? c : "\b\f\n\r\t"[known];
            continue;
        }
        auto code = static_cast<std::uint32_t>(json_code_unit(token));
        token.remove_prefix(4);
        if (is_high_surrogate(static_cast<std::int32_t>(code))) {
            code = 0x1'0000 + (code - 0xd800) * 0x400 +
                   (static_cast<std::uint32_t>(json_code_unit(token.substr(2))) - 0xdc00);
            token.remove_prefix(6);
        }
        p = put_utf8(p, code);
    }
    return p;
}

/// Writes a text as a JSON string. Not more than six times as much, and the quotes.
constexpr char* put_json_string(char* p, std::string_view text) noexcept {
    *p++ = '"';
    for (char const c : text) {
        constexpr std::string_view special = "\"\\\b\f\n\r\t";
        if (auto const known = special.find(c); known != special.npos) {
            *p++ = '\\';
            *p++ = "\"\\bfnrt"[known];
        } else if (static_cast<unsigned char>(c) < ' ') {
            p = put(p, "\\u00");
            *p++ = hex_digits[static_cast<unsigned char>(c) >> 4];
            *p++ = hex_digits[static_cast<unsigned char>(c) & 15];
        } else {
            *p++ = c;
        }
    }
    *p++ = '"';
    return p;
}

[[nodiscard]] inline std::string unescape(std::string_view token) {
    std::string text(token.size(), '\0');
    text.resize(static_cast<std::size_t>(put_unescaped(text.data(), token) - text.data()));
    return text;
}

/// Writes a JSON string in the normal spelling, which is never longer than the token.
inline char* put_normal_string(char* p, std::string_view token) {
    if (token.find('\\') == token.npos) return put(p, token);
    return put_json_string(p, unescape(token));
}

/// Whether one key comes before another: the shorter one, of the same length by bytes. Both are JSON strings.
[[nodiscard]] inline bool jsonb_key_less(std::string_view a, std::string_view b) {
    if (a.find('\\') == a.npos && b.find('\\') == b.npos) return a.size() != b.size() ? a.size() < b.size() : a < b;
    auto const x = unescape(a);
    auto const y = unescape(b);
    return x.size() != y.size() ? x.size() < y.size() : x < y;
}

/// A text's values as a tree in one vector, where sorting an object is linking its members anew.
class jsonb_tree : public jsonb_measure {
public:
    /// The text must outlive the tree, and be no longer than a message may be.
    explicit jsonb_tree(std::string_view text) : text_(text) {}

    void open(std::size_t at) {
        jsonb_measure::open(at);
        add(text_.substr(at, 1));
        open_.push_back({static_cast<index>(nodes_.size() - 1), none});
    }
    void key(std::string_view token) {
        jsonb_measure::key(token);
        add(token);
        key_ = static_cast<index>(nodes_.size() - 1);
    }
    errc scalar(std::string_view token) {
        auto const e = jsonb_measure::scalar(token);
        if (e == errc::none) add(token);
        return e;
    }
    void close() {
        index const container = open_.back().node;
        if (is_object(container)) sort(container);
        open_.pop_back();
    }

    /// Writes the normal spelling of all that was read, at most `size` bytes, and returns the end.
    char* write(char* p) const {
        std::vector<level> levels;  // with the item that is next
        p = begin(p, 0, levels);
        while (!levels.empty()) {
            auto const [container, item] = levels.back();
            bool const object = is_object(container);
            if (item == none) {
                *p++ = object ? '}' : ']';
                levels.pop_back();
                continue;
            }
            if (item != nodes_[container].child) p = put(p, ", ");
            levels.back().item = nodes_[item].next;
            if (object) p = put(put_normal_string(p, token(item)), ": ");
            p = begin(p, object ? nodes_[item].child : item, levels);
        }
        return p;
    }

private:
    using index = std::uint32_t;
    static constexpr index none = 0xffff'ffff;

    /// A value, or the key of a member.
    struct node {
        std::uint32_t at = 0;  // where its token is in the text; of arrays and objects the bracket
        std::uint32_t size = 0;
        index child = none;  // of an array or object the first element or key, of a key its value
        index next = none;   // the next element or key
    };
    struct level {
        index node;
        index item;
    };

    [[nodiscard]] std::string_view token(index i) const noexcept { return text_.substr(nodes_[i].at, nodes_[i].size); }
    [[nodiscard]] bool is_object(index i) const noexcept { return text_[nodes_[i].at] == '{'; }

    /// Appends a node and links it to what it belongs to.
    void add(std::string_view token) {
        auto const i = static_cast<index>(nodes_.size());
        nodes_.push_back({static_cast<std::uint32_t>(token.data() - text_.data()),
                          static_cast<std::uint32_t>(token.size()), none, none});
        if (key_ != none) {
            nodes_[key_].child = i;
            key_ = none;
        } else if (!open_.empty()) {
            auto& [container, last] = open_.back();
            (last == none ? nodes_[container].child : nodes_[last].next) = i;
            last = i;
        }
    }

    void sort(index container) {
        keys_.clear();
        for (index i = nodes_[container].child; i != none; i = nodes_[i].next) keys_.push_back(i);
        auto const less = [this](index a, index b) { return jsonb_key_less(token(a), token(b)); };
        bool sorted = true;
        for (std::size_t i = 1; i < keys_.size() && sorted; ++i) sorted = less(keys_[i - 1], keys_[i]);
        if (sorted) return;
        std::stable_sort(keys_.begin(), keys_.end(), less);
        index* link = &nodes_[container].child;
        for (std::size_t i = 0; i != keys_.size(); ++i) {
            if (i + 1 != keys_.size() && !less(keys_[i], keys_[i + 1])) continue;  // a later one has the same key
            *link = keys_[i];
            link = &nodes_[keys_[i]].next;
        }
        *link = none;
    }

    char* begin(char* p, index i, std::vector<level>& levels) const {
        char const first = text_[nodes_[i].at];
        if (first == '"') return put_normal_string(p, token(i));
        if (first == '-' || is_digit(first)) return put_numeric_text(p, *decimal::parse(token(i)));
        if (first == '[' || first == '{') levels.push_back({i, nodes_[i].child});
        return put(p, token(i));
    }

    std::string_view text_;
    std::vector<node> nodes_;
    std::vector<level> open_;  // with the item that came last
    std::vector<index> keys_;
    index key_ = none;  // the key whose value is next
};

/// At most how long the normal spelling of a text is.
/// @return or why it is none: `invalid_encoding`, `invalid_text`, `untranslatable`, `out_of_range`, `too_deep`,
///     `message_too_large`
[[nodiscard]] constexpr result<std::size_t> jsonb_text_size(std::string_view text) noexcept {
    if (text.size() > max_int32_length) return errc::message_too_large;
    if (!valid_utf8(text)) return errc::invalid_encoding;
    jsonb_measure measure;
    if (auto const e = json_parser(text, measure).parse(); e != errc::none) return e;
    return measure.size;
}

/// Writes the normal spelling of a text that has one, and returns the end.
inline char* put_jsonb_text(char* p, std::string_view text) {
    jsonb_tree tree(text);
    static_cast<void>(json_parser(text, tree).parse());
    return tree.write(p);
}

/// How much larger than what came in a normal spelling may be: numbers like 1e131071 are short, but are written out.
inline constexpr std::size_t max_jsonb_growth = 8;
inline constexpr std::size_t max_jsonb_extra = std::size_t{1} << 20;

/// The normal spelling of a text that came from outside.
/// @return or as `jsonb_text_size`; also `message_too_large` if its numbers would fill the memory
[[nodiscard]] inline result<std::string> normal_jsonb_text(std::string_view text) {
    if (text.size() > max_int32_length) return errc::message_too_large;
    if (!valid_utf8(text)) return errc::invalid_encoding;
    jsonb_tree tree(text);
    if (auto const e = json_parser(text, tree).parse(); e != errc::none) return e;
    if (tree.size > text.size() * max_jsonb_growth + max_jsonb_extra) return errc::message_too_large;
    std::string normal(tree.size, '\0');
    normal.resize(static_cast<std::size_t>(tree.write(normal.data()) - normal.data()));
    return normal;
}

}  // namespace pgwire::detail
