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

static_assert(pgwire::has_hooks<example::sqlite_handler, "prepare", "execute", "admit", "begin_implicit", "commit_implicit",
                                "rollback_implicit">);

int main(int argc, char** argv) {
    auto shared = std::make_shared<example::database>();
    auto const options = example::parse(argc, argv, "Serves a SQLite database to PostgreSQL clients.", [&](CLI::App& app) {
        app.add_option("FILE", shared->path, "the database; it is made if it is not there. Without it: a sample database, made anew each time");
    });
    std::optional<example::temporary_file> sample;
    try {
        if (shared->path.empty()) {
            shared->path = sample.emplace("pgwire-sample").path();
            example::make_sample(shared->path);
        }
        example::prepare_file(shared->path);
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": FILE: " << shared->path << ": " << e.what() << '\n';
        return 2;
    }
    try {
        pgwire::serve({.address = options.address, .port = options.port, .threads = options.threads},
                      [shared] { return served(shared); },
                      [&](std::uint16_t port) {
                          std::cout << "serving " << (sample ? std::string("a sample database") : shared->path) << "; try:  psql -h "
                                    << options.address << " -p " << port << (sample ? " -c 'SELECT * FROM products LIMIT 5'" : "") << std::endl;
                      });
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": --address " << options.address << " --port " << options.port << ": " << e.what() << '\n';
        return 2;
    }
}
