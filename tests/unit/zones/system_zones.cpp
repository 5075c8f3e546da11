// The system's zones: their offsets and abbreviations, and where the clock is put forward and back.
#include "pgwire/types/system_zones.hpp"
#include "pgwire/types.hpp"

#include "support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace pgwire::test::zones_tests {

namespace {

std::int64_t new_year_2024() noexcept { return 8766 * detail::microseconds_per_day; }

std::string answer(std::string_view zone, std::string_view text, date_style dates = date_style::iso) {
    text_style const style{
        .dates = dates, .zone = find_system_zone(zone), .find_zone = find_system_zone, .now = new_year_2024};
    auto const v = decode_value<timestamptz>(text, format::text, style);
    if (!v) return std::string(to_sqlstate(v.error()).view());
    char room[64];
    return {room, encode_value<format::text>(room, *v, style)};
}

/// Zones are looked for in a folder of the test's own. What is in a folder is kept: each test has another.
struct zone_folder {
    explicit zone_folder(std::string_view name)
        : path(std::filesystem::temp_directory_path() /
               ("pgwire-zones-" + std::string(name) + std::to_string(getpid()))) {
        if (char const* const set = std::getenv("TZDIR")) before_ = set;
        std::filesystem::create_directory(path);
        REQUIRE(setenv("TZDIR", path.c_str(), 1) == 0);
    }
    ~zone_folder() {
        before_ ? setenv("TZDIR", before_->c_str(), 1) : unsetenv("TZDIR");
        std::filesystem::remove_all(path);
    }
    zone_folder(zone_folder const&) = delete;
    zone_folder& operator=(zone_folder const&) = delete;

    std::filesystem::path const path;

private:
    std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("a zone is found by its name in any case, and is always the same") {
    auto const* const zone = find_system_zone("europe/BERLIN");
    REQUIRE(zone != nullptr);
    CHECK(zone == find_system_zone("Europe/Berlin"));
    CHECK(zone->name == "Europe/Berlin");
    CHECK_FALSE(zone->has_one_offset);
    CHECK(find_system_zone("Etc/GMT+5")->has_one_offset);
    for (auto const* const name :
         {"", "Europe", "Europe/", "Europe/Nowhere", "/etc/passwd", "../zoneinfo/UTC", ".", "tzdata.zi"})
        CHECK(find_system_zone(name) == nullptr);
}

TEST_CASE("a folder of zones is read once, however many names there are not") {
    {
        zone_folder const folder("once");
        CHECK(find_system_zone("Here/There") == nullptr);
        std::filesystem::copy("/usr/share/zoneinfo/UTC", folder.path / "Late");
        CHECK(find_system_zone("Late") == nullptr);  // which came after the folder was read
    }
    CHECK(find_system_zone("Europe/Paris") != nullptr);
}

TEST_CASE("a name has four parts at the most, though a folder may contain itself") {
    zone_folder const folder("deep");
    std::filesystem::create_directory_symlink(folder.path, folder.path / "again");
    std::filesystem::copy("/usr/share/zoneinfo/UTC", folder.path / "Deep");
    CHECK(find_system_zone("again/again/again/Deep") != nullptr);
    CHECK(find_system_zone("again/again/again/again/Deep") == nullptr);
}

TEST_CASE("what the clock skips has the offset before, what it shows twice the offset after") {
    CHECK(answer("America/New_York", "2024-03-10 02:30") == "2024-03-10 03:30:00-04");
    CHECK(answer("America/New_York", "2024-11-03 01:30") == "2024-11-03 01:30:00-05");
    CHECK(answer("Europe/Berlin", "2024-10-27 02:30 CEST") == "2024-10-27 02:30:00+02");
    CHECK(answer("Europe/Berlin", "2050-07-01 12:00") == "2050-07-01 12:00:00+02");
    CHECK(answer("Europe/Berlin", "294276-07-01 12:00") == "294276-07-01 12:00:00+02");
    CHECK(answer("Asia/Kathmandu", "1850-01-01 12:00") == "1850-01-01 12:00:00+05:41:16");
}

TEST_CASE("the styles other than ISO print the zone's abbreviation, and it is read") {
    CHECK(answer("Europe/Berlin", "Mon Jul 01 12:00 2024", date_style::postgres) == "Mon Jul 01 12:00:00 2024 CEST");
    CHECK(answer("Europe/Berlin", "2024-07-01 12:00 America/New_York", date_style::german) ==
          "01.07.2024 18:00:00 CEST");
    CHECK(answer("Europe/Berlin", "1800-01-01 12:00 LMT", date_style::sql) == "01/01/1800 12:00:00 LMT");
    CHECK(answer("UTC", "1800-01-01 12:00 LMT") == "22007");
    CHECK(answer("UTC", "2012-07-01 12:00 MSK") == "2012-07-01 08:00:00+00");
    CHECK(answer("UTC", "2020-07-01 12:00 MSK") == "2020-07-01 09:00:00+00");
}

TEST_CASE("a time without a date has today's offset") {
    text_style const style{.zone = find_system_zone("Europe/Berlin"), .now = new_year_2024};
    CHECK(decode_value<time_of_day_tz>("12:00", format::text, style)->utc_offset == 3600);
    CHECK(decode_value<time_of_day_tz>("2024-07-01 12:00", format::text, style)->utc_offset == 7200);
    CHECK_FALSE(decode_value<time_of_day_tz>("12:00", format::text, {.zone = style.zone}).has_value());
}

}  // namespace pgwire::test::zones_tests
