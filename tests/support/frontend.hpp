// What a client sends, so that a test reads like the protocol:
//
//     answers(handler, {parse("", "select 1"), bind(), describe_portal(), execute(), sync()})
#pragma once

#include "pgwire/protocol/messages.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::test {

using namespace std::string_literals;
using namespace std::string_view_literals;

/// Messages as they stand on the wire; any string may be a part of it.
using script = std::vector<std::string>;

/// A whole frame of this message.
template<message_type M>
[[nodiscard]] std::string frame(M const& m) {
    send_buffer out;
    static_cast<void>(encode(out, m));
    return std::string(out.pending());
}

/// A frame of any type with any body, whether there is such a message or not.
[[nodiscard]] inline std::string frame_of(char tag, std::string_view body) {
    std::string bytes(5, tag);
    store(bytes.data() + 1, static_cast<std::uint32_t>(body.size() + 4));
    return bytes.append(body);
}

/// Only the beginning of a frame: its type, and a length that may be a lie.
[[nodiscard]] inline std::string header_of(char tag, std::uint32_t length) {
    std::string bytes(5, tag);
    store(bytes.data() + 1, length);
    return bytes;
}

using startup_options = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] inline std::string startup(startup_options const& options = {{"user", "alice"}},
                                         protocol_version version = protocol_3_0) {
    std::vector<startup_parameter> parameters;
    for (auto const& [name, value] : options) parameters.push_back({name, value});
    return frame(startup_message{version, std::span<startup_parameter const>(parameters)});
}

[[nodiscard]] inline std::string query(std::string_view text) { return frame(pgwire::query{text}); }

[[nodiscard]] inline std::string parse(std::string_view statement, std::string_view text,
                                       std::vector<oid> const& types = {}) {
    return frame(pgwire::parse{statement, text, std::span<oid const>(types)});
}

/// @param values of the parameters, whose formats are `formats`
/// @param results the formats of the columns
[[nodiscard]] inline std::string bind(std::string_view portal = {}, std::string_view statement = {},
                                      std::vector<value> const& values = {}, std::vector<format> const& formats = {},
                                      std::vector<format> const& results = {}) {
    return frame(pgwire::bind{portal, statement, std::span<format const>(formats), std::span<value const>(values),
                              std::span<format const>(results)});
}

[[nodiscard]] inline std::string copy_data(std::string_view bytes) { return frame(pgwire::copy_data{{bytes}}); }
[[nodiscard]] inline std::string copy_done() { return frame(pgwire::copy_done{}); }
[[nodiscard]] inline std::string copy_fail(std::string_view reason) { return frame(pgwire::copy_fail{reason}); }

[[nodiscard]] inline std::string execute(std::string_view portal = {}, std::int32_t max_rows = 0) {
    return frame(pgwire::execute{portal, max_rows});
}
[[nodiscard]] inline std::string describe_statement(std::string_view name = {}) {
    return frame(pgwire::describe{target::statement, name});
}
[[nodiscard]] inline std::string describe_portal(std::string_view name = {}) {
    return frame(pgwire::describe{target::portal, name});
}
[[nodiscard]] inline std::string close_statement(std::string_view name = {}) {
    return frame(pgwire::close{target::statement, name});
}
[[nodiscard]] inline std::string close_portal(std::string_view name = {}) {
    return frame(pgwire::close{target::portal, name});
}
[[nodiscard]] inline std::string sync() { return frame(pgwire::sync{}); }
[[nodiscard]] inline std::string flush() { return frame(pgwire::flush{}); }
[[nodiscard]] inline std::string terminate() { return frame(pgwire::terminate{}); }
[[nodiscard]] inline std::string call_function() { return frame(pgwire::function_call{}); }

/// All messages of `s`, one after the other.
[[nodiscard]] inline std::string joined(script const& s) {
    std::string all;
    for (auto const& part : s) all += part;
    return all;
}

/// As many parts as there are bytes.
[[nodiscard]] inline script one_byte_each(script const& s) {
    script bytes;
    for (auto const& part : s)
        for (char const c : part) bytes.emplace_back(1, c);
    return bytes;
}

}  // namespace pgwire::test
