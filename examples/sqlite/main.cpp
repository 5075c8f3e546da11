// A SQLite database, served to every PostgreSQL client.
#include "handler.hpp"
#include "sample.hpp"

#include "../options.hpp"

#include "pgwire/server.hpp"
#include "pgwire/server/cursor_layer.hpp"
#include "pgwire/server/notify_layer.hpp"

#include <array>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

using served = pgwire::sql_layer<pgwire::cursor_layer<pgwire::notify_layer<example::sqlite_handler>>>;

static_assert(pgwire::has_hooks<example::sqlite_handler, "prepare", "execute", "admit", "begin_implicit",
                                "commit_implicit", "rollback_implicit">);

/// Of a file that it can't open SQLite does not say why, and one of a few bytes it would overwrite.
/// @throws std::runtime_error
void check_file(std::string const& path, bool create) {
    auto const status = std::filesystem::status(path);
    if (std::filesystem::is_directory(status)) throw std::runtime_error("is a directory");
    if (!std::filesystem::exists(status)) {
        if (!create) throw std::runtime_error("there is no such file (--create makes it)");
        return;
    }
    std::array<char, 16> beginning{};
    std::ifstream file(path, std::ios::binary);
    file.read(beginning.data(), beginning.size());
    if (!file && file.gcount() == 0) return;  // an empty file is an empty database
    if (std::string_view(beginning.data(), beginning.size()) != std::string_view("SQLite format 3\0", 16))
        throw std::runtime_error("is not a SQLite database");
}

int main(int argc, char** argv) {
    std::string path;
    bool create = false;
    auto const options =
        example::parse(argc, argv, "Serves a SQLite database to PostgreSQL clients.", [&](CLI::App& app) {
            auto* const file =
                app.add_option("FILE", path, "the database; without it a sample database, made anew each time");
            app.add_flag("--create", create, "makes FILE if it is not there")->needs(file);
        });
    std::optional<example::temporary_file> sample;
    std::shared_ptr<example::database> shared;
    try {
        using example::sqlite_connection;
        if (path.empty()) example::make_sample(sample.emplace("pgwire-sample").path());
        else check_file(path, create);
        shared = std::make_shared<example::database>(
            sample ? sample->path() : path,
            create ? sqlite_connection::if_missing::create : sqlite_connection::if_missing::fail);
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": FILE " << path << ": " << e.what() << '\n';
        return 2;
    }
    auto const started = [&](std::uint16_t) {
        std::cout << "serving " << (sample ? "a sample database" : path) << "; try:  " << example::psql_line(options)
                  << (sample ? " -c 'SELECT * FROM products LIMIT 5'" : "") << std::endl;
    };
    try {
        pgwire::serve(
            {.address = options.address, .port = options.port, .threads = options.threads},
            [shared, hub = std::make_shared<pgwire::notification_hub>()] { return served(hub, shared); }, started);
    } catch (std::exception const& e) {
        example::say_why_not(argv[0], options, e);
        return 2;
    }
}
