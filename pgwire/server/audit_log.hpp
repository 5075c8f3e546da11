// Audit events as lines of JSON, in a file or on standard error.
//
// Floor 4, a binding to two libraries: JSON by nlohmann's, lines by spdlog. Nothing else includes it.
//
//     {"time":"2026-02-03T04:05:06.789Z","event":"refused","address":"192.0.2.1","user":"mallory","database":"d",
//      "tls":"TLSv1.3","code":"28P01","reason":"password authentication failed for user \"mallory\""}
#pragma once

#include "pgwire/server/audit_layer.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// A line without its end. Bytes that are no UTF-8 are replaced, and control characters escaped: what a client calls
/// itself can't make a line of its own.
[[nodiscard]] inline std::string audit_json(audit_event const& e) {
    using kind = audit_event::kind;
    auto const ms = std::chrono::time_point_cast<std::chrono::milliseconds>(e.at).time_since_epoch().count();
    std::time_t const seconds = ms / 1000;
    std::tm parts{};
#if defined(_WIN32)
    gmtime_s(&parts, &seconds);
#else
    gmtime_r(&seconds, &parts);
#endif
    char time[40];
    auto const size = std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(time + size, sizeof time - size, ".%03dZ", static_cast<int>(ms % 1000));

    constexpr std::string_view names[] = {"connected", "authenticated", "refused", "disconnected"};
    nlohmann::ordered_json line{{"time", time}, {"event", names[static_cast<std::size_t>(e.what)]}};
    line["address"] = e.who.peer.is_unix ? "[local]" : e.who.peer.address;
    if (!e.who.user.empty()) line["user"] = e.who.user;
    if (!e.who.database.empty()) line["database"] = e.who.database;
    if (!e.who.tls.version.empty()) line["tls"] = e.who.tls.version;
    if (e.who.tls.has_certificate) line["certificate"] = e.who.tls.distinguished_name;
    if (e.why != nullptr) {
        line["code"] = e.why->code.view();
        line["reason"] = e.why->message;
        if (!e.why->detail.empty()) line["detail"] = e.why->detail;
    }
    if (e.what == kind::disconnected) line["seconds"] = std::chrono::duration<double>(e.duration).count();
    return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// A sink that writes lines. Copies write to the same place; from any thread.
class audit_log {
public:
    /// @param path of a file that is appended to; `-` for standard error
    /// @throws std::runtime_error if it can't be opened
    explicit audit_log(std::string const& path) : log_(open(path)) {
        log_->set_pattern("%v");
        log_->flush_on(spdlog::level::info);
    }

    /// What can't be written is lost: a full disk keeps nobody out.
    void operator()(audit_event const& event) noexcept {
        try {
            log_->info(audit_json(event));
        } catch (...) {
        }
    }

private:
    static std::shared_ptr<spdlog::logger> open(std::string const& path) {
        try {
            spdlog::sink_ptr sink;
            if (path == "-") sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
            else sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
            return std::make_shared<spdlog::logger>("audit", std::move(sink));
        } catch (spdlog::spdlog_ex const& e) {
            throw std::runtime_error(e.what());
        }
    }

    std::shared_ptr<spdlog::logger> log_;
};

static_assert(audit_sink<audit_log>);

}  // namespace pgwire
