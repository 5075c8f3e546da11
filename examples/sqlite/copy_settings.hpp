// What the options of a COPY mean, and which of them there are here.
#pragma once

#include "copy_command.hpp"

#include "pgwire/core/error.hpp"
#include "pgwire/types/columns.hpp"
#include "pgwire/types/copy_csv.hpp"
#include "pgwire/types/copy_text.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

enum class copy_style : unsigned char { text, csv, binary };

/// Columns that an option names.
class copy_names {
public:
    copy_names() = default;
    explicit copy_names(copy_option const& o) : all_(o.value == "*"), names_(o.names) {}

    [[nodiscard]] bool given() const noexcept { return all_ || !names_.empty(); }
    /// Lives no longer than this, and is empty before `resolve`.
    [[nodiscard]] pgwire::copy_columns columns() const noexcept { return {all_, {flags_.get(), count_}}; }

    /// Finds the names among the columns of the data. @param option its name, for errors
    /// @throws pgwire::sql_error 42703, 42701, 42P10
    template<class Columns>
    void resolve(std::span<pgwire::column const> data, std::string_view option, std::string_view relation,
                 Columns const& of_relation) {
        if (names_.empty()) return;
        count_ = data.size();
        flags_ = std::make_unique<bool[]>(count_);
        for (auto const& name : names_) {
            auto const is_named = [&](auto const& column) { return column.name == name; };
            auto const at = static_cast<std::size_t>(std::find_if(data.begin(), data.end(), is_named) - data.begin());
            if (at == count_) {
                if (std::find_if(of_relation.begin(), of_relation.end(), is_named) != of_relation.end())
                    throw pgwire::sql_error(pgwire::sqlstates::invalid_column_reference,
                                            std::string(option) + " column \"" + name + "\" not referenced by COPY");
                throw pgwire::sql_error(
                    pgwire::sqlstates::undefined_column,
                    "column \"" + name + '"' +
                        (relation.empty() ? "" : " of relation \"" + std::string(relation) + '"') + " does not exist");
            }
            if (std::exchange(flags_[at], true))
                throw pgwire::sql_error(pgwire::sqlstates::duplicate_column,
                                        "column \"" + name + "\" specified more than once");
        }
    }

private:
    bool all_ = false;
    std::vector<std::string> names_;
    std::unique_ptr<bool[]> flags_;
    std::size_t count_ = 0;
};

/// How the data of a COPY are written.
struct copy_settings {
    copy_style format = copy_style::text;
    char delimiter = '\t';
    std::string null = "\\N";
    pgwire::copy_header header = pgwire::copy_header::none;
    char quote = '"';
    std::optional<char> escape;
    copy_names force_quote;
    copy_names force_not_null;
    copy_names force_null;

    /// What a client is told.
    [[nodiscard]] pgwire::copy_format overall() const noexcept {
        return format == copy_style::binary ? pgwire::copy_format::binary : pgwire::copy_format::text;
    }
    /// Each lives no longer than this.
    [[nodiscard]] pgwire::copy_text_options text() const noexcept { return {delimiter, null, header}; }
    [[nodiscard]] pgwire::copy_csv_options csv() const noexcept {
        return {delimiter,
                null,
                header,
                std::nullopt,
                quote,
                escape,
                force_quote.columns(),
                force_not_null.columns(),
                force_null.columns()};
    }

    /// Finds the columns that the options name. @param data those of the COPY, of a table's, or of a query
    /// @throws pgwire::sql_error 42703, 42701, 42P10
    template<class Columns>
    void resolve(std::span<pgwire::column const> data, std::string_view relation, Columns const& of_relation) {
        force_quote.resolve(data, "FORCE_QUOTE", relation, of_relation);
        force_not_null.resolve(data, "FORCE_NOT_NULL", relation, of_relation);
        force_null.resolve(data, "FORCE_NULL", relation, of_relation);
    }
};

namespace detail {

class copy_options_reader {
public:
    explicit copy_options_reader(copy_command const& c) : command_(c) {}

    [[nodiscard]] copy_settings read() && {
        for (auto const& o : command_.options) read(o);
        if (settings_.format == copy_style::csv) use_csv_defaults();
        check_mode();
        auto bad = settings_.format == copy_style::csv ? check(settings_.csv()) : check(settings_.text());
        if (bad) throw pgwire::sql_error(*std::move(bad));
        check_direction();
        return std::move(settings_);
    }

private:
    static constexpr auto syntax = pgwire::sqlstates::syntax_error;
    static constexpr auto invalid = pgwire::sqlstates::invalid_parameter_value;
    static constexpr auto unsupported = pgwire::sqlstates::feature_not_supported;

    void read(copy_option const& o) {
        if (find(o.name)->position != o.position) fail(o, syntax, "conflicting or redundant options");
        if (o.name == "format") return set_format(o);
        if (o.name == "null") return static_cast<void>(settings_.null = text_of(o));
        if (o.name == "delimiter") return static_cast<void>(settings_.delimiter = byte_of(o));
        if (o.name == "quote") return static_cast<void>(settings_.quote = byte_of(o));
        if (o.name == "escape") return static_cast<void>(settings_.escape = byte_of(o));
        if (o.name == "force_quote") return static_cast<void>(settings_.force_quote = names_of(o));
        if (o.name == "force_not_null") return static_cast<void>(settings_.force_not_null = names_of(o));
        if (o.name == "force_null") return static_cast<void>(settings_.force_null = names_of(o));
        if (o.name == "encoding") return check_encoding(o);
        if (o.name == "header") return set_header(o);
        if (o.name == "freeze") return must_be_off(o);
        if (is_any(o.name, {"where", "default", "on_error", "reject_limit", "log_verbosity"}))
            fail(o, unsupported, "COPY " + upper(o.name) + " is not supported");
        fail(o, syntax, "option \"" + o.name + "\" not recognized");
    }

    void set_format(copy_option const& o) {
        auto const& name = text_of(o);
        if (name == "csv") settings_.format = copy_style::csv;
        else if (name == "binary") settings_.format = copy_style::binary;
        else if (name != "text") fail(o, invalid, "COPY format \"" + name + "\" not recognized");
    }
    void use_csv_defaults() {
        if (find("delimiter") == nullptr) settings_.delimiter = ',';
        if (find("null") == nullptr) settings_.null.clear();
    }
    void set_header(copy_option const& o) {
        auto const is = [&](std::string_view word) {
            return std::equal(word.begin(), word.end(), o.value->begin(), o.value->end(),
                              [](char a, char b) { return a == pgwire::detail::to_lower(b); });
        };
        if (!o.value || is("true") || is("on") || is("1")) {
            settings_.header = pgwire::copy_header::line;
        } else if (is("match")) {
            if (!command_.from)
                throw pgwire::sql_error(unsupported, "cannot use \"" + *o.value + "\" with HEADER in COPY TO");
            settings_.header = pgwire::copy_header::match;
        } else if (!is("false") && !is("off") && !is("0")) {
            throw pgwire::sql_error(syntax, "header requires a Boolean value or \"match\"");
        }
    }

    /// Which options a format has.
    void check_mode() const {
        auto const mode = settings_.format;
        if (mode == copy_style::binary) {
            for (auto const* const name : {"delimiter", "null"})
                if (find(name) != nullptr)
                    throw pgwire::sql_error(syntax, "cannot specify " + upper(name) + " in BINARY mode");
            if (settings_.header != pgwire::copy_header::none)
                throw pgwire::sql_error(unsupported, "cannot specify HEADER in BINARY mode");
        }
        if (mode == copy_style::csv) return;
        for (auto const* const name : {"quote", "escape", "force_quote", "force_not_null", "force_null"})
            if (find(name) != nullptr)
                throw pgwire::sql_error(unsupported, "COPY " + upper(name) + " requires CSV mode");
    }
    void check_direction() const {
        auto const refuse = [&](copy_names const& names, pgwire::sqlstate code, std::string const& name) {
            if (names.given())
                throw pgwire::sql_error(code, "COPY " + name + " cannot be used with COPY " +
                                                  (command_.from ? "FROM" : "TO"));
        };
        if (command_.from) return refuse(settings_.force_quote, unsupported, "FORCE_QUOTE");
        refuse(settings_.force_not_null, invalid, "FORCE_NOT_NULL");
        refuse(settings_.force_null, invalid, "FORCE_NULL");
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
        if (!o.value || is_any(*o.value, {"true", "on", "1"}))
            fail(o, unsupported, "COPY " + upper(o.name) + " is not supported");
        if (!is_any(*o.value, {"false", "off", "0"}))
            throw pgwire::sql_error(syntax, o.name + " requires a Boolean value");
    }

    /// The first option of this name, or none.
    [[nodiscard]] copy_option const* find(std::string_view name) const {
        for (auto const& o : command_.options)
            if (o.name == name) return &o;
        return nullptr;
    }
    [[nodiscard]] static char byte_of(copy_option const& o) {
        auto const& text = text_of(o);
        if (text.size() != 1)
            throw pgwire::sql_error(unsupported, "COPY " + o.name + " must be a single one-byte character");
        return text[0];
    }
    [[nodiscard]] static copy_names names_of(copy_option const& o) {
        if (o.names.empty() && o.value != "*")
            fail(o, invalid, "argument to option \"" + o.name + "\" must be a list of column names");
        return copy_names(o);
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
