// What a server has answered, in the shortest form that a test can compare.
#pragma once

#include "pgwire/protocol/messages.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::test {

/// One message of the server's.
struct answer {
    char tag = 0;
    std::string_view body;
};

/// Cuts the server's bytes into messages. What is no whole message stands at the end, with tag 0.
[[nodiscard]] inline std::vector<answer> frames(std::string_view bytes) {
    std::vector<answer> all;
    while (!bytes.empty()) {
        auto const length = bytes.size() < 5 ? 0 : load<std::uint32_t>(bytes.data() + 1);
        if (length < 4 || length > bytes.size() - 1) {
            all.push_back({0, bytes});
            break;
        }
        all.push_back({bytes[0], bytes.substr(5, length - 4)});
        bytes.remove_prefix(length + 1);
    }
    return all;
}

/// What a message says beside its type, if that matters.
[[nodiscard]] inline std::string remark(answer const& a) {
    auto const text = [&a] { return std::string(a.body.substr(0, a.body.find('\0'))); };
    switch (a.tag) {
    case 'C': return text();
    case 'Z': return std::string(a.body);
    case 'R': return a.body.size() < 4 ? "?" : std::to_string(load<std::int32_t>(a.body.data()));
    case 'S': {
        auto const m = decode<parameter_status>(a.body);
        return m ? std::string(m->name) + '=' + std::string(m->value) : "?";
    }
    case 'A': {
        auto const m = decode<notification_response>(a.body);
        return m ? std::string(m->channel) + ',' + std::string(m->payload) : "?";
    }
    case 'E':
    case 'N': {
        auto const m = decode<error_response>(a.body);
        if (!m) return "?";
        bool const usual = m->fields.severity == (a.tag == 'E' ? "ERROR" : "NOTICE");
        return (usual ? "" : std::string(m->fields.severity) + ' ') + std::string(m->fields.code);
    }
    case 'v': {
        auto const m = decode<negotiate_protocol_version>(a.body);
        if (!m) return "?";
        auto said = std::to_string(m->newest.major) + '.' + std::to_string(m->newest.minor);
        for (auto const name : m->unknown_options) said += ' ' + std::string(name);
        return said;
    }
    default: return {};
    }
}

std::vector<answer> frames(std::string&&) = delete;  // they would outlive their bytes

/// The types of the messages and what matters of them: `1 2 T D C(SELECT 1) Z(I)`. An error is its SQLSTATE, with the
/// severity in front if that is not ERROR. What is no message is `?`.
[[nodiscard]] inline std::string shape(std::string_view bytes) {
    std::string all;
    for (auto const& a : frames(bytes)) {
        if (!all.empty()) all += ' ';
        all += a.tag == 0 ? '?' : a.tag;
        if (auto const said = remark(a); !said.empty()) all += '(' + said + ')';
    }
    return all;
}

/// The rows: values divided by `|`, rows by `;`, NULL as `null`.
[[nodiscard]] inline std::string rows_in(std::string_view bytes) {
    std::string all;
    for (auto const& a : frames(bytes)) {
        if (a.tag != 'D') continue;
        auto const row = decode<data_row>(a.body);
        if (!row) return "?";
        if (!all.empty()) all += ';';
        bool first = true;
        for (auto const& v : row->values) {
            if (!std::exchange(first, false)) all += '|';
            all += v ? std::string(*v) : "null";
        }
    }
    return all;
}

/// Every RowDescription's columns: `name:oid`, and `:1` for the binary format; descriptions are divided by `;`.
[[nodiscard]] inline std::string columns_in(std::string_view bytes) {
    std::string all;
    for (auto const& a : frames(bytes)) {
        if (a.tag != 'T') continue;
        auto const described = decode<row_description>(a.body);
        if (!described) return "?";
        if (!all.empty()) all += ';';
        bool first = true;
        for (auto const& c : described->columns) {
            if (!std::exchange(first, false)) all += ' ';
            all += std::string(c.name) + ':' + std::to_string(static_cast<std::uint32_t>(c.type));
            if (c.format == format::binary) all += ":1";
        }
    }
    return all;
}

/// The types in every ParameterDescription; descriptions are divided by `;`.
[[nodiscard]] inline std::string parameter_types_in(std::string_view bytes) {
    std::string all;
    for (auto const& a : frames(bytes)) {
        if (a.tag != 't') continue;
        auto const described = decode<parameter_description>(a.body);
        if (!described) return "?";
        if (!all.empty()) all += ';';
        bool first = true;
        for (auto const type : described->types)
            all += (std::exchange(first, false) ? "" : " ") + std::to_string(static_cast<std::uint32_t>(type));
    }
    return all;
}

/// The errors and notices with all their fields.
[[nodiscard]] inline std::vector<diagnostic> diagnostics_in(std::string_view bytes) {
    std::vector<diagnostic> all;
    for (auto const& a : frames(bytes))
        if (a.tag == 'E' || a.tag == 'N')
            if (auto const m = decode<error_response>(a.body)) all.push_back(to_diagnostic(m->fields));
    return all;
}

/// The text of the first error or notice; nothing if there is none.
[[nodiscard]] inline std::string message_in(std::string_view bytes) {
    auto const all = diagnostics_in(bytes);
    return all.empty() ? std::string() : all.front().message;
}

/// What follows the first ReadyForQuery: the answers without the login.
[[nodiscard]] inline std::string_view after_login(std::string_view bytes) {
    for (auto const& a : frames(bytes))
        if (a.tag == 'Z') return bytes.substr(static_cast<std::size_t>(a.body.data() + a.body.size() - bytes.data()));
    return bytes;
}

}  // namespace pgwire::test
