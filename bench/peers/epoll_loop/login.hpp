// What is said before the first query: everyone may come in.
#pragma once

#include "connection.hpp"
#include "fields.hpp"

#include <random>
#include <string_view>
#include <utility>

namespace epoll_loop {

constexpr auto ready = "Z\0\0\0\5I"sv;

/// Answers a StartupMessage.
/// @return false if it is none
inline bool welcome(connection& c, output& out, std::string_view parameters, bool long_key, uint32_t id) {
    std::string_view user;
    std::string_view application;
    fields in{parameters.data(), parameters.data() + parameters.size()};
    for (auto name = in.string(); in.good && !name.empty(); name = in.string()) {
        auto const setting = in.string();
        if (name == "user") user = setting;
        if (name == "application_name") application = setting;
    }
    if (!in.done() || user.empty()) return false;
    c.logged_in = true;
    out.room(9);
    out.literal("R\0\0\0\x08\0\0\0\0");
    for (auto const& [name, setting] : {
             std::pair{"application_name"sv, application},
             {"client_encoding"sv, "UTF8"sv},
             {"DateStyle"sv, "ISO, MDY"sv},
             {"default_transaction_read_only"sv, "off"sv},
             {"in_hot_standby"sv, "off"sv},
             {"integer_datetimes"sv, "on"sv},
             {"IntervalStyle"sv, "postgres"sv},
             {"is_superuser"sv, "off"sv},
             {"scram_iterations"sv, "4096"sv},
             {"search_path"sv, "\"$user\", public"sv},
             {"server_encoding"sv, "UTF8"sv},
             {"server_version"sv, "15.0 (pgwire)"sv},
             {"session_authorization"sv, user},
             {"standard_conforming_strings"sv, "on"sv},
             {"TimeZone"sv, "UTC"sv},
         }) {
        out.room(7 + name.size() + setting.size());
        out.byte('S');
        out.integer(static_cast<uint32_t>(6 + name.size() + setting.size()));
        out.bytes(name);
        out.byte(0);
        out.bytes(setting);
        out.byte(0);
    }
    uint32_t const key_size = long_key ? 32 : 4;
    out.room(9 + key_size + ready.size());
    out.byte('K');
    out.integer(8 + key_size);
    out.integer(id);
    std::random_device random;
    for (uint32_t i = 0; i < key_size; i += 4) out.integer(static_cast<uint32_t>(random()));
    out.bytes(ready);
    return true;
}

/// How far the packets before the first query have brought a client.
struct entry {
    bool is_refused = false;
    std::size_t used = 0;  // bytes that are done with
};

inline entry login(connection& c, output& out, std::string_view bytes, uint32_t id) {
    std::size_t used = 0;
    while (!c.logged_in && bytes.size() - used >= 8) {
        char const* const packet = bytes.data() + used;
        std::size_t const length = load<uint32_t>(packet);
        uint32_t const code = load<uint32_t>(packet + 4);
        if (length < 8 || length > 10'000) return {true};
        if (bytes.size() - used < length) break;
        used += length;
        if (code == 80877103 || code == 80877104) {  // SSLRequest, GSSENCRequest
            out.room(1);
            out.byte('N');
        } else if (code == 196608 || code == 196610) {  // protocols 3.0 and 3.2
            if (!welcome(c, out, {packet + 8, length - 8}, code == 196610, id)) return {true};
        } else {  // a CancelRequest among them: there is nothing to cancel
            return {true};
        }
    }
    return {false, used};
}

}  // namespace epoll_loop
