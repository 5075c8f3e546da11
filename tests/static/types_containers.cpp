// Types that contain others: which C++ types stand for them, and under which OIDs.
#include "pgwire/types.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgwire::test {

namespace containers {

enum class mood { sad, ok };
enum class level { low, high };
struct item {
    std::string name;
    std::optional<mood> felt;
};
struct shown {
    std::string_view name;
};
struct email {
    std::string address;
};
struct numbered {
    int n;
    level at;
};
struct moody {
    int n;
    mood felt;
};

}  // namespace containers

using namespace containers;

}  // namespace pgwire::test

template<>
struct pgwire::codec<pgwire::test::mood> : pgwire::enumeration<pgwire::test::mood, "mood"> {
    static constexpr std::array labels{label{test::mood::sad, "sad"}, label{test::mood::ok, "ok"}};
};
template<>
struct pgwire::codec<pgwire::test::level> : pgwire::enumeration<pgwire::test::level, "level"> {
    static constexpr type_info type{oid{16384}, 4, "level"};
    static constexpr type_info array_type{oid{16383}, -1, "_level"};
    static constexpr std::array labels{label{test::level::low, "low"}, label{test::level::high, "high"}};
};
template<>
struct pgwire::codec<pgwire::test::item> : pgwire::composite<pgwire::test::item, "item"> {};
template<>
struct pgwire::codec<pgwire::test::shown> : pgwire::composite<pgwire::test::shown, "shown"> {};
template<>
struct pgwire::codec<pgwire::test::email> : pgwire::domain<pgwire::test::email, "email"> {};
template<>
struct pgwire::range_traits<double> {
    static inline runtime_type type{"floatrange"};
    static inline runtime_type multirange_type{"floatmultirange"};
};

namespace pgwire::test {

static_assert(type_of<std::vector<int>> == types::int4_array && type_of<array<std::string>> == types::text_array);
static_assert(type_of<std::vector<std::optional<bool>>> == types::bool_array && decodable<std::vector<bool>>);
static_assert(type_of<std::array<double, 3>> == types::float8_array &&
              type_of<std::span<uuid const>> == types::uuid_array);
static_assert(encodable<std::span<int const>> && !decodable<std::span<int const>>, "a span is only to be sent");
static_assert(encodable<std::vector<std::string_view>> && !decodable<std::vector<std::string_view>>,
              "a view into an element would dangle");
static_assert(type_of<std::vector<std::byte>> == types::bytea, "bytes are no array");
static_assert(type_of<std::vector<std::vector<std::byte>>> == types::bytea_array);
static_assert(!has_codec<std::vector<std::vector<int>>>, "PostgreSQL has no arrays of arrays");

static_assert(type_of<range<int>> == types::int4range && type_of<range<numeric>> == types::numrange);
static_assert(type_of<range<std::chrono::sys_days>> == types::daterange);
static_assert(type_of<multirange<timestamptz>> == types::tstzmultirange);
static_assert(type_of<std::vector<range<int>>> == types::int4range_array && has_codec<std::vector<multirange<double>>>);
static_assert(!has_codec<range<bool>> && decodable<range<double>>, "a range of a user's joins by its range_traits");
static_assert(*canonical(range<int>{1, 5, true, true}) == range<int>{1, 6});
static_assert(canonical(range<int>{3, 3})->empty && canonical(range<int>{3, 4, false, false})->empty);
static_assert(canonical(range<int>{4, 3}).error() == errc::range_out_of_order);
static_assert(canonical(range<int>{{}, 2'147'483'647, false, true}).error() == errc::out_of_range);
static_assert(canonical(range<date>{{}, date{date::infinity}, true, true})->upper_inclusive, "no day follows infinity");

static_assert(decodable<mood> && *codec<mood>::from_text("ok") == mood::ok);
static_assert(codec<mood>::from_text("OK").error() == errc::invalid_text);
static_assert(value_size(mood{7}, format::text) == unencodable, "a value without a label can't be sent");
static_assert(decodable<item> && decodable<std::vector<std::optional<item>>> && !row_type<item>);
static_assert(encodable<shown> && !decodable<shown>, "a composite with views is only to be sent");
static_assert(type_of<email> == types::text, "a domain's column has the base type");
static_assert(decodable<record> && !encodable<record>);

static_assert(type_of<std::variant<int, std::string>> == types::text, "alternatives of several types are text");
static_assert(type_of<std::variant<date, std::chrono::sys_days>> == types::date);

static_assert(type_of<level>.type == oid{16384} && type_of<std::vector<level>>.type == oid{16383});
static_assert(columns_of<numbered>[1].type == oid{16384}, "a row with fixed OIDs is described when it is compiled");
static_assert(columns_of<moody>.size() == 2 && detail::are_late<std::remove_cvref_t<decltype(columns_of<moody>)>>);

}  // namespace pgwire::test
