// The command line of the servers that are measured, the same for all of them, and what they say when they listen.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace bench {

/// The value of an option that is a number. A wrong one is named, and ends with exit code 2.
template<class T>
[[nodiscard]] T parse_number(char const* program, std::string_view option, std::string_view text) {
    T value{};
    auto const parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
        std::fprintf(stderr, "%s: %.*s: not a number that it may be: '%.*s'\n", program, static_cast<int>(option.size()),
                     option.data(), static_cast<int>(text.size()), text.data());
        std::exit(2);
    }
    return value;
}

struct command_line {
    std::uint16_t port = 0;  ///< 0 takes a free one
    unsigned threads = 1;
};

/// `--port N`, and `--threads N` where a server can have several.
[[nodiscard]] inline command_line parse(int argc, char** argv, bool several_threads) {
    command_line given;
    for (int i = 1; i < argc; ++i) {
        std::string_view const option = argv[i];
        std::string_view const value = i + 1 < argc ? argv[++i] : "";
        if (option == "--port") {
            given.port = parse_number<std::uint16_t>(argv[0], option, value);
        } else if (option == "--threads" && several_threads) {
            given.threads = parse_number<unsigned>(argv[0], option, value);
        } else {
            std::fprintf(stderr, "%s: unknown option: %s\nusage: %s [--port N]%s\n", argv[0], option.data(), argv[0],
                         several_threads ? " [--threads N]" : "");
            std::exit(2);
        }
    }
    return given;
}

/// Of a server with one thread.
[[nodiscard]] inline std::uint16_t parse_port(int argc, char** argv) { return parse(argc, argv, false).port; }

/// Tells whoever started the server that it listens, and where.
inline void announce(std::uint16_t port) {
    std::printf("listening on 127.0.0.1:%u\n", static_cast<unsigned>(port));
    std::fflush(stdout);
}

}  // namespace bench
