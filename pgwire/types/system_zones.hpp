// The time zones of the system: Europe/Berlin and its kind, for `text_style::zone` and `text_style::find_zone`.
//
// Floor 2, a binding: which includes CCTZ (Debian: libcctz-dev; link with
// -lcctz). CCTZ reads the system's compiled zone data, below $TZDIR or /usr/share/zoneinfo, as PostgreSQL does, with
// the rules for the years after the last that is listed. Source: PostgreSQL documentation, "Time Zones".
//
//     text_style style{.zone = find_system_zone("Europe/Berlin"), .find_zone = find_system_zone};
//     session.use_zones(find_system_zone);  // of a sql_session: SET TimeZone knows regions
#pragma once

#include "pgwire/core/ascii.hpp"
#include "pgwire/types/text_style.hpp"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

/// A region, with what its time was called since when.
class system_zone : public time_zone {
public:
    system_zone(system_zone const&) = delete;
    system_zone& operator=(system_zone const&) = delete;
    explicit system_zone(cctz::time_zone zone)
        : time_zone{offset, local_offset, abbreviation, find}, zone_(zone), own_name_(zone.name()) {
        name = own_name_;
        constexpr std::int64_t end = 2'145'916'800;  // 2038: the rules that go on from there repeat themselves
        instant at = instant::min();
        periods_.push_back(period_at(at, at));
        for (cctz::time_zone::civil_transition next; zone_.next_transition(at, &next);) {
            at = zone_.lookup(next.to).trans;
            periods_.push_back(period_at(at, at));
            if (at.time_since_epoch().count() >= end) break;
        }
        has_one_offset = std::all_of(periods_.begin(), periods_.end(),
                                     [this](auto const& p) { return p.is.offset == periods_.front().is.offset; });
    }

private:
    using instant = cctz::time_point<cctz::seconds>;
    struct period {
        std::int64_t since;
        std::string_view abbreviation;
        zone_abbreviation is;
    };

    [[nodiscard]] period period_at(instant at, instant since) const {
        auto const found = zone_.lookup(at);
        return {since.time_since_epoch().count(), found.abbr, {found.offset, found.is_dst, false}};
    }
    static system_zone const& self(time_zone const& zone) noexcept { return static_cast<system_zone const&>(zone); }
    static instant instant_at(std::int64_t seconds) noexcept { return instant(cctz::seconds(seconds)); }

    static std::int32_t offset(time_zone const& zone, std::int64_t seconds) noexcept {
        return self(zone).zone_.lookup(instant_at(seconds)).offset;
    }
    static std::string_view abbreviation(time_zone const& zone, std::int64_t seconds) noexcept {
        return self(zone).zone_.lookup(instant_at(seconds)).abbr;
    }
    static std::int32_t local_offset(time_zone const& zone, std::int64_t seconds) noexcept {
        auto const found = self(zone).zone_.lookup(cctz::civil_second(1970, 1, 1) + seconds);
        bool const skipped = found.kind == cctz::time_zone::civil_lookup::SKIPPED;
        auto const when = (skipped ? found.pre : found.post).time_since_epoch().count();
        return static_cast<std::int32_t>(seconds - when);
    }
    static std::optional<zone_abbreviation> find(time_zone const& zone, std::string_view abbreviation,
                                                 std::int64_t seconds) noexcept {
        zone_abbreviation const* before = nullptr;
        zone_abbreviation const* after = nullptr;
        bool fixed = true;
        for (auto const& p : self(zone).periods_) {
            if (p.abbreviation != abbreviation) continue;
            auto const* const other = before != nullptr ? before : after;
            if (other != nullptr && (other->offset != p.is.offset || other->daylight != p.is.daylight)) fixed = false;
            if (p.since <= seconds) before = &p.is;
            else if (after == nullptr) after = &p.is;
        }
        auto const* const best = before != nullptr ? before : after;
        if (best == nullptr) return std::nullopt;
        return zone_abbreviation{best->offset, best->daylight, fixed};
    }

    cctz::time_zone zone_;
    std::string own_name_;
    std::vector<period> periods_;
};

/// The zones that somebody has asked for. Thread-safe. A folder is read once, when a name leads there: so names that
/// there are not cost little, and what is kept is bounded by the system's files, not by what is asked for.
class system_zones {
public:
    time_zone const* find(std::string_view name) {
        auto key = in_lower_case(name);
        std::lock_guard const lock(mutex_);
        if (auto const known = zones_.find(key); known != zones_.end()) return known->second.get();
        cctz::time_zone zone;
        auto const path = path_of(key);
        if (path.empty() || !cctz::load_time_zone(path, &zone)) return nullptr;  // such a name is not kept
        return zones_.emplace(std::move(key), std::make_unique<system_zone>(zone)).first->second.get();
    }

private:
    static constexpr int deepest = 4;  // America/Argentina/San_Juan, and posix/ before it; folders may contain themselves

    using entries = std::map<std::string, std::string, std::less<>>;  // what is in a folder, by its name in lower case

    /// The file of the name, in its own upper and lower case; empty if there is none.
    std::string path_of(std::string_view name) {
        char const* const variable = std::getenv("TZDIR");
        std::filesystem::path folder = variable != nullptr ? variable : "/usr/share/zoneinfo";
        std::string path;
        for (int depth = 0; depth != deepest; ++depth) {
            auto const slash = name.find('/');
            auto const entry = entry_of(folder, name.substr(0, slash));
            if (entry.empty()) return {};
            path += entry;
            folder /= entry;
            if (slash == name.npos) return path;
            path += '/';
            name.remove_prefix(slash + 1);
        }
        return {};
    }
    /// @param name in lower case
    std::string entry_of(std::filesystem::path const& folder, std::string_view name) {
        if (name.empty() || name.front() == '.') return {};  // nothing outside of the folder
        auto known = folders_.find(folder.string());
        if (known == folders_.end()) known = folders_.emplace(folder.string(), entries_of(folder)).first;
        auto const found = known->second.find(name);
        return found == known->second.end() ? std::string() : found->second;
    }
    static entries entries_of(std::filesystem::path const& folder) {
        entries read;
        std::error_code error;
        for (std::filesystem::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
            auto entry = i->path().filename().string();
            auto key = in_lower_case(entry);
            read.emplace(std::move(key), std::move(entry));
        }
        return read;
    }
    static std::string in_lower_case(std::string_view name) {
        std::string lower(name);
        std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
        return lower;
    }

    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<system_zone>, std::less<>> zones_;
    std::map<std::string, entries> folders_;
};

}  // namespace detail

/// The system's zone of this name, without regard to case, or null. It lives as long as the program. Thread-safe; the
/// first to ask for a zone waits for its file to be read.
[[nodiscard]] inline time_zone const* find_system_zone(std::string_view name) {
    static detail::system_zones zones;
    try {
        return zones.find(name);
    } catch (std::exception const&) {  // no memory
        return nullptr;
    }
}

}  // namespace pgwire
