// Passwords by SCRAM-SHA-256: where they come from, and who is let in.
//
// The server keeps no password, but what it needs to check one, in a file of PgBouncer's form:
//
//     examples/run.sh scram --users users.txt --add alice        # asks for alice's password
//     examples/run.sh scram --users users.txt
//     psql -h 127.0.0.1 -p 5433 -U alice -c hello
#include "options.hpp"
#include "users.hpp"

#include <pgwire/server.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

struct line {
    std::string user;
    std::string_view text;
};

/// Made for each connection; what the connections share is const.
struct guarded_echo {
    std::shared_ptr<example::user_store const> users;
    std::string user;

    /// A conversation. Whoever does not know the password never gets to `execute`.
    auto authenticate(pgwire::login_info const& who) { return users->scram(who.user); }

    void on_start(pgwire::session_context& session) { user = session.login().user; }
    auto execute(pgwire::request const& r) { return pgwire::rows{line{user, r.text}}; }
};

/// Adds a user to a file, which is made if it is not there. The password is a line of standard input.
void add_user(std::string const& path, std::string const& name) {
    std::string before;
    if (std::filesystem::exists(path)) before = example::read_text(path);
    if (!before.empty() && example::read_users(path).find(name))
        throw std::runtime_error("has a user \"" + name + "\" already");
    std::cerr << "password for " << name << ": ";
    std::string password;
    if (!std::getline(std::cin, password) || password.empty()) throw std::runtime_error("a user needs a password");
    std::array<char, 16> salt{};
    if (!pgwire::wolfcrypt::fill_random(salt)) throw std::runtime_error("there are no random bytes for a salt");
    auto const verifier = pgwire::make_scram_verifier<pgwire::wolfcrypt>(pgwire::saslprep{}(password),
                                                                         std::string(pgwire::bytes_of(salt)));
    std::ofstream file(path, std::ios::binary | std::ios::app);
    using std::filesystem::perms;
    if (before.empty() && file) std::filesystem::permissions(path, perms::owner_read | perms::owner_write);
    if (!before.empty() && before.back() != '\n') file << '\n';
    file << pgwire::user_list::format_line(name, pgwire::format_scram_verifier(verifier)) << '\n';
    if (!file.flush()) throw std::runtime_error("can't be written");
}

int main(int argc, char** argv) {
    std::string path, added;
    auto const options = example::parse(argc, argv, "Lets in who knows a password.", [&](CLI::App& app) {
        auto* const file =
            app.add_option("--users", path, "a file of users; without it there is alice, with \"wonderland\"");
        app.add_option("--add", added, "adds this user to the file, and does not serve")->needs(file);
    });
    std::shared_ptr<example::user_store const> users;
    try {
        if (!added.empty()) {
            add_user(path, added);
            return 0;
        }
        pgwire::user_list list;
        if (path.empty()) static_cast<void>(list.read("\"alice\" \"wonderland\""));
        else list = example::read_users(path);
        users = std::make_shared<example::user_store>(list);
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": --users " << path << ": " << e.what() << '\n';
        return 2;
    }
    return example::serve(
        argv[0], options,
        [users] {
            return guarded_echo{users, {}};
        },
        path.empty() ? "-U alice -c hello      # the password is wonderland" : "-U NAME -c hello");
}
