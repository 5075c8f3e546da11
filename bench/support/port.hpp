// The command line of the servers that are measured, the same for all of them: --port N, and the port is printed.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace bench {

/// The value of --port; 0, which is the default, takes a free one. A wrong option is named, and ends with exit code 2.
[[nodiscard]] inline std::uint16_t parse_port(int argc, char** argv) {
    std::uint16_t port = 0;
    for (int i = 1; i < argc; ++i) {
        if (std::string_view(argv[i]) != "--port") {
            std::fprintf(stderr, "%s: unknown option: %s\nusage: %s [--port N]\n", argv[0], argv[i], argv[0]);
            std::exit(2);
        }
        std::string_view const text = ++i < argc ? argv[i] : "";
        auto const parsed = std::from_chars(text.data(), text.data() + text.size(), port);
        if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
            std::fprintf(stderr, "%s: --port: not a port: '%s'\n", argv[0], text.data());
            std::exit(2);
        }
    }
    return port;
}

/// Tells whoever started the server that it listens, and where.
inline void announce(std::uint16_t port) {
    std::printf("listening on 127.0.0.1:%u\n", static_cast<unsigned>(port));
    std::fflush(stdout);
}

}  // namespace bench
