// A SQLite database, served to every PostgreSQL client.
#include "front_door.hpp"
#include "handler.hpp"
#include "sample.hpp"
#include "watching.hpp"

#include "../on_hangup.hpp"
#include "../options.hpp"

#include "pgwire/server.hpp"
#include "pgwire/server/audit_layer.hpp"
#include "pgwire/server/cursor_layer.hpp"
#include "pgwire/server/metrics_layer.hpp"
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

using session_handler =
    example::guarded<pgwire::sql_layer<pgwire::cursor_layer<pgwire::notify_layer<example::sqlite_handler>>>>;

using served = pgwire::metrics_layer<pgwire::audit_layer<session_handler, example::watching::audit>>;

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
    example::watching watching;
    unsigned most = pgwire::admission_limits{}.connections;
    std::string socket;
    auto const door = std::make_shared<example::front_door>();
    auto const options =
        example::parse(argc, argv, "Serves a SQLite database to PostgreSQL clients.", [&](CLI::App& app) {
            auto* const file =
                app.add_option("FILE", path, "the database; without it a sample database, made anew each time");
            app.add_flag("--create", create, "makes FILE if it is not there")->needs(file);
            app.add_option("--max-connections", most, "how many clients may be there at once")
                ->check(CLI::Range(1, 1'000'000))
                ->capture_default_str();
            app.add_option("--socket-dir", socket, "a directory for a Unix socket to listen on as well")
                ->check(CLI::ExistingDirectory);
            watching.add_options(app);
            door->add_options(app);
        });
    if (!socket.empty()) socket += "/.s.PGSQL." + std::to_string(options.port);  // where libpq looks
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
    try {
        watching.start();
        door->load();
    } catch (std::exception const& e) {
        std::cerr << argv[0] << ": " << e.what() << '\n';
        return 2;
    }
    auto const started = [&](std::uint16_t, pgwire::asio::any_io_executor const& where) {
        std::cout << "serving " << (sample ? "a sample database" : path)
                  << (door->is_open() ? " to everybody on this machine, without a password" : "")
                  << (door->is_encrypted() ? ", with TLS" : "") << "; try:  " << example::psql_line(options)
                  << (sample ? " -c 'SELECT * FROM products LIMIT 5'" : "") << std::endl;
        return example::on_hangup(where, [door] { door->load(); });
    };
    try {
        pgwire::serve(
            {.address = options.address,
             .port = options.port,
             .unix_socket = socket,
             .threads = options.threads,
             .admission = {.connections = most}},
            [&watching, shared, door, hub = std::make_shared<pgwire::notification_hub>()] {
                return served(watching.metrics(), watching.events(), door, hub, shared);
            },
            started, pgwire::counted_streams(*watching.metrics(), door->encryption()));
    } catch (std::exception const& e) {
        example::say_why_not(argv[0], options, e);
        return 2;
    }
}
