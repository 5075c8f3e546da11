// A SQLite database, served to every PostgreSQL client.
#include "handler.hpp"
#include "sample.hpp"

#include "../options.hpp"

#include "pgwire/server.hpp"

#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

using served = pgwire::sql_layer<example::sqlite_handler>;

static_assert(pgwire::has_hooks<example::sqlite_handler, "prepare", "execute", "admit", "begin_implicit",
                                "commit_implicit", "rollback_implicit">);

int main(int argc, char** argv) {
    std::string path;
    auto const options =
        example::parse(argc, argv, "Serves a SQLite database to PostgreSQL clients.", [&](CLI::App& app) {
            app.add_option("FILE", path,
                           "the database, made if it is not there; without it a sample database, made anew each time");
        });
    std::optional<example::temporary_file> sample;
    std::shared_ptr<example::database> shared;
    try {
        if (path.empty()) example::make_sample(sample.emplace("pgwire-sample").path());
        shared = std::make_shared<example::database>(sample ? sample->path() : path);
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": FILE " << path << ": " << e.what() << '\n';
        return 2;
    }
    auto const started = [&](std::uint16_t port) {
        std::cout << "serving " << (sample ? "a sample database" : path) << "; try:  psql -h " << options.address
                  << " -p " << port << (sample ? " -c 'SELECT * FROM products LIMIT 5'" : "") << std::endl;
    };
    try {
        pgwire::serve(
            {.address = options.address, .port = options.port, .threads = options.threads},
            [shared] { return served(shared); }, started);
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": --address " << options.address << " --port " << options.port << ": " << e.what()
                  << '\n';
        return 2;
    }
}
