// Files of rules, a line each: fields of words, as pg_hba.conf and pg_ident.conf have them.
//
// Floor 4. Fields are separated by blanks, the words of one by commas; a word in double quotes means only itself. A `#`
// begins a comment, a backslash at a line's end goes on in the next. Source: PostgreSQL documentation, as in `hba.hpp`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

struct rule_word {
    std::string text;
    bool is_quoted = false;

    /// Is it this keyword?
    [[nodiscard]] bool is(std::string_view keyword) const noexcept { return !is_quoted && text == keyword; }
};

/// What is wrong with a file.
struct rule_error {
    std::size_t line = 0;  ///< counted from 1
    std::string reason;
};

struct rule_line {
    std::size_t number = 0;
    std::vector<std::vector<rule_word>> fields;
    std::string error;  ///< empty if it could be read
};

class rule_reader {
public:
    explicit rule_reader(std::string_view text) noexcept : left_(text) {}

    /// The next line that has something in it.
    [[nodiscard]] bool next(rule_line& line) {
        while (!left_.empty()) {
            line = {.number = number_ + 1, .fields = {}, .error = {}};
            auto const text = take_line();
            split(text, line);
            if (!line.fields.empty() || !line.error.empty()) return true;
        }
        return false;
    }

private:
    std::string take_line() {
        std::string text;
        for (bool more = true; more && !left_.empty();) {
            auto const end = left_.find('\n');
            auto part = left_.substr(0, end);
            left_.remove_prefix(end == left_.npos ? left_.size() : end + 1);
            ++number_;
            if (part.ends_with('\r')) part.remove_suffix(1);
            more = part.ends_with('\\');
            if (more) part.remove_suffix(1);
            text += part;
        }
        return text;
    }

    static void split(std::string_view text, rule_line& line) {
        bool goes_on = false;  // the field, after a comma
        for (;;) {
            auto const begin = text.find_first_not_of(" \t,");
            if (begin == text.npos || text[begin] == '#') return;
            text.remove_prefix(begin);
            rule_word word;
            std::size_t at = 0;
            bool quoted = false;
            for (; at != text.size(); ++at) {
                char const c = text[at];
                if (c == '"' && quoted && text.substr(at + 1).starts_with('"')) {
                    word.text += text[++at];
                } else if (c == '"') {
                    quoted = !quoted;
                    if (at == 0) word.is_quoted = true;
                } else if (!quoted && (c == ' ' || c == '\t' || c == ',' || c == '#')) {
                    break;
                } else {
                    word.text += c;
                }
            }
            if (quoted) {
                line.error = "a quotation mark is not closed";
                return;
            }
            text.remove_prefix(at);
            if (goes_on) line.fields.back().push_back(std::move(word));
            else line.fields.push_back({std::move(word)});
            goes_on = text.starts_with(',');
        }
    }

    std::string_view left_;
    std::size_t number_ = 0;
};

}  // namespace pgwire
