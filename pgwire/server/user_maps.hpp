// Maps from the names in certificates, and of the system's users, to users of the server: a file of pg_ident.conf's
// form.
//
//     # map    name elsewhere    user
//     people   "CN=alice,O=Us"   alice
//     people   bob               admin
//
// Floor 4. Source: PostgreSQL documentation, "User Name Maps". There are no regular expressions here.
#pragma once

#include "pgwire/server/rule_file.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

class user_maps {
public:
    /// Reads a whole file. @return what is wrong with it; nothing if it was read. Then the maps are what they were.
    [[nodiscard]] std::optional<rule_error> read(std::string_view text) {
        std::vector<entry> entries;
        rule_reader lines(text);
        for (rule_line line; lines.next(line);) {
            if (!line.error.empty()) return rule_error{line.number, line.error};
            if (line.fields.size() != 3) return rule_error{line.number, "a map, a name and a user are expected"};
            std::string words[3];
            for (std::size_t i = 0; i != 3; ++i) {
                auto const& field = line.fields[i];
                if (field.size() != 1) return rule_error{line.number, "one name is expected, and not a list"};
                auto const& word = field.front();
                bool const is_more =
                    word.text.starts_with('/') || word.is("all") || (!word.is_quoted && word.text.starts_with('+'));
                if (i != 0 && is_more)
                    return rule_error{line.number, '"' + word.text + "\": only names are known here"};
                words[i] = word.text;
            }
            entries.push_back({words[0], words[1], words[2]});
        }
        entries_ = std::move(entries);
        return std::nullopt;
    }

    [[nodiscard]] bool has(std::string_view map) const noexcept {
        return std::any_of(entries_.begin(), entries_.end(), [map](entry const& e) { return e.map == map; });
    }
    /// May who is called `name` elsewhere be this user?
    /// @param map empty: if the names are the same
    [[nodiscard]] bool allows(std::string_view map, std::string_view name, std::string_view user) const noexcept {
        if (name.empty()) return false;
        if (map.empty()) return name == user;
        return std::any_of(entries_.begin(), entries_.end(),
                           [&](entry const& e) { return e.map == map && e.name == name && e.user == user; });
    }

private:
    struct entry {
        std::string map, name, user;
    };

    std::vector<entry> entries_;
};

}  // namespace pgwire
