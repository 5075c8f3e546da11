// tsquery: which lexemes a document should have.
//
// Floor 2, standard library only. Source: PostgreSQL documentation, "tsquery"; the binary form is that of the server's
// tsquerysend: Int32 count of items, of each Byte 1, Byte weights, Byte prefix and a String, or Byte 2, Byte operator
// and for a phrase an Int16 distance. An operator stands before its operands, the right one before the left one.
#pragma once

#include "pgwire/types/codec.hpp"
#include "pgwire/types/digits.hpp"
#include "pgwire/types/text_search.hpp"
#include "pgwire/types/tsquery_parser.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire {

namespace detail {

/// Whether each operator has its operands, and none is left over. Nothing at all is right too: it finds no document.
[[nodiscard]] inline bool is_tree(std::vector<tsquery_item> const& items) noexcept {
    std::size_t wanted = items.empty() ? 0 : 1;
    for (auto const& item : items) {
        if (wanted == 0) return false;
        wanted = wanted - 1 + operands(item.what);
    }
    return wanted == 0;
}

/// Writes a query with parentheses only where they are needed.
class tsquery_writer {
public:
    explicit tsquery_writer(std::vector<tsquery_item> const& items) : items_(items), after_(items.size()) {
        for (std::size_t i = items.size(); i-- != 0;) {
            std::size_t end = i + 1;
            for (std::size_t n = operands(items[i].what); n != 0; --n) end = after_[end];
            after_[i] = end;
        }
    }

    char* write(char* p) {
        if (!items_.empty()) todo_.push_back({step::what::item, 0, 0, false});
        while (!todo_.empty()) {
            auto const next = todo_.back();
            todo_.pop_back();
            switch (next.does) {
            case step::what::item: p = put_item(p, next); break;
            case step::what::infix: p = put_operator(p, items_[next.item]); break;
            case step::what::close: p = put(p, " )"); break;
            }
        }
        return p;
    }

private:
    /// What is still to be written; of an item also what it is an operand of.
    struct step {
        enum class what : std::uint8_t { item, infix, close } does;
        std::size_t item;
        int priority;  // of the operator around it
        bool right_of_phrase;
    };

    char* put_item(char* p, step const& s) {
        auto const& item = items_[s.item];
        if (item.what == tsquery_kind::lexeme) return put_lexeme(p, item);
        int const own = priority(item.what);
        bool const phrase = item.what == tsquery_kind::phrase;
        if (own < s.priority || (phrase && own == s.priority && s.right_of_phrase)) {
            p = put(p, "( ");
            todo_.push_back({step::what::close, s.item, 0, false});
        }
        std::size_t const right = s.item + 1;
        todo_.push_back({step::what::item, right, own, phrase});
        if (item.what == tsquery_kind::not_) return put(p, "!");
        todo_.push_back({step::what::infix, s.item, 0, false});
        todo_.push_back({step::what::item, after_[right], own, false});
        return p;
    }
    static char* put_lexeme(char* p, tsquery_item const& item) noexcept {
        p = put_quoted_lexeme(p, item.lexeme);
        if (item.prefix || item.weights != 0) *p++ = ':';
        if (item.prefix) *p++ = '*';
        for (unsigned i = 0; i != 4; ++i)
            if ((item.weights & 8U >> i) != 0) *p++ = "ABCD"[i];
        return p;
    }
    static char* put_operator(char* p, tsquery_item const& item) noexcept {
        if (item.what == tsquery_kind::and_) return put(p, " & ");
        if (item.what == tsquery_kind::or_) return put(p, " | ");
        if (item.distance == 1) return put(p, " <-> ");
        return put(put_signed(put(p, " <"), item.distance), "> ");
    }

    std::vector<tsquery_item> const& items_;
    std::vector<std::size_t> after_;  // of each item the one behind it and its operands
    std::vector<step> todo_;
};

}  // namespace detail

template<>
struct codec<tsquery> {
    static constexpr type_info type = types::tsquery;

    static std::size_t text_size(tsquery const& v) noexcept {
        if (!valid(v)) return unencodable;
        constexpr std::size_t suffix = 6, infix = 10, parentheses = 4;  // :*ABCD and " <-32768> "
        std::size_t size = 0;
        for (auto const& item : v.items) {
            bool const lexeme = item.what == tsquery_kind::lexeme;
            size = detail::add_sizes(size,
                                     lexeme ? detail::quoted_lexeme_size(item.lexeme) + suffix : infix + parentheses);
        }
        return size;
    }
    static char* to_text(char* p, tsquery const& v) { return detail::tsquery_writer(v.items).write(p); }
    /// @return or `syntax_error`, `out_of_range` for a distance over 16384, `message_too_large` for more than 2046 bytes
    ///     of a lexeme or 1 MiB of all, `too_deep`, `malformed_value` for more operators in a row than PostgreSQL takes
    static result<tsquery> from_text(std::string_view text) {
        if (!valid_utf8(text)) return errc::invalid_encoding;
        return detail::tsquery_parser(text).parse();
    }

    static std::size_t binary_size(tsquery const& v) noexcept {
        if (!valid(v)) return unencodable;
        std::size_t size = 4;
        for (auto const& item : v.items) size = detail::add_sizes(size, item.lexeme.size() + 4);
        return size;
    }
    static char* to_binary(char* p, tsquery const& v) noexcept {
        p = store(p, static_cast<std::int32_t>(v.items.size()));
        for (auto const& item : v.items) {
            if (item.what == tsquery_kind::lexeme) {
                *p++ = 1;
                p = store(p, item.weights);
                *p++ = item.prefix ? '\1' : '\0';
                p = detail::put(p, item.lexeme);
                *p++ = '\0';
                continue;
            }
            *p++ = 2;
            p = store(p, static_cast<std::uint8_t>(item.what));
            if (item.what == tsquery_kind::phrase) p = store(p, item.distance);
        }
        return p;
    }
    /// PostgreSQL takes an empty query as text only.
    /// @return or `insufficient_data`, `invalid_string`, `invalid_encoding`, `malformed_value`, `invalid_binary`
    static result<tsquery> from_binary(std::string_view bytes) {
        constexpr std::uint32_t most = 89'478'484;  // items that a server would try to make room for
        reader in(bytes);
        auto const count = in.integer<std::uint32_t>();
        if (count > most) return errc::malformed_value;
        tsquery v;
        std::size_t size = 0;
        for (std::uint32_t i = 0; i != count; ++i) {
            auto const item = read_item(in, i + 1 == count);
            if (!item) return item.error();
            bool const lexeme = item->what == tsquery_kind::lexeme;
            if (lexeme && size > detail::max_lexemes_size) return errc::malformed_value;
            size += lexeme ? item->lexeme.size() + 1 : 0;
            v.items.push_back(*item);
        }
        if (in.failed()) return in.finish().error();
        if (v.items.empty() || !detail::is_tree(v.items)) return errc::malformed_value;
        if (in.remaining() != 0) return errc::invalid_binary;
        return v;
    }

    /// Of an operator without its operands, and of a lexeme too long or with a zero byte.
    static errc refusal(tsquery const&) noexcept { return errc::malformed_value; }

private:
    static bool valid(tsquery const& v) noexcept {
        return detail::is_tree(v.items) && std::all_of(v.items.begin(), v.items.end(), [](tsquery_item const& item) {
                   return detail::valid_lexeme(item.lexeme) && item.weights <= tsquery_item::all_weights;
               });
    }
    static result<tsquery_item> read_item(reader& in, bool last) {
        tsquery_item item;
        auto const tag = in.integer<std::uint8_t>();
        if (!in.failed() && tag != 1 && tag != 2) return errc::malformed_value;
        if (tag == 1) {
            item.weights = in.integer<std::uint8_t>();
            item.prefix = in.integer<std::uint8_t>() != 0;
            item.lexeme = detail::take_lexeme(in);
        } else {
            auto const code = in.integer<std::uint8_t>();
            if (!in.failed() && (code < 1 || code > 4 || last)) return errc::malformed_value;
            item.what = static_cast<tsquery_kind>(code);
            if (item.what == tsquery_kind::phrase) item.distance = in.integer<std::int16_t>();
        }
        if (in.failed()) return in.finish().error();
        if (item.weights > tsquery_item::all_weights || item.lexeme.size() > detail::max_lexeme + 1)
            return errc::malformed_value;
        return item;
    }
};

}  // namespace pgwire
