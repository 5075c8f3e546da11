// The options that the examples have in common, parsed by CLI11: --port, --address, --threads.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

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

}  // namespace example
