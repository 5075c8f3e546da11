// Abbreviations of time zones that a text may have without the session being in such a zone: PostgreSQL's set
// `Default`.
//
// Floor 2, standard library only, constexpr. Source: PostgreSQL documentation, "Date/Time Configuration Files". Those
// that meant different things at different times are given as the region whose history decides, which only a source
// of zones knows (`text_style::find_zone`).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

/// An abbreviation in lower case that always means the same.
struct fixed_abbreviation {
    std::string_view text;
    std::int32_t offset;    ///< seconds east of UTC
    bool daylight = false;  ///< daylight-saving time
};

/// An abbreviation in lower case whose meaning depends on the time.
struct regional_abbreviation {
    std::string_view text;
    std::string_view zone;
};

// clang-format off
inline constexpr auto fixed_abbreviations = [] {
    using f = fixed_abbreviation;
    constexpr bool daylight = true;
    return std::array{
        f{"acdt", 37800, daylight}, f{"acsst", 37800, daylight}, f{"acst", 34200}, f{"act", -18000},
        f{"acwst", 31500}, f{"adt", -10800, daylight}, f{"aedt", 39600, daylight}, f{"aesst", 39600, daylight},
        f{"aest", 36000}, f{"aft", 16200}, f{"akdt", -28800, daylight}, f{"akst", -32400},
        f{"almst", 25200, daylight}, f{"almt", 21600}, f{"amt", -14400}, f{"ast", -14400},
        f{"awsst", 32400, daylight}, f{"awst", 28800}, f{"azost", 0, daylight}, f{"azot", -3600},
        f{"bdst", 7200, daylight}, f{"bdt", 21600}, f{"bnt", 28800}, f{"bort", 28800}, f{"bot", -14400},
        f{"bra", -10800}, f{"brst", -7200, daylight}, f{"brt", -10800}, f{"bst", 3600, daylight}, f{"btt", 21600},
        f{"cadt", 37800, daylight}, f{"cast", 34200}, f{"cct", 28800}, f{"cdt", -18000, daylight},
        f{"cest", 7200, daylight}, f{"cet", 3600}, f{"cetdst", 7200, daylight}, f{"chadt", 49500, daylight},
        f{"chast", 45900}, f{"chut", 36000}, f{"clst", -10800, daylight}, f{"cot", -18000}, f{"cst", -21600},
        f{"cxt", 25200}, f{"ddut", 36000}, f{"eat", 10800}, f{"edt", -14400, daylight}, f{"eest", 10800, daylight},
        f{"eet", 7200}, f{"eetdst", 10800, daylight}, f{"egst", 0, daylight}, f{"egt", -3600}, f{"est", -18000},
        f{"fet", 10800}, f{"fjst", 46800, daylight}, f{"fjt", 43200}, f{"fnst", -3600, daylight}, f{"fnt", -7200},
        f{"galt", -21600}, f{"gamt", -32400}, f{"gft", -10800}, f{"gilt", 43200}, f{"gmt", 0}, f{"hkt", 28800},
        f{"hst", -36000}, f{"ict", 25200}, f{"idt", 10800, daylight}, f{"irt", 12600}, f{"ist", 7200},
        f{"jayt", 32400}, f{"jst", 32400}, f{"kdt", 36000, daylight}, f{"kgst", 21600, daylight}, f{"kst", 32400},
        f{"lhst", 37800}, f{"ligt", 36000}, f{"mart", -34200}, f{"mdt", -21600, daylight}, f{"mest", 7200, daylight},
        f{"mesz", 7200, daylight}, f{"met", 3600}, f{"metdst", 7200, daylight}, f{"mez", 3600}, f{"mht", 43200},
        f{"mmt", 23400}, f{"mpt", 36000}, f{"msd", 14400, daylight}, f{"mst", -25200}, f{"must", 18000, daylight},
        f{"mut", 14400}, f{"mvt", 18000}, f{"myt", 28800}, f{"ndt", -9000, daylight}, f{"nft", -12600},
        f{"npt", 20700}, f{"nst", -12600}, f{"nzdt", 46800, daylight}, f{"nzst", 43200}, f{"nzt", 43200},
        f{"pdt", -25200, daylight}, f{"pet", -18000}, f{"pgt", 36000}, f{"pht", 28800}, f{"pkst", 21600, daylight},
        f{"pkt", 18000}, f{"pmdt", -7200, daylight}, f{"pmst", -10800}, f{"pont", 39600}, f{"pst", -28800},
        f{"pwt", 32400}, f{"pyst", -10800, daylight}, f{"ret", 14400}, f{"sadt", 37800, daylight}, f{"sast", 7200},
        f{"sct", 14400}, f{"taht", -36000}, f{"tft", 18000}, f{"tjt", 18000}, f{"tot", 46800}, f{"trut", 36000},
        f{"tvt", 43200}, f{"uct", 0}, f{"ulast", 32400, daylight}, f{"ut", 0}, f{"utc", 0},
        f{"uyst", -7200, daylight}, f{"uyt", -10800}, f{"uzst", 21600, daylight}, f{"uzt", 18000}, f{"vut", 39600},
        f{"wadt", 28800, daylight}, f{"wakt", 43200}, f{"wast", 25200}, f{"wat", 3600}, f{"wdt", 32400, daylight},
        f{"wet", 0}, f{"wetdst", 3600, daylight}, f{"wft", 43200}, f{"wgst", -7200, daylight}, f{"wgt", -10800},
        f{"xjt", 21600}, f{"yapt", 36000}, f{"yekst", 21600, daylight}, f{"z", 0}, f{"zulu", 0},
    };
}();

inline constexpr auto regional_abbreviations = [] {
    using r = regional_abbreviation;
    return std::array{
        r{"amst", "Asia/Yerevan"}, r{"anast", "Asia/Anadyr"}, r{"anat", "Asia/Anadyr"},
        r{"arst", "America/Argentina/Buenos_Aires"}, r{"art", "America/Argentina/Buenos_Aires"},
        r{"azst", "Asia/Baku"}, r{"azt", "Asia/Baku"}, r{"ckt", "Pacific/Rarotonga"}, r{"clt", "America/Santiago"},
        r{"davt", "Antarctica/Davis"}, r{"easst", "Pacific/Easter"}, r{"east", "Pacific/Easter"},
        r{"fkst", "Atlantic/Stanley"}, r{"fkt", "Atlantic/Stanley"}, r{"gest", "Asia/Tbilisi"},
        r{"get", "Asia/Tbilisi"}, r{"gyt", "America/Guyana"}, r{"iot", "Indian/Chagos"}, r{"irkst", "Asia/Irkutsk"},
        r{"irkt", "Asia/Irkutsk"}, r{"kgt", "Asia/Bishkek"}, r{"kost", "Pacific/Kosrae"},
        r{"krast", "Asia/Krasnoyarsk"}, r{"krat", "Asia/Krasnoyarsk"}, r{"lhdt", "Australia/Lord_Howe"},
        r{"lint", "Pacific/Kiritimati"}, r{"lkt", "Asia/Colombo"}, r{"magst", "Asia/Magadan"},
        r{"magt", "Asia/Magadan"}, r{"mawt", "Antarctica/Mawson"}, r{"msk", "Europe/Moscow"},
        r{"novst", "Asia/Novosibirsk"}, r{"novt", "Asia/Novosibirsk"}, r{"nut", "Pacific/Niue"},
        r{"omsst", "Asia/Omsk"}, r{"omst", "Asia/Omsk"}, r{"petst", "Asia/Kamchatka"}, r{"pett", "Asia/Kamchatka"},
        r{"pyt", "America/Asuncion"}, r{"sgt", "Asia/Singapore"}, r{"tkt", "Pacific/Fakaofo"},
        r{"tmt", "Asia/Ashgabat"}, r{"ulat", "Asia/Ulaanbaatar"}, r{"vet", "America/Caracas"},
        r{"vlast", "Asia/Vladivostok"}, r{"vlat", "Asia/Vladivostok"}, r{"volt", "Europe/Volgograd"},
        r{"yakst", "Asia/Yakutsk"}, r{"yakt", "Asia/Yakutsk"}, r{"yekt", "Asia/Yekaterinburg"},
    };
}();
// clang-format on

/// The entry of a table sorted by `text`, or null.
template<class Table>
[[nodiscard]] constexpr auto const* find_word(Table const& table, std::string_view text) noexcept {
    auto const* const end = table.data() + table.size();
    auto const* const at = std::lower_bound(
        table.data(), end, text, [](auto const& entry, std::string_view wanted) { return entry.text < wanted; });
    return at != end && at->text == text ? at : nullptr;
}

template<class Table>
[[nodiscard]] constexpr bool sorted_by_text(Table const& table) noexcept {
    return std::is_sorted(table.begin(), table.end(), [](auto const& a, auto const& b) { return a.text < b.text; });
}
static_assert(sorted_by_text(fixed_abbreviations) && sorted_by_text(regional_abbreviations));

}  // namespace pgwire::detail
