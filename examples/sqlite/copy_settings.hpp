// What the options of a COPY mean, and which of them there are here: those of the text format.
#pragma once

#include "copy_command.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/types/copy_text.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace example {

/// How the data of a COPY are written.
struct copy_settings {
    char delimiter = '\t';
    std::string null = "\\N";

    /// Lives no longer than this.
    [[nodiscard]] pgwire::copy_text_options options() const noexcept { return {delimiter, null}; }
};

namespace detail {

class copy_options_reader {
public:
    explicit copy_options_reader(copy_command const& c) : command_(c) {}

    [[nodiscard]] copy_settings read() && {
        for (auto const& o : command_.options) read(o);
        if (auto bad = check(settings_.options())) throw pgwire::sql_error(*std::move(bad));
        return std::move(settings_);
    }

private:
    static constexpr auto syntax = pgwire::sqlstates::syntax_error;
    static constexpr auto invalid = pgwire::sqlstates::invalid_parameter_value;
    static constexpr auto unsupported = pgwire::sqlstates::feature_not_supported;

    void read(copy_option const& o) {
        auto const same = [&](copy_option const& other) { return other.name == o.name; };
        if (std::find_if(command_.options.begin(), command_.options.end(), same)->position != o.position)
            fail(o, syntax, "conflicting or redundant options");
        if (o.name == "format") return check_format(o);
        if (o.name == "null") return static_cast<void>(settings_.null = text_of(o));
        if (o.name == "delimiter") return set_delimiter(text_of(o));
        if (o.name == "encoding") return check_encoding(o);
        if (o.name == "header" || o.name == "freeze") return must_be_off(o);
        if (is_any(o.name, {"quote", "escape", "force_quote", "force_not_null", "force_null"}))
            throw pgwire::sql_error(unsupported, "COPY " + upper(o.name) + " requires CSV mode");
        if (is_any(o.name, {"where", "default", "on_error", "reject_limit", "log_verbosity"}))
            fail(o, unsupported, "COPY " + upper(o.name) + " is not supported");
        fail(o, syntax, "option \"" + o.name + "\" not recognized");
    }

    void check_format(copy_option const& o) const {
        auto const& name = text_of(o);
        if (name == "csv" || name == "binary")
            fail(o, unsupported, "COPY in " + name + " format is not supported; the text format is");
        if (name != "text") fail(o, invalid, "COPY format \"" + name + "\" not recognized");
    }
    void set_delimiter(std::string const& text) {
        if (text.size() != 1)
            throw pgwire::sql_error(unsupported, "COPY delimiter must be a single one-byte character");
        settings_.delimiter = text[0];
    }
    void check_encoding(copy_option const& o) const {
        std::string name;  // PostgreSQL looks at letters and digits only
        for (char const c : text_of(o))
            if (c != '-' && c != '_' && c != ' ') name += pgwire::detail::to_lower(c);
        if (is_any(name, {"utf8", "unicode"})) return;
        if (is_any(name, {"sqlascii", "latin1", "iso88591", "win1252"}))
            fail(o, unsupported, "COPY in an encoding other than UTF8 is not supported");
        fail(o, invalid, "argument to option \"encoding\" must be a valid encoding name");
    }
    void must_be_off(copy_option const& o) const {
        auto const on = !o.value || is_any(*o.value, {"true", "on", "1"});
        if (on || *o.value == "match") fail(o, unsupported, "COPY " + upper(o.name) + " is not supported");
        if (!is_any(*o.value, {"false", "off", "0"}))
            throw pgwire::sql_error(syntax, o.name + " requires a Boolean value" +
                                                (o.name == "header" ? " or \"match\"" : ""));
    }

    [[nodiscard]] static std::string const& text_of(copy_option const& o) {
        if (!o.value) throw pgwire::sql_error(syntax, o.name + " requires a parameter");
        return *o.value;
    }
    [[nodiscard]] static bool is_any(std::string_view word, std::initializer_list<std::string_view> words) {
        return std::find(words.begin(), words.end(), word) != words.end();
    }
    [[nodiscard]] static std::string upper(std::string word) {
        for (char& c : word)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        return word;
    }
    [[noreturn]] static void fail(copy_option const& o, pgwire::sqlstate code, std::string text) {
        throw pgwire::sql_error(code, std::move(text)).position(o.position);
    }

    copy_command const& command_;
    copy_settings settings_{};
};

}  // namespace detail

/// @throws pgwire::sql_error 42601 for an option that there is not, 22023 or 0A000 for what it says, 42501 for files
[[nodiscard]] inline copy_settings settings_of(copy_command const& c) {
    if (c.with != copy_command::place::client) {
        bool const is_file = c.with == copy_command::place::file;
        throw pgwire::sql_error(pgwire::sqlstates::insufficient_privilege,
                                std::string("permission denied to COPY ") + (c.from ? "from " : "to ") +
                                    (is_file ? "a file" : "an external program"))
            .hint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone.");
    }
    return detail::copy_options_reader(c).read();
}

}  // namespace example
