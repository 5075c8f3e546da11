// The few messages that a client which makes load sends and reads, written by hand: it does not share the code, nor the
// mistakes, of what it measures.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bench {

/// An Int32 of the wire.
[[nodiscard]] inline std::string int32_bytes(std::uint32_t n) {
    return {static_cast<char>(n >> 24), static_cast<char>(n >> 16), static_cast<char>(n >> 8), static_cast<char>(n)};
}
[[nodiscard]] inline std::uint32_t read_int32(char const* at) {
    auto const byte = [at](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
    return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
}

[[nodiscard]] inline std::string message(char tag, std::string_view body) {
    std::string made(1, tag);
    made += int32_bytes(static_cast<std::uint32_t>(body.size() + 4));
    return made.append(body);
}

using namespace std::string_view_literals;

/// What a client begins with: a user and a database that all servers of the bench have.
inline constexpr std::string_view startup = "\0\0\0\x26\0\3\0\0user\0bench\0database\0postgres\0\0"sv;
inline constexpr std::string_view ssl_request = "\0\0\0\x08\x04\xd2\x16\x2f"sv;
inline constexpr std::string_view terminate = "X\0\0\0\4"sv;

[[nodiscard]] inline std::string simple_query(std::string_view text) {
    return message('Q', std::string(text) + '\0');
}
/// A statement with a name, to be executed many times.
[[nodiscard]] inline std::string prepare(std::string_view name, std::string_view text) {
    std::string body(name);
    body.append(1, '\0').append(text).append("\0\0\0"sv);
    return message('P', body) + message('S', "");
}
/// Bind, Describe, Execute and Sync, as libpq sends them; the results in text.
[[nodiscard]] inline std::string execute_prepared(std::string_view name) {
    std::string body(1, '\0');
    body.append(name).append("\0\0\0\0\0\0\0"sv);
    return message('B', body) + message('D', "P\0"sv) + message('E', "\0\0\0\0\0"sv) + message('S', "");
}

/// A message of the server.
struct answer {
    char tag;
    std::string_view body;
};

/// Takes the message at the front of `bytes`, if it is there as a whole.
[[nodiscard]] inline std::optional<answer> take_answer(std::string_view& bytes) {
    if (bytes.size() < 5) return std::nullopt;
    std::size_t const size = 1 + std::size_t{read_int32(bytes.data() + 1)};
    if (size < 5 || bytes.size() < size) return std::nullopt;
    answer const taken{bytes[0], bytes.substr(5, size - 5)};
    bytes.remove_prefix(size);
    return taken;
}

/// The text of an ErrorResponse.
[[nodiscard]] inline std::string error_text(std::string_view body) {
    while (!body.empty() && body[0] != '\0') {
        auto const end = body.find('\0');
        if (body[0] == 'M') return std::string(body.substr(1, end - 1));
        if (end == std::string_view::npos) break;
        body.remove_prefix(end + 1);
    }
    return "an error without a message";
}

}  // namespace bench
