// Users and what is kept of their passwords, in a file of PgBouncer's form (userlist.txt).
//
//     ; a comment
//     "alice" "SCRAM-SHA-256$4096:…"
//     "bob"   "md5…"
//     "carol" "a password as it is"
//
// Floor 2. Two strings to a line, a quotation mark in one of them is written twice.
// Source: PgBouncer's documentation, "Authentication file format".
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// Why a text is no list of users. It never shows a secret.
struct user_list_error {
    std::size_t line = 0;  ///< counted from 1
    std::string_view reason;
};

class user_list {
public:
    /// Reads a whole file. @return what is wrong with it; nothing if it was read. Then the list is what it was.
    [[nodiscard]] std::optional<user_list_error> read(std::string_view text) {
        std::map<std::string, std::string, std::less<>> users;
        for (std::size_t line = 1; !text.empty(); ++line) {
            auto const end = text.find('\n');
            auto rest = text.substr(0, end);
            text.remove_prefix(end == text.npos ? text.size() : end + 1);
            skip_space(rest);
            if (rest.empty() || rest.front() == ';' || rest.front() == '#') continue;
            auto name = take_string(rest);
            if (!name) return user_list_error{line, "a user's name in double quotes is expected"};
            if (name->empty()) return user_list_error{line, "a user's name must not be empty"};
            skip_space(rest);
            auto secret = take_string(rest);
            if (!secret)
                return user_list_error{line, "a password, or what is kept of one, in double quotes is expected"};
            skip_space(rest);
            if (!rest.empty()) return user_list_error{line, "nothing is expected after the second string"};
            if (!users.emplace(*std::move(name), *std::move(secret)).second)
                return user_list_error{line, "this user has been named before"};
        }
        users_ = std::move(users);
        return std::nullopt;
    }

    /// A line of such a file, without its end. Neither may have a line break in it.
    [[nodiscard]] static std::string format_line(std::string_view name, std::string_view secret) {
        return quoted(name) + ' ' + quoted(secret);
    }

    /// What is kept of a user's password; nothing if there is no such user. Lives until the list is read again.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view user) const {
        auto const found = users_.find(user);
        if (found == users_.end()) return std::nullopt;
        return found->second;
    }
    /// Calls `each(name, secret)` for all of them.
    template<class Each>
    void for_each(Each each) const {
        for (auto const& [name, secret] : users_) each(std::string_view(name), std::string_view(secret));
    }
    [[nodiscard]] std::size_t size() const noexcept { return users_.size(); }

private:
    static std::string quoted(std::string_view text) {
        std::string made = "\"";
        for (char const c : text) made.append(c == '"' ? 2 : 1, c);
        return made + '"';
    }
    static void skip_space(std::string_view& text) noexcept {
        auto const at = text.find_first_not_of(" \t\r");
        text.remove_prefix(at == text.npos ? text.size() : at);
    }
    static std::optional<std::string> take_string(std::string_view& text) {
        if (!text.starts_with('"')) return std::nullopt;
        std::string made;
        for (std::size_t at = 1; at < text.size(); ++at) {
            if (text[at] != '"') {
                made += text[at];
            } else if (at + 1 < text.size() && text[at + 1] == '"') {
                made += text[++at];
            } else {
                text.remove_prefix(at + 1);
                return made;
            }
        }
        return std::nullopt;
    }

    std::map<std::string, std::string, std::less<>> users_;
};

}  // namespace pgwire
