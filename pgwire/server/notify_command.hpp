// LISTEN, UNLISTEN and NOTIFY as statements. Whatever begins otherwise belongs to the engine.
//
// Floor 4, pure. Source: PostgreSQL documentation, "SQL Commands": LISTEN, NOTIFY, UNLISTEN; errors as its servers give
// them, but for channels that are reserved words, which are taken.
#pragma once

#include "pgwire/core/error.hpp"
#include "pgwire/protocol/sql_literal.hpp"
#include "pgwire/protocol/sql_scanner.hpp"
#include "pgwire/server/notification_hub.hpp"
#include "pgwire/server/sql_command.hpp"
#include "pgwire/types/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

struct notify_command {
    enum class kind : std::uint8_t {
        none,  ///< it is the engine's
        listen,
        unlisten,
        unlisten_all,
        notify,
    };

    kind what = kind::none;
    std::string channel;   ///< at most 63 bytes
    std::string payload;   ///< of NOTIFY
    std::string_view tag;  ///< what it is answered with
    std::string whole;     ///< the channel as it was written, if it was longer: worth a notice
};

namespace detail {

class notify_parser {
    using kind = notify_command::kind;

public:
    explicit notify_parser(std::string_view text) noexcept : text_(text), in_(text) {}

    notify_command parse() {
        if (in_.accept("LISTEN")) {
            is(kind::listen, "LISTEN");
            read_channel();
        } else if (in_.accept("UNLISTEN")) {
            is(kind::unlisten, "UNLISTEN");
            if (in_.accept("*")) c_.what = kind::unlisten_all;
            else read_channel();
        } else if (in_.accept("NOTIFY")) {
            is(kind::notify, "NOTIFY");
            read_channel();
            if (in_.accept(",")) read_payload();
        } else {
            return {};
        }
        if (auto const t = in_.next(); t.kind != token_kind::end) fail(t);
        return std::move(c_);
    }

private:
    void is(kind what, std::string_view tag) {
        c_.what = what;
        c_.tag = tag;
    }

    void read_channel() {
        auto const t = in_.next();
        auto name = decode_identifier(t);
        if (!name) fail(t);
        c_.channel = *std::move(name);
        if (c_.channel.size() <= notification_hub::longest_channel) return;
        auto end = notification_hub::longest_channel;  // of what is cut, no half of a character stays
        while (end != 0 && (static_cast<unsigned char>(c_.channel[end]) & 0xC0U) == 0x80) --end;
        c_.whole = std::exchange(c_.channel, c_.channel.substr(0, end));
    }
    void read_payload() {
        auto const t = in_.next();
        if (t.kind == token_kind::string && (t.text[0] == 'n' || t.text[0] == 'N'))  // a type's name and a string
            fail({token_kind::word, t.text.substr(0, 1), t.offset});
        auto payload = decode_string(t);
        if (!payload) fail(t);
        c_.payload = *std::move(payload);
    }

    [[noreturn]] void fail(token const& t) const {
        auto e = syntax_error_at(text_, t);
        if (auto const why = what_is_wrong_inside(t); !why.empty())
            e.fields().message = std::string(why) + " at or near \"" + std::string(t.text) + '"';
        throw e;
    }
    [[nodiscard]] std::string_view what_is_wrong_inside(token const& t) const {
        if (t.text == "\"\"") return "zero-length delimited identifier";
        bool const quoted = t.kind == token_kind::string || t.kind == token_kind::quoted_identifier;
        if (!quoted || !unterminated(t)) return {};
        if (t.kind == token_kind::quoted_identifier) return "unterminated quoted identifier";
        return t.text[0] == '$' ? "unterminated dollar-quoted string" : "unterminated quoted string";
    }
    /// What is not terminated runs to the end, and would be longer with the quote that it lacks.
    [[nodiscard]] bool unterminated(token const& t) const {
        if (t.offset + t.text.size() != text_.size()) return false;
        if (t.text[0] == '$') {
            auto const delimiter = dollar_quote(t.text);
            return t.text.size() < 2 * delimiter.size() || !t.text.ends_with(delimiter);
        }
        std::string const longer = std::string(text_) + (t.kind == token_kind::string ? " '" : " \"");
        token_scanner in(std::string_view(longer).substr(t.offset));
        return in.next().text.size() > t.text.size();
    }

    std::string_view text_;
    token_scanner in_;
    notify_command c_;
};

}  // namespace detail

/// Reads a statement, without its semicolon.
/// @return of kind `none` if it is not one of these
/// @throws sql_error 42601 with the position, if it begins like one and goes on otherwise
[[nodiscard]] inline notify_command parse_notify_command(std::string_view text) {
    return detail::notify_parser(text).parse();
}

}  // namespace pgwire
