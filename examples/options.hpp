// What the examples have in common: their options, parsed by CLI11 (--port, --address, --threads), and serving with
// them.
#pragma once

#include <pgwire/server/serve.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace example {

struct options {
    std::uint16_t port = 5433;
    std::string address = "127.0.0.1";
    unsigned threads = 1;
};

/// Parses the command line. `add(app)` may add what only one example has. `--help` prints the help and exits with 0; a
/// mistake is printed with the option's name, and exits with 2.
template<class Add>
[[nodiscard]] options parse(int argc, char const* const* argv, std::string const& description, Add add) {
    options o;
    CLI::App app(description);
    app.add_option("--port", o.port, "the TCP port to listen on")->check(CLI::Range(1, 65535))->capture_default_str();
    app.add_option("--address", o.address, "the IP address to listen on")->capture_default_str();
    app.add_option("--threads", o.threads, "how many threads serve")->check(CLI::Range(1, 1024))->capture_default_str();
    add(app);
    try {
        app.parse(argc, argv);
    } catch (CLI::Success const& asked_for_help) {
        std::exit(app.exit(asked_for_help));
    } catch (CLI::ParseError const& mistake) {
        std::cerr << argv[0] << ": " << mistake.what() << "\n\n" << app.help();
        std::exit(2);
    }
    return o;
}

[[nodiscard]] inline options parse(int argc, char const* const* argv, std::string const& description) {
    return parse(argc, argv, description, [](CLI::App&) {});
}

/// The beginning of a line for psql that talks to a server with these options.
[[nodiscard]] inline std::string psql_line(options const& o) {
    bool const is_any = o.address == "0.0.0.0" || o.address == "::";
    return "psql -h " + (is_any ? std::string("localhost") : o.address) + " -p " + std::to_string(o.port);
}

inline void say_why_not(char const* program, options const& o, std::exception const& e) {
    std::cerr << program << ": --address " << o.address << " --port " << o.port << ": " << e.what() << '\n';
}

/// Serves handlers that `factory` makes, and says what one may try.
/// @param arguments of psql, behind host and port
/// @return the exit code: 2 if it can't listen
template<class Factory>
int serve(char const* program, options const& o, Factory factory, std::string_view arguments) {
    try {
        pgwire::serve({.address = o.address, .port = o.port, .threads = o.threads}, std::move(factory),
                      [&](std::uint16_t) { std::cout << "try:  " << psql_line(o) << ' ' << arguments << std::endl; });
    } catch (std::exception const& e) {
        say_why_not(program, o, e);
        return 2;
    }
    return 0;
}

}  // namespace example
